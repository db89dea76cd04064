"""What finds nothing, and what only its asker may see: where it is shown."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.community.contests import ContestIndex
from bot.desk import Desk
from bot.discord_ui import replying
from bot.discord_ui.limits import PACE
from tests.bot.discord_ui.choosing import labels
from tests.bot.discord_ui.reading import said_last, seen, shown

NOTHING = "No dated coverage of that was found."
COMMANDS = ("latest", "timeline")
TABLES = ("results", "polls")


@pytest.fixture
def slow(monkeypatch):
    """Let Discord be told that each command takes a while."""

    def late(plain):
        async def later(*arguments, **more):
            await asyncio.sleep(0.05)
            return await plain(*arguments, **more)

        return later

    monkeypatch.setattr(Desk, "timeline", late(Desk.timeline))
    monkeypatch.setattr(ContestIndex, "results", late(ContestIndex.results))
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


@pytest.mark.parametrize("command", TABLES)
async def test_what_has_no_table_slowly_is_answered_in_private(slow, channel, alice, command):
    """As a question would be, for whoever asked, who may show it to all."""
    result = await alice.slash(channel, command, contest="Skerrow")
    [told] = result.followups
    assert told.ephemeral
    assert "Skerrow" in seen(told.components)
    assert "Show to all" in labels(told)
    assert channel.history() == []


@pytest.mark.parametrize("command", TABLES)
async def test_a_table_of_what_is_no_question_is_refused_in_private(slow, channel, alice, command):
    """Its sentence is for whoever asked."""
    result = await alice.slash(channel, command, contest="https://a.example/1")
    [told] = result.followups
    assert told.ephemeral
    assert channel.history() == []


@pytest.mark.parametrize(
    ("command", "option"),
    [*((command, "topic") for command in COMMANDS), *((name, "contest") for name in TABLES)],
)
async def test_what_fails_slowly_is_said_to_its_asker_alone(
    slow, simcord_env, channel, alice, monkeypatch, caplog, command, option
):
    """The public sign goes here too."""

    async def fail(*_, **__):
        await asyncio.sleep(0.05)
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(Desk, "timeline", fail)
    monkeypatch.setattr(ContestIndex, "results", fail)
    result = await alice.slash(channel, command, **{option: "ferries"})
    [told] = result.followups
    assert told.ephemeral
    assert "something went wrong here" in seen(told.components)
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
