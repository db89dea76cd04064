"""The limits of the page on which quotations are verified."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _VerifyPageLimits:
    """What a browser may send, how often, and how much is shown to it."""

    body_bytes: int = 64 * 1024
    """The largest form; 4,000 characters of East Asian text take 36,000 bytes."""
    header_bytes: int = 8192
    address_characters: int = 2000
    """The longest address of an article that is entered."""
    requests_per_minute: int = 1200
    """Requests of all addresses in a minute."""
    concurrent_requests: int = 4
    request_seconds: float = 20.0
    quotations: int = 50
    """Quotations shown of one answer."""
    address_requests_per_minute: int = 240
    """Requests of one address in a minute."""
    searches_per_minute: int = 60
    """Searches among them."""


VERIFY_PAGE = _VerifyPageLimits()
