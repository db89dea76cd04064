"""Detection of sources that fail, or are silent for longer than usual."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from bot.community.limits import QUIET
from bot.community.rules import DESK, DeskRules
from bot.ledger import Ledger
from ingest.archive import Archive
from ingest.model import Source
from ingest.process.threads import in_thread


@dataclass(frozen=True, slots=True)
class QuietSource:
    """A source without new articles *since* a moment; ``source.failure`` is set if it fails."""

    source: Source
    since: datetime


def silent_since(arrivals: Collection[datetime], now: datetime) -> datetime | None:
    """Return the start of a source's silence if it is longer than usual, else ``None``.

    *arrivals* are the times at which its pages came; equal times count once.
    """
    newest = sorted(set(arrivals), reverse=True)[: QUIET.newest_gaps + 1]
    gaps = [newer - older for newer, older in pairwise(newest)]
    if len(gaps) < QUIET.gaps:
        return None
    median_gap = timedelta(seconds=median(gap.total_seconds() for gap in gaps))
    return (
        newest[0] if now - newest[0] >= max(QUIET.silence, QUIET.gap_factor * median_gap) else None
    )


@dataclass(slots=True)
class Quiet:
    """Monitor of the sources."""

    archive: Archive
    ledger: Ledger
    clock: Callable[[], datetime]
    found: tuple[QuietSource, ...] = ()
    """The sources that were quiet at the last check."""
    _active: frozenset[tuple[str, str]] = frozenset()
    """Places and outlets of the sources that were not quiet."""
    _checked_at: datetime | None = field(default=None)

    def look(self) -> None:
        """Check for quiet sources if the last check is long ago; it blocks.

        Those that recovered are forgotten, so that their next silence is reported.
        """
        now = self.clock()
        if self._checked_at is not None and now - self._checked_at < QUIET.check_interval:
            return
        checks = [(source, self._check(source, now)) for source in self.archive.sources.watched()]
        self.found = tuple(quiet for _, quiet in checks if quiet is not None)
        self._active = frozenset(
            (source.place, source.outlet) for source, quiet in checks if quiet is None
        )
        self._checked_at = now
        ids = {str(quiet_source.source.id) for quiet_source in self.found}
        notified = self._notified()
        self._store_notified({key: since for key, since in notified.items() if key in ids})

    @in_thread
    def unnotified(self) -> list[QuietSource]:
        """Return the quiet sources of which moderators were not notified yet."""
        notified = self._notified()
        return [
            quiet_source
            for quiet_source in self.found
            if str(quiet_source.source.id) not in notified
        ]

    @in_thread
    def mark_notified(self, quiet: QuietSource) -> None:
        """Record that moderators know a quiet source."""
        self._store_notified({**self._notified(), str(quiet.source.id): quiet.since.isoformat()})

    def _notified(self) -> Mapping[str, str]:
        """Return the start of each silence that moderators know, by the id of its source."""
        return DeskRules.of(self.ledger.rules.get(DESK)).quiet

    def _store_notified(self, notified: Mapping[str, str]) -> None:
        rules = DeskRules.of(self.ledger.rules.get(DESK))
        if notified != rules.quiet:
            self.ledger.rules.set(DESK, replace(rules, quiet=notified).values())

    def since(self, outlet: str, place: str = "") -> datetime | None:
        """Return the start of the silence of *outlet* in the server *place*.

        Returns ``None`` if one of its sources is not quiet. The sources of other servers do not
        count: their moderators name outlets as they like.
        """
        places = {"", place}
        if any((server, outlet) in self._active for server in places):
            return None
        starts = [
            quiet_source.since
            for quiet_source in self.found
            if quiet_source.source.outlet == outlet and quiet_source.source.place in places
        ]
        return max(starts, default=None)

    def _check(self, source: Source, now: datetime) -> QuietSource | None:
        """Return a source as quiet if it fails or is silent for too long."""
        if source.failed_at is not None and now - source.failed_at >= QUIET.failure:
            return QuietSource(source, source.failed_at)
        pages = self.archive.pages.of_source(source.id)
        since = silent_since([page.first_at for page in pages if page.article_id], now)
        return QuietSource(source, since) if since else None
