"""Sources: sites that are checked again and again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.saving import get_or_create, lock_archive
from ingest.archive.schema import outlets, pages, sources
from ingest.errors import SourceNotFoundError
from ingest.fetching.identities import add_place
from ingest.model import Permission, Source


class Sources(DatabasePart):
    """The watched sources."""

    def watch(
        self,
        address: str,
        outlet: str,
        permission: Permission,
        every: int,
        *,
        now: datetime,
        place: str = "",
    ) -> Source:
        """Watch *address*, to be checked every *every* minutes, or update the source that does.

        With a *place*, its articles belong to that server alone.
        """
        with self._database.writing() as connection:
            lock_archive(connection)
            values = {
                "outlet_id": get_or_create(connection, outlets, "name", outlet, {}),
                "permission": str(permission),
                "every": every,
            }
            new = {**values, "added_at": rows.iso(now), "place": place}
            source_id = get_or_create(
                connection, sources, "address", add_place(address, place), new
            )
            connection.execute(update(sources).where(sources.c.id == source_id).values(values))
        return self.get(source_id)

    def unwatch(self, source_id: int) -> Source:
        """Stop watching a source; its articles stay.

        Raises:
            SourceNotFoundError: there is no such source.
        """
        source = self.get(source_id)
        with self._database.writing() as connection:
            statement = update(pages).where(pages.c.source_id == source_id)
            connection.execute(statement.values(source_id=None))
            connection.execute(delete(sources).where(sources.c.id == source_id))
        return source

    def get(self, source_id: int) -> Source:
        """Return one source.

        Raises:
            SourceNotFoundError: there is no such source.
        """
        with self._database.reading() as connection:
            query = _source_rows().where(sources.c.id == source_id)
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise SourceNotFoundError(source_id)
        return rows.source(row)

    def at(self, address: str, place: str = "") -> Source | None:
        """Return the source watched at *address*, for everybody or for one *place*, or None."""
        with self._database.reading() as connection:
            query = _source_rows().where(sources.c.address == add_place(address, place))
            row = connection.execute(query).mappings().one_or_none()
        return rows.source(row) if row else None

    def watched(self) -> list[Source]:
        """Return every source in the order in which they were added."""
        with self._database.reading() as connection:
            matches = connection.execute(_source_rows().order_by(sources.c.id)).mappings()
            return [rows.source(row) for row in matches]

    def claim(self, source: Source, now: datetime) -> bool:
        """Take a due source; return False if another process took it first."""
        checked_at = rows.iso(source.checked_at) if source.checked_at else None
        unclaimed = (
            sources.c.checked_at == checked_at if checked_at else sources.c.checked_at.is_(None)
        )
        statement = update(sources).where(sources.c.id == source.id, unclaimed)
        with self._database.writing() as connection:
            return bool(connection.execute(statement.values(checked_at=rows.iso(now))).rowcount)

    def make_due(self, source_id: int) -> None:
        """Make a source due at once."""
        self._update_source(source_id, {"checked_at": None})

    def checked(self, source_id: int, now: datetime, **columns: Any) -> None:  # noqa: ANN401
        """Record that a source was read completely; *columns* are further values."""
        values = {"checked_at": rows.iso(now), "failed_at": None, "failure": None, **columns}
        self._update_source(source_id, values)

    def ended(self, source_id: int, now: datetime) -> None:
        """Record the end of a check of a source, successful or not."""
        self._update_source(source_id, {"ended_at": rows.iso(now)})

    def move(self, source_id: int, address: str) -> None:
        """Change the address of a source, unless the new one is watched already."""
        name = add_place(address, self.get(source_id).place)
        same_address = select(sources.c.id).where(sources.c.address == name)
        with self._database.writing() as connection:
            if connection.execute(same_address).scalar() is None:
                statement = update(sources).where(sources.c.id == source_id)
                connection.execute(statement.values(address=name))

    def failed(self, source_id: int, now: datetime, failure: str) -> None:
        """Record that a source could not be read, and why; the first failure's time stays."""
        at = rows.iso(now)
        since = func.coalesce(sources.c.failed_at, at)
        self._update_source(source_id, {"checked_at": at, "failed_at": since, "failure": failure})

    def _update_source(self, source_id: int, values: Mapping[str, Any]) -> None:
        with self._database.writing() as connection:
            this_source = sources.c.id == source_id
            connection.execute(update(sources).where(this_source).values(**values))


def _source_rows() -> Select[Any]:
    """Build the query for sources with their outlets' names."""
    return select(sources, outlets.c.name).join(outlets, outlets.c.id == sources.c.outlet_id)
