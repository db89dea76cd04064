"""The bot ends while a request to Discord has no reply yet: each asker has one message."""

from __future__ import annotations

import asyncio
import signal

import pytest

from tests.wire.conftest import until
from tests.wire.server import text_of

TURNOUT = "What was the turnout?"
ENDS = ("I was stopped", "Stopped before anything")
IN_FLIGHT = {"acknowledged": r'^{"type": 5', "in progress": "desk:stop:"}
"""Text of the requests that get no reply."""
IS_SIGNAL = {"told to end": signal.SIGTERM, "killed": signal.SIGKILL}


@pytest.mark.parametrize("request_body", IN_FLIGHT.values(), ids=IN_FLIGHT)
@pytest.mark.parametrize("sign", IS_SIGNAL.values(), ids=IS_SIGNAL)
async def test_what_was_in_flight_is_no_second_message(bot, discord, sign, request_body):
    """Neither of a command nor of a mention: the next start finds the first."""
    discord.writing.clear()
    discord.held = request_body
    await bot.start(**bot.slow())
    command = discord.slash(discord.member("asker"), "ask", question=TURNOUT)
    mention = discord.say(discord.member("other"), TURNOUT)
    await until(lambda: command.message_id and shown_under(discord, mention))
    bot.signal(sign)
    await bot.ended()
    discord.held = None
    discord.let_go.set()
    discord.forget_bot()
    await bot.start()
    await until(lambda: len(messages_without_answer(discord)) == 2)
    await asyncio.sleep(0.5)
    assert messages_without_answer(discord) == discord.answers()


def shown_under(discord, mention):
    """Return the replies to a message."""
    return [
        message
        for message in discord.answers()
        if message.reference and int(message.reference["message_id"]) == mention.id
    ]


def messages_without_answer(discord):
    """Return the messages that say that there is no answer."""
    return [m for m in discord.answers() if any(end in text_of(m) for end in ENDS)]
