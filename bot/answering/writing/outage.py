"""The state of the chat model as moderators see it: since when it has written nothing, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.answering.values import Trouble, Written

_OF_ONE_ANSWER = frozenset({Trouble.UNPROVEN, Trouble.MEMBER})
"""Troubles that say nothing about the next answer: what was written, or who asked."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A model that has written no answer *since* a moment, with its last *trouble*."""

    trouble: Trouble
    since: datetime


@dataclass(slots=True)
class ModelState:
    """The outage of the chat model, by the latest answers of this process."""

    _outage: Outage | None = None
    _last: datetime | None = None

    def note(self, written: Written, now: datetime) -> None:
        """Note how an answer was produced: an outage begins, goes on or ends with it."""
        if written.writer is not None:
            self._outage = None
        elif written.trouble is not None and written.trouble not in _OF_ONE_ANSWER:
            since = self._outage.since if self._outage else now
            self._outage, self._last = Outage(written.trouble, since), now

    def outage(self, now: datetime) -> Outage | None:
        """Return the outage that goes on, or ``None``; a daily budget is new on another day."""
        if self._outage is None or self._last is None:
            return None
        is_spent = self._outage.trouble is Trouble.BUDGET
        same_day = self._last.astimezone(UTC).date() == now.astimezone(UTC).date()
        return self._outage if same_day or not is_spent else None
