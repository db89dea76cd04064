"""Snapshots of fetched pages, stored for a while beside the versions made from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.schema import snapshot_files, versions
from ingest.model import Snapshot, SnapshotLimits


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
        with self._database.reading() as connection:
            warc = connection.execute(select(snapshot_files.c.warc).where(this_version)).scalar()
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
