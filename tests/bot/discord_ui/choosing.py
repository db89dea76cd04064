"""What a person can press and choose under a message."""

from __future__ import annotations

import discord

MENU = "desk:menu:"


def walked(components):
    """Yield components and what is in them."""
    for each in components:
        yield each
        yield from walked(each.get("components", []))


def labels(message):
    """Return the labels of a message's buttons, in their order."""
    kind = discord.ComponentType.button.value
    return [each["label"] for each in walked(message.components) if each["type"] == kind]


def menu_of(message):
    """Return the menu under an answer; ``None`` if it has none."""
    found = (e for e in walked(message.components) if e.get("custom_id", "").startswith(MENU))
    return next(found, None)


def entries(message):
    """Return what the menu under an answer offers, by its labels."""
    menu = menu_of(message)
    return [each["label"] for each in menu["options"]] if menu else []


async def choose(member, message, entry):
    """Let *member* choose an entry of the menu under *message*, by its value."""
    return await member.select(message, [entry], custom_id=menu_of(message)["custom_id"])
