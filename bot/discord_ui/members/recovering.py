"""Notices about questions that a dead process was answering, with a button that asks again."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

import discord
from discord import ui

from bot.discord_ui.errors import report
from bot.discord_ui.members.follow_up import AgainButton
from bot.discord_ui.rendering import QUESTION_SHOWN, layout, with_buttons
from bot.discord_ui.replying import edit_reply
from bot.discord_ui.text import escape, literal, title
from bot.ledger.model import PendingQuestion
from bot.wording import Wording

logger = logging.getLogger(__name__)


async def recover(
    client: discord.Client,
    interrupted: Callable[[], Awaitable[Sequence[PendingQuestion]]],
    mark_notified: Callable[[PendingQuestion], Awaitable[None]],
) -> None:
    """Report each interrupted question to its asker once. Never raises.

    An edit may be repeated, so it is stored as done after the edit: if the process dies in between,
    no message is left that still shows progress. A new message is stored as done before it is sent.
    """
    try:
        for question in await interrupted():
            is_edit = question.token is not None or question.shown is not None
            if not is_edit:
                await mark_notified(question)
            await _report(client, question)
            if is_edit:
                await mark_notified(question)
    except Exception as error:
        report(error)


async def _report(client: discord.Client, question: PendingQuestion) -> None:
    """Report the interruption at the answer's place, else in the channel."""
    view = interrupted_view(question)
    if question.token is not None:
        try:
            await edit_reply(client, question.token, view)
        except discord.HTTPException as error:
            logger.warning(
                "Discord refused to edit the reply to an interrupted question: %s", error
            )
        else:
            return
    if not question.channel:
        return
    channel = client.get_partial_messageable(int(question.channel))
    try:
        if question.shown is not None:
            await channel.get_partial_message(int(question.shown)).edit(view=view)
        elif question.message is not None:
            reference = discord.MessageReference(
                message_id=int(question.message),
                channel_id=int(question.channel),
                fail_if_not_exists=False,
            )
            await channel.send(view=view, reference=reference, mention_author=False)
        else:
            await channel.send(view=view)
    except discord.HTTPException as error:
        logger.warning("Discord refused the notice of an interrupted question: %s", error)


def interrupted_view(question: PendingQuestion) -> ui.LayoutView:
    """Show the question and the interruption, with a button that asks again."""
    words = Wording.of(question.language)
    blocks = [
        f"**{literal(title(question.question, QUESTION_SHOWN))}**",
        escape(words("interrupted")),
    ]
    return with_buttons(layout(blocks), [AgainButton(str(question.id), words("again"))])
