"""Questions in progress, each stored until its answer is shown."""

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
    """Table of questions that were in progress when the bot was last stopped."""

    def add(self, question: PendingQuestion) -> int:
        """Insert a question until its answer is shown, and return its id."""
        values = {k: v for k, v in _values_of(question).items() if k != "id"}
        return self._insert(pending, values)

    def remove(self, number: int) -> None:
        """Delete a question whose answer is shown."""
        with self._database.writing() as connection:
            connection.execute(delete(pending).where(pending.c.id == number))

    def take(self, number: int) -> PendingQuestion | None:
        """Delete and return an interrupted question; ``None`` if it was taken before."""
        condition = pending.c.id == number
        with self._database.writing() as connection:
            row = connection.execute(select(pending).where(condition)).mappings().one_or_none()
            deleted_count = connection.execute(delete(pending).where(condition)).rowcount
        return _pending_of(row) if row and deleted_count else None

    def note_shown(self, number: int, message: str) -> None:
        """Record the message that shows the progress of a question."""
        with self._database.writing() as connection:
            connection.execute(update(pending).where(pending.c.id == number).values(shown=message))

    def put_back(self, question: PendingQuestion) -> None:
        """Insert a taken question again under its id, so that it can be taken once more."""
        self._insert(pending, _values_of(question) | {"told": True})

    def interrupted(self, owner: str, now: datetime) -> list[PendingQuestion]:
        """Reassign the questions of dead processes to *taker*, and return them, oldest first.

        The taker has to notify their askers. If it dies before, another process takes them over.
        """
        live_owners = select(leases.c.owner).where(leases.c.until >= rows.iso(now))
        orphaned = update(pending).where(
            pending.c.owner != owner, pending.c.owner.not_in(live_owners), pending.c.told.is_(False)
        )
        with self._database.writing() as connection:
            question_rows = connection.execute(
                orphaned.values(owner=owner).returning(pending)
            ).mappings()
            return sorted(map(_pending_of, question_rows), key=lambda question: question.id)

    def mark_notified(self, number: int) -> None:
        """Record that the asker knows that there will be no answer."""
        with self._database.writing() as connection:
            connection.execute(update(pending).where(pending.c.id == number).values(told=True))


def _values_of(question: PendingQuestion) -> dict[str, Any]:
    """Convert a question to the values of its row."""
    as_of = rows.iso(question.as_of) if question.as_of else None
    return asdict(question) | {"at": rows.iso(question.at), "as_of": as_of}


def _pending_of(row: rows.Row) -> PendingQuestion:
    """Build a PendingQuestion from a row."""
    values: dict[str, Any] = {k: v for k, v in dict(row).items() if k != "told"}
    as_of = datetime.fromisoformat(row["as_of"]) if row["as_of"] else None
    at = datetime.fromisoformat(row["at"])
    return PendingQuestion(**{**values, "at": at, "as_of": as_of})
