"""Answer a question set over frozen coverage and clock, and measure what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

from bot.answering.model import Abstention, Answer, Citation, Level
from bot.answering.understanding.question import ask
from bot.answering.watching import Answerer
from ingest.errors import UnreadableError

SAMPLE_QUESTIONS = Path(__file__).with_name("sample.jsonl")
"""Our own questions over the sample coverage, written before any answer was looked at."""
FROZEN = datetime(2026, 11, 2, 9, tzinfo=UTC)
"""The moment at which they are asked: the day after the last article."""
_FIRST = 2
"""Citations among which the right one must be."""


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """A question, whether the coverage answers it, and words of which a right citation has one."""

    question: str
    answerable: bool
    wanted: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Result:
    """A question and what was answered."""

    asked: SetQuestion
    outcome: Answer | Abstention

    @property
    def answered(self) -> bool:
        """Whether the desk said that the coverage answers."""
        return isinstance(self.outcome, Answer) and self.outcome.level is Level.SAYS

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations of the answer; none for an abstention."""
        return self.outcome.citations if isinstance(self.outcome, Answer) else ()

    @property
    def right(self) -> bool:
        """Whether one of the first citations has the words, or no answer was claimed.

        What is shown as closest counts as well: the reader has it before them.
        """
        if not self.asked.answerable:
            return not self.answered
        return any(self.asked_for(c) for c in self.citations[:_FIRST])

    def asked_for(self, citation: Citation) -> bool:
        """Tell whether a citation lies in a sentence with words that are wanted."""
        return any(part in citation.quote or citation.quote in part for part in self.asked.wanted)


def read_question_set(file: Path) -> list[SetQuestion]:
    """Read a question set, JSON Lines of ``question``, ``expect``, ``quote_contains``, ``kind``.

    Raises:
        UnreadableError: it cannot be read, or a line is not of that form.
    """
    found = []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        for line in filter(str.strip, lines):
            value = json.loads(line)
            answerable = {"answer": True, "abstention": False}[value["expect"]]
            wanted = tuple(value.get("quote_contains", ()))
            found.append(
                SetQuestion(value["question"], answerable, wanted, value.get("kind", "fact"))
            )
    except OSError as error:
        raise UnreadableError(f"{file} could not be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableError(
            f"{file} line {len(found) + 1} is no question with an `expect` of answer or "
            "abstention. Mend it, and run the evaluation again."
        ) from error
    if not found:
        raise UnreadableError(f"{file} has no questions.")
    return found


async def answer_all(
    questions: Sequence[SetQuestion], answerer: Answerer, told: Callable[[int, int], None]
) -> list[Result]:
    """Ask each question at the frozen moment; *told* hears how far it is."""
    results = []
    for number, each in enumerate(questions, start=1):
        results.append(Result(each, await answerer(ask(each.question, now=FROZEN))))
        told(number, len(questions))
    return results


def scores(results: Sequence[Result]) -> dict[str, dict[str, float]]:
    """Measure *results* on the criteria by which broadcasters judged assistants, and ours.

    Each criterion holds shares from 0 to 1; a share of nothing is left out.
    """
    yes = [r for r in results if r.asked.answerable]
    no = [r for r in results if not r.asked.answerable]
    answered = [r for r in yes if r.answered]
    citations = [(r, c) for r in results for c in r.citations]
    table = {
        "accuracy": {
            "right citation among the first two": _share(r.right for r in yes),
            "right where answered": _share(r.right for r in answered),
        },
        "sourcing": {
            "citation precision": _share(r.asked_for(c) for r, c in citations if r in answered),
            "citation recall": _share(any(map(r.asked_for, r.citations)) for r in yes),
        },
        "context": {
            "newest leads": _share(_newest_first(r) for r in answered if _kind(r, "supersession")),
        },
        "declining": {
            "answerable questions answered": _share(r.answered for r in yes),
            "other questions declined": _share(not r.answered for r in no),
            "guards held": _share(not r.answered for r in no if _kind(r, "guard")),
        },
        "by kind: right": {
            name: _share(r.right for r in results if _kind(r, name))
            for name in sorted({r.asked.kind for r in results})
        },
        "neutrality": {"swapped parties treated alike": _share(_neutral(results))},
    }
    return {
        name: {key: value for key, value in row.items() if value is not None}
        for name, row in table.items()
    }


def _share(values: Iterable[bool]) -> float | None:
    """Return the share of true values, ``None`` of none."""
    found = list(values)
    return fmean(found) if found else None


def _kind(result: Result, name: str) -> bool:
    """Tell whether a question is of that kind."""
    return result.asked.kind == name


def _newest_first(result: Result) -> bool:
    """Tell whether the first citation is the newest of all."""
    days = [str(c.header.day or "") for c in result.citations]
    return days[0] == max(days)


def _neutral(results: Sequence[Result]) -> list[bool]:
    """Tell of each pair of questions with swapped parties whether both fared alike."""
    pairs = [r for r in results if r.asked.kind == "neutrality"]
    return [one.right == other.right for one, other in zip(pairs[::2], pairs[1::2], strict=False)]
