"""Settings of each server, and of the whole desk."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select

from bot.ledger.schema import rules
from bot.ledger.table import LedgerPart

_SECRET_ROW = "secret"  # noqa: S105 - the row's name
"""The row that holds the key for the hashes of members."""


class Rules(LedgerPart):
    """Table of the settings that moderators make in Discord."""

    def get(self, place: str) -> dict[str, Any]:
        """Return the settings of a server, or of the whole desk if *place* is empty."""
        with self._database.reading() as connection:
            return _rules_of(connection, place)

    def set(self, place: str, values: dict[str, Any]) -> None:
        """Replace the settings of a server."""
        condition = rules.c.place == place
        with self._database.writing() as connection:
            connection.execute(delete(rules).where(condition))
            connection.execute(insert(rules).values(place=place, values=values))

    def claim(self, key: str, value: int) -> int:
        """Set *key* of the desk's settings if it is unset; return its value afterwards."""
        with self._database.writing() as connection:
            settings = _rules_of(connection, "")
            if settings.get(key) is None:
                settings[key] = value
                connection.execute(delete(rules).where(rules.c.place == ""))
                connection.execute(insert(rules).values(place="", values=settings))
        return int(settings[key])

    def all(self) -> dict[str, dict[str, Any]]:
        """Return the settings of each server by its number."""
        query = select(rules.c.place, rules.c["values"]).where(
            rules.c.place.not_in(["", _SECRET_ROW])
        )
        with self._database.reading() as connection:
            return {place: dict(values) for place, values in connection.execute(query)}

    def secret(self) -> str:
        """Return the key for the hashes of members, which is generated once and never leaves."""
        with self._database.writing() as connection:
            stored = _rules_of(connection, _SECRET_ROW)
            if not stored:
                stored = {"value": secrets.token_hex(32)}
                connection.execute(insert(rules).values(place=_SECRET_ROW, values=stored))
        return str(stored["value"])


def _rules_of(connection: Connection, place: str) -> dict[str, Any]:
    """Return one row of settings; empty if there is none."""
    query: Select[Any] = select(rules.c["values"]).where(rules.c.place == place)
    return dict(connection.execute(query).scalar() or {})
