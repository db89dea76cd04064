"""Where an article stands: its own address among those that a page names."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qsl, urljoin, urlsplit

from ingest.identity import clean_url
from ingest.model import Header
from ingest.reading.declarations import is_ahead
from ingest.reading.listings import Entry

_VIEWS = frozenset(
    {"amp", "amphtml", "m", "mobile", "print", "printable", "page", "view", "output", "outputtype"}
    | {"ref", "src", "from", "share", "single", "fullpage", "all", "desktop", "lite", "text"}
)
"""Parts of addresses, and parameters, that choose how one article is shown."""
SUFFIX = re.compile(r"\.(?:amp\.html?|amp|html?|php|aspx?|jsp)$")
_SLUG = 8
"""Characters of the last part of a path from which it names one article."""


def supplemented(header: Header, announced: Entry, now: datetime | None) -> Header:
    """Fill the gaps of a header by what its listing announced, if that can be."""
    published = announced.published
    possible = None if published and is_ahead(published, now) else published
    return replace(
        header,
        title=header.title or announced.title,
        published=header.published or possible,
    )


def placed(header: Header, url: str) -> Header:
    """Say where an article stands: where it was found, or at its canonical address.

    A canonical address counts only where it is that of this very page: templates name sections,
    front pages and each other. One of another site is the original's; the article is a copy that
    was taken over, and stays where it was found.
    """
    canonical = urljoin(url, header.url) if header.url else url
    if _site(canonical) == _site(url):
        return replace(header, url=canonical if _same_page(canonical, url) else url)
    original = canonical if urlsplit(canonical).path.strip("/") else None
    return replace(header, url=url, original=original)


def _same_page(canonical: str, url: str) -> bool:
    """Tell whether two addresses of a site are one page: variants of a path, or views of it."""
    one, two = urlsplit(clean_url(canonical)), urlsplit(clean_url(url))
    first, second = _steps(one.path), _steps(two.path)
    if first == second:
        given, asked = set(parse_qsl(one.query)), set(parse_qsl(two.query))
        return given <= asked and all(_is_view(*each) for each in asked - given)
    if not first or not second or first[-1] != second[-1]:
        return False
    return len(first[-1]) >= _SLUG and (set(first) <= set(second) or set(second) <= set(first))


def _is_view(name: str, value: str) -> bool:
    """Tell whether a parameter chooses how an article is shown; a page with a name is one."""
    return name.lower() in _VIEWS and (name.lower() != "page" or value.isdecimal())


def _steps(path: str) -> list[str]:
    """Return the parts of a path without those that only choose a view."""
    bare = SUFFIX.sub("", path.lower())
    return [part for part in bare.split("/") if part and part not in _VIEWS]


def _site(url: str) -> str:
    """Return the host without what only tells its machines apart."""
    host = (urlsplit(url).hostname or "").lower()
    return host.removeprefix("www.").removeprefix("m.").removeprefix("amp.")
