"""Fit the weights of passage, words and time, the certainty of the lead, and the bounds of levels.

Most questions are ours, held out of training (``training/questions/held.jsonl``); with them stand
those of the folders ``asked`` and ``results`` in ``DATA``, over the articles of ``asked``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.answering.evidence.ranking import LeadFeatures, Weights, answer_terms, lead_margin
from bot.answering.evidence.windows import Window
from bot.answering.understanding.question import ask
from bot.answering.values import UnaskableError
from bot.desk import Desk
from ingest.reading.text import letters_and_digits

Array = NDArray[np.float64]
HELD_OUT = Path(__file__).with_name("questions") / "held.jsonl"
NOW = datetime(2026, 10, 28, 12, tzinfo=UTC)
"""After the newest article."""
_GIVEN = ("asked", "results")
"""Folders of ``DATA`` whose questions are used beside ours."""
_FOLDS = 5
"""Parts of the questions; what is measured on one was fitted on the others."""
_RIGHT = 0.8
"""Share of the leads at "says" that the labels must call right. Of those that they call wrong a
reading found half right, by a sentence that nobody had labelled."""
_FEWEST = 20
"""Leads that must lie above the bound of "says", so that it rests on more than luck."""
_PART_OF_LEAST = 0.4
"""Part of the least probability of a right lead from which a window is shown as closest: right
leads of our sample and of result files, to which nothing is fitted, lie below that least. With a
third, 9 of 79 questions without an answer were told that there is none; with two fifths 14, and no
right lead of 374 questions is withheld. With a half a row of a result file is."""
_STEPS, _RATE = 4000, 0.05
"""Steps and rate of the descents."""
_STEPS_OF_BOUND = 20
"""Steps from 0 to 1 of the bound of "says"."""
_DECAY = 0.02
"""Decay of the weights of the certainty, in units of one standard deviation of a feature."""


@dataclass(frozen=True, slots=True)
class WindowFeatures:
    """One window that was scored: the parts of its score, and the label of its answer."""

    odds: float
    passage: float
    words: float
    time: float
    answer: frozenset[str]
    gold: bool


@dataclass(frozen=True, slots=True)
class ScoredQuestion:
    """A question of the held-out set with the windows that were scored for it."""

    question: str
    kind: str
    language: str
    answerable: bool
    windows: tuple[WindowFeatures, ...]

    def lead(self, weights: Array) -> tuple[LeadFeatures, bool] | None:
        """Return the best window under *weights*, and whether it answers; ``None`` without any."""
        if not self.windows:
            return None
        scores = self.features @ weights
        order = np.argsort(-scores, kind="stable")
        best = self.windows[order[0]]
        margin = lead_margin([(float(scores[i]), self.windows[i].answer) for i in order])
        return LeadFeatures(float(scores[order[0]]), margin, best.words), best.gold

    @property
    def features(self) -> Array:
        """Return one row a window: shape (windows, 4)."""
        return np.array([(w.odds, w.passage, w.words, w.time) for w in self.windows])


def questions_of(data: Path) -> Iterator[dict[str, Any]]:
    """Yield the held questions, and those of *data*, each with the texts that answer it."""
    texts = articles(data)
    for line in HELD_OUT.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        gold = [texts[g["article"]][slice(*g["span"])] for g in row["gold"]]
        yield {**row, "gold": gold}
    for name in _GIVEN:
        for line in (data / name / "questions.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield {**row, "gold": [g["sentence"] for g in row["gold"] or ()]}


def articles(data: Path) -> dict[str, str]:
    """Return the texts of the articles that the questions are asked over, by address."""
    with (data / "asked" / "articles.jsonl").open(encoding="utf-8") as lines:
        return {row["url"]: row["text"] for row in map(json.loads, lines)}


def score_questions(desk: Desk, rows: Iterable[dict[str, Any]]) -> Iterator[ScoredQuestion]:
    """Yield each question in *rows* with the windows that *desk* scored for it."""
    for row in rows:
        gold = [letters_and_digits(text) for text in row["gold"]]
        try:
            question = ask(row["question"], now=NOW)
        except UnaskableError:
            continue
        view = desk.coverage.look(question)
        ranked = [window for window in view.ranked if window.reading]
        features = tuple(_seen(window, gold) for window in ranked)
        yield ScoredQuestion(row["question"], row["kind"], row["language"], bool(gold), features)


def _seen(window: Window, gold: Sequence[str]) -> WindowFeatures:
    """Return the figures of *window* that weights apply to."""
    assert window.reading is not None
    quote, text = letters_and_digits(window.quote), letters_and_digits(window.readable.text)
    answers = any(piece in quote or (piece in text and _half(piece, quote)) for piece in gold)
    passage = min(1.0, window.evidence.score)
    return WindowFeatures(
        window.reading.odds,
        passage,
        window.words,
        window.time,
        answer_terms(window),
        answers,
    )


def _half(piece: str, quote: str) -> bool:
    """Return True if a gold piece of several sentences begins or ends in *quote*."""
    return quote in piece or piece[:40] in quote or piece[-40:] in quote


def fit_weights(questions: Sequence[ScoredQuestion]) -> Weights:
    """Return all weights, fitted on *asked*."""
    weights = _ranking(
        [question for question in questions if any(w.gold for w in question.windows)]
    )
    leads = [lead for question in questions if (lead := question.lead(weights)) is not None]
    right = np.array([answers for _, answers in leads], float)
    table = np.array([astuple(features) for features, _ in leads])
    (slope,), bias = _line(table[:, :1], right, decay=0.0)
    lead_weights, lead_bias = _line(table, right, decay=_DECAY)
    passage, words, time = (round(float(value), 2) for value in weights[1:])
    drawn = Weights(
        passage,
        words,
        time,
        round(slope, 3),
        round(bias, 3),
        LeadFeatures(*(round(value, 3) for value in lead_weights)),
        round(lead_bias, 3),
        says=1.0,
        closest=0.0,
    )
    certainties = sorted((drawn.certainty(features) for features, _ in leads), reverse=True)
    probabilities = [drawn.probability(features.score) for features, answers in leads if answers]
    return replace(drawn, says=_says(certainties), closest=_closest(probabilities))


def _ranking(questions: Sequence[ScoredQuestion]) -> Array:
    """Return the weights (odds: 1) by which a softmax prefers the windows that answer.

    Listwise logistic regression (Cao et al., "Learning to Rank: From Pairwise to Listwise
    Approach", 2007) by gradient ascent, with a little decay.
    """
    groups = [
        (question.features, np.array([w.gold for w in question.windows])) for question in questions
    ]
    weights = np.ones(4)
    for _ in range(_STEPS // 10):
        slope = np.zeros(4)
        for features, gold in groups:
            likely = np.exp(features @ weights - (features @ weights).max())
            likely /= likely.sum()
            right = likely * gold / max((likely * gold).sum(), 1e-9)
            slope += (right - likely) @ features
        weights += 10 * _RATE * (slope / len(groups) - 0.01 * weights)
    ranking: Array = weights / weights[0]
    return ranking


def _line(features: Array, right: Array, *, decay: float) -> tuple[list[float], float]:
    """Fit a logistic regression of *right* on *features*; return its weights and its bias.

    Features are of the shape (leads, features). They are scaled to one standard deviation for the
    descent, of which *decay* keeps the weights small, and the weights back.
    """
    means, widths = features.mean(axis=0), features.std(axis=0) + 1e-9
    scaled = (features - means) / widths
    weights, bias = np.zeros(features.shape[1]), 0.0
    for _ in range(_STEPS):
        errors = 1 / (1 + np.exp(-(scaled @ weights + bias))) - right
        weights -= _RATE * (scaled.T @ errors / len(right) + decay * weights)
        bias -= _RATE * float(errors.mean())
    unscaled = weights / widths
    return [float(weight) for weight in unscaled], float(bias - unscaled @ means)


def _says(certainties: Sequence[float]) -> float:
    """Return the least of the sorted *certainties* above which enough leads are right, or 1.

    What counts is the mean of the certainties: they are fitted to the labels, and even out their
    luck. The bound is rounded down to a twentieth, for the fit is no more exact.
    """
    total, bound = 0.0, 1.0
    for count, certainty in enumerate(certainties, start=1):
        total += certainty
        if count >= _FEWEST and total >= _RIGHT * count:
            bound = certainty
    return math.floor(bound * _STEPS_OF_BOUND) / _STEPS_OF_BOUND


def _closest(probabilities: Sequence[float]) -> float:
    """Return the probability from which a window is shown at all, by those of right leads."""
    return round(_PART_OF_LEAST * min(probabilities, default=0.0), 4)


@dataclass(frozen=True, slots=True)
class FoldResults:
    """Shares of the questions of each fold, with the weights of the other folds."""

    answerable: int
    lead: float
    others: int
    says: int
    says_right: float
    others_at_says: float
    nothing: float


def cross_validated(questions: Sequence[ScoredQuestion]) -> FoldResults:
    """Return the results on each fold with the weights from the other folds."""
    leads = says = right = stray = nothing = 0
    for fold in range(_FOLDS):
        weights = fit_weights(
            [question for index, question in enumerate(questions) if index % _FOLDS != fold]
        )
        for question in questions[fold::_FOLDS]:
            lead = question.lead(np.array([1.0, weights.passage, weights.words, weights.time]))
            if lead is None:
                nothing += question.answerable
                continue
            features, answers = lead
            leads += answers
            nothing += question.answerable and (
                weights.probability(features.score) < weights.closest
            )
            if weights.certainty(features) >= weights.says:
                says, right = says + 1, right + answers
                stray += not question.answerable
    answerable = sum(question.answerable for question in questions)
    unanswerable = len(questions) - answerable
    return FoldResults(
        answerable,
        leads / answerable,
        unanswerable,
        says,
        right / max(1, says),
        stray / max(1, unanswerable),
        nothing / answerable,
    )


def write(weights: Weights, results: FoldResults, file: Path) -> None:
    """Write *weights* with their provenance."""
    content = {
        "provenance": {
            "command": "python -m training fit",
            "questions": "training/questions/held.jsonl, asked, results",
            "cross-validated": asdict(results),
        },
        "weights": asdict(weights),
    }
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
