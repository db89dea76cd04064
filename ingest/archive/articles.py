"""Articles and their versions: kept, found, taken out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.erasing import erase
from ingest.archive.saving import (
    moved,
    put_back,
    record_change,
    save_one,
    take_turn,
    withdraw,
)
from ingest.archive.schema import articles, versions
from ingest.archive.selecting import (
    NEWEST,
    NEWEST_FIRST,
    article_rows,
    hidden_in,
    in_edition,
    number,
)
from ingest.archive.stories import same_story
from ingest.errors import ArticleNotFoundError
from ingest.identity import apart, identities_of
from ingest.likeness import sketch
from ingest.model import Article, Cut, Edition, Extract, Header, Kind, Removal, Saved, Version

_LIKE = re.compile(r"[%_!]")
_ESCAPED = r"!\g<0>"


class Articles(DatabasePart):
    """Every article that was ever kept."""

    def save(
        self, extract: Extract, cut: Cut, *, now: datetime, restore: bool = True, place: str = ""
    ) -> Saved:
        """Keep *extract* as read at *now*; the text and its change are one transaction."""
        return self.save_many([(extract, cut)], now=now, restore=restore, place=place)[0]

    def save_many(
        self,
        items: Sequence[tuple[Extract, Cut]],
        *,
        now: datetime,
        restore: bool = True,
        believe: bool = True,
        place: str = "",
    ) -> list[Saved]:
        """Keep several extracts in one transaction: all of them, or after a failure none.

        With a *place* they are that server's alone.

        Without *restore* what was removed by hand stays so. Unless *believe*, what does not
        resemble the version that stands is held back.
        """
        with self._database.writing() as connection:
            take_turn(connection)
            return [
                save_one(connection, each, cut, now, restore=restore, believe=believe, place=place)
                for each, cut in items
            ]

    def put_back(
        self, article_id: int, extract: Extract, cut: Cut, *, now: datetime, place: str
    ) -> None:
        """Let an article say again what it said before: a version more, whatever its digest."""
        with self._database.writing() as connection:
            take_turn(connection)
            put_back(connection, article_id, extract, cut, now, place)

    def hold(self, article_id: int, reason: str) -> None:
        """Remember why what an article's page shows now is not believed; the article stands."""
        with self._database.writing() as connection:
            mine = update(articles).where(articles.c.id == article_id)
            connection.execute(mine.values(held=reason))

    def move(self, article_id: int, now: Extract) -> bool:
        """Let an article stand under the address where *now* was read, and tell whether it does.

        It does not where another article stands there, or where *now* is no version of it.
        """
        with self._database.writing() as connection:
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
        with self._database.writing() as connection:
            take_turn(connection)
            withdraw(connection, article_id, removal, note, now)
        return self.get(article_id)

    def restore(self, article_id: int, *, now: datetime) -> Article:
        """Let an article be cited again that was removed or quarantined.

        Raises:
            ArticleNotFoundError: there is no such article.
        """
        gone = (articles.c.id == article_id) & articles.c.removed_at.is_not(None)
        values = {"removed_at": None, "removal": None, "note": None}
        held = (articles.c.id == article_id) & articles.c.held.is_not(None)
        with self._database.writing() as connection:
            take_turn(connection)
            connection.execute(update(articles).where(held).values(held=None))
            if connection.execute(update(articles).where(gone).values(values)).rowcount:
                record_change(connection, article_id, now)
        return self.get(article_id)

    def erase(self, article_id: int, *, now: datetime) -> None:
        """Delete every word of an article for good, also what answers kept of it.

        Raises:
            ArticleNotFoundError: there is no such article.
        """
        erase(self._database, article_id, now=now)

    def get(self, article_id: int) -> Article:
        """Return one article, removed or not."""
        with self._database.reading() as connection:
            query = article_rows().where(articles.c.id == article_id)
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise ArticleNotFoundError(article_id)
        return rows.article(row)

    def listed(
        self,
        *,
        outlet: str | None = None,
        edition: Edition | None = None,
        since: datetime | None = None,
        removed: bool = False,
        removal: Removal | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Article]:
        """List articles, newest day first, undated ones last.

        *outlet* is a name in any case; with an *edition* only what it has is listed, and with
        *since* only what was added after it.
        *removed* lists only those that are, *removal* only those that are so for one reason;
        in quarantine are also those whose pages are not believed at the moment.
        """
        query = _listing(outlet, removed=removed, removal=removal)
        query = query.where(in_edition(edition))
        if since is not None:
            query = query.where(articles.c.added_at > rows.iso(since))
        with self._database.reading() as connection:
            found = connection.execute(query.limit(limit).offset(offset)).mappings()
            return [rows.article(row) for row in found]

    def in_parts(
        self,
        size: int,
        *,
        outlet: str | None = None,
        removed: bool = False,
        removal: Removal | None = None,
    ) -> Iterator[list[Article]]:
        """Yield what :meth:`listed` lists, *size* at a time, so that no more are held."""
        query = _listing(outlet, removed=removed, removal=removal)
        with self._database.reading() as connection:
            found = connection.execution_options(yield_per=size).execute(query)
            for part in found.mappings().partitions():
                yield [rows.article(row) for row in part]

    def corrected(
        self, since: datetime, until: datetime, edition: Edition | None = None
    ) -> list[tuple[Article, str]]:
        """Return standing articles that were corrected between two moments, with the last note.

        With an *edition* only its own.
        """
        query = (
            article_rows()
            .add_columns(versions.c.corrections)
            .where(
                articles.c.removed_at.is_(None),
                articles.c.latest > 1,
                versions.c.read_at > rows.iso(since),
                versions.c.read_at <= rows.iso(until),
                in_edition(edition),
            )
        )
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(articles.c.id)).mappings()
            return [
                (rows.article(row), row["corrections"][-1]) for row in found if row["corrections"]
            ]

    def versions(self, article_id: int) -> list[Version]:
        """Return every version of an article, oldest first.

        Raises:
            ArticleNotFoundError: there is no such article.
        """
        query = (
            select(versions).where(versions.c.article_id == article_id).order_by(versions.c.number)
        )
        with self._database.reading() as connection:
            found = [rows.version(row) for row in connection.execute(query).mappings()]
        if not found:
            raise ArticleNotFoundError(article_id)
        return found

    def version_before(self, article_id: int, moment: datetime) -> Version | None:
        """Return the version of an article that stood at *moment*; ``None`` if none did."""
        query = (
            select(versions)
            .where(versions.c.article_id == article_id, versions.c.read_at <= rows.iso(moment))
            .order_by(versions.c.number.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return rows.version(row) if row else None

    def updated_live(self, since: datetime, edition: Edition | None = None) -> list[Article]:
        """Return the live pages that were updated after *since*, the newest first."""
        query = article_rows().where(
            articles.c.removed_at.is_(None),
            articles.c.latest > 1,
            versions.c.kind == str(Kind.LIVE),
            versions.c.read_at > rows.iso(since),
            in_edition(edition),
        )
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(*NEWEST_FIRST)).mappings()
            return [rows.article(row) for row in found]

    def story(self, article_id: int) -> list[Article]:
        """Return the other standing articles that carry the same story, oldest first."""
        own = select(articles.c.story).where(articles.c.id == article_id).scalar_subquery()
        query = article_rows().where(
            articles.c.story == own, articles.c.id != article_id, articles.c.removed_at.is_(None)
        )
        with self._database.reading() as connection:
            ordered = query.order_by(versions.c.published, articles.c.id)
            return [rows.article(row) for row in connection.execute(ordered).mappings()]

    def alike(self, extract: Extract, place: str = "") -> list[Article]:
        """Return the standing articles that carry the same story as one that is not kept yet."""
        with self._database.reading() as connection:
            story = same_story(connection, 0, extract, sketch(extract.text), place)
            theirs = articles.c.place.in_({"", place}) & articles.c.removed_at.is_(None)
            query = article_rows().where(articles.c.story == story, theirs)
            return [rows.article(row) for row in connection.execute(query).mappings()]

    def known(self, header: Header, place: str = "") -> Article | None:
        """Return the article that *header* is of, removed or not; ``None`` if it is new.

        With a *place* it is that server's own.
        """
        names = [apart(each, place) for each in identities_of(header)]
        own = (articles.c.identity == names[0]).desc()
        query = article_rows().where(articles.c.identity.in_(names)).order_by(own, articles.c.id)
        with self._database.reading() as connection:
            row = connection.execute(query.limit(1)).mappings().one_or_none()
        return rows.article(row) if row else None

    def titled(
        self,
        text: str,
        *,
        removed: bool,
        edition: Edition | None = None,
        limit: int = 25,
        offset: int = 0,
    ) -> list[Article]:
        """Return articles whose title or outlet contains *text*, newest first.

        With an *edition* only its own; with *removed* also what its server hides for itself.
        """
        wanted = f"%{_LIKE.sub(_ESCAPED, text.lower())}%"
        said = func.lower(versions.c.title).like(wanted, escape="!") | func.lower(
            versions.c.outlet
        ).like(wanted, escape="!")
        gone: ColumnElement[bool] = articles.c.removed_at.is_not(None)
        within: ColumnElement[bool]
        if removed and edition is not None:
            gone |= hidden_in(edition.place)
            within = articles.c.place.in_({"", edition.place})
        else:
            within = in_edition(edition)
        query = article_rows().where(said, gone if removed else ~gone, within)
        ordered = query.order_by(*NEWEST_FIRST)
        with self._database.reading() as connection:
            found = connection.execute(ordered.limit(limit).offset(offset)).mappings()
            return [rows.article(row) for row in found]

    def stories_among(self, article_ids: Collection[int]) -> int:
        """Count the stories that these articles carry."""
        story = func.coalesce(articles.c.story, articles.c.id)
        query = select(func.count(story.distinct())).where(articles.c.id.in_(article_ids))
        with self._database.reading() as connection:
            return number(connection, query)

    def count(self, edition: Edition | None = None) -> int:
        """Return how many articles can be cited, in one edition or in any."""
        query = select(func.count()).select_from(articles).where(articles.c.removed_at.is_(None))
        if edition is not None:
            joined = articles.join(versions, NEWEST) if edition.outlets else articles
            query = query.with_only_columns(func.count()).select_from(joined)
            query = query.where(in_edition(edition))
        with self._database.reading() as connection:
            return number(connection, query)

    def removals(self) -> dict[Removal, int]:
        """Count the articles that are not cited, by why."""
        query = (
            select(articles.c.removal, func.count())
            .where(articles.c.removed_at.is_not(None))
            .group_by(articles.c.removal)
        )
        with self._database.reading() as connection:
            return {Removal(why): count for why, count in connection.execute(query)}

    def by_day(self, days: int, edition: Edition | None = None) -> dict[date, int]:
        """Count the articles of each of the last *days* up to the newest coverage.

        With an *edition* only its own.
        """
        standing = articles.c.removed_at.is_(None) & versions.c.day.is_not(None)
        standing &= in_edition(edition)
        count = (
            select(versions.c.day, func.count())
            .join(articles, NEWEST)
            .where(standing)
            .group_by(versions.c.day)
            .order_by(versions.c.day.desc())
            .limit(days)
        )
        with self._database.reading() as connection:
            found = {date.fromisoformat(day): n for day, n in connection.execute(count)}
        newest = max(found, default=date.min)
        return {day: n for day, n in found.items() if (newest - day).days < days}


def _listing(outlet: str | None, *, removed: bool, removal: Removal | None) -> Select[Any]:
    """Select articles, newest day first, undated ones last."""
    gone = articles.c.removed_at.is_not(None)
    held = ~gone & articles.c.held.is_not(None)
    if removal is None:
        query = article_rows().where(gone if removed else ~gone)
    else:
        why = gone & (articles.c.removal == removal)
        query = article_rows().where(why | held if removal is Removal.QUARANTINED else why)
    if outlet is not None:
        query = query.where(func.lower(versions.c.outlet) == outlet.lower())
    return query.order_by(*NEWEST_FIRST)
