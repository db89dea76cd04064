"""Keep one extract inside a transaction: decide, write the version, record the change."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select, update

from ingest.archive import rows
from ingest.archive.resembling import unlike
from ingest.archive.rows import header_values, iso
from ingest.archive.schema import articles, changes, clock, outlets, passages, versions
from ingest.archive.selecting import NEWEST
from ingest.archive.stories import repeats, story_of
from ingest.identity import apart, identities_of, identity_of
from ingest.likeness import has_text_of
from ingest.model import Cut, Decision, Extract, Header, Kind, Removal, Saved, passage_id

_KEPT_OUT = frozenset({Removal.RETRACTED, Removal.QUARANTINED, Removal.ERASED})
"""Why an article stays out although its text comes again; what was removed, a person may add."""
_BY_HAND = frozenset({Removal.REMOVED, Removal.HIDDEN})
"""Why an article stays out until a person says otherwise."""


def take_turn(connection: Connection) -> None:
    """Let one transaction change the archive at a time, on PostgreSQL as on SQLite.

    Two that lock the same articles in different orders would wait for each other for good; and
    the numbers of changes follow the order of their commits.
    """
    connection.execute(select(clock.c.seq).with_for_update())


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
    """Keep *extract* for everybody, or for one *place*; nothing kept before is overwritten.

    One that is read under another of its addresses stands where it stood. With *restore* an article
    that was removed by hand stands again. Unless *believe*, what does
    not resemble the version that stands is held back, and the article is marked with why.
    """
    _take_over_paste(connection, extract, place)
    known = _find_or_make(connection, extract.header, now, place)
    if known.url and extract.header.url:
        extract = replace(extract, header=replace(extract.header, url=known.url))
    digest = extract.digest
    confirms = bool(known.pasted) and not extract.header.pasted
    decision = _decide(extract, digest, known, restore=restore)
    if confirms and decision is Decision.SAME and known.removal is None:
        decision = Decision.CHANGED
    mine = update(articles).where(articles.c.id == known.id)
    if decision is Decision.SAME:
        if known.held is not None:
            connection.execute(mine.values(held=None))
        return Saved(known.id, known.latest, decision)
    doubted = decision is Decision.CHANGED and not (believe or confirms)
    if doubted and (reason := _doubt(connection, known, extract)):
        told = f"Its page now {reason}. Version {known.latest} stays."
        connection.execute(mine.values(held=told))
        return Saved(known.id, known.latest, Decision.QUARANTINED, note=reason)
    number = known.latest
    standing: dict[str, Any] = dict.fromkeys(("removed_at", "removal", "note", "held"))
    if digest != known.digest or confirms:
        number += 1
        _add_version(connection, known.id, number, extract, digest, now)
        add_passages(connection, known.id, number, extract.text, cut)
        standing["story"] = story_of(connection, known.id, extract, place, anew=number > 1)
    standing["latest"] = number
    if decision is Decision.RETRACTED:
        standing |= {"removed_at": iso(now), "removal": str(Removal.RETRACTED)}
    connection.execute(mine.values(standing))
    record_change(connection, known.id, now)
    return _quarantined(connection, Saved(known.id, number, decision), known, extract, now)


def _doubt(connection: Connection, known: Row[Any], extract: Extract) -> str | None:
    """Say why *extract* may be no version of the article that is *known*, if it may not be.

    It has to resemble the version that stands, and not to be the text of another article.
    """
    query = select(versions).where(
        versions.c.article_id == known.id, versions.c.number == known.latest
    )
    before = rows.version(connection.execute(query).mappings().one()).extract
    if reason := unlike(before, extract):
        return reason
    body = _body_digest(extract.text)
    twins = (
        select(articles.c.id)
        .join(versions, NEWEST)
        .where(
            versions.c.body == body,
            articles.c.outlet_id == known.outlet_id,
            articles.c.place == known.place,
            articles.c.id != known.id,
            articles.c.removed_at.is_(None),
        )
    )
    twin = connection.execute(twins.limit(1)).scalar()
    return None if twin is None else f"has the text of article {twin}"


def put_back(
    connection: Connection, article_id: int, extract: Extract, cut: Cut, now: datetime, place: str
) -> None:
    """Write one more version of an article that says what an earlier one said."""
    mine = articles.c.id == article_id
    number = 1 + connection.execute(select(articles.c.latest).where(mine)).scalar_one()
    _add_version(connection, article_id, number, extract, extract.digest, now)
    add_passages(connection, article_id, number, extract.text, cut)
    story = story_of(connection, article_id, extract, place, anew=True)
    connection.execute(update(articles).where(mine).values(latest=number, story=story))
    record_change(connection, article_id, now)


def moved(connection: Connection, article_id: int, now: Extract) -> bool:
    """Let an article stand where *now* was read, if that is a version of it and is free."""
    url = now.header.url or ""
    query = select(versions, articles.c.place).join(articles, NEWEST)
    row = connection.execute(query.where(articles.c.id == article_id)).mappings().one_or_none()
    if not url or row is None:
        return False
    name = apart(identity_of(now.header), row["place"])
    taken = select(articles.c.id).where(articles.c.identity == name)
    if connection.execute(taken).scalar() is not None:
        return False
    extract = rows.version(row).extract
    if unlike(extract, now):
        return False
    anew = replace(extract, header=replace(extract.header, url=url))
    mine = (versions.c.article_id == article_id) & (versions.c.number == row["number"])
    connection.execute(update(versions).where(mine).values(url=url, digest=anew.digest))
    named = update(articles).where(articles.c.id == article_id)
    connection.execute(named.values(identity=name))
    return True


def _decide(extract: Extract, digest: str, known: Row[Any], *, restore: bool) -> Decision:
    """Tell what *extract* is beside the newest version of its article that is *known*."""
    same = digest == known.digest
    if same and known.removal in (_KEPT_OUT if restore else _KEPT_OUT | _BY_HAND):
        return Decision.SAME
    if extract.header.kind is Kind.RETRACTION:
        return Decision.SAME if same else Decision.RETRACTED
    if known.digest is None:
        return Decision.NEW
    if known.removal is not None:
        return Decision.RESTORED
    if same:
        return Decision.SAME
    added = set(extract.corrections) - set(known.corrections)
    return Decision.CORRECTED if added else Decision.CHANGED


def _quarantined(
    connection: Connection, saved: Saved, known: Row[Any], extract: Extract, now: datetime
) -> Saved:
    """Set aside what was saved, and its likes, if it is one text under too many titles."""
    if saved.decision is Decision.RETRACTED:
        return saved
    repeated = repeats(connection, known.outlet_id, _body_digest(extract.text), known.place)
    if saved.article_id not in repeated:
        return saved
    note = f"One text stands under {len(repeated)} titles; it is a notice rather than an article."
    for article_id in repeated:
        withdraw(connection, article_id, Removal.QUARANTINED, note, now)
    also = tuple(each for each in repeated if each != saved.article_id)
    return Saved(saved.article_id, saved.version, Decision.QUARANTINED, also)


def withdraw(
    connection: Connection, article_id: int, removal: Removal, note: str | None, now: datetime
) -> bool:
    """Let a standing article not be cited any more; tell whether it stood."""
    standing = (articles.c.id == article_id) & articles.c.removed_at.is_(None)
    values = {"removed_at": iso(now), "removal": str(removal), "note": note}
    if not connection.execute(update(articles).where(standing).values(values)).rowcount:
        return False
    record_change(connection, article_id, now)
    return True


def _body_digest(text: str) -> str:
    """Name a body by its words alone."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def _take_over_paste(connection: Connection, extract: Extract, place: str) -> None:
    """Let what was fetched become the next version of a paste that has the same text."""
    header = extract.header
    if header.pasted:
        return
    pasted = _known_as(connection, replace(header, pasted=True), place)
    if pasted is None or _known_as(connection, header, place) is not None:
        return
    name = apart(identity_of(header), place)
    query = (
        select(articles.c.id, versions.c.text).join(versions, NEWEST).where(articles.c.id == pasted)
    )
    known = connection.execute(query).one_or_none()
    if known is None:
        return
    if has_text_of(extract.text, known.text):
        mine = update(articles).where(articles.c.id == known.id)
        connection.execute(mine.values(identity=name))


def _find_or_make(connection: Connection, header: Header, now: datetime, place: str) -> Row[Any]:
    """Return the article's row; a new one has no version."""
    outlet = identified(connection, outlets, "name", header.outlet, {})
    new = {"outlet_id": outlet, "latest": 0, "added_at": iso(now), "place": place}
    article_id = _known_as(connection, header, place)
    if article_id is None:
        name = apart(identity_of(header), place)
        article_id = identified(connection, articles, "identity", name, new)
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


def _known_as(connection: Connection, header: Header, place: str) -> int | None:
    """Return the article that is kept under one of its addresses: its own, else the oldest."""
    names = [apart(each, place) for each in identities_of(header)]
    own = (articles.c.identity == names[0]).desc()
    query = select(articles.c.id).where(articles.c.identity.in_(names)).order_by(own, articles.c.id)
    found = connection.execute(query.limit(1)).scalar()
    return None if found is None else int(found)


def identified(
    connection: Connection, table: Table, key: str, value: str, rest: dict[str, Any]
) -> int:
    """Return the id of the row whose *key* is *value*, made if need be."""
    query = select(table.c.id).where(table.c[key] == value)
    if (found := connection.execute(query).scalar()) is not None:
        return int(found)
    made = connection.execute(insert(table).values({key: value, **rest})).inserted_primary_key
    assert made is not None
    return int(made[0])


def _add_version(
    connection: Connection,
    article_id: int,
    number: int,
    extract: Extract,
    digest: str,
    now: datetime,
) -> None:
    """Write one version whole."""
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
    """Write the passages of one version, each an exact range of its text."""
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


def record_change(connection: Connection, article_id: int, now: datetime) -> None:
    """Number this change; whoever calls has taken its turn, so numbers follow commits."""
    following = update(clock).values(seq=clock.c.seq + 1).returning(clock.c.seq)
    seq = connection.execute(following).scalar_one()
    values = {"seq": seq, "article_id": article_id, "at": iso(now)}
    connection.execute(insert(changes).values(values))
