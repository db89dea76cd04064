"""Where in Discord something happens: a server, a channel, a thread, a direct message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import discord

from bot.discord_ui.replying import Interaction


@dataclass(frozen=True, slots=True)
class Place:
    """A channel by its number; ``parent`` is the channel of a thread, ``server`` of a server.

    ``threads`` is whether the bot may make a thread of a message there. ``foreign`` is one where it
    is not: somebody brought it along, as an app of their own.
    """

    server: int | None
    channel: int
    parent: int | None = None
    threads: bool = False
    foreign: bool = False

    @classmethod
    def of(cls, where: discord.Message | Interaction) -> Self:
        """Tell where a message stands, or something was pressed or typed."""
        channel = where.channel
        if isinstance(where, discord.Interaction) and _is_brought_along(where):
            return cls(None, channel.id if channel else 0, foreign=True)
        server = where.guild.id if where.guild else None
        parent = channel.parent_id if isinstance(channel, discord.Thread) else None
        return cls(server, channel.id if channel else 0, parent, _takes_threads(channel))


@dataclass(frozen=True, slots=True)
class Audience:
    """Who sees an answer, and where; ``showable`` is one that its asker may show to all."""

    place: Place
    private: bool = False
    showable: bool = False


async def server_of(client: discord.Client, channel: int) -> discord.Guild | None:
    """Return the server of a channel, also of one that another shard looks after.

    ``None`` for a direct channel, or one that is gone.
    """
    known = client.get_channel(channel)
    try:
        found = known or await client.fetch_channel(channel)
        guild = getattr(found, "guild", None)
        return guild if known or guild is None else await client.fetch_guild(guild.id)
    except discord.HTTPException:
        return None


def _is_brought_along(interaction: Interaction) -> bool:
    """Tell whether somebody uses the bot as an app of their own, where it is no member."""
    return interaction.is_user_integration() and not interaction.is_guild_integration()


def _takes_threads(channel: object) -> bool:
    """Tell whether the bot may make a thread in *channel*."""
    if not isinstance(channel, discord.TextChannel):
        return False
    return channel.permissions_for(channel.guild.me).create_public_threads
