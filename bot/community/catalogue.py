"""Lists for moderators: articles, sources, audit entries and notices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.ledger import Ledger
from bot.ledger.model import AuditEntry, GivenNotice
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.index.passages import first_sentence
from ingest.model import Article, Edition, Evidence, Header, Removal, Source
from ingest.process.threads import in_thread


@dataclass(frozen=True, slots=True)
class _ArticlesPage:
    """A page of a list of articles; ``more`` is true if another page follows."""

    articles: Sequence[Article]
    offset: int
    more: bool

    @classmethod
    def of(cls, articles: Sequence[Article], offset: int, limit: int) -> _ArticlesPage:
        """Build a page of *limit* articles from a query for one article more."""
        return cls(articles[:limit], offset, len(articles) > limit)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Read access for moderators. Its methods do not block the event loop."""

    archive: Archive
    ledger: Ledger
    search: Callable[[str, Edition], Sequence[Evidence]]
    """Function that searches the coverage of an edition; it blocks."""

    @in_thread
    def found(self, text: str, place: str) -> Sequence[Evidence]:
        """Search the coverage of a server as for a question."""
        return self.search(text, Edition(place))

    @in_thread
    def article(self, number: int, place: str) -> Article:
        """Return an article of a server's coverage, citable or not.

        Raises:
            ArticleNotFoundError: there is none of that number, or it is another server's.
        """
        article = self.archive.articles.get(number)
        if article.place not in {"", place}:
            raise ArticleNotFoundError(number)
        return article

    @in_thread
    def at(self, address: str, edition: Edition) -> tuple[Article, str] | None:
        """Return (article at an address, its first sentence), or ``None`` if it is not citable."""
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
        """Return True if a server hides an article for itself."""
        return self.archive.editions.hides(place, number)

    @in_thread
    def titled(self, text: str, place: str, *, removed: bool = False) -> Sequence[Article]:
        """Return a server's articles with *text* in the title or outlet, newest first."""
        return self.archive.articles.titled(text, removed=removed, edition=Edition(place))

    @in_thread
    def cited(self, text: str, place: str, offset: int, limit: int) -> _ArticlesPage:
        """Return one page of the citable articles of a server, newest first."""
        articles = self.archive.articles.titled(
            text, removed=False, edition=Edition(place), offset=offset, limit=limit + 1
        )
        return _ArticlesPage.of(articles, offset, limit)

    @in_thread
    def quarantined(self, place: str, offset: int, limit: int) -> _ArticlesPage:
        """Return one page of the articles that are quarantined as unlikely to be articles."""
        articles = self.archive.articles.listed(
            removal=Removal.QUARANTINED, edition=Edition(place), offset=offset, limit=limit + 1
        )
        return _ArticlesPage.of(articles, offset, limit)

    @in_thread
    def removed(self, place: str, offset: int, limit: int) -> _ArticlesPage:
        """Return one page of the articles that are removed, or hidden in a server."""
        articles = self.archive.articles.titled(
            "", removed=True, edition=Edition(place), offset=offset, limit=limit + 1
        )
        return _ArticlesPage.of(articles, offset, limit)

    @in_thread
    def outlets(self, place: str) -> Sequence[str]:
        """Return the names of the outlets that a server may cite."""
        return sorted(self.archive.outlets.names(Edition(place)))

    @in_thread
    def sources(self, place: str) -> Sequence[Source]:
        """Return the watched sources of a server, shared ones and its own."""
        return [source for source in self.archive.sources.watched() if source.place in {"", place}]

    @in_thread
    def notices(self, offset: int, limit: int) -> Sequence[GivenNotice]:
        """Return the notices of corrections given to readers, newest first."""
        return self.ledger.notices.last(limit=limit, offset=offset)

    @in_thread
    def entry(self, number: int) -> AuditEntry | None:
        """Return an audit entry, or ``None``."""
        return self.ledger.audit.get(number)

    @in_thread
    def audit(
        self, place: str, home: str | None, before: int | None = None, limit: int = 10
    ) -> list[tuple[AuditEntry, str]]:
        """Return the latest audit entries, newest first, each with the title of its object.

        They are those of one server, and those of the *home* server on articles and sources that
        this server cites too.
        """
        entries = self.ledger.audit.last(limit=limit, before=before, place=place, home=home)
        return [(entry, self._title_of(entry)) for entry in entries]

    def _title_of(self, entry: AuditEntry) -> str:
        if entry.article_id is not None:
            try:
                return self.archive.articles.get(entry.article_id).header.title
            except ArticleNotFoundError:
                return f"{entry.article_id}"
        if entry.source_id is not None and not entry.detail:
            addresses = {source.id: source.address for source in self.archive.sources.watched()}
            return addresses.get(entry.source_id, f"{entry.source_id}")
        return entry.detail or ""
