"""Suggested questions as buttons, in the language of the user."""

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
from bot.discord_ui.replying import Interaction, send_privately, words_of
from bot.discord_ui.text import title
from bot.wording import Wording

_LATEST = "latest"
_NAME_LENGTH = 40
"""Characters of a name on a button."""


class SuggestedQuestionButton(KeyButton, template=r"desk:begin:(?P<key>[a-z]{1,20}(?::.{1,60})?)"):
    """A button that asks its question for the person who presses it."""

    kind = "begin"
    style = discord.ButtonStyle.primary

    async def on_press(self, interaction: Interaction) -> None:
        """Answer the question like one asked by command."""
        words, asking = words_of(interaction), asking_of(interaction)
        kind, _, topic = self.key.partition(":")
        if kind != _LATEST:
            private = interaction.message is not None and interaction.message.flags.ephemeral
            await answer_here(interaction, words(f"ask_{kind}"), asking, private=private)
            return
        admission = await asking.admit(Place.of(interaction), interaction.user.id, words)
        if admission.refusal:
            await send_privately(interaction, notice_view(admission.refusal))
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        view = await asking.latest(topic, words, admission.edition)
        await interaction.edit_original_response(view=view)


def suggested_question_buttons(
    beginnings: Sequence[SuggestedTopic], words: Wording
) -> list[ui.Item[Any]]:
    """Return a button for each suggested question."""
    return [
        SuggestedQuestionButton(
            f"{beginning.kind}:{beginning.topic}" if beginning.topic else beginning.kind,
            words(f"begin_{beginning.kind}", topic=title(beginning.topic, _NAME_LENGTH)),
        )
        for beginning in beginnings
    ]
