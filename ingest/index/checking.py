"""Check of an index against its archive: completeness, and search by a sample of passages."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from ingest.archive import Archive
from ingest.errors import IndexReplacedError, IndexUnavailableError
from ingest.index.index import Index
from ingest.index.passages import first_sentence
from ingest.index.search import search
from ingest.model import Passage

_SAMPLE_PASSAGES = 100
"""Passages that are searched by their own first sentence."""
_BATCH_ROWS = 1000
"""Ids of vectors, or articles, that are checked together."""
_RESULTS = 10
"""Search results among which a passage must be; copies of it may rank above it."""


@dataclass(frozen=True, slots=True)
class _Faults:
    """The differences between an index and its archive, in passages."""

    lacking_vectors: int
    lacking_words: int
    strange_vectors: int
    strange_words: int
    articles: tuple[int, ...]
    strangers: tuple[str, ...] = ()
    unsound: tuple[str, ...] = ()
    broken: str = ""
    """The reason why a part of the index cannot be used at all."""

    def __bool__(self) -> bool:
        """Return True if there is any fault."""
        lacking = self.lacking_vectors or self.lacking_words
        strange = self.strange_vectors or self.strange_words
        return bool(self.broken or lacking or strange or self.unsound)

    def __str__(self) -> str:
        """Return the faults as counts."""
        if self.broken:
            return self.broken
        counts = (
            (self.lacking_vectors, "passages lack their vector"),
            (self.lacking_words, "lack their words"),
            (self.strange_vectors, "vectors are of no passage"),
            (self.strange_words, "entries of words are"),
            (len(self.unsound), "vectors are no figures"),
        )
        return ", ".join(f"{count:,} {label}" for count, label in counts if count) or "no fault"


def faults(index: Index) -> _Faults:
    """Compare the contents of *index* with the archive."""
    try:
        if not index.finds_own_vectors(_SAMPLE_PASSAGES):
            return _broken("vectors are not found by themselves")
        return _differences(index)
    except IndexReplacedError:
        raise
    except IndexUnavailableError as error:
        return _broken(str(error))


def _broken(reason: str) -> _Faults:
    """Return the faults of an index that cannot be used, with the reason."""
    return _Faults(0, 0, 0, 0, (), broken=reason)


def _differences(index: Index) -> _Faults:
    """Compare index and archive article by article; hold only the differences in memory.

    Articles that change meanwhile are left out; the index catches up with them later.
    """
    changed_ids, expected, indexed = index.changing(), 0, 0
    without_vector: list[str] = []
    without_words: list[str] = []
    strange_vectors: list[str] = []
    strange_words: list[str] = []
    unsound: list[str] = []
    archived: set[int] = set()
    for states in index.expected():
        archived.update(state.article_id for state in states)
        passages = [p for state in states for p in state.passages]
        ids = {p.id for p in passages}
        words = Counter(index.shelf.words.held_of([state.article_id for state in states]))
        without_vector += ids - index.shelf.vectors.among(ids)
        without_words += ids - words.keys()
        strange_words += (words - Counter(ids)).elements()
        unsound += index.unsound(passages)
        expected += len(ids)
        indexed += words.total()
    vectors, entries = index.shelf.counts()
    if vectors > expected - len(without_vector):
        strange_vectors += _strange_vectors(index)
    unarchived: set[int] = set()
    if entries > indexed:
        unarchived = index.shelf.words.articles() - archived
        strange_words += index.shelf.words.held_of(unarchived)
    changing_now = changed_ids()

    def unchanged(ids: list[str]) -> tuple[str, ...]:
        return tuple(key for key in ids if _article_of(key) not in changing_now)

    lacking_vectors, lacking_words = unchanged(without_vector), unchanged(without_words)
    strangers, strange_entries, unsound_ids = (
        unchanged(strange_vectors),
        unchanged(strange_words),
        unchanged(unsound),
    )
    faulty = {
        _article_of(key)
        for key in (*lacking_vectors, *lacking_words, *strangers, *strange_entries, *unsound_ids)
    }
    return _Faults(
        len(lacking_vectors),
        len(lacking_words),
        len(strangers),
        len(strange_entries),
        tuple(sorted(faulty | (unarchived - changing_now if strange_entries else set()))),
        strangers,
        unsound_ids,
    )


def _strange_vectors(index: Index) -> Iterator[str]:
    """Yield the ids of vectors without a citable passage."""
    ids = index.shelf.vectors.ids()
    while batch := list(islice(ids, _BATCH_ROWS)):
        states = index.expected_of(set(map(_article_of, batch)))
        expected = {p.id for state in states for p in state.passages}
        yield from (key for key in batch if key not in expected)


def _article_of(passage_id: str) -> int:
    """Return the article id in a passage id."""
    return int(passage_id.partition(":")[0])


def repair(index: Index, differences: _Faults) -> None:
    """Index the faulty articles again, and delete vectors that belong to no passage.

    An index that cannot be used is rebuilt from the vectors cached in the archive.
    """
    if differences.broken:
        index.reset()
        index.catch_up()
        return
    index.shelf.vectors.forget([*differences.strangers, *differences.unsound])
    for start in range(0, len(differences.articles), _BATCH_ROWS):
        index.mend(index.expected_of(differences.articles[start : start + _BATCH_ROWS]))


def sample_recall(archive: Archive, index: Index) -> tuple[float, int]:
    """Return the share of sampled passages found by their first sentence, and the sample size."""
    passages = (p for state in index.sample(_SAMPLE_PASSAGES) for p in state.passages)
    sample = heapq.nsmallest(_SAMPLE_PASSAGES, passages, key=_sample_key)
    if not sample:
        return 1.0, 0
    hits = sum(_finds(archive, index, passage) for passage in sample)
    return hits / len(sample), len(sample)


def _sample_key(passage: Passage) -> bytes:
    """Return the hash by which passages are sampled; the same archive gives the same sample."""
    return hashlib.blake2b(passage.id.encode(), digest_size=8).digest()


def _finds(archive: Archive, index: Index, passage: Passage) -> bool:
    """Return True if a passage, or a copy of it, is found by its own first sentence."""
    sentence = first_sentence(passage)
    results = search(index, archive, sentence, limit=_RESULTS)
    return any(
        result.passage.id == passage.id
        or sentence in result.passage.text
        or passage.header in result.copies
        for result in results
    )
