"""Decide whether the evidence answers at all."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answering.calibration import Judge, Signs
from bot.answering.model import Reason
from bot.answering.need import Need
from bot.answering.quoting import Candidate
from ingest.model import Evidence

MATTER = 0.5
"""The best passage mentions more than this share of what is asked, names aside: coverage of the
right people is no answer by itself."""
SHORT = 8
"""Terms of the longest question that :data:`MATTER` is asked of; a longer one asks many things."""
ALL = 0.99
"""Coverage from which a sentence mentions all that is asked."""
CLEARLY = 0.9
"""Share of the best sentence's score below which another does not stand for it."""


def decline(
    need: Need, ranked: Sequence[Candidate], evidence: Sequence[Evidence], judge: Judge
) -> Reason | None:
    """Return why the question is not answered from *ranked*, or ``None``."""
    settled = [c for c in ranked if not c.unsettled]
    if not settled or only_foreseen(ranked, settled):
        return Reason.NOT_COVERED
    if not need.terms:
        return None if one_story(settled) else Reason.TOO_VAGUE
    if len(need.terms) <= SHORT and settled[0].matter <= MATTER:
        return Reason.NOT_COVERED
    signs = signs_of(need, settled, evidence)
    enough = judge.enough(signs, one_article=one_story(settled))
    return None if enough else Reason.NOT_COVERED


def worth_writing(
    need: Need, ranked: Sequence[Candidate], evidence: Sequence[Evidence], judge: Judge
) -> bool:
    """Tell whether a model, which may decline by itself, should look at the evidence at all."""
    return bool(ranked) and judge.plausible(signs_of(need, ranked, evidence))


def signs_of(need: Need, ranked: Sequence[Candidate], evidence: Sequence[Evidence]) -> Signs:
    """Take the signs that *evidence* answers, *ranked* being its sentences, best first."""
    whole = sum(weight for term, weight in need.wording.items() if "_" not in term)
    lexical = max((each.lexical or 0.0 for each in evidence), default=0.0)
    return Signs(
        support=max(c.support for c in ranked),
        coverage=ranked[0].coverage,
        complete=float(ranked[0].coverage > ALL),
        cosine=ranked[0].cosine,
        dense=max((each.dense or 0.0 for each in evidence), default=0.0),
        lexical=lexical / whole if whole else 0.0,
    )


def only_foreseen(ranked: Sequence[Candidate], settled: Sequence[Candidate]) -> bool:
    """Tell whether what happened is asked, and the best sentence says what may happen."""
    return ranked[0].unsettled and settled[0].score < CLEARLY * ranked[0].score


def one_story(ranked: Sequence[Candidate]) -> bool:
    """Tell whether all candidates are of one article, so that "it" can only mean that one."""
    return len({c.passage.article_id for c in ranked}) == 1
