"""Which digests were posted, so that each is posted once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select

from bot.ledger.schema import digests
from bot.ledger.table import LedgerPart
from ingest.archive import rows


class PostedDigests(LedgerPart):
    """The moments for which a server has had its digest, or nothing was new."""

    def done(self, place: str, due_at: datetime) -> bool:
        """Tell whether a server has had the digest of that moment."""
        here = (digests.c.place == place) & (digests.c.due_at == rows.iso(due_at))
        with self._database.reading() as connection:
            return connection.execute(select(digests.c.place).where(here)).first() is not None

    def mark(self, place: str, due_at: datetime, *, now: datetime) -> None:
        """Record that a server has had it."""
        values = {"place": place, "due_at": rows.iso(due_at), "sent_at": rows.iso(now)}
        with self._database.writing() as connection:
            connection.execute(insert(digests).values(values))
