"""What may lead an answer, and what is never sure: a paste, or a place that no coverage names."""

from __future__ import annotations

import pytest

from bot.answering.answer import answer_now
from bot.answering.resting import fetched_first, limited_level
from bot.answering.understanding.question import ask
from bot.answering.values import Level
from bot.outcomes import level_of
from tests.bot.builders import NOW


def test_a_paste_never_leads_where_a_fetched_source_answers():
    """All else stays in its order."""
    found = [("paste", True), ("a", False), ("other paste", True), ("b", False)]
    ordered = fetched_first(found, lambda each: each[1])
    assert [name for name, _ in ordered] == ["a", "b", "paste", "other paste"]


@pytest.mark.parametrize(
    ("leads", "level"),
    [
        ([True], Level.CLOSEST),
        ([True, True], Level.CLOSEST),
        ([True, False], Level.SAYS),
        ([False], Level.SAYS),
        ([], Level.SAYS),
    ],
)
def test_a_paste_alone_never_says_it(leads, level):
    """However well it answers."""
    assert limited_level(Level.SAYS, leads) is level
    assert limited_level(Level.CLOSEST, leads) is Level.CLOSEST


@pytest.mark.parametrize(
    ("question", "is_sure"),
    [
        ("what was turnout", True),
        ("what was the turnout in zanzibar", False),
        ("what was turnout in fresno", False),
        ("when is the election in kyrgyzstan", False),
        ("when is the vanuatu election", False),
    ],
)
def test_a_place_that_no_coverage_names_is_never_sure(sample_desk, question, is_sure):
    """What is found is another place's, which a question in small letters does not show."""
    outcome = answer_now(ask(question, now=NOW), sample_desk.coverage)
    assert (level_of(outcome) == Level.SAYS) is is_sure
