"""Passages by their meaning: a Chroma collection a generation and script, ids and vectors only."""

from __future__ import annotations

import hashlib
import math
import re
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import TimeoutError as Late
from concurrent.futures import wait
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import chromadb
import httpx2
import numpy as np
from chromadb.api import ClientAPI, fastapi
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.api.fastapi import httpx  # type: ignore[attr-defined]  # whose errors it raises
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError, InternalError, NotFoundError
from numpy.typing import NDArray

from ingest.archive import Archive
from ingest.embedding.vectors import Embedder
from ingest.errors import EmbeddingError, IndexReplacedError, IndexUnavailableError
from ingest.index.damage import unreadable
from ingest.language.script import Script
from ingest.model import ArticleState, Passage
from ingest.threads import DetachedExecutor

_Result = TypeVar("_Result")

_AT_ONCE = 1000
"""Vectors in one call; Chroma takes 5,461 at most and is as fast from 250 on."""
_LISTED = 50_000
"""Ids in one call that lists them: Chroma counts its way to where each call begins."""
A_BATCH = 128
"""Texts embedded at once; more is no faster with the local model."""
_FIRST_BATCH = 8
_A_MOMENT = 0.5
"""Seconds for which an embedder cannot be stopped."""
_MARKED = re.compile(r"(?:generation|words)-\d+-(?P<mark>[0-9a-f]{12})\b")
_JUST_MADE = "Nothing found on disk"
"""What Chroma 1.5.9 says of a collection that is asked while its first vectors are written."""
_PAUSES = (0.05, 0.2, 0.5)
"""Seconds after which it is asked again."""
_PATIENCE = 60.0
"""Seconds that a server may take for one call; Chroma's client has no limit of its own."""
_AT_FIRST = 5.0
"""Seconds that it may take to be there at all."""
_GRAPH: CreateHNSWConfiguration = {
    "space": "cosine",
    "ef_construction": 200,
    "ef_search": 400,
}
"""Candidates that the neighbour graph keeps when it adds and when it is searched. Chroma's 100 and
100 miss a tenth of the 60 nearest passages, up to half for short questions; with these .3 % are
missed in the same time (``make benchmark WHAT=retrieval``)."""
_HEARTBEAT = "api/v2/heartbeat"
_FAILURES = (httpx.HTTPError, httpx2.HTTPError, httpx2.InvalidURL, Late, OSError)
"""What is raised where a server does not answer, by Chroma's client or ours."""


def client_of(folder: Path, url: str | None) -> ClientAPI:
    """Open Chroma: the server at *url*, or else the files in *folder*.

    Raises:
        IndexUnavailableError: neither answers.
    """
    settings = ChromaSettings(anonymized_telemetry=False)
    try:
        if url is None:
            folder.mkdir(parents=True, exist_ok=True)
            return chromadb.PersistentClient(str(folder), settings)
        return _far(url, settings)
    except (ChromaError, *_FAILURES, ValueError, RuntimeError, AttributeError) as error:
        if url is None:
            with suppress(Exception):  # or Chroma hands out what failed to start
                SharedSystemClient._release_system(str(folder))
            raise IndexUnavailableError(unreadable(folder, error)) from error
        raise IndexUnavailableError(_unreachable(url)) from error


def _far(url: str, settings: ChromaSettings) -> ClientAPI:
    """Open the server at *url*; it has seconds to be there, for Chroma's client waits for ever."""
    httpx2.get(f"{url.rstrip('/')}/{_HEARTBEAT}", timeout=_AT_FIRST).raise_for_status()
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 8000)
    opening = DetachedExecutor(1, "chroma")
    client = opening.submit(
        chromadb.HttpClient, parts.hostname or "", port, ssl=secure, settings=settings
    ).result(_AT_FIRST)
    opening.shutdown()
    if isinstance(client, Client) and isinstance(client._server, fastapi.FastAPI):
        client._server._session.timeout = _PATIENCE
    return client


def _unreachable(url: str) -> str:
    """Say that the server does not answer."""
    return f"The Chroma server at {url} does not answer. Start `chroma run`, or mend CHROMA_URL."


def forget_strangers(client: ClientAPI, mark: str, *, place: str) -> None:
    """Delete the collections that are of another archive than *mark*."""
    with _explained("a collection", place):
        for each in client.list_collections():
            if is_strange(each.name, mark):
                client.delete_collection(each.name)


def is_strange(name: str, mark: str) -> bool:
    """Tell whether what is called so is of another archive; old names say nothing of that."""
    named = _MARKED.match(name)
    return named is not None and named["mark"] != mark


class VectorStore:
    """One generation's collections in an open Chroma.

    Each script has its own: Chroma's filters are slow, and the nearest passages in a question's
    own script would fill any list before one in the other is reached.
    """

    def __init__(
        self, client: Callable[[], ClientAPI], name: str, *, place: str, former: str
    ) -> None:
        """Use the collections of *name*, made if need be; *place* is named in errors.

        Nothing is opened before it is needed: words answer where *client* cannot. Collections that
        an earlier release called *former* are called *name* from now on.
        """
        self._client = client
        self._place = place
        self._calls = DetachedExecutor(2, "chroma")
        self.name = name
        self._former = former
        self._opened: dict[Script, chromadb.Collection] = {}
        self._turn = threading.Lock()

    def apply(
        self, standings: Sequence[ArticleState], vectors: dict[str, NDArray[np.float32]]
    ) -> None:
        """Hold each article as it stands now; doing so again changes nothing.

        *vectors* are by passage id. New passages are added before stale ones go.
        """
        passages = [p for standing in standings for p in standing.passages]
        stale = [key for standing in standings for key in standing.stale]
        if erased := {str(each.article_id) for each in standings if each.erased}:
            stale += [key for key in self.ids() if key.partition(":")[0] in erased]
        for script in Script:
            self._add(script, [p.id for p in passages if Script.of_text(p.text) is script], vectors)
        self.forget(stale)

    def nearest(
        self, vector: NDArray[np.float32], limit: int, script: Script
    ) -> list[tuple[str, float]]:
        """Return ids and cosines of *script*'s passages nearest to a unit *vector*, best first."""
        found = self._call(
            lambda: self._collection(script).query(
                query_embeddings=[vector.tolist()], n_results=limit, include=["distances"]
            )
        )
        ids, distances = found["ids"][0], (found["distances"] or [[]])[0]
        return [(key, 1.0 - float(away)) for key, away in zip(ids, distances, strict=True)]

    def count(self) -> int:
        """Return how many passages this holds."""
        return self._call(lambda: sum(int(self._collection(each).count()) for each in Script))

    def forget(self, ids: Sequence[str]) -> None:
        """Let go of *ids*, whatever article they were of."""
        for script in Script:
            for part in _batches(list(ids), _AT_ONCE):
                self._call(partial(self._delete, script, part))

    def among(self, ids: Collection[str]) -> set[str]:
        """Return those of *ids* that this holds."""
        found: set[str] = set()
        for script in Script:
            for part in _batches(list(ids), _AT_ONCE):
                found.update(self._call(partial(self._among, script, part)))
        return found

    def ids(self) -> Iterator[str]:
        """Yield the id of every passage that this holds; whoever deletes some begins again."""
        for script in Script:
            for start in range(0, self._call(partial(self._count, script)), _LISTED):
                yield from self._call(partial(self._from, script, start))

    def drop(self) -> None:
        """Delete the collections."""
        for script in Script:
            self._call(partial(self._drop, script))
        self.let_go()

    def _name(self, script: Script) -> str:
        return f"{self.name}-{script}"

    def _add(
        self, script: Script, ids: list[str], vectors: Mapping[str, NDArray[np.float32]]
    ) -> None:
        """Add those of *ids* that the collection does not hold."""
        for part in _batches(ids, _AT_ONCE):
            held = self._call(partial(self._among, script, part))
            if new := [key for key in part if key not in held]:
                rows = np.stack([vectors[key] for key in new])
                self._call(partial(self._put, script, new, rows))

    def _collection(self, script: Script) -> chromadb.Collection:
        """Open the collection of *script*, made if need be, once."""
        with self._turn:
            if script not in self._opened:
                self._opened[script] = self._found(script)
            return self._opened[script]

    def _found(self, script: Script) -> chromadb.Collection:
        client = self._client()
        with suppress(NotFoundError):
            old = client.get_collection(f"{self._former}-{script}", embedding_function=None)
            old.modify(name=self._name(script))
        collection = client.get_or_create_collection(
            self._name(script),
            embedding_function=None,
            configuration={"hnsw": _GRAPH},
        )
        graph = collection.configuration_json.get("hnsw") or {}
        if graph.get("ef_search") != _GRAPH["ef_search"]:
            with suppress(ChromaError):  # on a disk that is read-only it stays as it is
                collection.modify(configuration={"hnsw": {"ef_search": _GRAPH["ef_search"]}})
        return collection

    def _count(self, script: Script) -> int:
        return int(self._collection(script).count())

    def _among(self, script: Script, ids: list[str]) -> set[str]:
        return set(self._collection(script).get(ids=ids, include=[])["ids"])

    def _from(self, script: Script, start: int) -> list[str]:
        return self._collection(script).get(limit=_LISTED, offset=start, include=[])["ids"]

    def _put(self, script: Script, ids: list[str], rows: NDArray[np.float32]) -> None:
        self._collection(script).add(ids=ids, embeddings=rows)

    def _delete(self, script: Script, ids: list[str]) -> None:
        self._collection(script).delete(ids=ids)

    def _drop(self, script: Script) -> None:
        with suppress(NotFoundError):
            self._client().delete_collection(self._name(script))

    def let_go(self) -> None:
        """Open the collections again when they are needed next."""
        self._opened.clear()

    def close(self) -> None:
        """Let the threads go."""
        self._calls.shutdown()

    def _call(self, work: Callable[[], _Result]) -> _Result:
        """Run one call within :data:`_PATIENCE`; its failure is a sentence."""
        with _explained(self.name, self._place):
            return self._calls.submit(_again_if_new, work).result(_PATIENCE)


def _again_if_new(work: Callable[[], _Result]) -> _Result:
    """Do *work*, and again shortly after where a collection is only just being made."""
    for pause in _PAUSES:
        try:
            return work()
        except InternalError as error:
            if _JUST_MADE not in str(error):
                raise
            time.sleep(pause)
    return work()


@contextmanager
def _explained(name: str, place: str) -> Iterator[None]:
    """Turn Chroma's errors about the collection *name* in *place* into sentences."""
    try:
        yield
    except NotFoundError as error:
        raise IndexReplacedError(
            f"Another process made the index anew: {name} is gone from {place}. "
            "Start this one again."
        ) from error
    except _FAILURES as error:
        raise IndexUnavailableError(_unreachable(place)) from error
    except (ChromaError, ValueError, RuntimeError) as error:
        raise IndexUnavailableError(
            f"Chroma in {place} failed ({error}). Try again; "
            "if it stays so, `python -m ingest check --repair` makes it anew."
        ) from error


def _batches(values: list[str], size: int) -> Iterator[list[str]]:
    """Cut *values* into lists of at most *size*."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def embed(
    passages: Sequence[Passage],
    embedder: Embedder,
    archive: Archive,
    *,
    dimensions: int,
    step: Callable[[int], None],
) -> tuple[dict[str, NDArray[np.float32]], int]:
    """Return the vectors of *passages* by id, and how many had to be embedded anew.

    A vector is cached in the archive under its model and the hash of what was embedded, so
    the same text is never embedded twice; what is cached and is no unit vector of *dimensions*
    is embedded anew. *step* is told of passages as they are done.

    Raises:
        EmbeddingError: the model sends vectors of another length.
    """
    keys = {p.id: digest_of(p) for p in passages}
    kept = archive.embeddings.get(embedder.model, list(keys.values()))
    cached = {key: vector for key, vector in kept.items() if _is_sound(vector, dimensions)}
    archive.embeddings.drop(embedder.model, sorted(kept.keys() - cached.keys()))
    step(sum(key in cached for key in keys.values()))
    missing = [p for p in passages if keys[p.id] not in cached]
    missing.sort(key=lambda p: len(p.text))
    batches = _Batches(embedder)
    while part := missing[batches.done : batches.done + batches.size]:
        fresh = batches.embedded([p.context for p in part], step).astype("<f4")
        if fresh.shape[1] != dimensions:
            raise EmbeddingError(
                f"{embedder.model} sends vectors of {fresh.shape[1]} numbers, and the index has "
                f"{dimensions}: another model under one name. `python -m ingest rebuild` makes the "
                "index anew."
            )
        found = {keys[p.id]: row.tobytes() for p, row in zip(part, fresh, strict=True)}
        archive.embeddings.keep(embedder.model, found)
        cached.update(found)
        step(len(part))
    vectors = {p.id: np.frombuffer(cached[keys[p.id]], "<f4") for p in passages}
    return vectors, len(missing)


class _Batches:
    """Embeds batch by batch, each so short that whoever wants to stop it waits a moment only."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.done = 0
        self.size = A_BATCH if embedder.far else _FIRST_BATCH

    def embedded(self, texts: Sequence[str], step: Callable[[int], None]) -> NDArray[np.float32]:
        """Embed one batch; *step* is told of nothing while a server takes its time."""
        began = time.monotonic()
        if self._embedder.far:
            call = DetachedExecutor(1, "embedding")
            waiting = call.submit(self._embedder.passages, texts)
            call.shutdown()
            while not wait([waiting], _A_MOMENT).done:
                step(0)
            found = waiting.result()
        else:
            found = self._embedder.passages(texts)
            paced = self.size * _A_MOMENT / max(time.monotonic() - began, 1e-6)
            self.size = max(1, min(A_BATCH, int(paced)))
        self.done += len(texts)
        return found


def unsound(
    passages: Sequence[Passage], embedder: Embedder, archive: Archive, dimensions: int
) -> list[str]:
    """Return the ids of *passages* whose cached vector is no unit vector of *dimensions*."""
    keys = {p.id: digest_of(p) for p in passages}
    kept = archive.embeddings.get(embedder.model, list(keys.values()))
    bad = {key for key, vector in kept.items() if not _is_sound(vector, dimensions)}
    return [p.id for p in passages if keys[p.id] in bad]


def vectors_of(
    passages: Sequence[Passage], embedder: Embedder, archive: Archive, dimensions: int
) -> dict[str, NDArray[np.float32]]:
    """Return the cached vectors of *passages* by their ids, those that are there and sound."""
    keys = {p.id: digest_of(p) for p in passages}
    kept = archive.embeddings.get(embedder.model, list(keys.values()))
    return {
        name: np.frombuffer(kept[key], "<f4")
        for name, key in keys.items()
        if key in kept and _is_sound(kept[key], dimensions)
    }


def digest_of(passage: Passage) -> str:
    """Name what is embedded of a passage."""
    return hashlib.sha256(passage.context.encode()).hexdigest()


def _is_sound(vector: bytes, dimensions: int) -> bool:
    """Tell whether a cached vector is one: of this length, of figures, and not nought."""
    if len(vector) != dimensions * np.dtype("<f4").itemsize:
        return False
    norm = float(np.linalg.norm(np.frombuffer(vector, "<f4")))
    return math.isfinite(norm) and norm > 0
