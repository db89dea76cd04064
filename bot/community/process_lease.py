"""Coordination of several processes on one archive, by leases.

Every live process renews a lease; the leader does the work that only one process may do. An
expired lease means that its process is dead. The clocks of the machines have to agree to within
seconds.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.ledger import Ledger
from bot.ledger.model import PendingQuestion
from ingest.process.threads import in_thread

_LEASE_PERIOD = timedelta(seconds=15)
"""Time after which a lease expires unless it is renewed."""
_LEADER_LEASE = "telling"
"""Name of the leader's lease; the leader sends news, digests and notices for all."""


@dataclass(frozen=True, slots=True)
class ProcessLease:
    """The leases of this process among those that share an archive.

    *alone* means single-process mode: the index allows one process at a time.
    """

    ledger: Ledger
    clock: Callable[[], datetime]
    alone: bool
    owner: str = field(default_factory=lambda: secrets.token_hex(8))

    @in_thread
    def begin(self) -> None:
        """Register this process; in single-process mode, delete leases of earlier processes."""
        if self.alone:
            self.ledger.leases.clear()
        else:
            self._renew()

    @in_thread
    def renew(self) -> None:
        """Renew the lease of this process; call it well before the lease expires."""
        self._renew()

    @in_thread
    def end(self) -> None:
        """Release the leases of this process, so that others can take over at once."""
        self.ledger.leases.give_up(self.owner, before=self.clock())

    @in_thread
    def is_leader(self) -> bool:
        """Acquire or renew the leader's lease; return True if this process is the leader."""
        now = self.clock()
        return self.alone or self.ledger.leases.take(
            _LEADER_LEASE, self.owner, now + _LEASE_PERIOD, now=now
        )

    @in_thread
    def interrupted(self) -> list[PendingQuestion]:
        """Return and take over the questions of dead processes, each only once."""
        if not self.alone:
            self._renew()
        return self.ledger.questions.interrupted(self.owner, self.clock())

    @in_thread
    def mark_notified(self, question: PendingQuestion) -> None:
        """Record that the asker was notified; otherwise another process does it later."""
        self.ledger.questions.mark_notified(question.id)

    def live_owners(self) -> set[str]:
        """Return the owners of all live processes, including this one; it blocks."""
        return {self.owner, *self.ledger.leases.owners(self.clock())}

    def _renew(self) -> None:
        now = self.clock()
        self.ledger.leases.take(f"process {self.owner}", self.owner, now + _LEASE_PERIOD, now=now)
