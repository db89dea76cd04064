"""What readers say of an answer: one click, or a short form."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.community.reviewing import FAULTS
from bot.discord_ui.asking import asking_of
from bot.discord_ui.buttons import ANSWER_KEY, Form, KeyButton
from bot.discord_ui.history import question_of
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import Interaction, privately, words_of
from bot.ledger.model import FeedbackVerdict

_COMMENT = 500
"""Characters of a comment."""


class HelpfulButton(KeyButton, template=rf"desk:helpful:(?P<key>{ANSWER_KEY})"):
    """Says that an answer helped."""

    kind = "helpful"

    async def pressed(self, interaction: Interaction) -> None:
        """Keep it, without the name."""
        await _keep(interaction, self.number, FeedbackVerdict.HELPFUL, "helpful_kept")


class ReportButton(KeyButton, template=rf"desk:report:(?P<key>{ANSWER_KEY})"):
    """Opens a form for what is wrong with an answer."""

    kind = "report"

    async def pressed(self, interaction: Interaction) -> None:
        """Open the form."""
        await interaction.response.send_modal(_Report(self, interaction))


class _Report(Form):
    """What is wrong, and a comment."""

    def __init__(self, button: ReportButton, interaction: Interaction) -> None:
        words = words_of(interaction)
        super().__init__(title=words("report_title"))
        self.button = button
        self.fault: ui.Select[Any] = ui.Select(
            custom_id="fault",
            options=[
                discord.SelectOption(label=words(f"verdict_{each}"), value=str(each))
                for each in FAULTS
            ],
        )
        self.comment: ui.TextInput[Any] = ui.TextInput(
            custom_id="comment",
            style=discord.TextStyle.paragraph,
            max_length=_COMMENT,
            required=False,
        )
        self.field("report_fault", self.fault, interaction)
        self.field("report_comment", self.comment, interaction)

    async def on_submit(self, interaction: Interaction) -> None:
        """Keep it for the moderators, with the question and without the name."""
        verdict = FeedbackVerdict(self.fault.values[0])
        number, about = self.button.number, await self.button.message(interaction)
        said = self.comment.value
        await _keep(interaction, number, verdict, "report_kept", about=about, comment=said)


class MissingButton(KeyButton, template=rf"desk:missing:(?P<key>{ANSWER_KEY})"):
    """Tells the moderators what the coverage does not answer."""

    kind = "missing"

    async def pressed(self, interaction: Interaction) -> None:
        """Keep the question, without the name."""
        about = await self.message(interaction)
        verdict = FeedbackVerdict.MISSING
        await _keep(interaction, self.number, verdict, "missing_kept", about=about)


async def _keep(
    interaction: Interaction,
    number: int,
    verdict: FeedbackVerdict,
    said: str,
    *,
    about: discord.Message | None = None,
    comment: str | None = None,
) -> None:
    """Keep what a reader says of the answer in *about*, and thank them where only they see it."""
    words = words_of(interaction)
    asking = asking_of(interaction)
    asked = await question_of(about, asking) if about is not None else None
    kept = await asking.desk.community.say(
        number,
        verdict,
        interaction.user.id,
        question=asked,
        comment=comment,
        place=interaction.guild_id,
    )
    await privately(interaction, notice_view(words(said if kept else "answer_too_old")))
    if kept and verdict is not FeedbackVerdict.HELPFUL:
        interaction.client.dispatch("feedback", kept)
