"""Corrections reach the people who read the answer that they correct."""

from __future__ import annotations

import asyncio
import logging

import discord
from discord import ui

from bot.community.corrections import Corrections
from bot.discord_ui.errors import report
from bot.discord_ui.rendering import layout
from bot.discord_ui.text import link, phrase, title
from bot.ledger.model import DueNotice
from bot.wording import Wording

logger = logging.getLogger(__name__)

_EVERY = 30.0
"""Seconds between two looks at what changed."""
_NOTE = 600
"""Characters of an outlet's own correction that are shown."""


async def keep_correcting(
    client: discord.Client, corrections: Corrections, *, every: float = _EVERY
) -> None:
    """Give each notice once, until cancelled."""
    while True:
        try:
            await correct(client, corrections)
        except Exception as error:
            report(error)
        await asyncio.sleep(every)


async def correct(client: discord.Client, corrections: Corrections) -> None:
    """Reply once to each answer that a change concerns, where the bot may."""
    for notice in await corrections.due():
        await corrections.mark_given(notice, reached=await _given(client, notice))


async def _given(client: discord.Client, notice: DueNotice) -> bool:
    """Reply to the message of an answer; tell whether Discord took it."""
    channel = client.get_partial_messageable(int(notice.channel))
    about = discord.MessageReference(
        message_id=int(notice.message),
        channel_id=int(notice.channel),
        fail_if_not_exists=True,
    )
    try:
        await channel.send(view=notice_of_change(notice), reference=about, mention_author=False)
    except discord.HTTPException as error:
        logger.warning("A correction could not be given: %s", error)
        return False
    return True


def notice_of_change(notice: DueNotice) -> ui.LayoutView:
    """Say what changed in a source of the answer above."""
    words = Wording.of(notice.language)
    said = words(f"notice_{notice.kind}", outlet=title(notice.outlet, 100))
    blocks = [f"**{phrase(said)}**"]
    if notice.note:
        blocks.append(f"> {phrase(title(notice.note, _NOTE))}")
    if notice.title:
        blocks.append(f"-# {link(title(notice.title, 120), notice.url, instead=words('link'))}")
    return layout(blocks)
