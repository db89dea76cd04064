"""Find evidence: both searches, fused, copies collapsed, spread over articles."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import MutableMapping, Sequence

from ingest.archive import Archive
from ingest.index.copies import collapse
from ingest.index.fusion import fuse
from ingest.index.index import Index
from ingest.model import Evidence

DEPTH = 60
"""Passages asked of each search."""
DENSE_WEIGHT = 0.2
"""Share of the dense score for a question in words; more lowers MRR@10 on English news."""
DENSE_WEIGHT_CJK = 0.5
"""The same for a question in CJK script, whose coverage is more often in another language."""
A_PASSAGE_EACH = 2
"""Passages of one article before the next article's turn comes."""

CJK = re.compile(r"[぀-ヿ㐀-鿿]")


def search(
    index: Index,
    archive: Archive,
    text: str,
    *,
    limit: int = 10,
    words: str | None = None,
    timings: MutableMapping[str, float] | None = None,
) -> list[Evidence]:
    """Return the *limit* passages most likely to answer *text*, best first.

    *words*, where given, is searched by words instead of *text*: what matters in the question,
    with translations. *timings* receives the milliseconds of each stage. An id that the archive
    no longer has is dropped.
    """
    clock = Stopwatch(timings if timings is not None else {})
    vector = index.embedder.question(text)
    clock.lap("embed")
    lexical = dict(index.matching(words or text, DEPTH))
    clock.lap("words")
    dense = dict(index.nearest(vector, DEPTH))
    clock.lap("vectors")
    weight = DENSE_WEIGHT_CJK if CJK.search(text) else DENSE_WEIGHT
    ranked = fuse(lexical, dense, weight=weight)
    passages = archive.passages([key for key, _ in ranked])
    clock.lap("archive")
    evidence = [
        Evidence(passages[key], score, dense.get(key), lexical.get(key))
        for key, score in ranked
        if key in passages
    ]
    found = spread(collapse(evidence[: 3 * limit]), limit)
    clock.lap("collapse")
    return found


def spread(ranked: Sequence[Evidence], limit: int) -> list[Evidence]:
    """Take the best *limit*, a few an article at first; what is passed over fills the end."""
    taken: Counter[int] = Counter()
    first: list[Evidence] = []
    later: list[Evidence] = []
    for evidence in ranked:
        article = evidence.passage.article_id
        taken[article] += 1
        (first if taken[article] <= A_PASSAGE_EACH else later).append(evidence)
    return (first + later)[:limit]


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
