"""Questions on their way: each is kept until its answer is shown, and no longer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from bot.ledger.model import PendingQuestion
from bot.ledger.schema import pending
from bot.ledger.table import LedgerPart
from ingest.archive import rows


class Questions(LedgerPart):
    """What was being asked when the bot was last stopped."""

    def add(self, asked: PendingQuestion) -> int:
        """Keep a question until its answer is shown, and return its number."""
        values = {k: v for k, v in asdict(asked).items() if k != "id"}
        values["at"] = rows.iso(asked.at)
        return self._insert(pending, values)

    def remove(self, number: int) -> None:
        """Forget a question: its answer is shown."""
        with self._database.writing() as connection:
            connection.execute(delete(pending).where(pending.c.id == number))

    def take(self, number: int) -> PendingQuestion | None:
        """Return a question that was interrupted and forget it; ``None`` if it was taken before."""
        here = pending.c.id == number
        with self._database.writing() as connection:
            row = connection.execute(select(pending).where(here)).mappings().one_or_none()
            gone = connection.execute(delete(pending).where(here)).rowcount
        return _pending_of(row) if row and gone else None

    def note_shown(self, number: int, shown: str) -> None:
        """Note which message shows how far a question is."""
        with self._database.writing() as connection:
            connection.execute(update(pending).where(pending.c.id == number).values(shown=shown))

    def put_back(self, asked: PendingQuestion) -> None:
        """Let a question be taken again, under the number that it had."""
        values = asdict(asked) | {"at": rows.iso(asked.at), "told": True}
        self._insert(pending, values)

    def interrupted(self, owners: Collection[str]) -> list[PendingQuestion]:
        """Return the questions that nobody among *owners* answers, oldest first, each only once."""
        return self._told(pending.c.owner.not_in(list(owners)))

    def given_up(self, owner: str) -> list[PendingQuestion]:
        """Return the questions that *owner* has not answered, oldest first, each only once."""
        return self._told(pending.c.owner == owner)

    def _told(self, where: ColumnElement[bool]) -> list[PendingQuestion]:
        """Return questions of which nobody was told yet, and note that somebody is."""
        cut_off = update(pending).where(where, pending.c.told.is_(False))
        with self._database.writing() as connection:
            found = connection.execute(cut_off.values(told=True).returning(pending)).mappings()
            return sorted(map(_pending_of, found), key=lambda asked: asked.id)


def _pending_of(row: rows.Row) -> PendingQuestion:
    """Read a question on its way."""
    known: dict[str, Any] = {k: v for k, v in dict(row).items() if k != "told"}
    return PendingQuestion(**{**known, "at": datetime.fromisoformat(row["at"])})
