"""Answers whose sources changed after they were shown, and what was told of it."""

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

_KEY = tuple(notices.c[each.name] for each in fields(NoticeKey))
_SHOWN = tuple(each.name for each in fields(ShownAnswer))


class Notices(LedgerPart):
    """Where answers stand, and which of them a reader should look at again."""

    def note_shown(
        self, answer_id: int, channel: str, message: str, language: Language, *, now: datetime
    ) -> None:
        """Remember in which message an answer was shown."""
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
        """Return what answers shown after *since* quote of articles that changed afterwards."""
        with self._database.reading() as connection:
            return [_changed_of(row) for row in connection.execute(_changed(since)).mappings()]

    def given(self) -> set[NoticeKey]:
        """Return every notice that was given, or could not be."""
        with self._database.reading() as connection:
            return {NoticeKey(*row) for row in connection.execute(select(*_KEY))}

    def citing(self, articles: Collection[int], since: datetime, limit: int) -> list[ShownAnswer]:
        """Return the newest answers that were shown after *since* and cite any of *articles*.

        Those whose readers were told of newer coverage are left out, and those as of an earlier
        moment: that there is newer coverage than then is no news.
        """
        told = select(notices.c.answer_id).where(notices.c.kind == NoticeKind.NEWER)
        past = select(answers.c.id).where(answers.c.as_of.is_not(None))
        cite = select(citations.c.answer_id).where(citations.c.article_id.in_(list(articles)))
        query = (
            select(*(shown_answers.c[name] for name in _SHOWN))
            .where(
                shown_answers.c.at >= rows.iso(since),
                shown_answers.c.answer_id.in_(cite),
                shown_answers.c.answer_id.not_in(told),
                shown_answers.c.answer_id.not_in(past),
            )
            .order_by(shown_answers.c.answer_id.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [ShownAnswer(**row) for row in connection.execute(query).mappings()]

    def shown_after(self, since: datetime) -> bool:
        """Tell whether any answer was shown after *since*."""
        query = select(shown_answers.c.answer_id).where(shown_answers.c.at >= rows.iso(since))
        with self._database.reading() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def mark_given(self, notice: NoticeKey, *, now: datetime, reached: bool) -> None:
        """Record that a notice was given, or could not be; it is not given again."""
        values = asdict(notice) | {"at": rows.iso(now), "reached": reached}
        with self._database.writing() as connection:
            connection.execute(insert(notices).values(values))

    def last(self, *, limit: int, offset: int = 0) -> list[GivenNotice]:
        """Return what readers were told, newest first."""
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
    """Select shown answers with articles that they cite and that are not as they were cited.

    An answer as of an earlier moment quotes what stood then: only what was taken out touches it.
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
    """Read a citation with what became of its article."""
    shown = ShownAnswer(**{name: row[name] for name in _SHOWN})
    cited = CitedRange(row["article_id"], row["cited"], row["start_at"], row["end_at"])
    removal = Removal(row["removal"]) if row["removal"] else None
    return ChangedCitation(shown, cited, row["latest"], removal)
