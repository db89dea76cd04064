"""How well the rules mark unfaithful sentences, beside two baselines: QAGS's human labels."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.answering.checking.ground import Draft, Ground
from bot.answering.checking.polarity import shared
from bot.answering.checking.sentence import content, failing
from bot.answering.model import Citation, Language
from ingest.index.passages import sentences
from ingest.model import Header, Passage
from tests.benchmarks.corpora import lines

RESTING = 1
"""Sentences of the article that a sentence of a summary is taken to rest on, the likest first."""
Row = dict[str, float]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence about an article, and whether most people found it unfaithful."""

    article: str
    sentence: str
    unfaithful: bool


def measure(data: Path | None, out: Path) -> None:
    """Print and write precision, recall and F1 at marking unfaithful sentences."""
    if data is None:
        raise SystemExit("Name the folder that holds qags: DATA=folder")
    rows: dict[str, Row] = {}
    for name in ("mturk_cnndm", "mturk_xsum"):
        items = list(labelled(data / "qags" / f"{name}.jsonl"))
        truth = np.array([each.unfaithful for each in items])
        overlap = np.array([overlapping(each) for each in items])
        bar = best_bar(overlap[::2], truth[::2])
        rows[f"{name}: the rules"] = scored(np.array([marked(each) for each in items]), truth)
        rows[f"{name}: overlap below {bar:.2f} (fitted on half)"] = scored(overlap < bar, truth)
        rows[f"{name}: every sentence marked"] = scored(np.ones(len(truth), bool), truth)
        rows[f"{name}: none marked"] = scored(np.zeros(len(truth), bool), truth)
    show(rows)
    (out / "verifying.json").write_text(json.dumps(rows, indent=2))


def labelled(file: Path) -> list[Labelled]:
    """Read QAGS (Wang, Cho and Lewis, 2020); three people said yes or no of each sentence."""
    return [
        Labelled(
            repaired(each["article"]),
            repaired(part["sentence"]),
            sum(r["response"] == "no" for r in part["responses"]) * 2 > len(part["responses"]),
        )
        for each in lines(file)
        for part in each["summary_sentences"]
    ]


def repaired(text: str) -> str:
    """Undo the set's double encoding, and join the figures that it divides: 235, 000."""
    with suppress(UnicodeError):
        text = text.encode("latin-1").decode("utf-8")
    return re.sub(r"(?<=\d)([.,:]) (?=\d)", r"\1", text)


def marked(item: Labelled) -> bool:
    """Tell whether the rules find anything wrong."""
    header = Header("-", published=None, language="en")
    passage = Passage("1:1:0:q", 1, 1, 0, 0, len(item.article), item.article, header)
    spans = sentences(item.article, "en")
    words = content(item.sentence)
    quotes = [item.article[span.start : span.end] for span in spans]
    best = sorted(quotes, key=lambda quote: -shared(words, content(quote)))[:RESTING]
    ground = Ground([Citation.of(quote, passage) for quote in best], "")
    return failing(Draft(item.sentence, Language.ENGLISH), ground) is not None


def overlapping(item: Labelled) -> float:
    """Return the share of a sentence's content words that the article has."""
    return shared(content(item.sentence), content(item.article))


def best_bar(overlap: np.ndarray, truth: np.ndarray) -> float:
    """Return the overlap below which marking has the best F1."""
    return float(max(np.unique(overlap), key=lambda bar: scored(overlap < bar, truth)["F1"]))


def scored(marks: np.ndarray, truth: np.ndarray) -> Row:
    """Compare marks with labels."""
    hits = float((marks & truth).sum())
    precision = hits / marks.sum() if marks.any() else 0.0
    recall = hits / truth.sum()
    total = precision + recall
    yes, no = recall, float((~marks & ~truth).sum()) / float((~truth).sum())
    return {
        "sentences": float(len(truth)),
        "marked": float(marks.mean()),
        "precision": precision,
        "recall": recall,
        "F1": 2 * precision * recall / total if total else 0.0,
        "balanced accuracy": (yes + no) / 2,
    }


def show(rows: dict[str, Row]) -> None:
    """Print one row a way of marking."""
    names: Sequence[str] = list(next(iter(rows.values())))
    table = Table("unfaithful sentences", *names)
    for name, row in rows.items():
        table.add_row(
            name, *(f"{row[n]:,.0f}" if n == "sentences" else f"{row[n]:.3f}" for n in names)
        )
    Console(width=130).print(table)
