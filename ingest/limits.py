"""The limits of a refresh: batches, pages of one article, and pages that may be gone at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class _RefreshLimits:
    """How much of a source is read and saved at once, and when a source counts as broken."""

    added_articles: int = 32
    """Articles of a file saved in one transaction; after a crash at most these are repeated."""
    saved_pages: int = 32
    """Pages saved together; after a crash or a stop at most these are repeated."""
    unchanged_pages: int = 512
    """Pages recorded together if none of them has a new version."""
    concurrent_pages: int = 8
    """Pages of one source processed at the same time; requests to one host still queue."""
    next_pages: int = 20
    """Further pages of one article."""
    gone_share: float = 0.2
    """Share of a source's pages that may be gone in one round; more counts as a site failure."""
    gone_pages: int = 3
    """Pages that may be gone in one round, regardless of the share."""
    poll_seconds: float = 60.0
    """Between two checks for due sources."""
    age_divisor: int = 10
    """A page without an announced change is checked again after its age divided by this."""
    unlisted_age: timedelta = timedelta(days=90)
    """Age from which a page that is no longer listed is not checked again."""
    usual_pages: int = 10
    """Usual number of pages from which a listing with less than half of them is reported."""


REFRESHES = _RefreshLimits()
