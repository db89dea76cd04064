"""Requested fetches of sources, stored in the archive so that they survive a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from bot.community.curating import Curator
from bot.community.process_lease import ProcessLease
from bot.ledger import Ledger
from bot.ledger.model import Job
from ingest.archive import Archive
from ingest.errors import SourceNotFoundError
from ingest.language.languages import Language
from ingest.model import Source
from ingest.process.threads import in_thread


@dataclass(frozen=True, slots=True)
class LookProgress:
    """Progress of a requested fetch: ``done`` pages were fetched since the request.

    ``source`` is ``None`` if it is no longer watched.
    """

    job: Job
    source: Source | None
    done: int = 0
    finished: bool = False

    @property
    def listed(self) -> int | None:
        """Return the number of pages that the source lists, if known."""
        return self.source.listed if self.source else None


@dataclass(slots=True)
class Jobs:
    """The requested fetches of moderators. Its methods do not block the event loop."""

    archive: Archive
    ledger: Ledger
    clock: Callable[[], datetime]
    lease: ProcessLease

    @in_thread
    def begin(self, source_id: int, token: str, language: Language) -> Job:
        """Store a requested fetch, with the token of the interaction that requested it."""
        job = Job(self.clock(), source_id, token, language, self.lease.owner)
        return replace(job, id=self.ledger.jobs.add(job))

    async def resume(self, curator: Curator) -> list[Job]:
        """Take over the jobs of dead processes, and schedule their fetches again."""
        jobs = await asyncio.to_thread(self._take_over)
        for job in jobs:
            with suppress(SourceNotFoundError):
                await curator.look_again(job.source_id)
        return jobs

    def _take_over(self) -> list[Job]:
        return self.ledger.jobs.take_over(self.lease.owner, self.lease.live_owners())

    @in_thread
    def dismiss(self, job: Job) -> None:
        """Delete a job whose result was shown or can no longer be shown."""
        self.ledger.jobs.remove(job.id)

    @in_thread
    def progress(self, job: Job) -> LookProgress:
        """Return the progress of a requested fetch."""
        try:
            source = self.archive.sources.get(job.source_id)
        except SourceNotFoundError:
            return LookProgress(job, None, finished=True)
        pages = self.archive.pages.of_source(job.source_id)
        fetched = sum(1 for p in pages if p.checked_at is not None and p.checked_at >= job.at)
        finished = source.ended_at is not None and source.ended_at >= job.at
        return LookProgress(job, source, fetched, finished)
