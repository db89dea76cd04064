"""The interface of claim verifiers, which judge claims against their citations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from bot.answering.values import Claim, Meter, Trouble

if TYPE_CHECKING:
    from bot.answering.proving.figures import Derived


class Finding(StrEnum):
    """The relation of the cited sentences to a claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    CLAIMED = "claimed"
    """They report it as a claim, allegation or denial of somebody; not as a fact."""
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class ProposedClaim:
    """A claim that passed the checks but is not verified yet, with its derived figures."""

    claim: Claim
    derived: tuple[Derived, ...] = ()


class VerifierError(Exception):
    """The verifier returned no finding; ``trouble`` is the cause. The claims stay unproven."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class ClaimVerifier(Protocol):
    """A verifier of claims, created in :mod:`bot.answering.writing.models`."""

    @property
    def name(self) -> str:
        """Return the name that answers show."""
        ...

    @property
    def judges(self) -> bool:
        """Return True if it can find that a claim is not supported, not only that it is."""
        ...

    async def verify(self, proposed: Sequence[ProposedClaim], meter: Meter) -> list[Finding | None]:
        """Return one finding for each claim, ``None`` for a claim without one.

        Raises:
            VerifierError: there is no finding for any claim.
        """
        ...

    async def close(self) -> None:
        """Release its connections, in the event loop that used them."""
        ...
