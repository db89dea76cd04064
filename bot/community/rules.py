"""The rules of each server and of the whole desk, and the server that is its home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from ingest.language.languages import Language
from ingest.model import Edition
from ingest.process.threads import in_thread

if TYPE_CHECKING:
    from bot.ledger import Ledger

DESK = ""
"""The place under which the rules of the whole desk are stored."""


class Speaks(StrEnum):
    """Condition under which the bot answers in a channel."""

    ON = "on"
    OFF = "off"
    MENTION = "mention"
    THREAD = "thread"


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """Schedule of a digest: channel, hour and, if weekly, weekday (0 is Monday).

    The first digest is due after ``set_at``. ``failures`` counts the digests in a row that reached
    nobody.
    """

    channel: int
    hour: int
    set_at: datetime
    weekday: int | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours without unrequested messages, from ``begin`` until ``end``."""

    begin: int
    end: int

    def hold(self, hour: int) -> bool:
        """Return True if *hour* is within the quiet hours, which may span midnight."""
        if self.begin <= self.end:
            return self.begin <= hour < self.end
        return hour >= self.begin or hour < self.end


class _StoredRules:
    """Rules that are stored as the values of their fields."""

    __slots__ = ()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Build the rules from their stored values."""
        rules: Self = cls._adapter().validate_python(values)
        return rules

    def values(self) -> dict[str, Any]:
        """Return the values to be stored."""
        values: dict[str, Any] = self._adapter().dump_python(self, mode="json")
        return values

    @classmethod
    @cache
    def _adapter(cls) -> TypeAdapter[Any]:
        """Return the type adapter of these rules, cached because building it is slow."""
        return TypeAdapter(cls)


@dataclass(frozen=True, slots=True)
class ServerRules(_StoredRules):
    """Rules of one server; ``channels`` are those that differ from ``everywhere``.

    ``language`` is the language of answers; if unset, it is the question's. ``per_member`` and
    ``per_channel`` limit the questions per minute. ``outlets`` are the citable ones, all if empty.
    ``review_channel`` receives suggestions and reports, and members with ``moderator_role``
    moderate the coverage like those who manage messages. ``timezone`` is an IANA name, used for
    all hours.
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

    def speaks(self, *channels: int | None) -> Speaks:
        """Return the mode of the first of *channels* that has one, else the server's."""
        return next(
            (self.channels[str(channel)] for channel in channels if str(channel) in self.channels),
            self.everywhere,
        )

    def is_quiet(self, now: datetime) -> bool:
        """Return True if *now* is within the quiet hours."""
        return self.quiet is not None and self.quiet.hold(
            now.astimezone(ZoneInfo(self.timezone)).hour
        )

    def edition(self, server: int | str | None) -> Edition:
        """Return the edition that answers in *server*, which has these rules, may cite."""
        return Edition(str(server or ""), self.outlets)


@dataclass(frozen=True, slots=True)
class DeskRules(_StoredRules):
    """Rules set at home for every server; ``None`` leaves a rule to the settings.

    ``quiet`` maps the ids of quiet sources known to moderators to the start of their silence.
    ``home`` is the number of the home server, whose additions are shared. With
    ``second_moderator``, a second moderator has to approve additions. ``review_channel`` receives
    suggestions and reports from home and from direct messages.
    """

    daily_budget: Decimal | None = None
    voting_link: str | None = None
    second_moderator: bool = False
    review_channel: int | None = None
    home: int | None = None
    quiet: Mapping[str, str] = field(default_factory=dict)


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
