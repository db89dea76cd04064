"""Hold an index against its archive: does it have all passages, and does it find them."""

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

_SAMPLE = 100
"""Passages that are looked for by their own words."""
_AT_ONCE = 1000
"""Ids of vectors, or articles, that are looked at together."""
_AMONG = 10
"""Places among which a passage must come by its own words; copies stand beside it."""


@dataclass(frozen=True, slots=True)
class _Faults:
    """Where an index and its archive disagree, in passages."""

    lacking_vectors: int
    lacking_words: int
    strange_vectors: int
    strange_words: int
    articles: tuple[int, ...]
    strangers: tuple[str, ...] = ()
    unsound: tuple[str, ...] = ()
    broken: str = ""
    """Why a part of the index cannot be used as it is at all."""

    def __bool__(self) -> bool:
        """Tell whether they disagree at all."""
        lacking = self.lacking_vectors or self.lacking_words
        strange = self.strange_vectors or self.strange_words
        return bool(self.broken or lacking or strange or self.unsound)

    def __str__(self) -> str:
        """Say where, in figures."""
        if self.broken:
            return self.broken
        told = (
            (self.lacking_vectors, "passages lack their vector"),
            (self.lacking_words, "lack their words"),
            (self.strange_vectors, "vectors are of no passage"),
            (self.strange_words, "entries of words are"),
            (len(self.unsound), "vectors are no figures"),
        )
        return ", ".join(f"{count:,} {what}" for count, what in told if count) or "no fault"


def faults(index: Index) -> _Faults:
    """Compare what *index* holds with what it should hold."""
    try:
        if not index.finds_itself(_SAMPLE):
            return _broken("vectors are not found by themselves")
        return _differences(index)
    except IndexReplacedError:
        raise
    except IndexUnavailableError as error:
        return _broken(str(error))


def _broken(why: str) -> _Faults:
    """Say that a part cannot be used."""
    return _Faults(0, 0, 0, 0, (), broken=why)


def _differences(index: Index) -> _Faults:
    """Compare the two article by article; what is right is not held on to.

    What changes meanwhile is the next catching up's.
    """
    changed, wanted, held = index.changing(), 0, 0
    no_vector: list[str] = []
    no_words: list[str] = []
    strange_vectors: list[str] = []
    strange_words: list[str] = []
    unsound: list[str] = []
    known: set[int] = set()
    for standings in index.expected():
        known.update(each.article_id for each in standings)
        passages = [p for each in standings for p in each.passages]
        ids = {p.id for p in passages}
        words = Counter(index.shelf.words.held_of([each.article_id for each in standings]))
        no_vector += ids - index.shelf.vectors.among(ids)
        no_words += ids - words.keys()
        strange_words += (words - Counter(ids)).elements()
        unsound += index.unsound(passages)
        wanted += len(ids)
        held += words.total()
    vectors, entries = index.shelf.counts()
    if vectors > wanted - len(no_vector):
        strange_vectors += _strange_vectors(index)
    unknown: set[int] = set()
    if entries > held:
        unknown = index.shelf.words.articles() - known
        strange_words += index.shelf.words.held_of(unknown)
    late = changed()

    def settled(ids: list[str]) -> tuple[str, ...]:
        return tuple(key for key in ids if _article_of(key) not in late)

    lacking, mute = settled(no_vector), settled(no_words)
    strangers, strange, bad = settled(strange_vectors), settled(strange_words), settled(unsound)
    wrong = {_article_of(key) for key in (*lacking, *mute, *strangers, *strange, *bad)}
    return _Faults(
        len(lacking),
        len(mute),
        len(strangers),
        len(strange),
        tuple(sorted(wrong | (unknown - late if strange else set()))),
        strangers,
        bad,
    )


def _strange_vectors(index: Index) -> Iterator[str]:
    """Yield the ids of vectors that are of no passage that stands."""
    ids = index.shelf.vectors.ids()
    while part := list(islice(ids, _AT_ONCE)):
        standings = index.expected_of(set(map(_article_of, part)))
        expected = {p.id for each in standings for p in each.passages}
        yield from (key for key in part if key not in expected)


def _article_of(passage_id: str) -> int:
    """Return the article of a passage by its id."""
    return int(passage_id.partition(":")[0])


def repair(index: Index, found: _Faults) -> None:
    """Hold the articles of *found* as they stand, and let go of what belongs to none.

    What is broken is made anew as a whole, from the vectors that the archive keeps.
    """
    if found.broken:
        index.begin_anew()
        index.catch_up()
        return
    index.shelf.vectors.forget([*found.strangers, *found.unsound])
    for start in range(0, len(found.articles), _AT_ONCE):
        index.mend(index.expected_of(found.articles[start : start + _AT_ONCE]))


def found_again(archive: Archive, index: Index) -> tuple[float, int]:
    """Return the share of a sample of passages that their first sentence finds, and its size."""
    passages = (p for standing in index.sample(_SAMPLE) for p in standing.passages)
    sample = heapq.nsmallest(_SAMPLE, passages, key=_lot)
    if not sample:
        return 1.0, 0
    right = sum(_finds(archive, index, passage) for passage in sample)
    return right / len(sample), len(sample)


def _lot(passage: Passage) -> bytes:
    """Return by what a passage is drawn: the same archive is always asked the same."""
    return hashlib.blake2b(passage.id.encode(), digest_size=8).digest()


def _finds(archive: Archive, index: Index, passage: Passage) -> bool:
    """Tell whether a passage, or a copy of it, is found by its own first sentence."""
    asked = first_sentence(passage)
    found = search(index, archive, asked, limit=_AMONG)
    return any(
        each.passage.id == passage.id or asked in each.passage.text or passage.header in each.copies
        for each in found
    )
