"""Settings of each server and of the whole desk, their audit entries, and what is spent."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from bot.ledger.ledger_tables import LedgerPart, audit, in_places, rules, spending
from bot.ledger.records import COVERAGE_ACTIONS, AuditEntry, Spending
from ingest.archive import rows

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
        """Return the key for hashes of members and answers; generated once, it never leaves."""
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


class Spendings(LedgerPart):
    """Table of tokens and answers by day and member."""

    def add(self, day: date, member: str, tokens_read: int, tokens_written: int) -> None:
        """Add the tokens of one answer to a member's *day*."""
        condition = (spending.c.day == rows.iso(day)) & (spending.c.member == member)
        increments = {
            "answers": spending.c.answers + 1,
            "tokens_read": spending.c.tokens_read + tokens_read,
            "tokens_written": spending.c.tokens_written + tokens_written,
        }
        initial = {"answers": 1, "tokens_read": tokens_read, "tokens_written": tokens_written}
        with self._database.writing() as connection:
            if not connection.execute(
                update(spending).where(condition).values(increments)
            ).rowcount:
                key = {"day": rows.iso(day), "member": member}
                connection.execute(insert(spending).values({**key, **initial}))

    def of(self, day: date, member: str | None = None) -> Spending:
        """Return the usage of *day*, by *member* or by all members."""
        query = select(
            func.coalesce(func.sum(spending.c.answers), 0),
            func.coalesce(func.sum(spending.c.tokens_read), 0),
            func.coalesce(func.sum(spending.c.tokens_written), 0),
        ).where(spending.c.day == rows.iso(day))
        if member is not None:
            query = query.where(spending.c.member == member)
        with self._database.reading() as connection:
            return Spending(*map(int, connection.execute(query).one()))

    def fold(self, before: date) -> None:
        """Sum the days before *before* over all members, and delete the rows of single members."""
        past_members = (spending.c.day < rows.iso(before)) & (spending.c.member != "")
        with self._database.writing() as connection:
            days = connection.execute(
                select(
                    spending.c.day,
                    func.sum(spending.c.answers),
                    func.sum(spending.c.tokens_read),
                    func.sum(spending.c.tokens_written),
                )
                .where(spending.c.day < rows.iso(before))
                .group_by(spending.c.day)
                .having(func.max(spending.c.member) != "")
            ).all()
            if not days:
                return
            connection.execute(delete(spending).where(past_members))
            for day, count, tokens_read, tokens_written in days:
                values = {
                    "answers": count,
                    "tokens_read": tokens_read,
                    "tokens_written": tokens_written,
                }
                condition = (spending.c.day == day) & (spending.c.member == "")
                if not connection.execute(
                    update(spending).where(condition).values(values)
                ).rowcount:
                    connection.execute(insert(spending).values(day=day, member="", **values))


class Audit(LedgerPart):
    """Table of audit entries; entries are never deleted."""

    def add(self, entry: AuditEntry) -> int:
        """Insert an audit entry, and return its id."""
        values = asdict(entry)
        values["deed"] = values.pop("kind")
        return self._insert(audit, values)

    def get(self, number: int) -> AuditEntry | None:
        """Return the entry with an id, or ``None`` if there is none."""
        return next(map(_entry_of, self._rows(select(audit).where(audit.c.id == number))), None)

    def last(
        self,
        *,
        limit: int = 20,
        before: int | None = None,
        place: str | None = None,
        home: str | None = None,
    ) -> list[AuditEntry]:
        """Return the latest entries, newest first; with *before* only those with a smaller id.

        With *place*, return the entries of one server, and what moderators of the *home* server did
        to articles and sources that this server cites too.
        """
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        condition = in_places(audit.c.place, None if place is None else [place])
        if place is not None and home is not None:
            condition |= (audit.c.place == home) & audit.c.deed.in_(COVERAGE_ACTIONS)
        query = query.where(condition)
        if before is not None:
            query = query.where(audit.c.id < before)
        return list(map(_entry_of, self._rows(query)))

    def mark_undone(self, number: int, undo_id: int) -> bool:
        """Mark an entry as undone by another entry; return True if it was not undone before."""
        statement = update(audit).where(audit.c.id == number, audit.c.undone_by.is_(None))
        return bool(self._write(statement.values(undone_by=undo_id)))


def _entry_of(row: rows.Row) -> AuditEntry:
    """Build an AuditEntry from a row."""
    values = dict(row)
    values["kind"] = values.pop("deed")
    return AuditEntry(**values)
