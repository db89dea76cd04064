"""Buttons and forms: what a button needs stands in its own name, and an error is a sentence."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import discord
from discord import ui

from bot.discord_ui.replying import Interaction, failed, words_of

ANSWER_KEY = r"[0-9]{1,12}(?:\.[0-9]{1,20})?"
"""The number of an answer, and of its message where the button stands under another one."""


class KeyButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"desk:none"):
    """A button whose name holds its kind and a key, so that it lives through restarts."""

    kind: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(self, key: str, label: str = "…") -> None:
        custom_id = f"desk:{self.kind}:{key}"
        super().__init__(ui.Button(label=label, style=self.style, custom_id=custom_id))
        self.key = key

    @property
    def number(self) -> int:
        """The number of the answer that an :data:`ANSWER_KEY` names."""
        return int(self.key.partition(".")[0])

    async def message(self, interaction: Interaction) -> discord.Message | None:
        """Return the message that the button is about; ``None`` if that is gone."""
        number, channel = self.key.partition(".")[2], interaction.channel
        if not number:
            return interaction.message
        assert isinstance(channel, discord.abc.Messageable)
        try:
            return await channel.fetch_message(int(number))
        except discord.HTTPException:
            return None

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
