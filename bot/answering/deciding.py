"""Decide whether the evidence answers at all."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answering.model import Reason
from bot.answering.need import Need
from bot.answering.quoting import Candidate

ENOUGH = 0.54
"""Least confidence to answer; of the questions in the tests it declines about a third that
coverage answers and half of those that it does not."""

MATTER = 0.5
"""The best passage mentions more than this share of what is asked, names aside: coverage of the
right people is no answer by itself."""
CLEARLY = 0.9
"""Share of the best sentence's score below which another does not stand for it."""


def confidence(best: Candidate) -> float:
    """Weigh how likely *best* answers, in [0, 1]: words it has, and its meaning."""
    return 0.25 * best.support + 0.45 * best.coverage + 0.30 * best.cosine


def decline(need: Need, ranked: Sequence[Candidate]) -> Reason | None:
    """Return why the question is not answered from *ranked*, or ``None``."""
    settled = [c for c in ranked if not c.unsettled]
    if not settled or only_foreseen(ranked, settled):
        return Reason.NOT_COVERED
    if not need.terms:
        return None if one_story(settled) else Reason.TOO_VAGUE
    best = settled[0]
    answers = confidence(best) >= ENOUGH and best.matter > MATTER
    return None if answers else Reason.NOT_COVERED


def only_foreseen(ranked: Sequence[Candidate], settled: Sequence[Candidate]) -> bool:
    """Tell whether what happened is asked, and the best sentence says what may happen."""
    return ranked[0].unsettled and settled[0].score < CLEARLY * ranked[0].score


def one_story(ranked: Sequence[Candidate]) -> bool:
    """Tell whether all candidates are of one article, so that "it" can only mean that one."""
    return len({c.passage.article_id for c in ranked}) == 1
