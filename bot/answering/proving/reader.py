"""Whoever reads a sentence against what it cites, and says whether that supports it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.answering.chat.meter import Meter
from bot.answering.model import Claim, Trouble
from bot.answering.proving.figures import Derived


class Finding(StrEnum):
    """What the cited sentences have to say of a claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    CLAIMED = "claimed"
    """They report it as what somebody claims, alleges or denies; not as a fact."""
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class Proposed:
    """A claim that passed the gates, and the figures in it that are derived: not yet proven."""

    claim: Claim
    derived: tuple[Derived, ...] = ()


class UnreadClaimsError(Exception):
    """The reader gave no reading; ``trouble`` says why. What it should have read stays unproven."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class Reader(Protocol):
    """Reads claims; of two kinds: a chat model, and identity where there is none."""

    @property
    def name(self) -> str:
        """How it is called where readers of an answer see it."""
        ...

    @property
    def judges(self) -> bool:
        """Whether it can tell that a sentence is not supported, not only that it is."""
        ...

    async def read(self, proposed: Sequence[Proposed], meter: Meter) -> list[Finding | None]:
        """Return one reading each, ``None`` where it gave none.

        Raises:
            ReadingError: nothing at all was read.
        """
        ...
