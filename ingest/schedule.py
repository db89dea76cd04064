"""Scheduled refreshing of due sources, inside a process that also does other work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from ingest.archive import Archive
from ingest.fetching.fetcher import Fetcher
from ingest.model import NO_SNAPSHOTS, SnapshotLimits, Source
from ingest.refresh import Refresher, sentence
from ingest.refreshing import extractor

logger = logging.getLogger(__name__)

_POLL_SECONDS = 60.0
"""Seconds between two checks for due sources."""


async def keep_fresh(
    archive: Archive,
    clock: Callable[[], datetime],
    *,
    contact: str | None = None,
    snapshots: SnapshotLimits = NO_SNAPSHOTS,
    every: float = _POLL_SECONDS,
    wake: asyncio.Event | None = None,
) -> None:
    """Refresh each source when it is due, until cancelled; failures are logged.

    Setting *wake* starts a check at once.
    """
    wake = wake or asyncio.Event()
    with extractor() as processes:
        while True:
            try:
                if sources := await asyncio.to_thread(_claim_due, archive, clock()):
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


def _claim_due(archive: Archive, now: datetime) -> Sequence[Source]:
    """Return the due sources that this process claimed."""
    due = [source for source in archive.sources.watched() if source.due(now)]
    return [source for source in due if archive.sources.claim(source, now)]
