"""What every part of the ledger does with its table."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    delete,
    insert,
    select,
    true,
)

from bot.ledger.schema import news_seen
from ingest.archive.database import DatabasePart


class Looker(IntEnum):
    """Who looks through the archive's changes, and remembers how far."""

    FOLLOWS = 1
    ANSWERS = 2


def in_place(column: Column[Any], place: str | None) -> ColumnElement[bool]:
    """Restrict to one server, or with ``None`` to nothing."""
    return true() if place is None else column == place


class LedgerPart(DatabasePart):
    """One part of the ledger, in an open database. Safe to share between threads."""

    def _insert(self, table: Table, values: dict[str, Any]) -> int:
        """Write one row, and return its number."""
        with self._database.writing() as connection:
            made = connection.execute(insert(table).values(values)).inserted_primary_key
        assert made is not None
        return int(made[0])

    def _seen(self, looker: Looker) -> int | None:
        """Return the change up to which the archive was looked through; ``None`` before that."""
        query = select(news_seen.c.seq).where(news_seen.c.id == looker)
        with self._database.reading() as connection:
            return connection.execute(query).scalar()


def note_seen(connection: Connection, looker: Looker, seq: int) -> None:
    """Remember that the archive was looked through up to change *seq*."""
    connection.execute(delete(news_seen).where(news_seen.c.id == looker))
    connection.execute(insert(news_seen).values(id=int(looker), seq=seq))
