"""The vector store: one Chroma collection for each generation and script, with ids and vectors."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import TimeoutError as Late
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import chromadb
import httpx2
import numpy as np
from chromadb.api import fastapi
from chromadb.api.client import Client
from chromadb.api.collection_configuration import (
    CreateHNSWConfiguration,
    UpdateCollectionConfiguration,
)
from chromadb.api.fastapi import httpx  # type: ignore[attr-defined]  # whose errors it raises
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError, InternalError, NotFoundError
from numpy.typing import NDArray

from ingest.errors import IndexReplacedError, IndexUnavailableError
from ingest.index.limits import BATCHES, PATIENCE
from ingest.index.ownership import is_foreign, unreadable_message
from ingest.language.script import Script
from ingest.model import ArticleState
from ingest.process.threads import DetachedExecutor

_Result = TypeVar("_Result")

logger = logging.getLogger(__name__)

_TRANSIENT = ("Nothing found on disk", "database is locked")
"""Chroma 1.5.9's messages while it writes the first vectors of a collection, or anything else."""
_RETRY_SECONDS = (0.05, 0.2, 0.5)
"""Seconds before each retry."""
_GRAPH: CreateHNSWConfiguration = {
    "space": "cosine",
    "ef_construction": 200,
    "ef_search": 2000,
}
"""Number of candidates in building and searching the neighbour graph. Chroma's defaults of 100
miss a tenth of the 60 nearest of 5,012 passages, up to half for short questions. With 400 searched,
150 questions miss 38 of 9,000, others whenever the collection is loaded, so that an answer could
change with a restart; with 1,000 they miss 2, with 2,000 none, in 5.1 ms a search in place of 2.2.
An exhaustive search was the measure, as in ``test_vectors.py``."""
_HEARTBEAT = "api/v2/heartbeat"
_FAILURES = (httpx.HTTPError, httpx2.HTTPError, httpx2.InvalidURL, Late, OSError)
"""The errors of Chroma's client, and of ours, when a server does not answer."""


def client_of(folder: Path, url: str | None) -> Client:
    """Open Chroma: the server at *url*, or else the files in *folder*.

    Raises:
        IndexUnavailableError: neither answers.
    """
    settings = ChromaSettings(anonymized_telemetry=False)
    try:
        if url is None:
            folder.mkdir(parents=True, exist_ok=True)
            settings.persist_directory, settings.is_persistent = str(folder), True
            return Client(settings=settings)
        return _connect_to_server(url, settings)
    except (ChromaError, *_FAILURES, ValueError, RuntimeError, AttributeError) as error:
        if url is None:
            with suppress(Exception):  # otherwise Chroma returns the failed client again
                SharedSystemClient._release_system(str(folder))
            raise IndexUnavailableError(unreadable_message(folder, error)) from error
        raise IndexUnavailableError(_unreachable_message(url)) from error


def _connect_to_server(url: str, settings: ChromaSettings) -> Client:
    """Connect to the server at *url* with a timeout, which Chroma's client does not have."""
    httpx2.get(
        f"{url.rstrip('/')}/{_HEARTBEAT}", timeout=PATIENCE.connect_seconds
    ).raise_for_status()
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 8000)
    opening = DetachedExecutor(1, "chroma")
    client = opening.submit(
        chromadb.HttpClient, parts.hostname or "", port, ssl=secure, settings=settings
    ).result(PATIENCE.connect_seconds)
    opening.shutdown()
    assert isinstance(client, Client)
    if isinstance(client._server, fastapi.FastAPI):
        client._server._session.timeout = PATIENCE.call_seconds
    return client


def _unreachable_message(url: str) -> str:
    """Return the error message for a server that does not answer."""
    return f"The Chroma server at {url} does not answer. Start `chroma run`, or mend CHROMA_URL."


def delete_foreign_collections(client: Client, mark: str, *, place: str) -> None:
    """Delete the collections of archives other than *mark*."""
    with _chroma_errors("a collection", place):
        for collection in client.list_collections():
            if is_foreign(collection.name, mark):
                client.delete_collection(collection.name)


class VectorStore:
    """One generation's collections in an open Chroma.

    Each script has its own: Chroma's filters are slow, and the nearest passages in a question's
    own script would fill any list before one in the other is reached.
    """

    def __init__(self, client: Callable[[], Client], name: str, *, place: str, former: str) -> None:
        """Use the collections of *name*, created if needed; *place* is named in errors.

        Collections are opened on first use, since words can be searched without *client*. Those
        that an earlier release named *former* are renamed to *name*.
        """
        self._client = client
        self._place = place
        self._calls = DetachedExecutor(2, "chroma")
        self.name = name
        self._former = former
        self._opened: dict[Script, chromadb.Collection] = {}
        self._turn = threading.Lock()

    def apply(
        self, states: Sequence[ArticleState], vectors: dict[str, NDArray[np.float32]]
    ) -> None:
        """Store the state of each article; applying it again changes nothing.

        *vectors* are by passage id. New passages are added before stale ones are deleted.
        """
        passages = [p for state in states for p in state.passages]
        stale = [key for state in states for key in state.stale]
        if erased := {str(state.article_id) for state in states if state.erased}:
            stale += [key for key in self.ids() if key.partition(":")[0] in erased]
        for script in Script:
            self._add(script, [p.id for p in passages if Script.of_text(p.text) is script], vectors)
        self.forget(stale)

    def nearest(
        self, vector: NDArray[np.float32], limit: int, script: Script
    ) -> list[tuple[str, float]]:
        """Return ids and cosines of *script*'s passages nearest to a unit *vector*, best first."""
        results = self._call(
            lambda: self._collection(script).query(
                query_embeddings=[vector.tolist()], n_results=limit, include=["distances"]
            )
        )
        ids, distances = results["ids"][0], (results["distances"] or [[]])[0]
        return [(key, 1.0 - float(distance)) for key, distance in zip(ids, distances, strict=True)]

    def count(self) -> int:
        """Return the number of passages."""
        return self._call(lambda: sum(int(self._collection(script).count()) for script in Script))

    def forget(self, ids: Sequence[str]) -> None:
        """Delete *ids*."""
        for script in Script:
            for batch in _batches(list(ids), BATCHES.vectors):
                self._call(partial(self._delete, script, batch))

    def among(self, ids: Collection[str]) -> set[str]:
        """Return the stored ids among *ids*."""
        stored: set[str] = set()
        for script in Script:
            for batch in _batches(list(ids), BATCHES.vectors):
                stored.update(self._call(partial(self._among, script, batch)))
        return stored

    def ids(self) -> Iterator[str]:
        """Yield the id of every stored passage; if ids are deleted meanwhile, begin again."""
        for script in Script:
            for start in range(0, self._call(partial(self._count, script)), BATCHES.vector_ids):
                yield from self._call(partial(self._ids_from, script, start))

    def drop(self) -> None:
        """Delete the collections."""
        for script in Script:
            self._call(partial(self._drop, script))
        self.close_collections()

    def _name(self, script: Script) -> str:
        return f"{self.name}-{script}"

    def _add(
        self, script: Script, ids: list[str], vectors: Mapping[str, NDArray[np.float32]]
    ) -> None:
        """Add the ids that the collection does not have."""
        for batch in _batches(ids, BATCHES.vectors):
            stored = self._call(partial(self._among, script, batch))
            if new := [key for key in batch if key not in stored]:
                rows = np.stack([vectors[key] for key in new])
                self._call(partial(self._put, script, new, rows))

    def _collection(self, script: Script) -> chromadb.Collection:
        """Return the collection of *script*, opened or created on first use."""
        with self._turn:
            if script not in self._opened:
                self._opened[script] = self._open_collection(script)
            return self._opened[script]

    def _open_collection(self, script: Script) -> chromadb.Collection:
        client = self._client()
        with suppress(NotFoundError):
            old = client.get_collection(f"{self._former}-{script}", embedding_function=None)
            old.modify(name=self._name(script))
        collection = client.get_or_create_collection(
            self._name(script),
            embedding_function=None,
            configuration={"hnsw": _GRAPH},
        )
        _search_widely(collection)
        return collection

    def _count(self, script: Script) -> int:
        return int(self._collection(script).count())

    def _among(self, script: Script, ids: list[str]) -> set[str]:
        return set(self._collection(script).get(ids=ids, include=[])["ids"])

    def _ids_from(self, script: Script, start: int) -> list[str]:
        batch = self._collection(script).get(limit=BATCHES.vector_ids, offset=start, include=[])
        return batch["ids"]

    def _put(self, script: Script, ids: list[str], rows: NDArray[np.float32]) -> None:
        self._collection(script).add(ids=ids, embeddings=rows)

    def _delete(self, script: Script, ids: list[str]) -> None:
        self._collection(script).delete(ids=ids)

    def _drop(self, script: Script) -> None:
        with suppress(NotFoundError):
            self._client().delete_collection(self._name(script))

    def close_collections(self) -> None:
        """Forget the open collections; they are opened again on next use."""
        self._opened.clear()

    def close(self) -> None:
        """Shut the threads down."""
        self._calls.shutdown()

    def _call(self, work: Callable[[], _Result]) -> _Result:
        """Run one call within ``PATIENCE.call_seconds``; turn its errors into messages."""
        with _chroma_errors(self.name, self._place):
            return self._calls.submit(_retry_while_written, work).result(PATIENCE.call_seconds)


def _search_widely(collection: chromadb.Collection) -> None:
    """Set the candidates of a search for a collection of an earlier release.

    On a read-only disk it keeps its setting, and the log says so.
    """
    graph = collection.configuration_json.get("hnsw") or {}
    if graph.get("ef_search") == _GRAPH["ef_search"]:
        return
    wide = UpdateCollectionConfiguration(hnsw={"ef_search": _GRAPH["ef_search"]})
    try:
        _retry_while_written(lambda: collection.modify(configuration=wide))
    except ChromaError as error:
        logger.warning("Vector search of %s misses some passages: %s", collection.name, error)


def _retry_while_written(work: Callable[[], _Result]) -> _Result:
    """Run *work*, and retry while Chroma writes."""
    for pause in _RETRY_SECONDS:
        try:
            return work()
        except InternalError as error:
            if not any(message in str(error) for message in _TRANSIENT):
                raise
            time.sleep(pause)
    return work()


@contextmanager
def _chroma_errors(name: str, place: str) -> Iterator[None]:
    """Turn Chroma's errors about the collection *name* in *place* into messages."""
    try:
        yield
    except NotFoundError as error:
        raise IndexReplacedError(
            f"Another process made the index anew: {name} is gone from {place}. "
            "Start this one again."
        ) from error
    except _FAILURES as error:
        raise IndexUnavailableError(_unreachable_message(place)) from error
    except (ChromaError, ValueError, RuntimeError) as error:
        raise IndexUnavailableError(
            f"Chroma in {place} failed ({error}). Try again; "
            "if it stays so, `python -m ingest check --repair` makes it anew."
        ) from error


def _batches(values: list[str], size: int) -> Iterator[list[str]]:
    """Cut *values* into lists of at most *size*."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
