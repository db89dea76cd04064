"""Recognise questions that are declined before any search, by their phrases or their meaning.

The phrases of a language know the wordings that somebody thought of; the classifier knows what is
like them. It is a small network over the vectors of the packaged embedder, taught by ``python -m
training guard``, which writes its provenance beside the numbers.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.answering.understanding.lexicon import lexicon_for
from bot.answering.understanding.question import in_written_chinese
from bot.answering.understanding.small_talk import languages_of_bare_question
from bot.answering.values import Question, Reason

TAUGHT = Path(__file__).with_name("requests.npz")
"""Made by ``python -m training guard``."""


def guard(question: Question) -> Reason | None:
    """Return the reason to decline *question* by its phrases, or ``None``."""
    text = in_written_chinese(unicodedata.normalize("NFKC", question.text))
    for name, pattern in lexicon_for(text).guards.items():
        if pattern.search(text):
            return Reason(name)
    return Reason.TOO_VAGUE if languages_of_bare_question(text) else None


@dataclass(frozen=True, slots=True)
class RequestClassifier:
    """A classifier of the vectors of one embedding *model*: a network with one hidden layer.

    ``hidden`` and ``output`` have for each of their inputs a row of weights, and a last row of
    constants. The columns of ``output`` are the log odds of ``reasons`` over a question.
    """

    model: str
    reasons: tuple[Reason, ...]
    hidden: NDArray[np.float32]
    output: NDArray[np.float32]

    def reason(self, vector: NDArray[np.float32] | None) -> Reason | None:
        """Return the reason to decline the question of a unit *vector*, or ``None``.

        Where there is no vector, as while the embedder is away, nothing is declined.
        """
        if vector is None:
            return None
        hidden = np.maximum(vector @ self.hidden[:-1] + self.hidden[-1], 0)
        odds = hidden @ self.output[:-1] + self.output[-1]
        likeliest = int(odds.argmax())
        return self.reasons[likeliest] if odds[likeliest] > 0 else None


def classifier_for(model: str) -> RequestClassifier | None:
    """Return the classifier of an embedding *model*; ``None`` if none was taught for it."""
    classifier = taught_classifier()
    return classifier if classifier.model == model else None


@cache
def taught_classifier() -> RequestClassifier:
    """Read the classifier that comes with the program."""
    with np.load(TAUGHT) as arrays:
        about = json.loads(str(arrays["about"]))
        hidden, output = (arrays[name].astype(np.float32) for name in ("hidden", "output"))
    return RequestClassifier(about["model"], tuple(map(Reason, about["reasons"])), hidden, output)
