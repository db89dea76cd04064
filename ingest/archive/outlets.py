"""Outlets, and what each server chooses of their articles."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, insert, select, text, update

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.rows import NEWEST, get_or_create, lock_archive
from ingest.archive.schema import articles, hidden, outlets, versions
from ingest.model import Edition, Ownership, Scope


class Outlets(DatabasePart):
    """The outlets that articles were ever saved of."""

    def names(self, edition: Edition | None = None) -> tuple[str, ...]:
        """Return the names of all outlets that articles were saved of, in one edition or in all."""
        query = select(outlets.c.name)
        if edition is not None:
            query = query.where(outlets.c.name.in_(edition.outlets)) if edition.outlets else query
            in_place = (versions.c.outlet == outlets.c.name) & articles.c.place.in_(
                {"", edition.place}
            )
            outlet_versions = select(versions.c.outlet).join(articles, NEWEST).where(in_place)
            query = query.where(outlet_versions.correlate(outlets).exists())
        with self._database.reading() as connection:
            return tuple(connection.execute(query).scalars())

    def articles(self) -> dict[str, int]:
        """Count the citable articles of each outlet."""
        query = (
            select(outlets.c.name, func.count())
            .join(articles, articles.c.outlet_id == outlets.c.id)
            .where(articles.c.removed_at.is_(None))
            .group_by(outlets.c.name)
        )
        with self._database.reading() as connection:
            return {outlet: int(count) for outlet, count in connection.execute(query)}

    def describe(self, outlet: str, *, country: str | None, ownership: Ownership | None) -> None:
        """Set the country and ownership of an outlet, which answers show."""
        values = {"country": country, "ownership": str(ownership) if ownership else None}
        changes = {name: value for name, value in values.items() if value is not None}
        if not changes:
            return
        with self._database.writing() as connection:
            lock_archive(connection)
            get_or_create(connection, outlets, "name", outlet, {})
            connection.execute(update(outlets).where(outlets.c.name == outlet).values(changes))


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

    def scope(self, edition: Edition) -> Scope:
        """Return the scope of what *edition* may cite."""
        return Scope(edition.outlets, without=self.withheld(edition.place))

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
