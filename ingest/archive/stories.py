"""Detection of articles with one story, and of texts that repeat under many titles."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, delete, func, insert, select

from ingest.archive.schema import articles, fingerprints, versions
from ingest.archive.selecting import NEWEST
from ingest.language.similarity import containment, near_in_time, resemblance, shingles, sketch
from ingest.model import Extract

_SHARED_MARKS = 4
"""Fingerprint marks that two texts must share to be compared word by word."""
_CANDIDATES = 20
"""Articles that are compared word by word, those with most shared marks first."""
_LEAST_RESEMBLANCE = 0.35
_LEAST_CONTAINMENT = 0.75
"""Both thresholds were measured on one agency story in three outlets; other stories are below."""
_MOST_TITLES = 3
"""Titles of one outlet that one text may have; with more it is a notice, not an article."""


def story_of(
    connection: Connection, article_id: int, extract: Extract, place: str, *, anew: bool
) -> int:
    """Store the fingerprint of an article of *place*, and return its story number.

    With *anew*, the marks of an earlier text are replaced.
    """
    marks = sketch(extract.text)
    story = same_story(connection, article_id, extract, marks, place) or article_id
    if anew:
        connection.execute(delete(fingerprints).where(fingerprints.c.article_id == article_id))
    if marks:
        rows = [{"mark": mark, "article_id": article_id} for mark in marks]
        connection.execute(insert(fingerprints), rows)
    return story


def same_story(
    connection: Connection, article_id: int, extract: Extract, marks: list[int], place: str
) -> int | None:
    """Return the story of the most similar article with the same text, or None.

    Articles of other servers are ignored.
    """
    candidates = (
        select(fingerprints.c.article_id)
        .where(fingerprints.c.mark.in_(marks), fingerprints.c.article_id != article_id)
        .group_by(fingerprints.c.article_id)
        .having(func.count() >= _SHARED_MARKS)
        .order_by(func.count().desc())
        .limit(_CANDIDATES)
    )
    query = (
        select(articles.c.id, articles.c.story, versions.c.day, versions.c.text)
        .join(versions, NEWEST)
        .where(articles.c.id.in_(candidates), articles.c.place.in_({"", place}))
    )
    matches = connection.execute(query).all()
    if not matches:
        return None
    own_shingles, day = shingles(extract.text), extract.header.day
    same_text = [
        (containment(own_shingles, their_shingles), row.story or row.id)
        for row in matches
        if near_in_time(day, date.fromisoformat(row.day) if row.day else None)
        and resemblance(own_shingles, their_shingles := shingles(row.text)) >= _LEAST_RESEMBLANCE
    ]
    share, story = max(same_text, default=(0.0, None), key=lambda pair: pair[0])
    return story if share >= _LEAST_CONTAINMENT else None


def repeats(connection: Connection, outlet_id: int, body: str, place: str) -> list[int]:
    """Return the citable articles of one outlet that repeat one text under too many titles.

    Only articles of *place* are counted, so that nobody can quarantine another server's articles.
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
    matches = connection.execute(query).all()
    if len({row.title for row in matches}) <= _MOST_TITLES:
        return []
    return [row.id for row in matches if row.removed_at is None]
