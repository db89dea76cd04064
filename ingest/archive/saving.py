"""Saving one extract inside a transaction: decide, write the version, record the change.

The decision compares texts: articles with one story, repeated texts, versions of one page.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from ingest.archive import rows
from ingest.archive.limits import STORIES
from ingest.archive.rows import NEWEST, get_or_create, header_values, iso, record_change
from ingest.archive.schema import articles, fingerprints, outlets, passages, versions
from ingest.fetching.identities import add_place, identities_of, identity_of
from ingest.language.similarity import (
    containment,
    has_text_of,
    near_in_time,
    resemblance,
    shingles,
    sketch,
    units,
)
from ingest.model import Cut, Decision, Extract, Header, Kind, Removal, Saved, passage_id

_PERMANENT_REMOVALS = frozenset({Removal.RETRACTED, Removal.QUARANTINED, Removal.ERASED})
"""Removals that stay in force even when the same text is read again or added by hand."""
_MANUAL_REMOVALS = frozenset({Removal.REMOVED, Removal.HIDDEN})
"""Removals that stay in force until a person adds the article again."""


def save_one(
    connection: Connection,
    extract: Extract,
    cut: Cut,
    now: datetime,
    *,
    restore: bool,
    believe: bool,
    place: str,
) -> Saved:
    """Save *extract* for everybody, or for one *place*; earlier versions are never overwritten.

    An extract read under another of the article's addresses keeps the stored address. With
    *restore*, an article that was removed by hand becomes citable again. Without *believe*, a text
    that does not resemble the current version is not saved, and the article is marked as held.
    """
    _take_over_paste(connection, extract, place)
    article = _find_or_make(connection, extract.header, now, place)
    extract = _at_address_of(article, extract)
    digest = extract.digest
    confirms = _confirms(extract, article)
    decision = _decide(extract, digest, article, restore=restore)
    statement = update(articles).where(articles.c.id == article.id)
    if decision is Decision.SAME:
        if article.held is not None:
            connection.execute(statement.values(held=None))
        return Saved(article.id, article.latest, decision)
    needs_check = decision is Decision.CHANGED and not (believe or confirms)
    if needs_check and (reason := _doubt_reason(connection, article, extract)):
        message = f"Its page now {reason}. Version {article.latest} stays."
        connection.execute(statement.values(held=message))
        return Saved(article.id, article.latest, Decision.QUARANTINED, note=reason)
    number = article.latest
    values: dict[str, Any] = dict.fromkeys(("removed_at", "removal", "note", "held"))
    if digest != article.digest or confirms:
        number += 1
        _add_version(connection, article.id, number, extract, digest, now)
        add_passages(connection, article.id, number, extract.text, cut)
        values["story"] = _story_of(connection, article.id, extract, place, anew=number > 1)
    values["latest"] = number
    if decision is Decision.RETRACTED:
        values |= {"removed_at": iso(now), "removal": str(Removal.RETRACTED)}
    connection.execute(statement.values(values))
    record_change(connection, article.id, now)
    return _quarantine_duplicates(
        connection, Saved(article.id, number, decision), article, extract, now
    )


def unchanged(connection: Connection, extract: Extract, place: str) -> int | None:
    """Return the id of the article that saving *extract* by hand would leave as it is, or None."""
    article_id = _article_id(connection, extract.header, place)
    if article_id is None:
        return None
    article = _row_of(connection, article_id)
    extract = _at_address_of(article, extract)
    decision = _decide(extract, extract.digest, article, restore=True)
    return article_id if decision is Decision.SAME else None


def _at_address_of(article: Row[Any], extract: Extract) -> Extract:
    """Return *extract* with the stored address of *article*, if both have one."""
    if not (article.url and extract.header.url):
        return extract
    return replace(extract, header=replace(extract.header, url=article.url))


def _confirms(extract: Extract, article: Row[Any]) -> bool:
    """Return True if *extract* was fetched and its *article* is a paste so far."""
    return bool(article.pasted) and not extract.header.pasted


def _doubt_reason(connection: Connection, article: Row[Any], extract: Extract) -> str | None:
    """Return the reason why *extract* may be no version of *article*, or None.

    It must resemble the current version, and must not be the text of another article.
    """
    query = select(versions).where(
        versions.c.article_id == article.id, versions.c.number == article.latest
    )
    before = rows.version(connection.execute(query).mappings().one()).extract
    if reason := _mismatch_reason(before, extract):
        return reason
    body = _body_digest(extract.text)
    twins = (
        select(articles.c.id)
        .join(versions, NEWEST)
        .where(
            versions.c.body == body,
            articles.c.outlet_id == article.outlet_id,
            articles.c.place == article.place,
            articles.c.id != article.id,
            articles.c.removed_at.is_(None),
        )
    )
    twin = connection.execute(twins.limit(1)).scalar()
    return None if twin is None else f"has the text of article {twin}"


def put_back(
    connection: Connection, article_id: int, extract: Extract, cut: Cut, now: datetime, place: str
) -> None:
    """Add a version to an article with the text of an earlier version."""
    this_article = articles.c.id == article_id
    number = 1 + connection.execute(select(articles.c.latest).where(this_article)).scalar_one()
    _add_version(connection, article_id, number, extract, extract.digest, now)
    add_passages(connection, article_id, number, extract.text, cut)
    story = _story_of(connection, article_id, extract, place, anew=True)
    connection.execute(update(articles).where(this_article).values(latest=number, story=story))
    record_change(connection, article_id, now)


def change_address(connection: Connection, article_id: int, fetched: Extract) -> bool:
    """Set an article's address to that of *fetched*, if it is a version of it and not taken."""
    url = fetched.header.url or ""
    query = select(versions, articles.c.place).join(articles, NEWEST)
    row = connection.execute(query.where(articles.c.id == article_id)).mappings().one_or_none()
    if not url or row is None:
        return False
    name = add_place(identity_of(fetched.header), row["place"])
    same_identity = select(articles.c.id).where(articles.c.identity == name)
    if connection.execute(same_identity).scalar() is not None:
        return False
    stored = rows.version(row).extract
    if _mismatch_reason(stored, fetched):
        return False
    renamed = replace(stored, header=replace(stored.header, url=url))
    newest_version = (versions.c.article_id == article_id) & (versions.c.number == row["number"])
    connection.execute(
        update(versions).where(newest_version).values(url=url, digest=renamed.digest)
    )
    statement = update(articles).where(articles.c.id == article_id)
    connection.execute(statement.values(identity=name))
    return True


def _decide(extract: Extract, digest: str, article: Row[Any], *, restore: bool) -> Decision:
    """Compare *extract* with the newest version of its *article*."""
    is_same = digest == article.digest
    if is_same and article.removal in (
        _PERMANENT_REMOVALS if restore else _PERMANENT_REMOVALS | _MANUAL_REMOVALS
    ):
        return Decision.SAME
    if extract.header.kind is Kind.RETRACTION:
        return Decision.SAME if is_same else Decision.RETRACTED
    if article.digest is None:
        return Decision.NEW
    if article.removal is not None:
        return Decision.RESTORED
    if is_same:
        return Decision.CHANGED if _confirms(extract, article) else Decision.SAME
    new_corrections = set(extract.corrections) - set(article.corrections)
    return Decision.CORRECTED if new_corrections else Decision.CHANGED


def _quarantine_duplicates(
    connection: Connection, saved: Saved, article: Row[Any], extract: Extract, now: datetime
) -> Saved:
    """Quarantine the saved article and its duplicates if one text has too many titles."""
    if saved.decision is Decision.RETRACTED:
        return saved
    repeated = _repeats(connection, article.outlet_id, _body_digest(extract.text), article.place)
    if saved.article_id not in repeated:
        return saved
    note = f"One text stands under {len(repeated)} titles; it is a notice rather than an article."
    for article_id in repeated:
        withdraw(connection, article_id, Removal.QUARANTINED, note, now)
    other_ids = tuple(duplicate for duplicate in repeated if duplicate != saved.article_id)
    return Saved(saved.article_id, saved.version, Decision.QUARANTINED, other_ids)


def withdraw(
    connection: Connection, article_id: int, removal: Removal, note: str | None, now: datetime
) -> bool:
    """Remove a citable article from answers; return False if it was not citable."""
    citable = (articles.c.id == article_id) & articles.c.removed_at.is_(None)
    values = {"removed_at": iso(now), "removal": str(removal), "note": note}
    if not connection.execute(update(articles).where(citable).values(values)).rowcount:
        return False
    record_change(connection, article_id, now)
    return True


def _body_digest(text: str) -> str:
    """Return the digest of a body, with white space normalised."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def _take_over_paste(connection: Connection, extract: Extract, place: str) -> None:
    """Turn a paste with the same text into the article of the fetched page."""
    header = extract.header
    if header.pasted:
        return
    paste_id = _article_id(connection, replace(header, pasted=True), place)
    if paste_id is None or _article_id(connection, header, place) is not None:
        return
    name = add_place(identity_of(header), place)
    query = (
        select(articles.c.id, versions.c.text)
        .join(versions, NEWEST)
        .where(articles.c.id == paste_id)
    )
    paste = connection.execute(query).one_or_none()
    if paste is None:
        return
    if has_text_of(extract.text, paste.text):
        statement = update(articles).where(articles.c.id == paste.id)
        connection.execute(statement.values(identity=name))


def _find_or_make(connection: Connection, header: Header, now: datetime, place: str) -> Row[Any]:
    """Return the article's row, created if needed; a new one has no version."""
    outlet = get_or_create(connection, outlets, "name", header.outlet, {})
    new = {"outlet_id": outlet, "latest": 0, "added_at": iso(now), "place": place}
    article_id = _article_id(connection, header, place)
    if article_id is None:
        name = add_place(identity_of(header), place)
        article_id = get_or_create(connection, articles, "identity", name, new)
    return _row_of(connection, article_id)


def _row_of(connection: Connection, article_id: int) -> Row[Any]:
    """Return an article's row with the digest and the corrections of its newest version."""
    query = (
        select(
            articles,
            versions.c.digest,
            versions.c.corrections,
            versions.c.url,
            versions.c.pasted,
        )
        .outerjoin(
            versions,
            (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.latest),
        )
        .where(articles.c.id == article_id)
    )
    return connection.execute(query).one()


def _article_id(connection: Connection, header: Header, place: str) -> int | None:
    """Return the id of the article with one of the header's addresses, exact match first."""
    names = [add_place(identity, place) for identity in identities_of(header)]
    exact_first = (articles.c.identity == names[0]).desc()
    query = (
        select(articles.c.id)
        .where(articles.c.identity.in_(names))
        .order_by(exact_first, articles.c.id)
    )
    article_id = connection.execute(query.limit(1)).scalar()
    return None if article_id is None else int(article_id)


def _add_version(
    connection: Connection,
    article_id: int,
    number: int,
    extract: Extract,
    digest: str,
    now: datetime,
) -> None:
    """Insert one version."""
    day = extract.header.day
    values = {
        "article_id": article_id,
        "number": number,
        "digest": digest,
        **header_values(extract.header),
        "day": iso(day) if day else None,
        "text": extract.text,
        "body": _body_digest(extract.text),
        "captions": list(extract.captions),
        "corrections": list(extract.corrections),
        "read_at": iso(now),
    }
    connection.execute(insert(versions).values(values))


def add_passages(connection: Connection, article_id: int, number: int, text: str, cut: Cut) -> None:
    """Insert the passages of one version, each an exact range of its text."""
    values = [
        {
            "id": passage_id(article_id, number, order, text[span.start : span.end]),
            "splitter": cut.splitter,
            "article_id": article_id,
            "version": number,
            "position": order,
            "start_at": span.start,
            "end_at": span.end,
            "text": text[span.start : span.end],
        }
        for order, span in enumerate(cut.spans)
    ]
    if values:
        connection.execute(insert(passages), values)


def _story_of(
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
        values = [{"mark": mark, "article_id": article_id} for mark in marks]
        connection.execute(insert(fingerprints), values)
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


def _repeats(connection: Connection, outlet_id: int, body: str, place: str) -> list[int]:
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


def _mismatch_reason(before: Extract, after: Extract) -> str | None:
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
