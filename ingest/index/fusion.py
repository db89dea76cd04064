"""Fusion of two rankings of passage ids."""

from __future__ import annotations

from collections.abc import Mapping


def scaled(scores: Mapping[str, float]) -> dict[str, float]:
    """Scale *scores* to [0, 1]; equal scores all become 1."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    width = high - low
    return {key: (score - low) / width if width else 1.0 for key, score in scores.items()}


def shares(scores: Mapping[str, float]) -> dict[str, float]:
    """Return each score divided by the best; BM25 has a natural zero, unlike cosine."""
    best = max(scores.values(), default=0.0)
    return {key: score / best if best > 0 else 0.0 for key, score in scores.items()}


def fuse(
    words: Mapping[str, float], meaning: Mapping[str, float], *, weight: float
) -> dict[str, float]:
    """Score every id of either ranking by ``(1 - weight) · words + weight · meaning``.

    Both are in [0, 1]; an id that one ranking lacks scores 0 there. A convex combination (Bruch,
    Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", 2023).
    """
    return {
        key: (1 - weight) * words.get(key, 0.0) + weight * meaning.get(key, 0.0)
        for key in words.keys() | meaning.keys()
    }
