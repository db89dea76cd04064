"""Home: the server that looks after what everybody shares, remembered by its number."""

from __future__ import annotations

from dataclasses import dataclass

from bot.community.rules import DESK, DeskRules
from bot.ledger import Ledger
from ingest.threads import in_thread


@dataclass(slots=True)
class Home:
    """The server that is home, as it was read last; ``None`` before there is one."""

    ledger: Ledger
    server: int | None = None

    @in_thread
    def claim(self, server: int) -> None:
        """Let the server that the bot is set up in first be home; afterwards nothing changes."""
        self.server = self.ledger.rules.claim("home", server)

    def read(self) -> None:
        """Read which server is home: another process may have changed it; it blocks."""
        self.server = DeskRules.of(self.ledger.rules.get(DESK)).home
