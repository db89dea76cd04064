"""The open folders and connections of an index, one shelf a generation, behind a breaker."""

from __future__ import annotations

import hashlib
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from ingest.embedding.embedder import embedder_of
from ingest.embedding.meaning import Embedder, Memory
from ingest.environment import Settings
from ingest.errors import EmbeddingError, IndexReplacedError, IndexUnavailableError
from ingest.index.limits import PATIENCE
from ingest.index.ownership import OwnerLock, index_errors, is_damage, is_foreign
from ingest.index.words import WordStore
from ingest.model import Generation
from ingest.process.threads import DetachedExecutor

if TYPE_CHECKING:
    from chromadb.api.client import Client

    from ingest.archive import Archive
    from ingest.index.vectors import VectorStore

logger = logging.getLogger(__name__)


_Result = TypeVar("_Result")
_OPENING_FILE = "opening"
"""A marker file that exists while vectors are opened: after a crash it is still there."""
_MARK_CHARACTERS = 12
"""Characters of an archive's mark in the names of its folders and collections."""


class CircuitBreaker:
    """Calls remote services with a timeout, and skips calls for a while after a failure."""

    def __init__(self) -> None:
        """Start with no failure."""
        self._calls = DetachedExecutor(PATIENCE.waiting_questions, "circuit-breaker")
        self._until = 0.0

    @property
    def is_open(self) -> bool:
        """True while calls are skipped after a failure."""
        return time.monotonic() < self._until

    def call(self, work: Callable[[], _Result], default: _Result, *, is_remote: bool) -> _Result:
        """Return the result of *work*, or *default* if it fails or is late; log the reason.

        A local call has no timeout. If a late call answers after all, for instance once a server
        has loaded a million vectors, calls are made again.

        Raises:
            IndexReplacedError: another process replaced the index; a retry would not help.
        """
        if self.is_open:
            return default
        future: Future[_Result] | None = None
        try:
            future = self._calls.submit(work) if is_remote else None
            return future.result(PATIENCE.question_seconds) if future else work()
        except IndexReplacedError:
            raise
        except (Late, EmbeddingError, IndexUnavailableError) as error:
            self._until = time.monotonic() + PATIENCE.retry_seconds
            reason = str(error) or f"no answer within {PATIENCE.question_seconds:.0f} s"
            logger.warning("Vector search disabled for %.0f s: %s", PATIENCE.retry_seconds, reason)
            if future is not None:
                future.add_done_callback(self._retry_after_answer)
            return default

    def _retry_after_answer(self, future: Future[_Result]) -> None:
        """Make calls again after a late answer."""
        if not future.cancelled() and future.exception() is None:
            self._until = 0.0

    def close(self) -> None:
        """Shut the threads down without waiting for running calls."""
        self._calls.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _GenerationStores:
    """The vectors and words of one generation, and the lock that is held during catch-up."""

    vectors: VectorStore
    words: WordStore
    lock: FileLock

    def counts(self) -> tuple[int, int]:
        """Return the number of passages in the vectors and in the words."""
        return self.vectors.count(), self.words.count()

    @contextmanager
    def catching_up(self, meanwhile: Callable[[], object] = lambda: None) -> Iterator[None]:
        """Lock the generation so that one process or thread at a time catches up.

        While another holds the lock, *meanwhile* is called again and again, with a pause after each
        call that returns nothing true. What it raises ends the wait.
        """
        while not self._try_lock():
            if not meanwhile():
                time.sleep(PATIENCE.poll_seconds)
        try:
            yield
        finally:
            self.lock.release()

    def _try_lock(self) -> bool:
        """Take the lock if it is free; return False if another holds it."""
        with index_errors(Path(self.lock.lock_file)):
            try:
                self.lock.acquire(timeout=0)
            except Timeout:
                return False
        return True

    def drop(self) -> None:
        """Delete the vectors and the words."""
        self.vectors.drop()
        self.words.drop()


class Stores:
    """The stores shared by all generations: the Chroma client, the folder and its lock."""

    def __init__(self, folder: Path, settings: Settings, mark: str) -> None:
        """Use *folder* or the server of *settings* for the archive with *mark*."""
        self._folder = folder
        self._settings = settings
        self._place = settings.chroma_url or str(folder)
        self._mark = mark[:_MARK_CHARACTERS]
        self._former = f"-{mark_by_place(settings)}" if settings.chroma_url else ""
        self._vectors = folder / "vectors"
        self._opened: Client | None = None
        self.serving: Generation | None = None
        self._shelves: dict[int, _GenerationStores] = {}
        self._embedders: dict[str, Embedder] = {}
        self._memories: dict[str, Memory] = {}
        self.ahead: set[tuple[int, int]] = set()
        self.breaker = CircuitBreaker()
        self._turn = threading.Lock()
        self._opening = threading.Lock()

    @property
    def is_remote(self) -> bool:
        """True if the vectors are on a server."""
        return self._settings.chroma_url is not None

    @classmethod
    @contextmanager
    def open(
        cls, archive: Archive, settings: Settings, *, holder: str, now: datetime
    ) -> Iterator[Self]:
        """Take ownership of the embedded index of *archive*, or use the shared server."""
        folder = settings.data_dir / "index"
        with ExitStack() as stack:
            if settings.chroma_url is None:
                ownership = OwnerLock(folder, holder=holder, now=now)
                stack.callback(ownership.release)
            folder.mkdir(parents=True, exist_ok=True)
            stores = cls(folder, settings, archive.mark())
            stack.callback(stores.close)
            if not stores.is_remote:
                stores._delete_foreign_words()
            yield stores

    def shelf(self, generation: Generation) -> _GenerationStores:
        """Return one generation's stores, opened on first use; they stay open."""
        from ingest.index.vectors import VectorStore  # Chroma takes a second to load

        with self._turn:
            if generation.id not in self._shelves:
                name = f"{generation.id}-{self._mark}"
                self._shelves[generation.id] = _GenerationStores(
                    VectorStore(
                        self.client,
                        f"generation-{name}",
                        place=self._place,
                        former=f"generation-{generation.id}{self._former}",
                    ),
                    WordStore(
                        self._folder / f"words-{name}", self._folder / f"words-{generation.id}"
                    ),
                    FileLock(self._folder / f"drain-{generation.id}.lock", thread_local=False),
                )
            return self._shelves[generation.id]

    def client(self) -> Client:
        """Return the Chroma client, opened on first use; damaged files are deleted.

        Raises:
            IndexUnavailableError: it cannot be reached.
        """
        with self._opening:
            if self._opened is None:
                self._opened = self._connect()
            return self._opened

    def _connect(self) -> Client:
        from ingest.index.vectors import client_of, delete_foreign_collections

        if self.is_remote:
            return client_of(self._vectors, self._settings.chroma_url)
        try:
            client = client_of(self._vectors, None)
        except IndexUnavailableError as error:
            if not is_damage(error):
                raise
            logger.warning("%s Rebuilding the vectors from the archive.", error)
            self.reset()
            client = client_of(self._vectors, None)
        delete_foreign_collections(client, self._mark, place=self._place)
        return client

    def reset(self) -> None:
        """Delete the embedded Chroma's files, even damaged ones."""
        self._close_client()
        shutil.rmtree(self._vectors, ignore_errors=True)

    def _close_client(self) -> None:
        """Close an embedded Chroma; connections to a server last as long as the process."""
        if self._opened is not None and not self.is_remote:
            self._opened.close()
        self._opened = None

    @contextmanager
    def crash_guard(self) -> Iterator[None]:
        """Delete the vectors first if the last start crashed while opening them."""
        marker = self._folder / _OPENING_FILE
        if marker.exists():
            logger.warning("The last start crashed while opening the vectors; rebuilding them.")
            self.reset()
        with suppress(OSError):
            marker.touch()
        yield
        with suppress(OSError):
            marker.unlink(missing_ok=True)

    def _delete_foreign_words(self) -> None:
        """Delete word folders of other archives from a folder that is ours alone."""
        for folder in self._folder.glob("words-*"):
            if is_foreign(folder.name, self._mark) and folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)

    def embedder_of(self, model: str) -> Embedder:
        """Return the embedder of another generation's *model*."""
        with self._turn:
            if model not in self._embedders:
                self._embedders[model] = embedder_of(model, self._settings)
            return self._embedders[model]

    def memory_of(self, embedder: Embedder) -> Memory:
        """Return the cache of *embedder*'s vectors."""
        with self._turn:
            return self._memories.setdefault(embedder.model, Memory(embedder))

    def drop(self, generation: Generation) -> None:
        """Delete the stores of one generation."""
        shelf = self.shelf(generation)
        shelf.drop()
        shelf.vectors.close()
        with self._turn:
            del self._shelves[generation.id]

    def drop_retired(self, archive: Archive, now: datetime) -> None:
        """Delete the generations that were replaced more than ``PATIENCE.rollback`` ago."""
        for generation in archive.generations.stored():
            if (
                generation.retired_at is not None
                and now - generation.retired_at >= PATIENCE.rollback
                and not generation.active
            ):
                self.drop(generation)
                archive.generations.drop(generation.id)
                archive.passages.drop_cuts()

    def close(self) -> None:
        """Close the stores of every generation."""
        self.breaker.close()
        for shelf in self._shelves.values():
            shelf.vectors.close()
            shelf.words.close()
        self._close_client()


def mark_by_place(settings: Settings) -> str:
    """Return a mark derived from the archive's address, as earlier releases named collections."""
    parts = urlsplit(settings.database_url or str(settings.data_dir.resolve()))
    place = f"{parts.hostname}:{parts.port}{parts.path}?{parts.query}"
    return hashlib.sha256(place.encode()).hexdigest()[:_MARK_CHARACTERS]
