"""The nearest passages are found: the neighbour graph of Chroma misses none of them."""

import chromadb
import numpy as np
import pytest

from ingest.index.vectors import VectorStore, client_of
from ingest.language.script import Script

COUNT, WIDTH, ASKED = 2000, 32, 60
LEAST = 1.0
"""Share of the nearest sixty that must be found, in the worst of the questions."""


def crowded(count, seed):
    """Return unit vectors that all lie close together, as those of an embedder of sentences do."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(count, WIDTH)) + 8.0 * random.normal(size=WIDTH)
    rows = rows.astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(params=["made now", "made by an earlier release"])
def store(request, tmp_path):
    """Keep the crowded vectors in a folder; an earlier release made it with Chroma's defaults."""
    client = client_of(tmp_path, None)
    name = f"crowd-{Script.ALPHABETIC}"
    if request.param == "made by an earlier release":
        client.create_collection(
            name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
    opened = VectorStore(lambda: client, "crowd", place=str(tmp_path), former="former")
    collection = opened._collection(Script.ALPHABETIC)
    rows = crowded(COUNT, seed=1)
    for start in range(0, COUNT, 1000):
        ids = [str(number) for number in range(start, start + 1000)]
        collection.add(ids=ids, embeddings=rows[start : start + 1000])
    yield opened
    opened.close()


def test_the_nearest_are_found_in_a_crowd(store):
    """What an exhaustive search finds is found, also in a collection of an earlier release."""
    rows, shares = crowded(COUNT, seed=1), []
    for question in crowded(40, seed=1):
        exact = {str(number) for number in np.argsort(-(rows @ question))[:ASKED]}
        nearest = {key for key, _ in store.nearest(question, ASKED, Script.ALPHABETIC)}
        shares.append(len(exact & nearest) / ASKED)
    assert min(shares) >= LEAST


@pytest.fixture
def client(tmp_path):
    """Open a Chroma that holds a collection of an earlier release with one vector."""
    client = client_of(tmp_path, None)
    client.create_collection(
        f"crowd-{Script.ALPHABETIC}",
        embedding_function=None,
        configuration={"hnsw": {"space": "cosine"}},
    ).add(ids=["only"], embeddings=crowded(1, seed=2))
    return client


def failing(monkeypatch, message, times):
    """Let the first *times* changes of a collection fail with *message*."""
    original, errors = chromadb.Collection.modify, iter([message] * times)

    def modify(collection, **changes):
        for text in errors:
            raise chromadb.errors.InternalError(text)
        original(collection, **changes)

    monkeypatch.setattr(chromadb.Collection, "modify", modify)


def test_a_collection_is_changed_although_chroma_writes_meanwhile(client, tmp_path, monkeypatch):
    """Chroma locks its database for a moment after each change."""
    failing(monkeypatch, "error returned from database: (code: 5) database is locked", 2)
    store = VectorStore(lambda: client, "crowd", place=str(tmp_path), former="former")
    store.nearest(crowded(1, seed=2)[0], 1, Script.ALPHABETIC)
    stored = client.get_collection(f"crowd-{Script.ALPHABETIC}", embedding_function=None)
    assert stored.configuration_json["hnsw"]["ef_search"] == 2000
    store.close()


def test_a_collection_that_cannot_be_changed_is_searched_as_it_is(
    client, tmp_path, monkeypatch, caplog
):
    """A disk that is read-only keeps the setting of an earlier release, and the log says so."""
    failing(monkeypatch, "attempt to write a readonly database", 9)
    store = VectorStore(lambda: client, "crowd", place=str(tmp_path), former="former")
    found = store.nearest(crowded(1, seed=2)[0], 1, Script.ALPHABETIC)
    assert [key for key, _ in found] == ["only"]
    assert "misses some passages: attempt to write a readonly database" in caplog.text
    store.close()
