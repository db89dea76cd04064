"""A moderator's button: who presses it is checked each time."""

from __future__ import annotations

from discord import ui

from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.moderators.moderation import Moderation
from bot.discord_ui.replying import Interaction


class Action(KeyButton, template=r"desk:action"):
    """A moderator's button; who presses it is checked each time, and it replaces its message."""

    async def pressed(self, interaction: Interaction) -> None:
        """Act, if whoever pressed may; the message then says what became of it."""
        moderation: Moderation | None = interaction.client.moderation
        if moderation is None or not await moderation.admits(interaction):
            return
        await interaction.response.edit_message(view=await self.act(interaction, moderation))

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Do what the button says, and return what its message shows from then on."""
        raise NotImplementedError
