"""Who may look after the coverage, and what the commands and buttons share."""

from __future__ import annotations

import logging
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field

from bot.community.curating import Moderator
from bot.community.previewing import Preview
from bot.desk import Desk
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import Interaction, privately, words_of

logger = logging.getLogger(__name__)

_PREVIEWS = 100
"""Previews that can still be kept; a restart forgets them."""


@dataclass(frozen=True, slots=True)
class Moderation:
    """What the commands and buttons share: the desk, who may do what, the open previews.

    Coverage is one for all servers, so only the moderators of one, its home, look after it.
    """

    desk: Desk
    previews: OrderedDict[str, Preview] = field(default_factory=OrderedDict)

    def refusal(self, interaction: Interaction) -> str | None:
        """Return the key of the words that turn away who may not moderate; ``None`` lets in."""
        rights = interaction.permissions
        if interaction.guild_id is None or not (rights.administrator or rights.manage_messages):
            return "moderating_not_allowed"
        return None if self.at_home(interaction) else "moderating_elsewhere"

    def settings_refusal(self, interaction: Interaction) -> str | None:
        """Return the key of the words that turn away who may not set a server's rules."""
        rights = interaction.permissions
        if interaction.guild_id is None or not (rights.administrator or rights.manage_guild):
            return "settings_not_allowed"
        return None

    def desk_refusal(self, interaction: Interaction) -> str | None:
        """Return the key of the words that turn away who may not set what holds everywhere."""
        refused = self.settings_refusal(interaction)
        return refused or (None if self.at_home(interaction) else "settings_elsewhere")

    def at_home(self, interaction: Interaction) -> bool:
        """Tell whether somebody acts in the one server that looks after the coverage."""
        guilds = interaction.client.guilds
        home = self.desk.settings.moderated_in or (guilds[0].id if len(guilds) == 1 else None)
        return interaction.guild_id == home

    async def admits(self, interaction: Interaction) -> bool:
        """Let a moderator in, and tell everybody else why not."""
        return await admitted(interaction, self.refusal(interaction))

    def hold(self, preview: Preview) -> str:
        """Keep a preview until somebody decides, and return its key."""
        key = secrets.token_hex(6)
        self.previews[key] = preview
        while len(self.previews) > _PREVIEWS:
            self.previews.popitem(last=False)
        return key


async def admitted(interaction: Interaction, refusal: str | None) -> bool:
    """Tell whoever acts why they may not, if so, and log it."""
    if refusal is None:
        return True
    logger.warning(
        "Refused %s in server %s (%s).", interaction.user.id, interaction.guild_id, refusal
    )
    await privately(interaction, notice_view(words_of(interaction)(refusal)))
    return False


def moderation_of(interaction: Interaction) -> Moderation:
    """Return what looks after the coverage in the client that took *interaction*."""
    found = interaction.client.moderation
    assert isinstance(found, Moderation)
    return found


def moderator(interaction: Interaction) -> Moderator:
    """Say who acts, and where."""
    return Moderator(str(interaction.user.id), str(interaction.guild_id))
