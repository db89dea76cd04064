"""Shown answers whose sources changed afterwards, and the notices given to their readers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select

from bot.ledger.model import (
    ChangedCitation,
    CitedRange,
    GivenNotice,
    NoticeKey,
    NoticeKind,
    ShownAnswer,
)
from bot.ledger.schema import answers, citations, notices, shown_answers
from bot.ledger.table import LedgerPart
from ingest.archive import rows
from ingest.archive.schema import articles, versions
from ingest.language.languages import Language
from ingest.model import Removal

_KEY_COLUMNS = tuple(notices.c[attribute.name] for attribute in fields(NoticeKey))
_SHOWN_COLUMNS = tuple(attribute.name for attribute in fields(ShownAnswer))


class Notices(LedgerPart):
    """Tables of shown answers and of the notices given under them."""

    def note_shown(
        self, answer_id: int, channel: str, message: str, language: Language, *, now: datetime
    ) -> None:
        """Record the message in which an answer was shown."""
        values = {
            "answer_id": answer_id,
            "channel": channel,
            "message": message,
            "language": language,
            "at": rows.iso(now),
        }
        with self._database.writing() as connection:
            connection.execute(insert(shown_answers).values(values))

    def changed(self, since: datetime) -> list[ChangedCitation]:
        """Return citations in answers shown after *since* whose articles changed afterwards."""
        with self._database.reading() as connection:
            return [_changed_of(row) for row in connection.execute(_changed(since)).mappings()]

    def given(self) -> set[NoticeKey]:
        """Return the keys of all notices that were given or failed to be delivered."""
        with self._database.reading() as connection:
            return {NoticeKey(*row) for row in connection.execute(select(*_KEY_COLUMNS))}

    def citing(self, articles: Collection[int], since: datetime, limit: int) -> list[ShownAnswer]:
        """Return the newest answers that were shown after *since* and cite any of *articles*.

        Answers that already have a notice of newer coverage are left out, and answers about a past
        moment, for which newer coverage is expected.
        """
        notified = select(notices.c.answer_id).where(notices.c.kind == NoticeKind.NEWER)
        past_answers = select(answers.c.id).where(answers.c.as_of.is_not(None))
        citing_answers = select(citations.c.answer_id).where(
            citations.c.article_id.in_(list(articles))
        )
        query = (
            select(*(shown_answers.c[name] for name in _SHOWN_COLUMNS))
            .where(
                shown_answers.c.at >= rows.iso(since),
                shown_answers.c.answer_id.in_(citing_answers),
                shown_answers.c.answer_id.not_in(notified),
                shown_answers.c.answer_id.not_in(past_answers),
            )
            .order_by(shown_answers.c.answer_id.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [ShownAnswer(**row) for row in connection.execute(query).mappings()]

    def shown_after(self, since: datetime) -> bool:
        """Return True if any answer was shown after *since*."""
        query = select(shown_answers.c.answer_id).where(shown_answers.c.at >= rows.iso(since))
        with self._database.reading() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def mark_given(self, notice: NoticeKey, *, now: datetime, reached: bool) -> None:
        """Record that a notice was delivered or could not be; it is not given again."""
        values = asdict(notice) | {"at": rows.iso(now), "reached": reached}
        with self._database.writing() as connection:
            connection.execute(insert(notices).values(values))

    def last(self, *, limit: int, offset: int = 0) -> list[GivenNotice]:
        """Return the latest notices, newest first."""
        newest = (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.latest)
        query = (
            select(notices, shown_answers.c.channel, shown_answers.c.message, versions.c.title)
            .join(shown_answers, shown_answers.c.answer_id == notices.c.answer_id)
            .join(articles, articles.c.id == notices.c.article_id)
            .outerjoin(versions, newest)
            .order_by(notices.c.at.desc(), notices.c.answer_id.desc())
            .limit(limit)
            .offset(offset)
        )
        with self._database.reading() as connection:
            return [
                GivenNotice(
                    datetime.fromisoformat(row["at"]),
                    row["kind"],
                    row["article_id"],
                    row["title"] or "",
                    row["channel"],
                    row["message"],
                    row["reached"],
                )
                for row in connection.execute(query).mappings()
            ]


def _changed(since: datetime) -> Select[Any]:
    """Select shown answers with the cited articles that have a newer version or were removed.

    An answer about a past moment quotes an old version: only a removal affects it.
    """
    newer = answers.c.as_of.is_(None) & (articles.c.latest > citations.c.version)
    return (
        select(
            shown_answers,
            citations.c.article_id,
            citations.c.version.label("cited"),
            citations.c.start_at,
            citations.c.end_at,
            articles.c.latest,
            articles.c.removal,
        )
        .join(answers, answers.c.id == shown_answers.c.answer_id)
        .join(citations, citations.c.answer_id == shown_answers.c.answer_id)
        .join(articles, articles.c.id == citations.c.article_id)
        .where(
            shown_answers.c.at >= rows.iso(since),
            newer | articles.c.removed_at.is_not(None),
        )
        .order_by(shown_answers.c.at, citations.c.id)
    )


def _changed_of(row: rows.Row) -> ChangedCitation:
    """Build a ChangedCitation from a row."""
    shown_answer = ShownAnswer(**{name: row[name] for name in _SHOWN_COLUMNS})
    citation = CitedRange(row["article_id"], row["cited"], row["start_at"], row["end_at"])
    removal = Removal(row["removal"]) if row["removal"] else None
    return ChangedCitation(shown_answer, citation, row["latest"], removal)
