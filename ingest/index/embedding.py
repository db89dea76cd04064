"""Vectors of passages: embedded in batches, cached in the archive, and checked."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import wait

import numpy as np
from numpy.typing import NDArray

from ingest.archive.generations import Embeddings
from ingest.embedding.meaning import Embedder
from ingest.errors import EmbeddingError
from ingest.index.limits import BATCHES, PATIENCE
from ingest.model import Passage
from ingest.process.threads import DetachedExecutor


def embed(
    passages: Sequence[Passage],
    embedder: Embedder,
    cache: Embeddings,
    *,
    dimensions: int,
    step: Callable[[int], None],
) -> tuple[dict[str, NDArray[np.float32]], int]:
    """Return the vectors of *passages* by id, and the number of texts embedded.

    A vector is cached in the archive by model and hash of the text, so the same text is never
    embedded twice; a cached value that is no unit vector of *dimensions* is replaced. *step* is
    called with the number of passages done.

    Raises:
        EmbeddingError: the model sends vectors of another length.
    """
    keys = {p.id: digest_of(p) for p in passages}
    stored = cache.get(embedder.model, list(keys.values()))
    cached = {key: vector for key, vector in stored.items() if _is_valid(vector, dimensions)}
    cache.drop(embedder.model, sorted(stored.keys() - cached.keys()))
    step(sum(key in cached for key in keys.values()))
    uncached = [p for p in passages if keys[p.id] not in cached]
    uncached.sort(key=lambda p: len(p.text))
    batches = _Batches(embedder)
    while batch := uncached[batches.done : batches.done + batches.size]:
        rows = batches.embedded([p.context for p in batch], step).astype("<f4")
        if rows.shape[1] != dimensions:
            raise EmbeddingError(
                f"{embedder.model} sends vectors of {rows.shape[1]} numbers, and the index has "
                f"{dimensions}: another model under one name. `python -m ingest rebuild` makes the "
                "index anew."
            )
        new_vectors = {keys[p.id]: row.tobytes() for p, row in zip(batch, rows, strict=True)}
        cache.keep(embedder.model, new_vectors)
        cached.update(new_vectors)
        step(len(batch))
    vectors = {p.id: np.frombuffer(cached[keys[p.id]], "<f4") for p in passages}
    return vectors, len(uncached)


class _Batches:
    """Embeds batch by batch, each short enough to stop within a moment."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.done = 0
        self.size = BATCHES.texts if embedder.is_remote else BATCHES.first_texts

    def embedded(self, texts: Sequence[str], step: Callable[[int], None]) -> NDArray[np.float32]:
        """Embed one batch; call *step* with 0 while a server takes its time."""
        started = time.monotonic()
        if self._embedder.is_remote:
            call = DetachedExecutor(1, "embedding")
            future = call.submit(self._embedder.passages, texts)
            call.shutdown()
            while not wait([future], PATIENCE.batch_seconds).done:
                step(0)
            vectors = future.result()
        else:
            vectors = self._embedder.passages(texts)
            size = self.size * PATIENCE.batch_seconds / max(time.monotonic() - started, 1e-6)
            self.size = max(1, min(BATCHES.texts, int(size)))
        self.done += len(texts)
        return vectors


def unsound(
    passages: Sequence[Passage], embedder: Embedder, cache: Embeddings, dimensions: int
) -> list[str]:
    """Return the ids of *passages* whose cached vector is no unit vector of *dimensions*."""
    keys = {p.id: digest_of(p) for p in passages}
    cached = cache.get(embedder.model, list(keys.values()))
    invalid = {key for key, vector in cached.items() if not _is_valid(vector, dimensions)}
    return [p.id for p in passages if keys[p.id] in invalid]


def vectors_of(
    passages: Sequence[Passage], embedder: Embedder, cache: Embeddings, dimensions: int
) -> dict[str, NDArray[np.float32]]:
    """Return the valid cached vectors of *passages* by passage id."""
    keys = {p.id: digest_of(p) for p in passages}
    cached = cache.get(embedder.model, list(keys.values()))
    return {
        name: np.frombuffer(cached[key], "<f4")
        for name, key in keys.items()
        if key in cached and _is_valid(cached[key], dimensions)
    }


def digest_of(passage: Passage) -> str:
    """Return the digest of the text that is embedded for a passage."""
    return hashlib.sha256(passage.context.encode()).hexdigest()


def _is_valid(vector: bytes, dimensions: int) -> bool:
    """Return True if a cached vector has this length, finite numbers and is not zero."""
    if len(vector) != dimensions * np.dtype("<f4").itemsize:
        return False
    norm = float(np.linalg.norm(np.frombuffer(vector, "<f4")))
    return math.isfinite(norm) and norm > 0
