"""What moderators do to the coverage: look before it is kept, keep, remove, restore, watch.

Every deed is written down with who did it and where, and can be taken back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from bot.community.rules import DeskRules, ServerRules
from bot.ledger import Ledger
from bot.ledger.model import AuditAction, AuditEntry, GivenNotice, Suggestion
from ingest.adding import Outcome, Ready, keep_ready, ready
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError, ReadingError
from ingest.fetching import Fetcher, State
from ingest.fetching.addresses import checked
from ingest.model import Article, Evidence, Permission, Removal, Saved, Source
from ingest.reading import Hints, read_bytes
from ingest.reading.fetched import read_fetched
from ingest.reading.listings import Entry, is_listing, read_listing

UNDOABLE = frozenset(
    {
        AuditAction.ADDED,
        AuditAction.REMOVED,
        AuditAction.HIDDEN,
        AuditAction.RESTORED,
        AuditAction.WATCHED,
        AuditAction.UNWATCHED,
        AuditAction.SET,
    }
)
"""What can be taken back."""
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
    ``data`` are the bytes of a file or a paste, and ``hints`` what was said of them: another
    moderator may have to look at it as well.
    """

    name: str
    candidates: tuple[Candidate, ...] = ()
    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()
    outlet: str | None = None
    data: bytes | None = None
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of a list, and whether there are more behind it."""

    articles: Sequence[Article]
    offset: int
    more: bool


@dataclass(frozen=True, slots=True)
class Curator:
    """The verbs of moderators, over an open archive; nothing here blocks the event loop."""

    archive: Archive
    ledger: Ledger
    clock: Callable[[], datetime]
    fetcher: Callable[[], Fetcher]
    find: Callable[[str], Sequence[Evidence]] = lambda _text: ()
    """Searches the coverage; it blocks."""
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
            told = {"outlet": hints.outlet, "title": hints.title, "url": hints.url}
            said = {key: value for key, value in told.items() if value}
            return Preview(
                name, tuple(good), problems=problems, outlet=hints.outlet, data=data, hints=said
            )

        return await asyncio.to_thread(read)

    async def keep(self, preview: Preview, by: Moderator) -> list[Saved]:
        """Keep what was previewed."""

        def save() -> list[Saved]:
            articles = [each.article for each in preview.candidates]
            kept = keep_ready(articles, self.archive, self.clock(), Outcome(), restore=True)
            for each in kept:
                self._log(by, AuditAction.ADDED, article_id=each.article_id)
            return kept

        return await asyncio.to_thread(save)

    async def watch(self, preview: Preview, outlet: str, by: Moderator) -> Source:
        """Look at a feed or a sitemap from now on."""

        def begin() -> Source:
            source = self.archive.sources.watch(
                preview.name, outlet, Permission.UNSTATED, HOURLY, now=self.clock()
            )
            self._log(by, AuditAction.WATCHED, source_id=source.id, detail=source.address)
            return source

        source = await asyncio.to_thread(begin)
        self.wake.set()
        return source

    async def remove(self, article_id: int, by: Moderator) -> AuditEntry:
        """Take an article out of every answer."""

        def work() -> AuditEntry:
            self.archive.articles.remove(article_id, now=self.clock())
            return self._log(by, AuditAction.REMOVED, article_id=article_id)

        return await asyncio.to_thread(work)

    async def restore(self, article_id: int, by: Moderator) -> AuditEntry:
        """Let an article be cited again."""

        def work() -> AuditEntry:
            self.archive.articles.restore(article_id, now=self.clock())
            return self._log(by, AuditAction.RESTORED, article_id=article_id)

        return await asyncio.to_thread(work)

    async def hide(self, article_id: int, by: Moderator) -> AuditEntry:
        """Keep an article out of new answers; those that cite it are not told."""

        def work() -> AuditEntry:
            self.archive.articles.remove(article_id, now=self.clock(), removal=Removal.HIDDEN)
            return self._log(by, AuditAction.HIDDEN, article_id=article_id)

        return await asyncio.to_thread(work)

    async def unwatch(self, source_id: int, by: Moderator) -> AuditEntry:
        """Look at a source no more; its articles stay.

        Raises:
            SourceNotFoundError: there is no such source.
        """

        def work() -> AuditEntry:
            source = self.archive.sources.unwatch(source_id)
            before = {"outlet": source.outlet, "permission": str(source.permission)}
            return self._log(
                by,
                AuditAction.UNWATCHED,
                source_id=source_id,
                detail=source.address,
                before={**before, "every": source.every},
            )

        return await asyncio.to_thread(work)

    async def look_again(self, source_id: int) -> Source:
        """Look at a source without waiting for its turn.

        Raises:
            SourceNotFoundError: there is no such source.
        """

        def work() -> Source:
            source = self.archive.sources.get(source_id)
            self.archive.sources.make_due(source_id)
            return source

        source = await asyncio.to_thread(work)
        self.wake.set()
        return source

    async def set_rules(
        self, rules: ServerRules | DeskRules, place: str, by: Moderator
    ) -> AuditEntry:
        """Set what holds in a server, or with an empty *place* for the whole desk."""

        def work() -> AuditEntry:
            before = self.ledger.rules.get(place)
            self.ledger.rules.set(place, rules.values())
            return self._log(by, AuditAction.SET, detail=place, before=before)

        return await asyncio.to_thread(work)

    async def undo(self, number: int, by: Moderator) -> AuditEntry | None:
        """Take a deed back; ``None`` if it cannot be, or was taken back before.

        Raises:
            ArticleNotFoundError: its article was erased meanwhile.
        """
        deed = await asyncio.to_thread(self.ledger.audit.get, number)
        if deed is None or deed.undone_by is not None or deed.kind not in UNDOABLE:
            return None
        done = await self._reversed(deed, by)
        return (
            done
            if await asyncio.to_thread(self.ledger.audit.mark_undone, number, done.id)
            else None
        )

    async def _reversed(self, deed: AuditEntry, by: Moderator) -> AuditEntry:
        """Do the opposite of *deed*."""
        if deed.article_id is not None:
            gone = deed.kind in {AuditAction.REMOVED, AuditAction.HIDDEN}
            return await (self.restore if gone else self.remove)(deed.article_id, by)
        if deed.kind is AuditAction.WATCHED:
            return await self.unwatch(deed.source_id or 0, by)

        def work() -> AuditEntry:
            before = deed.before or {}
            if deed.kind is AuditAction.SET:
                now = self.ledger.rules.get(deed.detail or "")
                self.ledger.rules.set(deed.detail or "", before)
                return self._log(by, AuditAction.SET, detail=deed.detail, before=now)
            source = self.archive.sources.watch(
                deed.detail or "",
                before["outlet"],
                Permission(before["permission"]),
                before["every"],
                now=self.clock(),
            )
            return self._log(by, AuditAction.WATCHED, source_id=source.id, detail=source.address)

        done = await asyncio.to_thread(work)
        self.wake.set()
        return done

    async def propose(self, preview: Preview, member: str, by: Moderator) -> int:
        """Keep a preview for another moderator to decide on, and return its number."""
        listing = bool(preview.entries)
        suggestion = Suggestion(
            self.clock(),
            by.place,
            member,
            preview.name,
            address=preview.name if preview.data is None else None,
            data=preview.data,
            outlet=preview.outlet,
            hints=dict(preview.hints),
            watch=listing,
        )
        return await asyncio.to_thread(self.ledger.suggestions.add, suggestion)

    async def preview_suggestion(self, suggestion: Suggestion) -> Preview:
        """Look at what was proposed; nothing is kept.

        Raises:
            ReadingError: it cannot be fetched, or holds no article.
        """
        if suggestion.address is not None:
            return await self.preview_address(suggestion.address, suggestion.outlet)
        told = suggestion.hints or {}
        hints = Hints(outlet=told.get("outlet"), title=told.get("title"), url=told.get("url"))
        return await self.preview_bytes(suggestion.data or b"", suggestion.name, hints)

    async def suggestion(self, number: int) -> Suggestion | None:
        """Return a suggestion that is still open."""
        found = await asyncio.to_thread(self.ledger.suggestions.get, number)
        return found if found is not None and found.approved is None else None

    async def approve(self, suggestion: Suggestion, preview: Preview, by: Moderator) -> bool:
        """Keep or watch what was proposed; tell whether it was still open."""
        if not await asyncio.to_thread(
            self.ledger.suggestions.decide, suggestion.id, approved=True
        ):
            return False
        await asyncio.to_thread(self._log, by, AuditAction.APPROVED, detail=suggestion.name)
        if preview.entries and preview.outlet:
            await self.watch(preview, preview.outlet, by)
        else:
            await self.keep(preview, by)
        return True

    async def reject(self, suggestion: Suggestion, by: Moderator) -> bool:
        """Turn down what was proposed; tell whether it was still open."""
        if not await asyncio.to_thread(
            self.ledger.suggestions.decide, suggestion.id, approved=False
        ):
            return False
        await asyncio.to_thread(self._log, by, AuditAction.REJECTED, detail=suggestion.name)
        return True

    async def settled(self, what: str, by: Moderator) -> None:
        """Write down that what readers said was dealt with."""
        await asyncio.to_thread(self._log, by, AuditAction.SETTLED, detail=what)

    async def given(self, offset: int, limit: int) -> Sequence[GivenNotice]:
        """Return what readers were told of corrections, newest first."""
        return await asyncio.to_thread(
            partial(self.ledger.notices.last, limit=limit, offset=offset)
        )

    async def found(self, text: str) -> Sequence[Evidence]:
        """Search the coverage as a question does."""
        return await asyncio.to_thread(self.find, text)

    async def deed(self, number: int) -> AuditEntry | None:
        """Return one deed."""
        return await asyncio.to_thread(self.ledger.audit.get, number)

    async def article(self, number: int) -> Article:
        """Return one article.

        Raises:
            ArticleNotFoundError: there is none of that number.
        """
        return await asyncio.to_thread(self.archive.articles.get, number)

    async def titled(self, text: str, *, removed: bool = False) -> Sequence[Article]:
        """Return articles whose title or outlet contains *text*, newest first."""
        return await asyncio.to_thread(self.archive.articles.titled, text, removed=removed)

    async def listed(self, text: str, offset: int, limit: int) -> Shown:
        """Return one page of the articles that may be cited, newest first."""
        search = partial(
            self.archive.articles.titled, text, removed=False, offset=offset, limit=limit + 1
        )
        found = await asyncio.to_thread(search)
        return Shown(found[:limit], offset, len(found) > limit)

    async def quarantined(self, offset: int, limit: int) -> Shown:
        """Return one page of what is no article after all, unless a moderator says otherwise."""
        search = partial(
            self.archive.articles.listed,
            removal=Removal.QUARANTINED,
            offset=offset,
            limit=limit + 1,
        )
        found = await asyncio.to_thread(search)
        return Shown(found[:limit], offset, len(found) > limit)

    async def sources(self) -> Sequence[Source]:
        """Return what is watched."""
        return await asyncio.to_thread(self.archive.sources.watched)

    async def deeds(
        self, before: int | None = None, limit: int = 10
    ) -> list[tuple[AuditEntry, str]]:
        """Return the last deeds, newest first, each with the title of what it was done to."""

        def read() -> list[tuple[AuditEntry, str]]:
            return [
                (each, self._named(each))
                for each in self.ledger.audit.last(limit=limit, before=before)
            ]

        return await asyncio.to_thread(read)

    def _named(self, deed: AuditEntry) -> str:
        if deed.article_id is not None:
            try:
                return self.archive.articles.get(deed.article_id).header.title
            except ArticleNotFoundError:
                return f"{deed.article_id}"
        if deed.source_id is not None and not deed.detail:
            known = {each.id: each.address for each in self.archive.sources.watched()}
            return known.get(deed.source_id, f"{deed.source_id}")
        return deed.detail or ""

    def _candidate(self, article: Ready) -> Candidate:
        known = self.archive.articles.known(article.extract.header)
        copies = self.archive.articles.alike(article.extract)
        others = tuple(each for each in copies if known is None or each.id != known.id)
        return Candidate(article, known, others)

    def _log(
        self,
        by: Moderator,
        kind: AuditAction,
        *,
        article_id: int | None = None,
        source_id: int | None = None,
        detail: str | None = None,
        before: dict[str, Any] | None = None,
    ) -> AuditEntry:
        deed = AuditEntry(
            self.clock(),
            by.who,
            by.place,
            kind,
            article_id,
            source_id,
            detail=detail,
            before=before,
        )
        number = self.ledger.audit.add(deed)
        kept = self.ledger.audit.get(number)
        return kept or deed
