"""The menu under an answer: what is not wanted often enough for a button of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import discord
from discord import ui

from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.members.citations import QuoteButton
from bot.discord_ui.members.feedback import HelpfulButton
from bot.discord_ui.members.follow_up import ThreadButton
from bot.discord_ui.members.own import DeleteButton, ShowButton
from bot.discord_ui.members.suggest import SuggestButton
from bot.discord_ui.replying import Interaction, failed
from bot.wording import Wording

_ENTRIES: Mapping[str, type[KeyButton]] = {
    each.kind: each
    for each in (HelpfulButton, QuoteButton, ThreadButton, SuggestButton, ShowButton, DeleteButton)
}
"""What each entry does: the same as its button, which older messages still have."""


class AnswerMenu(ui.DynamicItem[ui.Select[ui.LayoutView]], template=r"desk:menu:(?P<key>[0-9]+)"):
    """Does what is chosen; it lives through restarts as buttons do."""

    def __init__(self, key: str, entries: Sequence[str] = (), words: Wording | None = None) -> None:
        words = words or Wording.default()
        options = [discord.SelectOption(label=words(each), value=each) for each in entries]
        super().__init__(
            ui.Select(
                custom_id=f"desk:menu:{key}",
                placeholder=words("more"),
                options=options or [discord.SelectOption(label="…", value="none")],
            )
        )
        self.key = key

    @classmethod
    async def from_custom_id(
        cls,
        interaction: Interaction,
        item: ui.Item[Any],
        match: Any,  # noqa: ANN401 - discord.py's own signature
    ) -> Self:
        """Make the menu of a message again."""
        del interaction, item
        return cls(match["key"])

    async def callback(self, interaction: Interaction) -> None:
        """Do it; what goes wrong is told to whoever chose it."""
        data: Any = interaction.data or {}
        chosen = next(iter(data.get("values", ())), "")
        try:
            await _ENTRIES[chosen](self.key).pressed(interaction)
        except Exception as error:
            await failed(interaction, error)
