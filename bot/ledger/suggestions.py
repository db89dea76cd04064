"""Sources proposed by members, for moderators to decide on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update

from bot.ledger.model import Suggestion
from bot.ledger.schema import suggestions
from bot.ledger.table import LedgerPart, in_places
from ingest.archive import rows


class Suggestions(LedgerPart):
    """Table of suggestions, open and decided."""

    def add(self, suggestion: Suggestion) -> int:
        """Insert an open suggestion, and return its id."""
        values = {k: v for k, v in asdict(suggestion).items() if k != "id"}
        values["at"] = rows.iso(suggestion.at)
        return self._insert(suggestions, values)

    def get(self, number: int) -> Suggestion | None:
        """Return the suggestion with an id, open or decided, or ``None``."""
        query = select(suggestions).where(suggestions.c.id == number)
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return _suggestion_of(row) if row else None

    def count_since(self, member: str, since: datetime) -> int:
        """Count the suggestions of *member* after *since*."""
        condition = (suggestions.c.member == member) & (suggestions.c.at >= rows.iso(since))
        with self._database.reading() as connection:
            return len(connection.execute(select(suggestions.c.id).where(condition)).all())

    def open(self, places: Collection[str] | None = None, *, limit: int = 25) -> list[Suggestion]:
        """Return open suggestions of some servers or of all, oldest first."""
        query = select(suggestions).where(suggestions.c.approved.is_(None))
        query = query.where(in_places(suggestions.c.place, places))
        with self._database.reading() as connection:
            suggestion_rows = connection.execute(
                query.order_by(suggestions.c.id).limit(limit)
            ).mappings()
            return [_suggestion_of(row) for row in suggestion_rows]

    def name(self, number: int, outlet: str) -> None:
        """Set the outlet of an open suggestion."""
        condition = (suggestions.c.id == number) & suggestions.c.approved.is_(None)
        with self._database.writing() as connection:
            connection.execute(update(suggestions).where(condition).values(outlet=outlet))

    def decide(self, number: int, *, approved: bool) -> bool:
        """Decide an open suggestion and delete its data; return True if it was open."""
        condition = (suggestions.c.id == number) & suggestions.c.approved.is_(None)
        values = {"approved": approved, "data": None}
        with self._database.writing() as connection:
            statement = update(suggestions).where(condition).values(values)
            return bool(connection.execute(statement).rowcount)


def _suggestion_of(row: rows.Row) -> Suggestion:
    """Build a Suggestion from a row."""
    return Suggestion(**{**dict(row), "at": datetime.fromisoformat(row["at"])})
