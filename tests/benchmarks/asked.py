"""Questions as people type them over real coverage: the lead, the message and the level.

The questions were written before any answer was seen, with the sentences that answer them. Beside
them stands how sure the desk says it is of MultiHop-RAG's questions.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.answering.answer import answer_now
from bot.answering.understanding.question import ask
from bot.answering.values import Answer
from bot.desk import Desk
from bot.outcomes import level_of
from ingest import adding
from ingest.reading import Hints, read_path
from tests.benchmarks.corpora import NOW as FROZEN
from tests.benchmarks.corpora import desk_of, lines, multihoprag
from tests.bot.builders import open_in

NOW = datetime(2026, 10, 28, 12, tzinfo=UTC)
"""After the newest article."""
LEVELS = ("says", "closest", "nothing", "declined")
FIRST = (1, 2, 4, 10)
"""Passages among which the gold one is looked for."""
EVERY = 6
"""Of MultiHop-RAG's answerable questions, every so many is asked."""


@dataclass(frozen=True, slots=True)
class Row:
    """The result of one question; ``gold`` are the places of excerpts that answer."""

    kind: str
    level: str
    gold: tuple[int, ...] = ()
    passage: int | None = None


def measure(data: Path | None, out: Path) -> None:
    """Print and write the shares by kind of question."""
    if data is None:
        raise SystemExit("Name the folder that holds asked, pages and seed: DATA=folder")
    rows = list(real(data))
    if (data / "multihoprag").exists():
        rows += multihop(data)
    show(rows)
    (out / "asked.json").write_text(json.dumps(table_of(rows), indent=2))
    (out / "asked.md").write_text(written(rows))


def real(data: Path) -> Iterator[Row]:
    """Ask the real questions."""
    with covered(data) as desk:
        for line in lines(data / "asked" / "questions.jsonl"):
            question = ask(line["question"], now=NOW)
            outcome = answer_now(question, desk.coverage)
            excerpts = outcome.excerpts if isinstance(outcome, Answer) else ()
            view = desk.coverage.look(question)
            texts = [evidence.passage.text for evidence in view.evidence]
            gold = line["gold"] or []
            yield Row(
                line["kind"],
                level_of(outcome),
                tuple(i for i, e in enumerate(excerpts) if holds(e.citation.quote, gold)),
                next((i for i, text in enumerate(texts) if holds(text, gold)), None),
            )


def multihop(data: Path) -> Iterator[Row]:
    """Ask MultiHop-RAG's questions, whose answers no single sentence holds: only how sure."""
    items, questions = multihoprag(data)
    sampled = [*[q for q in questions if q.facts][::EVERY], *[q for q in questions if not q.facts]]
    with desk_of(items) as desk:
        for line in sampled:
            question = ask(line.question[:500], now=FROZEN)
            outcome = answer_now(question, desk.coverage)
            yield Row(f"MultiHop-RAG {'answerable' if line.facts else 'null'}", level_of(outcome))


@contextmanager
def covered(data: Path) -> Iterator[Desk]:
    """Open a desk of its own over the articles, the seed and the pages that are named."""
    with (
        TemporaryDirectory() as folder,
        open_in(folder, now=NOW) as desk,
    ):
        for path in (data / "asked" / "articles.jsonl", data / "seed"):
            adding.add(read_path(path, Hints()), desk.archive, now=NOW)
        for name in (data / "asked" / "pages.txt").read_text(encoding="utf-8").split():
            [packed] = (data / "pages").rglob(f"{name}.gz")
            page = Path(folder) / name
            page.write_bytes(gzip.decompress(packed.read_bytes()))
            hints = Hints(outlet=name.split("_")[0])
            adding.add(read_path(page, hints), desk.archive, now=NOW)
        desk.coverage.catch_up()
        yield desk


def holds(text: str, gold: Sequence[dict[str, Any]]) -> bool:
    """Return True if *text* has a sentence that answers; only letters and figures are compared."""
    plain = squeezed(text)
    return any(squeezed(excerpt["sentence"]) in plain for excerpt in gold)


def squeezed(text: str) -> str:
    """Leave letters and figures."""
    return "".join(char for char in text.casefold() if char.isalnum())


def table_of(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Count by kind: the levels, the gold in the lead and in the message, its passage."""
    table: dict[str, dict[str, float]] = {}
    for kind in dict.fromkeys(row.kind for row in rows):
        kind_rows = [row for row in rows if row.kind == kind]
        levels = Counter(row.level for row in kind_rows)
        shares = {level: levels[level] / len(kind_rows) for level in LEVELS}
        shares["lead"] = sum(0 in row.gold for row in kind_rows) / len(kind_rows)
        shares["message"] = sum(bool(row.gold) for row in kind_rows) / len(kind_rows)
        for first in FIRST:
            places = [row.passage for row in kind_rows if row.passage is not None]
            shares[f"passage {first}"] = sum(place < first for place in places) / len(kind_rows)
        table[kind] = {"questions": len(kind_rows), **shares}
    return table


COLUMNS = (*LEVELS, "lead", "message", *(f"first {n}" for n in FIRST))


def cells(kind: str, shares: dict[str, float]) -> list[str]:
    """Return one line of the table, with a dash for each share that was not measured."""
    judged = not kind.startswith("MultiHop") and kind != "unanswerable"
    return [
        f"{value:.2f}" if judged or name in LEVELS else "–"
        for name, value in shares.items()
        if name != "questions"
    ]


def written(rows: Sequence[Row]) -> str:
    """Return the table as Markdown, under a line on its origin."""
    lines_ = [
        "# Questions as people type them, over real articles",
        "",
        "`make benchmark WHAT=asked DATA=folder`, with no key: shares of each kind by how sure the",
        "desk says it is, with a sentence that answers in the lead excerpt and in the message, and",
        "with its passage among the first found.",
        "",
        f"| kind | questions | {' | '.join(COLUMNS)} |",
        f"|---|{'---|' * (1 + len(COLUMNS))}",
    ]
    lines_ += [
        f"| {kind} | {shares['questions']:.0f} | {' | '.join(cells(kind, shares))} |"
        for kind, shares in table_of(rows).items()
    ]
    return "\n".join([*lines_, ""])


def show(rows: Sequence[Row]) -> None:
    """Print the table."""
    table = Table("kind", "questions", *COLUMNS)
    for kind, shares in table_of(rows).items():
        table.add_row(kind, f"{shares['questions']:.0f}", *cells(kind, shares))
    Console(width=130).print(table)
