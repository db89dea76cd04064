"""The home server, which moderates the shared coverage."""

from __future__ import annotations

from dataclasses import dataclass

from bot.community.rules import DESK, DeskRules
from bot.ledger import Ledger
from ingest.process.threads import in_thread


@dataclass(slots=True)
class Home:
    """The number of the home server as last read; ``None`` until one is set."""

    ledger: Ledger
    server: int | None = None

    @in_thread
    def claim(self, server: int) -> None:
        """Make *server* the home server unless there is one already."""
        self.server = self.ledger.rules.claim("home", server)

    def read(self) -> None:
        """Read the number of the home server from the archive; it blocks."""
        self.server = DeskRules.of(self.ledger.rules.get(DESK)).home
