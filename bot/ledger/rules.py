"""What each server set, and what is set for the whole desk."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select

from bot.ledger.schema import rules
from bot.ledger.table import LedgerPart

_SECRET = "secret"  # noqa: S105 - the row's name
"""The row that holds what members' hashes are made with."""


class Rules(LedgerPart):
    """Settings that moderators make in Discord."""

    def get(self, place: str) -> dict[str, Any]:
        """Return what a server set, or with an empty *place* what is set for the desk."""
        with self._database.reading() as connection:
            return _rules_of(connection, place)

    def set(self, place: str, values: dict[str, Any]) -> None:
        """Keep what a server set."""
        here = rules.c.place == place
        with self._database.writing() as connection:
            connection.execute(delete(rules).where(here))
            connection.execute(insert(rules).values(place=place, values=values))

    def claim(self, key: str, value: int) -> int:
        """Set *key* of the desk's rules unless it is set; return what it is then."""
        with self._database.writing() as connection:
            known = _rules_of(connection, "")
            if known.get(key) is None:
                known[key] = value
                connection.execute(delete(rules).where(rules.c.place == ""))
                connection.execute(insert(rules).values(place="", values=known))
        return int(known[key])

    def all(self) -> dict[str, dict[str, Any]]:
        """Return what each server set, by its number."""
        query = select(rules.c.place, rules.c["values"]).where(rules.c.place.not_in(["", _SECRET]))
        with self._database.reading() as connection:
            return {place: dict(values) for place, values in connection.execute(query)}

    def secret(self) -> str:
        """Return what members' hashes are made with; it is made once and never leaves."""
        with self._database.writing() as connection:
            known = _rules_of(connection, _SECRET)
            if not known:
                known = {"value": secrets.token_hex(32)}
                connection.execute(insert(rules).values(place=_SECRET, values=known))
        return str(known["value"])


def _rules_of(connection: Connection, place: str) -> dict[str, Any]:
    """Return one row of rules; nothing if there is none."""
    query: Select[Any] = select(rules.c["values"]).where(rules.c.place == place)
    return dict(connection.execute(query).scalar() or {})
