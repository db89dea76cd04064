"""Who may look after the coverage, and what the commands and buttons share."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import discord
from discord import ui

from bot.community.curating import Moderator
from bot.community.previewing import Preview
from bot.desk import Desk
from bot.discord_ui.recent import Recent
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import Interaction, privately, words_in, words_of
from bot.wording import Wording

logger = logging.getLogger(__name__)

_PREVIEWS = 100
"""Previews that can still be kept; a restart forgets them."""


@dataclass(frozen=True, slots=True)
class Moderation:
    """What the commands and buttons share: the desk, who may do what, the open previews.

    What everybody shares is looked after in one server, home; every other one looks after what it
    added for itself, and hides for itself what it likes.
    """

    desk: Desk
    previews: Recent[str, Preview] = field(default_factory=lambda: Recent(_PREVIEWS))

    async def refusal(self, interaction: Interaction) -> str | None:
        """Return the key of the words that turn away who may not moderate; ``None`` lets in."""
        await find_home(interaction.client, self.desk)
        if interaction.guild_id is None or not await self._moderates(interaction):
            return "moderating_not_allowed"
        return None

    async def _moderates(self, interaction: Interaction) -> bool:
        """Tell whether somebody may manage messages, or has the role that the server names."""
        rights = interaction.permissions
        if rights.administrator or rights.manage_messages:
            return True
        role = (await self.desk.community.rules(interaction.guild_id)).moderator_role
        roles = getattr(interaction.user, "roles", ())
        return role is not None and any(each.id == role for each in roles)

    async def settings_refusal(self, interaction: Interaction) -> str | None:
        """Return the key of the words that turn away who may not set a server's rules."""
        await find_home(interaction.client, self.desk)
        rights = interaction.permissions
        if interaction.guild_id is None or not (rights.administrator or rights.manage_guild):
            return "settings_not_allowed"
        return None

    async def desk_refusal(self, interaction: Interaction) -> str | None:
        """Return the key of the words that turn away who may not set what holds everywhere."""
        refused = await self.settings_refusal(interaction)
        return refused or (None if self.at_home(interaction) else "settings_elsewhere")

    def at_home(self, interaction: Interaction) -> bool:
        """Tell whether somebody acts in the one server that looks after what everybody shares."""
        return interaction.guild_id is not None and interaction.guild_id == self.home

    @property
    def home(self) -> int | None:
        """Return the number of the server that is home, as it was read last."""
        return self.desk.curator.home.server

    async def admits(self, interaction: Interaction) -> bool:
        """Let a moderator in, and tell everybody else why not."""
        return await admitted(interaction, await self.refusal(interaction))

    def places(self, interaction: Interaction) -> tuple[str, ...]:
        """Return the servers whose members' words somebody reads: home's also of nowhere."""
        here = str(interaction.guild_id or "")
        return (here, "") if self.at_home(interaction) else (here,)

    def hold(self, preview: Preview) -> str:
        """Keep a preview until somebody decides, and return its key."""
        key = secrets.token_hex(6)
        self.previews.keep(key, preview)
        return key


async def find_home(client: discord.Client, desk: Desk) -> None:
    """Let the server that the bot joined first be home, unless one is."""
    first = min(client.guilds, key=_joined, default=None)
    if desk.curator.home.server is None and first is not None:
        await desk.curator.home.claim(first.id)


def _joined(guild: discord.Guild) -> datetime:
    """Return when the bot joined a server."""
    at = guild.me.joined_at if guild.me else None
    return at or datetime.max.replace(tzinfo=UTC)


async def admitted(interaction: Interaction, refusal: str | None) -> bool:
    """Tell whoever acts why they may not, if so, and log it."""
    if refusal is None:
        return True
    logger.warning(
        "Refused %s in server %s (%s).", interaction.user.id, interaction.guild_id, refusal
    )
    await privately(interaction, notice_view(words_of(interaction)(refusal)))
    return False


async def post_for_review(
    client: discord.Client,
    moderation: Moderation,
    place: str,
    view: Callable[[Wording], ui.LayoutView],
) -> None:
    """Post something where the moderators of a server review; of none, where those of home do.

    Never raises for Discord.
    """
    community = moderation.desk.community
    target = (await community.rules(int(place or 0))).review_channel
    if place in {"", str(moderation.home or "")}:
        target = target or (await community.desk_rules()).review_channel
    if target is None:
        return
    channel = client.get_channel(target)
    words = words_in(channel.guild if isinstance(channel, discord.TextChannel) else None)
    try:
        await client.get_partial_messageable(target).send(view=view(words))
    except discord.HTTPException as error:
        logger.warning("What is to be reviewed could not be posted: %s", error)


def moderation_of(interaction: Interaction) -> Moderation:
    """Return what looks after the coverage in the client that took *interaction*."""
    found = interaction.client.moderation
    assert isinstance(found, Moderation)
    return found


def moderator(interaction: Interaction) -> Moderator:
    """Say who acts, and where, and whether that server is home."""
    home = moderation_of(interaction).at_home(interaction)
    return Moderator(str(interaction.user.id), str(interaction.guild_id), home)


def server_in(interaction: Interaction) -> str:
    """Return the server in which somebody acts, as a place; empty in a direct message."""
    return str(interaction.guild_id or "")
