"""Buttons with their key in the custom id, and forms; both report an error as a sentence."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import discord
from discord import ui

from bot.discord_ui.replying import Interaction, report_failure, words_of

ANSWER_KEY = r"[0-9]{1,12}(?:\.[0-9]{1,20})?"
"""The number of an answer, then the id of its message if the button is below another message."""


class KeyButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"desk:none"):
    """A button with its kind and its key in the custom id, so that it works after a restart."""

    kind: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(self, key: str, label: str = "…") -> None:
        custom_id = f"desk:{self.kind}:{key}"
        super().__init__(ui.Button(label=label, style=self.style, custom_id=custom_id))
        self.key = key

    @property
    def number(self) -> int:
        """Return the number of the answer in an :data:`ANSWER_KEY`."""
        return int(self.key.partition(".")[0])

    async def message(self, interaction: Interaction) -> discord.Message | None:
        """Return the answer's message; ``None`` if it was deleted."""
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
        """Restore the button of a message from its custom id."""
        del interaction, item
        return cls(match["key"])

    async def callback(self, interaction: Interaction) -> None:
        """Run the button's action; report an error to the person who pressed it."""
        try:
            await self.on_press(interaction)
        except Exception as error:
            await report_failure(interaction, error)

    async def on_press(self, interaction: Interaction) -> None:
        """Run the button's action."""
        raise NotImplementedError


class Form(ui.Modal):
    """A form that reports an error to the person who sent it."""

    def field(self, key: str, item: ui.Item[Any], interaction: Interaction) -> None:
        """Add *item* under the catalogue's label for *key*."""
        self.add_item(ui.Label(text=words_of(interaction)(key), component=item))

    async def on_error(  # type: ignore[override]
        self, interaction: Interaction, error: Exception, /
    ) -> None:
        """Report *error* to the person who sent the form."""
        await report_failure(interaction, error)
