"""Search for evidence: by words and by vectors, fused, with copies merged."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from ingest.embedding.meaning import Meaning
from ingest.index.copies import collapse
from ingest.index.cutting import terms
from ingest.index.index import Index
from ingest.index.limits import COPIES, RANKING, SEARCHES
from ingest.index.scope import NO_SCOPE, QuestionScope
from ingest.language.script import UNKNOWN_LANGUAGE, Script
from ingest.model import Evidence, Header, Scope

if TYPE_CHECKING:
    from ingest.archive import Archive


_Recurs = Callable[[str, str], bool]
"""A function that returns True if a sentence (second argument) recurs in an outlet (first)."""


def recurrence(index: Index, archive: Archive) -> _Recurs:
    """Return a function that detects the recurring sentences of an outlet."""
    sizes = cache(archive.outlets.articles)

    @cache
    def recurs(outlet: str, sentence: str) -> bool:
        article_ids = index.articles_with(sentence, outlet, COPIES.recurring_stories)
        if len(article_ids) < COPIES.recurring_stories:
            return False
        minimum = max(COPIES.recurring_stories, COPIES.recurring_share * sizes().get(outlet, 0))
        return (
            len(article_ids) >= minimum and archive.articles.stories_among(article_ids) >= minimum
        )

    return recurs


def scaled(scores: Mapping[str, float]) -> dict[str, float]:
    """Scale *scores* to [0, 1]; equal scores all become 1."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    width = high - low
    return {key: (score - low) / width if width else 1.0 for key, score in scores.items()}


def shares(scores: Mapping[str, float]) -> dict[str, float]:
    """Return each score divided by the best; BM25 has a natural zero, unlike cosine."""
    best = max(scores.values(), default=0.0)
    return {key: score / best if best > 0 else 0.0 for key, score in scores.items()}


def fuse(
    words: Mapping[str, float], meaning: Mapping[str, float], *, weight: float
) -> dict[str, float]:
    """Score every id of either ranking by ``(1 - weight) · words + weight · meaning``.

    Both are in [0, 1]; an id that one ranking lacks scores 0 there. A convex combination (Bruch,
    Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", 2023).
    """
    return {
        key: (1 - weight) * words.get(key, 0.0) + weight * meaning.get(key, 0.0)
        for key in words.keys() | meaning.keys()
    }


def search(
    index: Index,
    archive: Archive,
    text: str,
    *,
    names: QuestionScope = NO_SCOPE,
    limit: int = 10,
    scope: Scope | None = None,
    meaning: Meaning | None = None,
    language: str | None = None,
    newest: bool = False,
    timings: MutableMapping[str, float] | None = None,
) -> list[Evidence]:
    """Return the *limit* passages most likely to answer *text*, best first.

    *names* are the outlets and days in *text* (:func:`ingest.index.scope.question_scope`): their
    passages rank higher; its bound and *scope* exclude all others. *meaning* is that of *text* if
    it was embedded already. *language* is the language code of *text*: words rarely match across
    languages, so a passage in another one scores at least its similarity. With *newest*, the newest
    contest is meant: what is new beside the newest that comes close ranks higher. *timings*
    receives the milliseconds of each stage. Ids that the archive no longer has are dropped.
    """
    clock = Stopwatch(timings if timings is not None else {})
    bound = both(scope, names.bound)
    if meaning is None:
        meaning = index.question(text)
    clock.lap("embed")
    lexical = dict(index.matching(text, SEARCHES.results, scope=bound))
    for named_scope in names.scopes:
        if (inside := both(bound, named_scope)) is not None:
            lexical |= index.matching(text, SEARCHES.named_results, scope=inside)
    clock.lap("words")
    similarities: dict[str, float] = {}
    for script in Script:
        similarities |= index.nearest(meaning, SEARCHES.results, script, scope=bound)
    clock.lap("vectors")
    passages = archive.passages.get(list(lexical.keys() | similarities.keys()))
    clock.lap("archive")
    weight = max(
        RANKING.least_vector_weight,
        min(RANKING.most_vector_weight, RANKING.vector_terms / max(1, len(set(terms(text))))),
    )
    by_meaning = scaled(similarities)
    fused = fuse(shares(lexical), by_meaning, weight=weight)
    for key, passage in passages.items():
        if _is_foreign(passage.header, language):
            fused[key] = max(fused[key], by_meaning.get(key, 0.0))
    candidates = [
        Evidence(p, fused[key], similarities.get(key), lexical.get(key), _fitness(names, p.header))
        for key, p in passages.items()
    ]
    ranked = _ordered(candidates)
    if newest:
        ranked = _fresher_first(ranked)
    best = _both_scripts(collapse(ranked), Script.of_question(text), limit)
    clock.lap("collapse")
    return best


def _both_scripts(ranked: Sequence[Evidence], script: Script, limit: int) -> list[Evidence]:
    """Return the first *limit*, a quarter of them in another script than *script* if any.

    Words rarely match across scripts, so passages of the other script rank last.
    """
    other_script = [e for e in ranked if Script.of_text(e.passage.text) is not script]
    assured = {e.passage.id for e in other_script[: limit // 4]}
    remaining = [e for e in ranked if e.passage.id not in assured][: limit - len(assured)]
    selected = assured | {e.passage.id for e in remaining}
    return [e for e in ranked if e.passage.id in selected]


def _is_foreign(header: Header, language: str | None) -> bool:
    """Return True if an article is known to be in another language than *language*."""
    is_known = language is not None and header.language != UNKNOWN_LANGUAGE
    return is_known and header.language.partition("-")[0] != language


def _ordered(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Sort by score and fitness, the best scaled to 1; ties by id."""
    scores = shares({e.passage.id: e.score * e.fit for e in evidence})
    rescored = (replace(e, score=scores[e.passage.id]) for e in evidence)
    return sorted(rescored, key=lambda e: (-e.score, e.passage.id))


def freshness(age: timedelta) -> float:
    """Return 1 for an *age* of nothing or less, falling with the logarithm of its weeks to 0."""
    weeks = max(0.0, age / timedelta(weeks=1))
    return max(0.0, 1.0 - math.log1p(weeks) / math.log1p(RANKING.fresh_weeks))


def _fresher_first(ranked: Sequence[Evidence]) -> list[Evidence]:
    """Order *ranked* by score and by how new each passage is; an undated one is not new.

    What hardly fits the question says nothing of how new its contest is.
    """
    likely_days = (e.passage.header.day for e in ranked if e.score >= RANKING.may_be_newest)
    newest_day = max(filter(None, likely_days), default=None)
    if newest_day is None:
        return list(ranked)
    fresh = [
        replace(e, freshness=freshness(newest_day - day)) if (day := e.passage.header.day) else e
        for e in ranked
    ]
    return sorted(fresh, key=lambda e: -(e.score + RANKING.freshness * e.freshness))


def _fitness(names: QuestionScope, header: Header) -> float:
    """Return the factor for an article whose outlet or day the question names."""
    is_named = header.outlet in names.outlets and not header.pasted
    fit = RANKING.outlet_factor if is_named else 1.0
    return fit * RANKING.day_factor if any(scope.holds(header) for scope in names.days) else fit


def both(scope: Scope | None, second_scope: Scope | None) -> Scope | None:
    """Return the intersection of two scopes; None if it is unbounded or has no outlet."""
    if scope is None or second_scope is None:
        return scope or second_scope
    outlets = tuple(
        o for o in scope.outlets if o in second_scope.outlets or not second_scope.outlets
    )
    if scope.outlets and not outlets:
        return None
    since = max(filter(None, (scope.since, second_scope.since)), default=None)
    until = min(filter(None, (scope.until, second_scope.until)), default=None)
    return Scope(
        outlets or second_scope.outlets, since, until, scope.without | second_scope.without
    )


class Stopwatch:
    """A clock that stores the milliseconds of each stage."""

    def __init__(self, timings: MutableMapping[str, float]) -> None:
        self._timings = timings
        self._since = time.perf_counter()

    def lap(self, stage: str) -> None:
        """End *stage* and store its milliseconds."""
        now = time.perf_counter()
        self._timings[stage] = self._timings.get(stage, 0.0) + (now - self._since) * 1000
        self._since = now
