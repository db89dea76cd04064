"""How fast coverage comes in: 20,000 passages beside their embedder, and two workers beside one."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from aiohttp import web
from rich.console import Console
from rich.table import Table

from ingest.archive import Archive
from ingest.embedding.embedder import FastEmbedder, embedder
from ingest.embedding.meaning import Embedder
from ingest.environment import Settings
from ingest.index.cutting import SPLITTER
from ingest.index.index import Index
from ingest.index.limits import BATCHES
from ingest.model import Cut, Extract, Header, Span
from tests.benchmarks.corpora import multihoprag, realtimeqa
from tests.benchmarks.servers import beside, loopback, servers

ARTICLES = 2_500
"""Articles beside the fast embedder."""
BY_DEFAULT = 80
"""Articles beside the one that is the default, which reads for a second at each."""
PASSAGES = 8
"""Passages of an article, as those of the two sets have."""
PARTS = 10
AT_ONCE = 100
BY_WORKERS = 1_500
"""Articles that one worker, and two, add."""
PACE = 100
"""Texts a second that the paced endpoint embeds for each request."""
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
FIRST = date(2016, 1, 1)


def measure(data: Path | None, out: Path) -> None:
    """Print and write the rates."""
    if data is None:
        raise SystemExit("Name the folder that holds multihoprag, realtimeqa_election: DATA=folder")
    texts = passages(data)
    rows = by_default(texts) | measured(FastEmbedder(), texts, ARTICLES) | by_workers(texts)
    table = Table("", "")
    for name, value in rows.items():
        table.add_row(name, f"{value:,.2f}")
    Console().print(table)
    (out / "ingesting.json").write_text(json.dumps(rows, indent=2))


def passages(data: Path) -> list[str]:
    """Return the passages of two sets of news, each once, in an order that tells nothing."""
    all_passages = (
        extract.text[span.start : span.end]
        for extract, cutting in (*multihoprag(data)[0], *realtimeqa(data)[0])
        for span in cutting.spans
    )
    distinct = list(dict.fromkeys(all_passages))
    random.Random(3).shuffle(distinct)
    return distinct


def article(number: int, texts: Sequence[str]) -> tuple[Extract, Cut]:
    """Make an article of the next passages."""
    spans, text = [], ""
    for passage in texts[number * PASSAGES : (number + 1) * PASSAGES]:
        spans.append(Span(len(text), len(text) + len(passage)))
        text += f"{passage}\n\n"
    header = Header(
        f"Report {number}",
        outlet=f"Outlet {number % 40}",
        url=f"https://reports.example/{number}",
        published=FIRST + timedelta(days=number % 3650),
        language="en",
    )
    return Extract(header, text.strip()), Cut(SPLITTER, tuple(spans))


def by_default(texts: Sequence[str]) -> dict[str, float]:
    """Do the same with the best embedder that the packages have here."""
    with TemporaryDirectory() as folder:
        chosen = embedder(Settings.of({"DATA_DIR": folder}))
        rows = measured(chosen, texts, BY_DEFAULT)
        return {f"{name}, by default": row for name, row in rows.items()}


def measured(model: Embedder, texts: Sequence[str], articles: int) -> dict[str, float]:
    """Save and index articles in ten parts; before each, let the embedder alone do its share."""
    embedding_seconds, whole_seconds = list[float](), list[float]()
    with TemporaryDirectory() as folder:
        settings = Settings.of({"DATA_DIR": folder})
        with (
            Archive.open(settings.archive_url) as archive,
            Index.open(archive, model, settings, holder="a benchmark", now=NOW) as index,
        ):
            size = articles // PARTS
            for start in range(0, articles, size):
                items = [article(n, texts) for n in range(start, start + size)]
                ordered = sorted(texts[start * PASSAGES : (start + size) * PASSAGES], key=len)
                began = time.perf_counter()
                for at in range(0, len(ordered), BATCHES.texts):
                    model.passages(ordered[at : at + BATCHES.texts])
                embedding_seconds.append(size / (time.perf_counter() - began))
                began = time.perf_counter()
                for at in range(0, size, AT_ONCE):
                    archive.articles.save_many(items[at : at + AT_ONCE], now=NOW)
                index.upkeep.catch_up()
                whole_seconds.append(size / (time.perf_counter() - began))
    shares = np.array(whole_seconds) / np.array(embedding_seconds)
    return {
        "articles": articles,
        "passages": articles * PASSAGES,
        "the embedder alone, articles/s": float(np.median(embedding_seconds)),
        "ingest, articles/s": float(np.median(whole_seconds)),
        "ingest / embedder": float(np.median(shares)),
        "first tenth": float(shares[0]),
        "last tenth": float(shares[-1]),
    }


def by_workers(texts: Sequence[str]) -> dict[str, float]:
    """Let one process add everything, then two half of it each, with a paced endpoint."""
    took = {count: added(texts, count) for count in (1, 2)}
    return {
        "articles of the workers": BY_WORKERS,
        "one worker, s": took[1],
        "two workers, s": took[2],
        "two beside one": took[1] / took[2],
    }


def added(texts: Sequence[str], workers: int) -> float:
    """Return the seconds until *workers* have added and indexed *texts*."""
    with TemporaryDirectory() as folder, servers(Path(folder)) as shared, beside(serve) as port:
        files = []
        for n in range(workers):
            files.append(Path(folder) / f"{n}.jsonl")
            with files[-1].open("w", encoding="utf-8") as file:
                for number in range(n, BY_WORKERS, workers):
                    print(json.dumps(described(*article(number, texts))), file=file)
        endpoint = f"http://127.0.0.1:{port}/v1"
        began = time.perf_counter()
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "ingest", "add", str(file)],
                env={
                    **os.environ,
                    **shared.settings,
                    "DATA_DIR": f"{folder}/worker{n}",
                    "OPENAI_BASE_URL": endpoint,
                    "EMBEDDING_MODEL": "paced",
                },
                stdout=subprocess.DEVNULL,
            )
            for n, file in enumerate(files)
        ]
        for process in processes:
            assert process.wait() == 0
        return time.perf_counter() - began


def described(extract: Extract, _: Cut) -> Mapping[str, str]:
    """Return an article as a line of JSON Lines."""
    header = extract.header
    return {
        "title": header.title,
        "text": extract.text,
        "outlet": header.outlet,
        "url": header.url or "",
        "published": str(header.published),
    }


def serve(tell: Connection) -> None:
    """Serve until killed; a request takes as long as its texts together."""

    async def embed(request: web.Request) -> web.Response:
        texts = (await request.json())["input"]
        await asyncio.sleep(len(texts) / PACE)
        rows = np.random.default_rng(len(texts)).normal(size=(len(texts), 256)).round(4)
        data = [
            {"object": "embedding", "index": n, "embedding": row.tolist()}
            for n, row in enumerate(rows)
        ]
        usage = {"prompt_tokens": 0, "total_tokens": 0}
        return web.json_response({"object": "list", "data": data, "model": "paced", "usage": usage})

    async def forever() -> None:
        app = web.Application(client_max_size=2**26)
        app.router.add_post("/v1/embeddings", embed)
        async with loopback(app) as port:
            tell.send(port)
            await asyncio.Event().wait()

    asyncio.run(forever())
