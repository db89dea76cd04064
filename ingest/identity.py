"""What makes an article the same one: its address without its trimmings, or outlet and title."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from courlan.clean import TRACKERS_RE

from ingest.model import Header

_INDEX_PAGE = re.compile(r"/index\.(?:html?|php)$")
_KEPT = ("!", "item:")
"""How the fragments begin that tell articles apart: pages drawn by scripts, items of a feed."""
_PASTED = "#pasted"
"""Ends the name of a text that somebody pasted: it is never a version of what was fetched."""
_OWN = frozenset({"cid", "eid", "uid"})
"""Parameters that count visits on one site, and on another name the article by its number."""
_ERASED = "erased:"
"""Stands before the hash of an address that must not be fetched again."""


def identity_of(header: Header) -> str:
    """Return the address of an article, else its outlet and title; a paste has one of its own."""
    named = f"{header.outlet}\n{header.title}".casefold()
    name = clean_url(header.url) if header.url else named
    return f"{name}{_PASTED}" if header.pasted else name


def apart(name: str, place: str) -> str:
    """Return the name of an article or a page as one server keeps it for itself.

    Without a *place* it is everybody's and keeps its name. It ends like a fragment, so that what
    reads it as an address is not misled.
    """
    return f"{name}{_apart(place)}"


def unplaced(name: str, place: str) -> str:
    """Return what :func:`apart` was given."""
    return name.removesuffix(_apart(place))


def _apart(place: str) -> str:
    """Return how the names end of what *place* keeps for itself."""
    return f"#in:{place}" if place else ""


def clean_url(url: str) -> str:
    """Leave out what does not tell articles apart: case of the host, trackers, fragment.

    Trackers are those that courlan knows, but for a number that may be the article's own.
    """
    parts = urlsplit(url.strip())
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not TRACKERS_RE.search(name.lower()) or (name.lower() in _OWN and value.isdecimal())
    ]
    path = _INDEX_PAGE.sub("", parts.path).rstrip("/") or "/"
    fragment = parts.fragment if parts.fragment.startswith(_KEPT) else ""
    return urlunsplit(
        (parts.scheme.lower(), parts.netloc.lower(), path, urlencode(query), fragment)
    )


def sealed(address: str) -> str:
    """Return what an address is remembered by after its article was erased."""
    if address.startswith(_ERASED):
        return address
    return _ERASED + hashlib.sha256(address.encode()).hexdigest()
