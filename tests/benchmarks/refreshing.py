"""Refreshing beside the fetching it cannot avoid, and answering beside a refresh."""

from __future__ import annotations

import asyncio
import json
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.answering.answer import answer_now
from bot.answering.understanding.question import ask
from bot.desk import Desk, open_desk
from bot.settings import BotSettings
from ingest.adding import add
from ingest.fetching.fetcher import Fetcher, Validators
from ingest.model import Permission
from ingest.reading import Hints, read_path
from ingest.refresh import Refresher
from ingest.refresh_steps import extractor
from tests.benchmarks.servers import beside
from tests.benchmarks.speed import SAMPLE, SAMPLE_QUESTIONS, texts
from tests.ingest.newsroom import Newsroom, story
from tests.ingest.refreshing import ToOnePort

PAGES = 2000
AT_ONCE = 8
TURNS = 3
"""Rounds of refreshing and of fetching alone, in turns; the medians are compared."""
QUIET = 400
"""Answers that are timed without a refresh."""
SITEMAP = "http://ledger.example/sitemap.xml"
NOISE = "".join(f"<div class='ad'><a href='/{i}'>Offer {i}</a></div>" for i in range(200))
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def measure(_: Path | None, out: Path) -> None:
    """Print and write how long unchanged pages take, and how answers fare meanwhile."""
    with tempfile.TemporaryDirectory() as folder, beside(serve) as port:
        settings = BotSettings.of({"DATA_DIR": folder})
        with open_desk(settings, holder="the benchmark", clock=lambda: NOW) as desk:
            add(read_path(SAMPLE, Hints()), desk.archive, now=NOW)
            desk.coverage.catch_up()
            rows = asyncio.run(timed(desk, port))
    table = Table("", "")
    for name, value in rows.items():
        table.add_row(name, f"{value:,.2f}")
    Console().print(table)
    (out / "refreshing.json").write_text(json.dumps(rows, indent=2))


def serve(tell: Connection) -> None:
    """Serve until killed."""

    async def forever() -> None:
        web = Newsroom()
        urls = [f"http://ledger.example/{n}" for n in range(PAGES)]
        for n, url in enumerate(urls):
            web.page(url, f"Ward {n} decides", story(n), extra=NOISE)
        web.sitemap(SITEMAP, [(url, None) for url in urls])
        async with web.open():
            tell.send(web.port)
            await asyncio.Event().wait()

    asyncio.run(forever())


async def timed(desk: Desk, port: int) -> dict[str, float]:
    """Refresh all as new while answering, then all as unchanged, beside the fetching alone."""
    archive, moment = desk.archive, NOW
    archive.sources.watch(SITEMAP, "Ledger", Permission.OFFERED, 1, now=NOW)
    quiet = await answering(desk, threading.Event(), QUIET)
    with extractor() as pool:
        over = threading.Event()
        meanwhile = asyncio.create_task(answering(desk, over, 10 * QUIET))
        began = time.perf_counter()
        await refreshed(desk, port, moment, pool)
        first = time.perf_counter() - began
        over.set()
        busy = await meanwhile
        refresh_seconds, fetch_seconds = [], []
        validators_by_url = {page.url: Validators(page.etag) for page in archive.pages.of_source(1)}
        for _ in range(TURNS):
            moment += timedelta(days=2)
            began = time.perf_counter()
            await refreshed(desk, port, moment, pool)
            refresh_seconds.append(time.perf_counter() - began)
            began = time.perf_counter()
            await fetched(port, validators_by_url)
            fetch_seconds.append(time.perf_counter() - began)
    return {
        "pages": len(validators_by_url),
        "first round, s": first,
        "unchanged, s": float(np.median(refresh_seconds)),
        "fetching alone, s": float(np.median(fetch_seconds)),
        "unchanged / fetching alone": float(np.median(refresh_seconds) / np.median(fetch_seconds)),
        "answer p50, ms": float(np.median(quiet)),
        "answer p99, ms": float(np.quantile(quiet, 0.99)),
        "answer p50 while extracting, ms": float(np.median(busy)),
        "answer p99 while extracting, ms": float(np.quantile(busy, 0.99)),
        "answer p99, times": float(np.quantile(busy, 0.99) / np.quantile(quiet, 0.99)),
    }


@asynccontextmanager
async def fetching(port: int) -> AsyncIterator[Fetcher]:
    """Open a fetcher that reaches the local web."""
    reach: dict[str, Any] = {"resolver": ToOnePort(port), "pause": 0.0}
    async with Fetcher(lambda: NOW, allows=lambda _number, to: to == port, **reach) as fetcher:
        yield fetcher


async def refreshed(desk: Desk, port: int, now: datetime, pool: Any) -> None:
    """Refresh the one source."""
    async with fetching(port) as fetcher:
        [report] = await Refresher(desk.archive, fetcher, lambda: now, pool).refresh(
            desk.archive.sources.watched()
        )
    assert report.failure is None, report.failure
    assert report.counts["failed"] == 0


async def fetched(port: int, validators_by_url: dict[str, Validators]) -> None:
    """Ask for every page, conditionally, and do nothing with it."""
    remaining = iter(validators_by_url.items())
    async with fetching(port) as fetcher:

        async def work() -> None:
            for url, validators in remaining:
                await fetcher.fetch(url, validators)

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def answering(desk: Desk, until: threading.Event, at_most: int) -> Sequence[float]:
    """Answer one question after the other in a thread; return how long each took, in ms."""

    def work() -> list[float]:
        took: list[float] = []
        for text in cycle(texts(SAMPLE_QUESTIONS)):
            question = ask(text, now=NOW)
            began = time.perf_counter()
            answer_now(question, desk.coverage)
            took.append((time.perf_counter() - began) * 1000)
            if until.is_set() or len(took) >= at_most:
                break
        return took

    return await asyncio.to_thread(work)
