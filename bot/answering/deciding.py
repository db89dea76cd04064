"""Decide whether the evidence answers at all."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answering.model import Reason
from bot.answering.need import Need
from bot.answering.quoting import Candidate

ENOUGH = 0.5
"""Least confidence to answer."""


def confidence(best: Candidate) -> float:
    """Weigh how likely *best* answers, in [0, 1]: words it has, and its meaning."""
    return 0.65 * best.coverage + 0.35 * best.cosine


def decline(need: Need, ranked: Sequence[Candidate]) -> Reason | None:
    """Return why the question is not answered from *ranked*, or ``None``."""
    settled = [c for c in ranked if not c.unsettled]
    if not settled:
        return Reason.NOT_COVERED
    if not need.terms:
        return None if one_story(settled) else Reason.TOO_VAGUE
    best = max(settled, key=lambda c: c.score)
    return None if confidence(best) >= ENOUGH else Reason.NOT_COVERED


def one_story(ranked: Sequence[Candidate]) -> bool:
    """Tell whether all candidates are of one article, so that "it" can only mean that one."""
    return len({c.passage.article_id for c in ranked}) == 1
