"""Questions on their way: each is kept until its answer is shown, and no longer."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from bot.ledger.model import PendingQuestion
from bot.ledger.schema import leases, pending
from bot.ledger.table import LedgerPart
from ingest.archive import rows


class Questions(LedgerPart):
    """What was being asked when the bot was last stopped."""

    def add(self, asked: PendingQuestion) -> int:
        """Keep a question until its answer is shown, and return its number."""
        values = {k: v for k, v in _values_of(asked).items() if k != "id"}
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
        self._insert(pending, _values_of(asked) | {"told": True})

    def interrupted(self, taker: str, now: datetime) -> list[PendingQuestion]:
        """Return the questions of processes that are not there, oldest first, each only once.

        From now on they are *taker*'s, who has to tell whoever asked: if it dies before that, they
        are another's.
        """
        there = select(leases.c.owner).where(leases.c.until >= rows.iso(now))
        cut_off = update(pending).where(
            pending.c.owner != taker, pending.c.owner.not_in(there), pending.c.told.is_(False)
        )
        with self._database.writing() as connection:
            found = connection.execute(cut_off.values(owner=taker).returning(pending)).mappings()
            return sorted(map(_pending_of, found), key=lambda asked: asked.id)

    def given_up(self, owner: str) -> list[PendingQuestion]:
        """Return the questions of *owner* whose askers nobody told yet, oldest first."""
        mine = select(pending).where(pending.c.owner == owner, pending.c.told.is_(False))
        with self._database.reading() as connection:
            found = connection.execute(mine.order_by(pending.c.id)).mappings()
            return [_pending_of(row) for row in found]

    def note_told(self, number: int) -> None:
        """Note that whoever asked knows that there will be no answer."""
        with self._database.writing() as connection:
            connection.execute(update(pending).where(pending.c.id == number).values(told=True))


def _values_of(asked: PendingQuestion) -> dict[str, Any]:
    """Return a question as its row holds it."""
    as_of = rows.iso(asked.as_of) if asked.as_of else None
    return asdict(asked) | {"at": rows.iso(asked.at), "as_of": as_of}


def _pending_of(row: rows.Row) -> PendingQuestion:
    """Read a question on its way."""
    known: dict[str, Any] = {k: v for k, v in dict(row).items() if k != "told"}
    as_of = datetime.fromisoformat(row["as_of"]) if row["as_of"] else None
    at = datetime.fromisoformat(row["at"])
    return PendingQuestion(**{**known, "at": at, "as_of": as_of})
