"""Requested fetches that survive a restart, and the lease of the process that runs them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.community.curating import Curator
from bot.community.limits import INTERVALS
from bot.ledger import Ledger
from bot.ledger.records import Job, PendingQuestion
from ingest.archive import Archive
from ingest.errors import SourceNotFoundError
from ingest.language.languages import Language
from ingest.model import Source
from ingest.process.threads import in_thread

_LEADER_LEASE = "telling"
"""Name of the leader's lease; the leader sends news, digests and notices for all."""


@dataclass(frozen=True, slots=True)
class ProcessLease:
    """The leases of this process among those that share an archive.

    *alone* means single-process mode: the index allows one process at a time.
    """

    ledger: Ledger
    clock: Callable[[], datetime]
    alone: bool
    owner: str = field(default_factory=lambda: secrets.token_hex(8))

    @in_thread
    def begin(self) -> None:
        """Register this process; in single-process mode, delete leases of earlier processes."""
        if self.alone:
            self.ledger.leases.clear()
        else:
            self._renew()

    @in_thread
    def renew(self) -> None:
        """Renew the lease of this process; call it well before the lease expires."""
        self._renew()

    @in_thread
    def end(self) -> None:
        """Release the leases of this process, so that others can take over at once."""
        self.ledger.leases.give_up(self.owner, before=self.clock())

    @in_thread
    def is_leader(self) -> bool:
        """Acquire or renew the leader's lease; return True if this process is the leader."""
        now = self.clock()
        return self.alone or self.ledger.leases.take(
            _LEADER_LEASE, self.owner, now + INTERVALS.lease, now=now
        )

    @in_thread
    def interrupted(self) -> list[PendingQuestion]:
        """Return and take over the questions of dead processes, each only once."""
        if not self.alone:
            self._renew()
        return self.ledger.questions.interrupted(self.owner, self.clock())

    @in_thread
    def mark_notified(self, question: PendingQuestion) -> None:
        """Record that the asker was notified; otherwise another process does it later."""
        self.ledger.questions.mark_notified(question.id)

    def live_owners(self) -> set[str]:
        """Return the owners of all live processes, including this one; it blocks."""
        return {self.owner, *self.ledger.leases.owners(self.clock())}

    def _renew(self) -> None:
        now = self.clock()
        self.ledger.leases.take(f"process {self.owner}", self.owner, now + INTERVALS.lease, now=now)


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
