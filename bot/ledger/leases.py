"""Which processes are there, and which of them does what only one may do: for a time, renewed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from bot.ledger.schema import leases
from bot.ledger.table import LedgerPart
from ingest.archive import rows
from ingest.archive.saving import lock_archive


class Leases(LedgerPart):
    """Names that are held until a moment; whoever does not renew has lost them then."""

    def take(self, name: str, owner: str, until: datetime, *, now: datetime) -> bool:
        """Hold *name* until a moment, unless another owner does; tell whether it is held."""
        here = leases.c.name == name
        values = {"owner": owner, "until": rows.iso(until)}
        with self._database.writing() as connection:
            lock_archive(connection)
            held = connection.execute(select(leases).where(here)).mappings().one_or_none()
            if held is None:
                connection.execute(insert(leases).values(name=name, **values))
            elif held["owner"] == owner or datetime.fromisoformat(held["until"]) < now:
                connection.execute(update(leases).where(here).values(values))
            else:
                return False
        return True

    def owners(self, now: datetime) -> set[str]:
        """Return whoever holds anything."""
        query = select(leases.c.owner).where(leases.c.until >= rows.iso(now))
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def give_up(self, owner: str, *, before: datetime) -> None:
        """Let go of whatever *owner* holds, and forget what anybody lost *before* a moment."""
        gone = (leases.c.owner == owner) | (leases.c.until < rows.iso(before))
        with self._database.writing() as connection:
            connection.execute(delete(leases).where(gone))

    def clear(self) -> None:
        """Let go of everything: nobody else can be there."""
        with self._database.writing() as connection:
            connection.execute(delete(leases))
