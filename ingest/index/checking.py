"""Hold an index against its archive: does it have all passages, and does it find them."""

from __future__ import annotations

import hashlib
import heapq
from dataclasses import dataclass

from ingest.archive import Archive
from ingest.errors import IndexReplacedError, IndexUnavailableError
from ingest.index.index import Index
from ingest.index.passages import first_sentence
from ingest.index.search import search
from ingest.model import ArticleState, Passage

_SAMPLE = 100
"""Passages that are looked for by their own words."""
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
    return _Faults(0, 0, 0, 0, (), (), why)


def _differences(index: Index) -> _Faults:
    """Compare the two passage by passage."""
    wanted: set[str] = set()
    unsound: list[str] = []
    for standings in index.expected_together():
        passages = [p for each in standings for p in each.passages]
        wanted.update(p.id for p in passages)
        unsound += index.unsound(passages)
    vectors, words = index.held()
    wrong = (wanted ^ vectors) | (wanted ^ words) | set(unsound)
    return _Faults(
        len(wanted - vectors),
        len(wanted - words),
        len(vectors - wanted),
        len(words - wanted),
        tuple(sorted({int(key.partition(":")[0]) for key in wrong})),
        tuple(unsound),
    )


def repair(index: Index, found: _Faults) -> None:
    """Hold the articles of *found* as they stand, and let go of what belongs to none.

    What is broken is made anew as a whole, from the vectors that the archive keeps.
    """
    if found.broken:
        index.begin_anew()
        index.catch_up()
        return
    among = set(found.articles)
    standings = {each.article_id: each for each in index.expected() if each.article_id in among}
    unknown = [ArticleState(each, (), ()) for each in among - set(standings)]
    wanted = {p.id for each in standings.values() for p in each.passages}
    vectors, words = index.held()
    strangers = [
        key for key in vectors | words if int(key.partition(":")[0]) in among and key not in wanted
    ]
    index.mend([*standings.values(), *unknown], [*strangers, *found.unsound])


def found_again(archive: Archive, index: Index) -> tuple[float, int]:
    """Return the share of a sample of passages that their first sentence finds, and its size."""
    passages = (p for standing in index.expected() for p in standing.passages)
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
