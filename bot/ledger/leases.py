"""Leases: processes that are alive, and the one that does exclusive work. Leases expire."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from bot.ledger.schema import leases
from bot.ledger.table import LedgerPart
from ingest.archive import rows
from ingest.archive.saving import lock_archive


class Leases(LedgerPart):
    """Table of named leases, each held by one owner until it expires."""

    def take(self, name: str, owner: str, until: datetime, *, now: datetime) -> bool:
        """Acquire or renew the lease *name* for *owner*; return False if another owner holds it."""
        condition = leases.c.name == name
        values = {"owner": owner, "until": rows.iso(until)}
        with self._database.writing() as connection:
            lock_archive(connection)
            lease = connection.execute(select(leases).where(condition)).mappings().one_or_none()
            if lease is None:
                connection.execute(insert(leases).values(name=name, **values))
            elif lease["owner"] == owner or datetime.fromisoformat(lease["until"]) < now:
                connection.execute(update(leases).where(condition).values(values))
            else:
                return False
        return True

    def owners(self, now: datetime) -> set[str]:
        """Return the owners of all leases that have not expired."""
        query = select(leases.c.owner).where(leases.c.until >= rows.iso(now))
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def give_up(self, owner: str, *, before: datetime) -> None:
        """Release the leases of *owner*, and delete all leases that expired before *before*."""
        condition = (leases.c.owner == owner) | (leases.c.until < rows.iso(before))
        with self._database.writing() as connection:
            connection.execute(delete(leases).where(condition))

    def clear(self) -> None:
        """Delete all leases; for single-process mode, where no other owner is alive."""
        with self._database.writing() as connection:
            connection.execute(delete(leases))
