"""Fit how likely evidence is to answer, on questions of which that is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.answering.evidence.calibration import Calibration, Signs, percentiles
from bot.answering.evidence.confidence import signs_of
from bot.answering.understanding.question import UnaskableError, ask
from bot.desk import Desk
from ingest.errors import UnreadableError

_STEPS = 50
"""Newton's method settles within ten."""
_RIDGE = 0.2
"""Pulls weights toward nought, per question: few sets, and desks unlike them."""
_SHARES = (0.01, 0.02, 0.05, 0.10, 0.15, 0.20, 0.30)

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question, whether coverage answers it, and the signs of its evidence."""

    signs: Signs
    answerable: bool


def known_questions(
    desk: Desk, questions: Sequence[tuple[str, bool]], now: datetime
) -> list[KnownQuestion]:
    """Search for each question, and take the signs; what finds nothing at all is left out."""
    found = []
    for text, answerable in questions:
        try:
            question = ask(text, now=now)
        except UnaskableError:
            continue
        view = desk.coverage.look(question)
        if view.ranked:
            found.append(KnownQuestion(signs_of(view.need, view.ranked, view.evidence), answerable))
    return found


def read_labelled(file: Path) -> list[tuple[str, bool]]:
    """Read JSON Lines of ``{"question": …, "answerable": true}``.

    Raises:
        UnreadableError: *file* cannot be read, or a line is not of that form.
    """
    try:
        return list(_pairs(file))
    except OSError as error:
        raise UnreadableError(f"{file} could not be read ({error.strerror}).") from error


def _pairs(file: Path) -> Iterator[tuple[str, bool]]:
    """Yield each line's question and whether it is answerable."""
    with file.open(encoding="utf-8-sig", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
                question, answerable = value["question"], value["answerable"]
            except (ValueError, TypeError, KeyError, RecursionError):
                question = answerable = None
            if not isinstance(question, str) or not isinstance(answerable, bool):
                raise UnreadableError(
                    f'{file} line {number} is not of the form {{"question": "…", '
                    '"answerable": true}. Mend it; nothing was changed.'
                )
            yield question, answerable


def fit(groups: Sequence[Sequence[KnownQuestion]]) -> Calibration:
    """Fit a logistic model; groups weigh alike, and in each the two kinds of questions do.

    Raises:
        UnreadableError: some group lacks answerable questions or the others.
    """
    values, labels, weights = [], [], []
    for group in groups:
        kinds = [sum(k.answerable for k in group), sum(not k.answerable for k in group)]
        if not all(kinds):
            raise UnreadableError(
                "Each file needs questions that the coverage answers and some that it does not; "
                f"one has {kinds[0]} and {kinds[1]}. Nothing was changed."
            )
        for each in group:
            values.append(astuple(each.signs))
            labels.append(float(each.answerable))
            weights.append(0.5 / kinds[0 if each.answerable else 1] / len(groups))
    matrix, target, weight = np.array(values), np.array(labels), np.array(weights)
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-9
    found = _newton((matrix - mean) / spread, target, weight / weight.mean())
    slopes = found[1:] / spread
    bias = float(found[0] - (slopes * mean).sum())
    odds = bias + matrix @ slopes
    yes = target > 0
    return Calibration(
        bias, tuple(map(float, slopes)), percentiles(odds[yes].tolist(), weight[yes].tolist())
    )


def _newton(matrix: _Floats, target: _Floats, weight: _Floats) -> _Floats:
    """Return bias and slopes of a ridge logistic regression (Newton-Raphson)."""
    design = np.column_stack([np.ones(len(matrix)), matrix])
    ridge = _RIDGE * len(matrix) * np.eye(design.shape[1])
    ridge[0, 0] = 0.0
    found: _Floats = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-design @ found))
        slope = weight * likely * (1 - likely) + 1e-9
        hessian = (design * slope[:, None]).T @ design + ridge
        gradient = design.T @ (weight * (target - likely)) - ridge @ found
        found = found + np.linalg.solve(hessian, gradient)
    return found


def curve(
    calibration: Calibration, group: Sequence[KnownQuestion]
) -> list[tuple[float, float, float]]:
    """Return, by operating point, the shares declined of answerable questions and of others."""
    yes = np.array([calibration.odds(k.signs) for k in group if k.answerable])
    no = np.array([calibration.odds(k.signs) for k in group if not k.answerable])
    bars = [(share, calibration.bar(share)) for share in _SHARES]
    return [(share, float((yes < bar).mean()), float((no < bar).mean())) for share, bar in bars]
