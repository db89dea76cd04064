"""Looks at sources that somebody waits for."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select

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

    def waiting(self) -> list[Job]:
        """Return what somebody waits for, oldest first."""
        with self._database.reading() as connection:
            found = connection.execute(select(jobs).order_by(jobs.c.id)).mappings()
            return [Job(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in found]

    def remove(self, number: int) -> None:
        """Forget a job: its end is shown, or can be no more."""
        with self._database.writing() as connection:
            connection.execute(delete(jobs).where(jobs.c.id == number))
