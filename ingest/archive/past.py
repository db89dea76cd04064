"""The archive as it stood at a moment: what had been read by then, in the words of then."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, bindparam, func, or_, select

from ingest.archive import rows
from ingest.archive.archive import Archive
from ingest.archive.database import Database
from ingest.archive.outlets import Outlets
from ingest.archive.passages import Passages
from ingest.archive.schema import articles, passages, versions
from ingest.archive.selecting import NEWEST_CUT, passage_rows
from ingest.model import Edition, Passage, Removal

_STILL_TOLD = (Removal.GONE, Removal.RETRACTED)
"""Why an article may be gone today and is still told of before: its outlet took it back, not the
desk's own people."""
_PART = 500
"""Passages that are read at a time."""


class PastArchive(Archive):
    """An archive at a moment: passages and outlets are those of then, to be read alone.

    An article that the desk's people took out or erased since is not in it.
    """

    def __init__(self, engine: Engine, moment: datetime) -> None:
        """Read the database of *engine* as it stood at *moment*."""
        super().__init__(engine)
        self.moment = moment
        self.passages: _PastPassages = _PastPassages(self, moment)
        self.outlets = _PastOutlets(self, moment)


class _PastPassages(Passages):
    """The passages of the versions that stood at a moment."""

    def __init__(self, database: Database, moment: datetime) -> None:
        """Read those of *moment* in *database*."""
        super().__init__(database)
        self._moment = moment

    def get(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Return those of *ids* that stood then."""
        query = self._rows().where(passages.c.id.in_(bindparam("ids", expanding=True)))
        found: dict[str, Passage] = {}
        with self._database.reading() as connection:
            for part in rows.chunks(list(ids)):
                for row in connection.execute(query, {"ids": part}).mappings():
                    found[row["passage_id"]] = rows.passage(row)
        return found

    def stood(self, ids: Collection[str]) -> set[str]:
        """Return those of *ids* that stood then, their ids alone."""
        query = self._rows().with_only_columns(passages.c.id, maintain_column_froms=True)
        query = query.where(passages.c.id.in_(bindparam("ids", expanding=True)))
        found: set[str] = set()
        with self._database.reading() as connection:
            for part in rows.chunks(list(ids)):
                found.update(connection.execute(query, {"ids": part}).scalars())
        return found

    def of_article(self, article_id: int) -> list[Passage]:
        """Return the passages of an article's version of then, in order."""
        query = self._rows().where(articles.c.id == article_id, NEWEST_CUT)
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(passages.c.position)).mappings()
            return [rows.passage(row) for row in found]

    def superseded(self) -> Iterator[Passage]:
        """Yield the passages that stood then and do not today, article by article."""
        changed = or_(versions.c.number < articles.c.latest, articles.c.removed_at.is_not(None))
        query = self._rows().where(changed, NEWEST_CUT)
        ordered = query.order_by(articles.c.id, passages.c.position)
        with self._database.reading() as connection:
            found = connection.execution_options(yield_per=_PART).execute(ordered)
            for row in found.mappings():
                yield rows.passage(row)

    def _rows(self) -> Select[Any]:
        """Select the passages of then with the headers of then."""
        own = passages.c.article_id == articles.c.id
        version = (versions.c.article_id == articles.c.id) & (
            versions.c.number == passages.c.version
        )
        then = passages.c.version == _version_then(self._moment)
        return passage_rows(own, version).where(then, _stood(self._moment))


class _PastOutlets(Outlets):
    """The outlets of which anything had been read at a moment."""

    def __init__(self, database: Database, moment: datetime) -> None:
        """Read those of *moment* in *database*."""
        super().__init__(database)
        self._moment = moment

    def names(self, edition: Edition | None = None) -> tuple[str, ...]:
        """Return their names, in one edition or any."""
        query = (
            select(versions.c.outlet)
            .distinct()
            .where(versions.c.read_at <= _written(self._moment))
            .order_by(versions.c.outlet)
        )
        if edition is not None:
            query = query.join(articles, articles.c.id == versions.c.article_id)
            query = query.where(articles.c.place.in_({"", edition.place}))
            if edition.outlets:
                query = query.where(versions.c.outlet.in_(edition.outlets))
        with self._database.reading() as connection:
            return tuple(connection.execute(query).scalars())


def _version_then(moment: datetime) -> ColumnElement[int]:
    """Select the number of an article's newest version at *moment*."""
    earlier = versions.alias("earlier")
    return (
        select(func.max(earlier.c.number))
        .where(earlier.c.article_id == articles.c.id, earlier.c.read_at <= _written(moment))
        .correlate(articles)
        .scalar_subquery()
    )


def _stood(moment: datetime) -> ColumnElement[bool]:
    """Tell whether an article could be cited at *moment*, and may still be told of."""
    later = articles.c.removed_at > _written(moment)
    return or_(articles.c.removed_at.is_(None), articles.c.removal.in_(_STILL_TOLD) & later)


def _written(moment: datetime) -> str:
    """Write *moment* as the archive writes times, so that the two compare."""
    return rows.iso(moment.astimezone(UTC))
