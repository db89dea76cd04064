"""Base classes of moderators' buttons, which check the user at each press."""

from __future__ import annotations

from discord import ui

from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.moderators.moderation import Moderation, moderation_of
from bot.discord_ui.replying import Interaction, show_result


class ModeratorButton(KeyButton, template=r"desk:entrance"):
    """A button for moderators alone."""

    async def on_press(self, interaction: Interaction) -> None:
        """Run the button's action if the user is a moderator."""
        moderation = moderation_of(interaction)
        if await moderation.admits(interaction):
            await self.run(interaction, moderation)

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Run the button's action."""
        raise NotImplementedError


class Action(ModeratorButton, template=r"desk:action"):
    """A button that acts and then shows the result in its message."""

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Act, then edit the message; on an error the message stays unchanged."""
        await interaction.response.defer()
        view = await self.act(interaction, moderation)
        await interaction.edit_original_response(view=view, attachments=[])

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Run the button's action, and return the new contents of its message."""
        raise NotImplementedError


class ViewButton(ModeratorButton, template=r"desk:look"):
    """A button that shows a view beside its message, to the user alone."""

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Show the view, or the sentence of its error."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await show_result(interaction, lambda: self.load_view(interaction, moderation))

    async def load_view(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Return the view."""
        raise NotImplementedError
