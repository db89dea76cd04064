"""What the bot writes down: answers, what people say and suggest, audit, rules, what it costs.

It lies in the archive's database, for it refers to articles, and has tables and migrations of its
own.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import delete, select, update

from bot.ledger.answers import Answers
from bot.ledger.audit import Audit
from bot.ledger.digests import PostedDigests
from bot.ledger.feedback import Feedbacks
from bot.ledger.follows import Follows
from bot.ledger.jobs import JobList
from bot.ledger.leases import Leases
from bot.ledger.notices import Notices
from bot.ledger.questions import Questions
from bot.ledger.retention import ANSWER_FOR, MEMBER_FOR, QUESTION_FOR, SENT_FOR
from bot.ledger.rules import Rules
from bot.ledger.schema import (
    answers,
    citations,
    digests,
    feedback,
    follow_news,
    follows,
    jobs,
    notices,
    pending,
    shown_answers,
    suggestions,
)
from bot.ledger.seen import Seen
from bot.ledger.spending import Spendings
from bot.ledger.suggestions import Suggestions
from ingest.archive import Archive, rows
from ingest.archive.connecting import Chain
from ingest.archive.database import Database

_CHAIN = Chain(Path(__file__).with_name("migrations"), "ledger_version")


class Ledger:
    """The parts of the ledger, each with its verbs."""

    def __init__(self, database: Database) -> None:
        """Read and write in *database*, whose tables are there."""
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
        self.seen = Seen(database)
        self.digests = PostedDigests(database)

    @classmethod
    def of(cls, archive: Archive) -> Self:
        """Open the ledger in the database of *archive*, migrated as needed."""
        archive.migrate(_CHAIN)
        return cls(archive)

    def forget(self, member: str) -> int:
        """Forget what somebody said, suggested, asked and follows; count what there was."""
        with self.database.writing() as connection:
            gone = connection.execute(delete(pending).where(pending.c.member == member)).rowcount
            said = delete(feedback).where(feedback.c.member == member)
            gone += connection.execute(said).rowcount
            followed = select(follows.c.id).where(follows.c.member == member)
            connection.execute(delete(follow_news).where(follow_news.c.follow_id.in_(followed)))
            own = delete(follows).where(follows.c.member == member)
            gone += connection.execute(own).rowcount
            mine = update(suggestions).where(suggestions.c.member == member)
            gone += connection.execute(mine.values(member="")).rowcount
        return int(gone)

    def expire(self, now: datetime) -> None:
        """Forget what is older than :mod:`bot.ledger.retention` promises."""
        member, question, answer, sent = (
            rows.iso(now - each) for each in (MEMBER_FOR, QUESTION_FOR, ANSWER_FOR, SENT_FOR)
        )
        old = select(answers.c.id).where(answers.c.asked_at < answer)
        with self.database.writing() as connection:
            connection.execute(delete(pending).where(pending.c.at < question))
            connection.execute(delete(jobs).where(jobs.c.at < question))
            for table in (feedback, suggestions):
                named = (table.c.at < member) & (table.c.member != "")
                connection.execute(update(table).where(named).values(member=""))
            for table in (citations, notices, shown_answers, feedback):
                connection.execute(delete(table).where(table.c.answer_id.in_(old)))
            connection.execute(delete(answers).where(answers.c.asked_at < answer))
            connection.execute(delete(suggestions).where(suggestions.c.at < answer))
            connection.execute(delete(follow_news).where(follow_news.c.sent_at < sent))
            connection.execute(delete(digests).where(digests.c.due_at < sent))
        self.spending.fold((now - QUESTION_FOR).date())
