"""What every part of the ledger does with its table."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, insert, true

from ingest.archive.database import DatabasePart


def in_places(column: Column[Any], places: Collection[str] | None) -> ColumnElement[bool]:
    """Restrict to some servers, or with ``None`` to none."""
    return true() if places is None else column.in_(places)


class LedgerPart(DatabasePart):
    """One part of the ledger, in an open database. Safe to share between threads."""

    def _insert(self, table: Table, values: dict[str, Any]) -> int:
        """Write one row, and return its number."""
        with self._database.writing() as connection:
            made = connection.execute(insert(table).values(values)).inserted_primary_key
        assert made is not None
        return int(made[0])
