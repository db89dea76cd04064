"""Notices about questions that a dead process was answering, with a button that asks again."""

from __future__ import annotations

import logging

import discord
from discord import ui

from bot.community.jobs import ProcessLease
from bot.discord_ui.escaping import escape, literal, title
from bot.discord_ui.limits import CHARACTERS, DISCORD
from bot.discord_ui.members.ask import AgainButton
from bot.discord_ui.rendering import layout, with_buttons
from bot.discord_ui.replying import edit_reply, if_possible, send_once
from bot.ledger.records import PendingQuestion
from bot.wording import Wording

logger = logging.getLogger(__name__)


async def recover(client: discord.Client, lease: ProcessLease) -> None:
    """Notify the askers of the questions of dead processes. Never raises.

    It is recorded after it is shown: showing it again changes nothing.
    """
    questions = await if_possible(lease.interrupted())
    for question in questions or ():
        await if_possible(_notify(client, lease, question))


async def _notify(client: discord.Client, lease: ProcessLease, question: PendingQuestion) -> None:
    """Show the notice at the place of the answer; what Discord refuses is not tried again."""
    try:
        await _show(client, question, interrupted_view(question))
    except discord.HTTPException as error:
        logger.warning("Discord refused the notice of an interrupted question: %s", error)
    await lease.mark_notified(question)


async def _show(client: discord.Client, question: PendingQuestion, view: ui.LayoutView) -> None:
    """Show *view* in the reply to the question, else in the channel.

    Raises:
        discord.HTTPException: Discord refuses it.
    """
    if question.token is not None:
        try:
            await edit_reply(client, question.token, view)
        except discord.HTTPException as error:
            if error.code == DISCORD.unknown_message or not question.channel:
                raise
        else:
            return
    if not question.channel:
        return
    channel = client.get_partial_messageable(int(question.channel))
    if question.shown is not None:
        await channel.get_partial_message(int(question.shown)).edit(view=view)
        return
    under = None
    if question.message is not None:
        under = discord.MessageReference(
            message_id=int(question.message),
            channel_id=int(question.channel),
            fail_if_not_exists=False,
        )
    await send_once(channel, view, question.nonce, under)


def interrupted_view(question: PendingQuestion) -> ui.LayoutView:
    """Show the question and the interruption, with a button that asks again."""
    words = Wording.of(question.language)
    blocks = [
        f"**{literal(title(question.question, CHARACTERS.question))}**",
        escape(words("interrupted")),
    ]
    return with_buttons(layout(blocks), [AgainButton(str(question.id), words("again"))])
