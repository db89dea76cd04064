"""Base class of the ledger's tables."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, insert, true

from ingest.archive.database import DatabasePart


def in_places(column: Column[Any], places: Collection[str] | None) -> ColumnElement[bool]:
    """Return a condition "in one of *places*"; without *places* one that is always true."""
    return true() if places is None else column.in_(places)


class LedgerPart(DatabasePart):
    """One or more tables of the ledger in an open database. Safe to share between threads."""

    def _insert(self, table: Table, values: dict[str, Any]) -> int:
        """Insert a row, and return its id."""
        with self._database.writing() as connection:
            primary_key = connection.execute(insert(table).values(values)).inserted_primary_key
        assert primary_key is not None
        return int(primary_key[0])
