"""Follows, the news found for them but not sent yet, positions in the changes, and digests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, update

from bot.ledger.ledger_tables import LedgerPart, digests, follow_news, follows, news_seen
from bot.ledger.records import CitedRange, Follow, FollowedNews, FollowKind
from ingest.archive import rows
from ingest.archive.rows import lock_archive

_NEWS_COLUMNS = ("story", "article_id", "version", "start_at", "end_at")
"""Columns of a news row, without the times at which it was found and sent."""


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
        with self._database.reading() as connection:
            for row in connection.execute(query).mappings():
                story, *cited_values = (row[name] for name in _NEWS_COLUMNS)
                follow = Follow(**{column.name: row[column.name] for column in follows.columns})
                _, news = news_by_follow.setdefault(follow.id, (follow, []))
                news.append(FollowedNews(follow.id, story, CitedRange(*cited_values)))
        return list(news_by_follow.values())

    def mark_sent(self, news: Sequence[FollowedNews], *, now: datetime) -> None:
        """Mark news as sent, also those that can never be sent."""
        with self._database.writing() as connection:
            for item in news:
                condition = (follow_news.c.follow_id == item.follow_id) & (
                    follow_news.c.story == item.story
                )
                connection.execute(update(follow_news).where(condition).values(sent_at=now))

    def _select(self, query: Select[Any]) -> list[Follow]:
        with self._database.reading() as connection:
            return [Follow(**row) for row in connection.execute(query).mappings()]


class PostedDigests(LedgerPart):
    """Table of (server, due moment) pairs whose digest was posted or skipped as empty."""

    def done(self, place: str, due_at: datetime) -> bool:
        """Return True if the digest due at *due_at* was posted or skipped in a server."""
        condition = (digests.c.place == place) & (digests.c.due_at == due_at)
        with self._database.reading() as connection:
            return connection.execute(select(digests.c.place).where(condition)).first() is not None

    def mark(self, place: str, due_at: datetime, *, now: datetime) -> None:
        """Record that the digest due at *due_at* was posted or skipped in a server."""
        values = {"place": place, "due_at": due_at, "sent_at": now}
        with self._database.writing() as connection:
            connection.execute(insert(digests).values(values))


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
