"""The embedders themselves, without the vectors that other tests share."""

import pytest

from ingest.embedding.embedder import FastEmbedder
from ingest.embedding.onnx_folder import FolderEmbedder
from tests.readings import EMBED, EMBED_FAST


@pytest.fixture(autouse=True)
def embedded_anew(monkeypatch):
    """Let a text be embedded each time."""
    monkeypatch.setattr(FolderEmbedder, "_vector", EMBED)
    monkeypatch.setattr(FastEmbedder, "passages", EMBED_FAST)
