"""Limits: the daily budget of each member and the desk, and how often somebody may ask."""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from bot.answering.values import Trouble, Usage
from bot.community.limits import MEMBERS
from bot.community.rules import DESK, DeskRules
from bot.ledger import Ledger
from bot.ledger.records import Spending
from bot.settings import BotSettings
from ingest.errors import ArchiveError

logger = logging.getLogger(__name__)

_MILLION = Decimal(1_000_000)


@dataclass(slots=True)
class Budget:
    """Counter of tokens by day and member, with members under irreversible hashes.

    ``_salt`` is new at each start, so that the days of a member cannot be linked. A restart thereby
    forgets the counts of members for the current day.
    """

    ledger: Ledger
    settings: BotSettings
    _salt: str = field(default_factory=lambda: secrets.token_hex(16))
    _folded_on: date | None = None
    _unstored: list[tuple[date, str, Usage]] = field(default_factory=list)
    """Usage that could not be stored yet; it counts nevertheless."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def refuses(self, member: str, today: date) -> Trouble | None:
        """Return the reason why no model may write for *member* today, or ``None``."""
        daily, limit = self.daily, self.settings.answers_per_member
        if daily is not None and self.cost(self._spent(today)) >= daily:
            return Trouble.BUDGET
        if limit is not None and self._spent(today, self._hashed(member)).answers >= limit:
            return Trouble.MEMBER
        return None

    def count(self, member: str, today: date, usage: Usage) -> None:
        """Add the usage of an answer; if it cannot be stored now, it is stored with the next."""
        with self._lock:
            self._unstored.append((today, self._hashed(member), usage))
            try:
                while self._unstored:
                    day, hashed, stored_usage = self._unstored[0]
                    self.ledger.spending.add(day, hashed, stored_usage.read, stored_usage.wrote)
                    del self._unstored[0]
                if self._folded_on != today:
                    self.ledger.spending.fold(today - timedelta(days=1))
                    self._folded_on = today
            except ArchiveError as error:
                logger.warning("Usage of models not stored yet: %s", error)

    def _spent(self, day: date, member: str | None = None) -> Spending:
        """Return the usage of *day*, by *member* or by all members."""
        stored = self.ledger.spending.of(day, member)
        unstored = [
            usage
            for usage_day, hashed, usage in self._unstored
            if usage_day == day and member in (None, hashed)
        ]
        return Spending(
            stored.answers + len(unstored),
            stored.tokens_read + sum(usage.read for usage in unstored),
            stored.tokens_written + sum(usage.wrote for usage in unstored),
        )

    @property
    def daily(self) -> Decimal | None:
        """Return the cost limit of a day, as set in Discord or else in the settings."""
        if self.settings.price_input is None or self.settings.price_output is None:
            return None
        rules = DeskRules.of(self.ledger.rules.get(DESK))
        return self.settings.daily_budget if rules.daily_budget is None else rules.daily_budget

    def cost(self, usage: Spending) -> Decimal:
        """Return the cost of *usage*, in the currency of the settings' prices."""
        input_cost = Decimal(usage.tokens_read) * (self.settings.price_input or 0)
        output_cost = Decimal(usage.tokens_written) * (self.settings.price_output or 0)
        return (input_cost + output_cost) / _MILLION

    def _hashed(self, member: str) -> str:
        return hashlib.sha256(f"{self._salt}{member}".encode()).hexdigest()[:32] if member else ""


@dataclass(slots=True)
class Limiter:
    """Rate limiter by key; *clock* returns monotonic seconds.

    Once a minute it forgets who has not asked within one.
    """

    clock: Callable[[], float]
    _times: dict[Hashable, deque[float]] = field(default_factory=dict)
    _cleaned_at: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin the first minute."""
        self._cleaned_at = self.clock()

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
        if now - self._cleaned_at >= MEMBERS.rate_seconds:
            self._cleaned_at = now
            self._times = {
                k: v for k, v in self._times.items() if v and now - v[-1] < MEMBERS.rate_seconds
            }
        return longest

    def _wait(self, key: Hashable, limit: int, now: float) -> float:
        times = self._times.get(key)
        while times and now - times[0] >= MEMBERS.rate_seconds:
            times.popleft()
        if limit <= 0:
            return MEMBERS.rate_seconds
        return (
            0.0 if not times or len(times) < limit else MEMBERS.rate_seconds - (now - times[-limit])
        )
