"""Outlets, their sources that are checked again and again, pages, snapshots, and hosts' pauses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.rows import AMONG, NEWEST, get_or_create, lock_archive
from ingest.archive.schema import articles, hosts, outlets, pages, snapshot_files, sources, versions
from ingest.errors import SourceNotFoundError
from ingest.fetching.identities import add_place
from ingest.model import (
    Edition,
    Ownership,
    Permission,
    Snapshot,
    SnapshotLimits,
    Source,
    SourcePage,
)

_UPDATED_COLUMNS = (
    "url",
    "article_id",
    "etag",
    "last_modified",
    "checked_at",
    "modified",
    "failure",
)


class Outlets(DatabasePart):
    """The outlets that articles were ever saved of."""

    def names(self, edition: Edition | None = None) -> tuple[str, ...]:
        """Return the names of all outlets that articles were saved of, in one edition or in all."""
        query = select(outlets.c.name)
        if edition is not None:
            query = query.where(outlets.c.name.in_(edition.outlets)) if edition.outlets else query
            in_place = (versions.c.outlet == outlets.c.name) & articles.c.place.in_(
                {"", edition.place}
            )
            outlet_versions = select(versions.c.outlet).join(articles, NEWEST).where(in_place)
            query = query.where(outlet_versions.correlate(outlets).exists())
        return tuple(row["name"] for row in self._rows(query))

    def articles(self) -> dict[str, int]:
        """Count the citable articles of each outlet."""
        query = (
            select(outlets.c.name, func.count())
            .join(articles, articles.c.outlet_id == outlets.c.id)
            .where(articles.c.removed_at.is_(None))
            .group_by(outlets.c.name)
        )
        with self._database.reading() as connection:
            return {outlet: int(count) for outlet, count in connection.execute(query)}

    def describe(self, outlet: str, *, country: str | None, ownership: Ownership | None) -> None:
        """Set the country and ownership of an outlet, which answers show."""
        values = {"country": country, "ownership": str(ownership) if ownership else None}
        changes = {name: value for name, value in values.items() if value is not None}
        if not changes:
            return
        with self._database.writing() as connection:
            lock_archive(connection)
            get_or_create(connection, outlets, "name", outlet, {})
            connection.execute(update(outlets).where(outlets.c.name == outlet).values(changes))


class Sources(DatabasePart):
    """The watched sources."""

    def watch(
        self,
        address: str,
        outlet: str,
        permission: Permission,
        every: int,
        *,
        now: datetime,
        place: str = "",
    ) -> Source:
        """Watch *address*, to be checked every *every* minutes, or update the source that does.

        With a *place*, its articles belong to that server alone.
        """
        with self._database.writing() as connection:
            lock_archive(connection)
            values = {
                "outlet_id": get_or_create(connection, outlets, "name", outlet, {}),
                "permission": str(permission),
                "every": every,
            }
            new = {**values, "added_at": rows.iso(now), "place": place}
            source_id = get_or_create(
                connection, sources, "address", add_place(address, place), new
            )
            connection.execute(update(sources).where(sources.c.id == source_id).values(values))
        return self.get(source_id)

    def unwatch(self, source_id: int) -> Source:
        """Stop watching a source; its articles stay.

        Raises:
            SourceNotFoundError: there is no such source.
        """
        source = self.get(source_id)
        with self._database.writing() as connection:
            statement = update(pages).where(pages.c.source_id == source_id)
            connection.execute(statement.values(source_id=None))
            connection.execute(delete(sources).where(sources.c.id == source_id))
        return source

    def get(self, source_id: int) -> Source:
        """Return one source.

        Raises:
            SourceNotFoundError: there is no such source.
        """
        matches = self._rows(_source_rows().where(sources.c.id == source_id))
        if not matches:
            raise SourceNotFoundError(source_id)
        return rows.source(matches[0])

    def at(self, address: str, place: str = "") -> Source | None:
        """Return the source watched at *address*, for everybody or for one *place*, or None."""
        query = _source_rows().where(sources.c.address == add_place(address, place))
        return next(map(rows.source, self._rows(query)), None)

    def watched(self) -> list[Source]:
        """Return every source in the order in which they were added."""
        return [rows.source(row) for row in self._rows(_source_rows().order_by(sources.c.id))]

    def claim(self, source: Source, now: datetime) -> bool:
        """Take a due source; return False if another process took it first."""
        checked_at = rows.iso(source.checked_at) if source.checked_at else None
        unclaimed = (
            sources.c.checked_at == checked_at if checked_at else sources.c.checked_at.is_(None)
        )
        statement = update(sources).where(sources.c.id == source.id, unclaimed)
        return bool(self._write(statement.values(checked_at=rows.iso(now))))

    def make_due(self, source_id: int) -> None:
        """Make a source due at once."""
        self._update_source(source_id, {"checked_at": None})

    def checked(self, source_id: int, now: datetime, **columns: Any) -> None:  # noqa: ANN401
        """Record that a source was read completely; *columns* are further values."""
        values = {"checked_at": rows.iso(now), "failed_at": None, "failure": None, **columns}
        self._update_source(source_id, values)

    def postpone(self, source: Source) -> None:
        """Undo the claim of a *source* whose listing was not asked: it stays due."""
        checked_at = rows.iso(source.checked_at) if source.checked_at else None
        self._update_source(source.id, {"checked_at": checked_at})

    def ended(self, source_id: int, now: datetime) -> None:
        """Record the end of a check of a source, successful or not."""
        self._update_source(source_id, {"ended_at": rows.iso(now)})

    def move(self, source_id: int, address: str) -> None:
        """Change the address of a source, unless the new one is watched already."""
        name = add_place(address, self.get(source_id).place)
        same_address = select(sources.c.id).where(sources.c.address == name)
        with self._database.writing() as connection:
            if connection.execute(same_address).scalar() is None:
                statement = update(sources).where(sources.c.id == source_id)
                connection.execute(statement.values(address=name))

    def failed(self, source_id: int, now: datetime, failure: str) -> None:
        """Record that a source could not be read, and why; the first failure's time stays."""
        at = rows.iso(now)
        since = func.coalesce(sources.c.failed_at, at)
        self._update_source(source_id, {"checked_at": at, "failed_at": since, "failure": failure})

    def _update_source(self, source_id: int, values: Mapping[str, Any]) -> None:
        self._write(update(sources).where(sources.c.id == source_id).values(**values))


def _source_rows() -> Select[Any]:
    """Build the query for sources with their outlets' names."""
    return select(sources, outlets.c.name).join(outlets, outlets.c.id == sources.c.outlet_id)


class Hosts(DatabasePart):
    """The pauses that hosts ask for, shared between processes; for the fetcher."""

    def end(self, host: str, now: datetime) -> datetime | None:
        """Return the end of a host's pause, or None if it has none at *now*."""
        with self._database.reading() as connection:
            return _pause_end(connection, host, now)

    def extend(self, host: str, until: datetime, now: datetime) -> None:
        """Pause a host until *until*; a pause that ends later stays."""
        with self._database.writing() as connection:
            lock_archive(connection)
            end = _pause_end(connection, host, now)
            _pause(connection, host, max(until, end or until), now)

    def claim(self, host: str, until: datetime, now: datetime) -> datetime | None:
        """Pause a host for a request of the caller; return the end of its pause if it has one."""
        with self._database.writing() as connection:
            lock_archive(connection)
            end = _pause_end(connection, host, now)
            if end is None:
                _pause(connection, host, until, now)
            return end


def _pause_end(connection: Connection, host: str, now: datetime) -> datetime | None:
    """Return the end of a host's pause, or None if it has none at *now*."""
    value = connection.execute(select(hosts.c.rests_until).where(hosts.c.name == host)).scalar()
    end = datetime.fromisoformat(value) if value else now
    return end if end > now else None


def _pause(connection: Connection, host: str, until: datetime, now: datetime) -> None:
    """Store a pause, and delete those that are over at *now*."""
    ends = connection.execute(select(hosts.c.name, hosts.c.rests_until)).all()
    replaced = [name for name, at in ends if name == host or datetime.fromisoformat(at) <= now]
    connection.execute(delete(hosts).where(hosts.c.name.in_(replaced)))
    connection.execute(insert(hosts).values(name=host, rests_until=rows.iso(until)))


class Pages(DatabasePart):
    """The pages that were fetched, each with its article or failure."""

    def get(self, addresses: Sequence[str]) -> dict[str, SourcePage]:
        """Return the stored pages among *addresses*, by address."""
        query = _page_rows().where(pages.c.address.in_(AMONG))
        return {row["address"]: rows.page(row) for row in self._rows_among(query, addresses)}

    def of_source(self, source_id: int) -> list[SourcePage]:
        """Return every page that a source ever listed, newest first."""
        query = _page_rows().where(pages.c.source_id == source_id)
        ordered = query.order_by(pages.c.first_at.desc(), pages.c.address)
        return [rows.page(row) for row in self._rows(ordered)]

    def note(self, source_id: int | None, states: Iterable[SourcePage]) -> None:
        """Store the state of pages, new or known."""
        values = [
            {
                "address": state.address,
                "source_id": source_id,
                "listing": state.listing,
                "first_at": rows.iso(state.first_at),
                **{name: getattr(state, name) for name in _UPDATED_COLUMNS},
                "checked_at": rows.iso(state.checked_at) if state.checked_at else None,
            }
            for state in states
        ]
        if not values:
            return
        with self._database.writing() as connection:
            lock_archive(connection)
            dialect = connection.dialect.name
            new = (postgresql_insert if dialect == "postgresql" else sqlite_insert)(pages)
            fresh: Mapping[str, Any] = {name: new.excluded[name] for name in _UPDATED_COLUMNS}
            upsert = new.on_conflict_do_update(index_elements=[pages.c.address], set_=dict(fresh))
            connection.execute(upsert, values)

    def note_unchanged(self, addresses: Sequence[str], *, now: datetime) -> None:
        """Store the time at which unchanged pages were checked."""
        statement = update(pages).where(pages.c.address.in_(AMONG))
        statement = statement.values(checked_at=rows.iso(now))
        if not addresses:
            return
        with self._database.writing() as connection:
            for chunk in rows.chunks(list(addresses)):
                connection.execute(statement, {AMONG.key: chunk})


def _page_rows() -> Select[Any]:
    """Build the query for pages, joined with the removal of their articles."""
    return select(pages, articles.c.removal).outerjoin(
        articles, articles.c.id == pages.c.article_id
    )


class Snapshots(DatabasePart):
    """WARC files by article and version. Their digests stay in the versions for good."""

    def keep(
        self,
        snapshots: Mapping[tuple[int, int], Snapshot],
        limits: SnapshotLimits,
        *,
        now: datetime,
    ) -> None:
        """Store a snapshot for each (article, version); drop the oldest beyond *limits*."""
        with self._database.writing() as connection:
            for (article_id, number), snapshot in snapshots.items():
                this_version = (versions.c.article_id == article_id) & (versions.c.number == number)
                statement = update(versions).where(this_version, versions.c.snapshot.is_(None))
                if not connection.execute(statement.values(snapshot=snapshot.digest)).rowcount:
                    continue
                row = {"article_id": article_id, "number": number, "taken_at": rows.iso(now)}
                values = {**row, "size": len(snapshot.warc), "warc": snapshot.warc}
                connection.execute(insert(snapshot_files).values(values))
            _drop(connection, limits, now)

    def expire(self, limits: SnapshotLimits, *, now: datetime) -> None:
        """Delete the snapshots beyond *limits*, also where nothing new is fetched any more."""
        with self._database.writing() as connection:
            _drop(connection, limits, now)

    def get(self, article_id: int, number: int) -> bytes | None:
        """Return the WARC file of one version, or None if it is not stored."""
        this_version = (snapshot_files.c.article_id == article_id) & (
            snapshot_files.c.number == number
        )
        warc = self._value(select(snapshot_files.c.warc).where(this_version))
        return None if warc is None else bytes(warc)


def _drop(connection: Connection, limits: SnapshotLimits, now: datetime) -> None:
    """Delete snapshots older than the limit, then the oldest beyond the size limit."""
    oldest = rows.iso(now - timedelta(days=limits.days))
    connection.execute(delete(snapshot_files).where(snapshot_files.c.taken_at < oldest))
    columns = (snapshot_files.c.article_id, snapshot_files.c.number, snapshot_files.c.size)
    newest = select(*columns).order_by(
        snapshot_files.c.taken_at.desc(), snapshot_files.c.article_id.desc()
    )
    room = limits.megabytes * 2**20
    for article_id, number, size in connection.execute(newest).all():
        room -= size
        if room < 0:
            this_version = (snapshot_files.c.article_id == article_id) & (
                snapshot_files.c.number == number
            )
            connection.execute(delete(snapshot_files).where(this_version))
