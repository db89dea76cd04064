"""Search of an archive as of an earlier moment, with today's index.

Versions that have not changed since are found in today's index. Earlier versions are indexed for
one search, by words only, in a temporary folder.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path
from typing import Self

from ingest.archive.past import PastArchive
from ingest.embedding.meaning import Meaning
from ingest.index.embedding import vectors_of
from ingest.index.index import Index
from ingest.index.limits import BATCHES, SEARCHES
from ingest.index.words import WordStore
from ingest.language.script import Script
from ingest.model import ArticleState, Scope

_Hits = list[tuple[str, float]]


class PastIndex(Index):
    """The index of an archive as of an earlier moment, for searching only."""

    def __init__(self, index: Index, archive: PastArchive) -> None:
        """Search *index* as of the moment of *archive*; index its earlier versions."""
        super().__init__(archive, index.embedder, index.generation, index._stores)
        self._past = archive
        self._earlier = _EarlierVersions.of(archive)
        if self._earlier is not None:
            weakref.finalize(self, shutil.rmtree, self._earlier.folder, ignore_errors=True)

    def serving(self) -> Index:
        """Return this index: a moment has only one."""
        return self

    def matching(self, text: str, limit: int, *, scope: Scope | None = None) -> _Hits:
        """Return ids and BM25 scores of that moment's passages that share words with *text*."""
        until = _until(scope, self._past)
        today = super().matching
        scores = dict(self._citable_then(lambda n: today(text, n, scope=until), limit))
        scores |= dict(self._citable_then(lambda n: today(text, n, scope=scope), limit))
        if self._earlier is not None:
            scores |= dict(self._earlier.words.matching(text, limit, scope=scope))
        return sorted(scores.items(), key=lambda hit: (-hit[1], hit[0]))[:limit]

    def nearest(
        self, meaning: Meaning, limit: int, script: Script, *, scope: Scope | None = None
    ) -> _Hits:
        """Return ids and similarity of that moment's passages nearest to a question."""
        today = super().nearest
        similarities = dict(self._citable_then(lambda n: today(meaning, n, script), limit))
        similarities |= dict(self._near_earlier(meaning, script))
        if scope is not None:
            passages = self._past.passages.get(list(similarities))
            similarities = {
                key: similarity
                for key, similarity in similarities.items()
                if scope.holds(passages[key].header)
                and passages[key].article_id not in scope.without
            }
        return sorted(similarities.items(), key=lambda hit: (-hit[1], hit[0]))[:limit]

    def frequency(self, term: str) -> int:
        """Return the number of passages with a term or a pair, of today and of earlier versions."""
        earlier = self._earlier.words.frequency(term) if self._earlier is not None else 0
        return super().frequency(term) + earlier

    def _citable_then(self, hits: Callable[[int], _Hits], limit: int) -> _Hits:
        """Request more *hits* until *limit* of them were citable then, or none are left."""
        depth = SEARCHES.past_results
        while True:
            candidates = hits(depth)
            citable = self._past.passages.stood([key for key, _ in candidates])
            selected = [hit for hit in candidates if hit[0] in citable]
            if (
                len(selected) >= limit
                or len(candidates) < depth
                or depth >= SEARCHES.past_most_results
            ):
                return selected[:limit]
            depth *= 4

    def _near_earlier(self, meaning: Meaning, script: Script) -> _Hits:
        """Compare the vectors of earlier versions, first of those that share words with a question.

        Those of the newest articles follow: a question in another language shares no word.
        """
        vector = meaning.vector
        if self._earlier is None or vector is None:
            return []
        limit = SEARCHES.earlier_versions
        by_words = [key for key, _ in self._earlier.words.matching(meaning.text, limit)]
        ids = list(dict.fromkeys([*by_words, *self._earlier.newest]))[:limit]
        passages = [
            passage
            for passage in self._past.passages.get(ids).values()
            if Script.of_text(passage.text) is script
        ]
        vectors = vectors_of(
            passages, self.embedder, self._past.embeddings, self.generation.dimensions
        )
        return [
            (key, self._memory.similarity(float(passage_vector @ vector), meaning.script, script))
            for key, passage_vector in vectors.items()
        ]


@dataclass(frozen=True, slots=True)
class _EarlierVersions:
    """The word index, in a temporary *folder*, of passages that are no longer citable today.

    ``newest`` are the ids of those of the newest articles.
    """

    words: WordStore
    folder: Path
    newest: tuple[str, ...]

    @classmethod
    def of(cls, archive: PastArchive) -> Self | None:
        """Index the passages of *archive*, or return None without any."""
        states = (
            ArticleState(article_id, tuple(run), ())
            for article_id, run in groupby(archive.passages.superseded(), lambda p: p.article_id)
        )
        batch = list(islice(states, BATCHES.past_articles))
        if not batch:
            return None
        folder = Path(tempfile.mkdtemp(prefix="past-"))
        store = WordStore(folder / "words")
        newest: deque[str] = deque(maxlen=SEARCHES.earlier_versions)
        while batch:
            store.apply(batch, 1)
            newest.extend(passage.id for state in batch for passage in state.passages)
            batch = list(islice(states, BATCHES.past_articles))
        return cls(store, folder, tuple(newest))


def _until(scope: Scope | None, archive: PastArchive) -> Scope:
    """Restrict *scope* to days up to the moment: articles dated later were read later."""
    day = archive.moment.date()
    if scope is None:
        return Scope(until=day)
    return replace(scope, until=min(scope.until or day, day))
