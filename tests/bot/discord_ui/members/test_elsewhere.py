"""Every command in direct messages, and where somebody brought the bot as an app of their own."""

from __future__ import annotations

from datetime import timedelta

import discord
import pytest
import simcord

from bot.community.rules import ServerRules, Speaks
from bot.ledger.records import FeedbackVerdict
from tests.bot.conftest import MORNING
from tests.bot.discord_ui.choosing import entries, labels
from tests.bot.discord_ui.reading import seen, shown

TURNOUT = "What was the turnout?"
UNKNOWN = "How many chess clubs are there in Sarnholt?"
BROUGHT = {"ask", "following", "privacy", "forget-me"}
IN_MESSAGES = {
    "ask": {"question": TURNOUT},
    "coverage": {},
    "results": {"contest": "Zanzibar"},
    "polls": {"contest": "Zanzibar"},
    "timeline": {"topic": "ferries"},
    "latest": {},
    "follow": {"topic": "ferries", "here": True},
    "following": {},
    "privacy": {},
    "forget-me": {},
    "help": {},
}


@pytest.fixture
def bring(monkeypatch):
    """Let interactions come from where somebody brought the bot, as Discord sends them."""
    plain = simcord.interactions.base_payload

    def brought_by(person, *, group=False):
        def base_payload(*arguments, **more):
            record, payload = plain(*arguments, **more)
            payload |= {"authorizing_integration_owners": {"1": str(person.id)}}
            if group:
                recipients = payload["channel"].get("recipients", [])
                kind = discord.ChannelType.group.value
                payload |= {"context": 2}
                payload["channel"] |= {"type": kind, "recipients": recipients, "name": "friends"}
            return record, payload

        monkeypatch.setattr(simcord.interactions, "base_payload", base_payload)

    return brought_by


def commands_for(env, **allowed):
    """Return the names of the commands that Discord offers for an installation or a context."""
    [(name, of)] = allowed.items()
    return {
        each.name
        for each in env.bot.tree.get_commands(type=discord.AppCommandType.chat_input)
        if getattr(getattr(each, name), of)
    }


async def test_each_command_says_where_it_is_offered(simcord_env):
    """What it leaves out is offered wherever the application may be installed."""
    assert commands_for(simcord_env, allowed_installs="user") == BROUGHT
    assert commands_for(simcord_env, allowed_contexts="private_channel") == BROUGHT
    assert commands_for(simcord_env, allowed_contexts="dm_channel") == set(IN_MESSAGES)


@pytest.mark.parametrize(("command", "options"), IN_MESSAGES.items())
async def test_every_command_works_in_direct_messages(simcord_env, alice, command, options):
    """Each answers with what was asked for."""
    result = await alice.user.slash(command, **options)
    text = shown(result) or seen(result.response.components)
    assert text
    assert "something went wrong" not in text


async def test_the_help_in_direct_messages_lists_what_works_there(alice, channel):
    """A source is suggested in a server alone."""
    assert "/suggest" not in str((await alice.user.slash("help")).response.components)
    assert "/suggest" in str((await alice.slash(channel, "help")).response.components)


@pytest.mark.parametrize("command", sorted(BROUGHT - {"ask"}))
@pytest.mark.parametrize("group", [False, True])
async def test_what_is_kept_is_shown_and_forgotten_wherever_one_is(
    bring, channel, alice, command, group
):
    """Whoever uses the bot as an app of their own has no server to do it in."""
    bring(alice, group=group)
    place = alice.user if group else alice
    result = await (place.slash(command) if group else alice.slash(channel, command))
    assert result.ephemeral
    assert "something went wrong" not in shown(result)


async def test_a_question_in_a_group_message_is_answered_privately(bring, desk, alice):
    """Its answer has the buttons that work there; what can be shown to all is asked for."""
    bring(alice, group=True)
    result = await alice.user.slash("ask", question=TURNOUT)
    assert result.ephemeral
    assert labels(result.response) == ["Sources", "Ask a follow-up", "Report", "More"]
    told = await alice.user.click(result.response, label="Sources")
    assert "62.7 per cent" in shown(told)
    assert not (await alice.user.slash("ask", question=TURNOUT, private=False)).ephemeral
    assert not desk.ledger.notices.shown_after(MORNING)


async def test_every_button_works_under_an_answer_of_a_brought_bot(bring, desk, channel, alice):
    """Nothing has to be found again in a channel that the bot does not see."""
    bring(alice)
    answer = (await alice.slash(channel, "ask", question=TURNOUT, private=False)).response
    assert labels(answer) == ["Sources", "Ask a follow-up", "Report", "Delete", "More"]
    assert await entries(alice, answer) == ["Helpful", "Copy as quote"]
    form = await alice.click(answer, label="Report")
    await alice.submit_modal(form, {"fault": ["outdated"], "comment": "There is a recount."})
    [report] = desk.ledger.feedback.open(FeedbackVerdict, places=[""])
    assert report.question == TURNOUT
    form = await alice.click(answer, label="Ask a follow-up")
    followed = await alice.submit_modal(form, {"question": "And when was that?"})
    assert "something went wrong" not in shown(followed)
    await alice.click(answer, label="Delete")
    assert answer.id not in {message.id for message in channel.history()}


async def test_every_button_works_without_an_answer_of_a_brought_bot(bring, desk, channel, alice):
    """The question is reported with its words, and what is waited for comes directly."""
    bring(alice)
    answer = (await alice.slash(channel, "ask", question=UNKNOWN, private=False)).response
    assert labels(answer) == ["Notify me", "Tell the moderators", "Delete"]
    await alice.click(answer, label="Tell the moderators")
    [report] = desk.ledger.feedback.open(FeedbackVerdict, places=[""])
    assert report.question == UNKNOWN
    told = await alice.click(answer, label="Notify me")
    assert told.ephemeral
    [follow] = desk.ledger.follows.all()
    assert int(follow.channel) == alice.user.dm_channel.id


async def test_others_who_press_are_where_the_bot_is_no_member_too(bring, desk, channel, alice):
    """Discord names who brought it; the rules of that server are not known."""
    bob = channel._env.guild.add_member(channel._env.create_user("bob"))
    rules = ServerRules(everywhere=Speaks.OFF)
    desk.ledger.rules.set(str(channel._env.guild.id), rules.values())
    bring(alice)
    answer = (await alice.slash(channel, "ask", question=TURNOUT, private=False)).response
    form = await bob.click(answer, label="Ask a follow-up")
    followed = await bob.submit_modal(form, {"question": "How many seats did Harbour win?"})
    assert labels(followed.response) == ["Sources", "Ask a follow-up", "Report", "Delete", "More"]
    assert not desk.ledger.notices.shown_after(MORNING)


async def test_one_s_own_direct_channel_with_the_bot_is_its_own_place(bring, desk, alice):
    """An answer there is shown as ever, and corrected."""
    bring(alice)
    result = await alice.user.slash("ask", question=TURNOUT)
    assert not result.ephemeral
    assert desk.ledger.notices.shown_after(MORNING - timedelta(days=1))


async def test_nobody_moderates_a_server_without_the_bot(bring, simcord_env, channel):
    """Whoever brings it to their own server gets no coverage of their own."""
    role = simcord_env.guild.create_role("admins", permissions=discord.Permissions.all())
    admin = simcord_env.guild.add_member(simcord_env.create_user("admin"), roles=[role])
    bring(admin)
    for command in ("source", "setup", "settings", "reports", "gaps", "add-source"):
        result = await admin.slash(channel, command)
        assert "Only " in shown(result)
