"""The folders and connections of an index, open; one shelf a generation."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from filelock import FileLock

from ingest.archive import Archive
from ingest.embedding.embedder import embedder_of
from ingest.embedding.memory import Memory
from ingest.embedding.reranker import reranker
from ingest.embedding.vectors import Embedder
from ingest.index.ownership import Ownership
from ingest.index.reach import Reach
from ingest.index.vectors import Vectors, client_of
from ingest.index.words import Words
from ingest.model import Generation
from ingest.settings import Settings

GRACE = timedelta(days=1)
"""How long a generation that was replaced can still be rolled back to."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One generation's vectors and words; *drain* is held while they catch up."""

    vectors: Vectors
    words: Words
    drain: FileLock

    def drop(self) -> None:
        """Delete them."""
        self.vectors.drop()
        self.words.drop()


class Stores:
    """What every generation shares: the open Chroma, the folder, and the lock on it."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._settings = settings
        self._place = settings.chroma_url or str(folder)
        self._suffix = f"-{archive_mark(settings)}" if settings.chroma_url else ""
        self._client = client_of(folder / "vectors", settings.chroma_url)
        self.serving: Generation | None = None
        self._shelves: dict[int, Shelf] = {}
        self._embedders: dict[str, Embedder] = {}
        self.reranker = reranker(settings)
        self._memories: dict[str, Memory] = {}
        self.reach = Reach()
        self._turn = threading.Lock()

    @property
    def far(self) -> bool:
        """Whether the vectors are on a server."""
        return self._settings.chroma_url is not None

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
            stores = cls(folder, settings)
            stack.callback(stores.close)
            yield stores

    def shelf(self, generation: Generation) -> Shelf:
        """Open one generation's collections and folder; they stay open."""
        with self._turn:
            if generation.id not in self._shelves:
                name = f"generation-{generation.id}{self._suffix}"
                self._shelves[generation.id] = Shelf(
                    Vectors(self._client, name, place=self._place),
                    Words(self._folder / f"words-{generation.id}"),
                    FileLock(self._folder / f"drain-{generation.id}.lock", thread_local=False),
                )
            return self._shelves[generation.id]

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
        """Delete the generations that were replaced longer than :data:`GRACE` ago."""
        for each in archive.generations():
            if each.retired_at is not None and now - each.retired_at >= GRACE and not each.active:
                self.drop(each)
                archive.drop_generation(each.id)
                archive.drop_cuts()

    def close(self) -> None:
        """Let every generation go."""
        self.reach.close()
        for shelf in self._shelves.values():
            shelf.vectors.close()


def archive_mark(settings: Settings) -> str:
    """Mark the archive's place, so that two desks may share one Chroma server."""
    parts = urlsplit(settings.database_url or str(settings.data_dir.resolve()))
    place = f"{parts.hostname}:{parts.port}{parts.path}?{parts.query}"
    return hashlib.sha256(place.encode()).hexdigest()[:12]
