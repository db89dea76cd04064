"""Since when the chat model has written nothing, as moderators are told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.answering.values import Trouble, Written
from bot.answering.writing.drafting import ModelState, Outage
from tests.builders import NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WROTE = Written("a-model", "digest")


def in_trouble(trouble):
    """Return how an answer was made that the model did not write."""
    return Written(trouble=trouble)


def test_an_outage_begins_with_the_first_answer_without_the_model():
    """It names the newest trouble, and ends when the model writes again."""
    state = ModelState()
    assert state.outage(NOW) is None
    state.note(in_trouble(Trouble.STALLED), NOW)
    state.note(Written(), NOW + MINUTE)
    state.note(in_trouble(Trouble.KEY), NOW + 2 * MINUTE)
    assert state.outage(NOW + HOUR) == Outage(Trouble.KEY, NOW)
    state.note(WROTE, NOW + HOUR)
    assert state.outage(NOW + HOUR) is None


@pytest.mark.parametrize("trouble", [Trouble.UNPROVEN, Trouble.MEMBER])
def test_what_concerns_one_answer_is_no_outage(trouble):
    """A sentence that could not be proven, and a member who has asked enough for today."""
    state = ModelState()
    state.note(in_trouble(trouble), NOW)
    assert state.outage(NOW) is None


def test_a_budget_is_new_on_another_day():
    """Nobody has asked since; what is spent is spent until midnight."""
    state = ModelState()
    state.note(in_trouble(Trouble.BUDGET), NOW)
    assert state.outage(NOW + MINUTE) == Outage(Trouble.BUDGET, NOW)
    assert state.outage(NOW + 24 * HOUR) is None


def test_a_model_that_broke_off_has_written():
    """What was proven before is shown, and the reader is told that the rest is missing."""
    state = ModelState()
    state.note(in_trouble(Trouble.FAILED), NOW)
    state.note(Written("a-model", "digest", trouble=Trouble.CONNECTION), NOW + MINUTE)
    assert state.outage(NOW + MINUTE) is None
