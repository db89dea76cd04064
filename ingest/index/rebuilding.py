"""Rebuilding of the index: build a new generation, check it, then switch to it."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from ingest.archive import Archive
from ingest.embedding.meaning import Embedder
from ingest.environment import Settings
from ingest.errors import (
    GenerationFaultyError,
    IndexReplacedError,
    IndexUnavailableError,
    NoGenerationError,
)
from ingest.index.cutting import SPLITTER, cut, sentences
from ingest.index.index import Index, add_generation
from ingest.index.limits import BATCHES, CHECKS, PATIENCE
from ingest.index.search import search
from ingest.index.stores import Stores
from ingest.model import Generation, Passage, Progress


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
        if not index.upkeep.finds_own_vectors(CHECKS.sample_passages):
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
    changed_ids, expected, indexed = index.upkeep.changing(), 0, 0
    without_vector: list[str] = []
    without_words: list[str] = []
    strange_vectors: list[str] = []
    strange_words: list[str] = []
    unsound: list[str] = []
    archived: set[int] = set()
    for states in index.upkeep.expected():
        archived.update(state.article_id for state in states)
        passages = [p for state in states for p in state.passages]
        ids = {p.id for p in passages}
        words = Counter(index.shelf.words.held_of([state.article_id for state in states]))
        without_vector += ids - index.shelf.vectors.among(ids)
        without_words += ids - words.keys()
        strange_words += (words - Counter(ids)).elements()
        unsound += index.upkeep.unsound(passages)
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
    while batch := list(islice(ids, BATCHES.compared_rows)):
        states = index.upkeep.expected_of(set(map(_article_of, batch)))
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
        index.upkeep.reset()
        index.upkeep.catch_up()
        return
    index.shelf.vectors.forget([*differences.strangers, *differences.unsound])
    for start in range(0, len(differences.articles), BATCHES.compared_rows):
        index.upkeep.mend(
            index.upkeep.expected_of(differences.articles[start : start + BATCHES.compared_rows])
        )


def sample_recall(archive: Archive, index: Index) -> tuple[float, int]:
    """Return the share of sampled passages found by a sentence of theirs, and the sample size."""
    passages = (p for state in index.upkeep.sample(CHECKS.sample_passages) for p in state.passages)
    sample = heapq.nsmallest(CHECKS.sample_passages, passages, key=_sample_key)
    if not sample:
        return 1.0, 0
    hits = sum(_finds(archive, index, passage) for passage in sample)
    return hits / len(sample), len(sample)


def _sample_key(passage: Passage) -> bytes:
    """Return the hash by which passages are sampled; the same archive gives the same sample."""
    return hashlib.blake2b(passage.id.encode(), digest_size=8).digest()


def _finds(archive: Archive, index: Index, passage: Passage) -> bool:
    """Return True if a passage, or a copy of it, is found by its longest sentence.

    The first may be a byline or a heading, which many passages have.
    """
    spans = sentences(passage.text, passage.header.language)
    longest = max(spans, key=lambda span: span.end - span.start)
    sentence = passage.text[longest.start : longest.end]
    results = search(index, archive, sentence, limit=CHECKS.results)
    return any(
        result.passage.id == passage.id
        or sentence in result.passage.text
        or passage.header in result.copies
        for result in results
    )


def rebuild(
    archive: Archive,
    embedder: Embedder,
    settings: Settings,
    *,
    holder: str,
    now: datetime,
    progress: Progress | None = None,
) -> Generation:
    """Build a generation with *embedder*, check it, and switch to it in one transaction.

    Cached vectors of the same model are reused. If the process dies before the switch, the old
    generation continues to serve, and the next call resumes the build.

    Raises:
        IndexOwnedError: another process owns the embedded index.
        GenerationFaultyError: the new generation failed its checks; the old one still serves.
    """
    with Stores.open(archive, settings, holder=holder, now=now) as stores:
        return build(archive, embedder, stores, now=now, progress=progress)


def build(
    archive: Archive,
    embedder: Embedder,
    stores: Stores,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> Generation:
    """Rebuild as :func:`rebuild` does, in open *stores* that may be searched meanwhile."""
    stores.drop_retired(archive, now)
    new = _unfinished(archive, embedder, stores) or add_generation(archive, embedder, now)
    _split_again(archive)
    index = Index(archive, embedder, new, stores)
    index.upkeep.catch_up(progress)
    _approve(archive, index)
    archive.generations.activate(new.id, now=now)
    index.upkeep.catch_up()
    return archive.generations.get(new.id)


def roll_back(archive: Archive, *, now: datetime) -> Generation:
    """Serve the previous generation again; running processes follow at once.

    Raises:
        NoGenerationError: no previous generation is left.
    """
    stored = ((generation, generation.retired_at) for generation in archive.generations.stored())
    retired = {
        generation: at
        for generation, at in stored
        if at is not None and now - at < PATIENCE.rollback
    }
    if not retired:
        raise NoGenerationError(
            "No earlier generation is kept. `python -m ingest rebuild` keeps for a day the one "
            "that it replaces."
        )
    previous = max(retired, key=lambda generation: retired[generation])
    archive.generations.activate(previous.id, now=now)
    return archive.generations.get(previous.id)


def _unfinished(archive: Archive, embedder: Embedder, stores: Stores) -> Generation | None:
    """Return an unfinished generation of the same model and splitter; drop all others."""
    unfinished = None
    for generation in archive.generations.stored():
        if generation.active or generation.retired_at is not None:
            continue
        same_rules = (generation.model, generation.splitter) == (embedder.model, SPLITTER)
        if same_rules and generation.dimensions == embedder.dimensions:
            unfinished = generation
        else:
            stores.drop(generation)
            archive.generations.drop(generation.id)
    return unfinished


def _split_again(archive: Archive) -> None:
    """Split every citable version that only older rules have split."""
    while versions := archive.passages.uncut(SPLITTER, BATCHES.split_articles):
        extracts = [version.extract for version in versions]
        cuts = [cut(extract.text, extract.header.language) for extract in extracts]
        archive.passages.cut_anew(list(zip(versions, cuts, strict=True)))


def _approve(archive: Archive, index: Index) -> None:
    """Check a new generation: completeness, and search by a sample.

    Raises:
        GenerationFaultyError: it lacks passages, or does not find enough of the sample.
    """
    if problems := faults(index):
        raise GenerationFaultyError(
            f"The new generation {index.generation.id} disagrees with the archive: {problems}. The "
            "old one serves on. Run it again; if it stays so, report it."
        )
    share, tried = sample_recall(archive, index)
    if share < CHECKS.found_passages:
        raise GenerationFaultyError(
            f"The new generation {index.generation.id} finds only {share:.0%} of {tried} passages "
            "by their own words. The old one serves on."
        )
