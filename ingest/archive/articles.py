"""Articles and their versions: saving, finding, removing, erasing, and hiding from one server."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.limits import SERVERS
from ingest.archive.rows import (
    NEWEST,
    NEWEST_FIRST,
    article_rows,
    hidden_in,
    in_edition,
    lock_archive,
    passage_rows,
    record_change,
)
from ingest.archive.saving import (
    change_address,
    put_back,
    same_story,
    save_one,
    unchanged,
    withdraw,
)
from ingest.archive.schema import (
    articles,
    embeddings,
    fingerprints,
    hidden,
    pages,
    passages,
    snapshot_files,
    versions,
)
from ingest.errors import ArticleNotFoundError
from ingest.fetching.identities import add_place, identities_of, sealed
from ingest.language.similarity import sketch
from ingest.model import (
    Article,
    Cut,
    Edition,
    Extract,
    Header,
    Kind,
    Removal,
    Saved,
    Scope,
    Version,
)


class Articles(DatabasePart):
    """All articles that were ever saved."""

    def save(self, extract: Extract, cut: Cut, *, now: datetime, place: str = "") -> Saved:
        """Save *extract* as read at *now*; text and change record are one transaction."""
        return self.save_many([(extract, cut)], now=now, place=place)[0]

    def save_many(
        self,
        items: Sequence[tuple[Extract, Cut]],
        *,
        now: datetime,
        restore: bool = True,
        believe: bool = True,
        place: str = "",
    ) -> list[Saved]:
        """Save several extracts in one transaction: all of them, or none after an error.

        With a *place* the articles belong to that server alone.

        Without *restore*, articles that were removed by hand stay removed. Without *believe*, a
        text that does not resemble the current version is not saved, and the article is held.
        """
        with self._database.writing() as connection:
            lock_archive(connection)
            return [
                save_one(
                    connection, extract, cut, now, restore=restore, believe=believe, place=place
                )
                for extract, cut in items
            ]

    def put_back(
        self, article_id: int, extract: Extract, cut: Cut, *, now: datetime, place: str
    ) -> None:
        """Add a version with an earlier version's text, even if its digest is the same."""
        with self._database.writing() as connection:
            lock_archive(connection)
            put_back(connection, article_id, extract, cut, now, place)

    def hold(self, article_id: int, reason: str) -> None:
        """Store the reason why the page of an article is not trusted; it stays citable."""
        self._write(update(articles).where(articles.c.id == article_id).values(held=reason))

    def move(self, article_id: int, extract: Extract) -> bool:
        """Change the address of an article to that of *extract*; return True if that was possible.

        It is not possible if another article has the address, or *extract* is no version of it.
        """
        with self._database.writing() as connection:
            lock_archive(connection)
            return change_address(connection, article_id, extract)

    def remove(
        self,
        article_id: int,
        *,
        now: datetime,
        removal: Removal = Removal.REMOVED,
        note: str | None = None,
    ) -> bool:
        """Exclude an article from every search and answer; its versions stay.

        Returns False if others did so before.

        Raises:
            ArticleNotFoundError: there is no such article.
        """
        self.get(article_id)
        with self._database.writing() as connection:
            lock_archive(connection)
            return withdraw(connection, article_id, removal, note, now)

    def restore(self, article_id: int, *, now: datetime) -> bool:
        """Make a removed or quarantined article citable again; return False if it is citable.

        Raises:
            ArticleNotFoundError: there is no such article.
        """
        if_removed = (articles.c.id == article_id) & articles.c.removed_at.is_not(None)
        values = {"removed_at": None, "removal": None, "note": None}
        if_held = (articles.c.id == article_id) & articles.c.held.is_not(None)
        self.get(article_id)
        with self._database.writing() as connection:
            lock_archive(connection)
            held = connection.execute(update(articles).where(if_held).values(held=None)).rowcount
            removed = connection.execute(update(articles).where(if_removed).values(values)).rowcount
            if removed:
                record_change(connection, article_id, now)
        return bool(held or removed)

    def erase(self, article_id: int, *, now: datetime) -> None:
        """Delete all versions, snapshots and vectors of an article, and its text in stored answers.

        The answers are the bot's: a database trigger erases them (migration 0009). The number of
        the article and a hash of its address stay, so that a refresh does not fetch it again.

        Raises:
            ArticleNotFoundError: there is no such article.
        """
        with self._database.writing() as connection:
            lock_archive(connection)
            this_article = articles.c.id == article_id
            identity = connection.execute(select(articles.c.identity).where(this_article)).scalar()
            if identity is None:
                raise ArticleNotFoundError(article_id)
            _delete_vectors(connection, article_id)
            for table in (passages, snapshot_files, versions, fingerprints):
                connection.execute(delete(table).where(table.c.article_id == article_id))
            blank = {
                "identity": sealed(identity),
                "removed_at": rows.iso(now),
                "removal": str(Removal.ERASED),
                "note": None,
                "held": None,
                "story": None,
            }
            connection.execute(update(articles).where(this_article).values(blank))
            addresses = select(pages.c.address).where(pages.c.article_id == article_id)
            for address in connection.execute(addresses).scalars().all():
                sealed_page = {"address": sealed(address), "url": "", "failure": None}
                this_page = pages.c.address == address
                connection.execute(update(pages).where(this_page).values(sealed_page))
            record_change(connection, article_id, now)
        _scrub(self._database.engine)

    def get(self, article_id: int) -> Article:
        """Return one article, removed or not."""
        matches = self._rows(article_rows().where(articles.c.id == article_id))
        if not matches:
            raise ArticleNotFoundError(article_id)
        return rows.article(matches[0])

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
        """Return articles, newest day first, undated ones last.

        *outlet* is a name in any case; *edition* restricts to one edition, *since* to articles that
        were added later. *removed* selects removed articles, *removal* those with that reason;
        ``QUARANTINED`` includes articles whose pages are not trusted at the moment.
        """
        query = _listing(outlet, removed=removed, removal=removal)
        query = query.where(in_edition(edition))
        if since is not None:
            query = query.where(articles.c.added_at > rows.iso(since))
        return [rows.article(row) for row in self._rows(query.limit(limit).offset(offset))]

    def in_parts(
        self,
        size: int,
        *,
        outlet: str | None = None,
        removed: bool = False,
        removal: Removal | None = None,
    ) -> Iterator[list[Article]]:
        """Yield the articles of :meth:`listed`, *size* at a time, to bound memory."""
        query = _listing(outlet, removed=removed, removal=removal)
        with self._database.reading() as connection:
            matches = connection.execution_options(yield_per=size).execute(query)
            for part in matches.mappings().partitions():
                yield [rows.article(row) for row in part]

    def corrected(
        self, since: datetime, until: datetime, edition: Edition | None = None
    ) -> list[tuple[Article, str]]:
        """Return citable articles corrected between two moments, each with its last correction.

        With an *edition*, only articles of that edition.
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
        matches = self._rows(query.order_by(articles.c.id))
        return [
            (rows.article(row), row["corrections"][-1]) for row in matches if row["corrections"]
        ]

    def versions(self, article_id: int) -> list[Version]:
        """Return every version of an article, oldest first.

        Raises:
            ArticleNotFoundError: there is no such article.
        """
        query = (
            select(versions).where(versions.c.article_id == article_id).order_by(versions.c.number)
        )
        results = [rows.version(row) for row in self._rows(query)]
        if not results:
            raise ArticleNotFoundError(article_id)
        return results

    def version_before(self, article_id: int, moment: datetime) -> Version | None:
        """Return the current version of an article at *moment*, or None."""
        query = (
            select(versions)
            .where(versions.c.article_id == article_id, versions.c.read_at <= rows.iso(moment))
            .order_by(versions.c.number.desc())
            .limit(1)
        )
        return next(map(rows.version, self._rows(query)), None)

    def updated_live(self, since: datetime, edition: Edition | None = None) -> list[Article]:
        """Return live pages that were updated after *since*, newest first."""
        query = article_rows().where(
            articles.c.removed_at.is_(None),
            articles.c.latest > 1,
            versions.c.kind == str(Kind.LIVE),
            versions.c.read_at > rows.iso(since),
            in_edition(edition),
        )
        return [rows.article(row) for row in self._rows(query.order_by(*NEWEST_FIRST))]

    def story(self, article_id: int) -> list[Article]:
        """Return the other citable articles that carry the same story, oldest first."""
        own_story = select(articles.c.story).where(articles.c.id == article_id).scalar_subquery()
        query = article_rows().where(
            articles.c.story == own_story,
            articles.c.id != article_id,
            articles.c.removed_at.is_(None),
        )
        ordered = query.order_by(versions.c.published, articles.c.id)
        return [rows.article(row) for row in self._rows(ordered)]

    def alike(self, extract: Extract, place: str = "") -> list[Article]:
        """Return the citable articles with the same story as *extract*, which is not saved yet."""
        with self._database.reading() as connection:
            story = same_story(connection, 0, extract, sketch(extract.text), place)
            citable = articles.c.place.in_({"", place}) & articles.c.removed_at.is_(None)
            query = article_rows().where(articles.c.story == story, citable)
            return [rows.article(row) for row in connection.execute(query).mappings()]

    def find(self, header: Header, place: str = "") -> Article | None:
        """Return the article that has the address of *header*, removed or not, or None.

        With a *place*, the article that belongs to that server.
        """
        names = [add_place(identity, place) for identity in identities_of(header)]
        exact_first = (articles.c.identity == names[0]).desc()
        query = (
            article_rows()
            .where(articles.c.identity.in_(names))
            .order_by(exact_first, articles.c.id)
        )
        return next(map(rows.article, self._rows(query.limit(1))), None)

    def unchanged(self, extract: Extract, place: str = "") -> Article | None:
        """Return the article that saving *extract* by hand would leave as it is, or None."""
        with self._database.reading() as connection:
            article_id = unchanged(connection, extract, place)
        return None if article_id is None else self.get(article_id)

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

        With an *edition*, only its own; with *removed*, also the articles that its server hides.
        """
        title, outlet = func.lower(versions.c.title), func.lower(versions.c.outlet)
        matching = title.contains(text.lower(), autoescape=True) | outlet.contains(
            text.lower(), autoescape=True
        )
        removed_or_hidden: ColumnElement[bool] = articles.c.removed_at.is_not(None)
        in_scope: ColumnElement[bool]
        if removed and edition is not None:
            removed_or_hidden |= hidden_in(edition.place)
            in_scope = articles.c.place.in_({"", edition.place})
        else:
            in_scope = in_edition(edition)
        query = article_rows().where(
            matching, removed_or_hidden if removed else ~removed_or_hidden, in_scope
        )
        ordered = query.order_by(*NEWEST_FIRST)
        return [rows.article(row) for row in self._rows(ordered.limit(limit).offset(offset))]

    def stories_among(self, article_ids: Collection[int]) -> int:
        """Return the number of distinct stories among the articles."""
        story = func.coalesce(articles.c.story, articles.c.id)
        query = select(func.count(story.distinct())).where(articles.c.id.in_(article_ids))
        return int(self._value(query))

    def count(self, edition: Edition | None = None) -> int:
        """Return the number of citable articles, in one edition or in all."""
        query = select(func.count()).select_from(articles).where(articles.c.removed_at.is_(None))
        if edition is not None:
            joined = articles.join(versions, NEWEST) if edition.outlets else articles
            query = query.with_only_columns(func.count()).select_from(joined)
            query = query.where(in_edition(edition))
        return int(self._value(query))

    def room(self, place: str) -> int | None:
        """Return how many articles the server *place* may still add; None means any number."""
        if not place:
            return None
        is_erased = articles.c.removal.is_not_distinct_from(str(Removal.ERASED))
        added = select(func.count()).where(articles.c.place == place, ~is_erased)
        return max(0, SERVERS.articles - int(self._value(added)))

    def removals(self) -> dict[Removal, int]:
        """Count the removed articles by reason."""
        query = (
            select(articles.c.removal, func.count())
            .where(articles.c.removed_at.is_not(None))
            .group_by(articles.c.removal)
        )
        with self._database.reading() as connection:
            return {Removal(reason): count for reason, count in connection.execute(query)}

    def by_day(self, days: int, edition: Edition | None = None) -> dict[date, int]:
        """Count articles for each of the last *days*, ending at the newest coverage.

        With an *edition*, only its own.
        """
        citable = articles.c.removed_at.is_(None) & versions.c.day.is_not(None)
        citable &= in_edition(edition)
        count = (
            select(versions.c.day, func.count())
            .join(articles, NEWEST)
            .where(citable)
            .group_by(versions.c.day)
            .order_by(versions.c.day.desc())
            .limit(days)
        )
        with self._database.reading() as connection:
            counts = {date.fromisoformat(day): n for day, n in connection.execute(count)}
        newest = max(counts, default=date.min)
        return {day: n for day, n in counts.items() if (newest - day).days < days}


class Editions(DatabasePart):
    """The articles that servers keep to themselves or hide."""

    def hide(self, place: str, article_id: int, *, now: datetime) -> bool:
        """Hide an article from one server's answers; return False if it was hidden already."""
        hidden_row = (hidden.c.place == place) & (hidden.c.article_id == article_id)
        values = {"place": place, "article_id": article_id, "at": rows.iso(now)}
        with self._database.writing() as connection:
            lock_archive(connection)
            if connection.execute(select(hidden.c.place).where(hidden_row)).first() is not None:
                return False
            connection.execute(insert(hidden).values(values))
        return True

    def show(self, place: str, article_id: int) -> bool:
        """Show an article in one server's answers again; return True if it was hidden."""
        hidden_row = (hidden.c.place == place) & (hidden.c.article_id == article_id)
        return bool(self._write(delete(hidden).where(hidden_row)))

    def hides(self, place: str, article_id: int) -> bool:
        """Return True if an article is hidden from one server's answers."""
        hidden_row = (hidden.c.place == place) & (hidden.c.article_id == article_id)
        return self._value(select(hidden.c.place).where(hidden_row)) is not None

    def scope(self, edition: Edition) -> Scope:
        """Return the scope of what *edition* may cite."""
        return Scope(edition.outlets, without=self.withheld(edition.place))

    def withheld(self, place: str) -> frozenset[int]:
        """Return the citable articles that answers of *place* may not cite.

        They are the articles of other servers, and those that *place* hides.
        """
        has_place = text("place <> ''")
        foreign = select(articles.c.id).where(
            has_place, articles.c.place != place, articles.c.removed_at.is_(None)
        )
        hidden_here = select(hidden.c.article_id).where(hidden.c.place == place)
        with self._database.reading() as connection:
            return frozenset(connection.execute(foreign.union(hidden_here)).scalars())


def _listing(outlet: str | None, *, removed: bool, removal: Removal | None) -> Select[Any]:
    """Build the query for articles, newest day first, undated ones last."""
    withdrawn = articles.c.removed_at.is_not(None)
    on_hold = ~withdrawn & articles.c.held.is_not(None)
    if removal is None:
        query = article_rows().where(withdrawn if removed else ~withdrawn)
    else:
        with_reason = withdrawn & (articles.c.removal == removal)
        query = article_rows().where(
            with_reason | on_hold if removal is Removal.QUARANTINED else with_reason
        )
    if outlet is not None:
        query = query.where(func.lower(versions.c.outlet) == outlet.lower())
    return query.order_by(*NEWEST_FIRST)


def _delete_vectors(connection: Connection, article_id: int) -> None:
    """Delete the cached vectors of an article's passages."""
    of_any_version = passages.c.article_id == articles.c.id
    own_version = (versions.c.article_id == passages.c.article_id) & (
        versions.c.number == passages.c.version
    )
    query = passage_rows(of_any_version, own_version).where(articles.c.id == article_id)
    article_passages = [rows.passage(row) for row in connection.execute(query).mappings()]
    digests = [
        {"gone": hashlib.sha256(passage.context.encode()).hexdigest()}
        for passage in article_passages
    ]
    if digests:
        cached = embeddings.c.digest == bindparam("gone")
        connection.execute(delete(embeddings).where(cached), digests)


def _scrub(engine: Engine) -> None:
    """Rewrite the database's files without the deleted rows.

    SQLite's journal is truncated as well; recycling PostgreSQL's log is the administrator's task.
    """
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            for command in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                raw.cursor().execute(command)
        finally:
            raw.close()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM FULL"))
