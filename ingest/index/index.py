"""The index of one archive: vectors and words of one generation, kept up to date and searched."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from ingest.embedding.meaning import Embedder, Meaning
from ingest.environment import Settings
from ingest.errors import (
    GenerationMismatchError,
    IndexUnavailableError,
    SettingsError,
)
from ingest.index.cutting import SPLITTER
from ingest.index.limits import BATCHES, CHECKS, PATIENCE, SEARCHES
from ingest.index.ownership import is_damage
from ingest.index.stores import Stores
from ingest.index.vectors import embed, unsound, vectors_of
from ingest.language.script import Script
from ingest.model import ArticleState, Generation, Passage, Progress, Scope

if TYPE_CHECKING:
    from ingest.archive import Archive

logger = logging.getLogger(__name__)

_Result = TypeVar("_Result")


class Index:
    """The vectors and words of one generation of an archive, to search passages."""

    def __init__(
        self, archive: Archive, embedder: Embedder, generation: Generation, stores: Stores
    ) -> None:
        self.embedder = embedder
        self.generation = generation
        self._archive = archive
        self._stores = stores
        self.shelf = stores.shelf(generation)
        self._memory = stores.memory_of(embedder)

    @classmethod
    @contextmanager
    def open(
        cls,
        archive: Archive,
        embedder: Embedder,
        settings: Settings,
        *,
        holder: str,
        now: datetime,
    ) -> Iterator[Self]:
        """Open the serving generation, or create the first one.

        This process owns an embedded index until it is closed; *holder* names it to others.

        Raises:
            IndexOwnedError: another process owns the embedded index.
            GenerationMismatchError: it was built by another model than *embedder*'s.
            IndexUnavailableError: it cannot be opened.
        """
        with Stores.open(archive, settings, holder=holder, now=now) as stores:
            stores.drop_retired(archive, now)
            generation = archive.generations.active()
            if generation is None:
                generation = archive.generations.activate_first(
                    add_generation(archive, embedder, now).id
                )
            _check_model(generation, embedder)
            index = cls(archive, embedder, generation, stores)
            if not stores.is_remote:
                with stores.crash_guard():
                    index.heal()
            yield index

    def serving(self) -> Index:
        """Return the index of the generation that serves, which is usually this one.

        After a switch the old generation is used until the new one has caught up here. A search
        uses one generation from its beginning to its end.
        """
        current = self._of(self._stores.serving or self.generation)
        active = self._archive.generations.active()
        if active is None or active.id == current.generation.id:
            return current
        with suppress(SettingsError):
            new = self._of(active)
            if new.shelf.words.cursor >= current.shelf.words.cursor:
                self._stores.serving = active
                return new
        return current

    def active(self) -> Index:
        """Return the index of the active generation, even if it has not caught up.

        Raises:
            SettingsError: another process switched to a model that is not set up here.
        """
        active = self._archive.generations.active()
        return self.serving() if active is None else self._of(active)

    def _of(self, generation: Generation) -> Index:
        if generation.id == self.generation.id:
            return self
        same_model = generation.model == self.embedder.model
        embedder = self.embedder if same_model else self._stores.embedder_of(generation.model)
        return Index(self._archive, embedder, generation, self._stores)

    def behind(self) -> bool:
        """Return True if the archive has changes that this index does not hold."""
        newest = self._archive.changes.last()
        return self.shelf.words.cursor < newest or self._vectors_cursor() < newest

    def catch_up(self, progress: Progress | None = None) -> int:
        """Apply every change of the archive, and return the number of passages embedded.

        Safe to repeat and to interrupt: progress is recorded after each batch. While another
        process catches up in the same folder, this one embeds later batches.
        """
        reporter = _ProgressReporter(progress)
        while self.shelf.is_catching_up() and self._embed_ahead(self._vectors_cursor()):
            reporter.again()
        with (
            self.shelf.catching_up(),
            ThreadPoolExecutor(1, thread_name_prefix="words") as executor,
        ):
            words = executor.submit(self._catch_up_words, reporter.again)
            embedded = self._catch_up_vectors(reporter)
            words.result()
        if embedded and self.embedder.is_remote:
            self._memory.warm()
        return embedded

    def catch_up_words(self) -> None:
        """Apply every change to the words only, in seconds: they serve before the vectors."""
        if self.shelf.words.cursor >= self._archive.changes.last():
            return
        with self.shelf.catching_up():
            self._catch_up_words()

    def nearest(
        self,
        meaning: Meaning,
        limit: int,
        script: Script,
        *,
        scope: Scope | None = None,
    ) -> list[tuple[str, float]]:
        """Return ids and similarity of *script*'s passages nearest to a question, best first.

        With a *scope*, those among the nearest ``SEARCHES.scoped_vectors`` that lie in it:
        Chroma's own filters take a hundred times as long.
        """
        width = limit if scope is None else SEARCHES.scoped_vectors
        vector = meaning.vector
        if vector is None:
            return []

        def search_vectors() -> list[tuple[str, float]]:
            hits = self.shelf.vectors.nearest(vector, width, script)
            return [
                (key, self._memory.similarity(cosine, meaning.script, script))
                for key, cosine in hits
            ]

        no_hits: list[tuple[str, float]] = []
        hits = self._call_guarded(search_vectors, no_hits)
        if scope is None:
            return hits
        inside = self.shelf.words.inside([key for key, _ in hits], scope)
        return [(key, similarity) for key, similarity in hits if key in inside][:limit]

    def question(self, text: str) -> Meaning:
        """Return the meaning of a question, which is embedded in lower case.

        Its vector is None if the embedder does not answer within two seconds.
        """
        vector = self._call_guarded(lambda: self._memory.question(text.lower()), None)
        return Meaning(text, vector, Script.of_question(text))

    @property
    def by_words(self) -> bool:
        """True while only words are searched because the vectors are unavailable."""
        return self._stores.breaker.is_open

    def _call_guarded(self, work: Callable[[], _Result], default: _Result) -> _Result:
        """Run *work* on the embedder or the vectors, with a timeout if they are remote."""
        is_remote = self.embedder.is_remote or self._stores.is_remote
        return self._stores.breaker.call(work, default, is_remote=is_remote)

    def alike(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the pairwise similarities of texts: shape (texts, texts), from 0 to 1."""
        return self._memory.alike(texts)

    def matching(
        self, text: str, limit: int, *, scope: Scope | None = None
    ) -> list[tuple[str, float]]:
        """Return ids and BM25 scores of the passages in *scope* that share words with *text*."""
        return self.shelf.words.matching(text, limit, scope=scope)

    def articles_with(self, wording: str, outlet: str, minimum: int) -> set[int]:
        """Return the articles of *outlet* with *wording*, or none if fewer than *minimum* match."""
        return self.shelf.words.articles_with(wording, outlet, minimum)

    def rarity(self, term: str) -> float:
        """Return the inverse document frequency of a term or a pair."""
        return self.shelf.words.rarity(term)

    def frequency(self, term: str) -> int:
        """Return the number of passages with a term or a pair."""
        return self.shelf.words.frequency(term)

    def beginning(self, letter: str) -> list[tuple[str, int]]:
        """Return the terms that begin with *letter*, each with its number of passages."""
        return self.shelf.words.beginning(letter)

    def expected(self) -> Iterator[list[ArticleState]]:
        """Yield the expected state of every article that was ever saved, in batches."""
        return self._archive.passages.in_parts(BATCHES.changes, self.generation.splitter)

    def expected_of(self, article_ids: Collection[int]) -> list[ArticleState]:
        """Return the expected state of these articles, also of unknown ones."""
        return self._archive.passages.states(sorted(article_ids), self.generation.splitter)

    def changing(self) -> Callable[[], set[int]]:
        """Return a function that returns the articles changed since both stores held everything."""
        since = min(self.shelf.words.cursor, self._vectors_cursor())
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
            passages, self.embedder, self._archive.embeddings, self.generation.dimensions
        )

    def finds_own_vectors(self, sample: int = CHECKS.sample_articles) -> bool:
        """Return True if the vectors of *sample* articles are found by themselves."""
        passages = [state.passages[-1] for state in self.sample(sample) if state.passages]
        cached = vectors_of(
            passages, self.embedder, self._archive.embeddings, self.generation.dimensions
        )
        results = [
            self.shelf.vectors.nearest(cached[p.id], 1, Script.of_text(p.text))
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
        with self.shelf.catching_up():
            self.shelf.words.reset()
            self._reset_vectors()

    def _reset_vectors(self) -> None:
        self._archive.generations.catch_up_to(self.generation.id, 0)
        try:
            self.shelf.vectors.drop()
        except IndexUnavailableError:
            if self._stores.is_remote:
                raise
            self.shelf.vectors.close_collections()
            self._stores.reset()

    def mend(self, states: Sequence[ArticleState]) -> None:
        """Index these articles again."""
        with self.shelf.catching_up():
            vectors, _ = self._embed(states, lambda _count: None)
            self.shelf.vectors.apply(states, vectors)
            self.shelf.words.apply(states, self.shelf.words.cursor)

    def _vectors_cursor(self) -> int:
        """Return the number of the last change in the vectors; 0 if they are gone."""
        cursor = self._archive.generations.get(self.generation.id).caught_up_to
        is_gone = (
            cursor and not self.shelf.vectors.count() and self._archive.passages.count_after(0)
        )
        return 0 if is_gone else cursor

    def _catch_up_words(self, between: Callable[[], None] = lambda: None) -> None:
        """Apply every change to the words; *between* is called before each batch and may raise."""
        erased, upto = False, 0
        for ids, upto in self._ranges(self.shelf.words.cursor):
            between()
            states = self.expected_of(ids)
            self.shelf.words.apply(states, upto)
            erased = erased or any(state.erased for state in states)
        if erased or self.shelf.words.needs_compaction:
            upto = upto or self.shelf.words.cursor
            self.shelf.words.rewrite(self.expected(), upto)

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

        While another process embeds this batch, later batches are embedded here.
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
                time.sleep(PATIENCE.poll_seconds)

    def _embed_ahead(self, after: int) -> int | None:
        """Embed one batch after the change *after* that no other process embeds.

        Returns the number of passages embedded, or None if no batch is left.
        """
        for ids, upto in self._ranges(after):
            if (self.generation.id, upto) in self._stores.ahead:
                continue
            with self._claimed(upto) as claimed:
                if not claimed:
                    continue
                _, count = self._embed(self.expected_of(ids), lambda _count: None)
            self._stores.ahead.add((self.generation.id, upto))
            if count:
                return count
        return None

    def _claimed(self, upto: int) -> AbstractContextManager[bool]:
        """Lock the batch that ends with the change *upto*, or yield False if it is locked."""
        return self._archive.embeddings.claimed(f"{self.embedder.model} {upto}")

    def _embed(
        self, states: Sequence[ArticleState], step: Callable[[int], None]
    ) -> tuple[dict[str, NDArray[np.float32]], int]:
        """Return the vectors of these articles' passages by id, and the number not cached."""
        return embed(
            [p for state in states for p in state.passages],
            self.embedder,
            self._archive.embeddings,
            dimensions=self.generation.dimensions,
            step=step,
        )

    def _write_vectors(
        self, states: Sequence[ArticleState], vectors: dict[str, NDArray[np.float32]], upto: int
    ) -> None:
        self.shelf.vectors.apply(states, vectors)
        self._archive.generations.catch_up_to(self.generation.id, upto)

    def _ranges(self, after: int) -> Iterator[tuple[list[int], int]]:
        """Yield (article ids, last change) of each batch of changes after *after*."""
        while True:
            ids, upto = self._archive.changes.after(after, BATCHES.changes)
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
    """A thread that runs one write after the other; an error is raised on the next call."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="vectors")
        self._writes: deque[Future[None]] = deque()

    def do(self, work: Callable[..., None], *arguments: object) -> None:
        """Queue *work*; wait while more than ``BATCHES.queued_writes`` are queued."""
        while len(self._writes) > BATCHES.queued_writes:
            self._writes.popleft().result()
        self._writes.append(self._thread.submit(work, *arguments))

    def __enter__(self) -> Self:
        """Return the running thread."""
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Wait for the queued writes and raise their errors, unless there is an error already."""
        self._thread.shutdown(cancel_futures=error is not None)
        if error is None:
            for write in self._writes:
                write.result()


def add_generation(archive: Archive, embedder: Embedder, now: datetime) -> Generation:
    """Record a new generation for *embedder*."""
    return archive.generations.add(
        model=embedder.model, dimensions=embedder.dimensions, splitter=SPLITTER, now=now
    )


def _check_model(generation: Generation, embedder: Embedder) -> None:
    """Raise GenerationMismatchError if vectors and questions are of different models."""
    if generation.model != embedder.model:
        raise GenerationMismatchError(
            f"The index was built with {generation.model}, but the settings choose "
            f"{embedder.model}. Run `python -m ingest rebuild`, or set EMBEDDING_MODEL back."
        )
