"""Query parts that several queries share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, true

from ingest.archive import rows
from ingest.archive.schema import articles, hidden, outlets, passages, versions
from ingest.model import Edition

NEWEST = (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.latest)
IN_NEWEST_VERSION = (passages.c.article_id == articles.c.id) & (
    passages.c.version == articles.c.latest
)
_NEWER_CUT = passages.alias("later")
NEWEST_CUT = ~(
    select(_NEWER_CUT.c.id)
    .where(
        _NEWER_CUT.c.article_id == passages.c.article_id,
        _NEWER_CUT.c.version == passages.c.version,
        _NEWER_CUT.c.splitter > passages.c.splitter,
    )
    .exists()
)
"""The condition that no newer splitter has cut the same version."""
NEWEST_FIRST = (versions.c.day.desc().nulls_last(), versions.c.article_id.desc())
"""The order by day, undated articles last; both databases have an index for it."""
_HEADER = [versions.c[name] for name in rows.HEADER]


def article_rows() -> Select[Any]:
    """Build the query for articles with the header of their newest version and their counts."""
    count = (
        select(func.count())
        .where(IN_NEWEST_VERSION, NEWEST_CUT)
        .correlate(articles)
        .scalar_subquery()
    )
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
    newest: ColumnElement[bool] = IN_NEWEST_VERSION, version: ColumnElement[bool] = NEWEST
) -> Select[Any]:
    """Build the query for passages with their headers, by default those of newest versions.

    *newest* joins passages to articles, *version* joins versions to articles.
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
        .join(articles, newest)
        .join(versions, version)
        .join(outlets, outlets.c.id == articles.c.outlet_id)
    )


def in_edition(edition: Edition | None) -> ColumnElement[bool]:
    """Build the condition that an article belongs to *edition*; None means every edition."""
    if edition is None:
        return true()
    condition: ColumnElement[bool] = articles.c.place.in_({"", edition.place})
    if edition.place:
        condition &= ~hidden_in(edition.place)
    if edition.outlets:
        condition &= versions.c.outlet.in_(edition.outlets) & versions.c.pasted.is_not(True)
    return condition


def hidden_in(place: str) -> ColumnElement[bool]:
    """Build the condition that a server hides an article."""
    hidden_row = (hidden.c.article_id == articles.c.id) & (hidden.c.place == place)
    return select(hidden.c.article_id).where(hidden_row).correlate(articles).exists()


def number(connection: Connection, query: Select[Any]) -> int:
    """Return the count that *query* selects."""
    return int(connection.execute(query).scalar_one())


def citable_passages() -> Select[Any]:
    """Build the query that counts the citable passages."""
    query = select(func.count()).select_from(passages.join(articles, IN_NEWEST_VERSION))
    return query.where(articles.c.removed_at.is_(None), NEWEST_CUT)
