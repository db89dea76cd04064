"""All buttons for moderators."""

from __future__ import annotations

from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.moderators import decisions, listing, reports, settings, setup, suggestions
from bot.discord_ui.moderators.adding import AddButton

MODERATORS_BUTTONS: tuple[type[KeyButton], ...] = (
    *decisions.DECISION_BUTTONS,
    *listing.LISTING_BUTTONS,
    *reports.REVIEW_BUTTONS,
    *suggestions.SUGGESTION_BUTTONS,
    *settings.SETTINGS_BUTTONS,
    *setup.SETUP_BUTTONS,
    AddButton,
)
