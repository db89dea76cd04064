"""How it grows: 26,000 passages of real news and a million, on PostgreSQL and a Chroma server.

The real articles are those of two published sets. Each further passage joins one half of a real
passage to a half of another; its vector is the mean of what the model says of both halves, so that
neighbours are real ones. Both desks stay in ``--out`` for the next run, and a build that was
stopped goes on.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bot.answering.answer import answer_now
from bot.answering.limits import QUESTIONS
from bot.answering.understanding.question import ask
from bot.desk import Desk
from bot.settings import BotSettings
from ingest.archive import Archive
from ingest.embedding.embedder import FastEmbedder
from ingest.index.cutting import SPLITTER
from ingest.index.index import Index
from ingest.index.search import search
from ingest.language.script import Script
from ingest.model import Cut, Extract, Header, Permission, Scope, Span
from ingest.refresh_steps import extractor
from tests.benchmarks import refreshing
from tests.benchmarks.corpora import multihoprag, realtimeqa
from tests.benchmarks.servers import beside, servers

SIZES = (26_000, int(os.environ.get("PASSAGES", "1000000")))
"""Passages of the two desks; ``PASSAGES`` makes the larger one smaller, to try this out."""
AN_ARTICLE = 10
AT_ONCE = 100
"""Articles that are saved in one transaction."""
WARM, ASKED, ANSWERED, COMPARED = 20, 300, 100, 100
"""Questions asked before anything is timed, searched for, answered, and held against all vectors.
"""
NEAREST = 10
WEEK = Scope(since=date(2022, 6, 1), until=date(2022, 6, 7))
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
FIRST = date(2016, 1, 1)
HERE = "https://million.example/"
COMMANDS = ("status", "list --limit 20", "list", "check")
KEY = 80
"""Characters at a half's outer end by which it is known."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Halves:
    """Real passages in two halves each, with the vectors of the halves, shape (halves, 512)."""

    texts: Sequence[str]
    titles: Sequence[str]
    outlets: Sequence[str]
    vectors: Vectors
    starts: Mapping[str, int]
    ends: Mapping[str, int]

    @classmethod
    def of(cls, data: Path, folder: Path) -> Halves:
        """Cut the passages of both sets, and embed the halves, once for every run."""
        texts: list[str] = []
        titles, outlets = [], []
        starts: dict[str, int] = {}
        ends: dict[str, int] = {}
        for extract, cutting in (*multihoprag(data)[0], *realtimeqa(data)[0]):
            titles.append(extract.header.title)
            outlets.append(extract.header.outlet)
            passages = {extract.text[span.start : span.end] for span in cutting.spans}
            for passage in sorted(passages):
                first_half, second_half = split(passage)
                is_known = first_half[:KEY] in starts or second_half[-KEY:] in ends
                if min(len(first_half), len(second_half)) >= KEY and not is_known:
                    starts[first_half[:KEY]], ends[second_half[-KEY:]] = len(texts), len(texts) + 1
                    texts += [first_half, second_half]
        file = folder / "halves.npy"
        if not file.exists():
            embedder = FastEmbedder()
            parts = [texts[at : at + 256] for at in range(0, len(texts), 256)]
            np.save(file, np.concatenate([embedder.passages(part) for part in parts]))
        outlet_names = sorted({outlet for outlet in outlets if outlet}) or ["Outlet"]
        return cls(texts, titles, outlet_names, np.load(file), starts, ends)

    def pair(self, passage: str) -> tuple[int, int]:
        """Return which two halves a passage is of."""
        return self.starts[passage[:KEY]], self.ends[passage[-KEY:]]

    def vector(self, pairs: NDArray[np.int64]) -> Vectors:
        """Return the unit vectors of passages, given their halves in two columns."""
        rows = self.vectors[pairs[:, 0]] + self.vectors[pairs[:, 1]]
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def split(text: str) -> tuple[str, str]:
    """Cut a passage in the middle, between two words."""
    middle = text.find(" ", len(text) // 2)
    return text[:middle].strip(), text[middle:].strip()


@cache
def halves(data: Path, folder: Path) -> Halves:
    """Read them once a process."""
    return Halves.of(data, folder)


class Varied:
    """The model's own vectors of questions and of any text, halves joined where a passage is so."""

    model, dimensions, is_remote, windows = FastEmbedder.model, 512, False, 1

    def __init__(self, of: Halves) -> None:
        self._halves = of
        self._real = FastEmbedder()

    def question(self, text: str) -> Vectors:
        """Return the unit vector of a question."""
        return self._real.question(text)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text."""
        try:
            bodies = [text.partition("\n")[2] for text in texts]
            pairs = np.array([self._halves.pair(body) for body in bodies])
        except KeyError:
            return self._real.passages(texts)
        return self._halves.vector(pairs)


def articles(of: Halves, size: int, after: int) -> Iterator[list[tuple[Extract, Cut]]]:
    """Yield articles behind the first *after* until there are *size* passages, some at once."""
    for start in range(after, size // AN_ARTICLE, AT_ONCE):
        yield [article(of, n) for n in range(start, min(start + AT_ONCE, size // AN_ARTICLE))]


def article(of: Halves, number: int) -> tuple[Extract, Cut]:
    """Join halves to one article: whose they are follows from its number."""
    chance = random.Random(-number - 1)
    spans, text = [], ""
    for first, second in drawn(of, number):
        passage = f"{of.texts[first]} {of.texts[second]}"
        spans.append(Span(len(text), len(text) + len(passage)))
        text += f"{passage}\n\n"
    header = Header(
        f"{chance.choice(of.titles)[:200]} ({number})",
        outlet=chance.choice(of.outlets),
        url=f"{HERE}{number}",
        published=FIRST + timedelta(days=number % 3650),
        language="en",
    )
    return Extract(header, text.strip()), Cut(SPLITTER, tuple(spans))


def drawn(of: Halves, number: int) -> NDArray[np.int64]:
    """Return the halves of each passage of an article, shape (passages, 2)."""
    chance = np.random.default_rng(number)
    rows = chance.integers(0, len(of.texts) // 2, (AN_ARTICLE, 2))
    pairs: NDArray[np.int64] = 2 * rows + [0, 1]
    return pairs


@dataclass(frozen=True, slots=True)
class Place:
    """The place of one desk, and the settings of a process that opens it."""

    data: Path
    out: Path
    size: int
    settings: Mapping[str, str]

    @contextmanager
    def open(self) -> Iterator[tuple[Archive, Index, BotSettings]]:
        """Open archive and index."""
        settings = BotSettings.of(self.settings)
        embedder = Varied(halves(self.data, self.out))
        with (
            Archive.open(settings.archive_url) as archive,
            Index.open(archive, embedder, settings, holder="a benchmark", now=NOW) as index,
        ):
            yield archive, index, settings


def measure(data: Path | None, out: Path) -> None:
    """Build both desks unless they are built, and time their use."""
    assert data is not None, "DATA=folder names where multihoprag and realtimeqa_election are."
    rows = {}
    for size in SIZES:
        folder = out.resolve() / "million" / str(size)
        folder.mkdir(parents=True, exist_ok=True)
        with servers(folder) as shared:
            settings = {"DATA_DIR": str(folder / "data"), "EMBEDDING_MODEL": "fast"}
            place = Place(data, folder.parent, size, {**shared.settings, **settings})
            rows[size] = apart(build, place) | apart(asked, place) | commanded(place, COMMANDS)
            memory = {name: held(pid) for name, pid in shared.processes.items()}
            rows[size] |= {f"{name}: memory, MB": mb for name, mb in memory.items()}
            rows[size] |= commanded(place, ("rebuild",))
        show(rows)
        (out / "million.json").write_text(json.dumps(rows, indent=2))


def apart(work: Callable[[Place], dict[str, float]], place: Place) -> dict[str, float]:
    """Do *work* in a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, place).result()


def held(pid: int) -> float:
    """Return the memory that a process and its children hold, each page counted once, in MB."""
    process = psutil.Process(pid)
    processes = [process, *process.children(recursive=True)]
    return sum(process.memory_full_info().pss for process in processes) / 2**20


def build(place: Place) -> dict[str, float]:
    """Save the missing articles and let the index catch up, once for a desk."""
    result_file = place.out / str(place.size) / "built.json"
    if result_file.exists():
        return dict(json.loads(result_file.read_text()))
    of = halves(place.data, place.out)
    with place.open() as (archive, index, _):
        archived_before, began = archive.articles.count(), time.perf_counter()
        for part in articles(of, place.size, archived_before):
            archive.articles.save_many(part, now=NOW)
            logged(place, f"{time.perf_counter() - began:,.0f} s: {archive.articles.count():,}")
        saved = time.perf_counter()
        index.upkeep.catch_up(lambda done, total: logged(place, f"{done:,} of {total:,} indexed"))
        finished_at = time.perf_counter()
    rows = {
        "saving, articles/s": (place.size / AN_ARTICLE - archived_before) / (saved - began),
        "indexing, passages/s": place.size / (finished_at - saved),
    }
    result_file.write_text(json.dumps(rows))
    return rows


def logged(place: Place, text: str) -> None:
    """Log the progress in a line."""
    (place.out / "progress.txt").write_text(f"{place.size:,}: {text}\n")


def asked(place: Place) -> dict[str, float]:
    """Open the desk and time searches, answers and moderators' lists, in milliseconds."""
    texts = (question.question for question in multihoprag(place.data)[1])
    questions = [text for text in texts if len(text) <= QUESTIONS.characters]
    random.Random(5).shuffle(questions)
    halves(place.data, place.out)
    FastEmbedder().question("Who won?")
    with ExitStack() as stack:
        began = time.perf_counter()
        archive, index, settings = stack.enter_context(place.open())
        desk = Desk.of(archive, index, settings, lambda: NOW)
        answer_now(ask(questions[0], now=NOW), desk.coverage)
        start = time.perf_counter() - began
        find = partial(search, index, archive)
        for text in questions[:WARM]:
            find(text)
            find(text, scope=WEEK)
        stages: dict[str, list[float]] = {}
        searches = [timed(lambda t=t: find(t, timings=staged(stages))) for t in questions[:ASKED]]
        weeks = [timed(lambda t=t: find(t, scope=WEEK)) for t in questions[:ASKED]]
        asking = [ask(text, now=NOW) for text in questions[:ANSWERED]]
        answers = [timed(lambda q=q: answer_now(q, desk.coverage)) for q in asking]
        titled = partial(archive.articles.titled, removed=False, limit=11)
        rows = {
            "start to first answer, s": start,
            **quantiles("search", searches),
            **{f"search, {name}, ms": statistics.median(ms) for name, ms in stages.items()},
            **quantiles("search in a week", weeks),
            **quantiles("answer", answers),
            "`/coverage`, ms": usually(lambda: asyncio.run(desk.community.known())),
            "`/gaps`, ms": usually(lambda: asyncio.run(desk.reviewer.gaps())),
            "Articles of `/source`, ms": usually(lambda: titled("")),
            "`/source find` of a word, ms": usually(lambda: titled("election")),
            "answering: memory, MB": own_memory(os.getpid()),
            "recall of the nearest ten": recall(place, index, archive, questions[:COMPARED]),
        }
        with beside(refreshing.serve) as port:
            rows |= asyncio.run(refreshed(desk, port))
    return rows


def staged(stages: dict[str, list[float]]) -> dict[str, float]:
    """Return a mapping in which a search notes its stages, each added to *stages*."""

    class Noted(dict[str, float]):
        def __setitem__(self, stage: str, ms: float) -> None:
            stages.setdefault(stage, []).append(ms)

    return Noted()


def quantiles(name: str, took: Sequence[float]) -> dict[str, float]:
    """Return the median and the 99th percentile of some times."""
    p50, p99 = np.quantile(took, [0.5, 0.99])
    return {f"{name}: p50, ms": float(p50), f"{name}: p99, ms": float(p99)}


def usually(work: Callable[[], object]) -> float:
    """Return the median of some times of *work*, in milliseconds."""
    return statistics.median(timed(work) for _ in range(5))


def timed(work: Callable[[], object]) -> float:
    """Return the milliseconds of *work*."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def recall(place: Place, index: Index, archive: Archive, questions: Sequence[str]) -> float:
    """Return the share of a question's nearest passages that Chroma finds.

    All are compared: a passage's cosine follows from those of its halves.
    """
    of = halves(place.data, place.out)
    pairs = np.concatenate([drawn(of, n) for n in range(place.size // AN_ARTICLE)])
    lengths = np.concatenate(
        [
            np.linalg.norm(of.vectors[part[:, 0]] + of.vectors[part[:, 1]], axis=1)
            for part in np.array_split(pairs, max(1, len(pairs) // 10_000))
        ]
    )
    shares = []
    for text in questions:
        meaning = index.question(text)
        assert meaning.vector is not None
        cosines = of.vectors @ meaning.vector
        scores = (cosines[pairs[:, 0]] + cosines[pairs[:, 1]]) / lengths
        least = np.partition(scores, -NEAREST)[-NEAREST] - 1e-5
        near = [key for key, _ in index.nearest(meaning, NEAREST, Script.ALPHABETIC)]
        urls = {key: p.header.url or "" for key, p in archive.passages.get(near).items()}
        rows = [
            int(url.rpartition("/")[2]) * AN_ARTICLE + int(key.split(":")[2])
            for key, url in urls.items()
            if url.startswith(HERE)
        ]
        shares.append(sum(scores[row] >= least for row in rows) / NEAREST)
    return float(np.mean(shares))


async def refreshed(desk: Desk, port: int) -> dict[str, float]:
    """Refresh the pages of a local web, once as new where they are, then as unchanged."""
    archive, took = desk.archive, list[float]()
    with extractor() as pool:
        if not archive.sources.watched():
            archive.sources.watch(refreshing.SITEMAP, "Ledger", Permission.OFFERED, 1, now=NOW)
            await refreshing.refreshed(desk, port, NOW, pool)
            desk.coverage.catch_up()
        [source] = archive.sources.watched()
        for days in range(1, 4):
            moment = (source.checked_at or NOW) + timedelta(days=1000 * days)
            began = time.perf_counter()
            await refreshing.refreshed(desk, port, moment, pool)
            took.append(time.perf_counter() - began)
    return {f"refresh of {refreshing.PAGES:,} unchanged, s": statistics.median(took)}


def commanded(place: Place, commands: Sequence[str]) -> dict[str, float]:
    """Run maintainers' commands, each as a process; return its seconds and its peak memory."""
    rows: dict[str, float] = {}
    for name in commands:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "ingest", *name.split()],
            env={**os.environ, **place.settings},
            stdout=subprocess.DEVNULL,
        )
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, own_memory(process.pid))
            time.sleep(0.02)
        assert process.returncode == 0, f"{name} failed"
        rows[f"`{name}`, s"] = time.perf_counter() - began
        rows[f"`{name}`: memory, MB"] = peak
    return rows


def own_memory(pid: int) -> float:
    """Return the memory that is a process's own, in MB; 0 once it has ended.

    Files that it has mapped (the words are) are the kernel's to drop.
    """
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if "RssAnon" in line), 0.0)


def show(rows: Mapping[int, Mapping[str, float]]) -> None:
    """Print the sizes side by side, and the last beside the first."""
    table = Table("", *(f"{size:,} passages" for size in rows), "times")
    first, last = rows[min(rows)], rows[max(rows)]
    for name in last:
        cells = [f"{row[name]:,.2f}" if name in row else "" for row in rows.values()]
        ratio = f"{last[name] / first[name]:.2f}" if first.get(name) else ""
        table.add_row(name, *cells, ratio)
    Console(width=110).print(table)
