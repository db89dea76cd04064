"""What finds nothing, and what only its asker may see: where it is shown."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.desk import Desk
from bot.discord_ui import replying
from bot.discord_ui.limits import PACE
from tests.bot.discord_ui.choosing import labels
from tests.bot.discord_ui.reading import said_last, seen, shown

NOTHING = "No dated coverage of that was found."
COMMANDS = ("latest", "timeline")


@pytest.fixture
def slow(monkeypatch):
    """Let Discord be told that each command takes a while."""
    plain = Desk.timeline

    async def later(*arguments, **more):
        await asyncio.sleep(0.05)
        return await plain(*arguments, **more)

    monkeypatch.setattr(Desk, "timeline", later)
    monkeypatch.setattr(replying, "PACE", replace(PACE, defer_seconds=0.0))


@pytest.mark.parametrize("command", COMMANDS)
async def test_what_finds_nothing_is_for_its_asker_alone(channel, alice, command):
    """Whether it is quick."""
    result = await alice.slash(channel, command, topic="quantum chess")
    assert result.ephemeral
    assert NOTHING in shown(result)


@pytest.mark.parametrize("command", COMMANDS)
async def test_what_finds_nothing_slowly_leaves_nothing_in_the_channel(
    slow, channel, alice, command
):
    """Or takes a while: the public sign of it goes."""
    result = await alice.slash(channel, command, topic="quantum chess")
    [told] = result.followups
    assert told.ephemeral
    assert NOTHING in seen(told.components)
    assert channel.history() == []


@pytest.mark.parametrize("is_slow", [False, True])
@pytest.mark.parametrize("command", COMMANDS)
async def test_what_is_found_is_for_all(request, channel, alice, command, is_slow):
    """As it always was."""
    if is_slow:
        request.getfixturevalue("slow")
    await alice.slash(channel, command, topic="ferries")
    assert "ferries" in said_last(channel)


async def test_a_private_answer_that_came_too_late_is_a_direct_message(simcord_env, channel, alice):
    """With its quotation and without the buttons of the place where it was asked."""
    simcord_env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=404, code=10015)
    await alice.slash(channel, "ask", question="Who won the most seats?", private=True)
    note, answer = [
        seen([c.to_dict() for c in m.components]) for m in alice.user.dm_channel.history()
    ]
    assert "came too late to be shown where you asked" in note
    assert "Harbour" in answer
    assert labels(alice.user.dm_channel.last_message) == []
    assert channel.history() == []


async def test_a_private_answer_that_can_go_nowhere_is_logged(simcord_env, channel, alice, caplog):
    """Nothing of it is posted where others read."""
    simcord_env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=404, code=10015)
    simcord_env.inject_error("POST", "/channels/*/messages", status=403, code=50007)
    await alice.slash(channel, "ask", question="Who won the most seats?", private=True)
    assert "50007" in caplog.text
    assert channel.history() == []
