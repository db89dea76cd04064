"""Asked as people ask: a reply without a mention, a thread, "is this true?" under a message."""

from __future__ import annotations

from dataclasses import replace

import discord
import pytest
import simcord
from simcord.results import to_discord_message

from bot.community.rules import ServerRules, Speaks
from bot.discord_ui.client import ElectionDeskClient, serve
from ingest.errors import SettingsError
from ingest.process.ending import Ending
from tests.bot.builders import open_in
from tests.bot.conftest import MORNING
from tests.bot.discord_ui.choosing import choose, labels
from tests.bot.discord_ui.reading import said_last, seen

FERRIES = "What did Harbour say about ferries?"
COMMON = "What about Common Field?"
UNREAD = "Discord lets me read a message only where I am mentioned."


def count(channel):
    """Count the messages of *channel*."""
    return len(channel.history())


@pytest.fixture
def me(simcord_env):
    """Return the bot's mention."""
    return f"<@{simcord_env.bot.user.id}>"


@pytest.fixture
def reading(desk):
    """Let the owner allow the bot to read messages."""
    settings = desk.settings.model_copy(update={"message_content_intent": True})
    return replace(desk, settings=settings)


async def thread_of(channel, alice):
    """Ask, open a thread on the answer, and return it."""
    result = await alice.slash(channel, "ask", question=FERRIES)
    await choose(alice, result.response, "thread")
    [thread] = channel.threads
    return thread


async def test_a_reply_to_an_answer_asks_on(me, channel, alice):
    """A reply pings whom it replies to, and Discord sends its words: no mention is to be typed."""
    await alice.send(channel, f"{me} {FERRIES}")
    await alice.send(channel, COMMON, reply_to=channel.last_message)
    assert "Common Field" in said_last(channel)
    assert channel.last_message.author.bot


async def test_thanks_under_an_answer_is_left_alone(me, channel, alice):
    """Politeness to the bot needs no message."""
    await alice.send(channel, f"{me} {FERRIES}")
    answer, before = channel.last_message, count(channel)
    await alice.send(channel, "thanks", reply_to=answer)
    assert count(channel) == before + 1


@pytest.mark.parametrize(
    "comment",
    ["no", "called it", "I knew it", "rip Harbour", "まじか", "역시", "qué locura", "what a night"],
)
async def test_a_comment_on_an_answer_is_left_alone(me, channel, alice, comment):
    """Whoever reacts to an answer is talking to the others; with a mention it is a question."""
    await alice.send(channel, f"{me} {FERRIES}")
    answer, before = channel.last_message, count(channel)
    await alice.send(channel, comment, reply_to=answer)
    assert count(channel) == before + 1


@pytest.mark.parametrize(
    ("said", "begins"),
    [
        ("shorter", "I cannot shorten, translate or explain an answer"),
        ("auf Deutsch bitte", "Eine Antwort kürzen, übersetzen oder erklären kann ich nicht"),
        ("are you sure?", "Everything that I wrote is quoted from the coverage"),
    ],
)
async def test_a_wish_about_an_answer_is_told_what_can_be_done(me, channel, alice, said, begins):
    """In a sentence, and with no other quotation."""
    await alice.send(channel, f"{me} {FERRIES}")
    await alice.send(channel, said, reply_to=channel.last_message)
    assert said_last(channel).startswith(begins)


async def test_a_reply_that_cannot_be_read_is_told_so_once(channel, alice):
    """Discord keeps back what is said to the answer of a command; the button has a form."""
    result = await alice.slash(channel, "ask", question=FERRIES)
    await alice.send(channel, COMMON, reply_to=result.response)
    told = channel.last_message
    assert said_last(channel).startswith(UNREAD)
    await alice.send(channel, "hello?", reply_to=result.response)
    assert not channel.last_message.author.bot
    form = await alice.click(told, label="Ask a follow-up")
    answer = await alice.submit_modal(form, {"question": COMMON})
    assert seen(answer.response.components).startswith("What did Common Field say about ferries?")


async def test_a_thread_says_once_that_it_cannot_be_read(channel, alice):
    """The thread begins with the button; whoever writes without a mention is told it once more."""
    thread = await thread_of(channel, alice)
    assert said_last(thread).startswith(
        "Mention me here with your next question, or press the button"
    )
    form = await alice.click(thread.last_message, label="Ask a follow-up")
    answer = await alice.submit_modal(form, {"question": COMMON})
    assert seen(answer.response.components).startswith("What did Common Field say about ferries?")
    for _ in range(2):
        await alice.send(thread, "and what about the islands?")
    told = [m for m in thread.history() if UNREAD in seen([c.to_dict() for c in m.components])]
    assert len(told) == 1


async def test_a_command_in_a_thread_knows_what_was_said(channel, alice):
    """`/ask` goes on from the last answer there, as a mention does."""
    thread = await thread_of(channel, alice)
    result = await alice.slash(thread, "ask", question=COMMON)
    assert seen(result.response.components).startswith("What did Common Field say about ferries?")


async def test_a_command_in_a_channel_stands_alone(channel, alice):
    """Somebody else's answer there is nothing to go on from."""
    await alice.slash(channel, "ask", question=FERRIES)
    result = await alice.slash(channel, "ask", question=COMMON)
    assert seen(result.response.components).startswith(COMMON)


async def test_messages_are_read_where_the_owner_lets_them(reading, tmp_path):
    """A question in the thread is answered; what people say to each other there is not."""
    client = ElectionDeskClient(reading)
    async with simcord.run(client, approved_intents=discord.Intents.all()) as env:
        channel = env.create_guild("Orvessa").create_text_channel("desk")
        alice = env.guild.add_member(env.create_user("alice"))
        bob = env.guild.add_member(env.create_user("bob"))
        thread = await thread_of(channel, alice)
        assert said_last(thread).startswith("Write your next question here")
        await alice.send(thread, COMMON)
        assert "Common Field" in said_last(thread)
        said = thread.last_message
        before = count(thread)
        for chatter in ("I think she lied", f"<@{bob.id}> who won?", "lol", ""):
            if chatter:
                await alice.send(thread, chatter)
        await bob.send(channel, "who won?")
        assert count(thread) == before + 3
        await bob.send(thread, "How many seats did Common Field win?", reply_to=said)
        assert "50 of the 121" in said_last(thread)


@pytest.fixture
def own_role(monkeypatch):
    """Return a function that makes the role that Discord gives to each bot, under its name."""

    def make(env):
        role = env.guild.create_role("Election Desk")
        own = property(lambda guild: guild.get_role(role.id))
        monkeypatch.setattr(discord.Guild, "self_role", own)
        return role

    return make


async def test_whoever_mentions_the_bot_s_role_is_told_once(simcord_env, channel, alice, own_role):
    """Discord offers it beside the bot and keeps back the words; the button has a form."""
    role, other = own_role(simcord_env), simcord_env.guild.create_role("press")
    await alice.send(channel, f"{other.mention} {FERRIES}")
    assert count(channel) == 1
    await alice.send(channel, f"{role.mention} {FERRIES}")
    assert said_last(channel).startswith(UNREAD)
    form = await alice.click(channel.last_message, label="Ask a follow-up")
    answer = await alice.submit_modal(form, {"question": FERRIES})
    assert seen(answer.response.components).startswith(FERRIES)
    before = count(channel)
    await alice.send(channel, f"{role.mention} hello?")
    assert count(channel) == before + 1


async def test_the_bot_s_role_is_as_good_as_the_bot_where_messages_are_read(reading, own_role):
    """And it is no part of the question."""
    client = ElectionDeskClient(reading)
    async with simcord.run(client, approved_intents=discord.Intents.all()) as env:
        channel = env.create_guild("Orvessa").create_text_channel("desk")
        alice = env.guild.add_member(env.create_user("alice"))
        question = "How many seats did Common Field win?"
        await alice.send(channel, f"{own_role(env).mention} {question}")
        assert "50 of the 121" in said_last(channel)
        assert client.asking.exchanges.recent(channel.last_message.id).question == question


async def test_mentions_and_emoji_are_no_part_of_a_question(me, channel, alice):
    """They make it no less sure, and alone they ask nothing."""
    await alice.send(channel, f"{me} @everyone <#7> <:vote:991> What was the turnout?")
    assert "The coverage says" in said_last(channel)
    assert "vote" not in said_last(channel)
    alone = await alice.slash(channel, "ask", question="<:vote:991> @here")
    assert "There is no question" in seen(alone.response.components)


async def test_without_the_portal_s_leave_it_says_what_to_do(read_folder, monkeypatch):
    """The setting alone is not enough."""

    async def refuse(self, token):
        raise discord.PrivilegedIntentsRequired(None)

    monkeypatch.setattr(discord.Client, "start", refuse)
    with (
        open_in(read_folder, now=MORNING, DISCORD_TOKEN="x", MESSAGE_CONTENT_INTENT="true") as desk,
        pytest.raises(SettingsError, match="Message Content Intent"),
    ):
        await serve(desk, Ending())


@pytest.mark.parametrize("text", ["is this true?", "fact check pls", "^", "", "これ本当？"])
async def test_a_message_that_is_pointed_to_is_looked_up(me, channel, alice, text):
    """The claim is another's, and so is what the coverage is held against."""
    claim = await alice.send(channel, f"{me} Common Field won 50 seats and Harbour 46.")
    await alice.send(channel, f"{me} {text}", reply_to=claim)
    shown = said_last(channel)
    assert shown.startswith("Common Field won 50 seats and Harbour 46.")
    assert "50 of the 121" in shown
    assert "Only you see this" not in shown


async def test_a_question_that_is_pointed_to_is_answered(me, channel, alice):
    """It stands over the answer, for whoever pointed did not write it."""
    asked = await alice.send(channel, f"{me} what was the turnout")
    await alice.send(channel, f"{me} can you answer this?", reply_to=asked)
    shown = said_last(channel)
    assert shown.startswith("what was the turnout")
    assert "62.7 per cent" in shown


async def test_what_cannot_be_read_is_pointed_to_find(me, channel, alice):
    """Nothing else is answered in its place."""
    claim = await alice.send(channel, "Common Field won 50 seats and Harbour 46.")
    await alice.send(channel, f"{me} is this true?", reply_to=claim)
    assert "“Find coverage of this”" in said_last(channel)
    assert "50 of the 121" not in said_last(channel)


@pytest.mark.parametrize("reply", [True, False])
async def test_is_this_true_of_the_bot_s_own_answer(me, channel, alice, reply):
    """An answer is checked by its sources; without a reply nobody knows what is meant."""
    await alice.send(channel, f"{me} {FERRIES}")
    answer = channel.last_message if reply else None
    await alice.send(channel, f"{me} is that true?", reply_to=answer)
    assert ("“Sources” under it" in said_last(channel)) is reply
    assert ("“Find coverage of this”" in said_last(channel)) is not reply


async def test_find_reads_an_answer_of_the_bot(channel, alice):
    """Its sentences, not its buttons and small print."""
    result = await alice.slash(channel, "ask", question="How many seats did Common Field win?")
    found = await alice.context_menu(channel, "Find coverage of this", target=result.response)
    shown = seen(found.response.components)
    assert "50 of the 121" in shown
    assert "As of" not in shown
    assert "The coverage says so" in shown


async def test_find_reads_what_is_forwarded_and_embedded(simcord_env, channel, alice):
    """People pass on what they want to have checked."""
    other = simcord_env.guild.create_text_channel("rumours")
    claim = await alice.send(other, "Common Field won 50 seats and Harbour 46.")
    forwarded = await alice.forward(claim, channel)
    found = await alice.context_menu(channel, "Find coverage of this", target=forwarded)
    assert "50 of the 121" in seen(found.response.components)
    embed = discord.Embed(title="Turnout in Orvessa", description="Turnout was 62.7 per cent.")
    linked = to_discord_message(
        simcord_env,
        simcord_env.backend.create_message(channel.id, alice.id, "look", embeds=[embed.to_dict()]),
    )
    found = await alice.context_menu(channel, "Find coverage of this", target=linked)
    assert "62.7 per cent" in seen(found.response.components)


async def test_find_says_that_it_reads_no_pictures(channel, alice):
    """A screenshot of a claim is no text."""
    picture = await alice.send(channel, attachments=[("claim.png", b"png")])
    found = await alice.context_menu(channel, "Find coverage of this", target=picture)
    assert "I can only read text" in seen(found.response.components)


async def test_a_server_s_outlets_are_the_only_ones_cited(simcord_env, desk, me, channel, alice):
    """In answers, timelines, what is looked up, and what is offered to begin with."""
    rules = ServerRules(outlets=("Dunmere Courier",))
    desk.ledger.rules.set(str(simcord_env.guild.id), rules.values())
    await alice.send(channel, f"{me} How many people were at the Lantern rally?")
    shown = said_last(channel)
    assert "Dunmere Courier" in shown
    claim = await alice.send(channel, "Common Field won 50 seats and Harbour 46.")
    found = await alice.context_menu(channel, "Find coverage of this", target=claim)
    timeline = await alice.slash(channel, "timeline", topic="ferries")
    shown += seen(found.response.components) + seen(timeline.response.components)
    others = set(desk.archive.outlets.names()) - {"Dunmere Courier"}
    assert [each for each in others if f"{each} · " in shown] == []
    known = seen((await alice.slash(channel, "coverage")).response.components)
    assert [each for each in others if f"{each}: " in known] == []


async def test_a_forum_post_is_answered_once_where_the_server_wants_it(
    simcord_env, desk, channel, alice
):
    """By its title, which the bot may read; what is no question is left alone."""
    forum = simcord_env.guild.create_forum_channel("ask-the-desk")
    parent = simcord_env.bot.get_channel(forum.id)
    starter = {"content": "as above"}
    quiet = await parent.create_thread(name="What was the turnout?", **starter)
    await simcord_env.bot.on_thread_create(quiet.thread)
    await simcord_env.settle()
    assert len([m async for m in quiet.thread.history()]) == 1
    rules = ServerRules(channels={str(forum.id): Speaks.THREAD})
    desk.ledger.rules.set(str(simcord_env.guild.id), rules.values())
    desk.community.rules_changed()
    chat = await parent.create_thread(name="Welcome, everybody", **starter)
    asked = await parent.create_thread(name="What was the turnout?", **starter)
    for post in (chat, asked, asked):
        await simcord_env.bot.on_thread_create(post.thread)
    await simcord_env.settle()
    found = [m async for m in asked.thread.history()]
    assert len(found) == 2
    shown = seen([each.to_dict() for each in found[0].components])
    assert shown.startswith("What was the turnout?")
    assert "62.7 per cent" in shown
    assert len([m async for m in chat.thread.history()]) == 1


async def test_an_app_of_one_s_own_answers_privately(monkeypatch, desk, channel, alice):
    """Where the bot is no member nothing of the server is known, nor read, nor kept."""
    plain = simcord.interactions.base_payload

    def brought(*arguments, **more):
        record, made = plain(*arguments, **more)
        return record, {**made, "authorizing_integration_owners": {"1": str(alice.id)}}

    monkeypatch.setattr(simcord.interactions, "base_payload", brought)
    rules = ServerRules(everywhere=Speaks.OFF)
    desk.ledger.rules.set(str(channel._env.guild.id), rules.values())
    result = await alice.slash(channel, "ask", question="What was the turnout?")
    assert result.ephemeral
    assert "62.7 per cent" in seen(result.response.components)
    assert labels(result.response) == ["Sources", "Ask a follow-up", "Report", "More"]
    public = await alice.slash(channel, "ask", question="What was the turnout?", private=False)
    assert not public.ephemeral
    assert not desk.ledger.notices.shown_after(MORNING)


async def test_find_is_the_one_command_in_a_menu_and_can_be_brought_along(simcord_env):
    """The commands that can be have tests of their own."""
    menus = simcord_env.bot.tree.get_commands(type=discord.AppCommandType.message)
    assert {each.name for each in menus if each.allowed_installs.user} == {"Find coverage of this"}
