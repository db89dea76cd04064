"""The wishes of a site: robots.txt, and headers that forbid keeping a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

AGENT = "ElectionDesk"
"""Our user agent in robots.txt."""
_CACHE_TIME = timedelta(hours=24)
"""Time for which a robots.txt is cached (RFC 9309, section 2.4)."""
LARGEST_ROBOTS = 500 * 1024
"""Bytes of robots.txt that are read; the minimum of RFC 9309, section 2.5."""
_OPT_OUT_WORDS = frozenset({"noindex", "none", "noai"})


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of a site; ``rules`` is None if the site could not be read."""

    rules: Protego | None
    read_at: datetime

    @classmethod
    def of(cls, status: int, data: bytes, now: datetime) -> Robots:
        """Parse a response: 4xx allows everything, 5xx forbids everything for now (RFC 9309)."""
        if status >= 500:
            return cls(None, now)
        text = data[:LARGEST_ROBOTS].decode("utf-8-sig", "replace") if status < 400 else ""
        return cls(Protego.parse(text), now)

    @classmethod
    def silent(cls, now: datetime) -> Robots:
        """Return the rules of a site that did not answer."""
        return cls(None, now)

    def stale(self, now: datetime) -> bool:
        """Return True if the rules must be read again; after a failure, that is soon."""
        return now - self.read_at >= (_CACHE_TIME if self.rules else timedelta(minutes=5))

    def allows(self, url: str) -> bool:
        """Return True if *url* may be fetched."""
        return self.rules is not None and self.rules.can_fetch(url, AGENT)

    def delay(self) -> float:
        """Return the site's crawl delay in seconds."""
        return float((self.rules.crawl_delay(AGENT) if self.rules else 0) or 0)


def opted_out(headers: Mapping[str, str]) -> str | None:
    """Return the header that forbids keeping the response, or None."""
    tag = headers.get("X-Robots-Tag", "").lower()
    directives = tag.rpartition(f"{AGENT.lower()}:")[2]
    if _OPT_OUT_WORDS & {word.strip() for word in directives.split(",")}:
        return f"X-Robots-Tag: {tag}"
    return "tdm-reservation: 1" if headers.get("tdm-reservation", "").strip() == "1" else None
