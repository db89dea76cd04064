"""Outlets: their names, what they are, and what is kept of them."""

from __future__ import annotations

from sqlalchemy import func, select, update

from ingest.archive.database import DatabasePart
from ingest.archive.saving import identified, take_turn
from ingest.archive.schema import articles, outlets, versions
from ingest.archive.selecting import NEWEST
from ingest.model import Edition, Ownership


class Outlets(DatabasePart):
    """Everybody whose coverage was ever kept."""

    def names(self, edition: Edition | None = None) -> tuple[str, ...]:
        """Return the name of every outlet that coverage was ever kept of, in one edition or any."""
        query = select(outlets.c.name)
        if edition is not None:
            query = query.where(outlets.c.name.in_(edition.outlets)) if edition.outlets else query
            named = (versions.c.outlet == outlets.c.name) & articles.c.place.in_(
                {"", edition.place}
            )
            theirs = select(versions.c.outlet).join(articles, NEWEST).where(named)
            query = query.where(theirs.correlate(outlets).exists())
        with self._database.reading() as connection:
            return tuple(connection.execute(query).scalars())

    def articles(self) -> dict[str, int]:
        """Count the articles of each outlet that can be cited."""
        query = (
            select(outlets.c.name, func.count())
            .join(articles, articles.c.outlet_id == outlets.c.id)
            .where(articles.c.removed_at.is_(None))
            .group_by(outlets.c.name)
        )
        with self._database.reading() as connection:
            return {outlet: int(many) for outlet, many in connection.execute(query)}

    def describe(self, outlet: str, *, country: str | None, ownership: Ownership | None) -> None:
        """Say where an outlet is at home and who stands behind it; its answers then show it."""
        values = {"country": country, "ownership": str(ownership) if ownership else None}
        given = {name: value for name, value in values.items() if value is not None}
        if not given:
            return
        with self._database.writing() as connection:
            take_turn(connection)
            identified(connection, outlets, "name", outlet, {})
            connection.execute(update(outlets).where(outlets.c.name == outlet).values(given))
