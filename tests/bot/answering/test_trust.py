"""What a text that nobody has verified may do in an answer."""

from __future__ import annotations

import pytest

from bot.answering.resting import fetched_first, limited_level
from bot.answering.values import Level


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
