"""Refresh what is due, again and again, inside a process that does other things."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from ingest.archive import Archive
from ingest.fetching import Fetcher
from ingest.model import NO_SNAPSHOTS, SnapshotLimits, Source
from ingest.refresh import Refresher, sentence
from ingest.refreshing.extracting import extractor

logger = logging.getLogger(__name__)

_EVERY = 60.0
"""Seconds between two looks at which sources are due."""


async def keep_fresh(
    archive: Archive,
    clock: Callable[[], datetime],
    *,
    contact: str | None = None,
    snapshots: SnapshotLimits = NO_SNAPSHOTS,
    every: float = _EVERY,
    wake: asyncio.Event | None = None,
) -> None:
    """Refresh each source when it is due, until cancelled; failures are logged and pass.

    Setting *wake* makes it look at once.
    """
    wake = wake or asyncio.Event()
    with extractor() as processes:
        while True:
            try:
                if sources := await asyncio.to_thread(_claimed, archive, clock()):
                    async with Fetcher(clock, contact=contact) as fetcher:
                        refresher = Refresher(
                            archive, fetcher, clock, processes, snapshots=snapshots
                        )
                        await refresher.refresh(sources)
            except Exception as error:
                logger.warning("Refreshing failed: %s", sentence(error) or repr(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), every)
            wake.clear()


def _claimed(archive: Archive, now: datetime) -> Sequence[Source]:
    """Return the sources that are due and that no other process took."""
    due = [each for each in archive.sources.watched() if each.due(now)]
    return [each for each in due if archive.sources.claim(each, now)]
