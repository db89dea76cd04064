"""Tokens used by models, per day and member; past days are summed over all members."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, func, insert, select, update

from bot.ledger.model import Spending
from bot.ledger.schema import spending
from bot.ledger.table import LedgerPart
from ingest.archive import rows


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
