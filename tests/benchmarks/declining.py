"""Who is declined: requests of both sides, by phrases and by meaning, and people's questions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from bot.answering.coverage import Coverage
from bot.answering.values import Question
from bot.evaluating import SAMPLE_QUESTIONS, read_question_set
from ingest.language.languages import Language
from tests.benchmarks.corpora import lines
from tests.benchmarks.symmetry import NOW
from tests.bot.builders import open_in
from training.guard import LATER_PROMPTS, PROMPTS, UNTAUGHT_PROMPTS, prompts_of

_GIVEN = ("asked", "results", "realtimeqa_election")


@dataclass(frozen=True, slots=True)
class DeclinedShares:
    """How many texts of a set are declined: said of one side, of the other, and unlike."""

    texts: int
    one: float
    other: float
    unlike: int


def measured(texts: Sequence[str], coverage: Coverage) -> DeclinedShares:
    """Return what is declined of *texts*, which are pairs, one of each side."""
    asked = (Question(text, NOW, Language.ENGLISH) for text in texts)
    declined = [coverage.declined(question) is not None for question in asked]
    one, other = declined[::2], declined[1::2]
    unlike = sum(a is not b for a, b in zip(one, other, strict=True))
    return DeclinedShares(len(texts), sum(one) / len(one), sum(other) / len(other), unlike)


def measure(data: Path | None, out: Path) -> None:
    """Print and write which share of each set is declined."""
    sets: dict[str, list[str]] = {}
    files = {
        "prompts": PROMPTS,
        "later prompts": LATER_PROMPTS,
        "untaught prompts": UNTAUGHT_PROMPTS,
    }
    for name, file in files.items():
        examples = list(prompts_of(file))
        sets[f"{name}: requests"] = [each.text for each in examples if each.reason is not None]
        sets[f"{name}: questions"] = [each.text for each in examples if each.reason is None]
    people = {"sample": [each.question for each in read_question_set(SAMPLE_QUESTIONS)]}
    for name in _GIVEN if data is not None else ():
        assert data is not None
        people[name] = [each["question"] for each in lines(data / name / "questions.jsonl")]
    sets |= {
        f"people's questions: {name}": [text for text in asked for _ in range(2)]
        for name, asked in people.items()
    }
    table = Table("set", "texts", "one side", "other side", "unlike pairs")
    found = {}
    with TemporaryDirectory() as folder, open_in(folder, now=NOW) as desk:
        for name, texts in sets.items():
            shares = measured(texts, desk.coverage)
            found[name] = {"texts": shares.texts, "one": shares.one, "other": shares.other}
            cells = (f"{shares.one:.3f}", f"{shares.other:.3f}", str(shares.unlike))
            table.add_row(name, str(shares.texts), *cells)
    Console(width=100).print(table)
    (out / "declining.json").write_text(json.dumps(found, indent=2), encoding="utf-8")
