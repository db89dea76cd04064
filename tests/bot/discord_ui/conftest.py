"""A simulated Discord with the desk in it."""

import pytest

from bot.discord_ui.client import ElectionDeskClient
from tests.bot.discord_ui.builders import NOW, an_answer, scripted


@pytest.fixture
def asked():
    """Return the questions that reached the answerer."""
    return []


@pytest.fixture
def outcome():
    """Return what every question gets; a test or a module overrides it."""
    return an_answer()


@pytest.fixture
def simcord_bot(outcome, asked):
    """Return the real client around a scripted answerer."""
    return ElectionDeskClient(scripted(outcome, asked), clock=lambda: NOW)


@pytest.fixture
def channel(simcord_env):
    """Return a text channel of a server."""
    return simcord_env.create_guild("Orvessa").create_text_channel("desk")


@pytest.fixture
def alice(simcord_env, channel):
    """Return somebody who asks in that channel."""
    return simcord_env.guild.add_member(simcord_env.create_user("alice"))
