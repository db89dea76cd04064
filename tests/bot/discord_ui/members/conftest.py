"""The whole bot over the sample coverage, in a simulated Discord."""

from __future__ import annotations

import shutil

import pytest

from bot.discord_ui.client import ElectionDeskClient
from tests.bot.builders import open_in, written_by
from tests.bot.conftest import MORNING


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
def drawn(read_folder, tmp_path_factory):
    """Draw the questions to begin with, once: each is asked before it is offered."""
    data = shutil.copytree(read_folder, tmp_path_factory.mktemp("drawn") / "data")
    with open_in(data, now=MORNING) as opened:
        opened.suggested_questions.refresh()
        return opened.suggested_questions


@pytest.fixture
def starters(desk, drawn):
    """Return what a desk that has been open for a while offers."""
    for name in ("_questions", "_general", "_title_names", "topics", "_last_change", "_drawn_at"):
        setattr(desk.suggested_questions, name, getattr(drawn, name))
    return desk.suggested_questions


@pytest.fixture
def simcord_bot(desk):
    """Return the bot as it is run."""
    return ElectionDeskClient(desk)
