"""What an embedder is, a cache of its vectors, and similarity on one scale for all embedders."""

from __future__ import annotations

import threading
import tomllib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ingest.embedding.limits import EMBEDDING
from ingest.language.script import Script

Vectors: TypeAlias = NDArray[np.float32]
_ANCHORS = Path(__file__).with_name("anchors.toml")


class Embedder(Protocol):
    """A model that turns texts into unit vectors of one length."""

    @property
    def model(self) -> str:
        """The name that a generation records."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    @property
    def is_remote(self) -> bool:
        """True if the embedder is reached over the network and may not answer."""

    @property
    def windows(self) -> int:
        """The number of parts of found passages to compare with a question."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector for each text: shape (texts, dimensions)."""

    def question(self, text: str) -> Vectors:
        """Return the unit vector of a question: shape (dimensions,)."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question with its unit vector and its script.

    ``vector`` is None if the embedder cannot be reached.
    """

    text: str
    vector: Vectors | None
    script: Script


@dataclass(frozen=True, slots=True)
class _Scale:
    """The mean cosine of questions and unrelated texts, and that of questions and answers."""

    strangers: float
    answers: float

    def similarity(self, cosine: float) -> float:
        """Return 0 for unrelated texts and ``EMBEDDING.answer_similarity`` for answers."""
        share = (cosine - self.strangers) / (self.answers - self.strangers)
        return min(1.0, max(0.0, EMBEDDING.answer_similarity * share))


class Memory:
    """An embedder with a cache of its vectors."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._turn = threading.Lock()

    @cached_property
    def scales(self) -> Mapping[tuple[Script, Script], _Scale]:
        """The scale of this embedder for each script of a question and of a text.

        The cosine of unrelated texts is .03 with one model and .75 with another, and lower across
        scripts; only a higher cosine means similarity.
        """
        return {
            (question, text): self._scale(question, text) for question in Script for text in Script
        }

    def warm(self) -> None:
        """Compute this embedder's scales now, so that no question waits for them."""
        _ = self.scales

    def _scale(self, question_script: Script, text_script: Script) -> _Scale:
        texts = _anchors()
        questions = np.stack([self.question(text) for text in texts[question_script]["questions"]])
        answers = self.passages(texts[text_script]["answers"])
        strangers = self.passages(texts[text_script]["strangers"])
        unrelated, related = (
            float((questions @ strangers.T).mean()),
            float((questions * answers).sum(1).mean()),
        )
        return _Scale(unrelated, max(related, unrelated + 1e-3))

    def similarity(self, cosine: float, question_script: Script, text_script: Script) -> float:
        """Return the similarity of a question and a text with this *cosine*."""
        return self.scales[question_script, text_script].similarity(cosine)

    def alike(self, texts: Sequence[str]) -> Vectors:
        """Return the pairwise similarities of texts: shape (texts, texts), 1 for the same."""
        vectors = self.passages(texts)
        zero_cosine = self.scales[Script.ALPHABETIC, Script.ALPHABETIC].strangers
        clipped: Vectors = np.clip(
            (vectors @ vectors.T - zero_cosine) / (1.0 - zero_cosine), 0.0, 1.0
        )
        return clipped

    def question(self, text: str) -> Vectors:
        """Return the unit vector of a question."""
        return self._cached(
            [f"?{text}"], lambda new: [self._embedder.question(key[1:]) for key in new]
        )[0]

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector for each text, as rows."""
        rows = self._cached(
            [f".{text}" for text in texts],
            lambda new: list(self._embedder.passages([key[1:] for key in new])),
        )
        return np.stack(rows) if rows else np.zeros((0, self._embedder.dimensions), np.float32)

    def _cached(
        self, keys: Sequence[str], embed: Callable[[Sequence[str]], Sequence[Vectors]]
    ) -> list[Vectors]:
        with self._turn:
            vectors = {key: self._vectors[key] for key in keys if key in self._vectors}
        new = [key for key in dict.fromkeys(keys) if key not in vectors]
        vectors |= dict(zip(new, embed(new), strict=True)) if new else {}
        with self._turn:
            for key in keys:
                self._vectors[key] = vectors[key]
                self._vectors.move_to_end(key)
            while len(self._vectors) > EMBEDDING.cached_texts:
                self._vectors.popitem(last=False)
        return [vectors[key] for key in keys]


@cache
def _anchors() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Read the sample questions, answers and unrelated texts of each script."""
    return tomllib.loads(_ANCHORS.read_text(encoding="utf-8"))
