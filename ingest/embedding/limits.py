"""The limits of embedding: how long a text may be, how long a server may take, what it may send."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _EmbeddingLimits:
    """What an embedder and a reranker are given and may return, and when they are given up."""

    tokens: int = 512
    """Where a text is truncated: the positions that the models have. A passage has about 256."""
    cached_texts: int = 4000
    """Texts in the cache, most of them questions: 6 MB with 384 dimensions. Twenty thousand, which
    nobody asks twice, were what grew on a long day."""
    answer_similarity: float = 0.5
    """The similarity of a question and its answer, for every embedder."""
    seconds: float = 30.0
    """Timeout of a request to an endpoint."""
    retries: int = 3
    reply_seconds: float = 60.0
    """Time until a reply must be complete."""
    reply_bytes: int = 64_000_000
    """The largest reply: 128 vectors of 8,192 numbers are 24 MB as text."""
    shortened_share: float = 0.75
    """Share of a text that is kept when it was too long; repeated until the server takes it."""
    shortest_bytes: int = 200
    """A shorter text cannot be too long, so the error must have another cause."""
    reranker_seconds: float = 5.0
    """Timeout of a reranker's endpoint; after it the embedder's similarity is used."""
    reranker_reply_bytes: int = 1_000_000
    """The largest reply: some dozens of scores, and perhaps their texts."""


EMBEDDING = _EmbeddingLimits()
