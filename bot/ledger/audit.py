"""Audit log of moderators' actions: who, where, when, on which article or source."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from bot.ledger.model import AuditAction, AuditEntry
from bot.ledger.schema import audit
from bot.ledger.table import LedgerPart, in_places
from ingest.archive import rows

_COVERAGE_ACTIONS = (
    AuditAction.ADDED,
    AuditAction.REMOVED,
    AuditAction.RESTORED,
    AuditAction.HIDDEN,
    AuditAction.WATCHED,
    AuditAction.UNWATCHED,
)
"""Actions on articles and sources, which affect every server that cites them."""


class Audit(LedgerPart):
    """Table of audit entries; entries are never deleted."""

    def add(self, entry: AuditEntry) -> int:
        """Insert an audit entry, and return its id."""
        values = {name: value for name, value in asdict(entry).items() if name != "id"}
        values |= {"at": rows.iso(entry.at), "deed": entry.kind}
        del values["kind"]
        return self._insert(audit, values)

    def get(self, number: int) -> AuditEntry | None:
        """Return the entry with an id, or ``None`` if there is none."""
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
        """Return the latest entries, newest first; with *before* only those with a smaller id.

        With *place*, return the entries of one server, and what moderators of the *home* server did
        to articles and sources that this server cites too.
        """
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        condition = in_places(audit.c.place, None if place is None else [place])
        if place is not None and home is not None:
            condition |= (audit.c.place == home) & audit.c.deed.in_(_COVERAGE_ACTIONS)
        query = query.where(condition)
        if before is not None:
            query = query.where(audit.c.id < before)
        with self._database.reading() as connection:
            return [_entry_of(row) for row in connection.execute(query).mappings()]

    def mark_undone(self, number: int, undo_id: int) -> bool:
        """Mark an entry as undone by the entry *by*; return True if it was not undone before."""
        statement = update(audit).where(audit.c.id == number, audit.c.undone_by.is_(None))
        with self._database.writing() as connection:
            return bool(connection.execute(statement.values(undone_by=undo_id)).rowcount)


def _entry_of(row: rows.Row) -> AuditEntry:
    """Build an AuditEntry from a row."""
    values: dict[str, Any] = dict(row)
    values |= {"at": datetime.fromisoformat(row["at"]), "kind": values.pop("deed")}
    return AuditEntry(**values)
