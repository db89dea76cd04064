"""Several processes on one desk: each says that it is there, and one does what only one may do.

A process that no longer says so is taken for dead; the clocks of several machines have to agree to
some seconds.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.ledger import Ledger
from bot.ledger.model import PendingQuestion
from ingest.threads import in_thread

_LASTING = timedelta(seconds=15)
"""How long a process counts as there since it last said so."""
_TELLING = "telling"
"""Sending what is due: news, digests, notices. One process does it for all."""


@dataclass(frozen=True, slots=True)
class Presence:
    """This process among those that share an archive.

    *alone* is where no other can be there, because the index has one owner at a time.
    """

    ledger: Ledger
    clock: Callable[[], datetime]
    alone: bool
    owner: str = field(default_factory=lambda: secrets.token_hex(8))

    @in_thread
    def begin(self) -> None:
        """Say that this process is there; where it is alone, whoever was before is not."""
        if self.alone:
            self.ledger.leases.clear()
        else:
            self._renew()

    @in_thread
    def renew(self) -> None:
        """Say so again, well before it is forgotten."""
        self._renew()

    @in_thread
    def end(self) -> None:
        """Let others do at once what this process did."""
        self.ledger.leases.give_up(self.owner, before=self.clock())

    @in_thread
    def tells(self) -> bool:
        """Tell whether this process is the one that sends what is due, now and for a while."""
        now = self.clock()
        return self.alone or self.ledger.leases.take(_TELLING, self.owner, now + _LASTING, now=now)

    @in_thread
    def interrupted(self) -> list[PendingQuestion]:
        """Return the questions of processes that are no more, each only once."""
        if not self.alone:
            self._renew()
        return self.ledger.questions.interrupted(self.owner, self.clock())

    @in_thread
    def given_up(self) -> list[PendingQuestion]:
        """Return the questions of this process that it will not answer, until they are told."""
        return self.ledger.questions.given_up(self.owner)

    @in_thread
    def note_told(self, asked: PendingQuestion) -> None:
        """Note that whoever *asked* knows; a process that dies before leaves it to the next."""
        self.ledger.questions.note_told(asked.id)

    def there(self) -> set[str]:
        """Return every process that is there, this one among them; it blocks."""
        return {self.owner, *self.ledger.leases.owners(self.clock())}

    def _renew(self) -> None:
        now = self.clock()
        self.ledger.leases.take(f"process {self.owner}", self.owner, now + _LASTING, now=now)
