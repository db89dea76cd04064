"""Recognise questions that are declined before any search, by their phrases or their meaning.

The phrases of a language know the wordings that somebody thought of; the classifier knows what is
like them. It is a line through the vectors of the packaged embedder, taught by ``python -m training
guard``, which writes its provenance beside the numbers.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.answering.understanding.lexicon import lexicon_for
from bot.answering.understanding.small_talk import languages_of_bare_question
from bot.answering.values import Question, Reason

TAUGHT = Path(__file__).with_name("requests.json")
"""Made by ``python -m training guard``."""


def guard(question: Question) -> Reason | None:
    """Return the reason to decline *question* by its phrases, or ``None``."""
    text = unicodedata.normalize("NFKC", question.text)
    for name, pattern in lexicon_for(text).guards.items():
        if pattern.search(text):
            return Reason(name)
    return Reason.TOO_VAGUE if languages_of_bare_question(text) else None


@dataclass(frozen=True, slots=True)
class RequestClassifier:
    """A classifier of the vectors of one embedding *model*.

    ``lines`` has for each reason to decline a row: the weight of each dimension, and a constant.
    A question is declined for the reason of the highest row if that is above ``bound``.
    """

    model: str
    lines: Mapping[Reason, NDArray[np.float32]]
    bound: float

    def reason(self, vector: NDArray[np.float32] | None) -> Reason | None:
        """Return the reason to decline the question of a unit *vector*, or ``None``.

        Where there is no vector, as while the embedder is away, nothing is declined.
        """
        if vector is None:
            return None
        scores = {reason: float(vector @ row[:-1] + row[-1]) for reason, row in self.lines.items()}
        likeliest = max(scores, key=lambda reason: scores[reason])
        return likeliest if scores[likeliest] > self.bound else None


def classifier_for(model: str) -> RequestClassifier | None:
    """Return the classifier of an embedding *model*; ``None`` if none was taught for it."""
    classifier = taught_classifier()
    return classifier if classifier.model == model else None


@cache
def taught_classifier() -> RequestClassifier:
    """Read the classifier that comes with the program."""
    values = json.loads(TAUGHT.read_text(encoding="utf-8"))
    lines = {Reason(name): np.array(row, np.float32) for name, row in values["lines"].items()}
    return RequestClassifier(values["model"], lines, values["bound"])
