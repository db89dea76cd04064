"""The bot's own records, in the archive's database, because they refer to its articles.

Their tables have migrations of their own.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import delete, select, update

from bot.ledger import ledger_tables as tables
from bot.ledger.administration import Audit, Rules, Spendings
from bot.ledger.limits import LEDGER
from bot.ledger.outbox import Follows, JobList, Leases, Notices, Positions, PostedDigests
from bot.ledger.questions import Answers, Feedbacks, Questions, Suggestions
from ingest.archive import Archive
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
        follow_ids = select(tables.follows.c.id).where(tables.follows.c.member == member)
        news = delete(tables.follow_news).where(tables.follow_news.c.follow_id.in_(follow_ids))
        suggested = update(tables.suggestions).where(tables.suggestions.c.member == member)
        with self.database.writing() as connection:
            connection.execute(news)
            count = connection.execute(suggested.values(member="")).rowcount
            for table in (tables.pending, tables.feedback, tables.follows):
                count += connection.execute(delete(table).where(table.c.member == member)).rowcount
        return int(count)

    def expire(self, now: datetime) -> None:
        """Delete records older than the periods in :mod:`bot.ledger`."""
        answer_limit = now - LEDGER.answer_age
        old_answers = select(tables.answers.c.id).where(tables.answers.c.asked_at < answer_limit)
        with self.database.writing() as connection:
            for table in (tables.feedback, tables.suggestions):
                old_members = (table.c.at < now - LEDGER.member_age) & (table.c.member != "")
                connection.execute(update(table).where(old_members).values(member=""))
            for table in (tables.citations, tables.notices, tables.shown_answers, tables.feedback):
                connection.execute(delete(table).where(table.c.answer_id.in_(old_answers)))
            for table, column, limit in (
                (tables.answers, "asked_at", answer_limit),
                (tables.suggestions, "at", answer_limit),
                (tables.pending, "at", now - LEDGER.question_age),
                (tables.jobs, "at", now - LEDGER.question_age),
                (tables.follow_news, "sent_at", now - LEDGER.sent_age),
                (tables.digests, "due_at", now - LEDGER.sent_age),
                (tables.leases, "until", now),
            ):
                connection.execute(delete(table).where(table.c[column] < limit))
        self.spending.fold((now - LEDGER.question_age).date())
