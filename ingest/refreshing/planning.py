"""Planning of a refresh: pages that are due, and their conditional requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from ingest.fetching.fetcher import Validators
from ingest.fetching.identities import seals_of
from ingest.model import SourcePage
from ingest.reading.listings import Entry

_AGE_DIVISOR = 10
"""A page without an announced change is checked again after its age divided by this."""
_UNLISTED_AGE = timedelta(days=90)
"""Age from which a page that is no longer listed is not checked again."""


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
    return [
        (address, entry)
        for address, entry in (*listed.items(), *unlisted.items())
        if (address in pages or not any(seal in pages for seal in seals_of(entry.url, place)))
        and _is_due(pages.get(address), entry, every, now, listed=address in listed)
    ]


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
    if not listed and age > _UNLISTED_AGE:
        return False
    return now - page.checked_at >= max(timedelta(minutes=every), age / _AGE_DIVISOR)


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
