"""How well the right passage is found, beside published figures."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from matplotlib import pyplot
from rich.console import Console
from rich.table import Table

from bot.desk import Desk
from ingest.index.scope import question_scope
from ingest.index.search import search
from tests.benchmarks.corpora import (
    NOW,
    Wanted,
    cross_lingual,
    desk_of,
    jsquad,
    multihoprag,
    realtimeqa,
    rgb,
)

DEEP = 10
PUBLISHED = {
    "MultiHop-RAG, published best (voyage-02, bge-reranker-large)": (0.586, 0.663, 0.747),
    "MultiHop-RAG, stemmed BM25 with titles": (0.63, 0.78, 0.90),
    "JSQuAD, BM25 over bigrams": (0.91, None, None),
}
"""MRR@10, Hits@4, Hits@10 of MultiHop-RAG; Hits@1 of JSQuAD stands in the first column."""

Row = dict[str, float]


def measure(data: Path | None, out: Path) -> None:
    """Measure each set by itself, and two in one index; write a table, JSON and a plot."""
    if data is None:
        raise SystemExit("Name the folder that holds the sets: DATA=folder")
    rows: dict[str, Row] = {}
    english, questions = multihoprag(data)
    answerable = [question for question in questions if question.facts]
    with desk_of(english) as desk:
        rows["MultiHop-RAG, all"] = measured(desk, answerable)
        rows["MultiHop-RAG, half that choices were made on"] = measured(desk, answerable[::2])
        rows["MultiHop-RAG, half kept back"] = measured(desk, answerable[1::2])
    japanese, asked_in_japanese = jsquad(data)
    with desk_of(japanese) as desk:
        rows["JSQuAD"] = measured(desk, asked_in_japanese[::4])
    with desk_of([*english, *japanese]) as desk:
        rows["MultiHop-RAG, JSQuAD in the same index"] = measured(desk, answerable[1::2])
        rows["JSQuAD, MultiHop-RAG in the same index"] = measured(desk, asked_in_japanese[::4])
    for name, (items, questions) in {
        "sample coverage, question in the other language": cross_lingual(),
        "RGB, among counterfactual snippets": rgb(data),
        "RealTimeQA elections, answer's words (weak)": realtimeqa(data),
    }.items():
        with desk_of(items) as desk:
            rows[name] = measured(desk, questions)
    show(rows)
    (out / "retrieval.json").write_text(json.dumps(rows, indent=2))
    plot(rows, out / "retrieval.png")


def measured(desk: Desk, questions: Sequence[Wanted]) -> Row:
    """Search for each question; a passage hits where it holds one of the facts."""
    ranks: list[int | None] = []
    took: list[float] = []
    outlets = desk.archive.outlets.names()
    for question in questions:
        start = time.perf_counter()
        names = question_scope(question.question, outlets, NOW.date())
        results = search(
            desk.coverage.index, desk.archive, question.question, names=names, limit=DEEP
        )
        took.append((time.perf_counter() - start) * 1000)
        hits = (i for i, evidence in enumerate(results) if question.met_by(evidence.passage.text))
        ranks.append(next(hits, None))
    return {
        "questions": len(questions),
        "MRR@10": statistics.fmean(0.0 if r is None else 1 / (r + 1) for r in ranks),
        **{f"Hits@{k}": share(ranks, k) for k in (1, 4, 5, 10)},
        "p50, ms": statistics.median(took),
    }


def share(ranks: Sequence[int | None], highest: int) -> float:
    """Return the share of questions with a hit among the first *most*."""
    return statistics.fmean(rank is not None and rank < highest for rank in ranks)


def show(rows: dict[str, Row]) -> None:
    """Print the measurements, and published figures."""
    names = ["questions", "MRR@10", "Hits@1", "Hits@4", "Hits@5", "Hits@10", "p50, ms"]
    table = Table("retrieval", *names)
    for name, row in rows.items():
        cells = (
            f"{row[name]:,.0f}" if name == "questions" else f"{row[name]:.3f}" for name in names
        )
        table.add_row(name, *cells)
    for name, (first, fourth, tenth) in PUBLISHED.items():
        japanese = name.startswith("JSQuAD")
        published = ["", "" if japanese else str(first), str(first) if japanese else ""]
        table.add_row(name, *published, str(fourth or ""), "", str(tenth or ""), "", style="dim")
    Console(width=140).print(table)


def plot(rows: dict[str, Row], file: Path) -> None:
    """Draw MultiHop-RAG beside the published figures."""
    half_kept = rows["MultiHop-RAG, half kept back"]
    names = ("MRR@10", "Hits@4", "Hits@10")
    bars = {"this desk, half kept back": tuple(half_kept[name] for name in names)}
    bars |= {key: value for key, value in PUBLISHED.items() if key.startswith("MultiHop")}
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    for number, (label, values) in enumerate(bars.items()):
        places = [i + 0.27 * (number - 1) for i in range(len(names))]
        axes.bar(places, [value or 0 for value in values], 0.25, label=label)
    axes.set_xticks(range(len(names)), names)
    axes.set_ylim(0, 1)
    axes.legend(fontsize=8, loc="lower right")
    figure.savefig(file, dpi=120)
    pyplot.close(figure)
