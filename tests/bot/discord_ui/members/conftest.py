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
        yield written_by(opened, checker=reader)


@pytest.fixture
def simcord_bot(desk):
    """Return the bot as it is run."""
    return ElectionDeskClient(desk)
