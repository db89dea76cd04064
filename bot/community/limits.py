"""How often something may happen in a minute; kept in memory, and forgotten after that minute."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

WINDOW = 60.0
"""Seconds that a limit speaks of."""
MANY = 10_000
"""Keys from which those that are over are swept out."""


@dataclass(slots=True)
class Limiter:
    """Counts by key; *clock* gives seconds that only ever grow."""

    clock: Callable[[], float]
    _seen: dict[Hashable, deque[float]] = field(default_factory=dict)

    def wait(self, *limits: tuple[Hashable, int]) -> float:
        """Return the seconds to wait until every one of *limits* allows one more; 0 counts it.

        A limit is a key and how often it may come in a minute.
        """
        now = self.clock()
        waits = [self._wait(key, most, now) for key, most in limits]
        longest = max(waits, default=0.0)
        if longest == 0:
            for key, _ in limits:
                self._seen.setdefault(key, deque()).append(now)
        if len(self._seen) > MANY:
            self._seen = {k: v for k, v in self._seen.items() if v and now - v[-1] < WINDOW}
        return longest

    def _wait(self, key: Hashable, most: int, now: float) -> float:
        seen = self._seen.get(key)
        while seen and now - seen[0] >= WINDOW:
            seen.popleft()
        if most <= 0:
            return WINDOW
        return 0.0 if not seen or len(seen) < most else WINDOW - (now - seen[-most])
