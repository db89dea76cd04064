"""What people follow, and what was found for them and not sent yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update

from bot.ledger.model import CitedRange, Follow, FollowedNews
from bot.ledger.schema import follow_news, follows
from bot.ledger.seen import Looker, note_seen
from bot.ledger.table import LedgerPart
from ingest.archive import rows
from ingest.archive.saving import lock_archive

_CITED = ("story", "article_id", "version", "start_at", "end_at")
"""What is kept of news beside when they were found and sent."""


class Follows(LedgerPart):
    """Follows, and the news that wait for being sent."""

    def add(self, follow: Follow) -> int:
        """Keep a follow, and return its number."""
        values = {k: v for k, v in asdict(follow).items() if k != "id"}
        return self._insert(follows, values | {"at": rows.iso(follow.at)})

    def all(self) -> list[Follow]:
        """Return every follow."""
        return self._found(select(follows).order_by(follows.c.id))

    def of_member(self, member: str) -> list[Follow]:
        """Return what one member follows, the oldest first."""
        return self._found(select(follows).where(follows.c.member == member).order_by(follows.c.id))

    def in_channel(self, channel: str) -> list[Follow]:
        """Return what is followed in one channel, the oldest first."""
        here = follows.c.channel == channel
        return self._found(select(follows).where(here).order_by(follows.c.id))

    def get(self, number: int) -> Follow | None:
        """Return one follow, while it is kept."""
        return next(iter(self._found(select(follows).where(follows.c.id == number))), None)

    def count(self) -> tuple[int, int]:
        """Return how many there are and the newest number: what changes when any of them does."""
        query = select(func.count(), func.max(follows.c.id)).select_from(follows)
        with self._database.reading() as connection:
            many, newest = connection.execute(query).one()
        return int(many), int(newest or 0)

    def remove(self, number: int) -> bool:
        """End a follow, with all that waits for it; tell whether it was there."""
        with self._database.writing() as connection:
            connection.execute(delete(follow_news).where(follow_news.c.follow_id == number))
            gone = connection.execute(delete(follows).where(follows.c.id == number))
            return bool(gone.rowcount)

    def note(self, found: Sequence[FollowedNews], seq: int, *, now: datetime) -> None:
        """Keep what was *found*, a story once for each follow, up to change *seq*: all or nothing.

        What another process has found first stays.
        """
        with self._database.writing() as connection:
            lock_archive(connection)
            known = {
                tuple(row)
                for part in rows.chunks(list({each.follow_id for each in found}))
                for row in connection.execute(
                    select(follow_news.c.follow_id, follow_news.c.story).where(
                        follow_news.c.follow_id.in_(part)
                    )
                )
            }
            new = {(e.follow_id, e.story): e for e in found if (e.follow_id, e.story) not in known}
            values = [
                {
                    "follow_id": e.follow_id,
                    "story": e.story,
                    "at": rows.iso(now),
                    **asdict(e.cited),
                }
                for e in new.values()
            ]
            if values:
                connection.execute(insert(follow_news), values)
            note_seen(connection, Looker.FOLLOWS, seq)

    def waiting(self, rested: datetime) -> list[tuple[Follow, list[FollowedNews]]]:
        """Return what waits, for each follow that was sent nothing after *rested*."""
        lately = select(follow_news.c.follow_id).where(follow_news.c.sent_at > rows.iso(rested))
        query = (
            select(follows, *(follow_news.c[name] for name in _CITED))
            .join(follow_news, follow_news.c.follow_id == follows.c.id)
            .where(follow_news.c.sent_at.is_(None), follows.c.id.not_in(lately))
            .order_by(follows.c.id, follow_news.c.story)
        )
        found: dict[int, tuple[Follow, list[FollowedNews]]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(query).mappings():
                story, *cited = (row[name] for name in _CITED)
                follow = _follow_of({each.name: row[each.name] for each in follows.columns})
                _, news = found.setdefault(follow.id, (follow, []))
                news.append(FollowedNews(follow.id, story, CitedRange(*cited)))
        return list(found.values())

    def mark_sent(self, news: Sequence[FollowedNews], *, now: datetime) -> None:
        """Record that news were sent, or never will be."""
        with self._database.writing() as connection:
            for each in news:
                here = (follow_news.c.follow_id == each.follow_id) & (
                    follow_news.c.story == each.story
                )
                connection.execute(update(follow_news).where(here).values(sent_at=rows.iso(now)))

    def _found(self, query: Select[Any]) -> list[Follow]:
        with self._database.reading() as connection:
            return [_follow_of(row) for row in connection.execute(query).mappings()]


def _follow_of(row: rows.Row) -> Follow:
    """Read a follow."""
    return Follow(**{**row, "at": datetime.fromisoformat(row["at"])})
