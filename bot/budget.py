"""What models may cost: per day, and per member; at a limit the coverage's own words answer."""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from bot.answering.model import Trouble, Usage
from bot.community.rules import DESK, DeskRules
from bot.ledger import Ledger
from bot.ledger.model import Spending
from bot.settings import BotSettings
from ingest.errors import ArchiveError

logger = logging.getLogger(__name__)

_MILLION = Decimal(1_000_000)


@dataclass(slots=True)
class Budget:
    """Counts tokens by day and member. A member is known by a hash that nobody can undo.

    ``_salt`` is made anew with each start, so that a member's days are never joined up; what a
    restart forgets of one day's count is at most one day's limit.
    """

    ledger: Ledger
    settings: BotSettings
    _salt: str = field(default_factory=lambda: secrets.token_hex(16))
    _folded: date | None = None
    _uncounted: list[tuple[date, str, Usage]] = field(default_factory=list)
    """What could not be written down yet; it counts all the same."""
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def refuses(self, member: str, today: date) -> Trouble | None:
        """Return why no model may write for *member* any more today, or ``None``."""
        daily, limit = self.daily, self.settings.answers_per_member
        if daily is not None and self.cost(self._spent(today)) >= daily:
            return Trouble.BUDGET
        if limit is not None and self._spent(today, self._name(member)).answers >= limit:
            return Trouble.MEMBER
        return None

    def count(self, member: str, today: date, usage: Usage) -> None:
        """Add what an answer took; where nothing can be written, that follows with the next."""
        with self._turn:
            self._uncounted.append((today, self._name(member), usage))
            try:
                while self._uncounted:
                    day, name, used = self._uncounted[0]
                    self.ledger.spending.add(day, name, used.read, used.wrote)
                    del self._uncounted[0]
                if self._folded != today:
                    self.ledger.spending.fold(today - timedelta(days=1))
                    self._folded = today
            except ArchiveError as error:
                logger.warning("What answers cost is not written down yet: %s", error)

    def _spent(self, day: date, member: str | None = None) -> Spending:
        """Return what was spent on *day*, by everybody or by one member."""
        told = self.ledger.spending.of(day, member)
        more = [u for d, name, u in self._uncounted if d == day and member in (None, name)]
        return Spending(
            told.answers + len(more),
            told.tokens_read + sum(each.read for each in more),
            told.tokens_written + sum(each.wrote for each in more),
        )

    @property
    def daily(self) -> Decimal | None:
        """What one day may cost: as set in Discord, else by the settings."""
        if self.settings.price_input is None or self.settings.price_output is None:
            return None
        rules = DeskRules.of(self.ledger.rules.get(DESK))
        return self.settings.daily_budget if rules.daily_budget is None else rules.daily_budget

    def cost(self, spent: Spending) -> Decimal:
        """Return the price of *spent*, in the currency of the settings' prices."""
        read = Decimal(spent.tokens_read) * (self.settings.price_input or 0)
        written = Decimal(spent.tokens_written) * (self.settings.price_output or 0)
        return (read + written) / _MILLION

    def _name(self, member: str) -> str:
        return hashlib.sha256(f"{self._salt}{member}".encode()).hexdigest()[:32] if member else ""
