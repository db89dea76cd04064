"""Upkeep of an index: it catches up with its archive, is compared with it, healed and mended."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from ingest.embedding.meaning import Embedder
from ingest.errors import IndexUnavailableError
from ingest.index.embedding import embed, unsound, vectors_of
from ingest.index.limits import BATCHES, CHECKS, PATIENCE
from ingest.index.ownership import is_damage
from ingest.index.stores import Stores
from ingest.language.script import Script
from ingest.model import ArticleState, Generation, Passage, Progress

if TYPE_CHECKING:
    from ingest.archive import Archive

logger = logging.getLogger(__name__)


class Upkeep:
    """What keeps the vectors and words of one generation equal to its archive."""

    def __init__(
        self, archive: Archive, embedder: Embedder, generation: Generation, stores: Stores
    ) -> None:
        self._archive = archive
        self._embedder = embedder
        self._generation = generation
        self._stores = stores
        self._shelf = stores.shelf(generation)

    def is_behind(self) -> bool:
        """Return True if the archive has changes that this index does not hold."""
        newest = self._archive.changes.last()
        return self._shelf.words.cursor < newest or self._vectors_cursor() < newest

    def catch_up(self, progress: Progress | None = None) -> int:
        """Apply every change of the archive, and return the number of passages embedded.

        Safe to repeat and to interrupt: progress is recorded after each batch. While another
        process catches up in the same folder, this one embeds later batches.
        """
        reporter = _ProgressReporter(progress)
        with (
            self._shelf.catching_up(lambda: self._embed_meanwhile(reporter)),
            ThreadPoolExecutor(1, thread_name_prefix="words") as executor,
        ):
            words = executor.submit(self._catch_up_words, reporter.again)
            embedded = self._catch_up_vectors(reporter)
            words.result()
        if embedded and self._embedder.is_remote:
            self._stores.memory_of(self._embedder).warm()
        return embedded

    def catch_up_words(self) -> None:
        """Apply every change to the words only, in seconds: they serve before the vectors."""
        if self._shelf.words.cursor >= self._archive.changes.last():
            return
        with self._shelf.catching_up():
            self._catch_up_words()

    def expected(self) -> Iterator[list[ArticleState]]:
        """Yield the expected state of every article that was ever saved, in batches."""
        return self._archive.passages.in_parts(BATCHES.changes, self._generation.splitter)

    def expected_of(self, article_ids: Collection[int]) -> list[ArticleState]:
        """Return the expected state of these articles, also of unknown ones."""
        return self._archive.passages.states(sorted(article_ids), self._generation.splitter)

    def changing(self) -> Callable[[], set[int]]:
        """Return a function that returns the articles changed since both stores held everything."""
        since = min(self._shelf.words.cursor, self._vectors_cursor())
        return lambda: {key for ids, _ in self._ranges(since) for key in ids}

    def sample(self, count: int) -> list[ArticleState]:
        """Return the state of *count* articles spread evenly over all indexed changes.

        The same archive gives the same sample.
        """
        cursor = self._vectors_cursor()
        seqs = sorted({cursor * n // count for n in range(count)}) if cursor else []
        return self.expected_of(
            {key for seq in seqs for key in self._archive.changes.after(seq, 1)[0]}
        )

    def unsound(self, passages: Sequence[Passage]) -> list[str]:
        """Return the ids of passages whose cached vector is invalid."""
        return unsound(
            passages, self._embedder, self._archive.embeddings, self._generation.dimensions
        )

    def finds_own_vectors(self, sample: int = CHECKS.sample_articles) -> bool:
        """Return True if the vectors of *sample* articles are found by themselves."""
        passages = [state.passages[-1] for state in self.sample(sample) if state.passages]
        cached = vectors_of(
            passages, self._embedder, self._archive.embeddings, self._generation.dimensions
        )
        results = [
            self._shelf.vectors.nearest(cached[p.id], 1, Script.of_text(p.text))
            for p in passages
            if p.id in cached
        ]
        hits = sum(bool(hit) and hit[0][1] > CHECKS.own_cosine for hit in results)
        return hits >= CHECKS.found_vectors * len(results)

    def heal(self) -> None:
        """Rebuild damaged embedded vectors; if they are only unavailable, do nothing."""
        try:
            if self.finds_own_vectors():
                return
            logger.warning("Vectors are not found by themselves; rebuilding them.")
        except IndexUnavailableError as error:
            if not is_damage(error):
                logger.warning("%s Vector search disabled.", error)
                return
            logger.warning("%s Rebuilding the vectors from the archive.", error)
        self._reset_vectors()

    def reset(self) -> None:
        """Delete all vectors and words, even damaged ones; :meth:`catch_up` adds them again."""
        with self._shelf.catching_up():
            self._shelf.words.reset()
            self._reset_vectors()

    def _reset_vectors(self) -> None:
        self._archive.generations.catch_up_to(self._generation.id, 0)
        try:
            self._shelf.vectors.drop()
        except IndexUnavailableError:
            if self._stores.is_remote:
                raise
            self._shelf.vectors.close_collections()
            self._stores.reset()

    def mend(self, states: Sequence[ArticleState]) -> None:
        """Index these articles again."""
        with self._shelf.catching_up():
            vectors, _ = self._embed(states, lambda _count: None)
            self._shelf.vectors.apply(states, vectors)
            self._shelf.words.apply(states, self._shelf.words.cursor)

    def _vectors_cursor(self) -> int:
        """Return the number of the last change in the vectors; 0 if they are gone."""
        cursor = self._archive.generations.get(self._generation.id).caught_up_to
        is_gone = (
            cursor and not self._shelf.vectors.count() and self._archive.passages.count_after(0)
        )
        return 0 if is_gone else cursor

    def _catch_up_words(self, between: Callable[[], None] = lambda: None) -> None:
        """Apply every change to the words; *between* is called before each batch and may raise."""
        erased, upto = False, 0
        for ids, upto in self._ranges(self._shelf.words.cursor):
            between()
            states = self.expected_of(ids)
            self._shelf.words.apply(states, upto)
            erased = erased or any(state.erased for state in states)
        if erased or self._shelf.words.needs_compaction:
            upto = upto or self._shelf.words.cursor
            self._shelf.words.rewrite(self.expected(), upto)

    def _catch_up_vectors(self, progress: Progress) -> int:
        """Apply every change to the vectors: embed one batch while the last is written."""
        cursor = self._vectors_cursor()
        total, count_done, embedded = self._archive.passages.count_after(cursor), 0, 0

        def step(count: int) -> None:
            nonlocal count_done
            count_done += count
            progress(count_done, max(count_done, total))

        with _Writer() as writer:
            for ids, upto in self._ranges(cursor):
                states = self.expected_of(ids)
                vectors, count = self._embed_batch(states, upto, step)
                embedded += count
                writer.do(self._write_vectors, states, vectors, upto)
        return embedded

    def _embed_batch(
        self, states: Sequence[ArticleState], upto: int, step: Callable[[int], None]
    ) -> tuple[dict[str, NDArray[np.float32]], int]:
        """Return the vectors of one batch by passage id, and the number of passages embedded.

        While another process embeds this batch, later batches are embedded here, or *step* is
        called with 0 again and again.
        """
        ahead = 0
        while True:
            with self._claimed(upto) as claimed:
                if claimed:
                    vectors, count = self._embed(states, step)
                    return vectors, count + ahead
            embedded = self._embed_ahead(upto)
            ahead += embedded or 0
            if embedded is None:
                step(0)
                time.sleep(PATIENCE.poll_seconds)

    def _embed_meanwhile(self, reporter: _ProgressReporter) -> int | None:
        """Embed one batch for the process that catches up; return None if none is left."""
        reporter.again()
        return self._embed_ahead(self._vectors_cursor())

    def _embed_ahead(self, after: int) -> int | None:
        """Embed one batch after the change *after* that no other process embeds.

        Returns the number of passages embedded, or None if no batch is left.
        """
        for ids, upto in self._ranges(after):
            if (self._generation.id, upto) in self._stores.ahead:
                continue
            with self._claimed(upto) as claimed:
                if not claimed:
                    continue
                _, count = self._embed(self.expected_of(ids), lambda _count: None)
            self._stores.ahead.add((self._generation.id, upto))
            if count:
                return count
        return None

    def _claimed(self, upto: int) -> AbstractContextManager[bool]:
        """Lock the block of changes that *upto* is in, or yield False if it is locked."""
        block = (upto - 1) // BATCHES.changes
        return self._archive.embeddings.claimed(f"{self._embedder.model} {block}")

    def _embed(
        self, states: Sequence[ArticleState], step: Callable[[int], None]
    ) -> tuple[dict[str, NDArray[np.float32]], int]:
        """Return the vectors of these articles' passages by id, and the number not cached."""
        return embed(
            [p for state in states for p in state.passages],
            self._embedder,
            self._archive.embeddings,
            dimensions=self._generation.dimensions,
            step=step,
        )

    def _write_vectors(
        self, states: Sequence[ArticleState], vectors: dict[str, NDArray[np.float32]], upto: int
    ) -> None:
        self._shelf.vectors.apply(states, vectors)
        self._archive.generations.catch_up_to(self._generation.id, upto)

    def _ranges(self, after: int) -> Iterator[tuple[list[int], int]]:
        """Yield (article ids, last change) of each batch of changes after *after*.

        Each ends where a block of ``BATCHES.changes`` ends, or with the last change: two batches
        that share a change, such as before and after an article was saved, are in one block.
        """
        while True:
            rest = BATCHES.changes - after % BATCHES.changes
            ids, upto = self._archive.changes.after(after, rest)
            if not ids:
                return
            yield ids, upto
            after = upto


class _ProgressReporter:
    """Reports progress, repeated also without news, since a progress callback may stop the work."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._last = (0, 0)

    def __call__(self, done: int, total: int) -> None:
        self._last = (done, total)
        self.again()

    def again(self) -> None:
        """Report the last progress again."""
        if self._progress is not None:
            self._progress(*self._last)


class _Writer:
    """A thread that runs one write after the other until one fails; a later call raises its error.

    No write is run after a failed one: it would record the changes of that one as applied.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="vectors")
        self._writes: deque[Future[None]] = deque()
        self._error: Exception | None = None

    def do(self, work: Callable[..., None], *arguments: object) -> None:
        """Queue *work*; wait while more than ``BATCHES.queued_writes`` are queued."""
        while len(self._writes) > BATCHES.queued_writes:
            self._writes.popleft().result()
        self._writes.append(self._thread.submit(self._run, work, *arguments))

    def _run(self, work: Callable[..., None], *arguments: object) -> None:
        if self._error is not None:
            raise self._error
        try:
            work(*arguments)
        except Exception as error:
            self._error = error
            raise

    def __enter__(self) -> Self:
        """Return the running thread."""
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Wait for the queued writes and raise their errors, unless there is an error already."""
        self._thread.shutdown(cancel_futures=error is not None)
        if error is None:
            for write in self._writes:
                write.result()
