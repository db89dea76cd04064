"""Decide whether the evidence answers at all."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answering.evidence.calibration import Judge, Signs
from bot.answering.evidence.ranking import Candidate
from bot.answering.model import Level, Reason
from bot.answering.understanding.need import Need
from ingest.model import Evidence

ALL_MENTIONED = 0.99
"""Coverage from which a sentence mentions all that is asked."""
_CLEARLY = 0.9
"""Share of the best sentence's score below which another does not stand for it."""
_MENTIONED = 0.83
"""Share of what is asked that the leading window mentions where it is said to answer: of 30 real
questions with an answer 22 have that, of 9 without one has it."""
_NEAR_BY_WORDS, _NEAR_BY_MEANING = 0.5, 0.25
"""Share of what is asked that a window mentions, and likeness, from which it is shown."""
_NEIGHBOURS = 3
"""Sentences of the best window, any of which may mention what is asked."""
_CLOSE_IN_MEANING = 0.45
"""Likeness from which a window is shown although a word of the question stands nowhere."""


def judged(
    need: Need,
    ranked: Sequence[Candidate],
    evidence: Sequence[Evidence],
    judge: Judge,
    *,
    period: bool = False,
) -> Level | Reason:
    """Return how sure it is that *ranked* answers, or why nothing of it is shown.

    *period* says that all of *ranked* is of a time that is asked about: "what happened yesterday?"

    A question with a word that no coverage has may be about something else, and what may happen
    is no answer to what did: neither is ever said to be answered.
    """
    if not need.terms and not need.strange:
        told = ranked and (_one_story(ranked) or period or need.latest)
        return Level.SAYS if told else Reason.TOO_VAGUE
    settled = [c for c in ranked if not c.unsettled]
    sure = settled and not _only_foreseen(ranked, settled) and not need.strange
    if sure and settled[0].window_coverage >= _MENTIONED and settled[0].manner == 1.0:
        return Level.SAYS
    close = _near(need, ranked, evidence, judge, period=period)
    return Level.CLOSEST if close else Reason.NOT_COVERED


def _near(
    need: Need,
    ranked: Sequence[Candidate],
    evidence: Sequence[Evidence],
    judge: Judge,
    *,
    period: bool,
) -> bool:
    """Tell whether any window is near what is asked, by its words or by its meaning.

    Where the question has words that no coverage has, its other words have to be met, or the
    window has to be as like it as an answer is. Of a *period* that is asked about there is always
    something: what mentions nothing of the question is not near it.
    """
    by_words = max((c.window_coverage for c in ranked), default=0.0)
    if period and need.terms and not by_words:
        return False
    by_meaning = max((c.meaning for c in ranked), default=0.0)
    if need.strange and need.terms:
        return by_words * need.familiar >= _NEAR_BY_WORDS or by_meaning >= _CLOSE_IN_MEANING
    plausible = worth_writing(need, ranked, evidence, judge)
    return by_words >= _NEAR_BY_WORDS or by_meaning >= _NEAR_BY_MEANING or plausible


def worth_writing(
    need: Need, ranked: Sequence[Candidate], evidence: Sequence[Evidence], judge: Judge
) -> bool:
    """Tell whether a model, which may decline by itself, should look at the evidence at all."""
    return bool(ranked) and judge.plausible(signs_of(need, ranked, evidence))


def signs_of(need: Need, ranked: Sequence[Candidate], evidence: Sequence[Evidence]) -> Signs:
    """Take the signs that *evidence* answers, *ranked* being its sentences, best first."""
    whole = sum(weight for term, weight in need.wording.items() if "_" not in term)
    lexical = max((each.lexical or 0.0 for each in evidence), default=0.0)
    coverage = max(c.coverage for c in ranked[:_NEIGHBOURS])
    return Signs(
        support=max(c.support for c in ranked),
        coverage=coverage,
        complete=float(coverage > ALL_MENTIONED),
        cosine=ranked[0].meaning,
        dense=max((each.dense or 0.0 for each in evidence), default=0.0),
        lexical=lexical / whole if whole else 0.0,
    )


def _only_foreseen(ranked: Sequence[Candidate], settled: Sequence[Candidate]) -> bool:
    """Tell whether what happened is asked, and the best sentence says what may happen."""
    return ranked[0].unsettled and settled[0].score < _CLEARLY * ranked[0].score


def _one_story(ranked: Sequence[Candidate]) -> bool:
    """Tell whether all candidates are of one article, so that "it" can only mean that one."""
    return len({c.passage.article_id for c in ranked}) == 1
