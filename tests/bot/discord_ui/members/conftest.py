"""The whole bot over the sample coverage, in a simulated Discord."""

from __future__ import annotations

import pickle
import shutil
from dataclasses import replace

import pytest

from bot.community import suggested_questions
from bot.community.limits import MEMBERS
from bot.discord_ui.client import ElectionDeskClient
from tests.bot.builders import open_in, written_by
from tests.bot.conftest import MORNING

DRAWN = ("_questions", "_general", "_title_names", "topics", "_last_change", "_drawn_at")


@pytest.fixture
def reader(request):
    """Return who reads claims: nobody, unless a test names somebody."""
    return getattr(request, "param", None)


@pytest.fixture
def desk(read_folder, tmp_path, reader):
    """Open a desk of its own over the sample coverage."""
    data = shutil.copytree(read_folder, tmp_path / "data")
    with open_in(data, now=MORNING) as opened:
        yield written_by(opened, verifier=reader)


@pytest.fixture(scope="session")
def drawn(read_folder, made_once):
    """Draw the questions to begin with, once for all workers: each is asked beforehand.

    Of each outlet one is enough here; how many of each are drawn has tests of its own.
    """
    fewer = replace(MEMBERS, suggested_per_outlet=1)

    def draw(folder):
        data = shutil.copytree(read_folder, folder / "data")
        with pytest.MonkeyPatch.context() as patch, open_in(data, now=MORNING) as opened:
            patch.setattr(suggested_questions, "MEMBERS", fewer)
            opened.suggested_questions.refresh()
            values = {name: getattr(opened.suggested_questions, name) for name in DRAWN}
        (folder / "values").write_bytes(pickle.dumps(values))

    return pickle.loads((made_once("drawn", draw) / "values").read_bytes())


@pytest.fixture
def starters(desk, drawn):
    """Return what a desk that has been open for a while offers."""
    for name, value in drawn.items():
        setattr(desk.suggested_questions, name, value)
    return desk.suggested_questions


@pytest.fixture
def simcord_bot(desk):
    """Return the bot as it is run."""
    return ElectionDeskClient(desk)
