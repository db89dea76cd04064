"""Vectors come from the packages or from an endpoint, and faults are sentences."""

from typing import ClassVar

import numpy as np
import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding

from ingest.embedding import endpoint as endpoints
from ingest.embedding.embedder import FastEmbedder, embedder, embedder_of
from ingest.environment import Settings
from ingest.errors import EmbeddingError, SettingsError
from tests.loopback import JsonHandler, served


@pytest.fixture
def endpoint():
    """Serve OpenAI's embeddings call as ``reply(texts)`` says: a status and vectors."""

    class Handler(JsonHandler):
        reply = staticmethod(lambda texts: (200, [[3.0, 4.0]] * len(texts)))
        asked: ClassVar = []

        def answer(self, asked):
            type(self).asked.append(asked["input"])
            status, vectors, *said = self.reply(asked["input"])
            data = [
                {"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(vectors)
            ]
            usage = {"prompt_tokens": 1, "total_tokens": 1}
            body = {"object": "list", "model": "m", "data": data, "usage": usage}
            error = {"error": {"message": (said or ["no"])[0]}}
            self.send_object(status, body if status == 200 else error)

    with served(Handler) as url:
        yield Handler, url


def settings(url, name="m", **others):
    given = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "sk-hunter2", "EMBEDDING_MODEL": name}
    return Settings.of({**given, **others})


def remote(url, name="m", **others):
    return embedder(settings(url, name, **others))


def test_the_local_model_gives_unit_vectors():
    """Cosine is a product of what both sides give."""
    found = FastEmbedder().passages(["Turnout rose.", "投票率は上がった。", "  "])
    assert found.shape == (3, FastEmbedder.dimensions)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-3)


def test_no_texts_are_no_vectors():
    """An empty batch is not an error."""
    assert FastEmbedder().passages([]).shape == (0, FastEmbedder.dimensions)


def test_an_endpoint_gives_unit_vectors(endpoint):
    """Whatever length an endpoint sends, what is kept has length one."""
    _, url = endpoint
    made = remote(url)
    assert made.passages(["a", "b"]).tolist() == pytest.approx(np.array([[0.6, 0.8]] * 2))
    assert made.dimensions == 2


@pytest.mark.parametrize(
    ("status", "vectors", "advice"),
    [
        (401, [], "OPENAI_API_KEY"),
        (404, [], "EMBEDDING_MODEL"),
        (200, [[1.0, 0.0]], "EMBEDDING_MODEL"),
        (200, [[0.0, 0.0], [1.0, 0.0]], "EMBEDDING_MODEL"),
    ],
    ids=["wrong key", "unknown model", "a vector too few", "a vector of nothing"],
)
def test_a_faulty_endpoint_is_a_sentence(endpoint, status, vectors, advice):
    """The maintainer learns which setting to look at, and the key is not in it."""
    handler, url = endpoint
    handler.reply = staticmethod(lambda _texts: (status, vectors))
    with pytest.raises(EmbeddingError, match=advice) as caught:
        remote(url).passages(["a", "b"])
    assert "hunter2" not in str(caught.value)


def test_an_absent_endpoint_is_a_sentence():
    """A server that does not run is named."""
    with pytest.raises(EmbeddingError, match="OPENAI_BASE_URL"):
        remote("http://127.0.0.1:1/v1").passages(["a"])


def test_half_a_setting_is_refused():
    """A model without an endpoint is never guessed at."""
    with pytest.raises(SettingsError, match="EMBEDDING_MODEL"):
        embedder(Settings.of({"EMBEDDING_MODEL": "text-embedding-3-small"}))


def test_a_key_alone_changes_no_vectors():
    """A key for the chat model must not make the index unreadable."""
    assert embedder(Settings.of({"OPENAI_API_KEY": "k"})).model == embedder(Settings.of({})).model


def limited(texts, most, longest):
    """Answer as a server that takes *most* texts of *longest* bytes."""
    if len(texts) > most:
        return 422, [], f"batch size {len(texts)} > maximum allowed batch size {most}"
    if any(len(text.encode()) > longest for text in texts):
        return 413, [], "Input validation error: inputs must have less than 64 tokens"
    return 200, [[float(len(text)), 1.0] for text in texts]


def test_how_many_texts_a_server_takes_is_learnt(endpoint):
    """It refuses once; from then on it is asked for no more than it takes."""
    handler, url = endpoint
    handler.reply = staticmethod(lambda texts: limited(texts, 10, 10**6))
    made = remote(url)
    texts = ["x" * n for n in range(1, 65)]
    found = made.passages(texts)
    assert found.shape == (64, 2)
    lengths = found[:, 0] / found[:, 1]
    assert lengths == pytest.approx(range(1, 65), rel=1e-3)
    handler.asked.clear()
    made.passages(texts)
    assert {len(each) for each in handler.asked} == {8}


def test_how_long_texts_may_be_is_learnt(endpoint):
    """A text that is too long is cut, in any script; the others stay whole, and batches large."""
    handler, url = endpoint
    handler.reply = staticmethod(lambda texts: limited(texts, 100, 1000))
    made = remote(url)
    texts = ["a" * 900, "投票率" * 200, "b" * 1500, "c"]
    assert made.passages(texts).shape == (4, 2)
    handler.asked.clear()
    made.passages(texts)
    [cut] = handler.asked
    assert cut[3] == "c"
    assert cut[1].startswith("投票率")
    assert "\ufffd" not in cut[1]
    assert all(700 < len(text.encode()) <= 1000 for text in cut[:3])


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_what_is_no_matter_of_size_is_told_and_not_tried_for_ever(endpoint, status):
    """A name that is wrong stays wrong, however little is asked."""
    handler, url = endpoint
    handler.reply = staticmethod(lambda _texts: (status, [], "model m is not loaded"))
    handler.asked.clear()
    with pytest.raises(EmbeddingError):
        remote(url).passages(["a"] * 64)
    assert len(handler.asked) <= 7


@pytest.mark.parametrize(
    ("name", "others", "question", "passage"),
    [
        ("nomic-embed-text:v1.5", {}, "search_query: q", "search_document: p"),
        ("intfloat/multilingual-e5-large", {}, "query: q", "passage: p"),
        ("bge-m3:latest", {}, "q", "p"),
        ("m", {"EMBEDDING_QUERY_PREFIX": "ask: "}, "ask: q", "p"),
        ("e5", {"EMBEDDING_PASSAGE_PREFIX": "none"}, "query: q", "p"),
    ],
)
def test_questions_and_passages_have_what_the_model_wants(
    endpoint, name, others, question, passage
):
    """By the model's family, unless a setting says otherwise; white space at the end stays."""
    handler, url = endpoint
    made = remote(url, name, **others)
    handler.asked.clear()
    made.question("q")
    made.passages(["p"])
    assert handler.asked == [[question], [passage]]


def test_a_model_is_known_by_its_server_and_its_prefixes():
    """Vectors of one are never searched with questions of the other."""
    one = "http://models.example:8080/v1"
    names = {
        remote(one).model,
        remote("http://other.example/v1").model,
        remote(one, "n").model,
        remote(one, EMBEDDING_QUERY_PREFIX="ask: ").model,
    }
    assert len(names) == 4
    assert remote(f"{one}/").model == remote(one).model == "m@models.example:8080/v1"


def test_an_index_of_before_goes_on_as_it_was_made(endpoint):
    """Recorded by the bare name, it was made with no prefix; a rebuild changes over."""
    handler, url = endpoint
    made = embedder(settings(url, "e5-base"), "e5-base")
    handler.asked.clear()
    made.question("q")
    assert made.model == "e5-base"
    assert handler.asked == [["q"]]
    assert remote(url, "e5-base").model != "e5-base"


def test_another_generation_of_the_same_server_is_opened_by_its_record(endpoint):
    """One of another server is not guessed at."""
    _, url = endpoint
    now = settings(url, "m")
    recorded = remote(url, "n").model
    assert embedder_of(recorded, now).model == recorded
    with pytest.raises(SettingsError, match="OPENAI_BASE_URL"):
        embedder_of("n@elsewhere.example/v1", now)


def test_a_provider_of_langchain_is_named_before_a_colon(monkeypatch):
    """It needs no endpoint; its package says what it needs."""
    fake = DeterministicFakeEmbedding(size=8)
    asked = []
    monkeypatch.setattr(endpoints, "init_embeddings", lambda name: asked.append(name) or fake)
    made = embedder(Settings.of({"EMBEDDING_MODEL": "ollama:nomic-embed-text"}))
    assert made.passages(["a"]).shape == (1, 8)
    assert asked == ["ollama:nomic-embed-text"]
    assert made.model.startswith("ollama:nomic-embed-text+")


def test_a_model_that_is_called_like_a_provider_is_a_model():
    """Without a colon it needs an endpoint as any other does."""
    with pytest.raises(SettingsError, match="EMBEDDING_MODEL"):
        embedder(Settings.of({"EMBEDDING_MODEL": "ollama"}))


def test_a_provider_that_is_not_installed_is_a_sentence():
    """It names the setting and what to do."""
    with pytest.raises(SettingsError, match=r"EMBEDDING_MODEL=cohere:x.*install"):
        embedder(Settings.of({"EMBEDDING_MODEL": "cohere:x"}))
