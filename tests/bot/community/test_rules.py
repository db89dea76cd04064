"""Rules are read as they were kept; what is unknown is refused."""

from datetime import datetime
from decimal import Decimal

import pytest
from pydantic import ValidationError

from bot.community.rules import DeskRules, QuietHours, ServerRules, Speaks
from ingest.language.languages import Language


def test_rules_come_back_as_they_were():
    """Through JSON and back."""
    server = ServerRules(Speaks.OFF, {"7": Speaks.THREAD}, Language.JAPANESE, 3, 60)
    desk = DeskRules(Decimal("5.50"), "https://vote.example", True, 9)
    assert ServerRules.of(server.values()) == server
    assert DeskRules.of(desk.values()) == desk
    assert ServerRules.of({}) == ServerRules()


def test_the_nearest_place_decides():
    """A thread goes before its channel, a channel before the server."""
    rules = ServerRules(Speaks.OFF, {"7": Speaks.ON, "8": Speaks.MENTION})
    assert rules.speaks(8, 7) is Speaks.MENTION
    assert rules.speaks(9, 7) is Speaks.ON
    assert rules.speaks(9, None) is Speaks.OFF


def test_a_broken_row_is_refused():
    """It is not taken for something else."""
    with pytest.raises(ValidationError):
        ServerRules.of({"everywhere": "sometimes"})


@pytest.mark.parametrize(
    ("zone", "moment", "quiet"),
    [
        ("Europe/Berlin", "2026-03-28T20:59", False),
        ("Europe/Berlin", "2026-03-28T21:00", True),
        ("Europe/Berlin", "2026-03-29T04:59", True),
        ("Europe/Berlin", "2026-03-29T05:00", False),
        ("Europe/Berlin", "2026-10-24T19:59", False),
        ("Europe/Berlin", "2026-10-24T20:00", True),
        ("Europe/Berlin", "2026-10-25T05:59", True),
        ("Europe/Berlin", "2026-10-25T06:00", False),
        ("America/New_York", "2026-03-08T10:59", True),
        ("America/New_York", "2026-03-08T11:00", False),
        ("America/New_York", "2026-11-01T11:59", True),
        ("America/New_York", "2026-11-01T12:00", False),
    ],
)
def test_the_quiet_hours_are_those_of_the_server_s_clock(zone, moment, quiet):
    """From ten to seven, in the nights in which the clock is changed too."""
    rules = ServerRules(timezone=zone, quiet=QuietHours(22, 7))
    assert rules.is_quiet(datetime.fromisoformat(f"{moment}+00:00")) is quiet
