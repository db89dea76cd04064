"""The state of pages that were fetched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.saving import lock_archive
from ingest.archive.schema import articles, pages
from ingest.model import SourcePage

_UPDATED_COLUMNS = (
    "url",
    "article_id",
    "etag",
    "last_modified",
    "checked_at",
    "modified",
    "failure",
)


class Pages(DatabasePart):
    """The pages that were fetched, each with its article or failure."""

    def get(self, addresses: Sequence[str]) -> dict[str, SourcePage]:
        """Return the stored pages among *addresses*, by address."""
        expanding: BindParameter[Any] = bindparam("among", expanding=True)
        query = _page_rows().where(pages.c.address.in_(expanding))
        stored: dict[str, SourcePage] = {}
        with self._database.reading() as connection:
            for chunk in rows.chunks(list(addresses)):
                for row in connection.execute(query, {"among": chunk}).mappings():
                    stored[row["address"]] = rows.page(row)
        return stored

    def of_source(self, source_id: int) -> list[SourcePage]:
        """Return every page that a source ever listed, newest first."""
        query = _page_rows().where(pages.c.source_id == source_id)
        ordered = query.order_by(pages.c.first_at.desc(), pages.c.address)
        with self._database.reading() as connection:
            return [rows.page(row) for row in connection.execute(ordered).mappings()]

    def note(self, source_id: int | None, states: Iterable[SourcePage]) -> None:
        """Store the state of pages, new or known."""
        values = [
            {
                "address": state.address,
                "source_id": source_id,
                "listing": state.listing,
                "first_at": rows.iso(state.first_at),
                **{name: getattr(state, name) for name in _UPDATED_COLUMNS},
                "checked_at": rows.iso(state.checked_at) if state.checked_at else None,
            }
            for state in states
        ]
        if not values:
            return
        with self._database.writing() as connection:
            lock_archive(connection)
            dialect = connection.dialect.name
            new = (postgresql_insert if dialect == "postgresql" else sqlite_insert)(pages)
            fresh: Mapping[str, Any] = {name: new.excluded[name] for name in _UPDATED_COLUMNS}
            upsert = new.on_conflict_do_update(index_elements=[pages.c.address], set_=dict(fresh))
            connection.execute(upsert, values)

    def note_unchanged(self, addresses: Sequence[str], *, now: datetime) -> None:
        """Store the time at which unchanged pages were checked."""
        expanding: BindParameter[Any] = bindparam("among", expanding=True)
        statement = (
            update(pages).where(pages.c.address.in_(expanding)).values(checked_at=rows.iso(now))
        )
        if not addresses:
            return
        with self._database.writing() as connection:
            for chunk in rows.chunks(list(addresses)):
                connection.execute(statement, {"among": chunk})


def _page_rows() -> Select[Any]:
    """Build the query for pages, joined with the removal of their articles."""
    return select(pages, articles.c.removal).outerjoin(
        articles, articles.c.id == pages.c.article_id
    )
