"""Several questions in one message, each answered by itself."""

import pytest

from bot.answering.answer import answer_now, questions_in
from bot.answering.understanding.question import ask
from bot.answering.values import Answer, Level
from bot.outcomes import as_object
from tests.bot.conftest import MORNING


def asked(text):
    return [each.text for each in questions_in(ask(text, now=MORNING))]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Who won?", ["Who won?"]),
        ("Turnout???", ["Turnout???"]),
        ("Really? Who won?", ["Really? Who won?"]),
        ("Who won? I heard that it was close.", ["Who won? I heard that it was close."]),
        (
            "Who won the seat? And what was the turnout?",
            ["Who won the seat?", "what was the turnout?"],
        ),
        (
            "Who won Dunmere East? By how many votes?",
            ["Who won Dunmere East?", "By how many votes – Who won Dunmere East?"],
        ),
        ("投票率は？誰が勝った？", ["投票率は？", "誰が勝った？"]),
    ],
)
def test_a_message_is_cut_where_it_asks(text, parts):
    """A question that only points to the one before takes its words along."""
    assert asked(text) == parts


def answered(desk, text):
    return answer_now(ask(text, now=MORNING), desk.coverage.serving)


def test_each_question_has_its_excerpt(sample_desk):
    """In their order, all on the message itself."""
    outcome = answered(
        sample_desk,
        "What was the turnout? How many seats did Common Field win? Who is Ansa Pellowe?",
    )
    assert isinstance(outcome, Answer)
    assert outcome.leads == len(outcome.excerpts) == 3
    assert "62.7" in outcome.excerpts[0].citation.quote
    assert "50" in outcome.excerpts[1].citation.quote
    assert "Pellowe" in outcome.excerpts[2].citation.quote


def test_more_than_three_are_left_and_said_to_be(sample_desk):
    """Nothing is dropped in silence."""
    outcome = answered(
        sample_desk,
        "What was the turnout? Who won? Who is Ansa Pellowe? How many seats has the Assembly?",
    )
    assert outcome.left == ("How many seats has the Assembly?",)
    assert as_object(outcome)["left"] == ["How many seats has the Assembly?"]


def test_what_one_of_them_lacks_is_said(sample_desk):
    """The whole is no surer than its least sure part."""
    outcome = answered(sample_desk, "What was the turnout? What is the capital of Xanadu?")
    assert isinstance(outcome, Answer)
    assert outcome.level is Level.CLOSEST
    assert outcome.written.unsaid == ("What is the capital of Xanadu?",)


def test_advice_among_them_is_declined(sample_desk):
    """A guard holds for the whole message."""
    outcome = answered(sample_desk, "What was the turnout? And who should I vote for?")
    assert not isinstance(outcome, Answer)
