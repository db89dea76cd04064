"""Comparison of texts: articles with one story, repeated texts, versions of one page."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from sqlalchemy import Connection, delete, func, insert, select

from ingest.archive.limits import STORIES
from ingest.archive.rows import NEWEST
from ingest.archive.schema import articles, fingerprints, versions
from ingest.language.similarity import (
    containment,
    near_in_time,
    resemblance,
    shingles,
    sketch,
    units,
)
from ingest.model import Extract


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
        .having(func.count() >= STORIES.shared_marks)
        .order_by(func.count().desc())
        .limit(STORIES.candidates)
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
        and resemblance(own_shingles, their_shingles := shingles(row.text)) >= STORIES.resemblance
    ]
    share, story = max(same_text, default=(0.0, None), key=lambda pair: pair[0])
    return story if share >= STORIES.containment else None


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
    if len({row.title for row in matches}) <= STORIES.titles:
        return []
    return [row.id for row in matches if row.removed_at is None]


def mismatch_reason(before: Extract, after: Extract) -> str | None:
    """Return the reason why *after* cannot be the next version of *before*, or None."""
    old, new = len(before.text), len(after.text)
    if old >= STORIES.stub_characters and new < STORIES.stub_share * old and not after.corrections:
        return f"holds {new} characters where it held {old}"
    if _same_title(before.header.title, after.header.title):
        return None
    if containment(shingles(before.text), shingles(after.text)) >= STORIES.shared_runs:
        return None
    old_words, new_words = _content_words(before.text), _content_words(after.text)
    if new_words and len(old_words & new_words) < STORIES.shared_words * len(new_words):
        return f"has another title (“{after.header.title[:80]}”) and another text"
    return None


def _same_title(title: str, other_title: str) -> bool:
    """Return True if two titles share most words of the shorter one."""
    words, other_words = set(units(title)), set(units(other_title))
    shorter = min(len(words), len(other_words))
    return bool(shorter) and len(words & other_words) >= STORIES.shared_title_words * shorter


def _content_words(text: str) -> set[str]:
    """Return the long words of a text, and pairs of characters in CJK text."""
    words = units(text)
    pairs = {a + b for a, b in pairwise(words) if not (a + b).isascii()}
    return {word for word in words if len(word) > STORIES.ignored_letters} | pairs
