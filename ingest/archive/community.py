"""What members say of answers and suggest, and the questions on their way; none of it by name."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update

from ingest.archive import rows
from ingest.archive.database import Database
from ingest.archive.schema import answers, citations, feedback, jobs, pending, rules, suggestions
from ingest.recorded import CitedRange, Feedback, Job, Pending, Suggestion, Verdict

SECRET = "secret"  # noqa: S105 - the row's name
"""The row of :data:`rules` that holds what members' hashes are made with."""


class Community(Database):
    """Feedback, pending questions, suggestions, and the rules of each server."""

    def cited(self, answer_id: int) -> tuple[CitedRange, ...]:
        """Return what an answer cites, in its order; nothing if there is no such answer."""
        query = select(citations).where(citations.c.answer_id == answer_id)
        with self.reading() as connection:
            found = connection.execute(query.order_by(citations.c.id)).mappings()
            return tuple(map(rows.cited, found))

    def say(self, said: Feedback) -> bool:
        """Keep what a reader says; what the same reader said of that answer before gives way.

        Returns whether there is such an answer.
        """
        values = {k: v for k, v in asdict(said).items() if k != "id"}
        values |= {"at": rows.iso(said.at), "verdict": str(said.verdict)}
        mine = (feedback.c.answer_id == said.answer_id) & (feedback.c.member == said.member)
        with self.writing() as connection:
            known = select(answers.c.id).where(answers.c.id == said.answer_id)
            if connection.execute(known).first() is None:
                return False
            connection.execute(delete(feedback).where(mine, feedback.c.member != ""))
            connection.execute(insert(feedback).values(values))
        return True

    def feedback(self, verdicts: Sequence[Verdict], *, limit: int = 500) -> list[Feedback]:
        """Return what was said and nobody settled yet, newest first."""
        query = (
            select(feedback)
            .where(feedback.c.settled_at.is_(None), feedback.c.verdict.in_(map(str, verdicts)))
            .order_by(feedback.c.id.desc())
            .limit(limit)
        )
        with self.reading() as connection:
            return [feedback_of(row) for row in connection.execute(query).mappings()]

    def unanswered(self, reasons: Sequence[str], *, limit: int = 200) -> list[Feedback]:
        """Return kept questions without an answer that nobody spoke of, newest first.

        They look like what a reader would say; nobody did, so they have no number.
        """
        spoken = select(feedback.c.answer_id).where(feedback.c.verdict == str(Verdict.MISSING))
        query = (
            select(answers.c.id, answers.c.asked_at, answers.c.question)
            .where(
                answers.c.reason.in_(reasons),
                answers.c.question.is_not(None),
                answers.c.id.not_in(spoken),
            )
            .order_by(answers.c.id.desc())
            .limit(limit)
        )
        with self.reading() as connection:
            return [
                Feedback(datetime.fromisoformat(at), number, Verdict.MISSING, "", question)
                for number, at, question in connection.execute(query)
            ]

    def settle_answers(self, numbers: Sequence[int], *, now: datetime) -> int:
        """Mark questions without an answer as dealt with, that nobody spoke of."""
        values = {"at": rows.iso(now), "verdict": str(Verdict.MISSING), "member": ""}
        done = [{**values, "answer_id": n, "settled_at": rows.iso(now)} for n in set(numbers)]
        if done:
            with self.writing() as connection:
                connection.execute(insert(feedback), done)
        return len(done)

    def settle(self, numbers: Sequence[int], *, now: datetime) -> int:
        """Mark what readers said as dealt with; return how much of it was not so before."""
        here = feedback.c.id.in_(list(numbers)) & feedback.c.settled_at.is_(None)
        with self.writing() as connection:
            done = update(feedback).where(here).values(settled_at=rows.iso(now))
            return int(connection.execute(done).rowcount)

    def begin(self, asked: Pending) -> int:
        """Keep a question until its answer is shown, and return its number."""
        values = {k: v for k, v in asdict(asked).items() if k != "id"}
        values["at"] = rows.iso(asked.at)
        return self._insert(insert(pending).values(values))

    def finish(self, number: int) -> None:
        """Forget a question: its answer is shown."""
        with self.writing() as connection:
            connection.execute(delete(pending).where(pending.c.id == number))

    def take(self, number: int) -> Pending | None:
        """Return a question that was interrupted and forget it; ``None`` if it was taken before."""
        here = pending.c.id == number
        with self.writing() as connection:
            row = connection.execute(select(pending).where(here)).mappings().one_or_none()
            gone = connection.execute(delete(pending).where(here)).rowcount
        return pending_of(row) if row and gone else None

    def stands(self, number: int, shown: str) -> None:
        """Note which message shows how far a question is."""
        with self.writing() as connection:
            connection.execute(update(pending).where(pending.c.id == number).values(shown=shown))

    def give_back(self, asked: Pending) -> None:
        """Let a question be taken again, under the number that it had."""
        values = asdict(asked) | {"at": rows.iso(asked.at), "told": True}
        self._insert(insert(pending).values(values))

    def interrupted(self, before: datetime) -> list[Pending]:
        """Return the questions that began before *before*, oldest first, and each only once."""
        cut_off = (pending.c.at < rows.iso(before)) & pending.c.told.is_(False)
        with self.writing() as connection:
            found = connection.execute(select(pending).where(cut_off).order_by(pending.c.id))
            asked = [pending_of(row) for row in found.mappings()]
            connection.execute(update(pending).where(cut_off).values(told=True))
        return asked

    def employ(self, job: Job) -> int:
        """Keep that somebody waits for a look at a source, and return its number."""
        values = {k: v for k, v in asdict(job).items() if k != "id"} | {"at": rows.iso(job.at)}
        return self._insert(insert(jobs).values(values))

    def jobs(self) -> list[Job]:
        """Return what somebody waits for, oldest first."""
        with self.reading() as connection:
            found = connection.execute(select(jobs).order_by(jobs.c.id)).mappings()
            return [Job(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in found]

    def dismiss(self, number: int) -> None:
        """Forget a job: its end is shown, or can be no more."""
        with self.writing() as connection:
            connection.execute(delete(jobs).where(jobs.c.id == number))

    def suggest(self, suggestion: Suggestion) -> int:
        """Keep a suggestion until somebody decides, and return its number."""
        values = {k: v for k, v in asdict(suggestion).items() if k != "id"}
        values["at"] = rows.iso(suggestion.at)
        return self._insert(insert(suggestions).values(values))

    def suggestion(self, number: int) -> Suggestion | None:
        """Return a suggestion, decided or not."""
        query = select(suggestions).where(suggestions.c.id == number)
        with self.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return suggestion_of(row) if row else None

    def suggested(self, member: str, since: datetime) -> int:
        """Count what *member* suggested after *since*."""
        mine = (suggestions.c.member == member) & (suggestions.c.at >= rows.iso(since))
        with self.reading() as connection:
            return len(connection.execute(select(suggestions.c.id).where(mine)).all())

    def open_suggestions(self, *, limit: int = 25) -> list[Suggestion]:
        """Return what nobody decided on yet, oldest first."""
        waiting = select(suggestions).where(suggestions.c.approved.is_(None))
        with self.reading() as connection:
            found = connection.execute(waiting.order_by(suggestions.c.id).limit(limit)).mappings()
            return [suggestion_of(row) for row in found]

    def decide(self, number: int, *, approved: bool) -> bool:
        """Decide on a suggestion; its text is not kept any longer. Tell whether it was open."""
        open_ = (suggestions.c.id == number) & suggestions.c.approved.is_(None)
        values = {"approved": approved, "data": None}
        with self.writing() as connection:
            done = update(suggestions).where(open_).values(values)
            return bool(connection.execute(done).rowcount)

    def rules(self, place: str) -> dict[str, Any]:
        """Return what a server set, or with an empty *place* what is set for the desk."""
        with self.reading() as connection:
            return rules_of(connection, place)

    def set_rules(self, place: str, values: dict[str, Any]) -> None:
        """Keep what a server set."""
        here = rules.c.place == place
        with self.writing() as connection:
            connection.execute(delete(rules).where(here))
            connection.execute(insert(rules).values(place=place, values=values))

    def secret(self) -> str:
        """Return what members' hashes are made with; it is made once and never leaves."""
        with self.writing() as connection:
            known = rules_of(connection, SECRET)
            if not known:
                known = {"value": secrets.token_hex(32)}
                connection.execute(insert(rules).values(place=SECRET, values=known))
        return str(known["value"])

    def forget(self, member: str) -> int:
        """Forget who said or suggested something, and what is on its way; count what there was."""
        with self.writing() as connection:
            gone = connection.execute(delete(pending).where(pending.c.member == member)).rowcount
            said = delete(feedback).where(feedback.c.member == member)
            gone += connection.execute(said).rowcount
            mine = update(suggestions).where(suggestions.c.member == member)
            gone += connection.execute(mine.values(member="")).rowcount
        return int(gone)

    def expire(self, before: datetime, *, asked_before: datetime) -> None:
        """Forget who said and suggested what before *before*, and what was asked and cut off."""
        old = rows.iso(before)
        with self.writing() as connection:
            connection.execute(delete(pending).where(pending.c.at < rows.iso(asked_before)))
            for table in (feedback, suggestions):
                named = (table.c.at < old) & (table.c.member != "")
                connection.execute(update(table).where(named).values(member=""))

    def _insert(self, statement: Any) -> int:  # noqa: ANN401 - an INSERT of any table
        with self.writing() as connection:
            made = connection.execute(statement).inserted_primary_key
        assert made is not None
        return int(made[0])


def rules_of(connection: Connection, place: str) -> dict[str, Any]:
    """Return one row of rules; nothing if there is none."""
    query: Select[Any] = select(rules.c["values"]).where(rules.c.place == place)
    return dict(connection.execute(query).scalar() or {})


def feedback_of(row: rows.Row) -> Feedback:
    """Read what a reader said."""
    known: dict[str, Any] = {k: v for k, v in dict(row).items() if k != "settled_at"}
    at = datetime.fromisoformat(row["at"])
    return Feedback(**{**known, "at": at, "verdict": Verdict(row["verdict"])})


def pending_of(row: rows.Row) -> Pending:
    """Read a question on its way."""
    known: dict[str, Any] = {k: v for k, v in dict(row).items() if k != "told"}
    return Pending(**{**known, "at": datetime.fromisoformat(row["at"])})


def suggestion_of(row: rows.Row) -> Suggestion:
    """Read a suggestion."""
    return Suggestion(**{**dict(row), "at": datetime.fromisoformat(row["at"])})
