"""The index of one archive: vectors and words of one generation, caught up and searched."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from ingest.archive import Archive
from ingest.errors import GenerationMismatchError
from ingest.index.embedding import Embedder
from ingest.index.ownership import Ownership
from ingest.index.passages import SPLITTER
from ingest.index.script import Script
from ingest.index.vectors import Vectors, client_of, embed
from ingest.index.words import Words
from ingest.model import Generation, Progress, Scope, Standing
from ingest.settings import Settings

ARTICLES = 200
"""Changes applied at once; a crash repeats at most these."""
WIDE = 300
"""Passages asked of the vectors where only some outlets or days may answer."""
QUEUE = 8
"""Writes that may wait for the disk while the embedder goes on."""


class Index:
    """What is derived from an archive so that a question finds its passages."""

    def __init__(
        self, archive: Archive, embedder: Embedder, generation: Generation, stores: Stores
    ) -> None:
        self.embedder = embedder
        self.generation = generation
        self._archive = archive
        self._stores = stores

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
        """Open the generation in service, or make the first one.

        Embedded, this process owns the index until it is closed, and *holder* says to others
        who that is.

        Raises:
            IndexOwnedError: another process owns the embedded index.
            GenerationMismatchError: it was built by another model than *embedder*'s.
            IndexUnavailableError: it cannot be opened.
        """
        with Stores.open(settings, holder=holder, now=now) as stores:
            generation = archive.active_generation()
            if generation is None:
                generation = archive.activate_first(add_generation(archive, embedder, now).id)
            check(generation, embedder)
            with stores.of(generation):
                yield cls(archive, embedder, generation, stores)

    def behind(self) -> bool:
        """Tell whether the archive has changes that this does not hold."""
        last = self._archive.last_change()
        return self._stores.words.cursor < last or self._vectors_cursor() < last

    def catch_up(self, progress: Progress | None = None) -> int:
        """Apply every change of the archive, and return how many passages were embedded anew.

        Safe to repeat and to interrupt: what was applied is recorded batch by batch.
        """
        with self._stores.drain, ThreadPoolExecutor(1, thread_name_prefix="words") as beside:
            words = beside.submit(self._catch_up_words)
            embedded = self._catch_up_vectors(progress or (lambda _done, _total: None))
            words.result()
        return embedded

    def nearest(
        self,
        vector: NDArray[np.float32],
        limit: int,
        script: Script,
        *,
        scope: Scope | None = None,
    ) -> list[tuple[str, float]]:
        """Return ids and cosines of *script*'s passages nearest to *vector*, best first.

        With a *scope*, those among the nearest :data:`WIDE` that lie in it: Chroma's own filters
        take a hundred times as long.
        """
        if scope is None:
            return self._stores.vectors.nearest(vector, limit, script)
        found = self._stores.vectors.nearest(vector, WIDE, script)
        inside = self._stores.words.inside([key for key, _ in found], scope)
        return [(key, cosine) for key, cosine in found if key in inside][:limit]

    def matching(
        self, text: str, limit: int, *, also: str = "", scope: Scope | None = None
    ) -> list[tuple[str, float]]:
        """Return ids and BM25 scores of the passages in *scope* that share words with *text*."""
        return self._stores.words.matching(text, limit, also=also, scope=scope)

    def rarity(self, term: str) -> float:
        """Return how rare a term or a pair is: its inverse document frequency."""
        return self._stores.words.rarity(term)

    def counts(self) -> tuple[int, int]:
        """Return how many passages the vectors hold, and how many the words."""
        return self._stores.vectors.count(), self._stores.words.count()

    def _vectors_cursor(self) -> int:
        """Return the change up to which the vectors hold everything; 0 if they are gone."""
        cursor = self._archive.generation(self.generation.id).caught_up_to
        gone = cursor and not self._stores.vectors.count() and self._archive.passages_after(0)
        return 0 if gone else cursor

    def _catch_up_words(self) -> None:
        erased, upto = False, 0
        for standings, upto in self._changes(self._stores.words.cursor, ARTICLES):
            self._stores.words.apply(standings, upto)
            erased = erased or any(each.erased for each in standings)
        if erased:
            whole = (standings for standings, _ in self._changes(0, ARTICLES))
            self._stores.words.rewrite(whole, upto)

    def _catch_up_vectors(self, progress: Progress) -> int:
        """Embed one batch while what came before is written."""
        cursor = self._vectors_cursor()
        total, done, anew = self._archive.passages_after(cursor), 0, 0

        def step(count: int) -> None:
            nonlocal done
            done += count
            progress(done, max(done, total))

        keep = partial(self._archive.keep_embeddings, self.embedder.model)
        with Writer() as writer:
            for standings, upto in self._changes(cursor, ARTICLES):
                passages = [p for standing in standings for p in standing.passages]
                vectors, fresh = embed(
                    passages, self.embedder, self._archive, keep=partial(writer.do, keep), step=step
                )
                anew += fresh
                writer.do(self._write_vectors, standings, vectors, upto)
        return anew

    def _write_vectors(
        self, standings: Sequence[Standing], vectors: dict[str, NDArray[np.float32]], upto: int
    ) -> None:
        self._stores.vectors.apply(standings, vectors)
        self._archive.catch_up_to(self.generation.id, upto)

    def _changes(self, after: int, limit: int) -> Iterator[tuple[list[Standing], int]]:
        """Yield articles as they stand, and the change up to which that is all."""
        while True:
            ids, upto = self._archive.changed_articles(after, limit)
            if not ids:
                return
            yield self._archive.standings(ids, self.generation.splitter), upto
            after = upto


class Writer:
    """Does one thing after the other in a thread beside; an error comes back to who asks next."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="vectors")
        self._doing: deque[Future[None]] = deque()

    def do(self, work: Callable[..., None], *arguments: object) -> None:
        """Queue *work* behind at most :data:`QUEUE` others."""
        while len(self._doing) > QUEUE:
            self._doing.popleft().result()
        self._doing.append(self._thread.submit(work, *arguments))

    def __enter__(self) -> Self:
        """Return the running thread."""
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Wait for what is queued; what failed is raised unless an error is on its way."""
        self._thread.shutdown(cancel_futures=error is not None)
        if error is None:
            for each in self._doing:
                each.result()


class Stores:
    """The folders and connections of an index, open; and the lock on them."""

    vectors: Vectors
    words: Words

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._place = settings.chroma_url or str(folder)
        self._suffix = f"-{archive_mark(settings)}" if settings.chroma_url else ""
        self._client = client_of(folder / "vectors", settings.chroma_url)
        self.drain = FileLock(folder / "drain.lock")

    @classmethod
    @contextmanager
    def open(cls, settings: Settings, *, holder: str, now: datetime) -> Iterator[Self]:
        """Own the embedded index, or connect to the server that many may use."""
        folder = settings.data_dir / "index"
        with ExitStack() as stack:
            if settings.chroma_url is None:
                ownership = Ownership(folder, holder=holder, now=now)
                stack.callback(ownership.release)
            folder.mkdir(parents=True, exist_ok=True)
            yield cls(folder, settings)

    @contextmanager
    def of(self, generation: Generation) -> Iterator[None]:
        """Open one generation's collection and folder."""
        name = f"generation-{generation.id}{self._suffix}"
        self.vectors = Vectors(self._client, name, place=self._place)
        self.words = Words(self._folder / f"words-{generation.id}")
        try:
            yield
        finally:
            self.vectors.close()


def archive_mark(settings: Settings) -> str:
    """Mark the archive's place, so that two desks may share one Chroma server."""
    parts = urlsplit(settings.database_url or str(settings.data_dir.resolve()))
    place = f"{parts.hostname}:{parts.port}{parts.path}?{parts.query}"
    return hashlib.sha256(place.encode()).hexdigest()[:12]


def add_generation(archive: Archive, embedder: Embedder, now: datetime) -> Generation:
    """Record a new generation for *embedder*."""
    return archive.add_generation(
        model=embedder.model, dimensions=embedder.dimensions, splitter=SPLITTER, now=now
    )


def check(generation: Generation, embedder: Embedder) -> None:
    """Refuse to search vectors of one model with questions of another."""
    if generation.model != embedder.model:
        raise GenerationMismatchError(
            f"The index was built with {generation.model}, but the settings choose "
            f"{embedder.model}. Run `python -m ingest rebuild`, or set EMBEDDING_MODEL back."
        )
