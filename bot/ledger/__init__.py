"""The bot's own records, in the archive's database, because they refer to its articles.

Their tables have migrations of their own.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import delete, select, update

from bot.ledger import ledger_tables
from bot.ledger.administration import Audit, Rules, Spendings
from bot.ledger.follows import Follows, Positions, PostedDigests
from bot.ledger.limits import LEDGER
from bot.ledger.notices import JobList, Leases, Notices
from bot.ledger.questions import Answers, Feedbacks, Questions, Suggestions
from ingest.archive import Archive, rows
from ingest.archive.database import Chain, Database

_CHAIN = Chain(Path(__file__).with_name("migrations"), "ledger_version")


class Ledger:
    """The bot's own records, one attribute per table or pair of tables."""

    def __init__(self, database: Database) -> None:
        """Use *database*, in which the tables exist."""
        self.database = database
        self.answers = Answers(database)
        self.spending = Spendings(database)
        self.audit = Audit(database)
        self.notices = Notices(database)
        self.feedback = Feedbacks(database)
        self.questions = Questions(database)
        self.jobs = JobList(database)
        self.leases = Leases(database)
        self.suggestions = Suggestions(database)
        self.rules = Rules(database)
        self.follows = Follows(database)
        self.positions = Positions(database)
        self.digests = PostedDigests(database)

    @classmethod
    def of(cls, archive: Archive) -> Self:
        """Open the ledger in the database of *archive*, and run pending migrations."""
        archive.migrate(_CHAIN)
        return cls(archive)

    def forget(self, member: str) -> int:
        """Delete a member's feedback, questions and follows, and unlink their suggestions.

        Returns the number of rows.
        """
        with self.database.writing() as connection:
            count = connection.execute(
                delete(ledger_tables.pending).where(ledger_tables.pending.c.member == member)
            ).rowcount
            feedback_deletion = delete(ledger_tables.feedback).where(
                ledger_tables.feedback.c.member == member
            )
            count += connection.execute(feedback_deletion).rowcount
            follow_ids = select(ledger_tables.follows.c.id).where(
                ledger_tables.follows.c.member == member
            )
            connection.execute(
                delete(ledger_tables.follow_news).where(
                    ledger_tables.follow_news.c.follow_id.in_(follow_ids)
                )
            )
            follow_deletion = delete(ledger_tables.follows).where(
                ledger_tables.follows.c.member == member
            )
            count += connection.execute(follow_deletion).rowcount
            suggestion_update = update(ledger_tables.suggestions).where(
                ledger_tables.suggestions.c.member == member
            )
            count += connection.execute(suggestion_update.values(member="")).rowcount
        return int(count)

    def expire(self, now: datetime) -> None:
        """Delete records older than the periods in :mod:`bot.ledger`."""
        member_limit, question_limit, answer_limit, sent_limit = (
            rows.iso(now - period)
            for period in (
                LEDGER.member_age,
                LEDGER.question_age,
                LEDGER.answer_age,
                LEDGER.sent_age,
            )
        )
        old_answers = select(ledger_tables.answers.c.id).where(
            ledger_tables.answers.c.asked_at < answer_limit
        )
        with self.database.writing() as connection:
            connection.execute(
                delete(ledger_tables.pending).where(ledger_tables.pending.c.at < question_limit)
            )
            connection.execute(
                delete(ledger_tables.jobs).where(ledger_tables.jobs.c.at < question_limit)
            )
            for table in (ledger_tables.feedback, ledger_tables.suggestions):
                old_members = (table.c.at < member_limit) & (table.c.member != "")
                connection.execute(update(table).where(old_members).values(member=""))
            for table in (
                ledger_tables.citations,
                ledger_tables.notices,
                ledger_tables.shown_answers,
                ledger_tables.feedback,
            ):
                connection.execute(delete(table).where(table.c.answer_id.in_(old_answers)))
            connection.execute(
                delete(ledger_tables.answers).where(ledger_tables.answers.c.asked_at < answer_limit)
            )
            connection.execute(
                delete(ledger_tables.suggestions).where(
                    ledger_tables.suggestions.c.at < answer_limit
                )
            )
            connection.execute(
                delete(ledger_tables.follow_news).where(
                    ledger_tables.follow_news.c.sent_at < sent_limit
                )
            )
            connection.execute(
                delete(ledger_tables.digests).where(ledger_tables.digests.c.due_at < sent_limit)
            )
            connection.execute(
                delete(ledger_tables.leases).where(ledger_tables.leases.c.until < rows.iso(now))
            )
        self.spending.fold((now - LEDGER.question_age).date())
