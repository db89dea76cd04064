"""The archive: sources, articles, versions, passages; each method is a verb of the domain."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, select, update

from ingest.archive import rows
from ingest.archive.erasing import Erasing
from ingest.archive.following import Following
from ingest.archive.index_state import IndexState
from ingest.archive.saving import moved, record_change, save_one, take_turn, withdraw
from ingest.archive.schema import articles, changes, outlets, passages, versions
from ingest.archive.selecting import (
    NEWEST,
    NEWEST_CUT,
    article_rows,
    number,
    passage_rows,
    standing_passages,
)
from ingest.archive.sources import Sources
from ingest.archive.stories import same_story
from ingest.errors import ArticleNotFoundError
from ingest.identity import identity
from ingest.likeness import marks
from ingest.model import (
    Article,
    Cut,
    Extract,
    Header,
    OutletSummary,
    Passage,
    Removal,
    Saved,
    Summary,
    Version,
    parse_moment,
)

LIKE = re.compile(r"[%_!]")
ESCAPED = r"!\g<0>"


class Archive(Following, IndexState, Sources, Erasing):
    """Everything that is kept. Safe to share between threads; open one a process."""

    def save(self, extract: Extract, cut: Cut, *, now: datetime, restore: bool = True) -> Saved:
        """Keep *extract* as read at *now*; the text and its change are one transaction."""
        return self.save_many([(extract, cut)], now=now, restore=restore)[0]

    def save_many(
        self,
        items: Sequence[tuple[Extract, Cut]],
        *,
        now: datetime,
        restore: bool = True,
        believe: bool = True,
    ) -> list[Saved]:
        """Keep several extracts in one transaction: all of them, or after a failure none.

        Without *restore* what was removed by hand stays so. Unless *believe*, what does not
        resemble the version that stands is held back.
        """
        with self.writing() as connection:
            take_turn(connection)
            return [
                save_one(connection, each, cut, now, restore=restore, believe=believe)
                for each, cut in items
            ]

    def hold(self, article_id: int, reason: str) -> None:
        """Remember why what an article's page shows now is not believed; the article stands."""
        with self.writing() as connection:
            mine = update(articles).where(articles.c.id == article_id)
            connection.execute(mine.values(held=reason))

    def move(self, article_id: int, now: Extract) -> bool:
        """Let an article stand under the address where *now* was read, and tell whether it does.

        It does not where another article stands there, or where *now* is no version of it.
        """
        with self.writing() as connection:
            take_turn(connection)
            return moved(connection, article_id, now)

    def remove(
        self,
        article_id: int,
        *,
        now: datetime,
        removal: Removal = Removal.REMOVED,
        note: str | None = None,
    ) -> Article:
        """Take an article out of every search and answer; its versions stay.

        Raises:
            ArticleNotFoundError: there is no such article.
        """
        with self.writing() as connection:
            take_turn(connection)
            withdraw(connection, article_id, removal, note, now)
        return self.article(article_id)

    def restore(self, article_id: int, *, now: datetime) -> Article:
        """Let an article be cited again that was removed or quarantined.

        Raises:
            ArticleNotFoundError: there is no such article.
        """
        gone = (articles.c.id == article_id) & articles.c.removed_at.is_not(None)
        values = {"removed_at": None, "removal": None, "note": None}
        held = (articles.c.id == article_id) & articles.c.held.is_not(None)
        with self.writing() as connection:
            take_turn(connection)
            connection.execute(update(articles).where(held).values(held=None))
            if connection.execute(update(articles).where(gone).values(values)).rowcount:
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
        self,
        *,
        outlet: str | None = None,
        removed: bool = False,
        removal: Removal | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Article]:
        """List articles, newest day first, undated ones last.

        *removed* lists only those that are, *removal* only those that are so for one reason;
        in quarantine are also those whose pages are not believed at the moment.
        """
        gone = articles.c.removed_at.is_not(None)
        held = ~gone & articles.c.held.is_not(None)
        if removal is None:
            query = article_rows().where(gone if removed else ~gone)
        else:
            why = gone & (articles.c.removal == removal)
            query = article_rows().where(why | held if removal is Removal.QUARANTINED else why)
        if outlet is not None:
            query = query.where(func.lower(versions.c.outlet) == outlet.lower())
        undated = versions.c.day.is_(None)
        query = query.order_by(undated, versions.c.day.desc(), articles.c.id.desc())
        with self.reading() as connection:
            found = connection.execute(query.limit(limit).offset(offset)).mappings()
            return [rows.article(row) for row in found]

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

    def story(self, article_id: int) -> list[Article]:
        """Return the other standing articles that carry the same story, oldest first."""
        own = select(articles.c.story).where(articles.c.id == article_id).scalar_subquery()
        query = article_rows().where(
            articles.c.story == own, articles.c.id != article_id, articles.c.removed_at.is_(None)
        )
        with self.reading() as connection:
            ordered = query.order_by(versions.c.published, articles.c.id)
            return [rows.article(row) for row in connection.execute(ordered).mappings()]

    def alike(self, extract: Extract) -> list[Article]:
        """Return the standing articles that carry the same story as one that is not kept yet."""
        with self.reading() as connection:
            story = same_story(connection, 0, extract, marks(extract.text))
            query = article_rows().where(articles.c.story == story, articles.c.removed_at.is_(None))
            return [rows.article(row) for row in connection.execute(query).mappings()]

    def known(self, header: Header) -> Article | None:
        """Return the article that *header* is of, removed or not; ``None`` if it is new."""
        query = article_rows().where(articles.c.identity == identity(header))
        with self.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return rows.article(row) if row else None

    def titled(
        self, text: str, *, removed: bool, limit: int = 25, offset: int = 0
    ) -> list[Article]:
        """Return articles whose title or outlet contains *text*, newest first."""
        wanted = f"%{LIKE.sub(ESCAPED, text.lower())}%"
        said = func.lower(versions.c.title).like(wanted, escape="!") | func.lower(
            versions.c.outlet
        ).like(wanted, escape="!")
        gone = articles.c.removed_at.is_not(None)
        query = article_rows().where(said, gone if removed else ~gone)
        ordered = query.order_by(versions.c.day.desc(), articles.c.id.desc())
        with self.reading() as connection:
            found = connection.execute(ordered.limit(limit).offset(offset)).mappings()
            return [rows.article(row) for row in found]

    def article_passages(self, article_id: int) -> list[Passage]:
        """Return the passages of an article's newest version, in order."""
        query = (
            passage_rows()
            .where(articles.c.id == article_id, NEWEST_CUT)
            .order_by(passages.c.position)
        )
        with self.reading() as connection:
            return [rows.passage(row) for row in connection.execute(query).mappings()]

    def outlets(self) -> tuple[str, ...]:
        """Return the name of every outlet that coverage was ever kept of."""
        with self.reading() as connection:
            return tuple(connection.execute(select(outlets.c.name)).scalars())

    def articles_by_outlet(self) -> dict[str, int]:
        """Count the articles of each outlet that can be cited."""
        query = (
            select(outlets.c.name, func.count())
            .join(articles, articles.c.outlet_id == outlets.c.id)
            .where(articles.c.removed_at.is_(None))
            .group_by(outlets.c.name)
        )
        with self.reading() as connection:
            return {outlet: int(many) for outlet, many in connection.execute(query)}

    def stories_among(self, article_ids: Collection[int]) -> int:
        """Count the stories that these articles carry."""
        story = func.coalesce(articles.c.story, articles.c.id)
        query = select(func.count(story.distinct())).where(articles.c.id.in_(article_ids))
        with self.reading() as connection:
            return number(connection, query)

    def count(self) -> int:
        """Return how many articles can be cited."""
        query = select(func.count()).select_from(articles).where(articles.c.removed_at.is_(None))
        with self.reading() as connection:
            return number(connection, query)

    def removals(self) -> dict[Removal, int]:
        """Count the articles that are not cited, by why."""
        query = (
            select(articles.c.removal, func.count())
            .where(articles.c.removed_at.is_not(None))
            .group_by(articles.c.removal)
        )
        with self.reading() as connection:
            return {Removal(why): count for why, count in connection.execute(query)}

    def by_day(self, days: int) -> dict[date, int]:
        """Count the articles of each of the last *days* up to the newest coverage."""
        standing = articles.c.removed_at.is_(None) & versions.c.day.is_not(None)
        count = (
            select(versions.c.day, func.count())
            .join(articles, NEWEST)
            .where(standing)
            .group_by(versions.c.day)
            .order_by(versions.c.day.desc())
            .limit(days)
        )
        with self.reading() as connection:
            found = {date.fromisoformat(day): n for day, n in connection.execute(count)}
        newest = max(found, default=date.min)
        return {day: n for day, n in found.items() if (newest - day).days < days}

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


def changed_at(connection: Connection) -> datetime | None:
    """Return when the archive last changed."""
    newest = select(changes.c.at).order_by(changes.c.seq.desc()).limit(1)
    at = connection.execute(newest).scalar()
    return datetime.fromisoformat(at) if at else None
