"""Let a draft through only where its citations are proven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.answering.checking.ground import Draft, Ground, around
from bot.answering.checking.polarity import shared
from bot.answering.checking.quotations import locate
from bot.answering.checking.sentence import content, failing
from bot.answering.model import (
    Citation,
    Claim,
    Dropped,
    Failing,
    Question,
    Sentence,
    UnsupportedQuoteError,
)
from bot.answering.writing import DraftClaim
from ingest.model import Evidence

MOST = 3
"""Citations of one sentence."""
TOUCHING = 0.25
"""Least share of a sentence's words in the sentences that a citation quotes."""


def verify(draft: Sequence[DraftClaim], evidence: Sequence[Evidence]) -> tuple[Claim, ...]:
    """Turn each drafted sentence whose quotation stands in the passage it names into a claim.

    A passage that was not among *evidence*, or words that do not stand in it, lose the sentence.
    """
    given = {each.passage.id: each.passage for each in evidence}
    claims = []
    for sentence in draft:
        passage = given.get(sentence.passage_id)
        if passage is None or sentence.quote not in sentence.text:
            continue
        try:
            citation = Citation.of(sentence.quote, passage)
        except UnsupportedQuoteError:
            continue
        claims.append(Claim(sentence.text, (citation,), sentence.copies))
    return tuple(claims)


def verify_sentence(
    sentence: Sentence,
    given: Mapping[str, Evidence],
    question: Question,
    *,
    instructions: str = "",
) -> Claim | Dropped:
    """Prove one sentence of a model's draft, or say why it cannot be shown.

    *given* are the passages by the keys that the model was told; *instructions* are what no
    sentence may repeat.
    """
    known = [(given[rest.key], rest.quote) for rest in sentence.rests if rest.key in given]
    if not known:
        keys = ", ".join(rest.key for rest in sentence.rests) or "none"
        return Dropped(sentence.text, Failing.KEY, keys)
    if key := next((key for key in given if key in sentence.text), None):
        return Dropped(sentence.text, Failing.REFERENCE, key)
    citations = []
    for evidence, quote in known:
        words = locate(quote, evidence.passage.text)
        if words is not None:
            citations.append(Citation.of(words, evidence.passage))
    if not citations:
        return Dropped(sentence.text, Failing.QUOTATION, known[0][1])
    draft = Draft(sentence.text, question.language)
    kept = touching(sentence.text, list(dict.fromkeys(citations)))[:MOST]
    found = failing(draft, Ground(kept, question.text, instructions))
    if found is not None:
        return Dropped(sentence.text, *found)
    copies = [
        header
        for evidence in given.values()
        for header in evidence.copies
        if any(evidence.passage == citation.passage for citation in kept)
    ]
    return Claim(sentence.text, tuple(kept), tuple(dict.fromkeys(copies)))


def touching(text: str, citations: Sequence[Citation]) -> list[Citation]:
    """Leave out citations that share no word with the sentence, unless none does."""
    words = content(text)
    near = [c for c in citations if shared(words, content(" ".join(around(c, 0)))) >= TOUCHING]
    return near or list(citations)
