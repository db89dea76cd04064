"""Hosts that asked for a pause."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.saving import lock_archive
from ingest.archive.schema import hosts


class Hosts(DatabasePart):
    """The ``Retry-After`` times of servers, shared between processes."""

    def paused(self, now: datetime) -> dict[str, datetime]:
        """Return the end of the pause of each host that is paused at *now*."""
        with self._database.reading() as connection:
            matches = connection.execute(select(hosts.c.name, hosts.c.rests_until)).all()
        ends = {name: datetime.fromisoformat(at) for name, at in matches}
        return {name: at for name, at in ends.items() if at > now}

    def pause(self, until: Mapping[str, datetime], now: datetime) -> None:
        """Store a pause for each host of *until*; delete the pauses that are over at *now*."""
        if not until:
            return
        pauses = {**self.paused(now), **until}
        with self._database.writing() as connection:
            lock_archive(connection)
            connection.execute(delete(hosts))
            values = [{"name": n, "rests_until": rows.iso(at)} for n, at in pauses.items()]
            connection.execute(insert(hosts), values)
