"""Positions in the archive's list of changes up to which each consumer has read it."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import Connection, delete, insert, select

from bot.ledger.schema import news_seen
from bot.ledger.table import LedgerPart


class Looker(IntEnum):
    """A consumer of the archive's changes."""

    FOLLOWS = 1
    ANSWERS = 2


class Seen(LedgerPart):
    """Table of the last change that each consumer has processed."""

    def upto(self, looker: Looker) -> int | None:
        """Return the last change that a consumer has processed, ``None`` before its first run."""
        query = select(news_seen.c.seq).where(news_seen.c.id == looker)
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

    def note(self, looker: Looker, seq: int) -> None:
        """Store *seq* as the last change that a consumer has processed."""
        with self._database.writing() as connection:
            note_seen(connection, looker, seq)


def note_seen(connection: Connection, looker: Looker, seq: int) -> None:
    """Store the position within the transaction that stores the results."""
    connection.execute(delete(news_seen).where(news_seen.c.id == looker))
    connection.execute(insert(news_seen).values(id=int(looker), seq=seq))
