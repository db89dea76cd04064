"""Questions on results, polls and dates over real coverage: which contest leads, how surely.

The questions were written from the articles before any was asked, with the sentences that answer
and those that look right and are wrong.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.answering.answer import answer_now
from bot.answering.understanding.question import ask
from bot.answering.values import Answer
from bot.outcomes import level_of
from tests.benchmarks.asked import NOW, covered, holds
from tests.benchmarks.corpora import lines

COLUMNS = ("questions", "says", "lead", "message", "bold", "says right", "wrong at says")


@dataclass(frozen=True, slots=True)
class Row:
    """The result of one question."""

    kind: str
    answerable: bool
    level: str
    lead: bool
    message: bool
    bold: bool
    wrong: bool


def measure(data: Path | None, out: Path) -> None:
    """Print and write the shares by kind of question."""
    if data is None:
        raise SystemExit("Name the folder that holds results, asked, pages and seed: DATA=folder")
    rows = []
    with covered(data) as desk:
        for line in lines(data / "results" / "questions.jsonl"):
            outcome = answer_now(ask(line["question"], now=NOW), desk.coverage)
            excerpts = outcome.excerpts if isinstance(outcome, Answer) else ()
            gold, wrong = line["gold"] or [], line.get("wrong") or []
            right = [holds(e.citation.quote, gold) for e in excerpts]
            rows.append(
                Row(
                    line["kind"],
                    bool(gold),
                    level_of(outcome),
                    right[:1] == [True],
                    any(right),
                    bool(excerpts) and holds(excerpts[0].parts[1], gold),
                    bool(excerpts) and not right[0] and holds(excerpts[0].citation.quote, wrong),
                )
            )
    table = {kind: shares(rows, kind) for kind in dict.fromkeys(["all", *(r.kind for r in rows)])}
    shown_table = Table("kind", *COLUMNS)
    for kind, row in table.items():
        shown_table.add_row(kind, *row)
    Console(width=120).print(shown_table)
    (out / "results.json").write_text(json.dumps(table, indent=2))
    (out / "results.md").write_text(written(table))


def shares(rows: Sequence[Row], kind: str) -> list[str]:
    """Return the cells of one kind, or of all: counts of questions."""
    rows_of_kind = [row for row in rows if kind in {"all", row.kind}]
    says = [row for row in rows_of_kind if row.level == "says"]
    answerable = sum(row.answerable for row in rows_of_kind)
    return [
        f"{len(rows_of_kind)}",
        f"{len(says)}",
        f"{sum(row.lead for row in rows_of_kind)} of {answerable}",
        f"{sum(row.message for row in rows_of_kind)} of {answerable}",
        f"{sum(row.bold for row in rows_of_kind)} of {answerable}",
        f"{sum(row.lead for row in says)} of {len(says)}",
        f"{sum(row.wrong for row in says)}",
    ]


def written(table: dict[str, list[str]]) -> str:
    """Return the table as Markdown."""
    head = [
        "# Results, polls, dates",
        "",
        "`make benchmark WHAT=results DATA=folder`, with no key: questions by kind, how many are",
        "said to be answered, how many have a sentence that answers in the lead, the message and",
        'the bold words, and how many leads at "says" are right, or are known to be wrong.',
        "",
        f"| kind | {' | '.join(COLUMNS)} |",
        f"|---|{'---|' * len(COLUMNS)}",
    ]
    return "\n".join([*head, *(f"| {k} | {' | '.join(row)} |" for k, row in table.items()), ""])
