"""Everything that members are offered, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from discord import app_commands

from bot.community.members import Community
from bot.community.starters import Starters
from bot.discord_ui.asking import Asking
from bot.discord_ui.members.coverage import coverage_command
from bot.discord_ui.members.find import Looking, find_command
from bot.discord_ui.members.privacy import forget_command, privacy_command
from bot.discord_ui.members.suggest import suggest_command
from bot.discord_ui.members.timeline import DrawUp, timeline_command

Offer: TypeAlias = app_commands.Command[Any, ..., None] | app_commands.ContextMenu


@dataclass(frozen=True, slots=True)
class Offers:
    """What members' commands rest on; *draw_up* blocks."""

    community: Community
    starters: Starters
    look_up: Looking
    draw_up: DrawUp
    keeps_questions: bool = False
    has_model: bool = False

    def commands(self, asking: Asking) -> list[Offer]:
        """Make every command but `/ask`."""
        return [
            coverage_command(asking, self.community),
            timeline_command(asking, self.draw_up),
            find_command(self.look_up),
            suggest_command(),
            privacy_command(asking, keeps_questions=self.keeps_questions, has_model=self.has_model),
            forget_command(asking, self.community),
        ]
