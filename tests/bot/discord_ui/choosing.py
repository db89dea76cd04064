"""What a person can press under a message, and behind its “More”."""

from __future__ import annotations

import discord
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

MORE = "desk:more:"


def walked(components):
    """Yield components and what is in them."""
    for each in components:
        yield each
        yield from walked(each.get("components", []))


def buttons(message):
    """Return a message's buttons, in their order."""
    kind = discord.ComponentType.button.value
    components = [each if isinstance(each, dict) else each.to_dict() for each in message.components]
    return [each for each in walked(components) if each["type"] == kind]


def labels(message):
    """Return the labels of a message's buttons, in their order."""
    return [each["label"] for each in buttons(message)]


async def more(member, message):
    """Let *member* open what is behind “More” under *message*."""
    [name] = [n for each in buttons(message) if (n := each["custom_id"]).startswith(MORE)]
    return (await member.click(message, custom_id=name)).response


async def entries(member, message):
    """Return what is behind “More” under *message*, by its labels."""
    return labels(await more(member, message))


async def choose(member, message, entry):
    """Let *member* press what is behind “More” under *message*, by its kind."""
    opened = await more(member, message)
    [name] = [n for each in buttons(opened) if (n := each["custom_id"]).startswith(f"desk:{entry}")]
    return await member.click(opened, custom_id=name)


def withhold(env, channel, *names):
    """Take rights in *channel* from everybody but administrators; without *names* give all back."""
    rights = discord.Permissions(**dict.fromkeys(names, True)).value
    everybody = Overwrite(env.guild.default_role.id, OverwriteType.ROLE, deny=rights)
    env.backend.set_overwrite(channel.id, everybody)
