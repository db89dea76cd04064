"""A simulated Discord with the desk in it."""

import pytest

from bot.discord_ui.client import ElectionDeskClient
from tests.bot.builders import a_desk_in, scripted
from tests.bot.discord_ui.builders import NOW, an_answer


@pytest.fixture
def asked():
    """Return the questions that reached the answerer."""
    return []


@pytest.fixture
def outcome():
    """Return what every question gets; a test or a module overrides it."""
    return an_answer()


@pytest.fixture
def desk(outcome, asked, tmp_path):
    """Return a desk with a scripted answer, over an empty archive."""
    with a_desk_in(tmp_path, now=NOW) as opened:
        yield scripted(opened, outcome, asked)


@pytest.fixture
def simcord_bot(desk):
    """Return the real client."""
    return ElectionDeskClient(desk)


@pytest.fixture
def channel(simcord_env):
    """Return a text channel of a server."""
    return simcord_env.create_guild("Orvessa").create_text_channel("desk")


@pytest.fixture
def alice(simcord_env, channel):
    """Return somebody who asks in that channel."""
    return simcord_env.guild.add_member(simcord_env.create_user("alice"))
