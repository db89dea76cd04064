"""Going on from an answer: a form, a thread of one's own, the same question again."""

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
from bot.discord_ui.replying import Interaction, privately, words_of
from bot.discord_ui.text import thread_name
from bot.wording import Wording

logger = logging.getLogger(__name__)

_THREAD_EXISTS = 160004
"""Discord's code where a message has its thread already."""
_QUIET_AFTER: Final = 1440
"""Minutes without a message after which Discord folds a thread away."""


class FollowButton(KeyButton, template=r"desk:follow:(?P<key>[0-9]{1,12})"):
    """Opens a form for the next question."""

    kind = "follow"

    async def pressed(self, interaction: Interaction) -> None:
        """Open the form; what went before is read when it is sent."""
        await interaction.response.send_modal(_FollowUp(interaction))


class _FollowUp(Form):
    """A question that may refer to the answer under which it was asked."""

    def __init__(self, interaction: Interaction) -> None:
        super().__init__(title=words_of(interaction)("follow_title"))
        self.asked: ui.TextInput[Any] = ui.TextInput(
            custom_id="question", style=discord.TextStyle.paragraph, max_length=LONGEST
        )
        self.field("follow_label", self.asked, interaction)

    async def on_submit(self, interaction: Interaction) -> None:
        """Answer it, out of nothing but the verified exchange."""
        asking, message = asking_of(interaction), interaction.message
        private = message is not None and message.flags.ephemeral
        await answer_here(interaction, self.asked.value, asking, private=private, on=message)


class ThreadButton(KeyButton, template=rf"desk:thread:(?P<key>{ANSWER_KEY})"):
    """Makes a thread out of an answer."""

    kind = "thread"

    async def pressed(self, interaction: Interaction) -> None:
        """Make it, or say why not and how else to go on."""
        words, asking = words_of(interaction), asking_of(interaction)
        message = await self.message(interaction)
        if message is None or not isinstance(message.channel, discord.TextChannel):
            await privately(interaction, notice_view(words("thread_not_here")))
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        asked = await question_of(message, asking) or words("follow_title")
        try:
            thread = await message.channel.create_thread(
                name=thread_name(asked), message=message, auto_archive_duration=_QUIET_AFTER
            )
            await thread.send(view=_thread_view(str(self.number), words, read=_reads(asking)))
        except discord.HTTPException as error:
            logger.warning("There can be no thread: %s", error)
            known = error.code == _THREAD_EXISTS
            said = words("thread_exists" if known else "thread_not_here")
            await interaction.edit_original_response(view=notice_view(said))
            return
        asking.remember(thread.id, await exchange_in(message, asking))
        made = notice_view(words("thread_made"))
        await interaction.edit_original_response(view=made)


def _thread_view(key: str, words: Wording, *, read: bool) -> ui.LayoutView:
    """Begin a thread on answer *key*; *read* tells whether messages without a mention are."""
    if read:
        return notice_view(words("thread_begins_read"))
    begins = notice_view(words("thread_begins"))
    return with_buttons(begins, [FollowButton(key, words("follow"))])


def _reads(asking: Asking) -> bool:
    """Tell whether messages without a mention can be read."""
    return asking.desk.settings.message_content_intent


class AgainButton(KeyButton, template=r"desk:again:(?P<key>[0-9]{1,12})"):
    """Asks once more what was cut off."""

    kind = "again"
    style = discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction) -> None:
        """Answer the question in a new message; whoever has to wait can press again."""
        words, asking = words_of(interaction), asking_of(interaction)
        asked = await asking.desk.community.take(int(self.key))
        if asked is None:
            await privately(interaction, notice_view(words("again_too_late")))
            return
        private, as_of = not asked.channel, asked.as_of
        if not await answer_here(interaction, asked.question, asking, private=private, as_of=as_of):
            await asking.desk.community.give_back(asked)
