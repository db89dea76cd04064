"""Outlets: names, ownership and article counts."""

from __future__ import annotations

from sqlalchemy import func, select, update

from ingest.archive.database import DatabasePart
from ingest.archive.saving import get_or_create, lock_archive
from ingest.archive.schema import articles, outlets, versions
from ingest.archive.selecting import NEWEST
from ingest.model import Edition, Ownership


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
