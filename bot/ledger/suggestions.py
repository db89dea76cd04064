"""Sources that members propose and moderators decide on."""

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
    """What was proposed, decided or not."""

    def add(self, suggestion: Suggestion) -> int:
        """Keep a suggestion until somebody decides, and return its number."""
        values = {k: v for k, v in asdict(suggestion).items() if k != "id"}
        values["at"] = rows.iso(suggestion.at)
        return self._insert(suggestions, values)

    def get(self, number: int) -> Suggestion | None:
        """Return a suggestion, decided or not."""
        query = select(suggestions).where(suggestions.c.id == number)
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return _suggestion_of(row) if row else None

    def count_since(self, member: str, since: datetime) -> int:
        """Count what *member* suggested after *since*."""
        mine = (suggestions.c.member == member) & (suggestions.c.at >= rows.iso(since))
        with self._database.reading() as connection:
            return len(connection.execute(select(suggestions.c.id).where(mine)).all())

    def open(self, places: Collection[str] | None = None, *, limit: int = 25) -> list[Suggestion]:
        """Return what nobody decided on yet, in some servers or in all, oldest first."""
        waiting = select(suggestions).where(suggestions.c.approved.is_(None))
        waiting = waiting.where(in_places(suggestions.c.place, places))
        with self._database.reading() as connection:
            found = connection.execute(waiting.order_by(suggestions.c.id).limit(limit)).mappings()
            return [_suggestion_of(row) for row in found]

    def name(self, number: int, outlet: str) -> None:
        """Say which outlet an open suggestion is of."""
        open_ = (suggestions.c.id == number) & suggestions.c.approved.is_(None)
        with self._database.writing() as connection:
            connection.execute(update(suggestions).where(open_).values(outlet=outlet))

    def decide(self, number: int, *, approved: bool) -> bool:
        """Decide on a suggestion; its text is not kept any longer. Tell whether it was open."""
        open_ = (suggestions.c.id == number) & suggestions.c.approved.is_(None)
        values = {"approved": approved, "data": None}
        with self._database.writing() as connection:
            done = update(suggestions).where(open_).values(values)
            return bool(connection.execute(done).rowcount)


def _suggestion_of(row: rows.Row) -> Suggestion:
    """Read a suggestion."""
    return Suggestion(**{**dict(row), "at": datetime.fromisoformat(row["at"])})
