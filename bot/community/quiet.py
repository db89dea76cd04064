"""Sources that have gone quiet: a newsroom's bot was stale for weeks, and nobody saw it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from bot.community.rules import DESK, DeskRules
from bot.ledger import Ledger
from ingest.archive import Archive
from ingest.model import Source
from ingest.threads import in_thread

_FAILING = timedelta(days=1)
"""How long a source fails before moderators are told."""
_TIMES = 3
"""Times its usual gap for which a source is silent before they are."""
_LEAST = timedelta(hours=12)
"""Silence that is nothing, however busy a source is: a night."""
_GAPS = 20
"""Newest gaps between what a source gave of which the usual one is taken."""
_ENOUGH = 5
"""Gaps from which there is a usual one."""
_EVERY = timedelta(minutes=30)
"""Time between two looks."""


@dataclass(frozen=True, slots=True)
class QuietSource:
    """A source that gave nothing *since* then; it fails where ``source.failure`` says why."""

    source: Source
    since: datetime


def silent_since(arrivals: Collection[datetime], now: datetime) -> datetime | None:
    """Return since when a source is silent for longer than it usually is; ``None`` if it is not.

    *arrivals* are when its pages came; what came together counts once.
    """
    newest = sorted(set(arrivals), reverse=True)[: _GAPS + 1]
    gaps = [later - earlier for later, earlier in pairwise(newest)]
    if len(gaps) < _ENOUGH:
        return None
    usual = timedelta(seconds=median(each.total_seconds() for each in gaps))
    return newest[0] if now - newest[0] >= max(_LEAST, _TIMES * usual) else None


@dataclass(slots=True)
class Quiet:
    """The verbs of who watches over the sources."""

    archive: Archive
    ledger: Ledger
    clock: Callable[[], datetime]
    found: tuple[QuietSource, ...] = ()
    """The sources that were quiet at the last look."""
    _looked: datetime | None = field(default=None)

    def look(self) -> None:
        """Look which sources are quiet, from time to time; it blocks."""
        now = self.clock()
        if self._looked is not None and now - self._looked < _EVERY:
            return
        every = (self._quiet(each, now) for each in self.archive.sources.watched())
        self.found, self._looked = tuple(filter(None, every)), now

    @in_thread
    def untold(self) -> list[QuietSource]:
        """Return the quiet sources of which nobody was told since they became so."""
        told = DeskRules.of(self.ledger.rules.get(DESK)).quiet
        return [each for each in self.found if str(each.source.id) not in told]

    @in_thread
    def mark_told(self) -> None:
        """Record that moderators know of those found last; of the others they do not any more."""
        rules = DeskRules.of(self.ledger.rules.get(DESK))
        quiet = {str(each.source.id): each.since.isoformat() for each in self.found}
        if quiet != rules.quiet:
            self.ledger.rules.set(DESK, replace(rules, quiet=quiet).values())

    def since(self, outlet: str) -> datetime | None:
        """Return since when nothing came of *outlet*; ``None`` where any source of it is well."""
        found = [each.since for each in self.found if each.source.outlet == outlet]
        return max(found, default=None)

    def _quiet(self, source: Source, now: datetime) -> QuietSource | None:
        """Tell whether one source fails or is silent for too long."""
        if source.failed_at is not None and now - source.failed_at >= _FAILING:
            return QuietSource(source, source.failed_at)
        pages = self.archive.pages.of_source(source.id)
        since = silent_since([each.first_at for each in pages if each.article_id], now)
        return QuietSource(source, since) if since else None
