"""Which readers are to be told that a source of their answer changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ledger import Ledger
from bot.ledger.model import DueNotice
from ingest.threads import in_thread


@dataclass(frozen=True, slots=True)
class Corrections:
    """The notices that nobody gave yet, of answers not older than *lasting*."""

    ledger: Ledger
    clock: Callable[[], datetime]
    lasting: timedelta

    @in_thread
    def due(self) -> list[DueNotice]:
        """Return the notices that nobody gave yet."""
        return self.ledger.notices.due(self.clock() - self.lasting)

    @in_thread
    def mark_given(self, notice: DueNotice, *, reached: bool) -> None:
        """Record that one was given, or could not be."""
        self.ledger.notices.mark_given(notice.key, now=self.clock(), reached=reached)
