"""Refreshing of sources, on request or when due: fetch, extract, decide, save."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from ingest.adding import AddingOutcome, PreparedArticle, keep_prepared, prepared_article
from ingest.archive import Archive
from ingest.archive.limits import SERVERS
from ingest.errors import DelayedError, IngestError, NoArticleError, ReadingError
from ingest.fetching.fetcher import Fetched, Fetcher, State, Validators
from ingest.fetching.identities import add_place, clean_url, seals_of
from ingest.limits import REFRESHES
from ingest.model import (
    NO_SNAPSHOTS,
    Decision,
    Extract,
    Header,
    Progress,
    Removal,
    Snapshot,
    SnapshotLimits,
    Source,
    SourcePage,
)
from ingest.process.isolation import OutOfBoundsError
from ingest.reading.documents import Entry, Hints
from ingest.reading.registry import (
    one_after_another,
    read_fetched,
    read_item,
    snapshot_of,
)
from ingest.refresh_steps import (
    announces_change,
    due_pages,
    extractor,
    fetch_listing,
    fetch_page,
    further_pages,
    longest_ago_first,
    mark_checked,
    missing_page,
    validators,
    waiting_pages,
)

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class SourceRound:
    """The result of one round at one source.

    ``waiting`` pages were left out, because their hosts allow no request before ``resumes_at``.
    """

    source: Source
    outcome: AddingOutcome = field(default_factory=AddingOutcome)
    unchanged: int = 0
    gone: list[SourcePage] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    held: int = 0
    waiting: int = 0
    resumes_at: datetime | None = None
    moved_from: str | None = None
    notes: list[str] = field(default_factory=list)
    failure: str | None = None

    @property
    def counts(self) -> dict[str, int]:
        """The number of new, changed, corrected, unchanged, gone, …, failed and waiting pages."""
        kinds = Counter(saved.decision for saved in self.outcome.saved)
        kinds[Decision.SAME] += self.unchanged
        kinds[Decision.GONE] += len(self.gone)
        kinds[Decision.QUARANTINED] += self.held
        problems = {"failed": len(self.failed), "waiting": self.waiting}
        return {**{str(kind): kinds[kind] for kind in Decision}, **problems}

    def wait(self, delay: DelayedError) -> None:
        """Note that something waits for its turn, and until when."""
        self.resumes_at = min(delay.until, self.resumes_at or delay.until)
        if str(delay) not in self.notes:
            self.notes.append(str(delay))


@dataclass(slots=True)
class Refresher:
    """A refresh of sources, with an archive, a fetcher, and an executor for extraction.

    *progress* receives the number of pages done and known so far. *by_hand* checks every listed
    page at once, and makes removed articles citable again. With *believe*, any number of pages may
    be gone. *hints* apply to pages whose source has no outlet. Within the limits of *snapshots*,
    fetched pages are stored beside the versions made from them. *announced* is what the listings
    of sources, by their number, said of pages that are read in a later round.
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
    prefetched: dict[str, Fetched] = field(default_factory=dict, init=False)
    announced: dict[int, dict[str, Entry]] = field(default_factory=dict)

    async def refresh(self, sources: Sequence[Source]) -> list[SourceRound]:
        """Check all sources concurrently; a failure at one does not stop the others.

        If this is cancelled, everything read so far is saved.
        """
        rounds = [SourceRound(source) for source in sources]
        self.fetcher.pauses = self.archive.hosts
        async with asyncio.TaskGroup() as group:
            for source_round in rounds:
                group.create_task(self._round(source_round))
        return rounds

    async def _round(self, source_round: SourceRound) -> None:
        """Check one source; store its failure in the result."""
        source, listing_asked = source_round.source, True
        try:
            listing_asked = await self._check_source(source_round)
        except DelayedError as delay:
            source_round.wait(delay)
            if delay.redirected or not any(source_round.counts.values()):
                source_round.failure = str(delay)
            listing_asked = delay.redirected
        except Exception as error:
            source_round.failure = sentence(error)
            if source_round.failure is None:
                logger.exception("Refreshing %s failed.", source.address)
                source_round.failure = "This source could not be refreshed; the log says why."
        if source_round.waiting and not source.id:
            advice = (
                f"The site of {source.address} asks for pauses between pages. Watch that address,"
                " and the other pages are read in turn."
            )
            source_round.failed.append((source.address, advice))
        if source_round.failure:
            failed = self.archive.sources.failed
            await asyncio.to_thread(failed, source.id, self.clock(), source_round.failure)
        if not listing_asked:
            await asyncio.to_thread(self.archive.sources.postpone, source)
        await asyncio.to_thread(self.archive.sources.ended, source.id, self.clock())

    async def _check_source(self, source_round: SourceRound) -> bool:
        """Read the listing, then every page in it that is due; first the pages that wait.

        Return False if the listing was not due and only pages that wait were read.

        Raises:
            DelayedError: the host of the listing allows no request yet.
        """
        source, now = source_round.source, self.clock()
        stored_pages = await asyncio.to_thread(self.archive.pages.of_source, source.id)
        if waiting := waiting_pages(source, stored_pages, now):
            announced = self.announced.get(source.id, {})
            waiting = [(address, announced.get(address, entry)) for address, entry in waiting]
            self.total += len(waiting)
            stored = {page.address: page for page in stored_pages}
            await self._pages(source_round, waiting[:1], stored)  # whose host may ask for a pause
            await self._pages(source_round, waiting[1:], stored)
            if source_round.waiting and not source.due(now):
                return False
            stored_pages = await asyncio.to_thread(self.archive.pages.of_source, source.id)
        listing = await fetch_listing(source, stored_pages, self.fetcher, now)
        source_round.notes += listing.notes
        source_round.failed += listing.failed
        source_round.waiting += len(listing.delays)
        for delay in listing.delays:
            source_round.wait(delay)
        if listing.page is not None:
            self.prefetched[source.address] = listing.page
        if listing.moved and source.id:
            source_round.moved_from = source.address
            source_round.notes.append(
                f"It has moved to {listing.moved} and is asked there from now on."
            )
            await asyncio.to_thread(self.archive.sources.move, source.id, listing.moved)
        addresses = {
            entry.address or add_place(clean_url(entry.url), source.place): entry
            for entry in listing.entries
        }
        pages = {page.address: page for page in stored_pages}
        unknown = [address for address in addresses if address not in pages]
        if unknown:
            seals = (
                seal
                for address in unknown
                for seal in seals_of(addresses[address].url, source.place)
            )
            names = [*unknown, *seals]
            pages |= await asyncio.to_thread(self.archive.pages.get, names)
        if self.by_hand:
            plan = longest_ago_first(addresses.items(), pages)
        else:
            plan = due_pages(addresses, pages, source.every, now, source.place)
        if listing.moved:
            listed_paths = {urlsplit(address).path for address in addresses}
            plan = [
                (a, e) for a, e in plan if a in addresses or urlsplit(a).path not in listed_paths
            ]
        tried = {address for address, _ in waiting}
        plan = [(address, entry) for address, entry in plan if address not in tried]
        plan = await self._within_room(source_round, plan, pages)
        self.total += len(plan)
        self._report_progress(0)
        await self._pages(source_round, plan, pages)
        self.announced.pop(source.id, None)
        if source_round.waiting:
            self.announced[source.id] = {a: replace(entry, content="") for a, entry in plan}
        await asyncio.to_thread(self.archive.pages.note, source.id or None, listing.sitemaps)
        await asyncio.to_thread(
            self.archive.sources.checked,
            source.id,
            now,
            listed=listing.usual,
            etag=listing.validators.etag,
            last_modified=listing.validators.last_modified,
        )
        return True

    async def _within_room(
        self,
        source_round: SourceRound,
        plan: Sequence[tuple[str, Entry]],
        pages: Mapping[str, SourcePage],
    ) -> list[tuple[str, Entry]]:
        """Return *plan* without the new pages for which the source's server has no room."""
        room = await asyncio.to_thread(self.archive.articles.room, source_round.source.place)
        new = [a for a, _ in plan if a not in pages or pages[a].article_id is None]
        excess = set() if room is None else set(new[room:])
        if excess:
            source_round.failure = (
                f"A server that is not home may add {SERVERS.articles:,} articles, so new pages of "
                "this source are not read. Whoever runs the bot can make room by erasing some."
            )
        return [(address, entry) for address, entry in plan if address not in excess]

    async def _pages(
        self,
        source_round: SourceRound,
        plan: Sequence[tuple[str, Entry]],
        pages: dict[str, SourcePage],
    ) -> None:
        """Fetch, extract and save the pages of *plan*, several at the same time."""
        queue, gone_before = iter(plan), len(source_round.gone)
        finished: list[_PageRound] = []
        saving = asyncio.Lock()

        async def keep() -> None:
            async with saving:
                batch = finished[:]
                finished.clear()
                await asyncio.to_thread(self._save_batch, source_round, batch)

        async def work() -> None:
            for address, entry in queue:
                finished.append(await self._page(source_round, address, entry, pages.get(address)))
                self._report_progress(1)
                count = len(finished)
                if count % REFRESHES.saved_pages == 0 and (
                    count >= REFRESHES.unchanged_pages or any(e.article for e in finished)
                ):
                    await asyncio.shield(keep())

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(REFRESHES.concurrent_pages):
                    group.create_task(work())
        finally:
            await asyncio.shield(keep())
        await self._withdraw(source_round, gone_before, len(pages))

    async def _page(
        self, source_round: SourceRound, address: str, entry: Entry, page: SourcePage | None
    ) -> _PageRound:
        """Fetch one page if it has changed, and extract its article."""
        now = self.clock()
        checked_page = mark_checked(page or SourcePage(address, entry.url, now), entry, now)
        try:
            hints = await asyncio.to_thread(self._hints, source_round.source, page)
            if entry.in_feed and not entry.content:
                return _PageRound(checked_page, State.UNCHANGED)
            if entry.in_feed or entry.post:
                article = await self._run(
                    entry.url, _extract_item, entry, source_round.source.address, hints, now
                )
                return _PageRound(checked_page, State.FRESH, article)
            response = await self._fetch(entry.url, validators(page))
            if response.state is State.UNCHANGED and page and not announces_change(entry, page):
                return _PageRound(page, State.UNCHANGED)
            if response.state is State.GONE and not checked_page.article_id:
                raise missing_page(entry.url)
            if response.state is not State.FRESH:
                return _PageRound(checked_page, response.state)
            received = response.validators
            checked_page = replace(
                checked_page, etag=received.etag, last_modified=received.last_modified
            )
            article, fetched = await self._article(response, hints, entry)
            await self._follow_move(source_round, response, page, article)
            return _PageRound(
                checked_page, State.FRESH, article, await self._snapshot(fetched, now)
            )
        except DelayedError as delay:
            return _delay(source_round, page, checked_page, entry, delay)
        except NoArticleError as error:
            if page and page.article_id and not page.removal and not self.by_hand:
                return await self._hold(source_round, checked_page, page.article_id, str(error))
            return _record_failure(source_round, checked_page, entry, error)
        except ReadingError as error:
            return _record_failure(source_round, checked_page, entry, error)

    async def _fetch(self, url: str, conditions: Validators | None) -> Fetched:
        """Fetch a page, unless its listing was the page itself."""
        return await fetch_page(self.fetcher, url, conditions, self.prefetched.pop(url, None))

    async def _snapshot(self, fetched: Sequence[Fetched], now: datetime) -> Snapshot | None:
        """Return a snapshot of the fetched pages, or None if none is stored."""
        if not (fetched and self.snapshots.days):
            return None
        return await asyncio.to_thread(snapshot_of, fetched, now)

    async def _article(
        self, response: Fetched, hints: Hints, entry: Entry
    ) -> tuple[PreparedArticle, Sequence[Fetched]]:
        """Extract an article with its further pages, or the one in its feed instead.

        The second value holds the fetched pages; it is empty for an article of a feed.
        """
        now = self.clock()

        async def prepared(page: Fetched) -> PreparedArticle:
            arguments = (page.data, page.url, page.content_type, page.charset, hints, entry, now)
            return await self._run(page.url, _extract, *arguments)

        async def read(page: Fetched) -> Extract:
            return (await prepared(page)).extract

        try:
            article = await prepared(response)
        except NoArticleError:
            if not entry.content:
                raise
            item = await self._run(entry.url, _extract_item, entry, entry.url, hints, now)
            return item, ()
        pages = await further_pages(self.fetcher, response, article.extract, read)
        if pages:
            extracts = [article.extract, *(extract for _, extract in pages)]
            article = await self._run(response.url, prepared_article, one_after_another(extracts))
        return article, [response, *(page for page, _ in pages)]

    async def _follow_move(
        self,
        source_round: SourceRound,
        response: Fetched,
        page: SourcePage | None,
        article: PreparedArticle,
    ) -> None:
        """Update the address of an article whose page or site has moved permanently."""
        article_id = page.article_id if page else None
        if article_id is None and source_round.moved_from:
            old_header = _at_host(article.extract.header, source_round.moved_from)
            place = source_round.source.place
            stored = await asyncio.to_thread(self.archive.articles.find, old_header, place)
            article_id = stored.id if stored else None
        elif not response.moved:
            return
        if article_id is not None:
            await asyncio.to_thread(self.archive.articles.move, article_id, article.extract)

    async def _hold(
        self, source_round: SourceRound, checked_page: SourcePage, article_id: int, reason: str
    ) -> _PageRound:
        """Keep an article citable whose page has no article at the moment; store the reason."""
        article = await asyncio.to_thread(self.archive.articles.get, article_id)
        explanation = f"{reason} Version {article.versions} stays."
        await asyncio.to_thread(self.archive.articles.hold, article_id, explanation)
        source_round.held += 1
        source_round.outcome.warnings.append(
            f"{reason} Version {article.versions} of article {article_id} stays."
        )
        return _PageRound(checked_page, None)

    async def _run(
        self, url: str, work: Callable[..., PreparedArticle], *arguments: object
    ) -> PreparedArticle:
        """Extract and split a page outside the event loop.

        Raises:
            UnreadableError: a limit was exceeded.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self.extractor, work, *arguments
            )
        except OutOfBoundsError as error:
            raise error.of(url) from error

    def _hints(self, source: Source, page: SourcePage | None) -> Hints:
        """Return the hints for a page: the outlet of its source, of *hints*, or as stored."""
        outlet = source.outlet or self.hints.outlet
        if not outlet and page is not None and page.article_id and not page.gone_for_good:
            outlet = self.archive.articles.get(page.article_id).header.outlet
        return replace(self.hints, outlet=outlet or None)

    def _save_batch(self, source_round: SourceRound, batch: Sequence[_PageRound]) -> None:
        """Save new and changed articles, then store the state of every page.

        Pages that are gone are handled later, together with their articles.
        """
        fresh = [page_round for page_round in batch if page_round.article is not None]
        articles = [page_round.article for page_round in fresh if page_round.article is not None]
        saved = keep_prepared(
            articles,
            self.archive,
            self.clock(),
            source_round.outcome,
            restore=self.by_hand,
            believe=self.by_hand or self.believe,
            place=source_round.source.place,
        )
        snapshots = {
            (saved_article.article_id, saved_article.version): page_round.snapshot
            for page_round, saved_article in zip(fresh, saved, strict=True)
            if page_round.snapshot
            and saved_article.decision is not Decision.SAME
            and saved_article.version
        }
        if snapshots:
            self.archive.snapshots.keep(snapshots, self.snapshots, now=self.clock())
        ids = {
            page_round.page.address: saved_article.article_id
            for page_round, saved_article in zip(fresh, saved, strict=True)
        }
        changed_pages, unchanged = [], []
        for page_round in batch:
            page = page_round.page
            if page_round.state is State.GONE and page.article_id and not page.removal:
                source_round.gone.append(page)
                continue
            source_round.unchanged += page_round.state is State.UNCHANGED
            if (
                page_round.state is State.UNCHANGED
                and not page.failure
                and page.checked_at is not None
            ):
                unchanged.append(page.address)
            else:
                changed_pages.append(
                    replace(page, article_id=ids.get(page.address, page.article_id))
                )
        self.archive.pages.note(source_round.source.id or None, changed_pages)
        self.archive.pages.note_unchanged(unchanged, now=self.clock())

    async def _withdraw(self, source_round: SourceRound, gone_before: int, pages: int) -> None:
        """Remove articles whose pages are gone, unless so many are that the site has failed.

        The first *gone_before* of the round were removed already.
        """
        gone = source_round.gone[gone_before:]
        if len(gone) > max(REFRESHES.gone_pages, REFRESHES.gone_share * pages) and not self.believe:
            source_round.notes.append(
                f"{len(gone)} of {pages} pages are gone at once. Nothing was "
                "removed: if that is right, refresh this source with --believe."
            )
            del source_round.gone[gone_before:]
            gone.clear()
        for article_id in (page.article_id for page in gone if page.article_id):
            await asyncio.to_thread(
                self.archive.articles.remove, article_id, now=self.clock(), removal=Removal.GONE
            )
        await asyncio.to_thread(self.archive.pages.note, source_round.source.id or None, gone)

    def _report_progress(self, step: int) -> None:
        self.done += step
        if self.progress:
            self.progress(self.done, self.total)


@dataclass(frozen=True, slots=True)
class _PageRound:
    """The result of checking one page; ``state`` is None if it failed."""

    page: SourcePage
    state: State | None
    article: PreparedArticle | None = None
    snapshot: Snapshot | None = None


def sentence(error: BaseException) -> str | None:
    """Return the message of our own error, also inside a group, or None for others' errors."""
    if isinstance(error, IngestError):
        return str(error)
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return next((message for member in inner if (message := sentence(member))), None)


def _extract(
    data: bytes,
    url: str,
    content_type: str,
    charset: str | None,
    hints: Hints,
    entry: Entry | None,
    now: datetime,
) -> PreparedArticle:
    """Extract and split one article; its arguments are plain values for use in another process."""
    return prepared_article(read_fetched(data, url, content_type, charset, hints, entry, now))


def _extract_item(entry: Entry, feed: str, hints: Hints, now: datetime) -> PreparedArticle:
    """Extract and split an article carried by a feed; may run in another process."""
    return prepared_article(read_item(entry, feed, hints, now))


def _record_failure(
    source_round: SourceRound, checked_page: SourcePage, entry: Entry, error: ReadingError
) -> _PageRound:
    """Store the reason why a page could not be read."""
    source_round.failed.append((entry.url, str(error)))
    return _PageRound(replace(checked_page, failure=str(error)), None)


def _delay(
    source_round: SourceRound,
    page: SourcePage | None,
    checked_page: SourcePage,
    entry: Entry,
    delay: DelayedError,
) -> _PageRound:
    """Return the unchanged record of a page that may not be fetched yet.

    If it was fetched and redirects to an address that waits, that address is fetched next time.
    """
    if delay.redirected:
        return _record_failure(source_round, replace(checked_page, url=delay.url), entry, delay)
    source_round.waiting += 1
    source_round.wait(delay)
    return _PageRound(page or replace(checked_page, checked_at=None), None)


def _at_host(header: Header, address: str) -> Header:
    """Return the header with its address on the host of *address*."""
    host = urlsplit(address)
    url = urlsplit(header.url or "")._replace(scheme=host.scheme, netloc=host.netloc).geturl()
    return replace(header, url=url)


async def keep_fresh(
    archive: Archive,
    clock: Callable[[], datetime],
    *,
    contact: str | None = None,
    snapshots: SnapshotLimits = NO_SNAPSHOTS,
    every: float = REFRESHES.poll_seconds,
    wake: asyncio.Event | None = None,
) -> None:
    """Refresh each source when it is due, until cancelled; failures are logged.

    Setting *wake* starts a check at once.
    """
    wake = wake or asyncio.Event()
    resumes: dict[int, datetime] = {}
    announced: dict[int, dict[str, Entry]] = {}
    with extractor() as processes:
        while True:
            try:
                if sources := await asyncio.to_thread(_claim_due, archive, clock(), resumes):
                    async with Fetcher(clock, contact=contact) as fetcher:
                        refresher = Refresher(
                            archive,
                            fetcher,
                            clock,
                            processes,
                            snapshots=snapshots,
                            announced=announced,
                        )
                        for source_round in await refresher.refresh(sources):
                            resumes.pop(source_round.source.id, None)
                            if source_round.resumes_at:
                                resumes[source_round.source.id] = source_round.resumes_at
            except Exception as error:
                logger.warning("Refreshing failed: %s", sentence(error) or repr(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), every)
            wake.clear()


def _claim_due(
    archive: Archive, now: datetime, resumes: Mapping[int, datetime]
) -> Sequence[Source]:
    """Return the due sources that this process claimed.

    *resumes* has the time at which a source with waiting pages is due.
    """
    due = [
        source
        for source in archive.sources.watched()
        if (
            resumes[source.id] <= now
            if source.id in resumes and source.checked_at
            else source.due(now)
        )
    ]
    return [source for source in due if archive.sources.claim(source, now)]
