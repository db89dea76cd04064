"""What an index follows: the changes, in the order of their commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from ingest.archive.database import DatabasePart
from ingest.archive.schema import changes


class Changes(DatabasePart):
    """Which articles changed, and when."""

    def after(self, after: int, limit: int) -> tuple[list[int], int]:
        """Return articles with changes after *after*, and the change up to which that is all.

        The articles are distinct, in order of change; the list is empty when there are none.
        """
        query = (
            select(changes.c.seq, changes.c.article_id)
            .where(changes.c.seq > after)
            .order_by(changes.c.seq)
            .limit(limit)
        )
        with self._database.reading() as connection:
            found = connection.execute(query).all()
        return list(dict.fromkeys(row.article_id for row in found)), (
            found[-1].seq if found else after
        )

    def at(self, seq: int) -> datetime | None:
        """Return when the last change up to *seq* was made; ``None`` before the first."""
        query = select(changes.c.at).where(changes.c.seq <= seq)
        newest = query.order_by(changes.c.seq.desc()).limit(1)
        with self._database.reading() as connection:
            at = connection.execute(newest).scalar()
        return datetime.fromisoformat(at) if at else None

    def last(self) -> int:
        """Return the number of the newest change; 0 before the first."""
        with self._database.reading() as connection:
            return connection.execute(select(func.max(changes.c.seq))).scalar() or 0
