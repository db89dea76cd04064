"""Keep one extract inside a transaction: decide, write the version, record the change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlalchemy import Connection, Row, Table, insert, select, update

from ingest.archive.rows import header_values, iso
from ingest.archive.schema import articles, changes, clock, passages, sources, versions
from ingest.model import Decision, Extract, Header, Saved, Span, passage_id

TRACKERS = ("utm_", "fbclid", "gclid", "mc_", "igshid")


def take_turn(connection: Connection) -> None:
    """Let one transaction change the archive at a time, on PostgreSQL as on SQLite.

    Two that lock the same articles in different orders would wait for each other for good; and
    the numbers of changes follow the order of their commits.
    """
    connection.execute(select(clock.c.seq).with_for_update())


def save_one(
    connection: Connection, extract: Extract, spans: Sequence[Span], now: datetime
) -> Saved:
    """Keep *extract*; nothing that was kept before is overwritten."""
    known = find_or_make(connection, extract.header, now)
    digest = extract.digest
    decision = decide(digest, known.digest, removed=known.removed_at is not None)
    if decision is Decision.SAME:
        return Saved(known.id, known.latest, decision)
    number = known.latest
    if digest != known.digest:
        number += 1
        add_version(connection, known.id, number, extract, now)
        add_passages(connection, known.id, number, extract.text, spans)
    standing = {"latest": number, "removed_at": None}
    connection.execute(update(articles).where(articles.c.id == known.id).values(standing))
    record_change(connection, known.id, now)
    return Saved(known.id, number, decision)


def decide(digest: str, known: str | None, *, removed: bool) -> Decision:
    """Tell what *digest* is beside the newest one *known* of its article."""
    if known is None:
        return Decision.NEW
    if removed:
        return Decision.RESTORED
    return Decision.SAME if digest == known else Decision.CHANGED


def find_or_make(connection: Connection, header: Header, now: datetime) -> Row[Any]:
    """Return the article's row; a new one has no version."""
    source = identified(connection, sources, "outlet", header.outlet, {})
    new = {"source_id": source, "latest": 0, "added_at": iso(now)}
    article_id = identified(connection, articles, "identity", identity(header), new)
    query = (
        select(articles, versions.c.digest)
        .outerjoin(
            versions,
            (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.latest),
        )
        .where(articles.c.id == article_id)
    )
    return connection.execute(query).one()


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


def identity(header: Header) -> str:
    """Return what makes an article the same one: its address, else its outlet and title."""
    if header.url:
        return clean_url(header.url)
    return f"{header.outlet}\n{header.title}".casefold()


def clean_url(url: str) -> str:
    """Leave out what does not tell articles apart: case of the host, trackers, fragment."""
    parts = urlsplit(url.strip())
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.startswith(TRACKERS)
    ]
    path = parts.path.rstrip("/") or "/"
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), path, urlencode(query), ""))


def add_version(
    connection: Connection, article_id: int, number: int, extract: Extract, now: datetime
) -> None:
    """Write one version whole."""
    day = extract.header.day
    values = {
        "article_id": article_id,
        "number": number,
        "digest": extract.digest,
        **header_values(extract.header),
        "day": iso(day) if day else None,
        "text": extract.text,
        "captions": list(extract.captions),
        "corrections": list(extract.corrections),
        "read_at": iso(now),
    }
    connection.execute(insert(versions).values(values))


def add_passages(
    connection: Connection, article_id: int, number: int, text: str, spans: Sequence[Span]
) -> None:
    """Write the passages of one version, each an exact range of its text."""
    values = [
        {
            "id": passage_id(article_id, number, order, text[span.start : span.end]),
            "article_id": article_id,
            "version": number,
            "position": order,
            "start_at": span.start,
            "end_at": span.end,
            "text": text[span.start : span.end],
        }
        for order, span in enumerate(spans)
    ]
    if values:
        connection.execute(insert(passages), values)


def record_change(connection: Connection, article_id: int, now: datetime) -> None:
    """Number this change; whoever calls has taken its turn, so numbers follow commits."""
    connection.execute(update(clock).values(seq=clock.c.seq + 1))
    seq = connection.execute(select(clock.c.seq)).scalar_one()
    values = {"seq": seq, "article_id": article_id, "at": iso(now)}
    connection.execute(insert(changes).values(values))
