"""The archive: sources, articles, versions, passages; each method is a verb of the domain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, select, update

from ingest.archive import rows
from ingest.archive.index_state import IndexState
from ingest.archive.records import Records
from ingest.archive.saving import record_change, save_one, take_turn
from ingest.archive.schema import articles, changes, passages, sources, versions
from ingest.errors import ArticleNotFoundError
from ingest.model import (
    Article,
    Extract,
    OutletSummary,
    Passage,
    Saved,
    Span,
    Standing,
    Summary,
    Version,
    parse_moment,
)

NEWEST = (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.latest)
STANDING = (passages.c.article_id == articles.c.id) & (passages.c.version == articles.c.latest)
HEADER = [versions.c[name] for name in rows.HEADER]


class Archive(IndexState, Records):
    """Everything that is kept. Safe to share between threads; open one a process."""

    def save(self, extract: Extract, spans: Sequence[Span], *, now: datetime) -> Saved:
        """Keep *extract* as read at *now*; the text and its change are one transaction."""
        return self.save_many([(extract, spans)], now=now)[0]

    def save_many(
        self, items: Sequence[tuple[Extract, Sequence[Span]]], *, now: datetime
    ) -> list[Saved]:
        """Keep several extracts in one transaction: all of them, or after a failure none."""
        with self.writing() as connection:
            take_turn(connection)
            return [save_one(connection, extract, spans, now) for extract, spans in items]

    def remove(self, article_id: int, *, now: datetime) -> Article:
        """Take an article out of every search and answer; its versions stay.

        Raises:
            ArticleNotFoundError: there is no such article.
        """
        with self.writing() as connection:
            take_turn(connection)
            standing = (articles.c.id == article_id) & articles.c.removed_at.is_(None)
            gone = update(articles).where(standing).values(removed_at=rows.iso(now))
            if connection.execute(gone).rowcount:
                record_change(connection, article_id, now)
        return self.article(article_id)

    def article(self, article_id: int) -> Article:
        """Return one article, removed or not."""
        with self.reading() as connection:
            query = article_rows().where(articles.c.id == article_id)
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise ArticleNotFoundError(article_id)
        return rows.article(row)

    def articles(
        self, *, outlet: str | None = None, removed: bool = False, limit: int | None = None
    ) -> list[Article]:
        """List articles, newest day first, undated ones last; *removed* lists only those."""
        gone = articles.c.removed_at.is_not(None)
        query = article_rows().where(gone if removed else ~gone)
        if outlet is not None:
            query = query.where(func.lower(versions.c.outlet) == outlet.lower())
        undated = versions.c.day.is_(None)
        query = query.order_by(undated, versions.c.day.desc(), articles.c.id.desc()).limit(limit)
        with self.reading() as connection:
            return [rows.article(row) for row in connection.execute(query).mappings()]

    def versions(self, article_id: int) -> list[Version]:
        """Return every version of an article, oldest first.

        Raises:
            ArticleNotFoundError: there is no such article.
        """
        query = (
            select(versions).where(versions.c.article_id == article_id).order_by(versions.c.number)
        )
        with self.reading() as connection:
            found = [rows.version(row) for row in connection.execute(query).mappings()]
        if not found:
            raise ArticleNotFoundError(article_id)
        return found

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Return those of *ids* that stand today: the newest version of an article not removed."""
        query = passage_rows().where(
            passages.c.id.in_(bindparam("ids", expanding=True)), articles.c.removed_at.is_(None)
        )
        found: dict[str, Passage] = {}
        with self.reading() as connection:
            for part in rows.chunks(list(ids)):
                for row in connection.execute(query, {"ids": part}).mappings():
                    found[row["passage_id"]] = rows.passage(row)
        return found

    def article_passages(self, article_id: int) -> list[Passage]:
        """Return the passages of an article's newest version, in order."""
        query = passage_rows().where(articles.c.id == article_id).order_by(passages.c.position)
        with self.reading() as connection:
            return [rows.passage(row) for row in connection.execute(query).mappings()]

    def changed_articles(self, after: int, limit: int) -> tuple[list[int], int]:
        """Return articles with changes after *after*, and the change up to which that is all.

        The articles are distinct, in order of change; the list is empty when there are none.
        """
        query = (
            select(changes.c.seq, changes.c.article_id)
            .where(changes.c.seq > after)
            .order_by(changes.c.seq)
            .limit(limit)
        )
        with self.reading() as connection:
            found = connection.execute(query).all()
        return list(dict.fromkeys(row.article_id for row in found)), (
            found[-1].seq if found else after
        )

    def passages_after(self, seq: int) -> int:
        """Count the standing passages of articles with changes after *seq*."""
        changed = select(changes.c.article_id).where(changes.c.seq > seq)
        with self.reading() as connection:
            return number(connection, standing_passages().where(articles.c.id.in_(changed)))

    def outlets(self) -> tuple[str, ...]:
        """Return the name of every outlet that coverage was ever kept of."""
        with self.reading() as connection:
            return tuple(connection.execute(select(sources.c.outlet)).scalars())

    def count(self) -> int:
        """Return how many articles can be cited."""
        query = select(func.count()).select_from(articles).where(articles.c.removed_at.is_(None))
        with self.reading() as connection:
            return number(connection, query)

    def last_change(self) -> int:
        """Return the number of the newest change; 0 before the first."""
        with self.reading() as connection:
            return connection.execute(select(func.max(changes.c.seq))).scalar() or 0

    def standings(self, article_ids: Sequence[int]) -> list[Standing]:
        """Return what the index should hold of each article, and what it should no longer."""
        current: dict[int, list[Passage]] = {key: [] for key in article_ids}
        stale: dict[int, list[str]] = {key: [] for key in article_ids}
        among: BindParameter[Any] = bindparam("ids", expanding=True)
        standing = passage_rows().where(articles.c.id.in_(among), articles.c.removed_at.is_(None))
        old = (
            select(passages.c.id, passages.c.article_id)
            .join(articles, articles.c.id == passages.c.article_id)
            .where(
                articles.c.id.in_(among),
                (passages.c.version != articles.c.latest) | articles.c.removed_at.is_not(None),
            )
        )
        with self.reading() as connection:
            for part in rows.chunks(list(article_ids)):
                ordered = standing.order_by(articles.c.id, passages.c.position)
                for row in connection.execute(ordered, {"ids": part}).mappings():
                    current[row["article_id"]].append(rows.passage(row))
                for key, article_id in connection.execute(old, {"ids": part}):
                    stale[article_id].append(key)
        return [Standing(key, tuple(current[key]), tuple(stale[key])) for key in current]

    def summary(self) -> Summary:
        """Count what is kept, by outlet the most articles first."""
        standing = articles.c.removed_at.is_(None)
        share = (
            select(
                versions.c.outlet,
                func.count(),
                func.max(versions.c.published),
            )
            .join(articles, NEWEST)
            .where(standing)
            .group_by(versions.c.outlet)
            .order_by(func.count().desc(), versions.c.outlet)
        )
        with self.reading() as connection:
            outlets = tuple(
                OutletSummary(outlet, count, parse_moment(newest) if newest else None)
                for outlet, count, newest in connection.execute(share)
            )
            return Summary(
                articles=sum(each.articles for each in outlets),
                removed=number(
                    connection, select(func.count()).select_from(articles).where(~standing)
                ),
                versions=number(connection, select(func.count()).select_from(versions)),
                passages=number(connection, standing_passages()),
                outlets=outlets,
                last_change=connection.execute(select(func.max(changes.c.seq))).scalar() or 0,
                changed_at=changed_at(connection),
            )


def article_rows() -> Select[Any]:
    """Select articles with the header of their newest version and their counts."""
    count = select(func.count()).where(STANDING).correlate(articles).scalar_subquery()
    return select(
        articles.c.id,
        articles.c.latest,
        articles.c.added_at,
        articles.c.removed_at,
        count.label("passages"),
        *HEADER,
    ).join(versions, NEWEST)


def passage_rows() -> Select[Any]:
    """Select the passages of newest versions with their headers."""
    return (
        select(
            passages.c.id.label("passage_id"),
            passages.c.article_id,
            passages.c.version,
            passages.c.position,
            passages.c.start_at,
            passages.c.end_at,
            passages.c.text.label("passage_text"),
            *HEADER,
        )
        .join(articles, STANDING)
        .join(versions, NEWEST)
    )


def number(connection: Connection, query: Select[Any]) -> int:
    """Return the one figure that *query* counts."""
    return int(connection.execute(query).scalar_one())


def standing_passages() -> Select[Any]:
    """Count the passages that can be cited today."""
    query = select(func.count()).select_from(passages.join(articles, STANDING))
    return query.where(articles.c.removed_at.is_(None))


def changed_at(connection: Connection) -> datetime | None:
    """Return when the archive last changed."""
    newest = select(changes.c.at).order_by(changes.c.seq.desc()).limit(1)
    at = connection.execute(newest).scalar()
    return datetime.fromisoformat(at) if at else None
