"""Who may look after the coverage, and what the commands and buttons share."""

from __future__ import annotations

import logging
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field

from bot.curating import Curator, Moderator, Preview
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import Interaction, respond, words_of

logger = logging.getLogger(__name__)

PREVIEWS = 100
"""Previews that can still be kept; a restart forgets them."""


@dataclass(frozen=True, slots=True)
class Moderation:
    """What the commands and buttons share: the curator, the one server, the open previews."""

    curator: Curator
    home: int | None = None
    previews: OrderedDict[str, Preview] = field(default_factory=OrderedDict)

    def refusal(self, interaction: Interaction) -> str | None:
        """Return the key of the words that turn somebody away; ``None`` lets them in.

        Coverage is one for all servers, so only one server's moderators look after it.
        """
        rights = interaction.permissions
        if interaction.guild_id is None or not (rights.administrator or rights.manage_messages):
            return "moderating_not_allowed"
        guilds = interaction.client.guilds
        home = self.home or (guilds[0].id if len(guilds) == 1 else None)
        return None if interaction.guild_id == home else "moderating_elsewhere"

    async def admits(self, interaction: Interaction) -> bool:
        """Let a moderator in, and tell everybody else why not."""
        key = self.refusal(interaction)
        if key is None:
            return True
        logger.warning(
            "Refused %s in server %s (%s).", interaction.user.id, interaction.guild_id, key
        )
        await respond(interaction, notice_view(words_of(interaction)(key)))
        return False

    def hold(self, preview: Preview) -> str:
        """Keep a preview until somebody decides, and return its key."""
        key = secrets.token_hex(6)
        self.previews[key] = preview
        while len(self.previews) > PREVIEWS:
            self.previews.popitem(last=False)
        return key


def moderator(interaction: Interaction) -> Moderator:
    """Say who acts, and where."""
    return Moderator(str(interaction.user.id), str(interaction.guild_id))
