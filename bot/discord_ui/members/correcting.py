"""Corrections reach the people who read the answer that they correct."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import discord
from discord import ui

from bot.answering.model import Language
from bot.discord_ui.errors import report
from bot.discord_ui.rendering import layout
from bot.discord_ui.text import link, phrase, title
from bot.ledger.model import Notice
from bot.wording import Wording

logger = logging.getLogger(__name__)

EVERY = 30.0
"""Seconds between two looks at what changed."""
NOTE = 600
"""Characters of an outlet's own correction that are shown."""


class Corrections(Protocol):
    """Where notices come from; the ledger has them."""

    def due(self, since: datetime) -> list[Notice]:
        """Return the notices that nobody gave yet."""

    def mark_given(self, notice: Notice, *, now: datetime, reached: bool) -> None:
        """Record that one was given, or could not be."""


async def keep_correcting(
    client: discord.Client,
    corrections: Corrections,
    clock: Callable[[], datetime],
    *,
    lasting: timedelta,
    every: float = EVERY,
) -> None:
    """Give each notice once, for answers not older than *lasting*, until cancelled."""
    while True:
        try:
            await correct(client, corrections, clock(), lasting)
        except Exception as error:
            report(error)
        await asyncio.sleep(every)


async def correct(
    client: discord.Client, corrections: Corrections, now: datetime, lasting: timedelta
) -> None:
    """Reply once to each answer that a change concerns, where the bot may."""
    for notice in await asyncio.to_thread(corrections.due, now - lasting):
        reached = await given(client, notice)
        await asyncio.to_thread(corrections.mark_given, notice, now=now, reached=reached)


async def given(client: discord.Client, notice: Notice) -> bool:
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


def notice_of_change(notice: Notice) -> ui.LayoutView:
    """Say what changed in a source of the answer above."""
    words = Wording.of(Language(notice.language))
    said = words(f"notice_{notice.kind}", outlet=title(notice.outlet, 100))
    blocks = [f"**{phrase(said)}**"]
    if notice.note:
        blocks.append(f"> {phrase(title(notice.note, NOTE))}")
    if notice.title:
        blocks.append(f"-# {link(title(notice.title, 120), notice.url, instead=words('link'))}")
    return layout(blocks)
