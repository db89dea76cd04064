"""What one server's answers may cite beside what everybody shares, and what they may not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select, text

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.saving import take_turn
from ingest.archive.schema import articles, hidden


class Editions(DatabasePart):
    """The articles that servers keep for themselves, or hide for themselves."""

    def hide(self, place: str, article_id: int, *, now: datetime) -> bool:
        """Keep an article out of one server's answers; tell whether it was not so before."""
        here = (hidden.c.place == place) & (hidden.c.article_id == article_id)
        values = {"place": place, "article_id": article_id, "at": rows.iso(now)}
        with self._database.writing() as connection:
            take_turn(connection)
            if connection.execute(select(hidden.c.place).where(here)).first() is not None:
                return False
            connection.execute(insert(hidden).values(values))
        return True

    def show(self, place: str, article_id: int) -> bool:
        """Let one server's answers cite an article again; tell whether they could not."""
        here = (hidden.c.place == place) & (hidden.c.article_id == article_id)
        with self._database.writing() as connection:
            return bool(connection.execute(delete(hidden).where(here)).rowcount)

    def hides(self, place: str, article_id: int) -> bool:
        """Tell whether one server's answers may not cite an article."""
        here = (hidden.c.place == place) & (hidden.c.article_id == article_id)
        with self._database.reading() as connection:
            return connection.execute(select(hidden.c.place).where(here)).first() is not None

    def withheld(self, place: str) -> frozenset[int]:
        """Return the standing articles that the answers of *place* may not cite.

        They are what other servers keep for themselves, and what it hides.
        """
        apart_from = text("place <> ''")
        others = select(articles.c.id).where(
            apart_from, articles.c.place != place, articles.c.removed_at.is_(None)
        )
        mine = select(hidden.c.article_id).where(hidden.c.place == place)
        with self._database.reading() as connection:
            return frozenset(connection.execute(others.union(mine)).scalars())
