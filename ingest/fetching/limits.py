"""The limits of fetching: sizes, redirects, and the patience with a host."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class _FetchLimits:
    """What is fetched at most, and how long a host is waited for."""

    address_characters: int = 2048
    """The longest address that is fetched."""
    body_bytes: int = 5 * 2**20
    """The largest decoded body."""
    chunk_bytes: int = 64 * 1024
    gzip_members: int = 64
    """Parts of one gzip body; servers send one."""
    redirects: int = 5
    seconds: float = 15.0
    """Timeout of one address with its redirects and body, without the wait for its turn."""
    pause_seconds: float = 5.0
    """Between two requests to one host, unless its robots.txt asks for more."""
    longest_pause_seconds: float = 7 * 24 * 3600.0
    """Upper limit of a ``Retry-After``; a site with a longer crawl delay is not fetched."""
    longest_wait_seconds: float = 60.0
    """How long a request waits for a paused host; a longer pause is an error."""
    robots_bytes: int = 500 * 1024
    """What is read of a robots.txt; the minimum of RFC 9309, section 2.5."""
    robots_age: timedelta = timedelta(hours=24)
    """Time for which a robots.txt is cached (RFC 9309, section 2.4)."""


FETCHES = _FetchLimits()
