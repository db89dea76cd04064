"""The whole bot over the sample coverage, in a simulated Discord."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from bot.community.members import Community
from bot.community.starters import Starters
from bot.desk import open_desk
from bot.discord_ui.client import ElectionDeskClient
from bot.discord_ui.members.offers import Offers
from bot.settings import Settings
from tests.bot.conftest import MORNING


@pytest.fixture
def reader(request):
    """Return who reads claims: nobody, unless a test names somebody."""
    return getattr(request, "param", None)


@pytest.fixture
def desk(read_folder, tmp_path, reader):
    """Open a desk of its own over the sample coverage."""
    data = shutil.copytree(read_folder, tmp_path / "data")
    with open_desk(Settings.of({"DATA_DIR": str(data)}), holder="a test", now=MORNING) as opened:
        yield replace(opened, checker=reader)


@pytest.fixture
def community(desk):
    """Return what members leave behind."""
    return Community(desk.archive, desk.ledger, lambda: MORNING)


@pytest.fixture
def offers(desk, community):
    """Return everything that members are offered."""
    starters = Starters(desk.archive, desk.answer_now, lambda: MORNING)
    return Offers(
        community,
        starters,
        lambda text, member: desk.look_up(text, MORNING, member=member),
        lambda topic: desk.timeline(topic, MORNING),
    )


@pytest.fixture
def simcord_bot(desk, offers):
    """Return the bot as it is run."""
    return ElectionDeskClient(desk.answer, clock=lambda: MORNING, offers=offers)
