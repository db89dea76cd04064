"""What readers say of answers, by hashes that expire."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, delete, insert, select, true, update

from bot.ledger.model import Feedback, FeedbackVerdict
from bot.ledger.schema import answers, feedback
from bot.ledger.table import LedgerPart, in_places
from ingest.archive import rows


class Feedbacks(LedgerPart):
    """What was said, and what somebody has dealt with."""

    def add(self, said: Feedback) -> int | None:
        """Keep what a reader says; what the same reader said of that answer before gives way.

        Returns its number, or ``None`` if there is no such answer.
        """
        values = {k: v for k, v in asdict(said).items() if k != "id"}
        values["at"] = rows.iso(said.at)
        mine = (feedback.c.answer_id == said.answer_id) & (feedback.c.member == said.member)
        with self._database.writing() as connection:
            known = select(answers.c.id).where(answers.c.id == said.answer_id)
            if connection.execute(known).first() is None:
                return None
            connection.execute(delete(feedback).where(mine, feedback.c.member != ""))
            made = connection.execute(insert(feedback).values(values)).inserted_primary_key
        assert made is not None
        return int(made[0])

    def get(self, number: int) -> Feedback | None:
        """Return what a reader said, while nobody has settled it."""
        here = (feedback.c.id == number) & feedback.c.settled_at.is_(None)
        with self._database.reading() as connection:
            row = connection.execute(select(feedback).where(here)).mappings().one_or_none()
        return _feedback_of(row) if row else None

    def open(
        self,
        verdicts: Sequence[FeedbackVerdict],
        *,
        places: Collection[str] | None = None,
        since: datetime | None = None,
        limit: int = 500,
    ) -> list[Feedback]:
        """Return what was said, in some servers or in all, and nobody settled yet, newest first.

        With *since* what was said after that.
        """
        query = (
            select(feedback)
            .where(feedback.c.settled_at.is_(None), feedback.c.verdict.in_(verdicts))
            .where(in_places(feedback.c.place, places), _after(feedback.c.at, since))
            .order_by(feedback.c.id.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [_feedback_of(row) for row in connection.execute(query).mappings()]

    def unanswered(
        self, reasons: Sequence[str], *, since: datetime | None = None, limit: int = 200
    ) -> list[Feedback]:
        """Return kept questions without an answer that nobody spoke of, newest first.

        They look like what a reader would say; nobody did, so they have no number. What was not
        known at an earlier moment is none of them.
        """
        spoken = select(feedback.c.answer_id).where(feedback.c.verdict == FeedbackVerdict.MISSING)
        query = (
            select(answers.c.id, answers.c.asked_at, answers.c.question)
            .where(
                answers.c.reason.in_(reasons),
                answers.c.question.is_not(None),
                answers.c.as_of.is_(None),
                answers.c.id.not_in(spoken),
                _after(answers.c.asked_at, since),
            )
            .order_by(answers.c.id.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [
                Feedback(datetime.fromisoformat(at), number, FeedbackVerdict.MISSING, "", question)
                for number, at, question in connection.execute(query)
            ]

    def settle(
        self, numbers: Sequence[int], *, now: datetime, places: Collection[str] | None = None
    ) -> int:
        """Mark what readers said, in some servers or in all, as dealt with; count what was open."""
        here = feedback.c.id.in_(list(numbers)) & feedback.c.settled_at.is_(None)
        here &= in_places(feedback.c.place, places)
        with self._database.writing() as connection:
            done = update(feedback).where(here).values(settled_at=rows.iso(now))
            return int(connection.execute(done).rowcount)

    def settle_answers(self, numbers: Sequence[int], *, now: datetime) -> int:
        """Mark questions without an answer as dealt with, that nobody spoke of."""
        values = {"at": rows.iso(now), "verdict": FeedbackVerdict.MISSING, "member": ""}
        done = [{**values, "answer_id": n, "settled_at": rows.iso(now)} for n in set(numbers)]
        if done:
            with self._database.writing() as connection:
                connection.execute(insert(feedback), done)
        return len(done)


def _after(column: Column[Any], since: datetime | None) -> ColumnElement[bool]:
    """Restrict to what is newer than *since*, or with ``None`` to nothing."""
    return true() if since is None else column >= rows.iso(since)


def _feedback_of(row: rows.Row) -> Feedback:
    """Read what a reader said."""
    known: dict[str, Any] = {k: v for k, v in dict(row).items() if k != "settled_at"}
    at = datetime.fromisoformat(row["at"])
    return Feedback(**{**known, "at": at})
