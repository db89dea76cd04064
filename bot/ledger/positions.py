"""Positions in the archive's list of changes up to which each consumer has read it."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import Connection, delete, insert, select

from bot.ledger.schema import news_seen
from bot.ledger.table import LedgerPart


class ChangeConsumer(IntEnum):
    """A consumer of the archive's changes."""

    FOLLOWS = 1
    ANSWERS = 2


class Positions(LedgerPart):
    """Table of the last change that each consumer has processed."""

    def upto(self, consumer: ChangeConsumer) -> int | None:
        """Return the last change that a consumer has processed, ``None`` before its first run."""
        query = select(news_seen.c.seq).where(news_seen.c.id == consumer)
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

    def note(self, consumer: ChangeConsumer, seq: int) -> None:
        """Store *seq* as the last change that a consumer has processed."""
        with self._database.writing() as connection:
            store_position(connection, consumer, seq)


def store_position(connection: Connection, consumer: ChangeConsumer, seq: int) -> None:
    """Store the position within the transaction that stores the results."""
    connection.execute(delete(news_seen).where(news_seen.c.id == consumer))
    connection.execute(insert(news_seen).values(id=int(consumer), seq=seq))
