"""kill -9 during refresh and rebuild: serving stays right, nothing is lost, nothing doubled."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from ingest.archive import Archive
from ingest.embedding.embedder import FastEmbedder
from ingest.environment import Settings
from ingest.index.index import Index
from ingest.index.rebuilding import faults
from ingest.index.search import search
from ingest.model import Permission
from tests.builders import NOW, an_extract, saved
from tests.ingest.newsroom import Newsroom, story

KILLS = int(os.environ.get("KILLS", "2"))
"""How often each is killed; ``KILLS=20`` for a thorough run."""
FEED = "http://ledger.example/feed.xml"
PAGES = 120
PATIENCE = 300
"""Seconds that the last round may take: what extracts gives way to whatever else is busy."""
SERVED = 40


def started(*arguments, **environment):
    """Start a process of ours."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", *map(str, arguments)]
    return subprocess.Popen(
        command, env={**os.environ, "EMBEDDING_MODEL": "fast", **environment}, **quiet
    )


async def test_a_refresh_that_is_killed_goes_on(tmp_path):
    """Every page is kept once, and what was fetched before a kill is not fetched for nothing."""
    settings = Settings.of({"DATA_DIR": str(tmp_path)})
    chance = random.Random(11)
    async with Newsroom().open() as web:
        pages = [f"http://ledger.example/{n}" for n in range(PAGES)]
        for n, url in enumerate(pages):
            web.page(url, f"Ward {n} decides", story(n))
        web.feed(FEED, [(url, "t") for url in pages])
        with Archive.open(settings.archive_url) as archive:
            archive.sources.watch(FEED, "Ledger", Permission.OFFERED, 1, now=NOW)
        for _ in range(KILLS):
            victim = started("tests.ingest.refreshing", tmp_path, web.port)
            await asyncio.sleep(chance.uniform(0.5, 4.0))
            victim.send_signal(signal.SIGKILL)
            await asyncio.to_thread(victim.wait)
            with Archive.open(settings.archive_url) as archive:
                kept = archive.summary()
                assert kept.articles == kept.versions
        last = started("tests.ingest.refreshing", tmp_path, web.port)
        assert await asyncio.to_thread(last.wait, PATIENCE) == 0
    with Archive.open(settings.archive_url) as archive:
        kept = archive.summary()
        assert (kept.articles, kept.versions, kept.removed) == (PAGES, PAGES, 0)
        with Index.open(archive, FastEmbedder(), settings, holder="a test", now=NOW) as index:
            index.upkeep.catch_up()
            assert not faults(index)


@pytest.mark.parametrize("where", ["embedded", "server"])
def test_a_rebuild_that_is_killed_goes_on(tmp_path, where, request):
    """Whenever it dies, a generation serves that is whole; the begun one is gone on with."""
    environment = {"DATA_DIR": str(tmp_path / "data")}
    if where == "server":
        environment["DATABASE_URL"] = request.getfixturevalue("postgres_url")
        environment["CHROMA_URL"] = request.getfixturevalue("chroma_url")
    settings = Settings.of(environment)
    chance = random.Random(12)
    with Archive.open(settings.archive_url) as archive:
        saved(archive, *(an_extract(story(n), title=f"Ward {n}") for n in range(SERVED)))
        serve(archive, settings)
        for _ in range(KILLS):
            victim = started("ingest", "rebuild", **environment)
            time.sleep(chance.uniform(1.5, 4.5))
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            serve(archive, settings)
        last = started("ingest", "rebuild", **environment)
        assert last.wait(PATIENCE) == 0
        serve(archive, settings)
        unfinished = [each for each in archive.generations.stored() if each.retired_at is None]
        assert [each.active for each in unfinished] == [True]


def serve(archive, settings):
    """Open what serves, and find in it what is there."""
    with Index.open(archive, FastEmbedder(), settings, holder="a test", now=NOW) as index:
        index.upkeep.catch_up()
        assert not faults(index)
        found = search(index, archive, "Who said it at item 7 of the list?", limit=3)
        assert "item 7 of" in found[0].passage.text
