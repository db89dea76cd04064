"""Which articles carry one story, and which texts are no articles because they repeat."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, delete, func, insert, select

from ingest.archive.schema import articles, fingerprints, versions
from ingest.archive.selecting import NEWEST
from ingest.likeness import containment, near_in_time, resemblance, shingles, sketch
from ingest.model import Extract

_SHARED = 4
"""Marks that two texts share before they are compared word by word."""
_CANDIDATES = 20
"""Articles that are compared word by word, the likest first."""
_RESEMBLANCE = 0.35
_CONTAINMENT = 0.75
"""Both measured on one agency story in three outlets; different stories of one stay below."""
_TITLES = 3
"""Titles of one outlet that one text may have; under more it is a notice, not an article."""


def story_of(
    connection: Connection, article_id: int, extract: Extract, place: str, *, anew: bool
) -> int:
    """Remember an article of *place* by its marks, and return the story that it carries.

    With *anew* it has marks already, of an earlier text.
    """
    own = sketch(extract.text)
    story = same_story(connection, article_id, extract, own, place) or article_id
    if anew:
        connection.execute(delete(fingerprints).where(fingerprints.c.article_id == article_id))
    if own:
        rows = [{"mark": mark, "article_id": article_id} for mark in own]
        connection.execute(insert(fingerprints), rows)
    return story


def same_story(
    connection: Connection, article_id: int, extract: Extract, own: list[int], place: str
) -> int | None:
    """Return the story of the likest article that carries the same text, if there is one.

    What another server keeps for itself is no part of what everybody, or *place*, reads.
    """
    candidates = (
        select(fingerprints.c.article_id)
        .where(fingerprints.c.mark.in_(own), fingerprints.c.article_id != article_id)
        .group_by(fingerprints.c.article_id)
        .having(func.count() >= _SHARED)
        .order_by(func.count().desc())
        .limit(_CANDIDATES)
    )
    query = (
        select(articles.c.id, articles.c.story, versions.c.day, versions.c.text)
        .join(versions, NEWEST)
        .where(articles.c.id.in_(candidates), articles.c.place.in_({"", place}))
    )
    found = connection.execute(query).all()
    if not found:
        return None
    cut, day = shingles(extract.text), extract.header.day
    alike = [
        (containment(cut, other), row.story or row.id)
        for row in found
        if near_in_time(day, date.fromisoformat(row.day) if row.day else None)
        and resemblance(cut, other := shingles(row.text)) >= _RESEMBLANCE
    ]
    share, story = max(alike, default=(0.0, None), key=lambda pair: pair[0])
    return story if share >= _CONTAINMENT else None


def repeats(connection: Connection, outlet_id: int, body: str, place: str) -> list[int]:
    """Return the standing articles of one outlet that are one text under too many titles.

    Those of *place* count alone: nobody sets aside what others added.
    """
    query = (
        select(articles.c.id, versions.c.title, articles.c.removed_at)
        .join(versions, NEWEST)
        .where(
            versions.c.body == body,
            articles.c.outlet_id == outlet_id,
            articles.c.place == place,
        )
    )
    found = connection.execute(query).all()
    if len({row.title for row in found}) <= _TITLES:
        return []
    return [row.id for row in found if row.removed_at is None]
