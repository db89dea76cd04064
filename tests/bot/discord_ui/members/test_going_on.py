"""What a member does with an answer: looks closer, asks on, says what they think of it."""

from __future__ import annotations

import discord
import pytest

from bot.community.rules import ServerRules, Speaks
from bot.discord_ui.client import ElectionDeskClient
from bot.ledger.records import FeedbackVerdict
from tests.bot.conftest import MORNING
from tests.bot.discord_ui.choosing import choose, entries, labels
from tests.bot.discord_ui.reading import markdown_of, said_last, seen, shown

TURNOUT = "What was the turnout?"
UNKNOWN = "How many chess clubs are there in Sarnholt?"


OF_AN_ANSWER = ["Helpful", "Report", "Copy as quote", "Thread", "Delete"]


async def restart(env, desk):
    """Kill the bot and start it again: nothing is left but the archive."""
    client = ElectionDeskClient(desk)
    await env.restart_bot(client)
    return client


async def test_an_answer_has_its_buttons(channel, alice):
    """Each has a word, so that nobody has to guess a sign."""
    result = await alice.slash(channel, "ask", question=TURNOUT)
    assert labels(result.response) == ["Sources", "Ask a follow-up", "More"]
    assert await entries(alice, result.response) == OF_AN_ANSWER
    declined = await alice.slash(channel, "ask", question=UNKNOWN)
    assert labels(declined.response) == ["Notify me", "Rephrase", "More"]
    gap = ["Tell the moderators", "Suggest a source", "Delete"]
    assert await entries(alice, declined.response) == gap
    advice = await alice.slash(channel, "ask", question="Whom should I vote for?")
    assert labels(advice.response) == ["Rephrase", "Delete"]


async def test_a_private_answer_is_for_its_asker_alone(desk, channel, alice):
    """Nobody else sees it, and no thread can be made of it."""
    result = await alice.slash(channel, "ask", question=TURNOUT, private=True)
    assert result.ephemeral
    assert labels(result.response) == [
        "Sources",
        "Ask a follow-up",
        "Report",
        "Show to all",
        "More",
    ]
    assert await entries(alice, result.response) == ["Helpful", "Copy as quote"]
    form = await alice.click(result.response, label="Report")
    await alice.submit_modal(form, {"fault": ["wrong"], "comment": ""})
    declined = await alice.slash(channel, "ask", question=UNKNOWN, private=True)
    assert labels(declined.response) == ["Notify me", "Tell the moderators", "More"]
    await alice.click(declined.response, label="Tell the moderators")
    assert await entries(alice, declined.response) == ["Suggest a source"]
    told = desk.ledger.feedback.open([FeedbackVerdict.WRONG, FeedbackVerdict.MISSING])
    assert {each.question for each in told} == {TURNOUT, UNKNOWN}


async def test_sources_show_each_quotation_with_what_stands_around_it(channel, alice):
    """A quotation torn out of its place can be told from one that is not."""
    result = await alice.slash(channel, "ask", question=TURNOUT)
    sources = await alice.click(result.response, label="Sources")
    assert sources.ephemeral
    text = shown(sources)
    assert "62.7 per cent" in text
    assert "[1] The Sarnholt Ledger" in text
    assert "…" in text


async def test_sources_of_a_removed_article_say_so(desk, channel, alice):
    """Who looks closer later learns what became of it."""
    result = await alice.slash(channel, "ask", question=TURNOUT)
    [first, *_] = desk.ledger.answers.cited(1)
    desk.archive.articles.remove(first.article_id, now=MORNING)
    sources = await alice.click(result.response, label="Sources")
    assert "may no longer be cited" in shown(sources)


async def test_a_follow_up_is_asked_in_a_form(channel, alice):
    """It refers to what was verified before."""
    result = await alice.slash(channel, "ask", question="What did Harbour say about ferries?")
    form = await alice.click(result.response, label="Ask a follow-up")
    answer = await alice.submit_modal(form, {"question": "What about Common Field?"})
    assert shown(answer).startswith("What did Common Field say about ferries?")
    assert labels(answer.response)[0] == "Sources"


async def test_a_follow_up_after_a_restart_still_knows(simcord_env, desk, channel, alice):
    """The exchange is read out of the message and the archive."""
    result = await alice.slash(channel, "ask", question="What did Harbour say about ferries?")
    await restart(simcord_env, desk)
    form = await alice.click(result.response, label="Ask a follow-up")
    answer = await alice.submit_modal(form, {"question": "What about Common Field?"})
    assert shown(answer).startswith("What did Common Field say about ferries?")


async def test_a_reply_after_a_restart_still_knows(simcord_env, desk, channel, alice):
    """The question stands in the message that the answer replies to."""
    me = f"<@{simcord_env.bot.user.id}>"
    await alice.send(channel, f"{me} What did Harbour say about ferries?")
    answer = channel.last_message
    await restart(simcord_env, desk)
    await alice.send(channel, f"{me} What about Common Field?", reply_to=answer)
    text = seen([each.to_dict() for each in channel.last_message.components])
    assert "Common Field Party has promised" in text


async def test_a_thread_of_ones_own(simcord_env, channel, alice):
    """It says how to go on, and what is asked in it refers to the answer above."""
    result = await alice.slash(channel, "ask", question="What did Harbour say about ferries?")
    opened = await choose(alice, result.response, "thread")
    assert opened.ephemeral
    assert "thread is open" in shown(opened)
    thread = next(t for t in channel._env.bot.get_channel(channel.id).threads)
    assert thread.name == "What did Harbour say about ferries?"
    simcord_env.inject_error("POST", "/channels/*/messages/*/threads", status=400, code=160004)
    again = await choose(alice, result.response, "thread")
    assert "already has a thread" in shown(again)


async def test_where_there_can_be_no_thread_another_way_is_named(simcord_env, channel, alice):
    """A missing permission is a sentence."""
    result = await alice.slash(channel, "ask", question=TURNOUT)
    simcord_env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013)
    refused = await choose(alice, result.response, "thread")
    assert "Use “Ask a follow-up”" in shown(refused)


async def test_helpful_is_kept_without_a_name(desk, channel, alice):
    """Nobody is counted twice, and nobody is named."""
    result = await alice.slash(channel, "ask", question=TURNOUT)
    for _ in range(2):
        thanked = await choose(alice, result.response, "helpful")
        assert thanked.ephemeral
    [said] = desk.ledger.feedback.open([FeedbackVerdict.HELPFUL])
    assert said.answer_id == 1
    assert str(alice.id) not in said.member
    assert said.question is None


async def test_a_report_reaches_the_moderators_with_its_question(desk, channel, alice):
    """They read what was asked, what is wrong, and not who said so."""
    result = await alice.slash(channel, "ask", question=TURNOUT)
    form = await choose(alice, result.response, "report")
    sent = await alice.submit_modal(form, {"fault": ["outdated"], "comment": "There is a recount."})
    assert "without your name" in shown(sent)
    [said] = desk.ledger.feedback.open([FeedbackVerdict.OUTDATED])
    assert (said.question, said.comment) == (TURNOUT, "There is a recount.")


async def test_a_gap_is_told_with_one_click(desk, channel, alice):
    """What the coverage lacks, moderators should know."""
    result = await alice.slash(channel, "ask", question=UNKNOWN)
    await choose(alice, result.response, "missing")
    [said] = desk.ledger.feedback.open([FeedbackVerdict.MISSING])
    assert said.question == UNKNOWN


async def test_buttons_of_an_unknown_answer_say_so_kindly(channel, alice, desk):
    """An archive may be younger than a message."""
    result = await alice.slash(channel, "ask", question=TURNOUT)
    desk.ledger.answers.cited = lambda _number: ()
    desk.ledger.feedback.add = lambda _said: False
    try:
        for answer in (
            await choose(alice, result.response, "helpful"),
            await alice.click(result.response, label="Sources"),
        ):
            assert answer.ephemeral
            assert "too old" in shown(answer)
    finally:
        del desk.ledger.answers.cited, desk.ledger.feedback.add


async def test_a_suggestion_waits_for_a_moderator(desk, channel, alice):
    """Nothing is fetched before somebody decides; five a day are enough."""
    result = await alice.slash(channel, "ask", question=UNKNOWN)
    for number in range(5):
        form = await choose(alice, result.response, "suggest")
        await alice.submit_modal(
            form, {"url": f"chess.example/{number}", "outlet": "Chess", "note": ""}
        )
    refused = await choose(alice, result.response, "suggest")
    assert "enough suggestions for today" in shown(refused)
    waiting = desk.ledger.suggestions.open()
    assert [each.address for each in waiting] == [f"https://chess.example/{n}" for n in range(5)]


@pytest.mark.parametrize(
    "text", ["nothing", "the Ledger", "ftp://ledger.example", "a@b.example/x y"]
)
async def test_what_is_no_address_is_said_at_once(desk, channel, alice, text):
    """And the form is one click away."""
    form = await alice.slash(channel, "suggest")
    said = await alice.submit_modal(form, {"url": text, "outlet": "", "note": ""})
    assert shown(said).startswith("That is not a web address.")
    assert labels(said.response) == ["Suggest a source"]
    assert desk.ledger.suggestions.open() == []


async def test_in_a_direct_message_nothing_is_offered_that_is_refused(alice):
    """Sources are suggested in servers, threads made in channels."""
    await alice.send_dm(UNKNOWN)
    assert "Suggest a source" not in controls_of(alice.user.dm_channel)
    await alice.send_dm(TURNOUT)
    assert "Thread" not in controls_of(alice.user.dm_channel)


def controls_of(channel):
    """Return all that stands in the newest message, its controls among it."""
    return str([each.to_dict() for each in channel.last_message.components])


async def test_whoever_asked_deletes_the_answer(simcord_env, channel, alice):
    """By a command or by a mention; nobody else does but who manages messages."""
    bob = simcord_env.guild.add_member(simcord_env.create_user("bob"))
    result = await alice.slash(channel, "ask", question=TURNOUT)
    refused = await choose(bob, result.response, "delete")
    assert "Only whoever asked" in shown(refused)
    await choose(alice, result.response, "delete")
    assert channel.last_message is None
    await alice.send(channel, f"<@{simcord_env.bot.user.id}> {TURNOUT}")
    answer = channel.last_message
    await choose(bob, answer, "delete")
    assert channel.last_message.id == answer.id
    role = simcord_env.guild.create_role(
        "mods", permissions=discord.Permissions(manage_messages=True)
    )
    mod = simcord_env.guild.add_member(simcord_env.create_user("mod"), roles=[role])
    await choose(mod, answer, "delete")
    assert channel.last_message.id != answer.id


async def test_a_private_answer_is_shown_to_all_by_its_asker(desk, channel, alice):
    """Once, with the controls of a public one, and corrections reach it."""
    result = await alice.slash(channel, "ask", question=TURNOUT, private=True)
    assert channel.last_message is None
    public = await alice.click(result.response, label="Show to all")
    assert not public.ephemeral
    assert shown(public).startswith(TURNOUT)
    assert "62.7 per cent" in shown(public)
    assert await entries(alice, public.response) == OF_AN_ANSWER
    again = await alice.click(result.response, label="Show to all")
    assert "already been shown to all" in shown(again)
    asked_on = await alice.click(public.response, label="Ask a follow-up")
    answer = await alice.submit_modal(asked_on, {"question": "and when?"})
    assert "What was the turnout" in shown(answer)


async def test_an_answer_that_could_not_be_shown_to_all_can_be_later(simcord_env, channel, alice):
    """Discord failed once: nobody reads that everybody sees what nobody does."""
    result = await alice.slash(channel, "ask", question=TURNOUT, private=True)
    simcord_env.inject_error("POST", "/interactions/*/*/callback", status=503, code=0)
    await alice.click(result.response, label="Show to all")
    assert channel.last_message is None
    public = await alice.click(result.response, label="Show to all")
    assert "62.7 per cent" in shown(public)
    assert not public.ephemeral


async def test_where_answers_are_private_none_is_shown_to_all(simcord_env, desk, channel, alice):
    """A server's rule goes before its members' wish."""
    rules = ServerRules(everywhere=Speaks.MENTION)
    desk.ledger.rules.set(str(simcord_env.guild.id), rules.values())
    result = await alice.slash(channel, "ask", question=TURNOUT, private=True)
    assert "Show to all" not in labels(result.response)


async def test_a_question_that_was_changed_is_offered_again(simcord_env, channel, alice):
    """To its author, once, and only if it was answered."""
    bob = simcord_env.guild.add_member(simcord_env.create_user("bob"))
    me = f"<@{simcord_env.bot.user.id}>"
    asked = await alice.send(channel, f"{me} What was the turnout on Skerrow?")
    await alice.edit(asked, f"{me} {TURNOUT}")
    offer = channel.last_message
    assert "You changed your message" in seen([c.to_dict() for c in offer.components])
    refused = await bob.click(offer, label="Ask again")
    assert "Only whoever wrote the question" in shown(refused)
    await alice.click(offer, label="Ask again")
    assert "62.7 per cent" in seen([c.to_dict() for c in channel.last_message.components])
    assert offer.id not in {each.id for each in channel.history()}
    before = len(channel.history())
    other = await bob.send(channel, "who won?")
    await bob.edit(other, f"{me} who won?")
    assert len(channel.history()) == before + 1


OFFER = "You changed your message"


def offers(channel):
    """Return the offers to answer an edited message again."""
    texts = [seen([c.to_dict() for c in each.components]) for each in channel.history()]
    return [text for text in texts if text.startswith(OFFER)]


async def test_a_message_that_is_edited_again_and_again(simcord_env, channel, alice):
    """One offer stands at a time, it asks what stands there then, and the next edit has its own."""
    me = f"<@{simcord_env.bot.user.id}>"
    asked = await alice.send(channel, f"{me} hi")
    await alice.edit(asked, f"{me} hi!!")
    assert offers(channel) == []
    await alice.edit(asked, f"{me} How many seats did Harbour win?")
    await alice.edit(asked, f"{me} {TURNOUT}")
    assert len(offers(channel)) == 1
    await alice.click(channel.last_message, label="Ask again")
    assert "62.7 per cent" in said_last(channel)
    await alice.edit(asked, f"{me} thanks")
    assert offers(channel) == []
    await alice.edit(asked, f"{me} How many seats did Common Field win?")
    assert len(offers(channel)) == 1
    await alice.edit(asked, "How many seats did Common Field win?")
    await alice.click(channel.last_message, label="Ask again")
    assert offers(channel) == []
    assert channel.last_message.author.bot


async def test_a_question_that_is_edited_while_it_is_answered(
    monkeypatch, simcord_env, channel, alice
):
    """The answer is to what it was; the offer for what it is follows."""
    desk_type, me = type(simcord_env.bot.desk), f"<@{simcord_env.bot.user.id}>"
    answer = desk_type.answer

    async def edited_meanwhile(self, question, *arguments, **more):
        outcome = await answer(self, question, *arguments, **more)
        if "Harbour" in question.text:
            [asked] = [each for each in channel.history() if not each.author.bot]
            after = await simcord_env.bot.get_channel(channel.id).fetch_message(asked.id)
            before = await simcord_env.bot.get_channel(channel.id).fetch_message(asked.id)
            after.content = f"{me} {TURNOUT}"
            await simcord_env.bot.on_message_edit(before, after)
        return outcome

    monkeypatch.setattr(desk_type, "answer", edited_meanwhile)
    await alice.send(channel, f"{me} How many seats did Harbour win?")
    assert said_last(channel).startswith(OFFER)
    assert len(channel.history()) == 3


async def test_what_is_taken_out_while_an_answer_is_written_is_not_shown(
    monkeypatch, simcord_env, desk, channel, alice
):
    """Removed everywhere or hidden in this server: neither is quoted a second later."""
    desk_type, answer = type(desk), type(desk).answer

    async def withheld_meanwhile(self, question, *arguments, **more):
        outcome = await answer(self, question, *arguments, **more)
        article = outcome.citations[0].passage.article_id
        desk.archive.editions.hide(str(simcord_env.guild.id), article, now=MORNING)
        return outcome

    monkeypatch.setattr(desk_type, "answer", withheld_meanwhile)
    result = await alice.slash(channel, "ask", question=TURNOUT)
    assert "62.7" not in shown(result)
    assert "no longer part of the coverage here" in shown(result)


async def test_an_answer_is_copied_as_a_quote(channel, alice):
    """The words, who printed them, when and where: to be used elsewhere."""
    result = await alice.slash(channel, "ask", question=TURNOUT)
    copied = await choose(alice, result.response, "quote")
    assert copied.ephemeral
    text = "\n".join(markdown_of(copied.response.components))
    assert "```\n“Turnout was 62.7 per cent" in text or "62.7 per cent" in text
    assert "— The Sarnholt Ledger, 1 November 2026, Final count" in text
    assert "https://" in text
