"""Previews of files, addresses and pastes, beside everything else that the desk does."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from bot.community import previewing
from ingest.reading import Hints


async def test_a_burst_of_slow_previews_takes_no_thread_of_answers(monkeypatch):
    """More of them than there are threads of the event loop, and none of them ends."""
    is_over = threading.Event()

    def read_slowly(*_):
        is_over.wait(30)
        return []

    monkeypatch.setattr(previewing, "isolated", read_slowly)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2))
    previewer = previewing.Previewer(None, None)
    previews = [asyncio.create_task(previewer.data(b"", f"{n}.txt", Hints())) for n in range(8)]
    await asyncio.sleep(0.1)
    try:
        async with asyncio.timeout(5):
            assert await asyncio.to_thread(lambda: "answered") == "answered"
        assert not any(preview.done() for preview in previews)
    finally:
        is_over.set()
    assert [preview.name for preview in await asyncio.gather(*previews)] == [
        f"{n}.txt" for n in range(8)
    ]
