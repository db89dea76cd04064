"""Refreshing on a schedule, inside a process that does other things."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest

from ingest import refresh
from ingest.errors import ArchiveError
from ingest.fetching.fetcher import Fetcher
from ingest.model import Permission
from ingest.refresh import keep_fresh
from tests.ingest.newsroom import Newsroom, story

PAGE = "http://ledger.example/1"


@pytest.fixture
async def web(monkeypatch):
    """Open a local web that the schedule fetches from."""
    async with Newsroom().open() as room:
        reach = {"resolver": room, "allows": room.allows, "pause": 0.0}
        monkeypatch.setattr(refresh, "Fetcher", partial(Fetcher, **reach))
        monkeypatch.setattr(refresh, "extractor", partial(ThreadPoolExecutor, 2))
        yield room


async def until(told):
    """Wait until *told* returns something true."""
    async with asyncio.timeout(20):
        while not told():
            await asyncio.sleep(0.01)


async def test_what_is_due_is_refreshed_and_what_is_not_is_left(web, archive):
    """Each source at its own interval; nobody has to ask, and everybody sees when it has ended."""
    web.page(PAGE, "Ward 1 decides", story(1))
    source = archive.sources.watch(PAGE, "Ledger", Permission.OFFERED, 60, now=web.now)
    running = asyncio.create_task(keep_fresh(archive, lambda: web.now, every=0.01))

    def ended():
        return archive.sources.get(source.id).ended_at == web.now

    await until(ended)
    assert archive.articles.count() == 1
    web.now += timedelta(minutes=59)
    await asyncio.sleep(0.2)
    assert not ended()
    web.now += timedelta(minutes=2)
    web.page(PAGE, "Ward 1 decides", story(1, said="nothing"))
    await until(ended)
    assert archive.articles.listed()[0].versions == 2
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert archive.sources.get(source.id).failure is None


async def test_a_look_that_failed_has_ended_too(web, archive):
    """Whoever waits for it is not left waiting."""
    source = archive.sources.watch(PAGE, "Ledger", Permission.OFFERED, 60, now=web.now)
    running = asyncio.create_task(keep_fresh(archive, lambda: web.now, every=0.01))
    await until(lambda: archive.sources.get(source.id).ended_at)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert archive.sources.get(source.id).failure


async def test_a_failure_is_logged_and_the_next_round_comes(web, archive, monkeypatch, caplog):
    """A database that is away for a moment ends nothing."""
    web.page(PAGE, "Ward 1 decides", story(1))
    archive.sources.watch(PAGE, "Ledger", Permission.OFFERED, 60, now=web.now)
    real, failures = archive.sources.watched, [ArchiveError("The archive is busy.")]

    def sources():
        if failures:
            raise failures.pop()
        return real()

    monkeypatch.setattr(archive.sources, "watched", sources)
    running = asyncio.create_task(keep_fresh(archive, lambda: web.now, every=0.01))
    await until(archive.articles.count)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert "The archive is busy." in caplog.text
