"""Places in Discord: a server, a channel, a thread, a direct message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import discord

from bot.discord_ui.limits import DISCORD
from bot.discord_ui.replying import Interaction


@dataclass(frozen=True, slots=True)
class Place:
    """A channel by its id, with the ids of its server and, for a thread, of the parent channel.

    ``threads`` is True if the bot may open a thread on a message there. ``foreign`` is True if the
    bot is no member there: somebody installed it as an app for their own account. ``writable`` is
    False if the user may not write there, for instance in a channel for announcements.
    """

    server: int | None
    channel: int
    parent: int | None = None
    threads: bool = False
    foreign: bool = False
    writable: bool = True

    @classmethod
    def of(cls, event: discord.Message | Interaction) -> Self:
        """Return the place of a message or an interaction."""
        channel = event.channel
        if isinstance(event, discord.Interaction) and _is_user_app(event):
            writable = _may_write(event, event.permissions)
            return cls(None, channel.id if channel else 0, foreign=True, writable=writable)
        server = event.guild.id if event.guild else None
        parent = channel.parent_id if isinstance(channel, discord.Thread) else None
        number, threads = channel.id if channel else 0, _allows_threads(channel)
        writable = isinstance(event, discord.Message) or _may_write(event, event.permissions)
        return cls(server, number, parent, threads, writable=writable)


@dataclass(frozen=True, slots=True)
class Audience:
    """The people who see an answer; ``showable`` means that its asker may show it to all."""

    place: Place
    private: bool = False
    showable: bool = False


async def server_of(client: discord.Client, channel: int) -> discord.Guild | None:
    """Return the server of a channel, also if another shard serves it.

    Returns ``None`` for a direct channel or a deleted one.
    """
    cached = client.get_channel(channel)
    try:
        source = cached or await client.fetch_channel(channel)
        guild = getattr(source, "guild", None)
        return guild if cached or guild is None else await client.fetch_guild(guild.id)
    except discord.HTTPException:
        return None


def is_of_shard(client: discord.Client, server: int) -> bool:
    """Return True if Discord tells this client of a server, by the rule for shards."""
    if client.shard_id is None or client.shard_count is None:
        return True
    return (server >> DISCORD.shard_bits) % client.shard_count == client.shard_id


def is_closed(client: discord.Client, channel: int, *, to: str = "send") -> bool:
    """Return True if the bot may not write in a channel at present, so that its messages wait.

    With *to* "view", it may not even see it. A channel that Discord told nothing about is tried.
    """
    known = client.get_channel(channel)
    if not isinstance(known, discord.abc.GuildChannel | discord.Thread) or known.guild.me is None:
        return False
    if isinstance(known, discord.Thread) and known.parent is None:
        return False
    rights = known.permissions_for(known.guild.me)
    if to == "view" or not rights.view_channel:
        return not rights.view_channel
    if isinstance(known, discord.Thread):
        return not rights.send_messages_in_threads or (known.locked and not rights.manage_threads)
    return not rights.send_messages


def bot_may_write(interaction: Interaction) -> bool:
    """Return True if the bot may send messages by itself in the channel of *interaction*."""
    return _may_write(interaction, interaction.app_permissions)


def _may_write(interaction: Interaction, rights: discord.Permissions) -> bool:
    """Return True if *rights* allow messages in the channel; in direct messages all may write."""
    if interaction.guild_id is None:
        return True
    if isinstance(interaction.channel, discord.Thread):
        return rights.send_messages_in_threads
    return rights.send_messages


def _is_user_app(interaction: Interaction) -> bool:
    """Return True if somebody installed the bot for their account and it is no member there.

    The bot's own direct channel with a person is no such place.
    """
    if interaction.context.dm_channel or interaction.is_guild_integration():
        return False
    # is_user_integration() is False for others who press a button of that person's answer.
    return DISCORD.user_install in interaction._integration_owners


def _allows_threads(channel: object) -> bool:
    """Return True if the bot may open public threads in *channel* and write in them."""
    if not isinstance(channel, discord.TextChannel):
        return False
    rights = channel.permissions_for(channel.guild.me)
    return rights.create_public_threads and rights.send_messages_in_threads
