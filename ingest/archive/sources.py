"""Sources that are looked at again and again, and what is remembered of their pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from ingest.archive import rows
from ingest.archive.database import Database
from ingest.archive.saving import identified, take_turn
from ingest.archive.schema import articles, outlets, pages, sources
from ingest.errors import SourceNotFoundError
from ingest.model import Ownership, Page, Permission, Source

NOTED = ("url", "article_id", "etag", "last_modified", "checked_at", "modified", "failure")


class Sources(Database):
    """What is watched, and the pages that were fetched."""

    def watch(
        self, address: str, outlet: str, permission: Permission, every: int, *, now: datetime
    ) -> Source:
        """Look at *address* again every so many minutes; one that is known is described anew."""
        with self.writing() as connection:
            take_turn(connection)
            values = {
                "outlet_id": identified(connection, outlets, "name", outlet, {}),
                "permission": str(permission),
                "every": every,
            }
            new = {**values, "added_at": rows.iso(now)}
            source_id = identified(connection, sources, "address", address, new)
            connection.execute(update(sources).where(sources.c.id == source_id).values(values))
        return self.source(source_id)

    def unwatch(self, source_id: int) -> Source:
        """Look at a source no more; its articles stay.

        Raises:
            SourceNotFoundError: there is no such source.
        """
        source = self.source(source_id)
        with self.writing() as connection:
            mine = update(pages).where(pages.c.source_id == source_id)
            connection.execute(mine.values(source_id=None))
            connection.execute(delete(sources).where(sources.c.id == source_id))
        return source

    def describe_outlet(
        self, outlet: str, *, country: str | None, ownership: Ownership | None
    ) -> None:
        """Say where an outlet is at home and who stands behind it; its answers then show it."""
        values = {"country": country, "ownership": str(ownership) if ownership else None}
        given = {name: value for name, value in values.items() if value is not None}
        if not given:
            return
        with self.writing() as connection:
            take_turn(connection)
            identified(connection, outlets, "name", outlet, {})
            connection.execute(update(outlets).where(outlets.c.name == outlet).values(given))

    def source(self, source_id: int) -> Source:
        """Return one source.

        Raises:
            SourceNotFoundError: there is no such source.
        """
        with self.reading() as connection:
            query = source_rows().where(sources.c.id == source_id)
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise SourceNotFoundError(source_id)
        return rows.source(row)

    def sources(self) -> list[Source]:
        """Return every source, in the order in which they were added."""
        with self.reading() as connection:
            found = connection.execute(source_rows().order_by(sources.c.id)).mappings()
            return [rows.source(row) for row in found]

    def claim(self, source: Source, now: datetime) -> bool:
        """Take a source that is due for oneself; of several processes one gets it."""
        known = rows.iso(source.checked_at) if source.checked_at else None
        same = sources.c.checked_at == known if known else sources.c.checked_at.is_(None)
        mine = update(sources).where(sources.c.id == source.id, same)
        with self.writing() as connection:
            return bool(connection.execute(mine.values(checked_at=rows.iso(now))).rowcount)

    def make_due(self, source_id: int) -> None:
        """Let a source be looked at again without waiting."""
        self._update_source(source_id, {"checked_at": None})

    def source_checked(self, source_id: int, now: datetime, **read: Any) -> None:  # noqa: ANN401
        """Record that a source was read whole: what it gave with it is in *read*."""
        values = {"checked_at": rows.iso(now), "failed_at": None, "failure": None, **read}
        self._update_source(source_id, values)

    def move_source(self, source_id: int, address: str) -> None:
        """Ask a source under another address from now on, unless that is watched already."""
        taken = select(sources.c.id).where(sources.c.address == address)
        with self.writing() as connection:
            if connection.execute(taken).scalar() is None:
                mine = update(sources).where(sources.c.id == source_id)
                connection.execute(mine.values(address=address))

    def source_failed(self, source_id: int, now: datetime, failure: str) -> None:
        """Record that a source could not be read, and why."""
        at = rows.iso(now)
        self._update_source(source_id, {"checked_at": at, "failed_at": at, "failure": failure})

    def pages(self, addresses: Sequence[str]) -> dict[str, Page]:
        """Return what is remembered of those of *addresses* that were seen before."""
        among: BindParameter[Any] = bindparam("among", expanding=True)
        query = page_rows().where(pages.c.address.in_(among))
        found: dict[str, Page] = {}
        with self.reading() as connection:
            for part in rows.chunks(list(addresses)):
                for row in connection.execute(query, {"among": part}).mappings():
                    found[row["address"]] = rows.page(row)
        return found

    def pages_of(self, source_id: int) -> list[Page]:
        """Return every page that a source ever listed, newest first."""
        query = page_rows().where(pages.c.source_id == source_id)
        ordered = query.order_by(pages.c.first_at.desc(), pages.c.address)
        with self.reading() as connection:
            return [rows.page(row) for row in connection.execute(ordered).mappings()]

    def note_pages(self, source_id: int | None, noted: Iterable[Page]) -> None:
        """Remember what was found of each page just now."""
        values = [
            {
                "address": each.address,
                "source_id": source_id,
                "listing": each.listing,
                "first_at": rows.iso(each.first_at),
                **{name: getattr(each, name) for name in NOTED},
                "checked_at": rows.iso(each.checked_at) if each.checked_at else None,
            }
            for each in noted
        ]
        if not values:
            return
        with self.writing() as connection:
            take_turn(connection)
            dialect = connection.dialect.name
            new = (postgresql_insert if dialect == "postgresql" else sqlite_insert)(pages)
            fresh: Mapping[str, Any] = {name: new.excluded[name] for name in NOTED}
            upsert = new.on_conflict_do_update(index_elements=[pages.c.address], set_=dict(fresh))
            connection.execute(upsert, values)

    def note_unchanged(self, addresses: Sequence[str], *, now: datetime) -> None:
        """Remember that pages were looked at that are as they were."""
        among: BindParameter[Any] = bindparam("among", expanding=True)
        mine = update(pages).where(pages.c.address.in_(among)).values(checked_at=rows.iso(now))
        if not addresses:
            return
        with self.writing() as connection:
            for part in rows.chunks(list(addresses)):
                connection.execute(mine, {"among": part})

    def _update_source(self, source_id: int, values: Mapping[str, Any]) -> None:
        with self.writing() as connection:
            here = sources.c.id == source_id
            connection.execute(update(sources).where(here).values(**values))


def source_rows() -> Select[Any]:
    """Select sources with their outlets' names."""
    return select(sources, outlets.c.name).join(outlets, outlets.c.id == sources.c.outlet_id)


def page_rows() -> Select[Any]:
    """Select pages with what became of their articles."""
    return select(pages, articles.c.removal).outerjoin(
        articles, articles.c.id == pages.c.article_id
    )
