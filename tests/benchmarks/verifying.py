"""How well claims are told apart: by the gates alone, by identity, and by the configured reader.

Over claims written by hand, ours and given ones, and over QAGS, whose labels three people made.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.answering.proving.verifiers import Finding
from bot.answering.writing.drafting import Models
from bot.commands.verification import ClaimLine, SourceLine, check
from bot.settings import BotSettings
from ingest.index.cutting import sentences, terms
from tests.benchmarks.corpora import lines
from tests.bot.answering.claims import labelled

RESTING = 3
"""Sentences of the article that a sentence of a summary is taken to rest on, the likest first."""
REFERENCE = 0.774
"""Balanced accuracy of the best small checker on LLM-AggreFact (MiniCheck, Tang et al., 2024)."""


@dataclass(frozen=True, slots=True)
class Case:
    """A claim with its quotes, its kind, and True if it is fair."""

    line: ClaimLine
    fair: bool
    kind: str


def measure(data: Path | None, out: Path) -> None:
    """Print and write the shares of fair and false claims that pass; CHECK_MODEL adds its row."""
    sets = {"our own claims": [Case(e.line, e.fair, e.kind) for e in labelled()]}
    if data is not None and (file := data / "claims" / "claims.jsonl").exists():
        sets["given claims"] = list(given(file))
    for name in ("mturk_cnndm", "mturk_xsum"):
        if data is not None and (file := data / "qags" / f"{name}.jsonl").exists():
            sets[f"QAGS {name[6:]}"] = list(summaries(file))
    results = asyncio.run(judged(sets))
    show(sets, results)
    (out / "verifying.json").write_text(json.dumps(results, indent=2))


async def judged(sets: Mapping[str, Sequence[Case]]) -> dict[str, list[dict[str, Any]]]:
    """Check every claim of every set."""
    models = Models.of(BotSettings.of(os.environ))
    try:
        return {
            name: await check([case.line for case in cases], models.verifier)
            for name, cases in sets.items()
        }
    finally:
        await models.close()


def given(file: Path) -> Iterator[Case]:
    """Read claims of the form that ``python -m bot check`` reads, with their labels."""
    for line in lines(file):
        yield Case(ClaimLine.model_validate(line), line["fair"], line["set"])


def summaries(file: Path) -> Iterator[Case]:
    """Read QAGS (Wang, Cho and Lewis, 2020); three people said yes or no of each sentence."""
    for line in lines(file):
        article = repaired(line["article"])
        for part in line["summary_sentences"]:
            sentence = repaired(part["sentence"])
            no = sum(r["response"] == "no" for r in part["responses"])
            rests = [
                SourceLine(quote=quote, passage=article) for quote in likest(sentence, article)
            ]
            fair = no * 2 <= len(part["responses"])
            yield Case(ClaimLine(claim=sentence, rests=rests), fair, "sentence")


def repaired(text: str) -> str:
    """Undo the set's double encoding, and join the figures that it divides: 235, 000."""
    with suppress(UnicodeError):
        text = text.encode("latin-1").decode("utf-8")
    return re.sub(r"(?<=\d)([.,:]) (?=\d)", r"\1", text)


def likest(claim: str, article: str) -> list[str]:
    """Return the sentences of *article* that share most words with *said*."""
    quotes = [article[span.start : span.end] for span in sentences(article, "en")]
    claim_terms = set(terms(claim))
    return sorted(quotes, key=lambda quote: -len(claim_terms & set(terms(quote))))[:RESTING]


def show(
    sets: Mapping[str, Sequence[Case]], results: Mapping[str, Sequence[dict[str, Any]]]
) -> None:
    """Print one row a set and judge, then the shares that pass by kind."""
    table = Table("set", "judged by", "fair passed", "false passed", "balanced accuracy")
    kinds = Table("set", "kind", "claims", "gates", "identity", "reader")
    for name, cases in sets.items():
        fair = np.array([case.fair for case in cases])
        passes = {judge: np.array(marks) for judge, marks in passed(results[name]).items()}
        for judge, marks in passes.items():
            rates = [float(marks[side].mean()) if side.any() else 0.0 for side in (fair, ~fair)]
            balanced = (rates[0] + 1 - rates[1]) / 2
            counts = [f"{marks[side].sum()} of {side.sum()}" for side in (fair, ~fair)]
            table.add_row(name, judge, *counts, f"{balanced:.3f}")
        for kind, true in sorted({(case.kind, case.fair) for case in cases}):
            side = np.array([(case.kind, case.fair) == (kind, true) for case in cases])
            shares = [f"{marks[side].sum()}" for marks in passes.values()]
            kinds.add_row(name, f"{kind} ({'fair' if true else 'false'})", f"{side.sum()}", *shares)
    console = Console(width=110)
    console.print(table)
    console.print(f"Published reference: {REFERENCE:.3f} on LLM-AggreFact.")
    console.print(kinds)


def passed(rows: Sequence[dict[str, Any]]) -> dict[str, list[bool]]:
    """Return for each judge which claims pass; the reader only where one is configured."""
    marks = {
        "gates alone": [row["gates"] is None for row in rows],
        "gates and identity": [row["identity"] == Finding.SUPPORTED for row in rows],
    }
    if any(row["reader"] for row in rows):
        marks["gates and reader"] = [row["reader"] == Finding.SUPPORTED for row in rows]
    return marks
