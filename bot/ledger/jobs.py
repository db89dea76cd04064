"""Requested fetches of sources whose progress is shown to a moderator."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, update

from bot.ledger.model import Job
from bot.ledger.schema import jobs
from bot.ledger.table import LedgerPart
from ingest.archive import rows


class JobList(LedgerPart):
    """Table of jobs in progress; it survives a restart."""

    def add(self, job: Job) -> int:
        """Insert a job, and return its id."""
        values = {k: v for k, v in asdict(job).items() if k != "id"} | {"at": rows.iso(job.at)}
        return self._insert(jobs, values)

    def take_over(self, owner: str, owners: Collection[str]) -> list[Job]:
        """Reassign jobs of processes not in *owners* to *owner*; return them, oldest first."""
        orphaned = update(jobs).where(jobs.c.owner.not_in(list(owners)))
        with self._database.writing() as connection:
            job_rows = connection.execute(orphaned.values(owner=owner).returning(jobs)).mappings()
            orphans = [Job(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in job_rows]
        return sorted(orphans, key=lambda job: job.id)

    def remove(self, number: int) -> None:
        """Delete a job whose result was shown or can no longer be shown."""
        with self._database.writing() as connection:
            connection.execute(delete(jobs).where(jobs.c.id == number))
