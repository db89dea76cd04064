"""Vectors by a model of an OpenAI-compatible endpoint."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import openai
from langchain_openai import OpenAIEmbeddings
from pydantic import SecretStr

from ingest.embedding.vectors import Vectors
from ingest.errors import EmbeddingError

TIMEOUT = 30.0
RETRIES = 3


class RemoteEmbedder:
    """A model of an OpenAI-compatible endpoint."""

    far = True
    windows = 10

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
        except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
            raise EmbeddingError(self._sentence(error)) from error
        return self._checked(vectors, len(texts))

    def question(self, text: str) -> Vectors:
        """Return the unit vector of a question."""
        vector: Vectors = self.passages([text])[0]
        return vector

    def _checked(self, vectors: list[list[float]], wanted: int) -> Vectors:
        found = np.asarray(vectors, np.float32)
        norms = np.linalg.norm(found, axis=-1, keepdims=True) if found.ndim == 2 else None
        if norms is None or len(found) != wanted or not norms.all() or not np.isfinite(norms).all():
            raise EmbeddingError(
                f"{self._where} sent {len(vectors)} usable vectors for {wanted} texts. "
                f"Check that EMBEDDING_MODEL={self.model} is an embedding model."
            )
        if self._known not in {None, found.shape[1]}:
            raise EmbeddingError(
                f"{self._where} sends vectors of {found.shape[1]} numbers for {self.model}, where "
                f"it sent {self._known}: another model under one name. `python -m ingest rebuild` "
                "makes the index anew."
            )
        unit: Vectors = found / norms
        return unit

    def _sentence(self, error: Exception) -> str:
        advice = "Try again later; what is saved stays saved."
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            advice = "Check OPENAI_API_KEY."
        elif isinstance(error, openai.NotFoundError | openai.BadRequestError):
            advice = f"Check that EMBEDDING_MODEL={self.model} is one of its models."
        elif isinstance(error, openai.APIConnectionError):
            advice = "Check OPENAI_BASE_URL and that the server runs."
        elif not isinstance(error, openai.OpenAIError):
            advice = f"It sent no vectors; check OPENAI_BASE_URL and EMBEDDING_MODEL={self.model}."
        return f"{self._where} did not embed ({type(error).__name__}). {advice}"
