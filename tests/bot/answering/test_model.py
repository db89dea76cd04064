"""Nothing unproven is shown."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.values import Citation, Claim, UnsupportedQuoteError
from ingest.model import Header, Passage

TEXT = "Turnout was 61.4 percent, the commission said. 投票率は61.4％だった。"


def a_passage(text=TEXT, key="7:1:0:abc"):
    return Passage(
        key, 7, 1, 0, 0, len(text), text, Header("Turnout", "Ledger", published=date(2026, 10, 26))
    )


@given(st.integers(0, len(TEXT) - 1), st.integers(1, len(TEXT)))
def test_what_stands_in_the_passage_can_be_cited(start, length):
    """Any run of the passage's letters is a citation, at its exact place."""
    quote = TEXT[start : start + length]
    citation = Citation.of(quote, a_passage())
    assert TEXT[citation.start : citation.start + len(quote)] == quote


@given(st.integers(0, len(TEXT) - 1), st.characters())
def test_one_altered_letter_cannot_be_cited(place, letter):
    """A figure with one digit changed is another figure."""
    altered = TEXT[:place] + letter + TEXT[place + 1 :]
    if altered != TEXT:
        with pytest.raises(UnsupportedQuoteError):
            Citation.of(altered, a_passage())


def test_a_citation_cannot_be_built_around_the_check():
    """The constructor holds the rule, not its callers."""
    with pytest.raises(UnsupportedQuoteError):
        Citation(a_passage(), "Turnout was 71.4 percent", 0)
    with pytest.raises(UnsupportedQuoteError):
        Citation(a_passage(), "", 0)


def test_a_claim_needs_a_citation():
    """A sentence that nothing proves is not a claim."""
    with pytest.raises(ValueError, match="citation"):
        Claim("Turnout was high.", ())
