"""Looks at sources that somebody waits for: kept in the archive, so that a restart goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.community.curating import Curator
from bot.ledger import Ledger
from bot.ledger.model import Job
from ingest.archive import Archive
from ingest.errors import SourceNotFoundError
from ingest.model import Source


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a look is: pages looked at since it was asked for, of those that are listed.

    ``source`` is ``None`` where nobody watches it any more.
    """

    job: Job
    source: Source | None
    done: int = 0
    finished: bool = False

    @property
    def listed(self) -> int | None:
        """How many pages the source named, as far as that is known."""
        return self.source.listed if self.source else None


@dataclass(slots=True)
class Jobs:
    """The looks that somebody waits for; nothing here blocks the event loop."""

    archive: Archive
    ledger: Ledger
    clock: Callable[[], datetime]
    _ended: dict[int, datetime] = field(default_factory=dict)

    async def begin(self, source_id: int, token: str, language: str) -> Job:
        """Keep that somebody waits, with the token of what they asked by."""
        job = Job(self.clock(), source_id, token, language)
        number = await asyncio.to_thread(self.ledger.jobs.add, job)
        return replace(job, id=number)

    async def resume(self, curator: Curator) -> list[Job]:
        """Return what somebody waited for before a restart, and let it be looked at again."""
        jobs = await asyncio.to_thread(self.ledger.jobs.waiting)
        for job in jobs:
            with suppress(SourceNotFoundError):
                await curator.look_again(job.source_id)
        return jobs

    def ended(self, source_id: int) -> None:
        """Note that a look at a source has come to its end."""
        self._ended[source_id] = self.clock()

    async def progress(self, job: Job) -> Progress:
        """Return how far a look is."""
        return await asyncio.to_thread(self._progress, job)

    async def dismiss(self, job: Job) -> None:
        """Forget a job: its end was shown, or can be no more."""
        await asyncio.to_thread(self.ledger.jobs.remove, job.id)

    def _progress(self, job: Job) -> Progress:
        try:
            source = self.archive.sources.get(job.source_id)
        except SourceNotFoundError:
            return Progress(job, None, finished=True)
        pages = self.archive.pages.of_source(job.source_id)
        done = sum(1 for p in pages if p.checked_at is not None and p.checked_at >= job.at)
        ended = self._ended.get(job.source_id)
        return Progress(job, source, done, ended is not None and ended >= job.at)
