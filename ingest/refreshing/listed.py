"""What a source lists now: the entries of its feed, of its sitemaps, or the page that it is."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from ingest.errors import ReadingError, UnreachableError, UnreadableError
from ingest.fetching import Fetched, Fetcher, State, Validators
from ingest.identity import apart, clean_url
from ingest.isolation import isolated
from ingest.model import Source, SourcePage
from ingest.reading.listings import CHILDREN, Entry, Listing, is_listing, read_listing
from ingest.refreshing.planning import validators

_USUAL = 10
"""Pages that a listing must have had to be found shrunk, when it has less than half of them."""


@dataclass(slots=True)
class _Listed:
    """What a source lists, what to ask it with next time, and what went wrong on the way.

    ``page`` is what was fetched where the source is a page itself; ``moved`` is where it has moved
    to for good. ``sitemaps`` are to be remembered like pages, so that the unchanged ones are not
    fetched again.
    """

    validators: Validators
    entries: list[Entry] = field(default_factory=list)
    sitemaps: list[SourcePage] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    usual: int | None = None
    page: Fetched | None = None
    moved: str | None = None


async def fetch_listing(
    source: Source, known: Sequence[SourcePage], fetcher: Fetcher, now: datetime
) -> _Listed:
    """Fetch what *source* lists; where that is unchanged, it is what was *known* before.

    Raises:
        ReadingError: it is gone, cannot be fetched or cannot be read.
    """
    before = Validators(source.etag, source.last_modified)
    found = await fetcher.fetch(source.address, before)
    if found.state is State.GONE:
        raise UnreachableError(f"{source.address} is gone (404 or 410). Its articles stay.")
    if found.state is State.UNCHANGED:
        told = _Listed(before, usual=source.listed)
        waiting = _remember(told, known)
    elif not is_listing(found.data):
        own = apart(clean_url(source.address), source.place)
        if any(each.url and each.address != own for each in known):
            raise UnreadableError(
                f"{source.address} listed articles and is a page now. Its articles stay; check the "
                "address."
            )
        moved = found.url if found.moved else None
        entries = [Entry(source.address)]
        return _Listed(found.validators, entries, usual=1, page=found, moved=moved)
    else:
        told = _Listed(found.validators)
        told.moved = found.url if found.moved else None
        listing = await _read(found)
        told.entries += listing.entries
        told.notes += _said_of(listing)
        waiting = deque(listing.children)
    await _read_sitemaps(told, waiting, known, fetcher, now, source.place)
    _compare(told, source)
    return told


def _said_of(listing: Listing) -> list[str]:
    """Say that a listing is empty, or has items of which nothing can be read."""
    notes = []
    if listing.unread:
        notes.append(f"{listing.unread} of its items have neither a link nor an article.")
    if listing.beyond:
        read = len(listing.entries)
        notes.append(
            f"It lists {read + listing.beyond:,} pages; the newest {read:,} are looked at."
        )
    if not (notes or listing.entries or listing.children):
        notes.append("It is a feed without any item at the moment.")
    return notes


def _remember(told: _Listed, known: Sequence[SourcePage]) -> deque[str]:
    """List the pages that are known, and return the sitemaps that are.

    Of two that hold one article, which has moved, the newer is listed; *known* begins with it.
    """
    held: set[int] = set()
    for each in known:
        if each.url and not each.listing and each.article_id not in held:
            told.entries.append(Entry(each.url, address=each.address))
            held |= {each.article_id} if each.article_id else set()
    return deque(each.url for each in known if each.listing)


async def _read_sitemaps(
    told: _Listed,
    waiting: deque[str],
    known: Sequence[SourcePage],
    fetcher: Fetcher,
    now: datetime,
    place: str,
) -> None:
    """Read each sitemap that has changed, and those that it names in turn."""
    pages = {each.address: each for each in known if each.listing}
    seen: set[str] = set()
    while waiting and len(seen) < CHILDREN:
        url = waiting.popleft()
        address = apart(clean_url(url), place)
        if address in seen:
            continue
        seen.add(address)
        page = pages.get(address) or SourcePage(address, url, now, listing=True)
        try:
            found = await fetcher.fetch(url, validators(pages.get(address)))
            if found.state is State.FRESH:
                inner = await _read(found)
                told.entries += inner.entries
                waiting.extend(inner.children)
                given = found.validators
                page = replace(page, etag=given.etag, last_modified=given.last_modified)
            elif found.state is State.UNCHANGED and not told.usual:
                told.usual = len(known)
                waiting.extend(_remember(told, known))
            told.sitemaps.append(replace(page, checked_at=now, failure=None))
        except ReadingError as error:
            told.failed.append((url, str(error)))
    if waiting:
        told.notes.append(f"It names more than {CHILDREN} sitemaps; the others were left out.")


def _compare(told: _Listed, source: Source) -> None:
    """Note that far less is listed than usual, and what is usual from now on."""
    usual, count = source.listed or 0, len(told.entries)
    if usual >= _USUAL and count < usual / 2:
        told.notes.append(
            f"It lists {count} pages and usually {usual}. Nothing is removed for that."
        )
    told.usual = max(count, (usual + count) // 2)


async def _read(found: Fetched) -> Listing:
    """Read a listing within limits, while everything else goes on."""
    work = partial(isolated, found.url, read_listing, found.data, found.url, found.content_type)
    return await asyncio.to_thread(work)
