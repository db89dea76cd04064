"""Steps of a refresh: the listing of a source, its pages that are due, a process for each."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from ingest.errors import (
    DelayedError,
    NoArticleError,
    ReadingError,
    UnreachableError,
    UnreadableError,
)
from ingest.fetching.addresses import short_address
from ingest.fetching.fetcher import (
    Fetched,
    Fetcher,
    State,
    Validators,
    delayed_redirect,
    utc_minute,
)
from ingest.fetching.identities import add_place, clean_url, seals_of
from ingest.limits import REFRESHES
from ingest.model import Extract, Source, SourcePage
from ingest.process.isolation import Isolation, isolated
from ingest.reading.documents import Entry
from ingest.reading.limits import FILES, PAGES
from ingest.reading.listings import Listing, is_listing, read_listing
from ingest.reading.registry import is_next_page, redirect_target


def due_pages(
    listed: Mapping[str, Entry],
    pages: Mapping[str, SourcePage],
    every: int,
    now: datetime,
    place: str = "",
) -> list[tuple[str, Entry]]:
    """Return the pages to check now: listed ones first, then those that were listed before.

    With a *place*, the source belongs to that server.
    """
    unlisted = {
        page.address: Entry(page.url) for page in pages.values() if page.url and not page.listing
    }
    covered = {pages[address].article_id for address in listed if address in pages} - {None}
    unlisted = {
        address: entry
        for address, entry in unlisted.items()
        if address not in listed and pages[address].article_id not in covered
    }
    due = [
        (address, entry)
        for address, entry in (*listed.items(), *unlisted.items())
        if (address in pages or not any(seal in pages for seal in seals_of(entry.url, place)))
        and _is_due(pages.get(address), entry, every, now, listed=address in listed)
    ]
    return longest_ago_first(due, pages)


def longest_ago_first(
    plan: Iterable[tuple[str, Entry]], pages: Mapping[str, SourcePage]
) -> list[tuple[str, Entry]]:
    """Return *plan* with new pages first, as listed, then those whose last fetch is the oldest.

    So each page has its turn, even if its host allows few requests.
    """

    def asked_at(item: tuple[str, Entry]) -> datetime:
        page = pages.get(item[0])
        return (page and page.checked_at) or datetime.min.replace(tzinfo=UTC)

    return sorted(plan, key=asked_at)


def waiting_pages(
    source: Source, stored_pages: Sequence[SourcePage], now: datetime
) -> list[tuple[str, Entry]]:
    """Return the pages of *source* that are fetched before its listing.

    They were due when the listing was last fetched, but were not fetched since, because their host
    allows few requests or the process ended. If both are due, the listing and the pages alternate.
    """
    asked_at = source.checked_at
    if asked_at is None:
        return []
    was_asked = any(
        page.checked_at and page.checked_at >= asked_at and not page.listing
        for page in stored_pages
    )
    if was_asked and source.due(now):
        return []
    pages = {page.address: page for page in _newest_addresses(stored_pages)}
    return due_pages({}, pages, source.every, asked_at, source.place)


def _newest_addresses(pages: Iterable[SourcePage]) -> Iterator[SourcePage]:
    """Yield *pages*, newest first, without listings and older addresses of the same articles."""
    article_ids: set[int] = set()
    for page in pages:
        if page.url and not page.listing and page.article_id not in article_ids:
            article_ids |= {page.article_id} if page.article_id else set()
            yield page


def _is_due(
    page: SourcePage | None, entry: Entry, every: int, now: datetime, *, listed: bool
) -> bool:
    """Return True if a page is to be checked now.

    New pages and announced changes are due at once; others less often the older they are.
    """
    if page is None or page.checked_at is None:
        return True
    if page.gone_for_good:
        return False
    if announces_change(entry, page):
        return True
    age = now - page.first_at
    if not listed and age > REFRESHES.unlisted_age:
        return False
    return now - page.checked_at >= max(timedelta(minutes=every), age / REFRESHES.age_divisor)


def announces_change(entry: Entry, page: SourcePage) -> bool:
    """Return True if a listing gives a new modification time for a page."""
    return entry.modified is not None and entry.modified.isoformat() != page.modified


def mark_checked(page: SourcePage, entry: Entry, now: datetime) -> SourcePage:
    """Return *page* as checked at *now* without a failure, with the listing's modification time."""
    modified = entry.modified.isoformat() if entry.modified else page.modified
    return replace(page, checked_at=now, failure=None, modified=modified)


def validators(page: SourcePage | None) -> Validators | None:
    """Return the validators of a page; None if it failed or was removed, to fetch it in full."""
    if page is None or page.failure or page.removal:
        return None
    return Validators(page.etag, page.last_modified)


def extractor() -> Isolation:
    """Return a pool with one limited process for each core, started on first use."""
    return Isolation(os.cpu_count() or 1)


async def fetch_page(
    fetcher: Fetcher,
    url: str,
    conditions: Validators | None = None,
    response: Fetched | None = None,
) -> Fetched:
    """Fetch a page, and follow pages that only forward a browser.

    *response* is the response for *url* if it was fetched already.

    Raises:
        NoArticleError: the page leads to the front page of its site, which is another text.
        ReadingError: it cannot be fetched.
    """
    response = response or await fetcher.fetch(url, conditions)
    for _ in range(PAGES.redirects):
        target = (
            redirect_target(response.data, response.url) if response.state is State.FRESH else None
        )
        if target is None:
            break
        try:
            response = await fetcher.fetch(target)
        except DelayedError as delay:
            raise delayed_redirect(url, delay) from delay
    if response.state is State.FRESH and _is_front_page(response.url, url):
        raise NoArticleError(
            f"{short_address(url)} leads to the front page of its site and to no article. "
            "Check the address."
        )
    return response


def _is_front_page(final_url: str, url: str) -> bool:
    """Return True if *url* was redirected to the front page of the same site."""
    final, first = urlsplit(clean_url(final_url)), urlsplit(clean_url(url))
    hosts = [(parts.hostname or "").removeprefix("www.") for parts in (final, first)]
    is_first_page = first.path == "/" and not first.query
    return hosts[0] == hosts[1] and final.path == "/" and not final.query and not is_first_page


def missing_page(url: str) -> UnreachableError:
    """Return the error for an address that has no page and never had an article."""
    return UnreachableError(
        f"There is no page at {short_address(url)} (404 or 410). Check the address."
    )


async def further_pages(
    fetcher: Fetcher,
    first: Fetched,
    extract: Extract,
    read: Callable[[Fetched], Awaitable[Extract]],
) -> list[tuple[Fetched, Extract]]:
    """Return the further pages of an article whose *first* page holds *extract*, in order.

    Raises:
        ReadingError: one of them cannot be fetched, or *read* finds no article in it.
    """
    pages: list[tuple[Fetched, Extract]] = []
    addresses = {first.url}
    next_url = extract.follows
    while next_url and next_url not in addresses and is_next_page(next_url, first.url):
        if len(pages) >= REFRESHES.next_pages:
            break
        addresses.add(next_url)
        try:
            page = await fetcher.fetch(next_url)
        except DelayedError as delay:
            raise UnreachableError(
                f"{short_address(first.url)} goes on at {short_address(next_url)}, which may be "
                f"asked for after {utc_minute(delay.until)} UTC only, so it is "
                "not read in parts. Paste its whole text."
            ) from delay
        if page.state is not State.FRESH:
            break
        extract = await read(page)
        pages.append((page, extract))
        next_url = extract.follows
    return pages


@dataclass(slots=True)
class _SourceListing:
    """The listing of a source, with the validators for next time and the failures.

    ``page`` is the response if the source is a page itself; ``moved`` is the source's new address
    after a permanent redirect. ``sitemaps`` are stored like pages, so that unchanged ones are not
    fetched again. ``delays`` are those of sitemaps whose host allows no request yet.
    """

    validators: Validators
    entries: list[Entry] = field(default_factory=list)
    sitemaps: list[SourcePage] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    delays: list[DelayedError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    usual: int | None = None
    page: Fetched | None = None
    moved: str | None = None


async def fetch_listing(
    source: Source, known_pages: Sequence[SourcePage], fetcher: Fetcher, now: datetime
) -> _SourceListing:
    """Fetch the listing of *source*; if it is unchanged, return the *known_pages*.

    If sitemaps of its last listing wait for their turn, they are fetched instead of it.

    Raises:
        DelayedError: its host allows no request yet, for the listing or any sitemap.
        ReadingError: it is gone, cannot be fetched or cannot be read.
    """
    conditions = Validators(source.etag, source.last_modified)
    waiting = deque(page.url for page in known_pages if page.listing and page.checked_at is None)
    if waiting:
        listed = _SourceListing(conditions, usual=source.listed)
        _list_known(listed, known_pages)
        await _read_sitemaps(listed, waiting, known_pages, fetcher, now, source.place)
        if all(page.checked_at is None for page in listed.sitemaps):
            raise listed.delays[0]
        return listed
    response = await fetcher.fetch(source.address, conditions)
    if response.state is State.GONE:
        raise UnreachableError(f"{source.address} is gone (404 or 410). Its articles stay.")
    if response.state is State.UNCHANGED:
        listed = _SourceListing(conditions, usual=source.listed)
        sitemaps = _list_known(listed, known_pages)
    elif not is_listing(response.data):
        address = add_place(clean_url(source.address), source.place)
        if any(page.url and page.address != address for page in known_pages):
            raise UnreadableError(
                f"{source.address} listed articles and is a page now. Its articles stay; check the "
                "address."
            )
        moved = response.url if response.moved else None
        entries = [Entry(source.address)]
        return _SourceListing(response.validators, entries, usual=1, page=response, moved=moved)
    else:
        listed = _SourceListing(response.validators)
        listed.moved = response.url if response.moved else None
        listing = await _read(response)
        listed.entries += listing.entries
        listed.notes += _listing_notes(listing)
        sitemaps = deque(listing.children)
    await _read_sitemaps(listed, sitemaps, known_pages, fetcher, now, source.place)
    _compare(listed, source)
    return listed


def _listing_notes(listing: Listing) -> list[str]:
    """Return notes on a listing that is empty or has unreadable items."""
    notes = []
    if listing.unread:
        notes.append(f"{listing.unread} of its items have neither a link nor an article.")
    if listing.beyond:
        count = len(listing.entries)
        notes.append(
            f"It lists {count + listing.beyond:,} pages; the newest {count:,} are looked at."
        )
    if not (notes or listing.entries or listing.children):
        notes.append("It is a feed without any item at the moment.")
    return notes


def _list_known(listed: _SourceListing, known_pages: Sequence[SourcePage]) -> deque[str]:
    """Add the known pages to the listing, and return the known sitemaps.

    Of two pages with the same article, which has moved, the newer is listed; it comes first.
    """
    listed.entries += [
        Entry(page.url, address=page.address) for page in _newest_addresses(known_pages)
    ]
    return deque(page.url for page in known_pages if page.listing)


async def _read_sitemaps(
    listed: _SourceListing,
    queue: deque[str],
    known_pages: Sequence[SourcePage],
    fetcher: Fetcher,
    now: datetime,
    place: str,
) -> None:
    """Read each sitemap that has changed, and those that it names in turn."""
    pages = {page.address: page for page in known_pages if page.listing}
    addresses: set[str] = set()
    while queue and len(addresses) < FILES.listing_sitemaps:
        url = queue.popleft()
        address = add_place(clean_url(url), place)
        if address in addresses:
            continue
        addresses.add(address)
        page = pages.get(address) or SourcePage(address, url, now, listing=True)
        try:
            response = await fetcher.fetch(url, validators(pages.get(address)))
            if response.state is State.FRESH:
                inner = await _read(response)
                listed.entries += inner.entries
                queue.extend(inner.children)
                received = response.validators
                page = replace(page, etag=received.etag, last_modified=received.last_modified)
            elif response.state is State.UNCHANGED and not listed.usual:
                listed.usual = len(known_pages)
                queue.extend(_list_known(listed, known_pages))
            listed.sitemaps.append(replace(page, checked_at=now, failure=None))
        except DelayedError as delay:
            listed.sitemaps.append(replace(page, checked_at=None))
            listed.delays.append(delay)
        except ReadingError as error:
            if address in pages:
                listed.sitemaps.append(replace(page, checked_at=now, failure=str(error)))
            listed.failed.append((url, str(error)))
    if queue:
        listed.notes.append(
            f"It names more than {FILES.listing_sitemaps} sitemaps; the others were left out."
        )


def _compare(listed: _SourceListing, source: Source) -> None:
    """Note if far fewer pages are listed than usual, and update the usual number."""
    usual, count = source.listed or 0, len(listed.entries)
    if usual >= REFRESHES.usual_pages and count < usual / 2:
        listed.notes.append(
            f"It lists {count} pages and usually {usual}. Nothing is removed for that."
        )
    listed.usual = max(count, (usual + count) // 2)


async def _read(response: Fetched) -> Listing:
    """Parse a listing in a limited process, without blocking the event loop."""
    work = partial(
        isolated, response.url, read_listing, response.data, response.url, response.charset
    )
    return await asyncio.to_thread(work)
