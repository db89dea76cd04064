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
    """The shares of a set that are declined, by side, and the number of unlike pairs."""

    texts: int
    one: float
    other: float
    unlike: int


def measured(texts: Sequence[str], coverage: Coverage) -> DeclinedShares:
    """Return the declined shares of *texts*, which are pairs, one of each side."""
    questions = (Question(text, NOW, Language.ENGLISH) for text in texts)
    declined = [coverage.declined(question) is not None for question in questions]
    first_side, second_side = declined[::2], declined[1::2]
    unlike = sum(a is not b for a, b in zip(first_side, second_side, strict=True))
    return DeclinedShares(
        len(texts), sum(first_side) / len(first_side), sum(second_side) / len(second_side), unlike
    )


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
        sets[f"{name}: requests"] = [
            example.text for example in examples if example.reason is not None
        ]
        sets[f"{name}: questions"] = [
            example.text for example in examples if example.reason is None
        ]
    people = {"sample": [question.question for question in read_question_set(SAMPLE_QUESTIONS)]}
    for name in _GIVEN if data is not None else ():
        assert data is not None
        people[name] = [line["question"] for line in lines(data / name / "questions.jsonl")]
    sets |= {
        f"people's questions: {name}": [text for text in texts_of_set for _ in range(2)]
        for name, texts_of_set in people.items()
    }
    table = Table("set", "texts", "one side", "other side", "unlike pairs")
    results = {}
    with TemporaryDirectory() as folder, open_in(folder, now=NOW) as desk:
        for name, texts in sets.items():
            shares = measured(texts, desk.coverage)
            results[name] = {"texts": shares.texts, "one": shares.one, "other": shares.other}
            cells = (f"{shares.one:.3f}", f"{shares.other:.3f}", str(shares.unlike))
            table.add_row(name, str(shares.texts), *cells)
    Console(width=100).print(table)
    (out / "declining.json").write_text(json.dumps(results, indent=2), encoding="utf-8")
