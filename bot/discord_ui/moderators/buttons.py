"""Every button of moderators."""

from __future__ import annotations

from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.moderators import decisions, listing, reports, settings, suggestions
from bot.discord_ui.moderators.adding import AddButton

BUTTONS: tuple[type[KeyButton], ...] = (
    *decisions.BUTTONS,
    *listing.BUTTONS,
    *reports.BUTTONS,
    *suggestions.BUTTONS,
    *settings.BUTTONS,
    AddButton,
)
