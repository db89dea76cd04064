"""What is offered while somebody types, within Discord's limits."""

from __future__ import annotations

from collections.abc import Iterable

from discord import app_commands

_MOST, _LONGEST = 25, 100
"""Choices that Discord shows, and characters of one."""


def choices_like(
    typed: str, names: Iterable[str], *, own: bool = False
) -> list[app_commands.Choice[str]]:
    """Offer those of *names* that contain what was typed, behind that itself with *own*."""
    wanted = typed.casefold().strip()
    mine = [typed.strip()[:_LONGEST]] if own and wanted else []
    found = (each for each in names if wanted in each.casefold() and len(each) <= _LONGEST)
    return [
        app_commands.Choice(name=each, value=each)
        for each in list(dict.fromkeys([*mine, *found]))[:_MOST]
    ]
