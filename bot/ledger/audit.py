"""The log of what people did to the coverage: who, where, when, to what."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from bot.ledger.model import AuditAction, AuditEntry
from bot.ledger.schema import audit
from bot.ledger.table import LedgerPart, in_places
from ingest.archive import rows

_OF_COVERAGE = (
    AuditAction.ADDED,
    AuditAction.REMOVED,
    AuditAction.RESTORED,
    AuditAction.HIDDEN,
    AuditAction.WATCHED,
    AuditAction.UNWATCHED,
)
"""What is done to what others cite as well."""


class Audit(LedgerPart):
    """What moderators did, newest first; nothing of it is ever deleted."""

    def add(self, entry: AuditEntry) -> int:
        """Write down what somebody did, and return its number."""
        values = {name: value for name, value in asdict(entry).items() if name != "id"}
        values |= {"at": rows.iso(entry.at), "deed": entry.kind}
        del values["kind"]
        return self._insert(audit, values)

    def get(self, number: int) -> AuditEntry | None:
        """Return one entry; ``None`` if there is none of that number."""
        with self._database.reading() as connection:
            query = select(audit).where(audit.c.id == number)
            row = connection.execute(query).mappings().one_or_none()
        return _entry_of(row) if row else None

    def last(
        self,
        *,
        limit: int = 20,
        before: int | None = None,
        place: str | None = None,
        home: str | None = None,
    ) -> list[AuditEntry]:
        """Return the last entries, newest first, those before number *before* for the next page.

        With *place* only those of one server, and what the *home* server did to what is cited
        there as well.
        """
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        theirs = in_places(audit.c.place, None if place is None else [place])
        if place is not None and home is not None:
            theirs |= (audit.c.place == home) & audit.c.deed.in_(_OF_COVERAGE)
        query = query.where(theirs)
        if before is not None:
            query = query.where(audit.c.id < before)
        with self._database.reading() as connection:
            return [_entry_of(row) for row in connection.execute(query).mappings()]

    def mark_undone(self, number: int, by: int) -> bool:
        """Mark an entry as undone by another; tell whether it was not so before."""
        mine = update(audit).where(audit.c.id == number, audit.c.undone_by.is_(None))
        with self._database.writing() as connection:
            return bool(connection.execute(mine.values(undone_by=by)).rowcount)


def _entry_of(row: rows.Row) -> AuditEntry:
    """Read an entry."""
    known: dict[str, Any] = dict(row)
    known |= {"at": datetime.fromisoformat(row["at"]), "kind": known.pop("deed")}
    return AuditEntry(**known)
