"""Articles that one server keeps to itself or hides."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select, text

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.saving import lock_archive
from ingest.archive.schema import articles, hidden


class Editions(DatabasePart):
    """The articles that servers keep to themselves or hide."""

    def hide(self, place: str, article_id: int, *, now: datetime) -> bool:
        """Hide an article from one server's answers; return False if it was hidden already."""
        hidden_row = (hidden.c.place == place) & (hidden.c.article_id == article_id)
        values = {"place": place, "article_id": article_id, "at": rows.iso(now)}
        with self._database.writing() as connection:
            lock_archive(connection)
            if connection.execute(select(hidden.c.place).where(hidden_row)).first() is not None:
                return False
            connection.execute(insert(hidden).values(values))
        return True

    def show(self, place: str, article_id: int) -> bool:
        """Show an article in one server's answers again; return True if it was hidden."""
        hidden_row = (hidden.c.place == place) & (hidden.c.article_id == article_id)
        with self._database.writing() as connection:
            return bool(connection.execute(delete(hidden).where(hidden_row)).rowcount)

    def hides(self, place: str, article_id: int) -> bool:
        """Return True if an article is hidden from one server's answers."""
        hidden_row = (hidden.c.place == place) & (hidden.c.article_id == article_id)
        with self._database.reading() as connection:
            return connection.execute(select(hidden.c.place).where(hidden_row)).first() is not None

    def withheld(self, place: str) -> frozenset[int]:
        """Return the citable articles that answers of *place* may not cite.

        They are the articles of other servers, and those that *place* hides.
        """
        has_place = text("place <> ''")
        foreign = select(articles.c.id).where(
            has_place, articles.c.place != place, articles.c.removed_at.is_(None)
        )
        hidden_here = select(hidden.c.article_id).where(hidden.c.place == place)
        with self._database.reading() as connection:
            return frozenset(connection.execute(foreign.union(hidden_here)).scalars())
