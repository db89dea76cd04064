"""Base classes of moderators' and managers' controls, which check the user at each press."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from discord import ui

from bot.discord_ui.buttons import Form, KeyButton
from bot.discord_ui.moderators.moderation import Moderation, admitted, moderation_of
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


class Managed:
    """A control for people who may manage the server; it is mixed into a button or a menu."""

    async def on_press(self, interaction: Interaction) -> None:
        """Run the control's action if the user may, else show the refusal."""
        moderation = moderation_of(interaction)
        if await admitted(interaction, await self.refusal(interaction, moderation)):
            await self.run(interaction, moderation)

    async def refusal(self, interaction: Interaction, moderation: Moderation) -> str | None:
        """Return the key of the refusal, or ``None`` if the user may use the control."""
        return await moderation.settings_refusal(interaction)

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Run the control's action."""
        raise NotImplementedError


class ManagedAction(Managed):
    """A control that acts and then shows the result in its message."""

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Act, then edit the message; on an error the message stays unchanged."""
        await interaction.response.defer()
        view = await self.act(interaction, moderation)
        await interaction.edit_original_response(view=view)

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Run the control's action, and return the new contents of its message."""
        raise NotImplementedError


class ManagerForm(Form):
    """A form that checks its user again."""

    def __init__(
        self,
        title: str,
        refusal: Callable[[Interaction, Moderation], Awaitable[str | None]],
        on_input: Callable[[Interaction], Awaitable[None]],
    ) -> None:
        super().__init__(title=title, custom_id="desk:settings-form")
        self._refusal = refusal
        self._on_input = on_input

    async def on_submit(self, interaction: Interaction) -> None:
        """Pass on the input if the user still may."""
        refusal = await self._refusal(interaction, moderation_of(interaction))
        if await admitted(interaction, refusal):
            await self._on_input(interaction)
