"""Similarity from an optional model that reads a question and a text together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import httpx2
import numpy as np
from pydantic import SecretStr

from ingest.embedding.limits import EMBEDDING
from ingest.embedding.onnx_folder import load_session, load_tokenizer
from ingest.embedding.response_limits import UNCOMPRESSED, limit
from ingest.environment import Settings
from ingest.errors import EmbeddingError, SettingsError
from ingest.fetching.identities import WEB_SCHEMES


class Reranker(Protocol):
    """A model that scores texts against a question, reading both together."""

    def similarity(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return the probability that each of *texts* answers *question*, from 0 to 1.

        Raises:
            EmbeddingError: the model is not available at the moment.
        """


def reranker(settings: Settings) -> Reranker | None:
    """Return the reranker of RERANK_MODEL: an address of ``/v1/rerank``, or a folder.

    Raises:
        SettingsError: it is neither.
    """
    chosen = settings.rerank_model
    if chosen is None:
        return None
    if chosen.startswith(WEB_SCHEMES):
        return _EndpointReranker(chosen, settings.openai_api_key)
    folder = Path(chosen).expanduser()
    if not folder.is_dir():
        raise SettingsError(
            f"RERANK_MODEL is {chosen}, which is neither an address nor a folder here. Name the "
            "address of a /v1/rerank, or a folder with model.onnx and tokenizer.json."
        )
    return _FolderReranker(folder)


class _FolderReranker:
    """A cross-encoder run by onnxruntime, with one logit a pair."""

    def __init__(self, folder: Path) -> None:
        self._session, self._tokenizer = load_session(folder), load_tokenizer(folder)
        self._inputs = {model_input.name for model_input in self._session.get_inputs()}

    def similarity(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return the probability of each pair."""
        return [self._score(question, text) for text in texts]

    def _score(self, question: str, text: str) -> float:
        pair = self._tokenizer.encode(question, text)
        values = {
            "input_ids": pair.ids,
            "attention_mask": pair.attention_mask,
            "token_type_ids": pair.type_ids,
        }
        inputs = {k: np.array([v], np.int64) for k, v in values.items() if k in self._inputs}
        logit = float(np.asarray(self._session.run(None, inputs)[0]).ravel()[-1])
        return _probability(logit)


class _EndpointReranker:
    """A server with the rerank API of Jina, Cohere, vLLM, TEI and llama.cpp.

    The part of its address after ``#`` is the model's name, for servers that need one.
    """

    def __init__(self, url: str, key: SecretStr | None) -> None:
        headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        self._url, _, self._model = url.partition("#")
        self._client = httpx2.Client(
            timeout=EMBEDDING.reranker_seconds,
            headers={**UNCOMPRESSED, **headers},
            event_hooks={
                "response": [limit(EMBEDDING.reranker_reply_bytes, EMBEDDING.reranker_seconds)]
            },
        )

    def similarity(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return the server's scores; logits are converted to probabilities.

        Raises:
            EmbeddingError: it does not answer, or not with a score for each text.
        """
        try:
            reply = self._client.post(
                self._url, json={"model": self._model, "query": question, "documents": list(texts)}
            )
            reply.raise_for_status()
            score_of = {
                int(result["index"]): float(result["relevance_score"])
                for result in reply.json()["results"]
            }
            scores = [score_of[place] for place in range(len(texts))]
        except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            raise EmbeddingError(
                f"{self._url} did not rank ({type(error).__name__}). Check RERANK_MODEL."
            ) from error
        if all(0.0 <= score <= 1.0 for score in scores):
            return scores
        return [_probability(score) for score in scores]


def _probability(logit: float) -> float:
    """Return the probability of a logit."""
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, logit))))
