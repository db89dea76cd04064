"""What a server sets for itself, and what the home server sets for the whole desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from ingest.language.languages import Language
from ingest.model import Edition

DESK = ""
"""The place under which the desk's own rules are kept."""


class Speaks(StrEnum):
    """How the bot answers in a channel."""

    ON = "on"
    OFF = "off"
    MENTION = "mention"
    THREAD = "thread"


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """When and where a digest is posted: each day, or on one weekday (0 is Monday), at an hour.

    It begins after ``set_at``.
    """

    channel: int
    hour: int
    set_at: datetime
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From which hour until which nothing is posted that nobody asked for at that moment."""

    begin: int
    end: int

    def hold(self, hour: int) -> bool:
        """Tell whether *hour* is one of them; they may go past midnight."""
        if self.begin <= self.end:
            return self.begin <= hour < self.end
        return hour >= self.begin or hour < self.end


@dataclass(frozen=True, slots=True)
class ServerRules:
    """One server's rules; ``channels`` are those that differ from ``everywhere``.

    ``language`` is what answers are in whatever the question's is; ``per_member`` and
    ``per_channel`` count questions in a minute. ``outlets`` are those that answers here may cite,
    all if there are none. ``review_channel`` is where what members here propose and report goes,
    and whoever has ``moderator_role`` looks after the coverage beside those who manage messages.
    ``timezone`` is the IANA name by which hours are meant.
    """

    everywhere: Speaks = Speaks.ON
    channels: Mapping[str, Speaks] = field(default_factory=dict)
    language: Language | None = None
    per_member: int = 6
    per_channel: int = 120
    outlets: tuple[str, ...] = ()
    review_channel: int | None = None
    moderator_role: int | None = None
    timezone: str = "UTC"
    quiet: QuietHours | None = None
    digest: DigestPlan | None = None
    welcomed: bool = False

    @staticmethod
    def of(values: Mapping[str, Any]) -> ServerRules:
        """Read what the archive keeps."""
        return _server_rules().validate_python(values)

    def speaks(self, *channels: int | None) -> Speaks:
        """Tell how the bot answers in a channel; the first of *channels* that is set decides."""
        return next(
            (self.channels[str(each)] for each in channels if str(each) in self.channels),
            self.everywhere,
        )

    def is_quiet(self, now: datetime) -> bool:
        """Tell whether *now* is within the quiet hours."""
        return self.quiet is not None and self.quiet.hold(
            now.astimezone(ZoneInfo(self.timezone)).hour
        )

    def edition(self, server: int | str | None) -> Edition:
        """Return the coverage that answers in *server*, whose rules these are, may cite."""
        return Edition(str(server or ""), self.outlets)

    def values(self) -> dict[str, Any]:
        """Return what the archive keeps."""
        kept: dict[str, Any] = _server_rules().dump_python(self, mode="json")
        return kept


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What the home server sets for every server; ``None`` leaves it to the settings.

    ``quiet`` are the sources of which moderators know that they are, by number, and since when.
    ``home`` is that server's number: what it adds is everybody's. With ``second_moderator``
    nothing is kept before another moderator agrees; ``review_channel`` is where
    what is proposed and reported at home goes, and in direct messages.
    """

    daily_budget: Decimal | None = None
    voting_link: str | None = None
    second_moderator: bool = False
    review_channel: int | None = None
    home: int | None = None
    quiet: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(values: Mapping[str, Any]) -> DeskRules:
        """Read what the archive keeps."""
        return _desk_rules().validate_python(values)

    def values(self) -> dict[str, Any]:
        """Return what the archive keeps."""
        kept: dict[str, Any] = _desk_rules().dump_python(self, mode="json")
        return kept


@cache
def _server_rules() -> TypeAdapter[ServerRules]:
    """Return what reads and writes them; making it takes longer than using it."""
    return TypeAdapter(ServerRules)


@cache
def _desk_rules() -> TypeAdapter[DeskRules]:
    """Return what reads and writes them."""
    return TypeAdapter(DeskRules)
