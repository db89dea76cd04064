"""Fit what is left to weigh: how far a passage and its age count, and when an answer is sure.

The questions are ours and held out of training (``training/questions/held.jsonl``); the articles
they are asked over are those of the folder ``asked`` in ``DATA``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

from bot.answering.evidence.ranking import YEAR, Weights, freshness, logistic
from bot.answering.evidence.windows import Window
from bot.answering.understanding.question import UnaskableError, ask
from bot.desk import Desk

HELD = Path(__file__).with_name("questions") / "held.jsonl"
NOW = datetime(2026, 10, 28, 12, tzinfo=UTC)
"""After the newest article."""
_FOLDS = 5
"""Parts of the questions; what is measured on one was fitted on the others."""
_PASSAGE = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0)
_FRESH = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
"""Values tried of the two weights of a window's score."""
_RIGHT = 0.95
"""Share of the leads at "says" that must be right."""
_KEPT = 0.97
"""Share of the right leads that must be shown at all."""
_STEPS, _RATE = 4000, 0.05
"""Steps and rate of the descent that fits the line."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One window that was read: its odds, its passage's score and age, and whether it answers."""

    odds: float
    passage: float
    fresh: float
    gold: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the held set with the windows that were read for it."""

    question: str
    kind: str
    language: str
    answerable: bool
    windows: tuple[Seen, ...]

    def lead(self, passage: float, fresh: float) -> tuple[float, bool]:
        """Return the best window's score under two weights, and whether it answers."""
        best = max(
            self.windows,
            key=lambda w: w.odds + passage * w.passage + fresh * w.fresh,
            default=Seen(-20.0, 0.0, 0.0, gold=False),
        )
        return best.odds + passage * best.passage + fresh * best.fresh, best.gold


def held_questions() -> list[dict[str, Any]]:
    """Return the rows of the held set."""
    return [json.loads(line) for line in HELD.read_text(encoding="utf-8").splitlines()]


def look(desk: Desk, rows: Sequence[dict[str, Any]], texts: dict[str, str]) -> Iterator[Asked]:
    """Ask each question of *desk*, and keep what its windows gave; *texts* are the articles."""
    for row in rows:
        gold = [squeezed(texts[g["article"]][slice(*g["span"])]) for g in row["gold"]]
        try:
            question = ask(row["question"], now=NOW)
        except UnaskableError:
            continue
        ranked = desk.coverage.look(question).ranked
        fresh = [0.0] * len(ranked) if YEAR.search(question.text) else freshness(ranked)
        seen = (_seen(window, new, gold) for window, new in zip(ranked, fresh, strict=True))
        yield Asked(row["question"], row["kind"], row["language"], bool(gold), tuple(seen))


def _seen(window: Window, fresh: float, gold: Sequence[str]) -> Seen:
    """Return the figures of *window* that weights apply to."""
    assert window.reading is not None
    quote, text = squeezed(window.quote), squeezed(window.readable.text)
    answers = any(piece in quote or (piece in text and _half(piece, quote)) for piece in gold)
    return Seen(window.reading.odds, min(1.0, window.evidence.score), fresh, answers)


def _half(piece: str, quote: str) -> bool:
    """Return True if a gold piece of several sentences begins or ends in *quote*."""
    return quote in piece or piece[:40] in quote or piece[-40:] in quote


def squeezed(text: str) -> str:
    """Return the letters and figures of *text*, case folded."""
    return "".join(char for char in text.casefold() if char.isalnum())


def fitted(asked: Sequence[Asked]) -> Weights:
    """Fit all weights on *asked*."""
    passage, fresh = max(
        product(_PASSAGE, _FRESH),
        key=lambda pair: (_likelihood(asked, *pair), -pair[0], -pair[1]),
    )
    leads = [each.lead(passage, fresh) for each in asked]
    slope, bias = _line(leads)
    probabilities = sorted(
        ((logistic(slope * score + bias), right) for score, right in leads), reverse=True
    )
    return Weights(passage, fresh, slope, bias, _says(probabilities), _closest(probabilities))


def _likelihood(asked: Sequence[Asked], passage: float, fresh: float) -> float:
    """Return the mean log probability that a softmax of the scores gives to what answers."""
    total, count = 0.0, 0
    for each in asked:
        if not any(window.gold for window in each.windows):
            continue
        scores = [w.odds + passage * w.passage + fresh * w.fresh for w in each.windows]
        top = max(scores)
        weights = [math.exp(score - top) for score in scores]
        right = sum(w for w, seen in zip(weights, each.windows, strict=True) if seen.gold)
        total += math.log(max(1e-9, right / sum(weights)))
        count += 1
    return total / max(1, count)


def _line(leads: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Fit the logistic line through scores and whether they were right, by descent."""
    slope, bias = 1.0, 0.0
    for _ in range(_STEPS):
        errors = [(logistic(slope * score + bias) - right, score) for score, right in leads]
        slope -= _RATE * sum(error * score for error, score in errors) / len(leads)
        bias -= _RATE * sum(error for error, _ in errors) / len(leads)
    return slope, bias


def _says(ordered: Sequence[tuple[float, bool]]) -> float:
    """Return the least probability above which enough leads are right."""
    right, bound = 0, 1.0
    for count, (probability, correct) in enumerate(ordered, start=1):
        right += correct
        if right >= _RIGHT * count:
            bound = probability
    return round(bound, 4)


def _closest(ordered: Sequence[tuple[float, bool]]) -> float:
    """Return the probability above which nearly all leads that are right lie."""
    correct = [probability for probability, right in ordered if right]
    return round(correct[max(0, int(_KEPT * len(correct)) - 1)], 4) if correct else 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What the weights of the other folds do on each: shares of all questions of the held set."""

    answerable: int
    lead: float
    others: int
    says: int
    says_right: float
    others_at_says: float
    nothing: float


def cross_validated(asked: Sequence[Asked]) -> Measured:
    """Measure each fold with the weights that the other folds give."""
    lead = says = right = stray = nothing = 0
    for fold in range(_FOLDS):
        weights = fitted([a for n, a in enumerate(asked) if n % _FOLDS != fold])
        for each in asked[fold::_FOLDS]:
            score, correct = each.lead(weights.passage, weights.fresh)
            probability = weights.probability(score)
            lead += correct
            nothing += each.answerable and probability < weights.closest
            if probability >= weights.says:
                says, right = says + 1, right + correct
                stray += not each.answerable
    answerable = sum(each.answerable for each in asked)
    others = len(asked) - answerable
    return Measured(
        answerable,
        lead / answerable,
        others,
        says,
        right / max(1, says),
        stray / max(1, others),
        nothing / answerable,
    )


def write(weights: Weights, measured: Measured, file: Path) -> None:
    """Write *weights* with what they were fitted on."""
    content = {
        "provenance": {
            "command": "python -m training fit",
            "questions": "training/questions/held.jsonl",
            "cross-validated": asdict(measured),
        },
        "weights": asdict(weights),
    }
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
