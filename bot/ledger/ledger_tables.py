"""Tables of the ledger in the archive's database, and the base class of their parts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    Enum,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
    insert,
    true,
    update,
)

from bot.ledger.records import AnswerKind, AuditAction, FeedbackVerdict, FollowKind, NoticeKind
from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.schema import articles
from ingest.language.languages import Language

ledger_metadata = MetaData()


def _coded(kind: type[StrEnum]) -> Enum:
    """Return a column type for *kind* that stores the members' values."""
    return Enum(
        kind,
        length=20,
        native_enum=False,
        create_constraint=False,
        values_callable=lambda members: [member.value for member in members],
    )


class _Moment(TypeDecorator[datetime]):
    """A column type for moments, each stored as a text with its zone."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Return the text that is stored for a moment."""
        del dialect
        return rows.iso(value) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Return the moment of a stored text."""
        del dialect
        return datetime.fromisoformat(value) if value else None


answers = Table(
    "answers",
    ledger_metadata,
    Column("id", Integer, primary_key=True),
    Column("asked_at", _Moment, nullable=False, index=True),
    Column("kind", _coded(AnswerKind), nullable=False),
    Column("reason", String(40)),
    Column("language", _coded(Language), nullable=False),
    Column("question", Text),
    Column("writer", Text),
    Column("prompt", String(20)),
    Column("trouble", String(40)),
    Column("detail", Text),
    Column("dropped", JSON, nullable=False),
    Column("tokens_read", Integer, nullable=False),
    Column("tokens_written", Integer, nullable=False),
    Column("as_of", _Moment),
)

citations = Table(
    "citations",
    ledger_metadata,
    Column("id", Integer, primary_key=True),
    Column("answer_id", ForeignKey("answers.id"), nullable=False, index=True),
    Column("article_id", ForeignKey(articles.c.id), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("start_at", Integer, nullable=False),
    Column("end_at", Integer, nullable=False),
)

spending = Table(
    "spending",
    ledger_metadata,
    Column("day", String(10), primary_key=True),
    Column("member", String(64), primary_key=True),
    Column("answers", Integer, nullable=False),
    Column("tokens_read", Integer, nullable=False),
    Column("tokens_written", Integer, nullable=False),
)

audit = Table(
    "audit",
    ledger_metadata,
    Column("id", Integer, primary_key=True),
    Column("at", _Moment, nullable=False),
    Column("who", String(40), nullable=False),
    Column("place", String(40), nullable=False),
    Column("deed", _coded(AuditAction), nullable=False),
    Column("article_id", Integer, index=True),
    Column("source_id", Integer),
    Column("undone_by", Integer),
    Column("detail", Text),
    Column("before", JSON),
)

shown_answers = Table(
    "shown",
    ledger_metadata,
    Column("answer_id", ForeignKey("answers.id"), primary_key=True),
    Column("channel", String(40), nullable=False),
    Column("message", String(40), nullable=False),
    Column("language", _coded(Language), nullable=False),
    Column("at", _Moment, nullable=False, index=True),
    Column("place", String(40), nullable=False, server_default=""),
)

notices = Table(
    "notices",
    ledger_metadata,
    Column("answer_id", ForeignKey("answers.id"), primary_key=True),
    Column("article_id", ForeignKey(articles.c.id), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("kind", _coded(NoticeKind), primary_key=True),
    Column("at", _Moment, nullable=False),
    Column("reached", Boolean, nullable=False),
)

feedback = Table(
    "feedback",
    ledger_metadata,
    Column("id", Integer, primary_key=True),
    Column("at", _Moment, nullable=False),
    Column("answer_id", ForeignKey("answers.id"), nullable=False, index=True),
    Column("verdict", _coded(FeedbackVerdict), nullable=False),
    Column("member", String(64), nullable=False, index=True),
    Column("question", Text),
    Column("comment", Text),
    Column("settled_at", _Moment),
    Column("place", String(40), nullable=False, server_default=""),
)

pending = Table(
    "pending",
    ledger_metadata,
    Column("id", Integer, primary_key=True),
    Column("at", _Moment, nullable=False),
    Column("channel", String(40), nullable=False),
    Column("question", Text, nullable=False),
    Column("language", _coded(Language), nullable=False),
    Column("member", String(64), nullable=False),
    Column("token", Text),
    Column("message", String(40)),
    Column("shown", String(40)),
    Column("told", Boolean, nullable=False, server_default=false()),
    Column("owner", String(40), nullable=False, server_default=""),
    Column("as_of", _Moment),
)

jobs = Table(
    "jobs",
    ledger_metadata,
    Column("id", Integer, primary_key=True),
    Column("at", _Moment, nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("token", Text, nullable=False),
    Column("language", _coded(Language), nullable=False),
    Column("owner", String(40), nullable=False, server_default=""),
)

leases = Table(
    "leases",
    ledger_metadata,
    Column("name", String(80), primary_key=True),
    Column("owner", String(40), nullable=False),
    Column("until", _Moment, nullable=False),
)

suggestions = Table(
    "suggestions",
    ledger_metadata,
    Column("id", Integer, primary_key=True),
    Column("at", _Moment, nullable=False),
    Column("place", String(40), nullable=False),
    Column("member", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text),
    Column("data", LargeBinary),
    Column("outlet", Text),
    Column("note", Text),
    Column("hints", JSON),
    Column("watch", Boolean, nullable=False),
    Column("approved", Boolean),
    Column("decided_by", String(40)),
    Column("decided_in", String(40)),
)

follows = Table(
    "follows",
    ledger_metadata,
    Column("id", Integer, primary_key=True),
    Column("at", _Moment, nullable=False),
    Column("member", String(64), nullable=False, index=True),
    Column("channel", String(40), nullable=False, index=True),
    Column("place", String(40), nullable=False),
    Column("kind", _coded(FollowKind), nullable=False),
    Column("text", Text, nullable=False),
    Column("language", _coded(Language), nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
)

follow_news = Table(
    "follow_news",
    ledger_metadata,
    Column("follow_id", ForeignKey("follows.id", ondelete="CASCADE"), primary_key=True),
    Column("story", Integer, primary_key=True, autoincrement=False),
    Column("article_id", ForeignKey(articles.c.id), nullable=False),
    Column("version", Integer, nullable=False),
    Column("start_at", Integer, nullable=False),
    Column("end_at", Integer, nullable=False),
    Column("at", _Moment, nullable=False),
    Column("sent_at", _Moment, index=True),
)

news_seen = Table(
    "news_seen",
    ledger_metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
)

digests = Table(
    "digests",
    ledger_metadata,
    Column("place", String(40), primary_key=True),
    Column("due_at", _Moment, primary_key=True),
    Column("sent_at", _Moment),
)

rules = Table(
    "rules",
    ledger_metadata,
    Column("place", String(40), primary_key=True),
    Column("values", JSON, nullable=False),
)


def in_places(column: Column[Any], places: Collection[str] | None) -> ColumnElement[bool]:
    """Return a condition "in one of *places*"; without *places* one that is always true."""
    return true() if places is None else column.in_(places)


class LedgerPart(DatabasePart):
    """One or more tables of the ledger in an open database."""

    def _insert(self, table: Table, values: dict[str, Any]) -> int:
        """Insert a row, and return its id; the database assigns it if *values* have none."""
        row = {name: value for name, value in values.items() if name != "id" or value}
        with self._database.writing() as connection:
            primary_key = connection.execute(insert(table).values(row)).inserted_primary_key
        assert primary_key is not None
        return int(primary_key[0])

    def _take_over(
        self,
        table: Table,
        owner: str,
        live_owners: Collection[str] | Select[str],
        *conditions: ColumnElement[bool],
    ) -> list[rows.Row]:
        """Reassign the rows of dead owners to *owner*, and return them, oldest first."""
        orphaned = update(table).where(table.c.owner.not_in(live_owners), *conditions)
        with self._database.writing() as connection:
            taken = connection.execute(orphaned.values(owner=owner).returning(table)).mappings()
            return sorted(taken, key=lambda row: int(row["id"]))
