"""Rate limits per minute, kept in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

WINDOW_SECONDS = 60.0
"""Period of a limit, in seconds."""
MAX_KEYS = 10_000
"""Number of keys above which expired keys are deleted."""


@dataclass(slots=True)
class Limiter:
    """Rate limiter by key; *clock* returns monotonic seconds."""

    clock: Callable[[], float]
    _times: dict[Hashable, deque[float]] = field(default_factory=dict)

    def wait(self, *limits: tuple[Hashable, int]) -> float:
        """Return the seconds until all *limits* allow another event; if 0, record the event.

        A limit is a key with its maximum number of events per minute.
        """
        now = self.clock()
        waits = [self._wait(key, maximum, now) for key, maximum in limits]
        longest = max(waits, default=0.0)
        if longest == 0:
            for key, _ in limits:
                self._times.setdefault(key, deque()).append(now)
        if len(self._times) > MAX_KEYS:
            self._times = {
                k: v for k, v in self._times.items() if v and now - v[-1] < WINDOW_SECONDS
            }
        return longest

    def _wait(self, key: Hashable, limit: int, now: float) -> float:
        times = self._times.get(key)
        while times and now - times[0] >= WINDOW_SECONDS:
            times.popleft()
        if limit <= 0:
            return WINDOW_SECONDS
        return 0.0 if not times or len(times) < limit else WINDOW_SECONDS - (now - times[-limit])
