"""Which pages of a source are to be looked at now, and what to ask them; nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from ingest.fetching import Validators
from ingest.identity import seals_of
from ingest.model import SourcePage
from ingest.reading.listings import Entry

_FADING = 10
"""A page that announces no change is looked at again after this part of its age."""
_FORGOTTEN = timedelta(days=90)
"""Age from which a page that is listed no more is not looked at again."""


def planned(
    listed: Mapping[str, Entry],
    pages: Mapping[str, SourcePage],
    every: int,
    now: datetime,
    place: str = "",
) -> list[tuple[str, Entry]]:
    """Return the pages to look at now: those listed first, then those that were listed once.

    With a *place* they are of a source that one server keeps for itself.
    """
    once = {
        each.address: Entry(each.url) for each in pages.values() if each.url and not each.listing
    }
    covered = {pages[address].article_id for address in listed if address in pages} - {None}
    once = {
        address: entry
        for address, entry in once.items()
        if address not in listed and pages[address].article_id not in covered
    }
    return [
        (address, entry)
        for address, entry in (*listed.items(), *once.items())
        if (address in pages or not any(seal in pages for seal in seals_of(entry.url, place)))
        and _due(pages.get(address), entry, every, now, listed=address in listed)
    ]


def _due(page: SourcePage | None, entry: Entry, every: int, now: datetime, *, listed: bool) -> bool:
    """Tell whether a page is to be looked at again.

    What is new or announces a change is; all else the less often the older it is.
    """
    if page is None or page.checked_at is None:
        return True
    if page.gone_for_good:
        return False
    if announced(entry, page):
        return True
    age = now - page.first_at
    if not listed and age > _FORGOTTEN:
        return False
    return now - page.checked_at >= max(timedelta(minutes=every), age / _FADING)


def announced(entry: Entry, page: SourcePage) -> bool:
    """Tell whether a listing says of a page what it did not say before."""
    return entry.modified is not None and entry.modified.isoformat() != page.modified


def looked_at(page: SourcePage, entry: Entry, now: datetime) -> SourcePage:
    """Return *page* after it was looked at without a failure, as its listing announces it."""
    modified = entry.modified.isoformat() if entry.modified else page.modified
    return replace(page, checked_at=now, failure=None, modified=modified)


def validators(page: SourcePage | None) -> Validators | None:
    """Return what to ask a page with; one that failed or was removed is wanted whole."""
    if page is None or page.failure or page.removal:
        return None
    return Validators(page.etag, page.last_modified)
