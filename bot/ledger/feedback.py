"""Readers' feedback on answers, stored under hashes of members that expire."""

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
    """Table of feedback, open and settled."""

    def add(self, report: Feedback) -> int | None:
        """Insert a reader's feedback on an answer, in place of their earlier feedback on it.

        Returns its id, or ``None`` if there is no such answer.
        """
        values = {k: v for k, v in asdict(report).items() if k != "id"}
        values["at"] = rows.iso(report.at)
        same_reader = (feedback.c.answer_id == report.answer_id) & (
            feedback.c.member == report.member
        )
        with self._database.writing() as connection:
            answer_query = select(answers.c.id).where(answers.c.id == report.answer_id)
            if connection.execute(answer_query).first() is None:
                return None
            connection.execute(delete(feedback).where(same_reader, feedback.c.member != ""))
            primary_key = connection.execute(insert(feedback).values(values)).inserted_primary_key
        assert primary_key is not None
        return int(primary_key[0])

    def get(self, number: int) -> Feedback | None:
        """Return a piece of open feedback, or ``None`` if it is settled or unknown."""
        condition = (feedback.c.id == number) & feedback.c.settled_at.is_(None)
        with self._database.reading() as connection:
            row = connection.execute(select(feedback).where(condition)).mappings().one_or_none()
        return _feedback_of(row) if row else None

    def open(
        self,
        verdicts: Sequence[FeedbackVerdict],
        *,
        places: Collection[str] | None = None,
        since: datetime | None = None,
        limit: int = 500,
    ) -> list[Feedback]:
        """Return open feedback with one of *verdicts*, newest first.

        With *places*, only feedback from these servers; with *since*, only feedback after it.
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
        """Return stored questions without an answer on which no feedback exists, newest first.

        They are returned as Feedback with id 0. Questions about a past moment are left out.
        """
        reported = select(feedback.c.answer_id).where(feedback.c.verdict == FeedbackVerdict.MISSING)
        query = (
            select(answers.c.id, answers.c.asked_at, answers.c.question)
            .where(
                answers.c.reason.in_(reasons),
                answers.c.question.is_not(None),
                answers.c.as_of.is_(None),
                answers.c.id.not_in(reported),
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
        """Settle open feedback, in some servers or in all; return the number of rows settled."""
        condition = feedback.c.id.in_(list(numbers)) & feedback.c.settled_at.is_(None)
        condition &= in_places(feedback.c.place, places)
        with self._database.writing() as connection:
            statement = update(feedback).where(condition).values(settled_at=rows.iso(now))
            return int(connection.execute(statement).rowcount)

    def settle_answers(self, numbers: Sequence[int], *, now: datetime) -> int:
        """Settle unanswered questions that have no feedback, by the ids of their answers."""
        values = {"at": rows.iso(now), "verdict": FeedbackVerdict.MISSING, "member": ""}
        settled_rows = [
            {**values, "answer_id": n, "settled_at": rows.iso(now)} for n in set(numbers)
        ]
        if settled_rows:
            with self._database.writing() as connection:
                connection.execute(insert(feedback), settled_rows)
        return len(settled_rows)


def _after(column: Column[Any], since: datetime | None) -> ColumnElement[bool]:
    """Return a condition "not before *since*"; without *since* one that is always true."""
    return true() if since is None else column >= rows.iso(since)


def _feedback_of(row: rows.Row) -> Feedback:
    """Build a Feedback from a row."""
    values: dict[str, Any] = {k: v for k, v in dict(row).items() if k != "settled_at"}
    at = datetime.fromisoformat(row["at"])
    return Feedback(**{**values, "at": at})
