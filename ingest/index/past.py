"""Search an archive as it stood at a moment: the index of today, without what came later.

The index holds what stands today. What had been read by the moment and stands unchanged is found in
it; what stood then in other words is indexed for one search, by its words, in a folder of its own.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby, islice
from pathlib import Path

from ingest.archive.past import PastArchive
from ingest.embedding.memory import Meaning
from ingest.index.index import Index
from ingest.index.vectors import vectors_of
from ingest.index.words import WordStore
from ingest.language.script import Script
from ingest.model import ArticleState, Scope

_Hits = list[tuple[str, float]]

_DEPTH = 300
"""Passages asked of the index at first; more where too few of them stood then."""
_DEEPEST = 20_000
_ARTICLES = 500
"""Articles indexed at a time."""
_NEAR = 200
"""Passages of earlier versions whose meaning is compared, the nearest by words."""


class PastIndex(Index):
    """The index of an archive at a moment; it is searched alone."""

    def __init__(self, index: Index, archive: PastArchive) -> None:
        """Search *index* for what *archive* held; earlier wordings are indexed now."""
        super().__init__(archive, index.embedder, index.generation, index._stores)
        self._past = archive
        self._earlier = _indexed(archive)
        if self._earlier is not None:
            weakref.finalize(self, shutil.rmtree, self._earlier[1], ignore_errors=True)

    def serving(self) -> Index:
        """Return this: a moment has one index."""
        return self

    def active(self) -> Index:
        """Return this."""
        return self

    def behind(self) -> bool:
        """Return False: nothing is added to the past."""
        return False

    def matching(self, text: str, limit: int, *, scope: Scope | None = None) -> _Hits:
        """Return ids and BM25 scores of the passages of then that share words with *text*."""
        until = _until(scope, self._past)
        today = super().matching
        found = dict(self._stood(lambda n: today(text, n, scope=until), limit))
        found |= dict(self._stood(lambda n: today(text, n, scope=scope), limit))
        if self._earlier is not None:
            found |= dict(self._earlier[0].matching(text, limit, scope=scope))
        return sorted(found.items(), key=lambda hit: (-hit[1], hit[0]))[:limit]

    def nearest(
        self, meaning: Meaning, limit: int, script: Script, *, scope: Scope | None = None
    ) -> _Hits:
        """Return ids and likeness of the passages of then nearest to a question."""
        today = super().nearest
        found = dict(self._stood(lambda n: today(meaning, n, script), limit))
        found |= dict(self._near_earlier(meaning, script))
        if scope is not None:
            passages = self._past.passages.get(list(found))
            found = {
                key: likeness
                for key, likeness in found.items()
                if scope.holds(passages[key].header)
                and passages[key].article_id not in scope.without
            }
        return sorted(found.items(), key=lambda hit: (-hit[1], hit[0]))[:limit]

    def _stood(self, hits: Callable[[int], _Hits], limit: int) -> _Hits:
        """Ask for more *hits* until *limit* of them stood then, or there are no more."""
        depth = _DEPTH
        while True:
            found = hits(depth)
            stood = self._past.passages.stood([key for key, _ in found])
            kept = [hit for hit in found if hit[0] in stood]
            if len(kept) >= limit or len(found) < depth or depth >= _DEEPEST:
                return kept[:limit]
            depth *= 4

    def _near_earlier(self, meaning: Meaning, script: Script) -> _Hits:
        """Compare the meaning of earlier wordings that share words with a question."""
        vector = meaning.vector
        if self._earlier is None or vector is None:
            return []
        ids = [key for key, _ in self._earlier[0].matching(meaning.text, _NEAR)]
        passages = [
            each
            for each in self._past.passages.get(ids).values()
            if Script.of_text(each.text) is script
        ]
        kept = vectors_of(passages, self.embedder, self._past, self.generation.dimensions)
        return [
            (key, self._memory.likeness(float(own @ vector), meaning.script, script))
            for key, own in kept.items()
        ]


def _indexed(archive: PastArchive) -> tuple[WordStore, Path] | None:
    """Index the words of what stood then and does not today; ``None`` where there is nothing."""
    states = (
        ArticleState(article_id, tuple(run), ())
        for article_id, run in groupby(archive.passages.superseded(), lambda p: p.article_id)
    )
    first = list(islice(states, _ARTICLES))
    if not first:
        return None
    folder = Path(tempfile.mkdtemp(prefix="past-"))
    store = WordStore(folder / "words")
    while first:
        store.apply(first, 1)
        first = list(islice(states, _ARTICLES))
    return store, folder


def _until(scope: Scope | None, archive: PastArchive) -> Scope:
    """Bound *scope* to the days up to the moment: what is dated later was read later."""
    day = archive.moment.date()
    if scope is None:
        return Scope(until=day)
    return replace(scope, until=min(scope.until or day, day))
