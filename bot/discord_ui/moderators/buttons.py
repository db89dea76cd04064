"""All buttons and menus for moderators."""

from __future__ import annotations

from bot.discord_ui.buttons import KeyItem
from bot.discord_ui.moderators import decisions, listing, reports, settings, setup, suggestions
from bot.discord_ui.moderators.adding import AddButton, PasteButton

MODERATORS_CONTROLS: tuple[type[KeyItem], ...] = (
    *decisions.DECISION_BUTTONS,
    *listing.LISTING_CONTROLS,
    *reports.REVIEW_BUTTONS,
    *suggestions.SUGGESTION_BUTTONS,
    *settings.SETTINGS_CONTROLS,
    *setup.SETUP_BUTTONS,
    AddButton,
    PasteButton,
)
