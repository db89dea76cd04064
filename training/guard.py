"""Teach the classifier of what is no question to the coverage.

It is a network over the packaged embedder's vectors with a class for each reason to decline and one
for questions. The prompts are those of ``questions/requests.toml`` and of the tests, each said of
many sides; questions of people stand with them, as most of what is asked. What the classifier is
measured on, ``untaught_prompts.toml``, is never taught.
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

Array = NDArray[np.float32]
PROMPTS, LATER_PROMPTS, UNTAUGHT_PROMPTS = (
    Path(__file__).parent.parent / "tests" / "bot" / "answering" / name
    for name in ("prompts.toml", "later_prompts.toml", "untaught_prompts.toml")
)
_QUESTIONS = Path(__file__).with_name("questions") / "taught"
_GENERAL, _REQUESTS = (_QUESTIONS.with_name(name) for name in ("general.toml", "requests.toml"))
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
_NETWORKS, _UNITS = 4, 64
"""Networks whose log odds are averaged, and hidden units of each."""
_PASSES, _BATCH = 40, 256
"""Passes through the examples, and examples of a step."""
_RATE, _DECAY = 2e-3, 0.3
"""First learning rate, which falls to nothing, and weight decay, of AdamW."""
_NOW = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt or a question, with the reason to decline it if any."""

    text: str
    reason: Reason | None


def prompts_of(
    file: Path, further_sides: Mapping[str, Sequence[str]] | None = None
) -> Iterator[Example]:
    """Yield the prompts of *file*, said of one side and then of the others.

    *further_sides* are named by language beside the two of the file.
    """
    for code, lists in tomllib.loads(file.read_text(encoding="utf-8")).items():
        sides = [*lists["sides"], *(further_sides or {}).get(code, ())]
        for kind, reason in _KINDS.items():
            for prompt in lists.get(kind, ()):
                texts = [prompt.replace("{side}", side) for side in sides]
                reason_by_phrases = guard(Question(texts[0], _NOW, Language(code)))
                asks_own_view = kind == "declined" and reason_by_phrases is Reason.OWN_VIEW
                yield from (
                    Example(text, Reason.OWN_VIEW if asks_own_view else reason) for text in texts
                )


def taught_examples() -> list[Example]:
    """Return the prompts and questions to teach with, each text once.

    The prompts of each file are said of the sides of all files.
    """
    files = (PROMPTS, LATER_PROMPTS, _REQUESTS)
    sides: dict[str, list[str]] = {}
    for file in files:
        for code, lists in tomllib.loads(file.read_text(encoding="utf-8")).items():
            sides.setdefault(code, []).extend(lists["sides"])
    prompts = (example for file in files for example in prompts_of(file, sides))
    return list(dict.fromkeys((*prompts, *questions())))


def questions() -> Iterator[Example]:
    """Yield questions of people, from the training of the reader, and of matters of any kind.

    The last wording of a question is the one in another language, if there is one.
    """
    for texts in tomllib.loads(_GENERAL.read_text(encoding="utf-8")).values():
        yield from (Example(text, None) for text in texts)
    for file in sorted(_QUESTIONS.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield Example(json.loads(line)["questions"][-1]["text"], None)


def vectors(examples: Sequence[Example], embedder: Embedder) -> Array:
    """Return the vectors of *examples*, as the index embeds a question: in lower case."""
    return np.array([embedder.question(example.text.lower()) for example in examples], np.float32)


def teach(examples: Sequence[Example], inputs: Array, model: str, seed: int) -> RequestClassifier:
    """Return the classifier of *examples* that was fitted to *inputs*, their vectors."""
    classes = np.array([_CLASSES.index(example.reason) for example in examples])
    targets = np.eye(len(_CLASSES), dtype=np.float32)[classes]
    mean, scale = inputs.mean(axis=0), inputs.std()
    scaled = with_constant((inputs - mean) / scale)
    networks = [
        _network(scaled, targets, np.random.default_rng(seed + number))
        for number in range(_NETWORKS)
    ]
    hidden = np.hstack([network[0] for network in networks])
    hidden[:-1] /= scale
    hidden[-1] -= mean @ hidden[:-1]
    output = np.vstack([network[1][:-1] for network in networks]) / _NETWORKS
    constants = np.mean([network[1][-1] for network in networks], axis=0)
    output = np.vstack([output, constants])
    odds = output[:, 1:] - output[:, :1]
    return RequestClassifier(model, _REASONS, hidden, odds)


def _network(inputs: Array, targets: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return the hidden and output weights of a network that was fitted to *targets* by AdamW."""
    sizes = ((inputs.shape[1], _UNITS), (_UNITS + 1, targets.shape[1]))
    weights = [rng.normal(0, (2 / size[0]) ** 0.5, size).astype(np.float32) for size in sizes]
    means, squares = ([np.zeros_like(matrix) for matrix in weights] for _ in range(2))
    steps = _PASSES * len(inputs) // _BATCH
    for step in range(1, steps + 1):
        batch = rng.integers(len(inputs), size=_BATCH)
        hidden = with_constant(np.maximum(inputs[batch] @ weights[0], 0))
        odds = hidden @ weights[1]
        odds = np.exp(odds - odds.max(axis=1, keepdims=True))
        error = (odds / odds.sum(axis=1, keepdims=True) - targets[batch]) / _BATCH
        hidden_error = (error @ weights[1].T * (hidden > 0))[:, :-1]
        rate = _RATE * (1 - step / steps)
        gradients = (inputs[batch].T @ hidden_error, hidden.T @ error)
        for matrix, mean, square, gradient in zip(weights, means, squares, gradients, strict=True):
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient**2 - square)
            unbiased = mean / (1 - 0.9**step), square / (1 - 0.999**step)
            matrix -= rate * (unbiased[0] / (np.sqrt(unbiased[1]) + 1e-8))
            matrix[:-1] -= rate * _DECAY * matrix[:-1]
    return weights[0], weights[1]


def with_constant(inputs: Array) -> Array:
    """Return *inputs* with a last column of ones."""
    return np.column_stack([inputs, np.ones(len(inputs), np.float32)])


def shares(
    classifier: RequestClassifier, examples: Sequence[Example], inputs: Array
) -> Mapping[str, float]:
    """Return the shares of requests and of questions that are declined, and of pairs that differ.

    *examples* are pairs, one of each side. What a phrase declines is declined, too.
    """
    texts = (Question(example.text, _NOW, Language.ENGLISH) for example in examples)
    phrases = np.array([guard(question) is not None for question in texts])
    by_meaning = [classifier.reason(vector) is not None for vector in inputs]
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
    """Write *classifier* with its *provenance*, at 16 bits a weight."""
    reasons = [str(reason) for reason in classifier.reasons]
    about = {"provenance": provenance, "model": classifier.model, "reasons": reasons}
    np.savez_compressed(
        file,
        about=np.array(json.dumps(about)),
        hidden=classifier.hidden.astype(np.float16),
        output=classifier.output.astype(np.float16),
    )
