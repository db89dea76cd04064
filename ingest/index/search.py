"""Find evidence: by words and by meaning, fused, copies collapsed."""

from __future__ import annotations

import time
from collections.abc import MutableMapping, Sequence
from dataclasses import replace

from ingest.archive import Archive
from ingest.embedding.memory import Meaning
from ingest.index.analysis import terms
from ingest.index.copies import collapse
from ingest.index.fusion import fuse, scaled, shares
from ingest.index.index import Index
from ingest.index.scope import NOTHING, Asked
from ingest.language.detecting import UNKNOWN_LANGUAGE
from ingest.language.script import Script
from ingest.model import Evidence, Header, Scope

_DEPTH = 60
"""Passages asked of each search."""
_APART = 20
"""Passages asked of each outlet and period that a question names, by words."""
_MEANING = 5.0
"""Terms of a question divided by this: the share of meaning beside words, between two bounds.

A long question repeats the words of what it asks about, a short one does not: both MultiHop-RAG
(36 words) and questions as people type them, in nine languages, are served by one formula.
"""
_LEAST, _MOST = 0.1, 0.7
"""Bounds of the share of meaning."""
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
    meaning: Meaning | None = None,
    language: str | None = None,
    timings: MutableMapping[str, float] | None = None,
) -> list[Evidence]:
    """Return the *limit* passages most likely to answer *text*, best first.

    Outlets and days that *text* names (:func:`ingest.index.scope.asked` reads them) lift the
    passages that have them; their bound, and *scope*, let nothing else through. *meaning* is that
    of *text*, if it is known already. *language* is the code of the language that *text* is in:
    words hardly cross languages, so a passage of another one scores no less than its meaning alone.
    *timings* receives the milliseconds of each stage. An id that the archive no longer has is
    dropped.
    """
    clock = Stopwatch(timings if timings is not None else {})
    bound = both(scope, names.bound)
    if meaning is None:
        meaning = index.question(text)
    clock.lap("embed")
    lexical = dict(index.matching(text, _DEPTH, scope=bound))
    for apart in names.scopes:
        if (inside := both(bound, apart)) is not None:
            lexical |= index.matching(text, _APART, scope=inside)
    clock.lap("words")
    near: dict[str, float] = {}
    for script in Script:
        near |= index.nearest(meaning, _DEPTH, script, scope=bound)
    clock.lap("vectors")
    passages = archive.passages.get(list(lexical.keys() | near.keys()))
    clock.lap("archive")
    weight = max(_LEAST, min(_MOST, _MEANING / max(1, len(set(terms(text))))))
    by_meaning = scaled(near)
    fused = fuse(shares(lexical), by_meaning, weight=weight)
    for key, passage in passages.items():
        if _foreign(passage.header, language):
            fused[key] = max(fused[key], by_meaning.get(key, 0.0))
    found = [
        Evidence(p, fused[key], near.get(key), lexical.get(key), _fitness(names, p.header))
        for key, p in passages.items()
    ]
    best = _both_scripts(collapse(_ordered(found)), Script.of_question(text), limit)
    clock.lap("collapse")
    return best


def _both_scripts(found: Sequence[Evidence], script: Script, limit: int) -> list[Evidence]:
    """Return the first *limit*, a quarter of them of the other script than *script*, if it can.

    Words hardly cross scripts, so that passages of the other one stand behind all others.
    """
    others = [e for e in found if Script.of_text(e.passage.text) is not script]
    assured = {e.passage.id for e in others[: limit // 4]}
    rest = [e for e in found if e.passage.id not in assured][: limit - len(assured)]
    kept = assured | {e.passage.id for e in rest}
    return [e for e in found if e.passage.id in kept]


def _foreign(header: Header, language: str | None) -> bool:
    """Return True if an article is known to be in another language than *language*."""
    known = language is not None and header.language != UNKNOWN_LANGUAGE
    return known and header.language.partition("-")[0] != language


def _ordered(found: Sequence[Evidence]) -> list[Evidence]:
    """Order by score and fit, the best at 1; what is equal by id."""
    scores = shares({e.passage.id: e.score * e.fit for e in found})
    anew = (replace(e, score=scores[e.passage.id]) for e in found)
    return sorted(anew, key=lambda e: (-e.score, e.passage.id))


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
