"""What moderators look through: articles, sources, what was done, and what readers were told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.ledger import Ledger
from bot.ledger.model import AuditEntry, GivenNotice
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.model import Article, Evidence, Removal, Source
from ingest.threads import in_thread


@dataclass(frozen=True, slots=True)
class _ArticlesPage:
    """One page of a list, and whether there are more behind it."""

    articles: Sequence[Article]
    offset: int
    more: bool

    @classmethod
    def of(cls, found: Sequence[Article], offset: int, limit: int) -> _ArticlesPage:
        """Show *limit* articles of those *found*, one of which only tells that there are more."""
        return cls(found[:limit], offset, len(found) > limit)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Reads what is kept and what was done; nothing here blocks the event loop."""

    archive: Archive
    ledger: Ledger
    search: Callable[[str], Sequence[Evidence]]
    """Searches the coverage; it blocks."""

    @in_thread
    def found(self, text: str) -> Sequence[Evidence]:
        """Search the coverage as a question does."""
        return self.search(text)

    @in_thread
    def article(self, number: int) -> Article:
        """Return one article.

        Raises:
            ArticleNotFoundError: there is none of that number.
        """
        return self.archive.articles.get(number)

    @in_thread
    def titled(self, text: str, *, removed: bool = False) -> Sequence[Article]:
        """Return articles whose title or outlet contains *text*, newest first."""
        return self.archive.articles.titled(text, removed=removed)

    @in_thread
    def cited(self, text: str, offset: int, limit: int) -> _ArticlesPage:
        """Return one page of the articles that may be cited, newest first."""
        found = self.archive.articles.titled(text, removed=False, offset=offset, limit=limit + 1)
        return _ArticlesPage.of(found, offset, limit)

    @in_thread
    def quarantined(self, offset: int, limit: int) -> _ArticlesPage:
        """Return one page of what is no article after all, unless a moderator says otherwise."""
        found = self.archive.articles.listed(
            removal=Removal.QUARANTINED, offset=offset, limit=limit + 1
        )
        return _ArticlesPage.of(found, offset, limit)

    @in_thread
    def outlets(self) -> Sequence[str]:
        """Return the outlets that are kept, by their names."""
        return sorted(self.archive.outlets.names())

    @in_thread
    def sources(self) -> Sequence[Source]:
        """Return what is watched."""
        return self.archive.sources.watched()

    @in_thread
    def notices(self, offset: int, limit: int) -> Sequence[GivenNotice]:
        """Return what readers were told of corrections, newest first."""
        return self.ledger.notices.last(limit=limit, offset=offset)

    @in_thread
    def entry(self, number: int) -> AuditEntry | None:
        """Return one entry of the audit."""
        return self.ledger.audit.get(number)

    @in_thread
    def audit(
        self, before: int | None = None, limit: int = 10, place: str | None = None
    ) -> list[tuple[AuditEntry, str]]:
        """Return the last acts, newest first, each with the title of what it was done to.

        With *place* only those of one server.
        """
        found = self.ledger.audit.last(limit=limit, before=before, place=place)
        return [(each, self._named(each)) for each in found]

    def _named(self, entry: AuditEntry) -> str:
        if entry.article_id is not None:
            try:
                return self.archive.articles.get(entry.article_id).header.title
            except ArticleNotFoundError:
                return f"{entry.article_id}"
        if entry.source_id is not None and not entry.detail:
            known = {each.id: each.address for each in self.archive.sources.watched()}
            return known.get(entry.source_id, f"{entry.source_id}")
        return entry.detail or ""
