"""Messages that are sent later, each once: notices, news, digests, the progress of fetches.

The leases of the processes decide which of them sends.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, update

from bot.ledger.ledger_tables import (
    LedgerPart,
    answers,
    citations,
    digests,
    follow_news,
    follows,
    in_places,
    jobs,
    leases,
    news_seen,
    notices,
    shown_answers,
)
from bot.ledger.records import (
    ChangedCitation,
    CitedRange,
    Follow,
    FollowedNews,
    FollowKind,
    GivenNotice,
    Job,
    NoticeKey,
    NoticeKind,
    SentNews,
    ShownAnswer,
)
from ingest.archive import rows
from ingest.archive.rows import lock_archive
from ingest.archive.schema import articles, versions
from ingest.language.languages import Language
from ingest.model import Removal

_KEY_COLUMNS = tuple(notices.c[attribute.name] for attribute in fields(NoticeKey))
_SHOWN_COLUMNS = tuple(attribute.name for attribute in fields(ShownAnswer))
_NEWS_COLUMNS = ("story", "article_id", "version", "start_at", "end_at")
"""Columns of a news row, without the times at which it was found and sent."""


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
        self._write(insert(shown_answers).values(values))

    def changed(self, since: datetime) -> list[ChangedCitation]:
        """Return citations in answers shown after *since* whose articles changed afterwards."""
        return list(map(_changed_of, self._rows(_changed(since))))

    def given(self) -> set[NoticeKey]:
        """Return the keys of all notices that were given or failed to be delivered."""
        return {NoticeKey(**row) for row in self._rows(select(*_KEY_COLUMNS))}

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
        return [ShownAnswer(**row) for row in self._rows(query)]

    def shown_after(self, since: datetime) -> bool:
        """Return True if any answer was shown after *since*."""
        query = select(shown_answers.c.answer_id).where(shown_answers.c.at >= since)
        return bool(self._rows(query.limit(1)))

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
        query = (
            select(notices, shown_answers.c.channel, shown_answers.c.message, versions.c.title)
            .join(shown_answers, shown_answers.c.answer_id == notices.c.answer_id)
            .join(articles, articles.c.id == notices.c.article_id)
            .outerjoin(versions, rows.NEWEST)
            .where(
                in_places(shown_answers.c.place, places),
                in_places(articles.c.place, None if places is None else {"", *places}),
            )
            .order_by(notices.c.at.desc(), notices.c.answer_id.desc())
            .limit(limit)
            .offset(offset)
        )
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
            for row in self._rows(query)
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


class Follows(LedgerPart):
    """Tables of follows and of their news that are not sent yet."""

    def add(self, follow: Follow) -> int:
        """Insert a follow, and return its id."""
        return self._insert(follows, asdict(follow))

    def all(self) -> list[Follow]:
        """Return all follows."""
        return self._select(select(follows).order_by(follows.c.id))

    def of_member(self, member: str) -> list[Follow]:
        """Return the follows of one member, oldest first."""
        return self._select(
            select(follows).where(follows.c.member == member).order_by(follows.c.id)
        )

    def in_channel(self, channel: str) -> list[Follow]:
        """Return the follows in one channel, oldest first."""
        condition = follows.c.channel == channel
        return self._select(select(follows).where(condition).order_by(follows.c.id))

    def get(self, number: int) -> Follow | None:
        """Return the follow with an id, or ``None``."""
        return next(iter(self._select(select(follows).where(follows.c.id == number))), None)

    def count(self) -> tuple[int, int]:
        """Return (number of follows, newest id), which changes if a follow is added or removed."""
        query = select(func.count(), func.max(follows.c.id)).select_from(follows)
        with self._database.reading() as connection:
            total, newest = connection.execute(query).one()
        return int(total), int(newest or 0)

    def remove(self, number: int) -> bool:
        """Delete a follow with its unsent news; return True if it existed."""
        with self._database.writing() as connection:
            connection.execute(delete(follow_news).where(follow_news.c.follow_id == number))
            deletion = connection.execute(delete(follows).where(follows.c.id == number))
            return bool(deletion.rowcount)

    def note(self, news: Sequence[FollowedNews], seq: int, *, now: datetime) -> None:
        """Insert *news*, each story once per follow, and the position *seq*, in one transaction.

        A story that is already stored for a follow, for example by another process, stays as it is.
        """
        with self._database.writing() as connection:
            lock_archive(connection)
            stored_keys = {
                tuple(row)
                for chunk in rows.chunks(list({item.follow_id for item in news}))
                for row in connection.execute(
                    select(follow_news.c.follow_id, follow_news.c.story).where(
                        follow_news.c.follow_id.in_(chunk)
                    )
                )
            }
            unsaved = {
                (item.follow_id, item.story): item
                for item in news
                if (item.follow_id, item.story) not in stored_keys
            }
            values = [
                {
                    "follow_id": item.follow_id,
                    "story": item.story,
                    "at": now,
                    **asdict(item.cited),
                }
                for item in unsaved.values()
            ]
            if values:
                connection.execute(insert(follow_news), values)
            _store_position(connection, ChangeConsumer.FOLLOWS, seq)

    def waiting(self, sent_before: datetime) -> list[tuple[Follow, list[FollowedNews]]]:
        """Return unsent news by follow, without follows that were sent some after *sent_before*.

        Steps of a count do not wait for others: there are few of them.
        """
        recently_sent = select(follow_news.c.follow_id).where(follow_news.c.sent_at > sent_before)
        query = (
            select(follows, *(follow_news.c[name] for name in _NEWS_COLUMNS))
            .join(follow_news, follow_news.c.follow_id == follows.c.id)
            .where(
                follow_news.c.sent_at.is_(None),
                or_(follows.c.kind == FollowKind.RESULTS, follows.c.id.not_in(recently_sent)),
            )
            .order_by(follows.c.id, follow_news.c.story)
        )
        news_by_follow: dict[int, tuple[Follow, list[FollowedNews]]] = {}
        for row in self._rows(query):
            story, *cited_values = (row[name] for name in _NEWS_COLUMNS)
            follow = Follow(**{column.name: row[column.name] for column in follows.columns})
            _, news = news_by_follow.setdefault(follow.id, (follow, []))
            news.append(FollowedNews(follow.id, story, CitedRange(*cited_values)))
        return list(news_by_follow.values())

    def changed(self, since: datetime) -> list[SentNews]:
        """Return news quoted after *since* whose articles have a newer version or were removed.

        Steps of a count are left out: a count goes on.
        """
        newer = articles.c.latest > follow_news.c.version
        query = (
            select(
                follows,
                *(follow_news.c[name] for name in _NEWS_COLUMNS),
                follow_news.c.sent_at,
                articles.c.latest,
                articles.c.removed_at,
            )
            .join(follow_news, follow_news.c.follow_id == follows.c.id)
            .join(articles, articles.c.id == follow_news.c.article_id)
            .where(
                follows.c.kind != FollowKind.RESULTS,
                follow_news.c.sent_at >= since,
                follow_news.c.end_at > follow_news.c.start_at,
                newer | articles.c.removed_at.is_not(None),
            )
            .order_by(follows.c.id, follow_news.c.sent_at, follow_news.c.story)
        )
        found = []
        for row in self._rows(query):
            follow = Follow(**{column.name: row[column.name] for column in follows.columns})
            story, *cited_values = (row[name] for name in _NEWS_COLUMNS)
            news = FollowedNews(follow.id, story, CitedRange(*cited_values))
            state = (row[name] for name in ("sent_at", "latest", "removed_at"))
            found.append(SentNews(follow, news, *state))
        return found

    def note_sent(self, news: Sequence[FollowedNews], *, now: datetime) -> None:
        """Insert *news* as sent; a follow that was ended meanwhile gets none."""
        with self._database.writing() as connection:
            for item in news:
                exists = select(follows.c.id).where(follows.c.id == item.follow_id)
                if connection.execute(exists).first() is not None:
                    values = {"follow_id": item.follow_id, "story": item.story}
                    times = {"at": now, "sent_at": now}
                    connection.execute(
                        insert(follow_news).values(values | asdict(item.cited) | times)
                    )

    def mark_sent(
        self, news: Sequence[FollowedNews], shown: Collection[FollowedNews], *, now: datetime
    ) -> None:
        """Mark news as sent, also those that can never be sent.

        What is not among *shown* was read by nobody: its range becomes empty, so that no later
        correction is told.
        """
        with self._database.writing() as connection:
            for item in news:
                values: dict[str, Any] = {"sent_at": now}
                if item not in shown:
                    values["end_at"] = item.cited.start_at
                condition = (follow_news.c.follow_id == item.follow_id) & (
                    follow_news.c.story == item.story
                )
                connection.execute(update(follow_news).where(condition).values(values))

    def note_delivery(self, number: int, *, reached: bool) -> int:
        """Return how many messages of a follow in a row reached nobody, after one more message."""
        row = follows.c.id == number
        failures = 0 if reached else follows.c.failures + 1
        with self._database.writing() as connection:
            connection.execute(update(follows).where(row).values(failures=failures))
            count = connection.execute(select(follows.c.failures).where(row)).scalar()
        return int(count or 0)

    def _select(self, query: Select[Any]) -> list[Follow]:
        return [Follow(**row) for row in self._rows(query)]


class PostedDigests(LedgerPart):
    """Table of (server, due moment) pairs whose digest was posted or skipped as empty."""

    def done(self, place: str, due_at: datetime) -> bool:
        """Return True if the digest due at *due_at* was posted or skipped in a server."""
        condition = (digests.c.place == place) & (digests.c.due_at == due_at)
        return bool(self._rows(select(digests.c.place).where(condition)))

    def mark(self, place: str, due_at: datetime, *, now: datetime) -> None:
        """Record that the digest due at *due_at* was posted or skipped in a server."""
        values = {"place": place, "due_at": due_at, "sent_at": now}
        self._write(insert(digests).values(values))


class ChangeConsumer(IntEnum):
    """A consumer of the archive's changes."""

    FOLLOWS = 1
    ANSWERS = 2


class Positions(LedgerPart):
    """Table of the last change that each consumer has processed."""

    def upto(self, consumer: ChangeConsumer) -> int | None:
        """Return the last change that a consumer has processed, ``None`` before its first run."""
        query = select(news_seen.c.seq).where(news_seen.c.id == consumer)
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

    def note(self, consumer: ChangeConsumer, seq: int) -> None:
        """Store *seq* as the last change that a consumer has processed."""
        with self._database.writing() as connection:
            _store_position(connection, consumer, seq)


def _store_position(connection: Connection, consumer: ChangeConsumer, seq: int) -> None:
    """Store the position within the transaction that stores the results."""
    connection.execute(delete(news_seen).where(news_seen.c.id == consumer))
    connection.execute(insert(news_seen).values(id=int(consumer), seq=seq))


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
        self._write(delete(jobs).where(jobs.c.id == number))


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
        return {row["owner"] for row in self._rows(query)}

    def give_up(self, owner: str, *, before: datetime) -> None:
        """Release the leases of *owner*, and delete all leases that expired before *before*."""
        condition = (leases.c.owner == owner) | (leases.c.until < before)
        self._write(delete(leases).where(condition))

    def clear(self) -> None:
        """Delete all leases; for single-process mode, where no other owner is alive."""
        self._write(delete(leases))
