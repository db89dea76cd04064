"""Vectors from a model of an OpenAI-compatible endpoint, or of a LangChain provider."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import openai
from langchain.embeddings import init_embeddings
from langchain_core.embeddings import Embeddings
from langchain_openai import OpenAIEmbeddings
from openai.types import CreateEmbeddingResponse
from pydantic import SecretStr

from ingest.embedding.limits import EMBEDDING
from ingest.embedding.meaning import Vectors
from ingest.embedding.onnx_folder import Prefixes, family
from ingest.embedding.response_limits import UNCOMPRESSED, limit
from ingest.environment import Settings
from ingest.errors import EmbeddingError, SettingsError, mentions

logger = logging.getLogger(__name__)

_OPENAI_URL = "https://api.openai.com/v1"
_PROVIDERS = frozenset(
    {"azure_ai", "azure_openai", "bedrock", "cohere", "google_genai", "google_vertexai"}
    | {"huggingface", "mistralai", "ollama", "openai"}
)
"""LangChain's provider names; any other word before a colon is part of the model's name."""
_TOO_LARGE = (
    *("too large", "too long", "too many", "too big", "maximum", "exceed", "context length"),
    *("context size", "must have less than", "at most", "batch size", "physical batch"),
)
"""Words in servers' messages about a text that is too long or a request that is too large."""
_SIZE_STATUSES = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.INTERNAL_SERVER_ERROR,
    }
)


class _RemoteEmbedder:
    """A model on a server; its limits on number and length of texts are learnt from errors."""

    is_remote = True
    windows = 10

    def __init__(
        self,
        client: Embeddings,
        *,
        model: str,
        where: str,
        prefixes: Prefixes = Prefixes(),  # noqa: B008 - it is frozen
    ) -> None:
        """Embed with *client*; *model* is the name that a generation records.

        *where* is the server's name in messages.
        """
        self.model = model
        self._where = where
        self._prefixes = prefixes
        self._dimensions: int | None = None
        self._client = client
        self._batch_size: int | None = None
        self._longest: int | None = None

    @property
    def dimensions(self) -> int:
        """The length of a vector, requested from the endpoint once."""
        if self._dimensions is None:
            self._dimensions = self.passages(["election"]).shape[1]
        return self._dimensions

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector for each text.

        Raises:
            EmbeddingError: the endpoint refused, failed or sent no vectors.
        """
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        return self._vectors([f"{self._prefixes.passage}{text.strip() or '.'}" for text in texts])

    def question(self, text: str) -> Vectors:
        """Return the unit vector of a question."""
        vector: Vectors = self._vectors([f"{self._prefixes.question}{text.strip() or '.'}"])[0]
        return vector

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        return self._unit_vectors(self._embed_in_batches(texts), len(texts))

    def _embed_in_batches(self, texts: Sequence[str]) -> list[list[float]]:
        """Embed *texts*, in requests no larger than the server is known to accept."""
        rows, start = list[list[float]](), 0
        while batch := texts[start : start + (self._batch_size or len(texts))]:
            rows += self._embed(batch)
            start += len(batch)
        return rows

    def _embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Embed *texts*, in smaller requests and shorter texts if the server refuses their size."""
        try:
            return self._client.embed_documents([_truncated(text, self._longest) for text in texts])
        except EmbeddingError:
            raise
        except Exception as error:
            if len(texts) == 1 and self._learn_longest(texts[0], error):
                return self._embed(texts)
            if len(texts) == 1 or not _may_be_too_large(error):
                raise EmbeddingError(self._error_message(error)) from error
        half, longest = (len(texts) + 1) // 2, self._longest
        rows = [*self._embed(texts[:half]), *self._embed_in_batches(texts[half:])]
        if self._longest == longest:
            self._batch_size = min(half, self._batch_size or half)
            logger.info("%s accepts at most %d texts per request.", self._where, self._batch_size)
        return rows

    def _learn_longest(self, text: str, error: Exception) -> bool:
        """Set the maximum length if *error* says that *text* is too long; return True if so."""
        size = len(_truncated(text, self._longest).encode())
        if not _is_too_large(error) or size < EMBEDDING.shortest_bytes:
            return False
        self._longest = int(size * EMBEDDING.shortened_share)
        logger.info("%s accepts texts of at most %d bytes.", self._where, self._longest)
        return True

    def _unit_vectors(self, vectors: list[list[float]], count: int) -> Vectors:
        try:
            matrix = np.asarray(vectors, np.float32)
        except (TypeError, ValueError):
            matrix = np.zeros(0, np.float32)
        norms = np.linalg.norm(matrix, axis=-1, keepdims=True) if matrix.ndim == 2 else None
        if norms is None or len(matrix) != count or not norms.all() or not np.isfinite(norms).all():
            raise EmbeddingError(
                f"{self._where} sent {len(vectors)} usable vectors for {count} texts. "
                f"Check that EMBEDDING_MODEL={self.model} is an embedding model."
            )
        if self._dimensions not in {None, matrix.shape[1]}:
            raise EmbeddingError(
                f"{self._where} sends vectors of {matrix.shape[1]} numbers for {self.model}, where "
                f"it sent {self._dimensions}: another model under one name. "
                "`python -m ingest rebuild` makes the index anew."
            )
        unit: Vectors = matrix / norms
        return unit

    def _error_message(self, error: Exception) -> str:
        advice = "Try again later; what is saved stays saved."
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            advice = "Check OPENAI_API_KEY."
        elif isinstance(error, openai.NotFoundError | openai.BadRequestError):
            advice = f"Check that EMBEDDING_MODEL={self.model} is one of its models."
        elif isinstance(error, openai.APIConnectionError):
            advice = "Check OPENAI_BASE_URL and that the server runs."
        elif isinstance(error, ValueError | TypeError | AttributeError):
            advice = f"It sent no vectors; check OPENAI_BASE_URL and EMBEDDING_MODEL={self.model}."
        return f"{self._where} did not embed ({type(error).__name__}). {advice}"


class _SortedEmbeddings:
    """Sorts a server's vectors by index, which LangChain does not do."""

    def __init__(self, embeddings: openai.resources.Embeddings, where: str) -> None:
        self._embeddings = embeddings
        self._where = where

    def create(self, **request: Any) -> CreateEmbeddingResponse:  # noqa: ANN401 - openai's own
        """Request vectors, and return them in the order of the texts.

        If a server gives every vector the same index, the order of its reply is used.

        Raises:
            EmbeddingError: an index is duplicate or missing.
        """
        reply = self._embeddings.create(**request)
        indexes = [vector.index for vector in reply.data]
        if sorted(indexes) == list(range(len(indexes))):
            return reply.model_copy(update={"data": sorted(reply.data, key=lambda e: e.index)})
        if len(set(indexes)) == 1:
            return reply
        raise EmbeddingError(
            f"{self._where} sent vectors whose numbers are {indexes[:8]}, so nobody can tell which "
            "text each is of. Use another EMBEDDING_MODEL, or mend its server."
        )


def remote(name: str, settings: Settings, *, serving: str | None = None) -> _RemoteEmbedder:
    """Return an embedder for *name*: a model of the endpoint in *settings*, or ``provider:model``.

    A colon is part of the name (``bge-m3:latest``) unless a LangChain provider precedes it. The
    recorded name identifies the server and the prefixes. An existing index of an earlier release,
    recorded by the bare name, is continued without prefixes.

    Raises:
        SettingsError: no endpoint is set, or the provider's package is not installed.
    """
    bare = serving == name
    prefixes = Prefixes() if bare else family(name).chosen(settings)
    provider, model = provider_of(name)
    if provider not in (None, "openai"):
        recorded = name if bare else f"{name}{prefixes.mark}"
        return _RemoteEmbedder(
            _langchain_client(name), model=recorded, where=provider, prefixes=prefixes
        )
    base_url, key = settings.openai_base_url, settings.openai_api_key
    client = OpenAIEmbeddings(
        model=model,
        api_key=key or SecretStr("none"),
        base_url=base_url,
        timeout=EMBEDDING.seconds,
        max_retries=EMBEDDING.retries,
        http_client=openai.DefaultHttpxClient(
            timeout=EMBEDDING.seconds,
            headers=UNCOMPRESSED,
            event_hooks={"response": [limit(EMBEDDING.reply_bytes, EMBEDDING.reply_seconds)]},
        ),
        check_embedding_ctx_length=False,  # otherwise it downloads a vocabulary
    )
    client.client = _SortedEmbeddings(client.client, base_url or "OpenAI")
    recorded = name if bare else f"{model}@{_server_name(base_url)}{prefixes.mark}"
    return _RemoteEmbedder(client, model=recorded, where=base_url or "OpenAI", prefixes=prefixes)


def provider_of(name: str) -> tuple[str | None, str]:
    """Return the provider before the colon of a model's name, or None, and the model."""
    provider, colon, model = name.partition(":")
    return (provider, model) if colon and provider in _PROVIDERS else (None, name)


def _langchain_client(name: str) -> Embeddings:
    """Return LangChain's client of ``provider:model``.

    Raises:
        SettingsError: its package is not installed or lacks a key.
    """
    try:
        client = init_embeddings(name)
    except Exception as error:  # each provider has its own error for a missing key
        raise SettingsError(
            f"EMBEDDING_MODEL={name} cannot be used ({str(error).splitlines()[0]}). Name a model "
            "of OPENAI_BASE_URL, or install the package of its provider."
        ) from error
    return client


def _server_name(base_url: str | None) -> str:
    """Return the host, port and path of an address, which identify a server."""
    parts = urlsplit(base_url or _OPENAI_URL)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.hostname}{port}{parts.path.rstrip('/')}"


def _truncated(text: str, longest: int | None) -> str:
    """Truncate *text* to at most *longest* bytes: token counts follow bytes, not characters."""
    if longest is None or len(text.encode()) <= longest:
        return text
    return text.encode()[:longest].decode(errors="ignore")


def _may_be_too_large(error: Exception) -> bool:
    """Return True if a smaller request may succeed."""
    status = getattr(error, "status_code", None)
    return status in _SIZE_STATUSES or _is_too_large(error)


def _is_too_large(error: Exception) -> bool:
    """Return True if the error says that a text or a request is too large."""
    status = getattr(error, "status_code", None)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return True
    is_refusal = status is None or status in _SIZE_STATUSES
    return is_refusal and mentions(error, _TOO_LARGE)
