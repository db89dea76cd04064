"""How far the archive's changes were looked through, by whom."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import Connection, delete, insert, select

from bot.ledger.schema import news_seen
from bot.ledger.table import LedgerPart


class Looker(IntEnum):
    """Who looks through the archive's changes, and remembers how far."""

    FOLLOWS = 1
    ANSWERS = 2


class Seen(LedgerPart):
    """The last change that each has seen."""

    def upto(self, looker: Looker) -> int | None:
        """Return the change up to which the archive was looked through; ``None`` before that."""
        query = select(news_seen.c.seq).where(news_seen.c.id == looker)
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

    def note(self, looker: Looker, seq: int) -> None:
        """Remember that it was looked through up to change *seq*."""
        with self._database.writing() as connection:
            note_seen(connection, looker, seq)


def note_seen(connection: Connection, looker: Looker, seq: int) -> None:
    """Remember it together with what was found."""
    connection.execute(delete(news_seen).where(news_seen.c.id == looker))
    connection.execute(insert(news_seen).values(id=int(looker), seq=seq))
