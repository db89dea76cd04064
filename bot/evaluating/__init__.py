"""Question sets, their measures over fixed coverage, and the scorecard as a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from statistics import fmean

from bot.answering.understanding.question import ask
from bot.answering.values import Abstention, Answer, Answerer, Citation, Level
from bot.outcomes import as_object, level_of
from ingest.errors import UnreadableError

SAMPLE_QUESTIONS = Path(__file__).with_name("sample.jsonl")
"""Questions over the sample coverage, written before any answer was seen."""
FROZEN = datetime(2026, 11, 2, 9, tzinfo=UTC)
"""Time at which the questions are asked: the day after the last article."""
_CHECKED_CITATIONS = 2
"""Number of first citations of which one must be correct."""
_Scores = Mapping[str, Mapping[str, float]]
_WIDTH = 260
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;color:#1d2430}
table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}
td,th{padding:.3rem .6rem;text-align:left;border-bottom:1px solid #dde2ea;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
rect.back{fill:#e8ecf2}rect.bar{fill:#2f6fae}.wrong{color:#9b2c2c}small{color:#5a6474}
"""


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """A question with its expected outcome and the words of a correct citation."""

    question: str
    answerable: bool
    wanted: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Result:
    """A question with its outcome."""

    asked: SetQuestion
    outcome: Answer | Abstention

    @property
    def answered(self) -> bool:
        """Return True if the desk stated that the coverage answers."""
        return isinstance(self.outcome, Answer) and self.outcome.level is Level.SAYS

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Return the citations of the answer; empty for an abstention."""
        return self.outcome.citations if isinstance(self.outcome, Answer) else ()

    @property
    def right(self) -> bool:
        """Return True if a first citation has the expected words, or a decline was expected.

        Excerpts of a "closest" answer count as well, as the reader sees them.
        """
        if not self.asked.answerable:
            return not self.answered
        return any(self.asked_for(c) for c in self.citations[:_CHECKED_CITATIONS])

    def asked_for(self, citation: Citation) -> bool:
        """Return True if a citation contains expected words, or lies within them."""
        return any(part in citation.quote or citation.quote in part for part in self.asked.wanted)


def read_question_set(file: Path) -> list[SetQuestion]:
    """Read a question set, JSON Lines of ``question``, ``expect``, ``quote_contains``, ``kind``.

    Raises:
        UnreadableError: it cannot be read, or a line is not of that form.
    """
    questions = []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        for line in filter(str.strip, lines):
            value = json.loads(line)
            answerable = {"answer": True, "abstention": False}[value["expect"]]
            words = tuple(value.get("quote_contains", ()))
            questions.append(
                SetQuestion(value["question"], answerable, words, value.get("kind", "fact"))
            )
    except OSError as error:
        raise UnreadableError(f"{file} could not be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableError(
            f"{file} line {len(questions) + 1} is no question with an `expect` of answer or "
            "abstention. Mend it, and run the evaluation again."
        ) from error
    if not questions:
        raise UnreadableError(f"{file} has no questions.")
    return questions


async def answer_all(
    questions: Sequence[SetQuestion], answerer: Answerer, progress: Callable[[int, int], None]
) -> list[Result]:
    """Ask each question at the fixed time; *progress* is called after each."""
    results = []
    for number, question in enumerate(questions, start=1):
        results.append(Result(question, await answerer(ask(question.question, now=FROZEN))))
        progress(number, len(questions))
    return results


def scores(results: Sequence[Result]) -> dict[str, dict[str, float]]:
    """Score *results* by the criteria of broadcasters' studies of assistants, and our own.

    Each criterion holds shares from 0 to 1; a share without cases is left out.
    """
    answerable = [r for r in results if r.asked.answerable]
    unanswerable = [r for r in results if not r.asked.answerable]
    answered = [r for r in answerable if r.answered]
    citations = [(r, c) for r in results for c in r.citations]
    table = {
        "accuracy": {
            "right citation among the first two": _share(r.right for r in answerable),
            "right where answered": _share(r.right for r in answered),
        },
        "sourcing": {
            "citation precision": _share(r.asked_for(c) for r, c in citations if r in answered),
            "citation recall": _share(any(map(r.asked_for, r.citations)) for r in answerable),
        },
        "context": {
            "newest leads": _share(_newest_first(r) for r in answered if _kind(r, "supersession")),
        },
        "declining": {
            "answerable questions answered": _share(r.answered for r in answerable),
            "other questions declined": _share(not r.answered for r in unanswerable),
            "guards held": _share(not r.answered for r in unanswerable if _kind(r, "guard")),
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
    """Return the share of true values, ``None`` if there are none."""
    flags = list(values)
    return fmean(flags) if flags else None


def _kind(result: Result, name: str) -> bool:
    """Return True if a question is of the kind *name*."""
    return result.asked.kind == name


def _newest_first(result: Result) -> bool:
    """Return True if the first citation is the newest of all."""
    days = [str(c.header.day or "") for c in result.citations]
    return days[0] == max(days)


def _neutral(results: Sequence[Result]) -> list[bool]:
    """Return, for each pair of questions with swapped parties, True if both results are alike."""
    pairs = [r for r in results if r.asked.kind == "neutrality"]
    return [
        result.right == swapped_result.right
        for result, swapped_result in zip(pairs[::2], pairs[1::2], strict=False)
    ]


def write_scorecard(
    folder: Path, writer: str, results: Sequence[Result], scores: _Scores
) -> list[Path]:
    """Write ``WRITER.html`` and ``WRITER.json`` into *folder*, and return both."""
    folder.mkdir(parents=True, exist_ok=True)
    page, data = folder / f"{writer}.html", folder / f"{writer}.json"
    page.write_text(_html(writer, results, scores), encoding="utf-8")
    rows = [
        {**as_object(r.outcome), "timings": {}, "kind_of_question": r.asked.kind, "right": r.right}
        for r in results
    ]
    content = {"writer": writer, "questions": len(results), "scores": scores, "answers": rows}
    data.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return [page, data]


def _html(writer: str, results: Sequence[Result], scores: _Scores) -> str:
    """Return the HTML page."""
    tables = "".join(_table(name, row) for name, row in scores.items() if row)
    question_rows = "".join(map(_row_of, results))
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Scorecard</title>"
        f"<style>{_STYLE}</style><h1>Scorecard: {escape(writer)}</h1>"
        f"<p>{len(results)} questions over the sample coverage, which is fiction.</p>{tables}"
        "<h2>Every question</h2><table><tr><th>Question<th>Kind<th>How sure<th>Answer<th>Right"
        f"{question_rows}</table></html>"
    )


def _table(name: str, row: Mapping[str, float]) -> str:
    """Return the shares of one criterion as an HTML table with bars."""
    lines = "".join(
        f"<tr><td>{escape(criterion)}<td>{_bar(value)}<td class='n'>{value:.0%}"
        for criterion, value in row.items()
    )
    return f"<h2>{escape(name.capitalize())}</h2><table>{lines}</table>"


def _bar(value: float) -> str:
    """Return one share as an SVG bar."""
    full = f"<rect class='back' width='{_WIDTH}' height='12' rx='2'/>"
    part = f"<rect class='bar' width='{_WIDTH * value:.0f}' height='12' rx='2'/>"
    return (
        f"<svg width='{_WIDTH}' height='12' role='img' aria-label='{value:.0%}'>{full}{part}</svg>"
    )


def _row_of(result: Result) -> str:
    """Return one question and its answer as an HTML row."""
    right = "yes" if result.right else "<span class='wrong'>no</span>"
    question, kind = escape(result.asked.question), escape(result.asked.kind)
    level, answer_text = level_of(result.outcome), "<br>".join(_sentences_of(result.outcome))
    return f"<tr><td>{question}<td>{kind}<td>{level}<td>{answer_text}<td>{right}"


def _sentences_of(outcome: Answer | Abstention) -> Iterator[str]:
    """Yield a model's sentences, or the excerpts with the answering words in bold, as HTML."""
    if isinstance(outcome, Answer):
        yield from (escape(claim.text) for claim in outcome.claims)
        for excerpt in outcome.excerpts:
            before, bold, after = map(escape, excerpt.parts)
            yield f"{before}<b>{bold}</b>{after}"
