"""A moderator's button: who presses it is checked each time."""

from __future__ import annotations

from discord import ui

from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.moderators.moderation import Moderation, moderation_of
from bot.discord_ui.replying import Interaction, tell_result


class Entrance(KeyButton, template=r"desk:entrance"):
    """A button that lets nobody but moderators in."""

    async def pressed(self, interaction: Interaction) -> None:
        """Enter, if whoever pressed may."""
        moderation = moderation_of(interaction)
        if await moderation.admits(interaction):
            await self.entered(interaction, moderation)

    async def entered(self, interaction: Interaction, moderation: Moderation) -> None:
        """Do what the button says."""
        raise NotImplementedError


class Action(Entrance, template=r"desk:action"):
    """Does something, and its message then says what became of it."""

    async def entered(self, interaction: Interaction, moderation: Moderation) -> None:
        """Act; where that fails, the message stays as it is."""
        await interaction.response.defer()
        view = await self.act(interaction, moderation)
        await interaction.edit_original_response(view=view, attachments=[])

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Do what the button says, and return what its message shows from then on."""
        raise NotImplementedError


class Look(Entrance, template=r"desk:look"):
    """Shows something beside its message, to whoever pressed alone."""

    async def entered(self, interaction: Interaction, moderation: Moderation) -> None:
        """Look."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await tell_result(interaction, lambda: self.look(interaction, moderation))

    async def look(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Return what is to be seen."""
        raise NotImplementedError
