"""What readers say of an answer: one click, or a short form."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.community.reviewing import FAULTS
from bot.discord_ui.asking import asking_of
from bot.discord_ui.buttons import Form, KeyButton
from bot.discord_ui.history import question_of
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import Interaction, privately, words_of
from bot.ledger.model import FeedbackVerdict

_COMMENT = 500
"""Characters of a comment."""


class HelpfulButton(KeyButton, template=r"desk:helpful:(?P<key>[0-9]{1,12})"):
    """Says that an answer helped."""

    kind = "helpful"

    async def pressed(self, interaction: Interaction) -> None:
        """Keep it, without the name."""
        await _keep(interaction, int(self.key), FeedbackVerdict.HELPFUL, "helpful_kept")


class ReportButton(KeyButton, template=r"desk:report:(?P<key>[0-9]{1,12})"):
    """Opens a form for what is wrong with an answer."""

    kind = "report"

    async def pressed(self, interaction: Interaction) -> None:
        """Open the form."""
        await interaction.response.send_modal(_Report(int(self.key), interaction))


class _Report(Form):
    """What is wrong, and a comment."""

    def __init__(self, number: int, interaction: Interaction) -> None:
        words = words_of(interaction)
        super().__init__(title=words("report_title"))
        self.number = number
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
        await _keep(interaction, self.number, verdict, "report_kept", comment=self.comment.value)


class MissingButton(KeyButton, template=r"desk:missing:(?P<key>[0-9]{1,12})"):
    """Tells the moderators what the coverage does not answer."""

    kind = "missing"

    async def pressed(self, interaction: Interaction) -> None:
        """Keep the question, without the name."""
        await _keep(interaction, int(self.key), FeedbackVerdict.MISSING, "missing_kept")


async def _keep(
    interaction: Interaction,
    number: int,
    verdict: FeedbackVerdict,
    said: str,
    *,
    comment: str | None = None,
) -> None:
    """Keep what a reader says, and thank them where only they see it."""
    words = words_of(interaction)
    asking, message = asking_of(interaction), interaction.message
    asked = None
    if verdict is not FeedbackVerdict.HELPFUL and message is not None:
        asked = await question_of(message, asking)
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
