"""Feedback of readers on an answer, by one click or a short form."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.community.reviewing import FAULTS
from bot.discord_ui.asking import asking_of
from bot.discord_ui.buttons import ANSWER_KEY, Form, KeyButton
from bot.discord_ui.history import question_of
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import Interaction, send_privately, words_of
from bot.ledger.model import FeedbackVerdict

_COMMENT_LENGTH = 500
"""Maximum length of a comment in characters."""


class HelpfulButton(KeyButton, template=rf"desk:helpful:(?P<key>{ANSWER_KEY})"):
    """A button that marks an answer as helpful."""

    kind = "helpful"

    async def on_press(self, interaction: Interaction) -> None:
        """Store the feedback without the user's name."""
        await _store(interaction, self.number, FeedbackVerdict.HELPFUL, "helpful_kept")


class ReportButton(KeyButton, template=rf"desk:report:(?P<key>{ANSWER_KEY})"):
    """A button that opens a form about a fault in an answer."""

    kind = "report"

    async def on_press(self, interaction: Interaction) -> None:
        """Open the form."""
        await interaction.response.send_modal(_Report(self, interaction))


class _Report(Form):
    """A form for the kind of fault and a comment."""

    def __init__(self, button: ReportButton, interaction: Interaction) -> None:
        words = words_of(interaction)
        super().__init__(title=words("report_title"))
        self.button = button
        self.fault: ui.Select[Any] = ui.Select(
            custom_id="fault",
            options=[
                discord.SelectOption(label=words(f"verdict_{fault}"), value=str(fault))
                for fault in FAULTS
            ],
        )
        self.comment: ui.TextInput[Any] = ui.TextInput(
            custom_id="comment",
            style=discord.TextStyle.paragraph,
            max_length=_COMMENT_LENGTH,
            required=False,
        )
        self.field("report_fault", self.fault, interaction)
        self.field("report_comment", self.comment, interaction)

    async def on_submit(self, interaction: Interaction) -> None:
        """Store the report for the moderators, with the question and without the user's name."""
        verdict = FeedbackVerdict(self.fault.values[0])
        number, message = self.button.number, await self.button.message(interaction)
        comment = self.comment.value
        await _store(interaction, number, verdict, "report_kept", message=message, comment=comment)


class MissingButton(KeyButton, template=rf"desk:missing:(?P<key>{ANSWER_KEY})"):
    """A button that reports a question without an answer to the moderators."""

    kind = "missing"

    async def on_press(self, interaction: Interaction) -> None:
        """Store the question without the user's name."""
        message = await self.message(interaction)
        verdict = FeedbackVerdict.MISSING
        await _store(interaction, self.number, verdict, "missing_kept", message=message)


async def _store(
    interaction: Interaction,
    number: int,
    verdict: FeedbackVerdict,
    thanks_key: str,
    *,
    message: discord.Message | None = None,
    comment: str | None = None,
) -> None:
    """Store the feedback on the answer in *message*, and thank the user send_privately."""
    words = words_of(interaction)
    asking = asking_of(interaction)
    question = await question_of(message, asking) if message is not None else None
    feedback_id = await asking.desk.community.say(
        number,
        verdict,
        interaction.user.id,
        question=question,
        comment=comment,
        place=interaction.guild_id,
    )
    await send_privately(
        interaction, notice_view(words(thanks_key if feedback_id else "answer_too_old"))
    )
    if feedback_id and verdict is not FeedbackVerdict.HELPFUL:
        interaction.client.dispatch("feedback", feedback_id)
