"""How retrieval grows: made-up text, 26,000 and 500,000 passages, with filters and without."""

from __future__ import annotations

import json
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from ingest.archive import Archive
from ingest.index.index import Index
from ingest.index.passages import SPLITTER
from ingest.index.search import search
from ingest.model import Cut, Extract, Header, Scope, Span
from ingest.settings import Settings
from tests.benchmarks.corpora import NOW

SIZES = (26_000, 500_000)
AN_ARTICLE = 10
WORDS = 60_000
LONG = 120
DIMENSIONS = 512
OUTLETS = [f"Outlet {i}" for i in range(40)]
FIRST = date(2020, 1, 1)
ASKED = 60
WEEK = Scope(since=date(2022, 6, 1), until=date(2022, 6, 7))
ONE_OUTLET = Scope(outlets=(OUTLETS[3],))


class MadeUp:
    """Vectors around a thousand centres, by the text; they say nothing of recall."""

    model = "made up"
    dimensions = DIMENSIONS
    windows = 10

    def __init__(self) -> None:
        self._centres = np.random.default_rng(1).normal(size=(1000, DIMENSIONS))

    def passages(self, texts: list[str]) -> NDArray[np.float32]:
        """Return one unit vector a text."""
        rows = [self._row(text) for text in texts]
        return np.stack(rows).astype(np.float32)

    def question(self, text: str) -> NDArray[np.float32]:
        """Return the unit vector of a question."""
        return self.passages([text])[0]

    def _row(self, text: str) -> NDArray[np.float64]:
        chance = np.random.default_rng(abs(hash(text)))
        row = self._centres[chance.integers(1000)] + 0.7 * chance.normal(size=DIMENSIONS)
        return row / np.linalg.norm(row)


def measure(_: Path | None, out: Path) -> None:
    """Build both sizes one after the other; print and write the time of each stage."""
    rows = {size: built_and_asked(size) for size in SIZES}
    show(rows)
    (out / "scale.json").write_text(json.dumps(rows, indent=2))


def built_and_asked(size: int) -> dict[str, float]:
    """Build an index of *size* passages, and time its searches."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.of({"DATA_DIR": folder})
        with Archive.open(settings.archive_url) as archive:
            start = time.perf_counter()
            for part in articles(size):
                archive.articles.save_many(part, now=NOW)
            saved = time.perf_counter()
            with Index.open(archive, MadeUp(), settings, holder="a benchmark", now=NOW) as index:
                index.catch_up()
                built = time.perf_counter()
                timings = asked(archive, index)
        stored = sum(f.stat().st_size for f in Path(folder, "index").rglob("*") if f.is_file())
    return {
        "saving, s": saved - start,
        "indexing, s": built - saved,
        "index, MB": stored / 2**20,
        "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        **timings,
    }


def articles(size: int) -> Iterator[list[tuple[Extract, Cut]]]:
    """Yield articles of ten passages of Zipf-distributed words, a hundred at a time."""
    chance = random.Random(4)
    part: list[tuple[Extract, Cut]] = []
    for number in range(size // AN_ARTICLE):
        spans, text = [], ""
        for _ in range(AN_ARTICLE):
            sentence = words(chance, LONG) + ". "
            spans.append(Span(len(text), len(text) + len(sentence) - 1))
            text += sentence
        header = Header(
            f"Article {number} {words(chance, 6)}",
            outlet=chance.choice(OUTLETS),
            url=f"https://made.example/{number}",
            published=FIRST + timedelta(days=number % 2000),
            language="en",
        )
        part.append((Extract(header, text), Cut(SPLITTER, tuple(spans))))
        if len(part) == 100:
            yield part
            part = []
    yield part


def words(chance: random.Random, count: int) -> str:
    """Return *count* words; the rank of each is log-uniform, which is Zipf's law."""
    ranks = (int(WORDS ** chance.random()) for _ in range(count))
    return " ".join(f"w{rank:x}z" for rank in ranks)


def asked(archive: Archive, index: Index) -> dict[str, float]:
    """Time searches with and without filters, stage by stage."""
    chance = random.Random(9)
    questions = [words(chance, 12) for _ in range(ASKED)]
    stages: dict[str, list[float]] = {}
    for name, scope in (("all", None), ("a week", WEEK), ("an outlet", ONE_OUTLET)):
        for text in questions:
            timings: dict[str, float] = {}
            took = timed(
                lambda text=text, scope=scope, timings=timings: search(
                    index, archive, text, scope=scope, timings=timings
                )
            )
            stages.setdefault(f"{name}: p50, ms", []).append(took)
            if scope is None:
                for stage, ms in timings.items():
                    stages.setdefault(f"stage {stage}: p50, ms", []).append(ms)
    p99 = float(np.quantile(stages["all: p50, ms"], 0.99))
    return {**{name: statistics.median(ms) for name, ms in stages.items()}, "all: p99, ms": p99}


def timed(work: Callable[[], object]) -> float:
    """Return the milliseconds of *work*."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def show(rows: dict[int, dict[str, float]]) -> None:
    """Print both sizes side by side."""
    table = Table("passages", *(f"{size:,}" for size in rows), "ratio")
    small, large = rows.values()
    for name in small:
        table.add_row(
            name, f"{small[name]:,.1f}", f"{large[name]:,.1f}", f"{large[name] / small[name]:.1f}"
        )
    Console(width=100).print(table)
