"""`/source refresh`: a look at a source that shows how it goes, and goes on after a restart."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import discord
from discord import ui

from bot.community.jobs import LookProgress
from bot.discord_ui.moderators.moderation import Moderation, moderator
from bot.discord_ui.moderators.views import TEXT
from bot.discord_ui.rendering import layout, notice_view
from bot.discord_ui.replying import Interaction, edit_reply, words_of
from bot.discord_ui.text import escape, link, literal, title
from bot.failures import translated_failure
from bot.ledger.model import Job
from bot.wording import Wording

logger = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between two edits of one message."""
_LASTING = timedelta(minutes=14)
"""How long a reply to a command can be edited, with a minute to spare."""


async def look_now(
    interaction: Interaction, moderation: Moderation, source_id: int
) -> ui.LayoutView:
    """Let a source be looked at, and show that it is; what follows is shown in the same place."""
    words = words_of(interaction)
    source = await moderation.desk.curator.look_again(source_id, moderator(interaction))
    job = await moderation.desk.jobs.begin(source_id, interaction.token, words.language)
    interaction.client.run_beside(follow(interaction.client, moderation, job))
    return notice_view(words("looking_again", address=title(source.address, 200)))


async def follow(client: discord.Client, moderation: Moderation, job: Job) -> None:
    """Show how a look goes until it ends, or nobody can be shown any more."""
    said = None
    while True:
        await asyncio.sleep(EVERY)
        progress = await moderation.desk.jobs.progress(job)
        late = moderation.desk.community.clock() - job.at > _LASTING
        if progress != said and not late and not await _show(client, progress):
            late = True
        said = progress
        if progress.finished or late:
            await moderation.desk.jobs.dismiss(job)
            return


async def _show(client: discord.Client, progress: LookProgress) -> bool:
    """Edit the reply to whoever asked; tell whether Discord took it."""
    words = Wording.of(progress.job.language)
    try:
        await edit_reply(client, progress.job.token, look_progress_view(progress, words))
    except discord.HTTPException as error:
        logger.warning("The progress of a look could not be shown: %s", error)
        return False
    return True


def look_progress_view(progress: LookProgress, words: Wording) -> ui.LayoutView:
    """Say how far a look is, and how it ended."""
    source = progress.source
    if source is None:
        return notice_view(words("looked_gone"))
    linked = link(title(source.address, TEXT), source.address, instead=words("link"))
    if not progress.finished:
        key = "looking" if progress.listed else "looking_again_short"
        said = escape(words(key, done=progress.done, listed=progress.listed or 0))
    elif source.failure:
        said = f"⚠ {literal(title(translated_failure(source.failure, words), TEXT))}"
    else:
        said = escape(words("looked", done=progress.done, listed=progress.listed or 0))
    return layout([linked, said])
