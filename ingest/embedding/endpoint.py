"""Vectors by a model of an OpenAI-compatible endpoint, or of one of LangChain's providers."""

from __future__ import annotations

import logging
import re
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

from ingest.embedding.prefixes import Prefixes, family
from ingest.embedding.vectors import Vectors
from ingest.errors import EmbeddingError, SettingsError
from ingest.responses import PLAIN, limit
from ingest.settings import Settings

logger = logging.getLogger(__name__)

_TIMEOUT = 30.0
_RETRIES = 3
_REPLY = 60.0
"""Seconds that a whole reply may take, however it trickles."""
_BYTES = 64_000_000
"""Bytes of the longest reply: 128 vectors of 8,192 numbers are 24 MB as text."""
_OPENAI = "https://api.openai.com/v1"
_PROVIDERS = frozenset(
    {"azure_ai", "azure_openai", "bedrock", "cohere", "google_genai", "google_vertexai"}
    | {"huggingface", "mistralai", "ollama", "openai"}
)
"""LangChain's names of providers; any other word before a colon is part of a model's name."""
_TOO_LARGE = re.compile(
    r"too (?:large|long|many|big)|maximum|exceed|context (?:length|size)|must have less than"
    r"|at most|batch size|physical batch",
    re.IGNORECASE,
)
"""How servers say that a text is too long or a request too large, in whatever sentence."""
_MAY_BE_SIZE = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.INTERNAL_SERVER_ERROR,
    }
)
_SHORTER = 0.75
"""What is left of a text that was too long; it is tried again until it is not."""
_SHORTEST = 200
"""Bytes under which no text is too long: something else is wrong."""


class _RemoteEmbedder:
    """A model on a server, which may say how many texts and how long ones it takes."""

    far = True
    windows = 10

    def __init__(
        self,
        client: Embeddings,
        *,
        model: str,
        where: str,
        prefixes: Prefixes = Prefixes(),  # noqa: B008 - it is frozen
    ) -> None:
        """Embed with *client*; *model* is the name that a generation records, *where* the server.

        The limits of a server are learnt from its refusals.
        """
        self.model = model
        self._where = where
        self._prefixes = prefixes
        self._known: int | None = None
        self._client = client
        self._most: int | None = None
        self._longest: int | None = None

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
        return self._vectors([f"{self._prefixes.passage}{text.strip() or '.'}" for text in texts])

    def question(self, text: str) -> Vectors:
        """Return the unit vector of a question."""
        vector: Vectors = self._vectors([f"{self._prefixes.question}{text.strip() or '.'}"])[0]
        return vector

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        return self._checked(self._in_parts(texts), len(texts))

    def _in_parts(self, texts: Sequence[str]) -> list[list[float]]:
        """Embed *texts*, as many at once as the server is known to take."""
        rows, start = list[list[float]](), 0
        while part := texts[start : start + (self._most or len(texts))]:
            rows += self._embedded(part)
            start += len(part)
        return rows

    def _embedded(self, texts: Sequence[str]) -> list[list[float]]:
        """Embed *texts*, in smaller requests and shorter texts where the server wants them so."""
        try:
            return self._client.embed_documents([_shortened(each, self._longest) for each in texts])
        except EmbeddingError:
            raise
        except Exception as error:
            if len(texts) == 1 and self._shorter(texts[0], error):
                return self._embedded(texts)
            if len(texts) == 1 or not _may_be_size(error):
                raise EmbeddingError(self._sentence(error)) from error
        half, longest = (len(texts) + 1) // 2, self._longest
        rows = [*self._embedded(texts[:half]), *self._in_parts(texts[half:])]
        if self._longest == longest:
            self._most = min(half, self._most or half)
            logger.info("%s takes at most %d texts at once.", self._where, self._most)
        return rows

    def _shorter(self, text: str, error: Exception) -> bool:
        """Learn from *error* that *text* was too long; tell whether that was learnt."""
        size = len(_shortened(text, self._longest).encode())
        if not _is_too_large(error) or size < _SHORTEST:
            return False
        self._longest = int(size * _SHORTER)
        logger.info("%s takes texts of at most %d bytes.", self._where, self._longest)
        return True

    def _checked(self, vectors: list[list[float]], wanted: int) -> Vectors:
        try:
            found = np.asarray(vectors, np.float32)
        except (TypeError, ValueError):
            found = np.zeros(0, np.float32)
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
        elif isinstance(error, ValueError | TypeError | AttributeError):
            advice = f"It sent no vectors; check OPENAI_BASE_URL and EMBEDDING_MODEL={self.model}."
        return f"{self._where} did not embed ({type(error).__name__}). {advice}"


class _InOrder:
    """Sorts what a server sends by the index of each vector; LangChain takes it as it comes."""

    def __init__(self, embeddings: openai.resources.Embeddings, where: str) -> None:
        self._embeddings = embeddings
        self._where = where

    def create(self, **request: Any) -> CreateEmbeddingResponse:  # noqa: ANN401 - openai's own
        """Ask for vectors, and return them in the order of the texts.

        A server that gives all the same index numbers none: its order is taken.

        Raises:
            EmbeddingError: an index is there twice, or one is missing.
        """
        reply = self._embeddings.create(**request)
        indexes = [each.index for each in reply.data]
        if sorted(indexes) == list(range(len(indexes))):
            return reply.model_copy(update={"data": sorted(reply.data, key=lambda e: e.index)})
        if len(set(indexes)) == 1:
            return reply
        raise EmbeddingError(
            f"{self._where} sent vectors whose numbers are {indexes[:8]}, so nobody can tell which "
            "text each is of. Use another EMBEDDING_MODEL, or mend its server."
        )


def remote(name: str, settings: Settings, *, serving: str | None = None) -> _RemoteEmbedder:
    """Open the model *name*: one of the endpoint that *settings* name, or ``provider:model``.

    A colon belongs to the name (``bge-m3:latest``) unless a provider of LangChain's stands before
    it. The name recorded says which server and which prefixes the vectors are of. An index in
    service of before that was so, recorded by the bare name, goes on as it was made.

    Raises:
        SettingsError: no endpoint is set, or the provider's package is not installed.
    """
    bare = serving == name
    prefixes = Prefixes() if bare else family(name).chosen(settings)
    provider, model = provider_of(name)
    if provider not in (None, "openai"):
        recorded = name if bare else f"{name}{prefixes.mark}"
        return _RemoteEmbedder(
            _by_langchain(name), model=recorded, where=provider, prefixes=prefixes
        )
    base_url, key = settings.openai_base_url, settings.openai_api_key
    client = OpenAIEmbeddings(
        model=model,
        api_key=key or SecretStr("none"),
        base_url=base_url,
        timeout=_TIMEOUT,
        max_retries=_RETRIES,
        http_client=openai.DefaultHttpxClient(
            timeout=_TIMEOUT,
            headers=PLAIN,
            event_hooks={"response": [limit(_BYTES, _REPLY)]},
        ),
        check_embedding_ctx_length=False,  # or it downloads a vocabulary
    )
    client.client = _InOrder(client.client, base_url or "OpenAI")
    recorded = name if bare else f"{model}@{_place(base_url)}{prefixes.mark}"
    return _RemoteEmbedder(client, model=recorded, where=base_url or "OpenAI", prefixes=prefixes)


def provider_of(name: str) -> tuple[str | None, str]:
    """Return the provider that stands before a model's name, if one does, and the model."""
    provider, colon, model = name.partition(":")
    return (provider, model) if colon and provider in _PROVIDERS else (None, name)


def _by_langchain(name: str) -> Embeddings:
    """Open ``provider:model`` by LangChain.

    Raises:
        SettingsError: its package is not installed or lacks a key.
    """
    try:
        found = init_embeddings(name)
    except Exception as error:  # every provider has its own for a key that is missing
        raise SettingsError(
            f"EMBEDDING_MODEL={name} cannot be used ({str(error).splitlines()[0]}). Name a model "
            "of OPENAI_BASE_URL, or install the package of its provider."
        ) from error
    return found


def _place(base_url: str | None) -> str:
    """Return what of an address tells one server from another: host, port and path."""
    parts = urlsplit(base_url or _OPENAI)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.hostname}{port}{parts.path.rstrip('/')}"


def _shortened(text: str, longest: int | None) -> str:
    """Cut *text* to at most *longest* bytes: tokens are nearer to bytes than to characters."""
    if longest is None or len(text.encode()) <= longest:
        return text
    return text.encode()[:longest].decode(errors="ignore")


def _may_be_size(error: Exception) -> bool:
    """Tell whether fewer texts may help."""
    status = getattr(error, "status_code", None)
    return status in _MAY_BE_SIZE or _is_too_large(error)


def _is_too_large(error: Exception) -> bool:
    """Tell whether a server says that it was given too much."""
    status = getattr(error, "status_code", None)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return True
    refused = status is None or status in _MAY_BE_SIZE
    return refused and _TOO_LARGE.search(str(error)) is not None
