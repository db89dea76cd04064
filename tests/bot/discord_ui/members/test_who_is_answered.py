"""Who and what gets an answer: no bots, no pictures, and nothing that was taken back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import discord
import pytest

from bot.community.rules import ServerRules, Speaks
from bot.desk import Desk
from bot.discord_ui.rendering import notice_view
from tests.bot.conftest import MORNING
from tests.bot.discord_ui.builders import an_answer
from tests.bot.discord_ui.reading import said_last


@pytest.mark.parametrize("bulk", [False, True])
@pytest.mark.parametrize("takes", ["moment", "while"])
async def test_a_question_that_is_deleted_while_it_is_answered_gets_no_answer(
    simcord_env, desk, channel, alice, monkeypatch, takes, bulk
):
    """Nobody could see what it answers; where its progress was shown, that goes as well."""
    replies = simcord_env.bot.asking.replies

    async def answer(*_arguments, **_more):
        [(number, reply)] = replies.items()
        if takes == "while":
            await reply.reply(notice_view("Searching the coverage …"))
        assert len(channel.history()) == 1 + (takes == "while")
        if bulk:
            gone = discord.RawBulkMessageDeleteEvent(
                {"ids": [number], "channel_id": channel.id, "guild_id": simcord_env.guild.id}
            )
            await simcord_env.bot.on_raw_bulk_message_delete(gone)
        simcord_env.backend.delete_message(channel.id, number)
        await asyncio.sleep(0)
        return an_answer()

    monkeypatch.setattr(Desk, "answer", answer)
    await alice.send(channel, f"<@{simcord_env.bot.user.id}> who won the most seats?")
    assert channel.history() == []
    assert replies == {}
    assert desk.ledger.questions.interrupted("another", MORNING + timedelta(days=1)) == []


TEXT_ALONE = "I can only read the text of a message"


async def test_a_picture_without_words_is_not_searched_for(simcord_env, channel, alice):
    """Whoever mentions the bot with it learns why; it was asked for a question."""
    picture = ("claim.png", b"\x89PNG")
    await alice.send(channel, f"<@{simcord_env.bot.user.id}>", attachments=[picture])
    assert TEXT_ALONE in said_last(channel)
    assert "/add-source" in said_last(channel)


async def test_a_webhook_and_another_bot_get_no_answer(simcord_env, channel):
    """Two bots that mention each other would never end."""
    me, guild = f"<@{simcord_env.bot.user.id}>", simcord_env.guild
    bot = guild.add_member(simcord_env.create_user("other", bot=True))
    await guild.create_webhook(channel).send(f"{me} who won the most seats?")
    await bot.send(channel, f"{me} who won the most seats?")
    assert len(channel.history()) == 2


@pytest.mark.parametrize("kind", ["voice", "news"])
async def test_a_mention_is_answered_in_the_chat_of_other_kinds_of_channels(
    simcord_env, desk, alice, kind
):
    """Where no thread can be opened, in the channel itself; announcements may have threads."""
    guild = simcord_env.guild
    place = getattr(guild, f"create_{kind}_channel")("other")
    rules = ServerRules(everywhere=Speaks.THREAD)
    desk.ledger.rules.set(str(guild.id), rules.values())
    desk.community.rules_changed()
    await alice.send(place, f"<@{simcord_env.bot.user.id}> What was the turnout?")
    [answered] = place.threads if kind == "news" else [place]
    assert "62.7 per cent" in said_last(answered)
