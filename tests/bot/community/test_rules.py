"""Rules are read as they were kept; what is unknown is refused."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from bot.community.rules import DeskRules, ServerRules, Speaks
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
