"""What a site asks of those who fetch from it: robots.txt, and its signals not to be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

AGENT = "ElectionDesk"
"""The name by which robots.txt can address us."""
_KEPT = timedelta(hours=24)
"""How long a robots.txt is believed (RFC 9309, section 2.4)."""
LARGEST_ROBOTS = 500 * 1024
"""Bytes of robots.txt that are read (RFC 9309, section 2.5, asks for as many at least)."""
_KEEP_OUT = frozenset({"noindex", "none", "noai"})


@dataclass(frozen=True, slots=True)
class Robots:
    """One site's rules, as they were read; ``rules`` is ``None`` where it cannot say now."""

    rules: Protego | None
    read_at: datetime

    @classmethod
    def of(cls, status: int, data: bytes, now: datetime) -> Robots:
        """Read an answer: 4xx allows everything, 5xx nothing for the time being (RFC 9309)."""
        if status >= 500:
            return cls(None, now)
        text = data[:LARGEST_ROBOTS].decode("utf-8-sig", "replace") if status < 400 else ""
        return cls(Protego.parse(text), now)

    @classmethod
    def silent(cls, now: datetime) -> Robots:
        """The site did not answer."""
        return cls(None, now)

    def stale(self, now: datetime) -> bool:
        """Tell whether the rules must be read anew; a site that did not answer is asked soon."""
        return now - self.read_at >= (_KEPT if self.rules else timedelta(minutes=5))

    def allows(self, url: str) -> bool:
        """Tell whether *url* may be fetched."""
        return self.rules is not None and self.rules.can_fetch(url, AGENT)

    def delay(self) -> float:
        """Return the seconds between two requests that the site asks for."""
        return float((self.rules.crawl_delay(AGENT) if self.rules else 0) or 0)


def opted_out(headers: Mapping[str, str]) -> str | None:
    """Return the header that asks not to keep what it came with, if any does."""
    asked = headers.get("X-Robots-Tag", "").lower()
    ours = asked.rpartition(f"{AGENT.lower()}:")[2]
    if _KEEP_OUT & {word.strip() for word in ours.split(",")}:
        return f"X-Robots-Tag: {asked}"
    return "tdm-reservation: 1" if headers.get("tdm-reservation", "").strip() == "1" else None
