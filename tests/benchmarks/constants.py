"""What each constant that decides an answer is worth: moved by a third and by a half, one by one.

A constant whose neighbours do as well lies on a plateau, wherever it was fitted; one that moves
leads by itself would be fitted to these questions.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.answering.answer import answer_now
from bot.answering.model import Answer
from bot.answering.understanding.question import ask
from bot.desk import Desk
from bot.reporting import level_of
from tests.benchmarks.asked import NOW, covered, holds
from tests.benchmarks.corpora import lines

FACTORS = (2 / 3, 3 / 2)
ANSWERED = "answerable"
SEARCHED = {
    "ingest.index.search": "CLOSELY _DEPTH _ABROAD _APART _TELLING _HOME _AWAY _ASSURED _OUTLET"
    " _DAY",
    "ingest.index.reranking": "_SENTENCE",
    "ingest.index.words": "_PRIOR PAIR _COMMON _TELLING _ALSO",
    "ingest.index.copies": "_CONTAINMENT",
    "ingest.index.recurring": "_MANY _SHARE",
    "bot.answering.understanding.need": "_BESIDE _FOREIGN",
    "bot.answering.understanding.crossing": "_SPELLINGS _NEARLY _OFTEN",
    "bot.answering.evidence.ranking": "_FRESH _LATEST _TITLE _OPENING _BESIDE _ELSEWHERE _SHOWN"
    " _FOUND _DENIAL _NAMED _OPINED _SAME",
    "bot.answering.evidence.confidence": "ALL_MENTIONED _CLEARLY _MENTIONED _NEAR_BY_WORDS"
    " _NEAR_BY_MEANING _NEIGHBOURS _CLOSE_IN_MEANING",
    "bot.answering.writing.excerpts": "_AN_ARTICLE _SHARE _NEGATED _EQUAL _LONGEST _NEAR",
}
"""Modules and their constants; what only bounds a message or a wait decides no answer."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of the questions came out how.

    Of those with an answer: leads and messages that hold it, and how many it is said of; of those
    without one: how many it is said of.
    """

    lead: int
    message: int
    says: int
    wrongly: int

    def __str__(self) -> str:
        """Write them as the table has them."""
        return f"{self.lead} / {self.message} / {self.says} / {self.wrongly}"


def measure(data: Path | None, out: Path) -> None:
    """Print and write the counts as each constant is, and moved."""
    if data is None:
        raise SystemExit("Name the folder that holds asked, pages and seed: DATA=folder")
    rows: dict[str, list[str]] = {}
    with covered(data) as desk:
        asked = list(lines(data / "asked" / "questions.jsonl"))
        now = counts(desk, asked)
        for module, name in constants():
            value = getattr(module, name)
            rows[f"{module.__name__}.{name}"] = [shown(value)]
            for factor in FACTORS:
                setattr(module, name, moved(value, factor))
                found = counts(desk, asked)
                rows[f"{module.__name__}.{name}"].append("=" if found == now else str(found))
            setattr(module, name, value)
            Console(width=130).print(
                f"{module.__name__}.{name}", *rows[f"{module.__name__}.{name}"]
            )
    table = Table("constant", "value", "× 2/3", "× 3/2", title=f"as they are: {now}")
    for name, cells in rows.items():
        table.add_row(name, *cells)
    Console(width=130).print(table)
    (out / "constants.json").write_text(json.dumps({"now": str(now), "rows": rows}, indent=2))
    (out / "constants.md").write_text(written(now, rows))


def constants() -> Iterator[tuple[ModuleType, str]]:
    """Yield each constant with its module."""
    for module, names in SEARCHED.items():
        for name in names.split():
            yield importlib.import_module(module), name


def moved(value: Any, factor: float) -> Any:
    """Return *value* times *factor*; whole numbers stay whole, and at least 1."""
    if isinstance(value, dict):
        return {key: moved(each, factor) for key, each in value.items()}
    if isinstance(value, tuple):
        return tuple(moved(each, factor) for each in value)
    return max(1, round(value * factor)) if isinstance(value, int) else value * factor


def counts(desk: Desk, asked: list[dict[str, Any]]) -> Counts:
    """Ask every question and count."""
    lead = message = says = wrongly = 0
    for each in asked:
        outcome = answer_now(ask(each["question"], now=NOW), desk.coverage)
        shown_ = outcome.excerpts if isinstance(outcome, Answer) else ()
        said = level_of(outcome) == "says"
        if each["kind"] == ANSWERED:
            places = [i for i, e in enumerate(shown_) if holds(e.citation.quote, each["gold"])]
            lead, message, says = lead + (0 in places), message + bool(places), says + said
        elif each["kind"] == "unanswerable":
            wrongly += said
    return Counts(lead, message, says, wrongly)


def shown(value: Any) -> str:
    """Write a value short."""
    if isinstance(value, dict):
        return ", ".join(str(each) for each in value.values())
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def written(now: Counts, rows: dict[str, list[str]]) -> str:
    """Return the table as Markdown, with what it is of."""
    told = [
        "# What each constant that decides an answer is worth",
        "",
        "`make benchmark WHAT=constants DATA=folder`, with no key: each constant moved by a third",
        "down and by a half up, one by one, over the questions that people wrote. A cell has four",
        "counts: of the questions with an answer, leads, messages that have it, and how many the",
        "desk says it has the answer of; of those without one, how many it says so of. `=` is as",
        "they are:",
        f"**{now}**.",
        "",
        "| constant | value | × 2/3 | × 3/2 |",
        "|---|---|---|---|",
    ]
    told += [f"| `{name}` | {' | '.join(cells)} |" for name, cells in rows.items()]
    return "\n".join([*told, ""])
