"""Write a draft out of evidence: what is claimed, and the words it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.attribution import speaker
from bot.answering.need import Need
from bot.answering.quoting import Candidate, choose, shorten
from bot.wording import Wording
from ingest.model import Header

MOST = 4
"""Quotations in one answer."""
AN_ARTICLE = 2
"""Quotations of one article: more would serve the article again."""
SHARE = 0.72
"""Least part of the best sentence's score that a further one needs."""


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """A sentence not yet verified: its words, the passage it cites and the quotation."""

    text: str
    passage_id: str
    quote: str
    copies: tuple[Header, ...] = ()


def quote_coverage(
    ranked: Sequence[Candidate], need: Need, wording: Wording, *, outlets: Sequence[str] = ()
) -> list[DraftClaim]:
    """Answer with the coverage's own sentences, best first, each led by who says it.

    Where a question names several *outlets*, each of them is quoted.
    """
    settled = [c for c in ranked if not c.unsettled]
    several = outlets if len(outlets) > 1 else ()
    chosen = choose(settled, most=MOST, an_article=AN_ARTICLE, share=SHARE, outlets=several)
    return [claim(c, need, wording) for c in chosen]


def claim(candidate: Candidate, need: Need, wording: Wording) -> DraftClaim:
    """Lead one sentence by its speaker, outlet and date."""
    part = shorten(candidate.quote, need)
    quote = candidate.quote[part.start : part.end]
    before = candidate.passage.text[: candidate.span.start]
    who = speaker(candidate.quote, before)
    header = candidate.passage.header
    return DraftClaim(
        wording.claim(header, quote, speaker=who),
        candidate.passage.id,
        quote,
        candidate.evidence.copies,
    )
