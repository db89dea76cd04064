"""Vectors of questions and of short texts, remembered, and likeness that embedders agree on."""

from __future__ import annotations

import threading
import tomllib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from ingest.embedding.vectors import Embedder, Vectors
from ingest.language.script import Script

_MOST = 20_000
"""Texts that are remembered: 30 MB with 384 dimensions."""
_ANSWERING = 0.5
"""The likeness of a question and what answers it, whatever the embedder."""
_ANCHORS = Path(__file__).with_name("anchors.toml")


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question, its unit vector, and the script that it is asked in.

    ``vector`` is ``None`` where whatever tells meaning cannot be reached.
    """

    text: str
    vector: Vectors | None
    script: Script


@dataclass(frozen=True, slots=True)
class _Scale:
    """The mean cosine of questions and strangers, and that of questions and their answers."""

    strangers: float
    answers: float

    def likeness(self, cosine: float) -> float:
        """Return 0 for strangers and :data:`_ANSWERING` for what answers."""
        above = (cosine - self.strangers) / (self.answers - self.strangers)
        return min(1.0, max(0.0, _ANSWERING * above))


class Memory:
    """An embedder that is not asked for the same text twice, while there is room."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._turn = threading.Lock()

    @cached_property
    def scales(self) -> Mapping[tuple[Script, Script], _Scale]:
        """This embedder's scale for each script of a question and of a text.

        A stranger's cosine is .03 by one model and .75 by another, and lower across scripts; only
        what lies above it is likeness.
        """
        return {(one, two): self._scale(one, two) for one in Script for two in Script}

    def warm(self) -> None:
        """Read this embedder's scales now, so that no question waits for them."""
        _ = self.scales

    def _scale(self, asked: Script, told: Script) -> _Scale:
        texts = _anchors()
        questions = np.stack([self.question(text) for text in texts[asked]["questions"]])
        answers = self.passages(texts[told]["answers"])
        strangers = self.passages(texts[told]["strangers"])
        far, near = (
            float((questions @ strangers.T).mean()),
            float((questions * answers).sum(1).mean()),
        )
        return _Scale(far, max(near, far + 1e-3))

    def likeness(self, cosine: float, asked: Script, told: Script) -> float:
        """Return what *cosine* is worth between a question and a text of these scripts."""
        return self.scales[asked, told].likeness(cosine)

    def alike(self, texts: Sequence[str]) -> Vectors:
        """Return how like each text is to each: shape (texts, texts), 1 for the same."""
        vectors = self.passages(texts)
        nought = self.scales[Script.ALPHABETIC, Script.ALPHABETIC].strangers
        clipped: Vectors = np.clip((vectors @ vectors.T - nought) / (1.0 - nought), 0.0, 1.0)
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
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return [found[key] for key in keys]


@cache
def _anchors() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Read the questions, answers and strangers of each script."""
    return tomllib.loads(_ANCHORS.read_text(encoding="utf-8"))
