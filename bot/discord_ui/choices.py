"""Choices for autocompletion, within Discord's limits."""

from __future__ import annotations

from collections.abc import Iterable

from discord import app_commands

_CHOICE_COUNT, _CHOICE_LENGTH = 25, 100
"""Choices that Discord shows, and characters of one choice."""


def matching_choices(
    text: str, names: Iterable[str], *, include_text: bool = False
) -> list[app_commands.Choice[str]]:
    """Return choices for the *names* that contain *text*, after *text* itself if so asked."""
    folded = text.casefold().strip()
    mine = [text.strip()[:_CHOICE_LENGTH]] if include_text and folded else []
    matches = (name for name in names if folded in name.casefold() and len(name) <= _CHOICE_LENGTH)
    return [
        app_commands.Choice(name=name, value=name)
        for name in list(dict.fromkeys([*mine, *matches]))[:_CHOICE_COUNT]
    ]
