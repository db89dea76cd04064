"""What models cost, by day and member; of days that are over, by day alone."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, func, insert, select, update

from bot.ledger.model import Spending
from bot.ledger.schema import spending
from bot.ledger.table import LedgerPart
from ingest.archive import rows


class Spendings(LedgerPart):
    """Tokens and answers by day and member."""

    def add(self, day: date, member: str, read: int, written: int) -> None:
        """Add one answer's tokens to a member's *day*."""
        here = (spending.c.day == rows.iso(day)) & (spending.c.member == member)
        more = {
            "answers": spending.c.answers + 1,
            "tokens_read": spending.c.tokens_read + read,
            "tokens_written": spending.c.tokens_written + written,
        }
        first = {"answers": 1, "tokens_read": read, "tokens_written": written}
        with self._database.writing() as connection:
            if not connection.execute(update(spending).where(here).values(more)).rowcount:
                key = {"day": rows.iso(day), "member": member}
                connection.execute(insert(spending).values({**key, **first}))

    def of(self, day: date, member: str | None = None) -> Spending:
        """Return what was spent on *day*, by *member* or by all."""
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
        """Fold the days before *before* into one row each: who spent is no longer known."""
        old = (spending.c.day < rows.iso(before)) & (spending.c.member != "")
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
            connection.execute(delete(spending).where(old))
            for day, count, read, written in days:
                values = {"answers": count, "tokens_read": read, "tokens_written": written}
                here = (spending.c.day == day) & (spending.c.member == "")
                if not connection.execute(update(spending).where(here).values(values)).rowcount:
                    connection.execute(insert(spending).values(day=day, member="", **values))
