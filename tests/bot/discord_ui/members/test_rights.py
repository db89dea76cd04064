"""The bot does nothing for somebody that they may not do themselves in its place."""

from __future__ import annotations

from types import SimpleNamespace

import discord
import pytest

from bot.community.rules import ServerRules, Speaks
from ingest.model import Removal
from tests.bot.conftest import MORNING
from tests.bot.discord_ui.choosing import choose, entries, labels
from tests.bot.discord_ui.reading import said_last, seen, shown

TURNOUT = "What was the turnout?"


@pytest.fixture
def announcements(simcord_env, channel, alice):
    """Return a channel in which Alice reads, and may neither write nor open threads."""
    rights = discord.PermissionOverwrite(send_messages=False, create_public_threads=False)
    return simcord_env.guild.create_text_channel("announcements", overwrites={alice: rights})


@pytest.fixture
async def answer(simcord_env, announcements):
    """Return an answer there that somebody else asked for."""
    editor = simcord_env.guild.add_member(simcord_env.create_user("editor"))
    result = await editor.slash(announcements, "ask", question=TURNOUT)
    assert not result.ephemeral
    return result.response


async def test_nobody_writes_through_the_bot_where_they_only_read(announcements, alice, answer):
    """A command, a follow-up and a table are for them alone; nothing of theirs is posted."""
    asked = await alice.slash(announcements, "ask", question=TURNOUT)
    assert asked.ephemeral
    assert "Show to all" not in labels(asked.response)
    form = await alice.click(answer, label="Ask a follow-up")
    followed = await alice.submit_modal(form, {"question": "Buy coins at my shop, who would not?"})
    assert followed.ephemeral
    assert len(announcements.history()) == 1


async def test_nobody_opens_a_thread_through_the_bot(announcements, alice, answer):
    """Whoever may open none there is told what they can do instead."""
    refused = await choose(alice, answer, "thread")
    assert "A thread cannot be opened here. Use “Ask a follow-up”" in shown(refused)
    assert announcements.threads == []


@pytest.mark.parametrize("lacking", ["create_public_threads", "send_messages_in_threads"])
async def test_where_the_bot_may_not_use_threads_it_answers_in_the_channel(
    simcord_env, desk, channel, alice, lacking
):
    """No empty thread is left behind, and no question is lost in one."""
    guild = simcord_env.guild
    everybody = discord.PermissionOverwrite(**{lacking: False})
    place = guild.create_text_channel("threadless", overwrites={guild.default_role: everybody})
    rules = ServerRules(channels={str(place.id): Speaks.THREAD})
    desk.ledger.rules.set(str(guild.id), rules.values())
    desk.community.rules_changed()
    await alice.send(place, f"<@{simcord_env.bot.user.id}> {TURNOUT}")
    assert place.threads == []
    assert "62.7 per cent" in said_last(place)
    assert "Thread" not in await entries(alice, place.last_message)


async def test_where_the_bot_may_not_read_earlier_messages_it_answers_by_itself(
    monkeypatch, simcord_env, channel, alice
):
    """Discord refuses a reply there; the answer is sent without the arrow to its question."""
    send = discord.abc.Messageable.send

    async def refusing(self, *arguments, reference=None, **more):
        if reference is not None:
            response = SimpleNamespace(status=400, reason="Bad Request")
            raise discord.HTTPException(response, {"code": 160002, "message": "Cannot reply"})
        return await send(self, *arguments, **more)

    monkeypatch.setattr(discord.abc.Messageable, "send", refusing)
    await alice.send(channel, f"<@{simcord_env.bot.user.id}> {TURNOUT}")
    assert "62.7 per cent" in said_last(channel)
    assert len(channel.history()) == 2


def remove(desk, article, server):
    """Remove an article everywhere."""
    desk.archive.articles.remove(article, now=MORNING)


def hide(desk, article, server):
    """Hide an article everywhere."""
    desk.archive.articles.remove(article, now=MORNING, removal=Removal.HIDDEN)


def hide_here(desk, article, server):
    """Hide an article in one server."""
    desk.archive.editions.hide(str(server), article, now=MORNING)


def cite_another_outlet(desk, article, server):
    """Let a server cite one outlet alone."""
    desk.ledger.rules.set(str(server), ServerRules(outlets=("Dunmere Courier",)).values())
    desk.community.rules_changed()


@pytest.mark.parametrize("change", [remove, hide, hide_here, cite_another_outlet])
async def test_an_answer_is_not_shown_to_all_once_its_source_is_withheld(
    simcord_env, desk, channel, alice, change
):
    """What moderators took out meanwhile is not posted by whoever asked before."""
    asked = await alice.slash(channel, "ask", question=TURNOUT, private=True)
    change(desk, desk.ledger.answers.cited(1)[0].article_id, simcord_env.guild.id)
    refused = await alice.click(asked.response, label="Show to all")
    assert "no longer part of the coverage here" in shown(refused)
    assert channel.history() == []


async def test_a_refusal_in_one_server_silences_no_other(simcord_env, desk, channel, alice):
    """Whoever asked too often here is told so there as well, once."""
    other = simcord_env.create_guild("Second")
    there = other.create_text_channel("desk")
    for server in (simcord_env.guild, other):
        desk.ledger.rules.set(str(server.id), ServerRules(per_member=1).values())
    member = other.add_member(alice.user)
    question = f"<@{simcord_env.bot.user.id}> {TURNOUT}"
    for who, where in ((alice, channel), (member, there)):
        for _ in range(3):
            await who.send(where, question)
        texts = [seen([each.to_dict() for each in m.components]) for m in where.history()]
        assert sum("again in" in text or "second" in text for text in texts) == 1


async def test_a_title_that_is_too_long_for_discord_spoils_no_other_suggestion(
    desk, channel, alice
):
    """Discord refuses all choices if one has more than a hundred characters."""
    long = f"What is reported on “{'a long night ' * 9}”?"
    [article, *_] = desk.archive.articles.listed()
    desk.suggested_questions._questions = {long: article.id, "Who won in Holm?": article.id}
    offered = await alice.autocomplete(channel, "ask", "question", "")
    assert [choice["value"] for choice in offered] == ["Who won in Holm?"]
