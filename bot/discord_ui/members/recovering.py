"""Questions that a dead process was answering say so, and can be asked again with one click."""

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
    cut_off: Callable[[], Awaitable[Sequence[PendingQuestion]]],
    mark_notified: Callable[[PendingQuestion], Awaitable[None]],
) -> None:
    """Tell whoever asked and will have no answer; each once. Never raises.

    What is edited may be edited again: it is noted behind that, so that a process that dies
    between leaves nothing that still searches. A message of its own is noted before it is sent.
    """
    try:
        for asked in await cut_off():
            edited = asked.token is not None or asked.shown is not None
            if not edited:
                await mark_notified(asked)
            await _tell(client, asked)
            if edited:
                await mark_notified(asked)
    except Exception as error:
        report(error)


async def _tell(client: discord.Client, asked: PendingQuestion) -> None:
    """Say what happened where the answer was to be; else in the channel."""
    view = interrupted_view(asked)
    if asked.token is not None:
        try:
            await edit_reply(client, asked.token, view)
        except discord.HTTPException as error:
            logger.warning("A reply can be edited no more: %s", error)
        else:
            return
    if not asked.channel:
        return
    channel = client.get_partial_messageable(int(asked.channel))
    try:
        if asked.shown is not None:
            await channel.get_partial_message(int(asked.shown)).edit(view=view)
        elif asked.message is not None:
            about = discord.MessageReference(
                message_id=int(asked.message),
                channel_id=int(asked.channel),
                fail_if_not_exists=False,
            )
            await channel.send(view=view, reference=about, mention_author=False)
        else:
            await channel.send(view=view)
    except discord.HTTPException as error:
        logger.warning("A question that was cut off could not be told: %s", error)


def interrupted_view(asked: PendingQuestion) -> ui.LayoutView:
    """Repeat the question, say what happened, and offer to ask again."""
    words = Wording.of(asked.language)
    blocks = [
        f"**{literal(title(asked.question, QUESTION_SHOWN))}**",
        escape(words("interrupted")),
    ]
    return with_buttons(layout(blocks), [AgainButton(str(asked.id), words("again"))])
