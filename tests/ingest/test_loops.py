"""A resolver that hangs: short calls go on, other names are found, and the loop ends."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from datetime import UTC, datetime

import pytest

from ingest.fetching.fetcher import Fetcher
from ingest.process import threads
from ingest.process.threads import NAME_THREADS

PATIENCE = 10.0
HOSTS = 3 * NAME_THREADS


@pytest.fixture
def resolver(monkeypatch):
    """Let the names under ``hanging.example`` hang like a name server without a reply."""
    going_on, asked, real = threading.Event(), [], socket.getaddrinfo

    def look_up(host, *arguments, **options):
        if str(host).endswith("hanging.example"):
            asked.append(host)
            going_on.wait(60)
            raise socket.gaierror(socket.EAI_AGAIN, "no reply")
        return real(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield asked
    going_on.set()


def test_pages_whose_names_hang_hold_up_nothing_else(resolver):
    """Many pages are fetched at once: stored answers, other names and the end are not late."""

    async def main():
        async with Fetcher(lambda: datetime.now(UTC)) as fetcher:
            urls = [f"http://{n}.hanging.example/" for n in range(HOSTS)]
            fetching = [asyncio.create_task(fetcher.fetch(url)) for url in urls]
            async with asyncio.timeout(PATIENCE):
                while len(resolver) < NAME_THREADS // 2:
                    await asyncio.sleep(0.01)
                stored = await asyncio.to_thread(lambda: "stored")
                known = await asyncio.get_running_loop().getaddrinfo("localhost", 80)
            for task in fetching:
                task.cancel()
            await asyncio.gather(*fetching, return_exceptions=True)
        return stored, known, len(resolver)

    began = time.monotonic()
    stored, known, asked = threads.run(main())
    assert time.monotonic() - began < PATIENCE
    assert stored == "stored"
    assert known
    assert asked == NAME_THREADS // 2


def test_a_name_that_hangs_does_not_keep_the_loop_from_ending(resolver):
    """Where more names hang than there are threads, the end waits for none of them."""

    async def main():
        loop = asyncio.get_running_loop()
        looking = [
            asyncio.create_task(loop.getaddrinfo(f"{n}.hanging.example", 80)) for n in range(HOSTS)
        ]
        async with asyncio.timeout(PATIENCE):
            while len(resolver) < NAME_THREADS:
                await asyncio.sleep(0.01)
        return looking

    began = time.monotonic()
    looking = threads.run(main())
    assert time.monotonic() - began < PATIENCE
    assert all(task.cancelled() for task in looking)
