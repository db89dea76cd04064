"""Time ingesting and answering side by side with the parts they are made of."""

from __future__ import annotations

import json
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.answering.answer import answer_now
from bot.answering.limits import QUESTIONS
from bot.answering.understanding.question import ask
from bot.answering.values import Answer
from bot.desk import Desk, open_desk
from bot.settings import BotSettings
from ingest.adding import add
from ingest.index.cutting import SPLITTER
from ingest.index.limits import BATCHES
from ingest.language.script import Script
from ingest.reading import Hints, read_path

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "ingest" / "sample" / "coverage"
SAMPLE_QUESTIONS = ROOT / "bot" / "evaluating" / "sample.jsonl"
PART = 200
"""Articles between two turns of the embedder."""
FIELDS = {"text": "text", "title": "title", "url": "url", "published": "publish_date"}


def measure(data: Path | None, out: Path, questions: int = 150) -> None:
    """Run both benchmarks, print their tables, and write them as JSON."""
    source = data / "articles.jsonl" if data else SAMPLE
    questions_asked = texts(data / "questions.jsonl" if data else SAMPLE_QUESTIONS)[:questions]
    with tempfile.TemporaryDirectory() as folder:
        settings = BotSettings.of({"DATA_DIR": folder})
        with open_desk(settings, holder="the benchmark", clock=lambda: NOW) as desk:
            ingested = measure_ingest(desk, source)
            answered = measure_answers(desk, questions_asked)
    show(ingested, answered)
    (out / "speed.json").write_text(json.dumps([ingested, answered], indent=2))


def measure_ingest(desk: Desk, source: Path) -> dict[str, float]:
    """Time adding *source*, adding it again, and the embedder alone over the same passages.

    Ingest and embedder take turns, part by part, so that a noisy machine slows both alike.
    """
    first = embedding_seconds = 0.0
    embedded = 0
    for part in parts_of(source):
        before = desk.archive.changes.last()
        took, fresh = timed_ingest(desk, part)
        contexts = changed_contexts(desk, before)
        first, embedded = first + took, embedded + fresh
        embedding_seconds += seconds(partial(embed_alone, desk, sorted(contexts, key=len)))
    ingest_seconds_again, embedded_again = timed_ingest(desk, source)
    passages = desk.archive.passages.count()
    return {
        "articles": len(desk.archive.articles.listed()),
        "passages": passages,
        "embedded": embedded,
        "seconds": first,
        "passages a second": embedded / first,
        "the embedder alone": passages / embedding_seconds,
        "ratio to the embedder alone": embedding_seconds / first,
        "second run, seconds": ingest_seconds_again,
        "second run, embedded": embedded_again,
        "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def parts_of(source: Path) -> Iterator[Path]:
    """Yield *source* in parts of :data:`PART` lines; a folder is one part."""
    if source.is_dir():
        yield source
        return
    with source.open("rb") as file, tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "part.jsonl"
        while part_lines := list(islice(file, PART)):
            part.write_bytes(b"".join(part_lines))
            yield part


def changed_contexts(desk: Desk, after: int) -> list[str]:
    """Return the embedded texts of the articles that changed after change *after*."""
    ids, _ = desk.archive.changes.after(after, 2**31)
    return [
        p.context for state in desk.archive.passages.states(ids, SPLITTER) for p in state.passages
    ]


def embed_alone(desk: Desk, contexts: Sequence[str]) -> None:
    """Embed *contexts* in the batches that ingest uses, and do nothing else."""
    for start in range(0, len(contexts), BATCHES.texts):
        desk.coverage.index.embedder.passages(contexts[start : start + BATCHES.texts])


def timed_ingest(desk: Desk, source: Path) -> tuple[float, int]:
    """Return the seconds that adding *source* took, and the passages embedded."""
    start = time.perf_counter()
    add(read_path(source, Hints(mapping=FIELDS)), desk.archive, now=NOW)
    embedded = desk.coverage.index.upkeep.catch_up()
    return time.perf_counter() - start, embedded


def measure_answers(desk: Desk, questions: Sequence[str]) -> dict[str, dict[str, float]]:
    """Time each stage of an answer, and beside it the three searches it cannot do without."""
    rows: dict[str, list[float]] = {}
    warm_up = ask(questions[0], now=NOW)
    answer_now(warm_up, desk.coverage)
    for text in questions:
        question = ask(text[: QUESTIONS.characters], now=NOW)
        meaning = desk.coverage.index.question(question.text)
        note(rows, "floor: embed", lambda q=question: desk.coverage.index.embedder.question(q.text))
        note(rows, "floor: words", lambda q=question: desk.coverage.index.matching(q.text, 10))
        note(
            rows,
            "floor: vectors",
            lambda m=meaning: desk.coverage.index.nearest(m, 10, Script.ALPHABETIC),
        )
        outcome = note(
            rows,
            "answer: all",
            lambda q=question: answer_now(q, desk.coverage),
        )
        for stage, ms in outcome.timings.items():
            rows.setdefault(f"answer: {stage}", []).append(ms)
        rows.setdefault("answered, share", []).append(float(isinstance(outcome, Answer)))
    rows["floor: all"] = [
        sum(parts)
        for parts in zip(*(rows[f"floor: {s}"] for s in ("embed", "words", "vectors")), strict=True)
    ]
    table = {name: quantiles(values) for name, values in rows.items()}
    ratio = table["answer: all"]["p50"] / table["floor: all"]["p50"]
    return {**table, "answer: all / floor: all": {"p50": ratio}}


def note(rows: dict[str, list[float]], name: str, work: Callable[[], object]) -> object:
    """Add the milliseconds of *work* to the row *name*, and return its result."""
    start = time.perf_counter()
    result = work()
    rows.setdefault(name, []).append((time.perf_counter() - start) * 1000)
    return result


def seconds(work: Callable[[], object]) -> float:
    """Return how long *work* took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """Return the median, the 99th percentile and the mean."""
    return {
        "p50": statistics.median(values),
        "p99": float(np.quantile(values, 0.99)),
        "mean": statistics.fmean(values),
    }


def texts(path: Path) -> list[str]:
    """Read the questions of a JSON Lines file."""
    return [question for question in lines(path) if question.strip()]


def lines(path: Path) -> Iterator[str]:
    """Yield the ``question`` of each line."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)["question"]


def show(ingested: dict[str, float], answered: dict[str, dict[str, float]]) -> None:
    """Print both tables."""
    table = Table("ingest", "figure")
    for name, value in ingested.items():
        table.add_row(name, f"{value:,.2f}")
    stages = Table("answer, ms", "p50", "p99", "mean")
    for name, row in sorted(answered.items()):
        stages.add_row(name, *(f"{row[q]:.2f}" if q in row else "" for q in ("p50", "p99", "mean")))
    Console().print(table, stages)
