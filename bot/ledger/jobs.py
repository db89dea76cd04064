"""Looks at sources that somebody waits for."""

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
    """What is waited for, over a restart too."""

    def add(self, job: Job) -> int:
        """Keep that somebody waits for a look at a source, and return its number."""
        values = {k: v for k, v in asdict(job).items() if k != "id"} | {"at": rows.iso(job.at)}
        return self._insert(jobs, values)

    def take_over(self, owner: str, owners: Collection[str]) -> list[Job]:
        """Let *owner* show the jobs that nobody among *owners* shows; return them, oldest first."""
        alone = update(jobs).where(jobs.c.owner.not_in(list(owners)))
        with self._database.writing() as connection:
            found = connection.execute(alone.values(owner=owner).returning(jobs)).mappings()
            taken = [Job(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in found]
        return sorted(taken, key=lambda job: job.id)

    def remove(self, number: int) -> None:
        """Forget a job: its end is shown, or can be no more."""
        with self._database.writing() as connection:
            connection.execute(delete(jobs).where(jobs.c.id == number))
