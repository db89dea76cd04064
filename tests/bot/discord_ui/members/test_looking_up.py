"""Looking up a message, a topic, the coverage; what to ask; what is kept of whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.answering.proving.verifiers import Finding
from bot.discord_ui.client import ElectionDeskClient
from bot.discord_ui.members.overview import gaps
from bot.ledger.records import FeedbackVerdict
from tests.bot.conftest import MORNING, ScriptedVerifier
from tests.bot.discord_ui.choosing import choose, labels
from tests.bot.discord_ui.reading import links, seen, shown
from tests.builders import an_extract, saved

FIND = "Find coverage of this"
RESULT = "Common Field won 50 seats and Harbour 46."
TURNOUT = "What was the turnout?"


def saying(reading):
    """Return a reader that says the same of every claim."""
    return ScriptedVerifier(lambda _claim: reading)


@pytest.mark.parametrize(
    ("said", "reader", "finding", "quoted"),
    [
        (RESULT, saying(Finding.SUPPORTED), "✔ The coverage says so", "50 of the 121"),
        (RESULT, saying(Finding.CONTRADICTED), "✘ The coverage says otherwise", "50 of the 121"),
        (RESULT, saying(Finding.CLAIMED), "Reported as somebody's claim", "50 of the 121"),
        (RESULT, saying(Finding.NOT_STATED), "The coverage does not say", "seats"),
        (RESULT, None, "Closest in the coverage; whether it says so is for you", "50 of the 121"),
        ("投票率は62.8%だった。", None, "Closest in the coverage", "62.7 per cent"),
        ("Zyxwv qponm lkjih.", None, "Nothing close to this in the coverage", "lkjih"),
    ],
    indirect=["reader"],
)
async def test_a_message_is_held_against_the_coverage(channel, alice, said, finding, quoted):
    """Each finding is told apart, with its sources, privately; without a reader there is none."""
    message = await alice.send(channel, said)
    result = await alice.context_menu(channel, FIND, target=message)
    assert result.ephemeral
    text = shown(result)
    assert finding in text
    assert quoted in text
    assert "Only you see this" in text


async def test_a_long_message_says_what_was_not_looked_up(channel, alice):
    """Three claims at a time, and the rest by name."""
    said = " ".join(f"Harbour won {seats} seats in Orvessa." for seats in range(46, 51))
    message = await alice.send(channel, said)
    text = shown(await alice.context_menu(channel, FIND, target=message))
    assert "Not looked up, because I take three claims at a time: Harbour won 49 seats" in text


async def test_a_greeting_is_nothing_to_look_up(channel, alice):
    """The member learns what is needed."""
    message = await alice.send(channel, "hi!")
    result = await alice.context_menu(channel, FIND, target=message)
    assert "I need a sentence or two" in shown(result)


async def test_a_message_that_attacks_is_shown_letter_by_letter(channel, alice):
    """Nobody is mentioned, nothing is linked that the sources do not link."""
    message = await alice.send(channel, "@everyone Harbour **won** [52](http://evil.example) seats")
    result = await alice.context_menu(channel, FIND, target=message)
    assert "@everyone Harbour **won** [52](http://evil.example) seats" in shown(result)
    assert not any("evil" in each for each in links(result.response.components))


async def test_a_timeline_is_dated_cited_and_drawn(channel, alice):
    """Oldest first, each line a quotation with its source; the picture says no more."""
    result = await alice.slash(channel, "timeline", topic="turnout")
    text = shown(result)
    assert text.index("25 October 2026") < text.index("1 November 2026")
    assert "62.7 per cent" in text
    gallery = result.response.components[0]
    [item] = gallery["items"]
    assert item["description"].startswith("2 numbered marks along a line of time from 25 October")


async def test_a_timeline_of_nothing_says_so(channel, alice):
    """An empty one is a sentence, for whoever asked alone."""
    result = await alice.slash(channel, "timeline", topic="quantum chess")
    assert result.ephemeral
    assert "No dated coverage of that was found." in shown(result)
    empty = await alice.slash(channel, "timeline", topic="???")
    assert "There is no question in that." in shown(empty)


@pytest.mark.parametrize(("count", "is_more"), [(12, False), (13, True)])
async def test_a_timeline_that_leaves_articles_out_says_so(desk, channel, alice, count, is_more):
    """Twelve lines are all that a message holds."""
    for n in range(count):
        text = (
            f"The harbour board met on day {n} about dredging, item {n * 7} of its list of works"
            f" for pier {n} in Sarnholt."
        )
        day = MORNING - timedelta(days=n)
        extract = an_extract(
            text,
            title=f"Dredging, day {n}",
            outlet=f"Outlet {n}",
            published=day.date(),
            url=f"https://pier.example/{n}",
        )
        saved(desk.archive, extract, now=MORNING)
    desk.coverage.catch_up()
    text = shown(await alice.slash(channel, "timeline", topic="dredging"))
    assert text.count("Dredging, day") == 12
    assert ("There are more articles on this" in text) is is_more


async def test_coverage_names_outlets_their_newest_and_the_gaps(channel, alice):
    """What the answers rest on, and where there is nothing."""
    result = await alice.slash(channel, "coverage")
    text = shown(result)
    assert "The Sarnholt Ledger" in text
    assert "Final count: Common Field 50" in text
    assert "No coverage of 26 October 2026." in text
    [item] = result.response.components[0]["items"]
    assert item["description"].startswith("Bars: articles a day from ")


async def test_gaps_are_runs_of_days(desk):
    """The newest first; the days at both ends have coverage."""
    known = await desk.community.known()
    runs = gaps(known)
    assert all(first <= last for first, last in runs)
    assert all(known.by_day.get(first - timedelta(days=1)) for first, _ in runs)
    assert list(runs) == sorted(runs, reverse=True)


async def test_starters_are_offered_and_answered(starters, channel, alice):
    """Every question that is offered has an answer that cites the article it is about."""
    offered = await alice.autocomplete(channel, "ask", "question", "final count")
    [choice] = offered
    assert "Final count" in choice["name"]
    result = await alice.slash(channel, "ask", question=choice["value"])
    assert "Final count: Common Field 50" in shown(result)


async def test_a_mention_alone_gets_questions_to_begin_with(simcord_env, starters, channel, alice):
    """As buttons."""
    await alice.send(channel, f"<@{simcord_env.bot.user.id}>")
    assert labels(channel.last_message)[:2] == ["Result", "Turnout"]


async def test_japanese_coverage_has_japanese_starters(starters, channel, alice):
    """A question is in the language of the article it is about."""
    offered = await alice.autocomplete(channel, "ask", "question", "スケロウ島")
    assert all("について何が報じられていますか" in each["value"] for each in offered)
    assert offered


async def test_privacy_is_said_and_forgetting_is_done(desk, channel, alice):
    """What is known of a person goes at once, what they said stays without them."""
    said = shown(await alice.slash(channel, "privacy"))
    assert "Your questions are not kept" in said
    assert "No language model sees your question." in said
    nothing = await alice.slash(channel, "forget-me")
    assert "Nothing was known about you." in shown(nothing)
    result = await alice.slash(channel, "ask", question=TURNOUT)
    await choose(alice, result.response, "helpful")
    assert desk.ledger.feedback.open([FeedbackVerdict.HELPFUL])
    forgotten = await alice.slash(channel, "forget-me")
    assert "Forgotten; entries removed: 1." in shown(forgotten)
    assert desk.ledger.feedback.open([FeedbackVerdict.HELPFUL]) == []


async def test_who_was_cut_off_is_told_once_and_asks_again(simcord_env, desk, channel, alice):
    """A bot that was killed leaves nobody waiting."""
    message = await alice.send(channel, "hello")
    asked = await desk.community.begin(TURNOUT, "en", alice.id, channel.id, message=message.id)
    later = MORNING + timedelta(minutes=1)
    for _ in range(2):
        client = ElectionDeskClient(restarted(desk, later))
        await simcord_env.restart_bot(client)
        await simcord_env.settle()
    here = client.get_channel(channel.id)
    told = [m async for m in here.history() if m.author.id == client.user.id]
    assert len(told) == 1
    text = seen([each.to_dict() for each in told[0].components])
    assert text.startswith(f"{TURNOUT}\nI was stopped")
    client.asking.in_flight.add(alice.id)
    busy = await alice.click(told[0], custom_id=f"desk:again:{asked.id}")
    assert "still being answered" in shown(busy)
    client.asking.in_flight.clear()
    answer = await alice.click(told[0], custom_id=f"desk:again:{asked.id}")
    assert "62.7 per cent" in shown(answer)
    late = await alice.click(told[0], custom_id=f"desk:again:{asked.id}")
    assert "already been asked again" in shown(late)


async def test_a_command_that_was_cut_off_is_told_in_its_place(simcord_env, desk, channel, alice):
    """The reply that still thinks says what happened; without its token the channel does."""
    await alice.slash(channel, "ask", question=TURNOUT)
    token = token_in(simcord_env)
    await desk.community.begin(TURNOUT, "en", alice.id, channel.id, token=token)
    await desk.community.begin(TURNOUT, "ja", alice.id, channel.id, token="expired")
    await desk.community.begin(TURNOUT, "en", alice.id, None, token="expired too")
    later = MORNING + timedelta(minutes=1)
    client = ElectionDeskClient(restarted(desk, later))
    await simcord_env.restart_bot(client)
    await simcord_env.settle()
    here = client.get_channel(channel.id)
    texts = [seen([c.to_dict() for c in m.components]) async for m in here.history()]
    assert len(texts) == 2
    assert any("I was stopped" in text for text in texts)
    assert any("停止しました" in text for text in texts)


def restarted(desk, later):
    """Return the desk as another process has it, later on."""
    lease = replace(desk.lease, owner="another process")
    return replace(desk, clock=lambda: later, lease=lease)


def token_in(env):
    """Return the token of the last reply that was edited."""
    paths = [r.path for r in env.http_requests if r.path.endswith("/messages/@original")]
    return paths[-1].split("/")[3]


async def test_an_answer_that_is_shown_is_cut_off_no_more(desk, channel, alice):
    """Nothing is left of a question that was answered."""
    await alice.slash(channel, "ask", question=TURNOUT)
    assert desk.ledger.questions.interrupted("other", desk.clock()) == []
