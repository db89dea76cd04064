"""Merge two rankings of passage ids into one."""

from __future__ import annotations

from collections.abc import Mapping


def scaled(scores: Mapping[str, float]) -> dict[str, float]:
    """Stretch *scores* over [0, 1]; where all are equal, each is 1."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    width = high - low
    return {key: (score - low) / width if width else 1.0 for key, score in scores.items()}


def fuse(
    lexical: Mapping[str, float], dense: Mapping[str, float], *, weight: float
) -> list[tuple[str, float]]:
    """Rank every id of either ranking by ``(1 - weight) · lexical + weight · dense``.

    Min-max fusion (Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid
    Retrieval", 2023). An id that one ranking lacks has 0 there. Best first, ties by id.
    """
    words, vectors = scaled(lexical), scaled(dense)
    fused = {
        key: (1 - weight) * words.get(key, 0.0) + weight * vectors.get(key, 0.0)
        for key in words.keys() | vectors.keys()
    }
    return sorted(fused.items(), key=lambda item: (-item[1], item[0]))
