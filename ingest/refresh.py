"""The spine of the web: fetch → extract → decide → save; then the index catches up."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from ingest.adding import AddingOutcome, PreparedArticle, keep_prepared, prepared_article
from ingest.archive import Archive
from ingest.errors import IngestError, NoArticleError, ReadingError, UnreachableError
from ingest.fetching import Fetched, Fetcher, State, Validators
from ingest.identity import apart, clean_url, seals_of
from ingest.isolation import OutOfBoundsError
from ingest.model import (
    NO_SNAPSHOTS,
    Decision,
    Header,
    Progress,
    Removal,
    Snapshot,
    SnapshotLimits,
    Source,
    SourcePage,
)
from ingest.reading.fetched import (
    SENT_ON,
    is_next_page,
    one_after_another,
    read_fetched,
    read_item,
    sent_on,
)
from ingest.reading.found import Hints
from ingest.reading.listings import Entry
from ingest.refreshing.listed import fetch_listing
from ingest.refreshing.planning import announced, looked_at, planned, validators
from ingest.refreshing.snapshots import snapshot_of

logger = logging.getLogger(__name__)

_BATCH = 32
"""Pages that are saved and noted together; a crash or a stop repeats at most these."""
_MANY = 512
"""Pages that are noted together where none of them is to be saved."""
_AT_ONCE = 8
"""Pages of one source on their way; those of one host still queue one behind the other."""
_FURTHER = 20
"""Further pages of one article that are read at most."""
_GONE_AT_ONCE = 0.2
"""Share of a source's pages that may be gone in one round; more is taken for its own fault."""
_FEW = 3
"""Pages that may be gone in one round however few there are."""


@dataclass(slots=True)
class SourceRound:
    """What one round found at one source."""

    source: Source
    outcome: AddingOutcome = field(default_factory=AddingOutcome)
    unchanged: int = 0
    gone: list[SourcePage] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    held: int = 0
    moved_from: str | None = None
    notes: list[str] = field(default_factory=list)
    failure: str | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many pages are new, changed, corrected, unchanged, gone, …, and how many failed."""
        kinds = Counter(each.decision for each in self.outcome.saved)
        kinds[Decision.SAME] += self.unchanged
        kinds[Decision.GONE] += len(self.gone)
        kinds[Decision.QUARANTINED] += self.held
        return {**{str(kind): kinds[kind] for kind in Decision}, "failed": len(self.failed)}


@dataclass(slots=True)
class Refresher:
    """What a round needs: an open archive, a fetcher, and threads or processes to extract in.

    *progress* is told how many pages are done and how many are known to be there so far. *by_hand*
    looks at every listed page at once, and lets an article stand again that was removed. With
    *believe* any number of pages may be gone. *hints* are for pages whose source names no outlet.
    Within *snapshots* what was fetched is kept beside the versions that are made of it.
    """

    archive: Archive
    fetcher: Fetcher
    clock: Callable[[], datetime]
    extractor: Executor | None = None
    progress: Progress | None = None
    by_hand: bool = False
    believe: bool = False
    hints: Hints = field(default_factory=Hints)
    snapshots: SnapshotLimits = NO_SNAPSHOTS
    done: int = field(default=0, init=False)
    total: int = field(default=0, init=False)
    at_hand: dict[str, Fetched] = field(default_factory=dict, init=False)

    async def refresh(self, sources: Sequence[Source]) -> list[SourceRound]:
        """Look at every source at the same time; what goes wrong at one stops no other.

        What was read when this is cancelled is kept.
        """
        rounds = [SourceRound(source) for source in sources]
        hosts, now = self.archive.hosts, self.clock()
        self.fetcher.leave_alone(await asyncio.to_thread(hosts.resting, now))
        try:
            async with asyncio.TaskGroup() as together:
                for each in rounds:
                    together.create_task(self._round(each))
        finally:
            await asyncio.shield(asyncio.to_thread(hosts.rest, dict(self.fetcher.resting), now))
        return rounds

    async def _round(self, told: SourceRound) -> None:
        """Look at one source; its failure is part of what is told."""
        source = told.source
        try:
            await self._look(told)
        except Exception as error:
            told.failure = sentence(error)
            if told.failure is None:
                logger.exception("Refreshing %s failed.", source.address)
                told.failure = "This source could not be refreshed; the log says why."
        if told.failure:
            failed = self.archive.sources.failed
            await asyncio.to_thread(failed, source.id, self.clock(), told.failure)
        await asyncio.to_thread(self.archive.sources.ended, source.id, self.clock())

    async def _look(self, told: SourceRound) -> None:
        """Read the listing, then every page of it that is due."""
        source, now = told.source, self.clock()
        known = await asyncio.to_thread(self.archive.pages.of_source, source.id)
        now_listed = await fetch_listing(source, known, self.fetcher, now)
        told.notes += now_listed.notes
        told.failed += now_listed.failed
        if now_listed.page is not None:
            self.at_hand[source.address] = now_listed.page
        if now_listed.moved and source.id:
            told.moved_from = source.address
            told.notes.append(f"It has moved to {now_listed.moved} and is asked there from now on.")
            await asyncio.to_thread(self.archive.sources.move, source.id, now_listed.moved)
        addresses = {
            each.address or apart(clean_url(each.url), source.place): each
            for each in now_listed.entries
        }
        pages = {each.address: each for each in known}
        unknown = [address for address in addresses if address not in pages]
        if unknown:
            seals = (
                seal for each in unknown for seal in seals_of(addresses[each].url, source.place)
            )
            sought = [*unknown, *seals]
            pages |= await asyncio.to_thread(self.archive.pages.get, sought)
        if self.by_hand:
            plan = list(addresses.items())
        else:
            plan = planned(addresses, pages, source.every, now, source.place)
        if now_listed.moved:
            anew = {urlsplit(address).path for address in addresses}
            plan = [(a, e) for a, e in plan if a in addresses or urlsplit(a).path not in anew]
        self.total += len(plan)
        self._tell(0)
        await self._pages(told, plan, pages)
        await self._withdraw(told, len(pages))
        await asyncio.to_thread(self.archive.pages.note, source.id or None, now_listed.sitemaps)
        await asyncio.to_thread(
            self.archive.sources.checked,
            source.id,
            now,
            listed=now_listed.usual,
            etag=now_listed.validators.etag,
            last_modified=now_listed.validators.last_modified,
        )

    async def _pages(
        self, told: SourceRound, plan: Sequence[tuple[str, Entry]], pages: dict[str, SourcePage]
    ) -> None:
        """Fetch, extract and keep each page of *plan*, several on their way at once."""
        waiting = iter(plan)
        finished: list[_PageRound] = []
        one_at_a_time = asyncio.Lock()

        async def keep() -> None:
            async with one_at_a_time:
                batch = finished[:]
                finished.clear()
                await asyncio.to_thread(self._keep, told, batch)

        async def work() -> None:
            for address, entry in waiting:
                finished.append(await self._page(told, address, entry, pages.get(address)))
                self._tell(1)
                count = len(finished)
                if count % _BATCH == 0 and (count >= _MANY or any(e.article for e in finished)):
                    await asyncio.shield(keep())

        try:
            async with asyncio.TaskGroup() as together:
                for _ in range(_AT_ONCE):
                    together.create_task(work())
        finally:
            await asyncio.shield(keep())

    async def _page(
        self, told: SourceRound, address: str, entry: Entry, page: SourcePage | None
    ) -> _PageRound:
        """Fetch one page, if it has changed, and extract its article."""
        now = self.clock()
        noted = looked_at(page or SourcePage(address, entry.url, now), entry, now)
        try:
            hints = await asyncio.to_thread(self._hints, told.source, page)
            if entry.in_feed and not entry.content:
                return _PageRound(noted, State.UNCHANGED)
            if entry.in_feed or entry.post:
                article = await self._run(
                    entry.url, _extract_item, entry, told.source.address, hints, now
                )
                return _PageRound(noted, State.FRESH, article)
            found = await self._fetched(entry.url, validators(page))
            if found.state is State.UNCHANGED and page and not announced(entry, page):
                return _PageRound(page, State.UNCHANGED)
            if found.state is State.GONE and not noted.article_id:
                raise UnreachableError(f"{entry.url} is gone (404 or 410).")
            if found.state is not State.FRESH:
                return _PageRound(noted, found.state)
            given = found.validators
            noted = replace(noted, etag=given.etag, last_modified=given.last_modified)
            article, fetched = await self._article(found, hints, entry)
            await self._follow_move(told, found, page, article)
            return _PageRound(noted, State.FRESH, article, await self._snapshot(fetched, now))
        except NoArticleError as error:
            if page and page.article_id and not page.removal and not self.by_hand:
                return await self._hold(told, noted, page.article_id, str(error))
            return _failed(told, noted, entry, error)
        except ReadingError as error:
            return _failed(told, noted, entry, error)

    async def _fetched(self, url: str, known: Validators | None) -> Fetched:
        """Fetch a page, through those that only send a browser on."""
        found = self.at_hand.pop(url, None) or await self.fetcher.fetch(url, known)
        for _ in range(SENT_ON):
            further = sent_on(found.data, found.url) if found.state is State.FRESH else None
            if further is None:
                break
            found = await self.fetcher.fetch(further)
        return found

    async def _snapshot(self, fetched: Sequence[Fetched], now: datetime) -> Snapshot | None:
        """Write down what was fetched, where that is wanted."""
        if not (fetched and self.snapshots.days):
            return None
        return await asyncio.to_thread(snapshot_of, fetched, now)

    async def _article(
        self, found: Fetched, hints: Hints, entry: Entry
    ) -> tuple[PreparedArticle, Sequence[Fetched]]:
        """Extract an article with its further pages, or what its feed carries in its place.

        Of what a feed carries nothing was fetched.
        """
        now = self.clock()
        given = (found.data, found.url, found.content_type, found.charset, hints, entry, now)
        try:
            article = await self._run(found.url, _extract, *given)
        except NoArticleError:
            if not entry.content:
                raise
            item = await self._run(entry.url, _extract_item, entry, entry.url, hints, now)
            return item, ()
        seen, pages, fetched = {found.url}, [article.extract], [found]
        following = article.extract.follows
        while following and is_next_page(following, found.url) and len(pages) <= _FURTHER:
            if following in seen:
                break
            seen.add(following)
            further = await self.fetcher.fetch(following)
            if further.state is not State.FRESH:
                break
            kind, charset = further.content_type, further.charset
            more = await self._run(
                further.url, _extract, further.data, further.url, kind, charset, hints, entry, now
            )
            pages.append(more.extract)
            fetched.append(further)
            following = more.extract.follows
        if len(pages) > 1:
            article = await self._run(found.url, prepared_article, one_after_another(pages))
        return article, fetched

    async def _follow_move(
        self, told: SourceRound, found: Fetched, page: SourcePage | None, article: PreparedArticle
    ) -> None:
        """Let a known article stand where its page, or its whole site, has moved to for good."""
        own = page.article_id if page else None
        if own is None and told.moved_from:
            before = _elsewhere(article.extract.header, told.moved_from)
            place = told.source.place
            kept = await asyncio.to_thread(self.archive.articles.known, before, place)
            own = kept.id if kept else None
        elif not found.moved:
            return
        if own is not None:
            await asyncio.to_thread(self.archive.articles.move, own, article.extract)

    async def _hold(
        self, told: SourceRound, noted: SourcePage, article_id: int, why: str
    ) -> _PageRound:
        """Let an article stand whose page holds none at the moment, and say why."""
        kept = await asyncio.to_thread(self.archive.articles.get, article_id)
        stays = f"{why} Version {kept.versions} stays."
        await asyncio.to_thread(self.archive.articles.hold, article_id, stays)
        told.held += 1
        told.outcome.warnings.append(
            f"{why} Version {kept.versions} of article {article_id} stays."
        )
        return _PageRound(noted, None)

    async def _run(
        self, url: str, work: Callable[..., PreparedArticle], *given: object
    ) -> PreparedArticle:
        """Extract and split what is at *url* outside the event loop.

        Raises:
            UnreadableError: it takes more than it may.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self.extractor, work, *given)
        except OutOfBoundsError as error:
            raise error.of(url) from error

    def _hints(self, source: Source, page: SourcePage | None) -> Hints:
        """Say which outlet a page is of: its source's, the one named by hand, or as before."""
        outlet = source.outlet or self.hints.outlet
        if not outlet and page is not None and page.article_id and not page.gone_for_good:
            outlet = self.archive.articles.get(page.article_id).header.outlet
        return replace(self.hints, outlet=outlet or None)

    def _keep(self, told: SourceRound, batch: Sequence[_PageRound]) -> None:
        """Save what is new or changed, and note every page after that.

        A page that is gone is noted with its article's withdrawal, which waits for the others.
        """
        fresh = [each for each in batch if each.article is not None]
        articles = [each.article for each in fresh if each.article is not None]
        saved = keep_prepared(
            articles,
            self.archive,
            self.clock(),
            told.outcome,
            restore=self.by_hand,
            believe=self.by_hand or self.believe,
            place=told.source.place,
        )
        taken = {
            (one.article_id, one.version): each.snapshot
            for each, one in zip(fresh, saved, strict=True)
            if each.snapshot and one.decision is not Decision.SAME and one.version
        }
        if taken:
            self.archive.snapshots.keep(taken, self.snapshots, now=self.clock())
        ids = {each.page.address: one.article_id for each, one in zip(fresh, saved, strict=True)}
        noted, same = [], []
        for each in batch:
            page = each.page
            if each.state is State.GONE and page.article_id and not page.removal:
                told.gone.append(page)
                continue
            told.unchanged += each.state is State.UNCHANGED
            if each.state is State.UNCHANGED and not page.failure and page.checked_at is not None:
                same.append(page.address)
            else:
                noted.append(replace(page, article_id=ids.get(page.address, page.article_id)))
        self.archive.pages.note(told.source.id or None, noted)
        self.archive.pages.note_unchanged(same, now=self.clock())

    async def _withdraw(self, told: SourceRound, pages: int) -> None:
        """Mark as gone what is gone, unless that is so much that the site must be at fault."""
        if len(told.gone) > max(_FEW, _GONE_AT_ONCE * pages) and not self.believe:
            told.notes.append(
                f"{len(told.gone)} of {pages} pages are gone at once. Nothing was removed: if that "
                "is right, refresh this source with --believe."
            )
            told.gone.clear()
        for article_id in (page.article_id for page in told.gone if page.article_id):
            await asyncio.to_thread(
                self.archive.articles.remove, article_id, now=self.clock(), removal=Removal.GONE
            )
        await asyncio.to_thread(self.archive.pages.note, told.source.id or None, told.gone)

    def _tell(self, step: int) -> None:
        self.done += step
        if self.progress:
            self.progress(self.done, self.total)


@dataclass(frozen=True, slots=True)
class _PageRound:
    """One page after it was looked at; ``state`` is ``None`` where that failed."""

    page: SourcePage
    state: State | None
    article: PreparedArticle | None = None
    snapshot: Snapshot | None = None


def sentence(error: BaseException) -> str | None:
    """Return what our own error says, wherever in a group it is; ``None`` for others' errors."""
    if isinstance(error, IngestError):
        return str(error)
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return next((said for each in inner if (said := sentence(each))), None)


def _extract(
    data: bytes,
    url: str,
    content_type: str,
    charset: str | None,
    hints: Hints,
    entry: Entry | None,
    now: datetime,
) -> PreparedArticle:
    """Extract and split one article; runs in a process of its own, so it takes plain values."""
    return prepared_article(read_fetched(data, url, content_type, charset, hints, entry, now))


def _extract_item(entry: Entry, feed: str, hints: Hints, now: datetime) -> PreparedArticle:
    """Extract and split an article that a feed carries; runs in a process of its own."""
    return prepared_article(read_item(entry, feed, hints, now))


def _failed(told: SourceRound, noted: SourcePage, entry: Entry, error: ReadingError) -> _PageRound:
    """Note why a page could not be read."""
    told.failed.append((entry.url, str(error)))
    return _PageRound(replace(noted, failure=str(error)), None)


def _elsewhere(header: Header, address: str) -> Header:
    """Return a header as it would be on the host of *address*."""
    host = urlsplit(address)
    url = urlsplit(header.url or "")._replace(scheme=host.scheme, netloc=host.netloc).geturl()
    return replace(header, url=url)
