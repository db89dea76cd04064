"""Notices of changed sources, requested fetches in progress, and leases of processes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, select, update

from bot.ledger.ledger_tables import (
    LedgerPart,
    answers,
    citations,
    in_places,
    jobs,
    leases,
    notices,
    shown_answers,
)
from bot.ledger.records import (
    ChangedCitation,
    CitedRange,
    GivenNotice,
    Job,
    NoticeKey,
    NoticeKind,
    ShownAnswer,
)
from ingest.archive import rows
from ingest.archive.rows import lock_archive
from ingest.archive.schema import articles, versions
from ingest.language.languages import Language
from ingest.model import Removal

_KEY_COLUMNS = tuple(notices.c[attribute.name] for attribute in fields(NoticeKey))
_SHOWN_COLUMNS = tuple(attribute.name for attribute in fields(ShownAnswer))


class Notices(LedgerPart):
    """Tables of shown answers and of the notices given under them."""

    def note_shown(
        self,
        answer_id: int,
        channel: str,
        message: str,
        language: Language,
        *,
        now: datetime,
        place: str = "",
    ) -> None:
        """Record the message in which an answer was shown; *place* is its server, if any."""
        values = {
            "answer_id": answer_id,
            "channel": channel,
            "message": message,
            "language": language,
            "at": now,
            "place": place,
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
                shown_answers.c.at >= since,
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
        query = select(shown_answers.c.answer_id).where(shown_answers.c.at >= since)
        with self._database.reading() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def mark_given(self, *keys: NoticeKey, now: datetime, reached: bool) -> None:
        """Record that notices were delivered or could not be; they are not given again."""
        values = [asdict(key) | {"at": now, "reached": reached} for key in keys]
        with self._database.writing() as connection:
            connection.execute(insert(notices), values)

    def last(
        self, *, limit: int, offset: int = 0, places: Collection[str] | None = None
    ) -> list[GivenNotice]:
        """Return the latest notices, newest first.

        With *places*, only those of answers in these servers, on articles that are shared or
        theirs.
        """
        newest = (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.latest)
        query = (
            select(notices, shown_answers.c.channel, shown_answers.c.message, versions.c.title)
            .join(shown_answers, shown_answers.c.answer_id == notices.c.answer_id)
            .join(articles, articles.c.id == notices.c.article_id)
            .outerjoin(versions, newest)
            .where(
                in_places(shown_answers.c.place, places),
                in_places(articles.c.place, None if places is None else {"", *places}),
            )
            .order_by(notices.c.at.desc(), notices.c.answer_id.desc())
            .limit(limit)
            .offset(offset)
        )
        with self._database.reading() as connection:
            return [
                GivenNotice(
                    row["at"],
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
            shown_answers.c.at >= since,
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


class JobList(LedgerPart):
    """Table of jobs in progress; it survives a restart."""

    def add(self, job: Job) -> int:
        """Insert a job, and return its id."""
        return self._insert(jobs, asdict(job))

    def take_over(self, owner: str, owners: Collection[str]) -> list[Job]:
        """Reassign jobs of processes not in *owners* to *owner*; return them, oldest first."""
        return [Job(**row) for row in self._take_over(jobs, owner, owners)]

    def remove(self, number: int) -> None:
        """Delete a job whose result was shown or can no longer be shown."""
        with self._database.writing() as connection:
            connection.execute(delete(jobs).where(jobs.c.id == number))


class Leases(LedgerPart):
    """Table of named leases, each held by one owner until it expires."""

    def take(self, name: str, owner: str, until: datetime, *, now: datetime) -> bool:
        """Acquire or renew the lease *name* for *owner*; return False if another owner holds it."""
        condition = leases.c.name == name
        values = {"owner": owner, "until": until}
        with self._database.writing() as connection:
            lock_archive(connection)
            lease = connection.execute(select(leases).where(condition)).mappings().one_or_none()
            if lease is None:
                connection.execute(insert(leases).values(name=name, **values))
            elif lease["owner"] == owner or lease["until"] < now:
                connection.execute(update(leases).where(condition).values(values))
            else:
                return False
        return True

    def owners(self, now: datetime) -> set[str]:
        """Return the owners of all leases that have not expired."""
        query = select(leases.c.owner).where(leases.c.until >= now)
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def give_up(self, owner: str, *, before: datetime) -> None:
        """Release the leases of *owner*, and delete all leases that expired before *before*."""
        condition = (leases.c.owner == owner) | (leases.c.until < before)
        with self._database.writing() as connection:
            connection.execute(delete(leases).where(condition))

    def clear(self) -> None:
        """Delete all leases; for single-process mode, where no other owner is alive."""
        with self._database.writing() as connection:
            connection.execute(delete(leases))
