"""What a reader of the sample coverage expects: the newest, the period, both outlets, one wire."""

from datetime import date

import pytest

from bot.answering.answer import answer_now
from bot.answering.understanding.question import ask
from bot.answering.values import Abstention, Answer, Reason
from bot.evaluating import SAMPLE_QUESTIONS, read_question_set
from tests.bot.conftest import MORNING


@pytest.fixture
def answered(sample_desk):
    """Answer on that morning."""
    desk = sample_desk
    return lambda text: answer_now(ask(text, now=MORNING), desk.coverage)


def cited(outcome):
    """Return the outlets of an answer, first use first."""
    assert isinstance(outcome, Answer)
    return [citation.header.outlet for citation in outcome.citations]


def test_the_newest_of_two_figures_leads(answered):
    """The certified turnout goes before the estimate of election night."""
    outcome = answered("What was the turnout?")
    first, second = outcome.citations[:2]
    assert "62.7 per cent" in first.quote
    assert first.header.day == date(2026, 11, 1) == outcome.newest.date()
    assert second.header.day < first.header.day


@pytest.mark.parametrize(
    "question",
    [
        "What was the turnout since last week?",
        "先週からの投票率は？",
    ],
)
def test_a_period_is_obeyed(answered, question):
    """Nothing older than the period is cited."""
    days = [citation.header.day for citation in answered(question).citations]
    assert days
    assert min(days) >= date(2026, 10, 26)


def test_a_day_that_is_named_overrides_the_newest(answered):
    """What was reported on election night is asked, not what is known since."""
    first = answered("What was reported about the turnout on 25 October?").excerpts[0].citation
    assert first.header.day == date(2026, 10, 25)
    assert "64%" in first.quote


@pytest.mark.parametrize(
    "question",
    [
        "What was the turnout today?",
        "今週の投票率は？",
    ],
)
def test_a_period_without_coverage_is_declined(answered, question):
    """Last week's turnout answers nobody who asks about today; it is the nearest there is."""
    outcome = answered(question)
    assert isinstance(outcome, Abstention)
    assert outcome.reason is Reason.NOT_COVERED
    assert outcome.nearest


def test_two_outlets_that_are_named_are_both_cited(answered):
    """Whoever compares two papers reads both."""
    question = (
        "How many people were at the Lantern rally according to the Dunmere Courier "
        "and the Tessary Post?"
    )
    assert {"Dunmere Courier", "Tessary Post"} <= set(cited(answered(question)))


def test_one_wire_story_counts_once(answered):
    """A copy is named beside the story and takes no quotation of its own."""
    outcome = answered("Did Lantern take money from Volstrand?")
    quotes = [citation.quote for citation in outcome.citations]
    assert len(quotes) == len(set(quotes))
    copies = {header.outlet for each in outcome.excerpts for header in each.copies}
    assert copies
    assert not copies & set(cited(outcome)[:1])


FOUND = 0.95
"""Floor of what was measured: recall in the first five; it only rises."""


def test_coverage_is_found_across_languages(sample_desk):
    """The answers stand in the language that the question is not in, and in no other."""
    found = []
    for each in (q for q in read_question_set(SAMPLE_QUESTIONS) if q.kind == "cross-lingual"):
        question = ask(each.question, now=MORNING)
        first = sample_desk.coverage.look(question).evidence[:5]
        texts = [evidence.passage.text for evidence in first]
        found.append(any(part in text for part in each.wanted for text in texts))
    assert sum(found) / len(found) >= FOUND


@pytest.mark.parametrize(
    ("question", "leader"),
    [
        ("who leads the Lantern Movement", "Jory Stanmark"),
        ("Who leads Common Field?", "Tobin Arkwell"),
        ("who is the leader of the tidewater greens?", "Ansa Pellowe"),
    ],
)
def test_who_leads_is_in_the_message(answered, question, leader):
    """Whoever else speaks of that party."""
    assert any(leader in each.citation.quote for each in answered(question).excerpts)


def test_the_latest_is_of_the_newest_report(answered):
    """A profile of before the election is no news of its result."""
    lead = answered("what's the latest on Dunmere East?").excerpts[0]
    assert "lost Dunmere East" in lead.citation.quote
