"""Teach the classifier of what is no question to the coverage.

It is a softmax over the packaged embedder's vectors with a class for each reason to decline and one
for questions. The prompts are those of the tests, each said of both sides; questions of people
stand with them, as most of what is asked.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.answering.understanding.guard import RequestClassifier, guard
from bot.answering.values import Question, Reason
from ingest.embedding.meaning import Embedder
from ingest.language.languages import Language

Array = NDArray[np.float64]
PROMPTS, LATER_PROMPTS = (
    Path(__file__).parent.parent / "tests" / "bot" / "answering" / name
    for name in ("prompts.toml", "later_prompts.toml")
)
_QUESTIONS = Path(__file__).with_name("questions") / "taught"
_GENERAL = _QUESTIONS.with_name("general.toml")
_EVERY = 3
"""Of the questions one in so many is a counterexample."""
_KINDS = {
    "declined": Reason.CAMPAIGN,
    "own_view": Reason.OWN_VIEW,
    "to_desk": Reason.ABOUT_DESK,
    "how_to_vote": Reason.HOW_TO_VOTE,
    "asked": None,
}
"""The lists of a language's prompts, with the reason to decline what they hold."""
_REASONS = tuple(reason for reason in _KINDS.values() if reason is not None)
_CLASSES = (None, *_REASONS)
_BOUND = 2.5
"""Log odds over a question from which a request is declined: of 376 questions over real coverage
that were in no training none reaches it, of the later prompts, before they were taught, 92 %."""
_STEPS, _RATE, _DECAY = 1500, 1.0, 1e-3
"""Steps, rate and weight decay of the descent, in units of the vectors' deviation."""
_MOST_WEIGHT = 4.0
"""Most that an example of a rare class counts."""
_NOW = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt or a question, with the reason to decline it if any."""

    text: str
    reason: Reason | None


def prompts_of(file: Path) -> Iterator[Example]:
    """Yield the prompts of *file*, said of one side and then of the other."""
    for code, lists in tomllib.loads(file.read_text(encoding="utf-8")).items():
        for kind, reason in _KINDS.items():
            for prompt in lists.get(kind, ()):
                texts = [prompt.replace("{side}", side) for side in lists["sides"]]
                reason_by_phrases = guard(Question(texts[0], _NOW, Language(code)))
                asks_own_view = kind == "declined" and reason_by_phrases is Reason.OWN_VIEW
                yield from (
                    Example(text, Reason.OWN_VIEW if asks_own_view else reason) for text in texts
                )


def questions() -> Iterator[Example]:
    """Yield questions of people, from the training of the reader, and of matters of any kind."""
    for texts in tomllib.loads(_GENERAL.read_text(encoding="utf-8")).values():
        yield from (Example(text, None) for text in texts)
    for file in sorted(_QUESTIONS.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines()[::_EVERY]:
            yield Example(json.loads(line)["questions"][0]["text"], None)


def vectors(examples: Sequence[Example], embedder: Embedder) -> Array:
    """Return the vectors of *examples*, as the index embeds a question: in lower case."""
    return np.array([embedder.question(example.text.lower()) for example in examples], np.float64)


def teach(examples: Sequence[Example], inputs: Array, model: str) -> RequestClassifier:
    """Return the classifier of *examples* that was fitted to *inputs*, their vectors."""
    classes = np.array([_CLASSES.index(example.reason) for example in examples])
    targets = np.eye(len(_CLASSES))[classes]
    mean, scale = inputs.mean(axis=0), inputs.std()
    scaled = (inputs - mean) / scale
    worth = np.minimum(_MOST_WEIGHT, 1 / (len(_CLASSES) * targets.mean(axis=0)))[classes][:, None]
    weights, biases = np.zeros((len(_CLASSES), inputs.shape[1])), np.zeros(len(_CLASSES))
    for _ in range(_STEPS):
        odds = scaled @ weights.T + biases
        probabilities = np.exp(odds - odds.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        error = (probabilities - targets) * worth
        weights -= _RATE * (error.T @ scaled / len(examples) + _DECAY * weights)
        biases -= _RATE * error.mean(axis=0)
    rows = (weights[1:] - weights[0]) / scale
    constants = biases[1:] - biases[0] - rows @ mean
    lines = np.column_stack([rows, constants]).astype(np.float32)
    return RequestClassifier(model, dict(zip(_REASONS, lines, strict=True)), _BOUND)


def shares(
    classifier: RequestClassifier, examples: Sequence[Example], inputs: Array
) -> Mapping[str, float]:
    """Return the shares of requests and of questions that are declined, and of pairs that differ.

    *examples* are pairs, one of each side. What a phrase declines is declined, too.
    """
    texts = (Question(example.text, _NOW, Language.ENGLISH) for example in examples)
    phrases = np.array([guard(question) is not None for question in texts])
    by_meaning = [classifier.reason(vector) is not None for vector in inputs.astype(np.float32)]
    declined = phrases | np.array(by_meaning)
    requests = np.array([example.reason is not None for example in examples])
    return {
        "requests": len(requests[requests]),
        "by_phrases": round(float(phrases[requests].mean()), 3),
        "declined": round(float(declined[requests].mean()), 3),
        "questions": len(requests[~requests]),
        "questions_declined": round(float(declined[~requests].mean()), 3),
        "sides_differ": round(float((declined[::2] != declined[1::2]).mean()), 3),
    }


def write(classifier: RequestClassifier, provenance: Mapping[str, object], file: Path) -> None:
    """Write *classifier* with its *provenance*."""
    lines = {
        str(reason): [round(float(value), 3) for value in row]
        for reason, row in classifier.lines.items()
    }
    values = {
        "provenance": provenance,
        "model": classifier.model,
        "bound": classifier.bound,
        "lines": lines,
    }
    file.write_text(json.dumps(values, ensure_ascii=False) + "\n", encoding="utf-8")
