"""The interface of claim verifiers, which judge claims against their citations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.answering.chat.meter import Meter
from bot.answering.model import Claim, Trouble
from bot.answering.proving.figures import Derived


class Finding(StrEnum):
    """The relation of the cited sentences to a claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    CLAIMED = "claimed"
    """They report it as a claim, allegation or denial of somebody; not as a fact."""
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class Proposed:
    """A claim that passed the checks but is not verified yet, with its derived figures."""

    claim: Claim
    derived: tuple[Derived, ...] = ()


class UnreadClaimsError(Exception):
    """The verifier returned no finding; ``trouble`` is the cause. The claims stay unproven."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class Reader(Protocol):
    """A verifier of claims; implemented by a chat model, and without one by word identity."""

    @property
    def name(self) -> str:
        """Return the name that answers show."""
        ...

    @property
    def judges(self) -> bool:
        """Return True if it can find that a claim is not supported, not only that it is."""
        ...

    async def read(self, proposed: Sequence[Proposed], meter: Meter) -> list[Finding | None]:
        """Return one finding for each claim, ``None`` for a claim without one.

        Raises:
            UnreadClaimsError: there is no finding for any claim.
        """
        ...
