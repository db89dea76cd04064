"""The folders and connections of an index, open; one shelf a generation."""

from __future__ import annotations

import hashlib
import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from chromadb.api import ClientAPI
from chromadb.api.client import Client
from filelock import FileLock, Timeout

from ingest.archive import Archive
from ingest.embedding.embedder import embedder_of
from ingest.embedding.memory import Memory
from ingest.embedding.vectors import Embedder
from ingest.errors import IndexUnavailableError
from ingest.index.damage import is_damage, readable
from ingest.index.ownership import OwnerLock
from ingest.index.reach import Reach
from ingest.index.vectors import VectorStore, client_of, forget_strangers, is_strange
from ingest.index.words import WordStore
from ingest.model import Generation
from ingest.settings import Settings

logger = logging.getLogger(__name__)

ROLLBACK_FOR = timedelta(days=1)
"""How long a generation that was replaced can still be rolled back to."""
_OPENING = "opening"
"""The file that stands while the vectors are opened: one that is found tells of a crash."""
_MARK = 12
"""Characters of an archive's mark in the names of what is derived from it."""


@dataclass(frozen=True, slots=True)
class _GenerationStores:
    """One generation's vectors and words, and the lock that is held while they catch up."""

    vectors: VectorStore
    words: WordStore
    lock: FileLock

    def counts(self) -> tuple[int, int]:
        """Return how many passages the vectors hold, and how many the words."""
        return self.vectors.count(), self.words.count()

    def is_catching_up(self) -> bool:
        """Tell whether another process does at the moment."""
        try:
            with self.lock.acquire(timeout=0):
                return False
        except Timeout:
            return True
        except OSError:  # whoever catches up says so
            return False

    @contextmanager
    def catching_up(self) -> Iterator[None]:
        """Let one process or thread at a time catch up."""
        with readable(Path(self.lock.lock_file)):
            self.lock.acquire()
        try:
            yield
        finally:
            self.lock.release()

    def drop(self) -> None:
        """Delete them."""
        self.vectors.drop()
        self.words.drop()


class Stores:
    """What every generation shares: the open Chroma, the folder, and the lock on it."""

    def __init__(self, folder: Path, settings: Settings, mark: str) -> None:
        """Open what is in *folder* or on the server of *settings*, of the archive *mark*."""
        self._folder = folder
        self._settings = settings
        self._place = settings.chroma_url or str(folder)
        self._mark = mark[:_MARK]
        self._former = f"-{mark_by_place(settings)}" if settings.chroma_url else ""
        self._vectors = folder / "vectors"
        self._opened: ClientAPI | None = None
        self.serving: Generation | None = None
        self._shelves: dict[int, _GenerationStores] = {}
        self._embedders: dict[str, Embedder] = {}
        self._memories: dict[str, Memory] = {}
        self.ahead: set[tuple[int, int]] = set()
        self.reach = Reach()
        self._turn = threading.Lock()
        self._opening = threading.Lock()

    @property
    def far(self) -> bool:
        """Whether the vectors are on a server."""
        return self._settings.chroma_url is not None

    @classmethod
    @contextmanager
    def open(
        cls, archive: Archive, settings: Settings, *, holder: str, now: datetime
    ) -> Iterator[Self]:
        """Own the embedded index of *archive*, or connect to the server that many may use."""
        folder = settings.data_dir / "index"
        with ExitStack() as stack:
            if settings.chroma_url is None:
                ownership = OwnerLock(folder, holder=holder, now=now)
                stack.callback(ownership.release)
            folder.mkdir(parents=True, exist_ok=True)
            stores = cls(folder, settings, archive.mark())
            stack.callback(stores.close)
            if not stores.far:
                stores._forget_strange_words()
            yield stores

    def shelf(self, generation: Generation) -> _GenerationStores:
        """Open one generation's collections and folder; they stay open."""
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

    def client(self) -> ClientAPI:
        """Return Chroma, opened when it is first needed; damaged files are made anew.

        Raises:
            IndexUnavailableError: it cannot be reached.
        """
        with self._opening:
            if self._opened is None:
                self._opened = self._connected()
            return self._opened

    def _connected(self) -> ClientAPI:
        if self.far:
            return client_of(self._vectors, self._settings.chroma_url)
        try:
            client = client_of(self._vectors, None)
        except IndexUnavailableError as error:
            if not is_damage(error):
                raise
            logger.warning("%s They are made anew from the archive.", error)
            self.begin_anew()
            client = client_of(self._vectors, None)
        forget_strangers(client, self._mark, place=self._place)
        return client

    def begin_anew(self) -> None:
        """Delete the embedded Chroma's files, whatever state they are in."""
        self._let_go()
        shutil.rmtree(self._vectors, ignore_errors=True)

    def _let_go(self) -> None:
        """Close the files of an embedded Chroma; a server's connections live with the process."""
        if isinstance(self._opened, Client) and not self.far:
            self._opened.close()
        self._opened = None

    @contextmanager
    def cautiously(self) -> Iterator[None]:
        """Do what a damaged file may kill the process by; the next start begins without it."""
        mark = self._folder / _OPENING
        if mark.exists():
            logger.warning("The last start ended while vectors were opened: they are made anew.")
            self.begin_anew()
        with suppress(OSError):
            mark.touch()
        yield
        with suppress(OSError):
            mark.unlink(missing_ok=True)

    def _forget_strange_words(self) -> None:
        """Delete what is derived from another archive, in a folder that is ours alone."""
        for each in self._folder.glob("words-*"):
            if is_strange(each.name, self._mark) and each.is_dir():
                shutil.rmtree(each, ignore_errors=True)

    def embedder_of(self, model: str) -> Embedder:
        """Return the embedder of another generation's *model*."""
        with self._turn:
            if model not in self._embedders:
                self._embedders[model] = embedder_of(model, self._settings)
            return self._embedders[model]

    def memory_of(self, embedder: Embedder) -> Memory:
        """Return what is remembered of *embedder*'s vectors."""
        with self._turn:
            return self._memories.setdefault(embedder.model, Memory(embedder))

    def drop(self, generation: Generation) -> None:
        """Delete what one generation holds."""
        shelf = self.shelf(generation)
        shelf.drop()
        shelf.vectors.close()
        with self._turn:
            del self._shelves[generation.id]

    def drop_the_retired(self, archive: Archive, now: datetime) -> None:
        """Delete the generations that were replaced longer than :data:`ROLLBACK_FOR` ago."""
        for each in archive.generations.kept():
            if (
                each.retired_at is not None
                and now - each.retired_at >= ROLLBACK_FOR
                and not each.active
            ):
                self.drop(each)
                archive.generations.drop(each.id)
                archive.passages.drop_cuts()

    def close(self) -> None:
        """Let every generation go."""
        self.reach.close()
        for shelf in self._shelves.values():
            shelf.vectors.close()
            shelf.words.close()
        self._let_go()


def mark_by_place(settings: Settings) -> str:
    """Mark the archive's place, as releases did whose archives had no identity of their own."""
    parts = urlsplit(settings.database_url or str(settings.data_dir.resolve()))
    place = f"{parts.hostname}:{parts.port}{parts.path}?{parts.query}"
    return hashlib.sha256(place.encode()).hexdigest()[:_MARK]
