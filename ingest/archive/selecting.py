"""What several queries select: articles and passages as they stand."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, true

from ingest.archive import rows
from ingest.archive.schema import articles, hidden, outlets, passages, versions
from ingest.model import Edition

NEWEST = (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.latest)
STANDING = (passages.c.article_id == articles.c.id) & (passages.c.version == articles.c.latest)
_LATER = passages.alias("later")
NEWEST_CUT = ~(
    select(_LATER.c.id)
    .where(
        _LATER.c.article_id == passages.c.article_id,
        _LATER.c.version == passages.c.version,
        _LATER.c.splitter > passages.c.splitter,
    )
    .exists()
)
"""Passages of one splitter alone, where a version is cut by two."""
NEWEST_FIRST = (versions.c.day.desc().nulls_last(), versions.c.article_id.desc())
"""By day, undated ones last, as the indexes of both databases have it."""
_HEADER = [versions.c[name] for name in rows.HEADER]


def article_rows() -> Select[Any]:
    """Select articles with the header of their newest version and their counts."""
    count = select(func.count()).where(STANDING, NEWEST_CUT).correlate(articles).scalar_subquery()
    return (
        select(
            articles.c.id,
            articles.c.latest,
            articles.c.added_at,
            articles.c.removed_at,
            articles.c.removal,
            articles.c.note,
            articles.c.held,
            articles.c.story,
            articles.c.place,
            count.label("passages"),
            outlets.c.ownership,
            *_HEADER,
        )
        .join(versions, NEWEST)
        .join(outlets, outlets.c.id == articles.c.outlet_id)
    )


def passage_rows(
    standing: ColumnElement[bool] = STANDING, version: ColumnElement[bool] = NEWEST
) -> Select[Any]:
    """Select passages with their headers: of newest versions, unless told how others are joined.

    *standing* joins passages to articles, *version* the versions to these.
    """
    return (
        select(
            passages.c.id.label("passage_id"),
            passages.c.article_id,
            passages.c.version,
            passages.c.position,
            passages.c.start_at,
            passages.c.end_at,
            passages.c.splitter,
            passages.c.text.label("passage_text"),
            versions.c.corrections,
            outlets.c.ownership,
            *_HEADER,
        )
        .join(articles, standing)
        .join(versions, version)
        .join(outlets, outlets.c.id == articles.c.outlet_id)
    )


def in_edition(edition: Edition | None) -> ColumnElement[bool]:
    """Restrict articles, with their newest versions, to one edition, or with ``None`` to none."""
    if edition is None:
        return true()
    theirs: ColumnElement[bool] = articles.c.place.in_({"", edition.place})
    if edition.place:
        theirs &= ~hidden_in(edition.place)
    if edition.outlets:
        theirs &= versions.c.outlet.in_(edition.outlets) & versions.c.pasted.is_not(True)
    return theirs


def hidden_in(place: str) -> ColumnElement[bool]:
    """Restrict articles to those that a server hides for itself."""
    here = (hidden.c.article_id == articles.c.id) & (hidden.c.place == place)
    return select(hidden.c.article_id).where(here).correlate(articles).exists()


def number(connection: Connection, query: Select[Any]) -> int:
    """Return the one figure that *query* counts."""
    return int(connection.execute(query).scalar_one())


def standing_passages() -> Select[Any]:
    """Count the passages that can be cited today."""
    query = select(func.count()).select_from(passages.join(articles, STANDING))
    return query.where(articles.c.removed_at.is_(None), NEWEST_CUT)
