"""The pauses that hosts ask for, by the end of each."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Pauses(Protocol):
    """The ends of the pauses of hosts; its methods may block."""

    def end(self, host: str, now: datetime) -> datetime | None:
        """Return the end of a host's pause, or None if it has none at *now*."""
        ...

    def extend(self, host: str, until: datetime, now: datetime) -> None:
        """Pause a host until *until*; a pause that ends later stays."""
        ...

    def claim(self, host: str, until: datetime, now: datetime) -> datetime | None:
        """Pause a host for a request of the caller; return the end of its pause if it has one."""
        ...


class PausesInMemory:
    """The pauses of one process without an archive."""

    def __init__(self) -> None:
        self._ends: dict[str, datetime] = {}

    def end(self, host: str, now: datetime) -> datetime | None:
        """Return the end of a host's pause, or None if it has none at *now*."""
        end = self._ends.get(host, now)
        return end if end > now else None

    def extend(self, host: str, until: datetime, now: datetime) -> None:
        """Pause a host until *until*; a pause that ends later stays."""
        self._ends[host] = max(until, self.end(host, now) or until)

    def claim(self, host: str, until: datetime, now: datetime) -> datetime | None:
        """Pause a host for a request of the caller; return the end of its pause if it has one."""
        end = self.end(host, now)
        if end is None:
            self.extend(host, until, now)
        return end
