"""Searches take turns in threads of their own, and a stop ends those that wait."""

from __future__ import annotations

import asyncio
import os
import threading

import pytest

from ingest.process.threads import StoppedEarlyError, in_search_thread, search_in_turn

PATIENCE = 60
"""Seconds that a busy machine may take for a short call."""


@pytest.fixture
def let_go():
    """Return what searches wait for: it comes in the end, so that no thread outlives its test."""
    going_on = threading.Event()
    yield going_on
    going_on.set()


async def test_a_stopped_search_that_waits_never_runs_and_delays_nobody(let_go):
    """More searches than threads: short calls go on, and a stop ends the search that waits."""
    going_on, stop, ran = let_go, asyncio.Event(), []
    never = asyncio.Event()
    busy = [
        asyncio.create_task(search_in_turn(never, going_on.wait))
        for _ in range(4 + 2 * (os.cpu_count() or 1))
    ]
    last = asyncio.create_task(search_in_turn(stop, lambda: ran.append(1)))
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "short"), PATIENCE) == "short"
    stop.set()
    with pytest.raises(StoppedEarlyError):
        await asyncio.wait_for(last, PATIENCE)
    going_on.set()
    assert all(await asyncio.gather(*busy))
    assert ran == []


async def test_a_search_that_runs_ends_although_it_is_stopped(let_go):
    """Its result tells what is nearest."""
    started, going_on, stop = threading.Event(), let_go, asyncio.Event()

    def search():
        started.set()
        return going_on.wait()

    running = asyncio.create_task(search_in_turn(stop, search))
    await asyncio.to_thread(started.wait)
    stop.set()
    await asyncio.sleep(0)
    going_on.set()
    assert await asyncio.wait_for(running, PATIENCE)


async def test_whatever_searches_takes_its_turn(let_go):
    """A timeline, a look-up, a quotation searched in any article: short calls never wait behind."""
    going_on = let_go
    waiting = in_search_thread(going_on.wait)
    busy = [asyncio.create_task(waiting()) for _ in range(40)]
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "short"), PATIENCE) == "short"
    going_on.set()
    assert all(await asyncio.gather(*busy))
