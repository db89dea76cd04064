"""How likely evidence is to answer: a logistic model of a few signs, and its operating points."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from functools import cache
from pathlib import Path
from typing import Self

from ingest.errors import SettingsError

SHIPPED = Path(__file__).with_name("calibration.json")
"""Made by ``make benchmark WHAT=abstention``."""
OWN = "calibration.json"
"""The file in ``DATA_DIR`` that ``python -m bot calibrate`` writes."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for evidence, each about 0 to 1.

    ``support`` is the share of the question's terms in the best passage, ``coverage`` that in the
    best sentence, ``complete`` 1 where that is all of them, ``cosine`` the sentence's likeness by
    meaning, ``dense`` that of the likest passage, and ``lexical`` the best BM25 score as a share
    of the question's weight.
    """

    support: float
    coverage: float
    complete: float
    cosine: float
    dense: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted model; ``answerable`` holds the 0th to 100th percentile of what was answerable."""

    bias: float
    weights: tuple[float, ...]
    answerable: tuple[float, ...]

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a calibration.

        Raises:
            SettingsError: *file* is not one.
        """
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
            weights = tuple(float(values["weights"][name]) for name in Signs.__slots__)
            answerable = tuple(float(values["answerable"][percent]) for percent in range(101))
            return cls(float(values["bias"]), weights, answerable)
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise SettingsError(
                f"{file} is no calibration ({error}). Delete it, or run `python -m bot calibrate`."
            ) from error

    def write(self, file: Path) -> None:
        """Write this as JSON."""
        weights = dict(zip(Signs.__slots__, self.weights, strict=True))
        content = {**asdict(self), "weights": weights}
        file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    def odds(self, signs: Signs) -> float:
        """Return the log odds that evidence with *signs* answers."""
        values = zip(self.weights, astuple(signs), strict=True)
        return self.bias + math.fsum(weight * value for weight, value in values)

    def bar(self, declined: float) -> float:
        """Return the log odds below which the share *declined* of what is answerable lies."""
        place = 100 * declined
        low = math.floor(place)
        high = min(100, low + 1)
        part = place - low
        return (1 - part) * self.answerable[low] + part * self.answerable[high]


_LEAST = 1 / 5
"""Part of ``DECLINE_AT_MOST`` that may be lost before anybody has read the evidence."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides whether evidence is worth reading, at one operating point of a calibration.

    A model reads it and declines by itself, a person sees it as closest: they are spared only what
    hardly any answerable question looks like.
    """

    calibration: Calibration
    bar: float

    @classmethod
    def of(cls, calibration: Calibration, declined: float) -> Self:
        """Let of answerable questions no more than a part of the share *declined* go unread."""
        return cls(calibration, calibration.bar(declined * _LEAST))

    def plausible(self, signs: Signs) -> bool:
        """Tell whether evidence with *signs* is worth reading."""
        return self.calibration.odds(signs) >= self.bar


@cache
def shipped() -> Calibration:
    """Read the calibration that comes with the program."""
    return Calibration.read(SHIPPED)


def percentiles(values: Sequence[float], weights: Sequence[float]) -> tuple[float, ...]:
    """Return the 0th to 100th percentile of weighted *values*."""
    ordered = sorted(zip(values, weights, strict=True))
    total = sum(weight for _, weight in ordered)
    found, seen, at = [], 0.0, 0
    for percent in range(101):
        while at < len(ordered) - 1 and seen + ordered[at][1] <= total * percent / 100:
            seen += ordered[at][1]
            at += 1
        found.append(ordered[at][0])
    return tuple(found)
