"""The archive at an earlier moment: the versions that had been read by then."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, func, or_, select

from ingest.archive import Archive, rows
from ingest.archive.database import Database
from ingest.archive.limits import STORED
from ingest.archive.passages import Passages
from ingest.archive.rows import AMONG, NEWEST_CUT, passage_rows
from ingest.archive.schema import articles, passages, versions
from ingest.archive.sources import Outlets
from ingest.model import Edition, Passage, Removal

_OUTLET_REMOVALS = (Removal.GONE, Removal.RETRACTED)
"""Removals by the outlet. Such an article stays citable at moments before its removal; one that
the desk's own staff removed does not."""


class PastArchive(Archive):
    """A read-only archive as of an earlier moment: its passages and outlets are those of then.

    Articles that the desk's staff removed or erased since are excluded.
    """

    def __init__(self, engine: Engine, moment: datetime) -> None:
        """Open the database of *engine* as of *moment*."""
        super().__init__(engine)
        self.moment = moment
        self.passages: _PastPassages = _PastPassages(self, moment)
        self.outlets = _PastOutlets(self, moment)


class _PastPassages(Passages):
    """The passages of the versions that were current at a moment."""

    def __init__(self, database: Database, moment: datetime) -> None:
        """Select the passages of *moment* in *database*."""
        super().__init__(database)
        self._moment = moment

    def stood(self, ids: Collection[str]) -> set[str]:
        """Return the ids among *ids* that were citable then."""
        query = self._citable_rows().with_only_columns(passages.c.id, maintain_column_froms=True)
        return {row["id"] for row in self._rows_among(query.where(passages.c.id.in_(AMONG)), ids)}

    def of_article(self, article_id: int) -> list[Passage]:
        """Return the passages of an article's version at that moment, in order."""
        query = self._citable_rows().where(articles.c.id == article_id, NEWEST_CUT)
        return [rows.passage(row) for row in self._rows(query.order_by(passages.c.position))]

    def superseded(self) -> Iterator[Passage]:
        """Yield the passages that were citable then and are not today, by article."""
        is_superseded = or_(
            versions.c.number < articles.c.latest, articles.c.removed_at.is_not(None)
        )
        query = self._citable_rows().where(is_superseded, NEWEST_CUT)
        ordered = query.order_by(articles.c.id, passages.c.position)
        with self._database.reading() as connection:
            matches = connection.execution_options(yield_per=STORED.passages).execute(ordered)
            for row in matches.mappings():
                yield rows.passage(row)

    def _citable_rows(self) -> Select[Any]:
        """Build the query for the passages that were citable then, with their headers."""
        same_article = passages.c.article_id == articles.c.id
        version = (versions.c.article_id == articles.c.id) & (
            versions.c.number == passages.c.version
        )
        newest = passages.c.version == _version_at(self._moment)
        return passage_rows(same_article, version).where(newest, _was_citable(self._moment))


class _PastOutlets(Outlets):
    """The outlets with articles read by a moment."""

    def __init__(self, database: Database, moment: datetime) -> None:
        """Select the outlets of *moment* in *database*."""
        super().__init__(database)
        self._moment = moment

    def names(self, edition: Edition | None = None) -> tuple[str, ...]:
        """Return the outlet names, in one edition or in all."""
        query = (
            select(versions.c.outlet)
            .distinct()
            .where(versions.c.read_at <= _stored_time(self._moment))
            .order_by(versions.c.outlet)
        )
        if edition is not None:
            query = query.join(articles, articles.c.id == versions.c.article_id)
            query = query.where(articles.c.place.in_({"", edition.place}))
            if edition.outlets:
                query = query.where(versions.c.outlet.in_(edition.outlets))
        return tuple(row["outlet"] for row in self._rows(query))


def _version_at(moment: datetime) -> ColumnElement[int]:
    """Build the subquery for the number of an article's newest version at *moment*."""
    candidates = versions.alias("earlier")
    return (
        select(func.max(candidates.c.number))
        .where(
            candidates.c.article_id == articles.c.id, candidates.c.read_at <= _stored_time(moment)
        )
        .correlate(articles)
        .scalar_subquery()
    )


def _was_citable(moment: datetime) -> ColumnElement[bool]:
    """Build the condition that an article was citable at *moment*, and may still be shown."""
    removed_later = articles.c.removed_at > _stored_time(moment)
    return or_(
        articles.c.removed_at.is_(None), articles.c.removal.in_(_OUTLET_REMOVALS) & removed_later
    )


def _stored_time(moment: datetime) -> str:
    """Format *moment* as the archive stores times, so that strings compare."""
    return rows.iso(moment.astimezone(UTC))
