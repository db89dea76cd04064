"""Merging two rankings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.index.search import fuse, scaled, shares

LEXICAL = st.dictionaries(st.text(min_size=1, max_size=4), st.floats(0, 30), max_size=20)
DENSE = st.dictionaries(st.text(min_size=1, max_size=4), st.floats(-1, 1), max_size=20)


def test_a_passage_of_both_rankings_beats_one_of_either():
    """Two searches that agree are worth more than one that is sure."""
    ranked = fuse({"a": 1.0, "b": 0.9, "c": 0.1}, {"b": 0.8, "d": 0.9, "e": 0.1}, weight=0.5)
    assert max(ranked, key=ranked.get) == "b"


def test_the_weight_decides_between_rankings_that_disagree():
    """A weight near nought trusts words, one near one trusts meaning."""
    words, meaning = {"words": 1.0, "x": 0.0}, {"meaning": 0.9, "x": 0.1}
    for weight, best in ((0.2, "words"), (0.8, "meaning")):
        ranked = fuse(words, meaning, weight=weight)
        assert max(ranked, key=ranked.get) == best


@given(LEXICAL, DENSE, st.floats(0, 1))
def test_every_passage_is_ranked_once_between_nought_and_one(lexical, dense, weight):
    """Fusion loses nothing, invents nothing, and its scores compare across questions."""
    ranked = fuse(shares(lexical), scaled(dense), weight=weight)
    assert ranked.keys() == lexical.keys() | dense.keys()
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in ranked.values())


def test_equal_scores_are_all_the_best():
    """A ranking of one, or of equals, is not worthless."""
    assert scaled({"a": 4.0, "b": 4.0}) == {"a": 1.0, "b": 1.0}


def test_nothing_found_is_nothing_ranked():
    """Two empty searches are an empty ranking, not an error."""
    assert fuse({}, {}, weight=0.5) == {}
    assert shares({}) == {}
    assert scaled({}) == pytest.approx({})
