"""The log of changes that an index follows, in commit order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from ingest.archive.database import DatabasePart
from ingest.archive.schema import changes


class Changes(DatabasePart):
    """The log of changes: article numbers and times."""

    def after(self, after: int, limit: int) -> tuple[list[int], int]:
        """Return (article ids, last sequence number) of the next batch of changes after *after*.

        The ids are distinct, in order of change; the list is empty when there are no changes.
        """
        query = (
            select(changes.c.seq, changes.c.article_id)
            .where(changes.c.seq > after)
            .order_by(changes.c.seq)
            .limit(limit)
        )
        with self._database.reading() as connection:
            batch = connection.execute(query).all()
        return list(dict.fromkeys(row.article_id for row in batch)), (
            batch[-1].seq if batch else after
        )

    def at(self, seq: int) -> datetime | None:
        """Return the time of the last change up to *seq*, or None before the first."""
        query = select(changes.c.at).where(changes.c.seq <= seq)
        newest = query.order_by(changes.c.seq.desc()).limit(1)
        with self._database.reading() as connection:
            at = connection.execute(newest).scalar()
        return datetime.fromisoformat(at) if at else None

    def last(self) -> int:
        """Return the number of the newest change; 0 before the first."""
        with self._database.reading() as connection:
            return connection.execute(select(func.max(changes.c.seq))).scalar() or 0
