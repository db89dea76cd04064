"""Buttons and forms: what a button needs stands in its own name, and an error is a sentence."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import discord
from discord import ui

from bot.discord_ui.replying import Interaction, failed, words_of


class KeyButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"desk:none"):
    """A button whose name holds its kind and a key, so that it lives through restarts."""

    kind: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(self, key: str, label: str = "…") -> None:
        custom_id = f"desk:{self.kind}:{key}"
        super().__init__(ui.Button(label=label, style=self.style, custom_id=custom_id))
        self.key = key

    @classmethod
    async def from_custom_id(
        cls,
        interaction: Interaction,
        item: ui.Item[Any],
        match: Any,  # noqa: ANN401 - discord.py's own signature
    ) -> Self:
        """Make the button of a message again."""
        del interaction, item
        return cls(match["key"])

    async def callback(self, interaction: Interaction) -> None:
        """Do what the button says; what goes wrong is told to whoever pressed it."""
        try:
            await self.pressed(interaction)
        except Exception as error:
            await failed(interaction, error)

    async def pressed(self, interaction: Interaction) -> None:
        """Do what the button says."""
        raise NotImplementedError


class Form(ui.Modal):
    """A form; what goes wrong is told to whoever sent it."""

    def field(self, key: str, item: ui.Item[Any], interaction: Interaction) -> None:
        """Add *item* under the label that the catalogue has for *key*."""
        self.add_item(ui.Label(text=words_of(interaction)(key), component=item))

    async def on_error(  # type: ignore[override]
        self, interaction: Interaction, error: Exception, /
    ) -> None:
        """Tell whoever sent the form."""
        await failed(interaction, error)
