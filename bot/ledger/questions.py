"""Records of questions, answers, their citations, and what readers say of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, delete, insert, select, true, update

from bot.ledger.ledger_tables import (
    LedgerPart,
    answers,
    citations,
    feedback,
    in_places,
    leases,
    pending,
    suggestions,
)
from bot.ledger.records import (
    AnswerRecord,
    CitedRange,
    Feedback,
    FeedbackVerdict,
    PendingQuestion,
    Suggestion,
)
from ingest.archive import rows


class Answers(LedgerPart):
    """Table of answers with their citations."""

    def add(self, answer: AnswerRecord) -> int:
        """Insert *answer* with its citations, and return its id."""
        values = asdict(answer)
        cited = values.pop("citations")
        with self._database.writing() as connection:
            primary_key = connection.execute(insert(answers).values(values)).inserted_primary_key
            assert primary_key is not None
            if cited:
                citation_rows = [{**citation, "answer_id": primary_key[0]} for citation in cited]
                connection.execute(insert(citations), citation_rows)
        return int(primary_key[0])

    def cite(self, answer_id: int, cited: CitedRange) -> None:
        """Add a citation to an answer that was shown, once."""
        if cited not in self.cited(answer_id):
            self._write(insert(citations).values(asdict(cited) | {"answer_id": answer_id}))

    def last(self, *, limit: int | None = None) -> list[AnswerRecord]:
        """Return the latest answers, newest first."""
        query = select(answers).order_by(answers.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            answer_rows = connection.execute(query).mappings().all()
            citations_by_answer: dict[int, list[CitedRange]] = {
                row["id"]: [] for row in answer_rows
            }
            for chunk in rows.chunks(list(citations_by_answer)):
                citation_query = select(citations).where(citations.c.answer_id.in_(chunk))
                for row in connection.execute(citation_query.order_by(citations.c.id)).mappings():
                    citations_by_answer[row["answer_id"]].append(_cited_of(row))
        return [
            AnswerRecord(**_without(row, "id"), citations=tuple(citations_by_answer[row["id"]]))
            for row in answer_rows
        ]

    def as_of(self, answer_id: int) -> datetime | None:
        """Return the past moment for which an answer was requested, or ``None``."""
        query = select(answers.c.as_of).where(answers.c.id == answer_id)
        as_of: datetime | None = self._value(query)
        return as_of

    def cited(self, answer_id: int) -> tuple[CitedRange, ...]:
        """Return the citations of an answer in order; empty if there is no such answer."""
        query = select(citations).where(citations.c.answer_id == answer_id)
        return tuple(map(_cited_of, self._rows(query.order_by(citations.c.id))))


def _cited_of(row: rows.Row) -> CitedRange:
    """Build a CitedRange from a row."""
    return CitedRange(row["article_id"], row["version"], row["start_at"], row["end_at"])


def _without(row: rows.Row, column: str) -> dict[str, Any]:
    """Return the values of a row without those of one *column*."""
    return {name: value for name, value in row.items() if name != column}


class Questions(LedgerPart):
    """Table of questions that were in progress when the bot was last stopped."""

    def add(self, question: PendingQuestion) -> int:
        """Insert a question until its answer is shown, and return its id."""
        return self._insert(pending, asdict(question))

    def remove(self, number: int) -> None:
        """Delete a question whose answer is shown."""
        self._write(delete(pending).where(pending.c.id == number))

    def take(self, number: int) -> PendingQuestion | None:
        """Delete and return an interrupted question; ``None`` if it was taken before."""
        condition = pending.c.id == number
        with self._database.writing() as connection:
            row = connection.execute(select(pending).where(condition)).mappings().one_or_none()
            deleted_count = connection.execute(delete(pending).where(condition)).rowcount
        return _pending_of(row) if row and deleted_count else None

    def note_shown(self, number: int, message: str) -> None:
        """Record the message that shows the progress of a question."""
        self._write(update(pending).where(pending.c.id == number).values(shown=message))

    def put_back(self, question: PendingQuestion) -> None:
        """Insert a taken question again under its id, so that it can be taken once more."""
        self._insert(pending, asdict(question) | {"told": True})

    def interrupted(self, owner: str, now: datetime) -> list[PendingQuestion]:
        """Reassign the questions of dead processes to *owner*, and return them, oldest first.

        The owner has to notify their askers. If it dies before, another process takes them over.
        """
        live_owners = select(leases.c.owner).where(leases.c.until >= now)
        conditions = (pending.c.owner != owner, pending.c.told.is_(False))
        return list(map(_pending_of, self._take_over(pending, owner, live_owners, *conditions)))

    def mark_notified(self, number: int) -> None:
        """Record that the asker knows that there will be no answer."""
        self._write(update(pending).where(pending.c.id == number).values(told=True))


def _pending_of(row: rows.Row) -> PendingQuestion:
    """Build a PendingQuestion from a row."""
    return PendingQuestion(**_without(row, "told"))


class Feedbacks(LedgerPart):
    """Table of feedback, open and settled."""

    def add(self, report: Feedback) -> int | None:
        """Insert a reader's feedback on an answer, in place of their earlier feedback on it.

        Returns its id, or ``None`` if there is no such answer.
        """
        values = asdict(report)
        del values["id"]
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
        return next(map(_feedback_of, self._rows(select(feedback).where(condition))), None)

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
        return list(map(_feedback_of, self._rows(query)))

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
        return [
            Feedback(row["asked_at"], row["id"], FeedbackVerdict.MISSING, "", row["question"])
            for row in self._rows(query)
        ]

    def settle(
        self, numbers: Sequence[int], *, now: datetime, places: Collection[str] | None = None
    ) -> int:
        """Settle open feedback, in some servers or in all; return the number of rows settled."""
        condition = feedback.c.id.in_(list(numbers)) & feedback.c.settled_at.is_(None)
        condition &= in_places(feedback.c.place, places)
        return self._write(update(feedback).where(condition).values(settled_at=now))

    def settle_answers(self, numbers: Sequence[int], *, now: datetime) -> int:
        """Settle unanswered questions that have no feedback, by the ids of their answers."""
        values = {"at": now, "verdict": FeedbackVerdict.MISSING, "member": ""}
        settled_rows = [{**values, "answer_id": n, "settled_at": now} for n in set(numbers)]
        if settled_rows:
            with self._database.writing() as connection:
                connection.execute(insert(feedback), settled_rows)
        return len(settled_rows)


def _after(column: Column[Any], since: datetime | None) -> ColumnElement[bool]:
    """Return a condition "not before *since*"; without *since* one that is always true."""
    return true() if since is None else column >= since


def _feedback_of(row: rows.Row) -> Feedback:
    """Build a Feedback from a row."""
    return Feedback(**_without(row, "settled_at"))


class Suggestions(LedgerPart):
    """Table of suggestions, open and decided."""

    def add(self, suggestion: Suggestion) -> int:
        """Insert an open suggestion, and return its id."""
        return self._insert(suggestions, asdict(suggestion))

    def get(self, number: int) -> Suggestion | None:
        """Return the suggestion with an id, open or decided, or ``None``."""
        query = select(suggestions).where(suggestions.c.id == number)
        return next((Suggestion(**row) for row in self._rows(query)), None)

    def count_since(self, member: str, since: datetime) -> int:
        """Count the suggestions of *member* after *since*."""
        condition = (suggestions.c.member == member) & (suggestions.c.at >= since)
        return len(self._rows(select(suggestions.c.id).where(condition)))

    def open(self, places: Collection[str] | None = None, *, limit: int = 25) -> list[Suggestion]:
        """Return open suggestions of some servers or of all, oldest first."""
        query = select(suggestions).where(suggestions.c.approved.is_(None))
        query = query.where(in_places(suggestions.c.place, places))
        return [
            Suggestion(**row) for row in self._rows(query.order_by(suggestions.c.id).limit(limit))
        ]

    def name(self, number: int, outlet: str) -> None:
        """Set the outlet of an open suggestion."""
        condition = (suggestions.c.id == number) & suggestions.c.approved.is_(None)
        self._write(update(suggestions).where(condition).values(outlet=outlet))

    def decide(self, number: int, *, approved: bool, by: str, place: str) -> bool:
        """Decide an open suggestion and delete its data; return True if it was open.

        *by* is the moderator, and *place* the server where they decide.
        """
        condition = (suggestions.c.id == number) & suggestions.c.approved.is_(None)
        values = {"approved": approved, "decided_by": by, "decided_in": place, "data": None}
        return bool(self._write(update(suggestions).where(condition).values(values)))
