"""Records of posted digests, so that each is posted once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select

from bot.ledger.schema import digests
from bot.ledger.table import LedgerPart
from ingest.archive import rows


class PostedDigests(LedgerPart):
    """Table of (server, due moment) pairs whose digest was posted or skipped as empty."""

    def done(self, place: str, due_at: datetime) -> bool:
        """Return True if the digest due at *due_at* was posted or skipped in a server."""
        condition = (digests.c.place == place) & (digests.c.due_at == rows.iso(due_at))
        with self._database.reading() as connection:
            return connection.execute(select(digests.c.place).where(condition)).first() is not None

    def mark(self, place: str, due_at: datetime, *, now: datetime) -> None:
        """Record that the digest due at *due_at* was posted or skipped in a server."""
        values = {"place": place, "due_at": rows.iso(due_at), "sent_at": rows.iso(now)}
        with self._database.writing() as connection:
            connection.execute(insert(digests).values(values))
