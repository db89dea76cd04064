"""What is remembered of the pages that were fetched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.saving import take_turn
from ingest.archive.schema import articles, pages
from ingest.model import SourcePage

_NOTED = ("url", "article_id", "etag", "last_modified", "checked_at", "modified", "failure")


class Pages(DatabasePart):
    """Every page that was seen, with what came of it."""

    def get(self, addresses: Sequence[str]) -> dict[str, SourcePage]:
        """Return what is remembered of those of *addresses* that were seen before."""
        among: BindParameter[Any] = bindparam("among", expanding=True)
        query = _page_rows().where(pages.c.address.in_(among))
        found: dict[str, SourcePage] = {}
        with self._database.reading() as connection:
            for part in rows.chunks(list(addresses)):
                for row in connection.execute(query, {"among": part}).mappings():
                    found[row["address"]] = rows.page(row)
        return found

    def of_source(self, source_id: int) -> list[SourcePage]:
        """Return every page that a source ever listed, newest first."""
        query = _page_rows().where(pages.c.source_id == source_id)
        ordered = query.order_by(pages.c.first_at.desc(), pages.c.address)
        with self._database.reading() as connection:
            return [rows.page(row) for row in connection.execute(ordered).mappings()]

    def sources_of(self, article_id: int) -> list[int]:
        """Return the sources, as far as they are still watched, that name an article's page."""
        mine = (pages.c.article_id == article_id) & pages.c.source_id.is_not(None)
        with self._database.reading() as connection:
            return list(connection.execute(select(pages.c.source_id).where(mine)).scalars())

    def note(self, source_id: int | None, noted: Iterable[SourcePage]) -> None:
        """Remember what was found of each page just now."""
        values = [
            {
                "address": each.address,
                "source_id": source_id,
                "listing": each.listing,
                "first_at": rows.iso(each.first_at),
                **{name: getattr(each, name) for name in _NOTED},
                "checked_at": rows.iso(each.checked_at) if each.checked_at else None,
            }
            for each in noted
        ]
        if not values:
            return
        with self._database.writing() as connection:
            take_turn(connection)
            dialect = connection.dialect.name
            new = (postgresql_insert if dialect == "postgresql" else sqlite_insert)(pages)
            fresh: Mapping[str, Any] = {name: new.excluded[name] for name in _NOTED}
            upsert = new.on_conflict_do_update(index_elements=[pages.c.address], set_=dict(fresh))
            connection.execute(upsert, values)

    def note_unchanged(self, addresses: Sequence[str], *, now: datetime) -> None:
        """Remember that pages were looked at that are as they were."""
        among: BindParameter[Any] = bindparam("among", expanding=True)
        mine = update(pages).where(pages.c.address.in_(among)).values(checked_at=rows.iso(now))
        if not addresses:
            return
        with self._database.writing() as connection:
            for part in rows.chunks(list(addresses)):
                connection.execute(mine, {"among": part})


def _page_rows() -> Select[Any]:
    """Select pages with what became of their articles."""
    return select(pages, articles.c.removal).outerjoin(
        articles, articles.c.id == pages.c.article_id
    )
