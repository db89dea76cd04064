"""Previews of an address, a file or a paste, made before anything is stored."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from bot.ledger.records import Suggestion
from ingest.adding import PreparedArticle, Preview, PreviewedArticle, prepared_article
from ingest.archive import Archive
from ingest.errors import NoArticleError, ReadingError, UnreadableError
from ingest.fetching.addresses import pasted_address
from ingest.fetching.fetcher import Fetched, Fetcher, State
from ingest.language.similarity import has_text_of
from ingest.model import Extract
from ingest.process.isolation import isolated
from ingest.process.threads import DetachedExecutor, in_threads_of
from ingest.reading import FoundArticle, Hints, read_bytes
from ingest.reading.documents import Entry
from ingest.reading.listings import is_listing, read_listing
from ingest.reading.registry import one_after_another, read_fetched
from ingest.refresh_steps import fetch_page, further_pages, missing_page


@cache
def _threads() -> DetachedExecutor:
    """Return the threads of previews, two for each core, for reading happens in processes."""
    return DetachedExecutor(2 * (os.cpu_count() or 1), "previews")


_in_preview_thread = in_threads_of(_threads)
"""Runs work in the threads of previews: a burst of slow ones takes no thread of answers."""


@dataclass(frozen=True, slots=True)
class Previewer:
    """Reader of addresses, files and pastes that stores nothing and does not block."""

    archive: Archive
    fetcher: Callable[[], Fetcher]

    async def address(self, url: str, outlet: str | None) -> Preview:
        """Fetch *url* and return a preview of its contents.

        Raises:
            ReadingError: it cannot be fetched, or holds no article.
        """
        url = pasted_address(url)
        async with self.fetcher() as fetcher:
            fetcher.pauses = self.archive.hosts
            fetched = await fetch_page(fetcher, url)
            if fetched.state is State.GONE:
                raise missing_page(url)
            if is_listing(fetched.data):
                return await self._preview_listing(fetched, url, outlet)
            read = partial(_extract_of, Hints(outlet=outlet))
            extract = await read(fetched)
            further = await further_pages(fetcher, fetched, extract, read)
        return await self._preview_page([extract, *(page for _, page in further)], url, outlet)

    async def data(self, data: bytes, name: str, hints: Hints) -> Preview:
        """Read a file or a paste and return a preview of its contents.

        If the hints have an address, its page is fetched and compared. Unless the page has the same
        text, the article is marked as pasted, without proof.
        """
        hints = replace(hints, url=pasted_address(hints.url) if hints.url else None)
        preview = await self._read_data(data, name, hints)
        if not hints.url or len(preview.articles) != 1:
            return preview
        [pasted] = preview.articles
        try:
            page = await self.address(hints.url, None)
        except ReadingError:
            return replace(preview, compared=False)
        for article in page.articles:
            if has_text_of(article.ready.extract.text, pasted.ready.extract.text):
                return replace(preview, articles=(article,), compared=True)
        return replace(preview, compared=False)

    @_in_preview_thread
    def _read_data(self, data: bytes, name: str, hints: Hints) -> Preview:
        """Read a file or a paste."""
        try:
            articles = isolated(name, _read, data, name, hints)
        except UnreadableError as problem:
            articles = [FoundArticle(name, problem=problem)]
        pasted = (
            replace(extract, header=replace(extract.header, pasted=True))
            for article in articles
            if (extract := article.extract)
        )
        previewed = tuple(self._preview_article(prepared_article(extract)) for extract in pasted)
        problems = tuple(str(article.problem) for article in articles if article.problem)
        fields = {"outlet": hints.outlet, "title": hints.title, "url": hints.url}
        present_hints = {key: value for key, value in fields.items() if value}
        return Preview(name, previewed, (), problems, hints.outlet, data, present_hints)

    async def suggestion(self, suggestion: Suggestion) -> Preview:
        """Read a suggested source again and return a preview of it.

        Raises:
            ReadingError: it cannot be fetched, or holds no article.
        """
        if suggestion.address is not None:
            return await self.address(suggestion.address, suggestion.outlet)
        fields = suggestion.hints or {}
        hints = Hints(outlet=fields.get("outlet"), title=fields.get("title"), url=fields.get("url"))
        return await self.data(suggestion.data or b"", suggestion.name, hints)

    @_in_preview_thread
    def _preview_listing(self, fetched: Fetched, url: str, outlet: str | None) -> Preview:
        listing = isolated(url, read_listing, fetched.data, fetched.url, fetched.charset)
        children = tuple(map(Entry, listing.children))
        entries, watched = listing.entries or children, self.archive.sources.at(url)
        if not entries:
            raise NoArticleError(f"{url} is a feed without any item now. Try again later.")
        return Preview(url, entries=entries, outlet=outlet, watched=watched)

    @_in_preview_thread
    def _preview_page(self, pages: Sequence[Extract], url: str, outlet: str | None) -> Preview:
        article = prepared_article(one_after_another(pages))
        return Preview(url, (self._preview_article(article),), outlet=outlet)

    def _preview_article(self, article: PreparedArticle) -> PreviewedArticle:
        stored = self.archive.articles.find(article.extract.header)
        copies = self.archive.articles.alike(article.extract)
        other_copies = tuple(copy for copy in copies if stored is None or copy.id != stored.id)
        return PreviewedArticle(article, stored, other_copies)


@_in_preview_thread
def _extract_of(hints: Hints, fetched: Fetched) -> Extract:
    """Return the article on a fetched page."""
    arguments = (fetched.data, fetched.url, fetched.content_type, fetched.charset, hints)
    return isolated(fetched.url, read_fetched, *arguments)


def _read(data: bytes, name: str, hints: Hints) -> list[FoundArticle]:
    """Read articles from bytes; runs in a separate process."""
    return list(read_bytes(data, name, hints))
