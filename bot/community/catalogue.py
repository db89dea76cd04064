"""What moderators look through: articles, sources, what was done, and what readers were told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.ledger import Ledger
from bot.ledger.model import AuditEntry, GivenNotice
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.index.passages import first_sentence
from ingest.model import Article, Edition, Evidence, Header, Removal, Source
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
    search: Callable[[str, Edition], Sequence[Evidence]]
    """Searches the coverage of an edition; it blocks."""

    @in_thread
    def found(self, text: str, place: str) -> Sequence[Evidence]:
        """Search the coverage of a server as a question does."""
        return self.search(text, Edition(place))

    @in_thread
    def article(self, number: int, place: str) -> Article:
        """Return one article that a server may cite, or could.

        Raises:
            ArticleNotFoundError: there is none of that number, or it is another server's.
        """
        article = self.archive.articles.get(number)
        if article.place not in {"", place}:
            raise ArticleNotFoundError(number)
        return article

    @in_thread
    def at(self, address: str, edition: Edition) -> tuple[Article, str] | None:
        """Return the article at an address, with how it begins; ``None`` if none may be cited."""
        header = Header("", url=address)
        for place in dict.fromkeys((edition.place, "")):
            article = self.archive.articles.find(header, place)
            if article is None or article.removal is not None:
                continue
            if article.id in self.archive.editions.withheld(edition.place):
                continue
            passages = self.archive.passages.of_article(article.id)
            return article, first_sentence(passages[0]) if passages else ""
        return None

    @in_thread
    def is_hidden(self, number: int, place: str) -> bool:
        """Tell whether a server hides an article for itself."""
        return self.archive.editions.hides(place, number)

    @in_thread
    def titled(self, text: str, place: str, *, removed: bool = False) -> Sequence[Article]:
        """Return a server's articles whose title or outlet contains *text*, newest first."""
        return self.archive.articles.titled(text, removed=removed, edition=Edition(place))

    @in_thread
    def cited(self, text: str, place: str, offset: int, limit: int) -> _ArticlesPage:
        """Return one page of the articles that may be cited in a server, newest first."""
        found = self.archive.articles.titled(
            text, removed=False, edition=Edition(place), offset=offset, limit=limit + 1
        )
        return _ArticlesPage.of(found, offset, limit)

    @in_thread
    def quarantined(self, place: str, offset: int, limit: int) -> _ArticlesPage:
        """Return one page of what is no article after all, unless a moderator says otherwise."""
        found = self.archive.articles.listed(
            removal=Removal.QUARANTINED, edition=Edition(place), offset=offset, limit=limit + 1
        )
        return _ArticlesPage.of(found, offset, limit)

    @in_thread
    def outlets(self, place: str) -> Sequence[str]:
        """Return the outlets that a server may cite, by their names."""
        return sorted(self.archive.outlets.names(Edition(place)))

    @in_thread
    def sources(self, place: str) -> Sequence[Source]:
        """Return what is watched for a server: for everybody, and for it alone."""
        return [each for each in self.archive.sources.watched() if each.place in {"", place}]

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
        self, place: str, home: str | None, before: int | None = None, limit: int = 10
    ) -> list[tuple[AuditEntry, str]]:
        """Return the last acts, newest first, each with the title of what it was done to.

        They are those of one server, and what the *home* server did to what is cited there.
        """
        found = self.ledger.audit.last(limit=limit, before=before, place=place, home=home)
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
