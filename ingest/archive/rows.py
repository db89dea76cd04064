"""Database rows as classes of the domain, and the query parts that several queries share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    func,
    insert,
    select,
    true,
    update,
)

from ingest.archive.limits import STORED
from ingest.archive.schema import articles, changes, clock, hidden, outlets, passages, versions
from ingest.fetching.identities import remove_place
from ingest.model import (
    Article,
    Edition,
    Extract,
    Generation,
    Header,
    Kind,
    Moment,
    Ownership,
    Passage,
    Permission,
    Removal,
    Source,
    SourcePage,
    Version,
    parse_moment,
)

Row = Mapping[Any, Any]
_Value = TypeVar("_Value")
AMONG: BindParameter[Any] = bindparam("among", expanding=True)
"""The parameter for a list of values that is too long for one query."""

HEADER = (
    "title",
    "outlet",
    "url",
    "authors",
    "agency",
    "dateline",
    "published",
    "not_before",
    "kind",
    "language",
    "modified",
    "section",
    "preview",
    "original",
    "pasted",
)
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
_HEADER = [versions.c[name] for name in HEADER]


def chunks(values: list[_Value]) -> Iterator[list[_Value]]:
    """Split *values* into lists short enough for one query."""
    for start in range(0, len(values), STORED.values):
        yield values[start : start + STORED.values]


def iso(moment: Moment) -> str:
    """Format a date as a date, and a time with its zone."""
    return moment.isoformat()


def _header(row: Row) -> Header:
    """Build a header from the columns of :data:`HEADER`."""
    return Header(
        title=row["title"],
        outlet=row["outlet"],
        url=row["url"],
        authors=tuple(row["authors"]),
        agency=row["agency"],
        dateline=row["dateline"],
        published=parse_moment(row["published"]) if row["published"] else None,
        not_before=date.fromisoformat(row["not_before"]) if row["not_before"] else None,
        kind=Kind(row["kind"]),
        language=row["language"],
        modified=parse_moment(row["modified"]) if row["modified"] else None,
        section=row["section"],
        preview=bool(row["preview"]),
        original=row["original"],
        ownership=Ownership(row["ownership"]) if row.get("ownership") else None,
        pasted=bool(row["pasted"]),
    )


def header_values(header: Header) -> dict[str, Any]:
    """Return the columns of a header."""
    values = {name: getattr(header, name) for name in HEADER}
    return {
        **values,
        "authors": list(header.authors),
        "published": iso(header.published) if header.published else None,
        "not_before": iso(header.not_before) if header.not_before else None,
        "kind": str(header.kind),
        "modified": iso(header.modified) if header.modified else None,
    }


def article(row: Row) -> Article:
    """Build an article from a row with its newest header and its counts."""
    return Article(
        id=row["id"],
        header=_header(row),
        versions=row["latest"],
        passages=row["passages"],
        added_at=datetime.fromisoformat(row["added_at"]),
        removed_at=_time(row["removed_at"]),
        removal=Removal(row["removal"]) if row["removal"] else None,
        note=row["note"],
        story=row["story"],
        held=row["held"],
        place=row["place"],
    )


def _time(value: str | None) -> datetime | None:
    """Parse a time, or return None for None."""
    return datetime.fromisoformat(value) if value else None


def version(row: Row) -> Version:
    """Build a version from a row."""
    captions, corrections = tuple(row["captions"]), tuple(row["corrections"])
    extract = Extract(_header(row), row["text"], captions, corrections)
    read_at = datetime.fromisoformat(row["read_at"])
    return Version(row["article_id"], row["number"], extract, read_at, row["snapshot"])


def passage(row: Row) -> Passage:
    """Build a passage from a row with its article's header."""
    return Passage(
        id=row["passage_id"],
        article_id=row["article_id"],
        version=row["version"],
        order=row["position"],
        start=row["start_at"],
        end=row["end_at"],
        text=row["passage_text"],
        header=_header(row),
        corrections=tuple(row["corrections"]),
    )


def generation(row: Row) -> Generation:
    """Build a generation from a row; it is active if the serving row names it."""
    return Generation(
        id=row["id"],
        model=row["model"],
        dimensions=row["dimensions"],
        splitter=row["splitter"],
        active=row["generation_id"] is not None,
        caught_up_to=row["caught_up_to"],
        created_at=datetime.fromisoformat(row["created_at"]),
        retired_at=_time(row["retired_at"]),
    )


def source(row: Row) -> Source:
    """Build a source from a row with its outlet's name."""
    return Source(
        id=row["id"],
        address=remove_place(row["address"], row["place"]),
        outlet=row["name"],
        permission=Permission(row["permission"]),
        every=row["every"],
        added_at=datetime.fromisoformat(row["added_at"]),
        checked_at=_time(row["checked_at"]),
        etag=row["etag"],
        last_modified=row["last_modified"],
        listed=row["listed"],
        failed_at=_time(row["failed_at"]),
        failure=row["failure"],
        ended_at=_time(row["ended_at"]),
        place=row["place"],
    )


def page(row: Row) -> SourcePage:
    """Build a page from a row with the removal of its article."""
    return SourcePage(
        address=row["address"],
        url=row["url"],
        listing=bool(row["listing"]),
        first_at=datetime.fromisoformat(row["first_at"]),
        article_id=row["article_id"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        checked_at=_time(row["checked_at"]),
        modified=row["modified"],
        failure=row["failure"],
        removal=Removal(row["removal"]) if row["removal"] else None,
    )


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


def lock_archive(connection: Connection) -> None:
    """Lock the archive against other writers until the transaction ends, also on PostgreSQL.

    Otherwise two transactions that lock the same articles in different orders would deadlock; and
    change numbers have to follow the order of commits.
    """
    connection.execute(select(clock.c.seq).with_for_update())


def get_or_create(
    connection: Connection, table: Table, key: str, value: str, defaults: dict[str, Any]
) -> int:
    """Return the id of the row whose *key* is *value*, inserted with *defaults* if needed."""
    query = select(table.c.id).where(table.c[key] == value)
    if (row_id := connection.execute(query).scalar()) is not None:
        return int(row_id)
    primary_key = connection.execute(
        insert(table).values({key: value, **defaults})
    ).inserted_primary_key
    assert primary_key is not None
    return int(primary_key[0])


def record_change(connection: Connection, article_id: int, now: datetime) -> None:
    """Append to the log of changes; the caller must have called :func:`lock_archive`."""
    next_number = update(clock).values(seq=clock.c.seq + 1).returning(clock.c.seq)
    seq = connection.execute(next_number).scalar_one()
    values = {"seq": seq, "article_id": article_id, "at": iso(now)}
    connection.execute(insert(changes).values(values))
