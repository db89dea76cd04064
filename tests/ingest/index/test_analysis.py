"""Terms are the same for coverage and questions."""

import pytest

from ingest.index.cutting import terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("elections", "Election"),
        ("Marrowen’s pledge", "marrowen pledges"),
        ("ＴＡＸ　１２％", "tax 12%"),
        ("1,200,000 votes", "1200000 vote"),
        ("José", "Jose"),
        ("ﾌｪﾘｰ", "フェリー"),
    ],
)
def test_spellings_of_one_thing_meet(one, other):
    """Case, width, accents, plural and possessive do not hide a word."""
    assert set(terms(one)) == set(terms(other))


def test_japanese_is_cut_into_pairs():
    """A name is found inside a longer word, which no dictionary cuts the same twice."""
    assert set(terms("東京")) <= set(terms("東京都知事"))
    assert terms("票") == ["票"]


def test_signs_are_no_terms():
    """A query of signs matches nothing rather than everything."""
    assert terms("?! — “”") == []
