"""What was answered and what it cost; the question's words only where they are given."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from sqlalchemy import delete, func, insert, select, update

from ingest.archive import rows
from ingest.archive.database import Database
from ingest.archive.schema import answers, citations, spending
from ingest.recorded import AnswerRecord, CitedRange, Spending


class Records(Database):
    """Answers with their citations, and spending by day and member."""

    def record(self, answer: AnswerRecord) -> int:
        """Keep *answer* with what it cites, and return its number."""
        values = {
            name: value
            for name, value in asdict(answer).items()
            if name not in {"citations", "asked_at"}
        }
        values["asked_at"] = rows.iso(answer.asked_at)
        with self.writing() as connection:
            made = connection.execute(insert(answers).values(values)).inserted_primary_key
            assert made is not None
            if answer.citations:
                cited = [{**asdict(each), "answer_id": made[0]} for each in answer.citations]
                connection.execute(insert(citations), cited)
        return int(made[0])

    def answers(self, *, limit: int | None = None) -> list[AnswerRecord]:
        """Return what was answered, newest first."""
        query = select(answers).order_by(answers.c.id.desc()).limit(limit)
        with self.reading() as connection:
            found = connection.execute(query).mappings().all()
            cited: dict[int, list[CitedRange]] = {row["id"]: [] for row in found}
            for part in rows.chunks(list(cited)):
                among = select(citations).where(citations.c.answer_id.in_(part))
                for row in connection.execute(among.order_by(citations.c.id)).mappings():
                    cited[row["answer_id"]].append(rows.cited(row))
        return [rows.answer(row, cited[row["id"]]) for row in found]

    def spend(self, day: date, member: str, read: int, written: int) -> None:
        """Add one answer's tokens to a member's *day*."""
        here = (spending.c.day == rows.iso(day)) & (spending.c.member == member)
        more = {
            "answers": spending.c.answers + 1,
            "tokens_read": spending.c.tokens_read + read,
            "tokens_written": spending.c.tokens_written + written,
        }
        first = {"answers": 1, "tokens_read": read, "tokens_written": written}
        with self.writing() as connection:
            if not connection.execute(update(spending).where(here).values(more)).rowcount:
                key = {"day": rows.iso(day), "member": member}
                connection.execute(insert(spending).values({**key, **first}))

    def spent(self, day: date, member: str | None = None) -> Spending:
        """Return what was spent on *day*, by *member* or by all."""
        query = select(
            func.coalesce(func.sum(spending.c.answers), 0),
            func.coalesce(func.sum(spending.c.tokens_read), 0),
            func.coalesce(func.sum(spending.c.tokens_written), 0),
        ).where(spending.c.day == rows.iso(day))
        if member is not None:
            query = query.where(spending.c.member == member)
        with self.reading() as connection:
            return Spending(*map(int, connection.execute(query).one()))

    def forget_members(self, before: date) -> None:
        """Fold the days before *before* into one row each: who spent is no longer known."""
        old = (spending.c.day < rows.iso(before)) & (spending.c.member != "")
        with self.writing() as connection:
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
