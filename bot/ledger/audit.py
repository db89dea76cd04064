"""The log of what people did to the coverage: who, where, when, to what."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from bot.ledger.model import AuditAction, AuditEntry
from bot.ledger.schema import audit
from bot.ledger.table import LedgerPart, in_place
from ingest.archive import rows
from ingest.model import Decision

_NEW = str(Decision.NEW)


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
        self, *, limit: int = 20, before: int | None = None, place: str | None = None
    ) -> list[AuditEntry]:
        """Return the last entries, newest first, those before number *before* for the next page.

        With *place* only those of one server.
        """
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        query = query.where(in_place(audit.c.place, place))
        if before is not None:
            query = query.where(audit.c.id < before)
        with self._database.reading() as connection:
            return [_entry_of(row) for row in connection.execute(query).mappings()]

    def added_in(self, article_id: int) -> str | None:
        """Return the server whose moderators brought an article; ``None`` if it was nobody's."""
        new = audit.c.detail.is_(None) | (audit.c.detail == _NEW)
        here = (audit.c.article_id == article_id) & (audit.c.deed == AuditAction.ADDED) & new
        query = select(audit.c.place).where(here).order_by(audit.c.id).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

    def watched_in(self, source_id: int, address: str) -> str | None:
        """Return the server whose moderators watch a source; ``None`` if it is nobody's."""
        mine = (audit.c.source_id == source_id) & (audit.c.detail == address)
        here = mine & (audit.c.deed == AuditAction.WATCHED)
        query = select(audit.c.place).where(here).order_by(audit.c.id.desc()).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

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
