"""Let a draft through only where its citations are proven."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answering.model import Citation, Claim, UnsupportedQuoteError
from bot.answering.writing import DraftClaim
from ingest.model import Evidence


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
