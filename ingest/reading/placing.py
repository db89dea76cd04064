"""The address of an article: where it was fetched, or its canonical address."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qsl, urljoin, urlsplit

from ingest.fetching.identities import clean_url
from ingest.model import Header
from ingest.reading.declarations import is_ahead
from ingest.reading.listings import Entry

_VIEW_PARTS = frozenset(
    {"amp", "amphtml", "m", "mobile", "print", "printable", "page", "view", "output", "outputtype"}
    | {"ref", "src", "from", "share", "single", "fullpage", "all", "desktop", "lite", "text"}
)
"""Path parts and parameters that select a view of an article, not another article."""
SUFFIX = re.compile(r"\.(?:amp\.html?|amp|html?|php|aspx?|jsp)$")
_SLUG_CHARACTERS = 8
"""Characters from which the last part of a path identifies one article."""


def with_listing_metadata(header: Header, announced: Entry, now: datetime | None) -> Header:
    """Return *header* with missing title and date filled in from its listing.

    A date that is ahead of *now* is ignored.
    """
    published = announced.published
    possible = None if published and is_ahead(published, now) else published
    return replace(
        header,
        title=header.title or announced.title,
        published=header.published or possible,
    )


def with_address(header: Header, url: str) -> Header:
    """Return *header* with the article's address: its canonical one, or *url*.

    A canonical address is used only if it belongs to this page, because templates often give the
    address of a section or a front page. If it is on another site, it is the address of the
    original: the article is a copy and keeps *url*.
    """
    canonical = urljoin(url, header.url) if header.url else url
    if _site(canonical) == _site(url):
        return replace(header, url=canonical if _is_same_page(canonical, url) else url)
    original = canonical if urlsplit(canonical).path.strip("/") else None
    return replace(header, url=url, original=original)


def _is_same_page(canonical: str, url: str) -> bool:
    """Return True if two addresses of a site are one page: path variants or views of it."""
    canonical_parts, parts = urlsplit(clean_url(canonical)), urlsplit(clean_url(url))
    canonical_steps, steps = _steps(canonical_parts.path), _steps(parts.path)
    if canonical_steps == steps:
        canonical_query, query = set(parse_qsl(canonical_parts.query)), set(parse_qsl(parts.query))
        return canonical_query <= query and all(
            _is_view(*parameter) for parameter in query - canonical_query
        )
    if not canonical_steps or not steps or canonical_steps[-1] != steps[-1]:
        return False
    return len(canonical_steps[-1]) >= _SLUG_CHARACTERS and (
        set(canonical_steps) <= set(steps) or set(steps) <= set(canonical_steps)
    )


def _is_view(name: str, value: str) -> bool:
    """Return True if a parameter selects a view of an article; ``page`` only with a number."""
    return name.lower() in _VIEW_PARTS and (name.lower() != "page" or value.isdecimal())


def _steps(path: str) -> list[str]:
    """Return the parts of *path* without those that only select a view."""
    short_path = SUFFIX.sub("", path.lower())
    return [part for part in short_path.split("/") if part and part not in _VIEW_PARTS]


def _site(url: str) -> str:
    """Return the host of *url* without ``www.``, ``m.`` or ``amp.``."""
    host = (urlsplit(url).hostname or "").lower()
    return host.removeprefix("www.").removeprefix("m.").removeprefix("amp.")
