"""Report of an evaluation as HTML with bars, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from bot.answering.model import Abstention, Answer
from bot.evaluating.evaluation import Result
from bot.outcomes import as_object, level_of

_Scores = Mapping[str, Mapping[str, float]]

_WIDTH = 260
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;color:#1d2430}
table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}
td,th{padding:.3rem .6rem;text-align:left;border-bottom:1px solid #dde2ea;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
rect.back{fill:#e8ecf2}rect.bar{fill:#2f6fae}.wrong{color:#9b2c2c}small{color:#5a6474}
"""


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
