"""Ways to begin, as buttons: what the coverage answers, in the language of whoever begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.community.suggested_questions import SuggestedTopic
from bot.discord_ui.asking import asking_of
from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.members.ask import answer_here
from bot.discord_ui.places import Place
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import Interaction, privately, words_of
from bot.discord_ui.text import title
from bot.wording import Wording

_LATEST = "latest"
_NAME = 40
"""Characters of a name on a button."""


class BeginButton(KeyButton, template=r"desk:begin:(?P<key>[a-z]{1,20}(?::.{1,60})?)"):
    """Asks what stands on it, for whoever presses it."""

    kind = "begin"
    style = discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction) -> None:
        """Answer it as if it had been asked by a command."""
        words, asking = words_of(interaction), asking_of(interaction)
        kind, _, topic = self.key.partition(":")
        if kind != _LATEST:
            private = interaction.message is not None and interaction.message.flags.ephemeral
            await answer_here(interaction, words(f"ask_{kind}"), asking, private=private)
            return
        admission = await asking.admit(Place.of(interaction), interaction.user.id, words)
        if admission.refusal:
            await privately(interaction, notice_view(admission.refusal))
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        view = await asking.latest(topic, words, admission.edition)
        await interaction.edit_original_response(view=view)


def begin_buttons(beginnings: Sequence[SuggestedTopic], words: Wording) -> list[ui.Item[Any]]:
    """Return a button for each way to begin."""
    return [
        BeginButton(
            f"{each.kind}:{each.topic}" if each.topic else each.kind,
            words(f"begin_{each.kind}", topic=title(each.topic, _NAME)),
        )
        for each in beginnings
    ]
