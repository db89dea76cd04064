"""Follow-ups to an answer: a form, a thread, and the same question again."""

from __future__ import annotations

import logging
from typing import Any, Final

import discord
from discord import ui

from bot.answering.understanding.question import LONGEST
from bot.discord_ui.asking import Asking, asking_of
from bot.discord_ui.buttons import ANSWER_KEY, Form, KeyButton
from bot.discord_ui.history import exchange_in, question_of
from bot.discord_ui.members.ask import answer_here
from bot.discord_ui.rendering import notice_view, with_buttons
from bot.discord_ui.replying import Interaction, send_privately, words_of
from bot.discord_ui.text import thread_name
from bot.wording import Wording

logger = logging.getLogger(__name__)

_THREAD_EXISTS = 160004
"""Discord's error code for a message that has a thread already."""
_ARCHIVE_MINUTES: Final = 1440
"""Minutes without a message after which Discord archives a thread."""


class FollowButton(KeyButton, template=r"desk:follow:(?P<key>[0-9]{1,12})"):
    """A button that opens a form for the next question."""

    kind = "follow"

    async def on_press(self, interaction: Interaction) -> None:
        """Open the form; the earlier exchange is read when the form is sent."""
        await interaction.response.send_modal(_FollowUp(interaction))


class _FollowUp(Form):
    """A form for a question that may refer to the answer above it."""

    def __init__(self, interaction: Interaction) -> None:
        super().__init__(title=words_of(interaction)("follow_title"))
        self.question: ui.TextInput[Any] = ui.TextInput(
            custom_id="question", style=discord.TextStyle.paragraph, max_length=LONGEST
        )
        self.field("follow_label", self.question, interaction)

    async def on_submit(self, interaction: Interaction) -> None:
        """Answer the question; its only context is the verified exchange."""
        asking, message = asking_of(interaction), interaction.message
        private = message is not None and message.flags.ephemeral
        await answer_here(
            interaction, self.question.value, asking, private=private, answer_message=message
        )


class ThreadButton(KeyButton, template=rf"desk:thread:(?P<key>{ANSWER_KEY})"):
    """A button that opens a thread on an answer."""

    kind = "thread"

    async def on_press(self, interaction: Interaction) -> None:
        """Open the thread, or explain why that is not possible."""
        words, asking = words_of(interaction), asking_of(interaction)
        message = await self.message(interaction)
        if message is None or not isinstance(message.channel, discord.TextChannel):
            await send_privately(interaction, notice_view(words("thread_not_here")))
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        question = await question_of(message, asking) or words("follow_title")
        try:
            thread = await message.channel.create_thread(
                name=thread_name(question), message=message, auto_archive_duration=_ARCHIVE_MINUTES
            )
            await thread.send(
                view=_thread_view(str(self.number), words, reads_messages=_reads_messages(asking))
            )
        except discord.HTTPException as error:
            logger.warning("Could not open a thread: %s", error)
            exists = error.code == _THREAD_EXISTS
            text = words("thread_exists" if exists else "thread_not_here")
            await interaction.edit_original_response(view=notice_view(text))
            return
        asking.remember(thread.id, await exchange_in(message, asking))
        confirmation = notice_view(words("thread_made"))
        await interaction.edit_original_response(view=confirmation)


def _thread_view(key: str, words: Wording, *, reads_messages: bool) -> ui.LayoutView:
    """Return the first message of a thread on answer *key*, with a button if it is needed."""
    if reads_messages:
        return notice_view(words("thread_begins_read"))
    view = notice_view(words("thread_begins"))
    return with_buttons(view, [FollowButton(key, words("follow"))])


def _reads_messages(asking: Asking) -> bool:
    """Return True if the bot can read messages without a mention."""
    return asking.desk.settings.message_content_intent


class AgainButton(KeyButton, template=r"desk:again:(?P<key>[0-9]{1,12})"):
    """A button that asks an interrupted question again."""

    kind = "again"
    style = discord.ButtonStyle.primary

    async def on_press(self, interaction: Interaction) -> None:
        """Answer the question in a new message; after a refusal the button still works."""
        words, asking = words_of(interaction), asking_of(interaction)
        pending = await asking.desk.community.take(int(self.key))
        if pending is None:
            await send_privately(interaction, notice_view(words("again_too_late")))
            return
        private, as_of = not pending.channel, pending.as_of
        if not await answer_here(
            interaction, pending.question, asking, private=private, as_of=as_of
        ):
            await asking.desk.community.give_back(pending)
