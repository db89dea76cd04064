"""Corrections of what followers were sent, each told once where it was posted."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from bot.community.corrections import quotation_changes
from bot.community.rules import ServerRules
from bot.ledger import Ledger
from bot.ledger.records import Follow, FollowedNews, NoticeKind, SentNews
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.model import Article, Header, Removal, Scope, Version
from ingest.process.threads import in_thread

_NOTIFIED = frozenset({NoticeKind.CORRECTED, NoticeKind.REVERSED, NoticeKind.RETRACTED})
"""Kinds of changes that followers are told: what an outlet says itself."""


@dataclass(frozen=True, slots=True)
class FollowedChange:
    """A change of an article, with the quotation of it that a follow was sent."""

    header: Header
    quote: str
    kind: NoticeKind
    note: str
    record: FollowedNews
    """The row by which the change is known to have been told."""


@dataclass(frozen=True, slots=True)
class DueChanges:
    """The changes to be told now in the channel of one follow."""

    follow: Follow
    changes: tuple[FollowedChange, ...]

    @property
    def nonce(self) -> str:
        """Return Discord's nonce of the message, so that resending it creates no duplicate."""
        return f"f{self.follow.id}.{min(change.record.story for change in self.changes)}"


@dataclass(frozen=True, slots=True)
class FollowedChanges:
    """Search for corrections of news that were sent not longer than *lasting* ago."""

    archive: Archive
    ledger: Ledger
    clock: Callable[[], datetime]
    lasting: timedelta
    _settled: set[SentNews] = field(default_factory=set)
    """News of which nothing is left to tell; they are not checked again."""

    @in_thread
    def due(self, waits: Callable[[Follow], bool]) -> list[DueChanges]:
        """Return the changes that followers have not been told, without those of whom *waits*."""
        sent = self.ledger.follows.changed(self.clock() - self.lasting)
        self._settled.intersection_update(sent)
        told = {(item.follow.id, item.news.story) for item in sent}
        scope_of, articles_of = cache(self._scope_of), cache(self._article)
        due: dict[Follow, dict[int, FollowedChange]] = {}
        for item in sent:
            if item in self._settled or waits(item.follow):
                continue
            article, versions = articles_of(item.news.cited.article_id)
            if article is None or not scope_of(item.follow.place).includes(article):
                continue
            untold = [
                change
                for change in _changes_of(item, article, versions)
                if (item.follow.id, change.record.story) not in told
            ]
            for change in untold:
                due.setdefault(item.follow, {}).setdefault(change.record.story, change)
            if not untold:
                self._settled.add(item)
        return [DueChanges(follow, tuple(changes.values())) for follow, changes in due.items()]

    @in_thread
    def mark_sent(self, due: DueChanges) -> None:
        """Record that the changes were told, or cannot be."""
        records = [change.record for change in due.changes]
        self.ledger.follows.note_sent(records, now=self.clock())

    def _scope_of(self, place: str) -> Scope:
        """Return the scope of what the server *place* cites, of everything in direct messages."""
        rules = ServerRules.of(self.ledger.rules.get(place)) if place else ServerRules()
        return self.archive.editions.scope(rules.edition(place))

    def _article(self, article_id: int) -> tuple[Article | None, Sequence[Version]]:
        """Return an article with its versions, oldest first; ``None`` if it was erased."""
        try:
            archived = self.archive.articles
            return archived.get(article_id), archived.versions(article_id)
        except ArticleNotFoundError:
            return None, ()


def _changes_of(
    item: SentNews, article: Article, versions: Sequence[Version]
) -> Iterator[FollowedChange]:
    """Yield the changes of a quotation since it was sent, of which its outlet says so."""
    cited = item.news.cited
    quote = cited.quote_in(versions)
    removal = Removal.RETRACTED if article.removal is Removal.RETRACTED else None
    later = [version for version in versions if version.number > cited.version]
    changed_at = {version.number: version.read_at for version in later}
    if article.removed_at is not None:
        changed_at[0] = article.removed_at
    for change in quotation_changes(quote, cited.version_in(versions), later, removal):
        if quote and change.kind in _NOTIFIED and changed_at[change.version] > item.sent_at:
            record = _record_of(item, change.version)
            yield FollowedChange(article.header, quote, change.kind, change.note, record)


def _record_of(item: SentNews, version: int) -> FollowedNews:
    """Return the row for a change of *version* of an article that a follow was sent.

    Its number is negative, and the same for all quotations of the article.
    """
    name = f"changed {item.news.cited.article_id} {version}"
    return FollowedNews(item.follow.id, -(zlib.crc32(name.encode()) // 2) - 1, item.news.cited)
