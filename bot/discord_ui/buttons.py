"""Buttons that live through restarts: what they need stands in their own name."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import discord
from discord import ui

from bot.discord_ui.moderation import Moderation
from bot.discord_ui.rendering import notice_view
from ingest.errors import IngestError


class KeyButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"desk:none"):
    """A button whose name holds its kind and a key."""

    kind: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(self, key: str, label: str = "…") -> None:
        custom_id = f"desk:{self.kind}:{key}"
        super().__init__(ui.Button(label=label, style=self.style, custom_id=custom_id))
        self.key = key

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: ui.Item[Any],
        match: Any,  # noqa: ANN401 - discord.py's own signature
    ) -> Self:
        """Make the button of a message again."""
        del interaction, item
        return cls(match["key"])


class Action(KeyButton, template=r"desk:action"):
    """A moderator's button; who presses it is checked each time, and it replaces its message."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Act, if whoever pressed may; the message then says what became of it."""
        moderation: Moderation | None = interaction.client.moderation
        if moderation is None or not await moderation.admits(interaction):
            return
        try:
            view = await self.act(interaction, moderation)
        except IngestError as error:
            view = notice_view(str(error))
        await interaction.response.edit_message(view=view)

    async def act(
        self, interaction: discord.Interaction[Any], moderation: Moderation
    ) -> ui.LayoutView:
        """Do what the button says, and return what its message shows from then on."""
        raise NotImplementedError
