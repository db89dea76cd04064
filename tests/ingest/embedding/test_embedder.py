"""Vectors come from the packages or from an endpoint, and faults are sentences."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from pydantic import SecretStr

from ingest.embedding.embedder import embedder
from ingest.embedding.endpoint import RemoteEmbedder
from ingest.embedding.universal import FastEmbedder
from ingest.errors import EmbeddingError, SettingsError
from ingest.settings import Settings


@pytest.fixture
def endpoint():
    """Serve OpenAI's embeddings call as ``reply(texts)`` says: a status and vectors."""

    class Handler(BaseHTTPRequestHandler):
        reply = staticmethod(lambda texts: (200, [[3.0, 4.0]] * len(texts)))

        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, vectors = self.reply(asked["input"])
            data = [
                {"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(vectors)
            ]
            usage = {"prompt_tokens": 1, "total_tokens": 1}
            body = {"object": "list", "model": "m", "data": data, "usage": usage}
            raw = json.dumps(body if status == 200 else {"error": {"message": "no"}}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Handler, f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def remote(url):
    return RemoteEmbedder("m", SecretStr("sk-hunter2"), url)


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
