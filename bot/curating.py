"""What moderators do to the coverage: look before it is kept, keep, remove, restore, watch.

Every deed is written down with who did it and where, and can be taken back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ingest.adding import Outcome, Ready, keep_ready, ready
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError, ReadingError
from ingest.fetching import Fetcher, State
from ingest.fetching.addresses import checked
from ingest.model import Article, Permission, Removal, Saved, Source
from ingest.reading import Hints, read_bytes
from ingest.reading.fetched import read_fetched
from ingest.reading.listings import Entry, is_listing, read_listing
from ingest.recorded import Deed, DeedKind

HOURLY = 60
"""Minutes between two looks at a source that a moderator watches."""


@dataclass(frozen=True, slots=True)
class Moderator:
    """Who acts, and in which server; both are Discord's numbers."""

    who: str
    place: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One article that is not kept yet: is it known, and who carries it already?"""

    article: Ready
    known: Article | None
    copies: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What an address, a file or a paste holds, before anything of it is kept.

    A feed or a sitemap has ``entries`` and can be watched; everything else has ``candidates``.
    """

    name: str
    candidates: tuple[Candidate, ...] = ()
    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()
    outlet: str | None = None


@dataclass(frozen=True, slots=True)
class Curator:
    """The verbs of moderators, over an open archive; nothing here blocks the event loop."""

    archive: Archive
    clock: Callable[[], datetime]
    fetcher: Callable[[], Fetcher]
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a source is new, so that it is looked at without waiting."""

    async def preview_address(self, url: str, outlet: str | None) -> Preview:
        """Fetch *url* and say what it holds; nothing is kept.

        Raises:
            ReadingError: it cannot be fetched, or holds no article.
        """
        async with self.fetcher() as fetcher:
            found = await fetcher.fetch(checked(url))
        if found.state is State.GONE:
            raise ReadingError(f"{url} is gone (404 or 410).")
        hints = Hints(outlet=outlet)

        def read() -> Preview:
            if is_listing(found.data):
                listing = read_listing(found.data, found.url, found.content_type)
                children = tuple(map(Entry, listing.children))
                return Preview(url, entries=listing.entries or children, outlet=outlet)
            extract = read_fetched(found.data, found.url, found.content_type, found.charset, hints)
            return Preview(url, (self._candidate(ready(extract)),), outlet=outlet)

        return await asyncio.to_thread(read)

    async def preview_bytes(self, data: bytes, name: str, hints: Hints) -> Preview:
        """Read a file or a paste and say what it holds; nothing is kept."""

        def read() -> Preview:
            found = list(read_bytes(data, name, hints))
            good = [self._candidate(ready(each.extract)) for each in found if each.extract]
            problems = tuple(str(each.problem) for each in found if each.problem)
            return Preview(name, tuple(good), problems=problems, outlet=hints.outlet)

        return await asyncio.to_thread(read)

    async def keep(self, preview: Preview, by: Moderator) -> list[Saved]:
        """Keep what was previewed."""

        def save() -> list[Saved]:
            articles = [each.article for each in preview.candidates]
            kept = keep_ready(articles, self.archive, self.clock(), Outcome(), restore=True)
            for each in kept:
                self._log(by, DeedKind.ADDED, article_id=each.article_id)
            return kept

        return await asyncio.to_thread(save)

    async def watch(self, preview: Preview, outlet: str, by: Moderator) -> Source:
        """Look at a feed or a sitemap from now on."""

        def begin() -> Source:
            source = self.archive.watch(
                preview.name, outlet, Permission.UNSTATED, HOURLY, now=self.clock()
            )
            self._log(by, DeedKind.WATCHED, source_id=source.id)
            return source

        source = await asyncio.to_thread(begin)
        self.wake.set()
        return source

    async def remove(self, article_id: int, by: Moderator) -> Deed:
        """Take an article out of every answer."""

        def work() -> Deed:
            self.archive.remove(article_id, now=self.clock())
            return self._log(by, DeedKind.REMOVED, article_id=article_id)

        return await asyncio.to_thread(work)

    async def restore(self, article_id: int, by: Moderator) -> Deed:
        """Let an article be cited again."""

        def work() -> Deed:
            self.archive.restore(article_id, now=self.clock())
            return self._log(by, DeedKind.RESTORED, article_id=article_id)

        return await asyncio.to_thread(work)

    async def undo(self, number: int, by: Moderator) -> Deed | None:
        """Take a deed back; ``None`` if there is none, or it was taken back before."""
        deed = await asyncio.to_thread(self.archive.deed, number)
        if deed is None or deed.undone_by is not None or deed.article_id is None:
            return None
        back = self.restore if deed.kind is DeedKind.REMOVED else self.remove
        done = await back(deed.article_id, by)
        return done if await asyncio.to_thread(self.archive.undone, number, done.id) else None

    async def article(self, number: int) -> Article:
        """Return one article.

        Raises:
            ArticleNotFoundError: there is none of that number.
        """
        return await asyncio.to_thread(self.archive.article, number)

    async def titled(self, text: str, *, removed: bool = False) -> Sequence[Article]:
        """Return articles whose title or outlet contains *text*, newest first."""
        return await asyncio.to_thread(self.archive.titled, text, removed=removed)

    async def quarantined(self) -> Sequence[Article]:
        """Return what is no article after all, unless a moderator says otherwise."""
        return await asyncio.to_thread(self.archive.articles, removal=Removal.QUARANTINED, limit=25)

    async def sources(self) -> Sequence[Source]:
        """Return what is watched."""
        return await asyncio.to_thread(self.archive.sources)

    async def deeds(self, before: int | None = None, limit: int = 10) -> list[tuple[Deed, str]]:
        """Return the last deeds, newest first, each with the title of what it was done to."""

        def read() -> list[tuple[Deed, str]]:
            return [
                (each, self._named(each)) for each in self.archive.deeds(limit=limit, before=before)
            ]

        return await asyncio.to_thread(read)

    def _named(self, deed: Deed) -> str:
        if deed.article_id is not None:
            try:
                return self.archive.article(deed.article_id).header.title
            except ArticleNotFoundError:
                return f"{deed.article_id}"
        known = {each.id: each.address for each in self.archive.sources()}
        return known.get(deed.source_id or 0, f"{deed.source_id}")

    def _candidate(self, article: Ready) -> Candidate:
        known = self.archive.known(article.extract.header)
        copies = self.archive.alike(article.extract)
        others = tuple(each for each in copies if known is None or each.id != known.id)
        return Candidate(article, known, others)

    def _log(
        self,
        by: Moderator,
        kind: DeedKind,
        *,
        article_id: int | None = None,
        source_id: int | None = None,
    ) -> Deed:
        deed = Deed(self.clock(), by.who, by.place, kind, article_id, source_id)
        number = self.archive.log(deed)
        kept = self.archive.deed(number)
        return kept or deed
