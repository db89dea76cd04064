"""Find evidence: by words and by meaning, fused, looked at closely, copies collapsed."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ingest.archive import Archive
from ingest.index.copies import collapse
from ingest.index.fusion import fuse, scaled, shares
from ingest.index.index import Index
from ingest.index.reranking import CLOSELY, closer, weights
from ingest.index.scope import NOTHING, Asked
from ingest.model import Evidence, Header, Scope

DEPTH = 60
"""Passages asked of each search."""
APART = 20
"""Passages asked of each outlet and period that a question names, by words."""
DENSE_WEIGHT = 0.1
"""Share of the dense score for a question in words; more lowers MRR@10 on English news."""
DENSE_WEIGHT_CJK = 0.5
"""The same for a question in CJK script, whose coverage is more often in another language."""
OUTLET = 1.6
"""What a passage's score is multiplied by where the question names its outlet."""
DAY = 1.3
"""The same where the question names its day."""

CJK = re.compile(r"[぀-ヿ㐀-鿿]")


def search(
    index: Index,
    archive: Archive,
    text: str,
    *,
    names: Asked = NOTHING,
    limit: int = 10,
    scope: Scope | None = None,
    also: str = "",
    vector: NDArray[np.float32] | None = None,
    timings: MutableMapping[str, float] | None = None,
) -> list[Evidence]:
    """Return the *limit* passages most likely to answer *text*, best first.

    Outlets and days that *text* names (:func:`ingest.index.scope.asked` reads them) lift the
    passages that have them; their bound, and *scope*, let nothing else through. *also* holds more
    words to search by, such as translations; *vector* is that of *text*, if it is known already.
    *timings* receives the milliseconds of each stage. An id that the archive no longer has is
    dropped.
    """
    clock = Stopwatch(timings if timings is not None else {})
    bound = both(scope, names.bound)
    if vector is None:
        vector = index.embedder.question(text)
    clock.lap("embed")
    lexical = dict(index.matching(text, DEPTH, also=also, scope=bound))
    for each in names.scopes:
        if (inside := both(bound, each)) is not None:
            lexical |= index.matching(text, APART, also=also, scope=inside)
    clock.lap("words")
    dense = dict(index.nearest(vector, DEPTH, scope=bound))
    clock.lap("vectors")
    weight = DENSE_WEIGHT_CJK if CJK.search(text) else DENSE_WEIGHT
    meaning = scaled(dense)
    fused = fuse(shares(lexical), meaning, weight=weight)
    passages = archive.passages(list(fused))
    clock.lap("archive")
    found = sorted(
        (
            Evidence(passage, fused[key] * fit, dense.get(key), lexical.get(key), fit)
            for key, passage in passages.items()
            for fit in [fitness(names, passage.header)]
        ),
        key=best_first,
    )
    closely = closer(found[:CLOSELY], weights(text, index.rarity))
    anew = fuse(shares(closely), meaning, weight=weight)
    first = ordered(found[:CLOSELY], anew)
    clock.lap("closely")
    best = collapse([*first, *found[CLOSELY : 2 * limit]])[:limit]
    clock.lap("collapse")
    return best


def best_first(evidence: Evidence) -> tuple[float, str]:
    """Order by score, and what is equal by id."""
    return -evidence.score, evidence.passage.id


def ordered(first: Sequence[Evidence], fused: Mapping[str, float]) -> list[Evidence]:
    """Order the *first* by their scores in *fused* and their fit, the best at 1."""
    scores = shares({each.passage.id: fused[each.passage.id] * each.fit for each in first})
    anew = (replace(each, score=scores[each.passage.id]) for each in first)
    return sorted(anew, key=best_first)


def fitness(names: Asked, header: Header) -> float:
    """Return how much an article gains because the question names its outlet or its day."""
    fit = OUTLET if header.outlet in names.outlets else 1.0
    return fit * DAY if any(scope.holds(header) for scope in names.days) else fit


def both(one: Scope | None, other: Scope | None) -> Scope | None:
    """Return what lies in both scopes; ``None`` where that is everything, or no outlet at all."""
    if one is None or other is None:
        return one or other
    outlets = tuple(o for o in one.outlets if o in other.outlets or not other.outlets)
    if one.outlets and not outlets:
        return None
    since = max(filter(None, (one.since, other.since)), default=None)
    until = min(filter(None, (one.until, other.until)), default=None)
    return Scope(outlets or other.outlets, since, until)


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
