"""Forms for adding coverage, and the preview after them."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import discord
from discord import ui

from bot.discord_ui.buttons import Form
from bot.discord_ui.moderators.decisions import preview_with_buttons
from bot.discord_ui.moderators.moderation import Moderation, ModeratorButton
from bot.discord_ui.replying import Interaction, show_result, words_of
from ingest.adding import Preview
from ingest.reading import Hints


async def preview(
    interaction: Interaction, moderation: Moderation, reading: Awaitable[Preview]
) -> None:
    """Show the preview from *reading*, or the sentence of its error."""

    async def work() -> ui.LayoutView:
        return preview_with_buttons(await reading, moderation, words_of(interaction))

    await show_result(interaction, work)


class _AddingForm(Form):
    """A form for moderators alone."""

    def __init__(self, title: str, moderation: Moderation, interaction: Interaction) -> None:
        super().__init__(title=words_of(interaction)(title))
        self.moderation = moderation

    async def on_submit(self, interaction: Interaction) -> None:
        """Check the user again, then show a preview."""
        if await self.moderation.admits(interaction):
            await interaction.response.defer(thinking=True, ephemeral=True)
            await preview(interaction, self.moderation, self.reading())

    def reading(self) -> Awaitable[Preview]:
        """Read the input of the form."""
        raise NotImplementedError


class Paste(_AddingForm):
    """A form for copied text."""

    def __init__(self, moderation: Moderation, interaction: Interaction) -> None:
        super().__init__("paste_title", moderation, interaction)
        self.headline = _line("headline", 300)
        self.outlet = _line("outlet", 100)
        self.url = _line("url", 500)
        self.body: ui.TextInput[Any] = ui.TextInput(
            custom_id="text", style=discord.TextStyle.paragraph, min_length=40, max_length=4000
        )
        self.field("paste_headline", self.headline, interaction)
        self.field("paste_outlet", self.outlet, interaction)
        self.field("paste_url", self.url, interaction)
        self.field("paste_text", self.body, interaction)

    def reading(self) -> Awaitable[Preview]:
        """Read the text as a pasted article."""
        hints = Hints(
            outlet=self.outlet.value or None,
            url=self.url.value or None,
            title=self.headline.value or None,
        )
        return self.moderation.desk.previewer.data(self.body.value.encode(), "paste.txt", hints)


class Address(_AddingForm):
    """A form for the address of a page, a feed or a sitemap."""

    def __init__(self, moderation: Moderation, interaction: Interaction) -> None:
        super().__init__("add_title", moderation, interaction)
        self.url: ui.TextInput[Any] = ui.TextInput(custom_id="url", max_length=500)
        self.outlet = _line("outlet", 100)
        self.field("suggest_address", self.url, interaction)
        self.field("paste_outlet", self.outlet, interaction)

    def reading(self) -> Awaitable[Preview]:
        """Fetch the address."""
        return self.moderation.desk.previewer.address(self.url.value, self.outlet.value or None)


class AddButton(ModeratorButton, template=r"desk:add:(?P<key>[0-9]{1,12})"):
    """A button that opens the form for an address."""

    kind = "add"

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Open the form."""
        await interaction.response.send_modal(Address(moderation, interaction))


class PasteButton(ModeratorButton, template=r"desk:paste:(?P<key>0)"):
    """A button that opens the form for copied text."""

    kind = "paste"

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Open the form."""
        await interaction.response.send_modal(Paste(moderation, interaction))


def _line(name: str, longest: int) -> ui.TextInput[Any]:
    """Make an optional text field of one line."""
    return ui.TextInput(custom_id=name, max_length=longest, required=False)
