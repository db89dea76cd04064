"""Hosts that asked to be left alone for a while."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.saving import take_turn
from ingest.archive.schema import hosts


class Hosts(DatabasePart):
    """What servers asked for with ``Retry-After``, whichever process they told."""

    def resting(self, now: datetime) -> dict[str, datetime]:
        """Return until when each host is to be left alone, of those that still are."""
        with self._database.reading() as connection:
            found = connection.execute(select(hosts.c.name, hosts.c.rests_until)).all()
        until = {name: datetime.fromisoformat(at) for name, at in found}
        return {name: at for name, at in until.items() if at > now}

    def rest(self, until: Mapping[str, datetime], now: datetime) -> None:
        """Leave each host of *until* alone until then, and forget those that rested enough."""
        if not until:
            return
        standing = {**self.resting(now), **until}
        with self._database.writing() as connection:
            take_turn(connection)
            connection.execute(delete(hosts))
            named = [{"name": n, "rests_until": rows.iso(at)} for n, at in standing.items()]
            connection.execute(insert(hosts), named)
