"""What an address, a file or a paste holds, looked at before anything of it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.ledger.model import Suggestion
from ingest.adding import PreparedArticle, prepared_article
from ingest.archive import Archive
from ingest.errors import ReadingError, UnreadableError
from ingest.fetching import Fetcher, State
from ingest.fetching.addresses import checked
from ingest.fetching.fetcher import Fetched
from ingest.isolation import isolated
from ingest.model import Article, Extract, Source
from ingest.reading import FoundArticle, Hints, read_bytes
from ingest.reading.fetched import read_fetched
from ingest.reading.listings import Entry, is_listing, read_listing
from ingest.similarity import has_text_of
from ingest.threads import in_thread


@dataclass(frozen=True, slots=True)
class PreviewedArticle:
    """One article that is not kept yet: is it known, and who carries it already?"""

    ready: PreparedArticle
    known: Article | None
    copies: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What an address, a file or a paste holds.

    A feed or a sitemap has ``entries`` and can be watched, unless it is ``watched`` already;
    everything else has ``articles``.
    ``compared`` says, of a paste with an address, whether the page there has its text: then it is
    that page which is kept. ``data`` are the bytes of a file or a paste, and ``hints`` what was
    said of them: another moderator may have to look at it as well.
    """

    name: str
    articles: tuple[PreviewedArticle, ...] = ()
    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()
    outlet: str | None = None
    data: bytes | None = None
    hints: Mapping[str, str] = field(default_factory=dict)
    watched: Source | None = None
    compared: bool | None = None


@dataclass(frozen=True, slots=True)
class Previewer:
    """Reads what is offered and keeps nothing; it does not block the event loop."""

    archive: Archive
    fetcher: Callable[[], Fetcher]

    async def address(self, url: str, outlet: str | None) -> Preview:
        """Fetch *url* and say what it holds.

        Raises:
            ReadingError: it cannot be fetched, or holds no article.
        """
        async with self.fetcher() as fetcher:
            found = await fetcher.fetch(checked(url))
        if found.state is State.GONE:
            raise ReadingError(f"{url} is gone (404 or 410).")
        return await self._fetched(found, url, outlet)

    async def data(self, data: bytes, name: str, hints: Hints) -> Preview:
        """Read a file or a paste and say what it holds.

        Where an address is given with it, the page there is fetched and compared; unless it has
        the text, that stays somebody's word.
        """
        preview = await self._data(data, name, hints)
        if not hints.url or len(preview.articles) != 1:
            return preview
        [pasted] = preview.articles
        try:
            page = await self.address(hints.url, None)
        except ReadingError:
            return replace(preview, compared=False)
        for each in page.articles:
            if has_text_of(each.ready.extract.text, pasted.ready.extract.text):
                return replace(preview, articles=(each,), compared=True)
        return replace(preview, compared=False)

    @in_thread
    def _data(self, data: bytes, name: str, hints: Hints) -> Preview:
        """Read a file or a paste."""
        try:
            found = isolated(name, _read, data, name, hints)
        except UnreadableError as problem:
            found = [FoundArticle(name, problem=problem)]
        good = tuple(
            self._article(prepared_article(_as_pasted(each.extract)))
            for each in found
            if each.extract
        )
        problems = tuple(str(each.problem) for each in found if each.problem)
        told = {"outlet": hints.outlet, "title": hints.title, "url": hints.url}
        said = {key: value for key, value in told.items() if value}
        return Preview(name, good, (), problems, hints.outlet, data, said)

    async def suggestion(self, suggestion: Suggestion) -> Preview:
        """Look at what was proposed.

        Raises:
            ReadingError: it cannot be fetched, or holds no article.
        """
        if suggestion.address is not None:
            return await self.address(suggestion.address, suggestion.outlet)
        told = suggestion.hints or {}
        hints = Hints(outlet=told.get("outlet"), title=told.get("title"), url=told.get("url"))
        return await self.data(suggestion.data or b"", suggestion.name, hints)

    @in_thread
    def _fetched(self, found: Fetched, url: str, outlet: str | None) -> Preview:
        if is_listing(found.data):
            listing = isolated(url, read_listing, found.data, found.url, found.content_type)
            children = tuple(map(Entry, listing.children))
            entries, watched = listing.entries or children, self.archive.sources.at(url)
            return Preview(url, entries=entries, outlet=outlet, watched=watched)
        hints = Hints(outlet=outlet)
        given = (found.data, found.url, found.content_type, found.charset, hints)
        extract = isolated(url, read_fetched, *given)
        return Preview(url, (self._article(prepared_article(extract)),), outlet=outlet)

    def _article(self, article: PreparedArticle) -> PreviewedArticle:
        known = self.archive.articles.find(article.extract.header)
        copies = self.archive.articles.alike(article.extract)
        others = tuple(each for each in copies if known is None or each.id != known.id)
        return PreviewedArticle(article, known, others)


def _read(data: bytes, name: str, hints: Hints) -> list[FoundArticle]:
    """Read bytes; runs in a process of its own."""
    return list(read_bytes(data, name, hints))


def _as_pasted(extract: Extract) -> Extract:
    """Mark what somebody handed over: no fetch has read it."""
    return replace(extract, header=replace(extract.header, pasted=True))
