"""Vectors of questions and of short texts, remembered, and likeness that embedders agree on."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from ingest.embedding.vectors import Embedder, Vectors

MOST = 20_000
"""Texts that are remembered: 30 MB with 384 dimensions."""
QUESTIONS = (
    "who won the cup final?",
    "how do I bake bread?",
    "when does the ferry leave?",
    "why is the sky blue?",
    "how many people live there?",
)
STATEMENTS = (
    "The museum reopens in spring after three years of repairs.",
    "Scientists found a new kind of beetle under the bark of old oaks.",
    "Her third novel is about two sisters who sell a house.",
    "The bank raised its interest rate by a quarter of a point.",
    "The team trained behind closed doors on Monday.",
)
"""None of these answers any of the questions."""


class Memory:
    """An embedder that is not asked for the same text twice, while there is room."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._turn = threading.Lock()

    @cached_property
    def nought(self) -> float:
        """The cosine of texts that have nothing to do with each other, by this embedder.

        It is .03 for one model and .75 for another: only what lies above it is likeness.
        """
        asked = np.stack([self._embedder.question(text) for text in QUESTIONS])
        return float((asked @ self._embedder.passages(STATEMENTS).T).mean())

    def likeness(self, cosine: float) -> float:
        """Return what *cosine* is worth, from 0 for strangers to 1 for the same."""
        return max(0.0, (cosine - self.nought) / (1.0 - self.nought))

    def alike(self, texts: Sequence[str]) -> Vectors:
        """Return how like each text is to each: shape (texts, texts), from 0 to 1."""
        vectors = self.passages(texts)
        above = (vectors @ vectors.T - self.nought) / (1.0 - self.nought)
        clipped: Vectors = np.clip(above, 0.0, 1.0)
        return clipped

    def question(self, text: str) -> Vectors:
        """Return the unit vector of a question."""
        return self._remembered(
            [f"?{text}"], lambda new: [self._embedder.question(each[1:]) for each in new]
        )[0]

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, in a row each."""
        rows = self._remembered(
            [f".{text}" for text in texts],
            lambda new: list(self._embedder.passages([each[1:] for each in new])),
        )
        return np.stack(rows) if rows else np.zeros((0, self._embedder.dimensions), np.float32)

    def _remembered(
        self, keys: Sequence[str], embed: Callable[[Sequence[str]], Sequence[Vectors]]
    ) -> list[Vectors]:
        with self._turn:
            found = {key: self._kept[key] for key in keys if key in self._kept}
        new = [key for key in dict.fromkeys(keys) if key not in found]
        found |= dict(zip(new, embed(new), strict=True)) if new else {}
        with self._turn:
            for key in keys:
                self._kept[key] = found[key]
                self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return [found[key] for key in keys]
