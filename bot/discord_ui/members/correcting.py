"""Corrections, and newer coverage, reach the people who read the answer that they concern."""

from __future__ import annotations

import asyncio
import logging

import discord
from discord import ui

from bot.community.corrections import Corrections
from bot.discord_ui.asking import Asking
from bot.discord_ui.errors import report
from bot.discord_ui.history import question_of
from bot.discord_ui.news import newer_view
from bot.discord_ui.places import server_of
from bot.discord_ui.rendering import layout
from bot.discord_ui.text import link, phrase, title
from bot.ledger.model import DueNotice, ShownAnswer
from bot.wording import Wording

logger = logging.getLogger(__name__)

_EVERY = 10.0
"""Seconds between two looks at what changed."""
_NOTE = 600
"""Characters of an outlet's own correction that are shown."""


async def keep_correcting(client: discord.Client, asking: Asking, *, every: float = _EVERY) -> None:
    """Give each notice once, until cancelled."""
    while True:
        try:
            if await asking.desk.presence.tells():
                await correct(client, asking.desk.news.corrections)
                await tell_newer(client, asking)
        except Exception as error:
            report(error)
        await asyncio.sleep(every)


async def correct(client: discord.Client, corrections: Corrections) -> None:
    """Reply once to each answer that a change concerns, where the bot may."""
    for notice in await corrections.due():
        view = notice_of_change(notice)
        reached = await _replied(client, notice.shown, view, notice.key.nonce)
        await corrections.mark_given(notice, reached=reached)


async def tell_newer(client: discord.Client, asking: Asking) -> None:
    """Reply once to each answer of which newer coverage says something else first."""
    desk = asking.desk
    doubted, upto = await desk.news.outdated.doubted()
    for each in doubted:
        message = await _message(client, each.shown)
        asked = await question_of(message, asking) if message else None
        if asked is None:
            continue
        guild = await server_of(client, int(each.shown.channel))
        edition = await desk.community.edition(guild.id if guild else None)
        found = await desk.news.outdated.newer(each, asked, edition)
        if found is not None:
            view = newer_view(found.citation, Wording.of(each.shown.language))
            reached = await _replied(client, each.shown, view, found.key.nonce, silent=True)
            await desk.news.outdated.mark_given(found, reached=reached)
    if upto is not None:
        await desk.news.outdated.looked(upto)


async def _message(client: discord.Client, shown: ShownAnswer) -> discord.Message | None:
    """Return the message of an answer, if it is still there and may be read."""
    channel = client.get_partial_messageable(int(shown.channel))
    try:
        return await channel.fetch_message(int(shown.message))
    except discord.HTTPException:
        return None


async def _replied(
    client: discord.Client,
    shown: ShownAnswer,
    view: ui.LayoutView,
    nonce: str,
    *,
    silent: bool = False,
) -> bool:
    """Reply to the message of an answer; tell whether Discord took it."""
    channel = client.get_partial_messageable(int(shown.channel))
    about = discord.MessageReference(
        message_id=int(shown.message), channel_id=int(shown.channel), fail_if_not_exists=True
    )
    try:
        await channel.send(
            view=view, reference=about, mention_author=False, nonce=nonce, silent=silent
        )
    except discord.HTTPException as error:
        logger.warning("A notice could not be given: %s", error)
        return False
    return True


def notice_of_change(notice: DueNotice) -> ui.LayoutView:
    """Say what changed in a source of the answer above."""
    words = Wording.of(notice.shown.language)
    said = words(f"notice_{notice.kind}", outlet=title(notice.outlet, 100))
    blocks = [f"**{phrase(said)}**"]
    if notice.note:
        blocks.append(f"> {phrase(title(notice.note, _NOTE))}")
    if notice.title:
        blocks.append(f"-# {link(title(notice.title, 120), notice.url, instead=words('link'))}")
    return layout(blocks)
