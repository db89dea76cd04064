"""Find evidence: by words and by meaning, fused, looked at closely, copies collapsed."""

from __future__ import annotations

import heapq
import time
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import replace

from ingest.archive import Archive
from ingest.embedding.memory import Meaning
from ingest.index.analysis import terms
from ingest.index.copies import collapse
from ingest.index.fusion import fuse, scaled, shares
from ingest.index.index import Index
from ingest.index.reranking import CLOSELY, closer, term_weights
from ingest.index.scope import NOTHING, Asked
from ingest.language.script import Script
from ingest.model import Evidence, Header, Scope

_DEPTH = 60
"""Passages asked of each search."""
_ABROAD = 20
"""Passages asked of the script that the question is not in, by meaning."""
_APART = 20
"""Passages asked of each outlet and period that a question names, by words."""
_TELLING = 4
"""Words of a question that say as little as its meaning: of this many the dense score is half."""
_HOME = (0.07, 0.5)
"""Least and most share of the dense score for passages in the question's script.

A long question repeats the words of what it asks about, a short one does not: with the share
falling as 1 / length, both MultiHop-RAG (36 words) and questions as people type them (11 words)
are served as well as by a share fitted to either.
"""
_AWAY = 0.3
"""The same for passages in the other script, with which a question shares few words."""
_ASSURED = 2
"""Passages of the other script that are always among the found, if there are any."""
_OUTLET = 1.6
"""What a passage's score is multiplied by where the question names its outlet."""
_DAY = 1.3
"""The same where the question names its day."""


def search(
    index: Index,
    archive: Archive,
    text: str,
    *,
    names: Asked = NOTHING,
    limit: int = 10,
    scope: Scope | None = None,
    also: str = "",
    meaning: Meaning | None = None,
    timings: MutableMapping[str, float] | None = None,
) -> list[Evidence]:
    """Return the *limit* passages most likely to answer *text*, best first.

    Outlets and days that *text* names (:func:`ingest.index.scope.asked` reads them) lift the
    passages that have them; their bound, and *scope*, let nothing else through. *also* holds more
    words to search by, such as translations; *meaning* is that of *text*, if it is known already.
    *timings* receives the milliseconds of each stage. An id that the archive no longer has is
    dropped.
    """
    clock = Stopwatch(timings if timings is not None else {})
    bound = both(scope, names.bound)
    if meaning is None:
        meaning = index.question(text)
    clock.lap("embed")
    lexical = dict(index.matching(text, _DEPTH, also=also, scope=bound))
    for each in names.scopes:
        if (inside := both(bound, each)) is not None:
            lexical |= index.matching(text, _APART, also=also, scope=inside)
    clock.lap("words")
    script = Script.of_question(text)
    near = dict(index.nearest(meaning, _DEPTH, script, scope=bound))
    abroad = dict(index.nearest(meaning, _ABROAD, script.other, scope=bound))
    clock.lap("vectors")
    passages = archive.passages.get(list(lexical.keys() | near.keys() | abroad.keys()))
    clock.lap("archive")
    wanted = term_weights(text, index.rarity)
    sides: dict[Script, list[Evidence]] = {each: [] for each in Script}
    for key, p in passages.items():
        cosine, fit = near.get(key, abroad.get(key)), _fitness(names, p.header)
        sides[Script.of_text(p.text)].append(Evidence(p, 0.0, cosine, lexical.get(key), fit))
    home = _ranked(sides[script], wanted, _share_of_meaning(text))
    away = _ranked(sides[script.other], term_weights(also, index.rarity), _AWAY)
    clock.lap("closely")
    best = _with_both(collapse(_merged(home, away)[: 2 * limit]), away[:_ASSURED], limit)
    clock.lap("collapse")
    return best


def _share_of_meaning(text: str) -> float:
    """Return what the dense score counts beside the words of a question as long as this."""
    least, most = _HOME
    return max(least, min(most, _TELLING / max(1, len(set(terms(text))))))


def _ranked(
    found: Sequence[Evidence], wanted: Mapping[str, float], weight: float
) -> list[Evidence]:
    """Rank passages of one script, the best at 1; the first are looked at closely.

    *weight* is that of the dense score.
    """
    meaning = scaled({e.passage.id: e.dense for e in found if e.dense is not None})
    words = shares({e.passage.id: e.lexical for e in found if e.lexical is not None})
    rough = _ordered(found, fuse(words, meaning, weight=weight))
    first, rest = rough[:CLOSELY], rough[CLOSELY:]
    return [*_ordered(first, fuse(shares(closer(first, wanted)), meaning, weight=weight)), *rest]


def _ordered(found: Sequence[Evidence], fused: Mapping[str, float]) -> list[Evidence]:
    """Order by the scores in *fused* and by fit, the best at 1; what is equal by id."""
    scores = shares({e.passage.id: fused.get(e.passage.id, 0.0) * e.fit for e in found})
    anew = (replace(e, score=scores[e.passage.id]) for e in found)
    return sorted(anew, key=lambda e: (-e.score, e.passage.id))


def _merged(home: Sequence[Evidence], away: Sequence[Evidence]) -> list[Evidence]:
    """Merge two rankings, *away* being in the other script than the question.

    Words hardly cross scripts, so each is ranked by itself. The best of *away* weighs what its
    likeness is beside that of *home*; meaning is comparable across languages.
    """
    nearest = [max((e.dense or 0.0 for e in each), default=0.0) for each in (home, away)]
    worth = min(1.0, nearest[1] / nearest[0]) if nearest[0] > 0 else 1.0
    abroad = [replace(e, score=e.score * worth) for e in away]
    return list(heapq.merge(home, abroad, key=lambda e: -e.score))


def _with_both(found: Sequence[Evidence], away: Sequence[Evidence], limit: int) -> list[Evidence]:
    """Return the first *limit* of *found*, the last of them replaced by what *away* has before."""
    kept = list(found[:limit])
    ids = {each.passage.id for each in kept}
    lost = [each for each in away if each.passage.id not in ids]
    return [*kept[: max(0, limit - len(lost))], *lost][:limit]


def _fitness(names: Asked, header: Header) -> float:
    """Return how much an article gains because the question names its outlet or its day."""
    named = header.outlet in names.outlets and not header.pasted
    fit = _OUTLET if named else 1.0
    return fit * _DAY if any(scope.holds(header) for scope in names.days) else fit


def both(one: Scope | None, other: Scope | None) -> Scope | None:
    """Return what lies in both scopes; ``None`` where that is everything, or no outlet at all."""
    if one is None or other is None:
        return one or other
    outlets = tuple(o for o in one.outlets if o in other.outlets or not other.outlets)
    if one.outlets and not outlets:
        return None
    since = max(filter(None, (one.since, other.since)), default=None)
    until = min(filter(None, (one.until, other.until)), default=None)
    return Scope(outlets or other.outlets, since, until, one.without | other.without)


class Stopwatch:
    """Write the milliseconds since the last lap under a stage's name."""

    def __init__(self, timings: MutableMapping[str, float]) -> None:
        self._timings = timings
        self._since = time.perf_counter()

    def lap(self, stage: str) -> None:
        """End *stage*."""
        now = time.perf_counter()
        self._timings[stage] = self._timings.get(stage, 0.0) + (now - self._since) * 1000
        self._since = now
