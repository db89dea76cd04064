"""From a drafted sentence to what may be read, and only then to what may be shown."""

from __future__ import annotations

from collections.abc import Mapping

from bot.answering.model import (
    Citation,
    Claim,
    DraftQuote,
    Dropped,
    Failing,
    Question,
    Sentence,
)
from bot.answering.proving.gates import Stopped, gated
from bot.answering.proving.ground import CitedGround, Draft
from bot.answering.proving.quotations import locate
from bot.answering.proving.reader import Finding, Proposed
from ingest.index.analysis import terms
from ingest.model import Evidence

_TELLING = 30
"""Bytes of a quotation that tells by itself where it stands: five words, ten CJK characters."""
_MOST = 3
"""Citations of one sentence."""
_UNPROVEN = {
    Finding.CONTRADICTED: Failing.CONTRADICTED,
    Finding.CLAIMED: Failing.CLAIMED,
    Finding.NOT_STATED: Failing.NOT_STATED,
}


def propose(
    sentence: Sentence,
    given: Mapping[str, Evidence],
    question: Question,
    *,
    instructions: str = "",
) -> Proposed | Dropped:
    """Hold one sentence of a model's draft against the gates, or say why it cannot be shown.

    *given* are the passages by the keys that the model was told; *instructions* are what no
    sentence may repeat. The question proves nothing, and what only says it again is no answer.
    """
    citations = [each for rest in sentence.rests if (each := _cited(rest, given)) is not None]
    if not citations and not any(rest.key in given for rest in sentence.rests):
        keys = ", ".join(rest.key for rest in sentence.rests) or "none"
        return Dropped(sentence.text, Failing.KEY, keys)
    if terms(sentence.text) == terms(question.text):
        return Dropped(sentence.text, Failing.QUESTION, sentence.text)
    if key := next((key for key in given if key in sentence.text), None):
        return Dropped(sentence.text, Failing.REFERENCE, key)
    if not citations:
        return Dropped(sentence.text, Failing.QUOTATION, sentence.rests[0].quote)
    kept = list(dict.fromkeys(citations))[:_MOST]
    found = gated(Draft(sentence.text, question.language), CitedGround(kept, instructions))
    if isinstance(found, Stopped):
        return Dropped(sentence.text, found.failing, found.words)
    copies = [
        header
        for evidence in given.values()
        for header in evidence.copies
        if any(evidence.passage == citation.passage for citation in kept)
    ]
    return Proposed(Claim(sentence.text, tuple(kept), tuple(dict.fromkeys(copies))), found)


def _cited(rest: DraftQuote, given: Mapping[str, Evidence]) -> Citation | None:
    """Find the words of a quotation: in the passage named, or in the only one that has them.

    A key is an address that small models mix up; a run of words that stands in one passage alone
    names it as well.
    """
    named = given.get(rest.key)
    if named is not None and (words := locate(rest.quote, named.passage.text)) is not None:
        return Citation.of(words, named.passage)
    if len(rest.quote.encode()) < _TELLING:
        return None
    places = [
        Citation.of(words, each.passage)
        for each in given.values()
        if (words := locate(rest.quote, each.passage.text)) is not None
    ]
    return places[0] if len(places) == 1 else None


def decided(proposed: Proposed, reading: Finding | None) -> Claim | Dropped:
    """Return the claim that a reader supports; anything else leaves it unproven."""
    if reading is Finding.SUPPORTED:
        return proposed.claim
    failing = _UNPROVEN[reading] if reading is not None else Failing.UNREAD
    return Dropped(proposed.claim.text, failing, "")
