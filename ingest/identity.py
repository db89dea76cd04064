"""What makes an article the same one: its address without its trimmings, or outlet and title."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ingest.model import Header

INDEX_PAGE = re.compile(r"/index\.(?:html?|php)$")
TRACKERS = ("utm_", "fbclid", "gclid", "mc_", "igshid")
ERASED = "erased:"
"""Stands before the hash of an address that must not be fetched again."""


def identity(header: Header) -> str:
    """Return the address of an article, else its outlet and title."""
    if header.url:
        return clean_url(header.url)
    return f"{header.outlet}\n{header.title}".casefold()


def clean_url(url: str) -> str:
    """Leave out what does not tell articles apart: case of the host, trackers, fragment."""
    parts = urlsplit(url.strip())
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.startswith(TRACKERS)
    ]
    path = INDEX_PAGE.sub("", parts.path).rstrip("/") or "/"
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), path, urlencode(query), ""))


def sealed(address: str) -> str:
    """Return what an address is remembered by after its article was erased."""
    if address.startswith(ERASED):
        return address
    return ERASED + hashlib.sha256(address.encode()).hexdigest()
