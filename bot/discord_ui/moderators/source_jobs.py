"""“Look now”: fetch a source, and show the progress also after a restart."""

from __future__ import annotations

import asyncio
import logging

import discord
from discord import ui

from bot.community.jobs import Jobs, LookProgress
from bot.discord_ui.escaping import escape, link, literal, title
from bot.discord_ui.limits import CHARACTERS, DISCORD, PACE
from bot.discord_ui.moderators.moderation import Moderation, moderator
from bot.discord_ui.rendering import layout, notice_view
from bot.discord_ui.replying import Interaction, edit_reply, words_of
from bot.ledger.records import Job
from bot.wording import Wording, translated_failure

logger = logging.getLogger(__name__)


async def refresh_now(
    interaction: Interaction, moderation: Moderation, source_id: int
) -> ui.LayoutView:
    """Start fetching a source, and show its progress in the reply."""
    words = words_of(interaction)
    source = await moderation.curator.look_again(source_id, moderator(interaction))
    job = await moderation.jobs.begin(source_id, interaction.token, words.language)
    interaction.client.run_beside(follow_job(interaction.client, moderation.jobs, job))
    return notice_view(words("looking_again", address=title(source.address, 200)))


async def follow_job(client: discord.Client, jobs: Jobs, job: Job) -> None:
    """Show the progress of a job until it ends or its reply can no longer be edited."""
    shown_progress = None
    while True:
        await asyncio.sleep(PACE.job_edit_seconds)
        progress = await jobs.progress(job)
        is_late = jobs.clock() - job.at > DISCORD.reply_lifetime
        if (
            progress != shown_progress
            and not is_late
            and not await _show_progress(client, progress)
        ):
            is_late = True
        shown_progress = progress
        if progress.finished or is_late:
            await jobs.dismiss(job)
            return


async def _show_progress(client: discord.Client, progress: LookProgress) -> bool:
    """Edit the reply with the progress; return False if Discord refused."""
    words = Wording.of(progress.job.language)
    try:
        await edit_reply(client, progress.job.token, refresh_progress_view(progress, words))
    except discord.HTTPException as error:
        logger.warning("Discord refused to show the progress of a refresh: %s", error)
        return False
    return True


def refresh_progress_view(progress: LookProgress, words: Wording) -> ui.LayoutView:
    """Return a view of the progress or the result of fetching a source."""
    source = progress.source
    if source is None:
        return notice_view(words("looked_gone"))
    linked = link(title(source.address, CHARACTERS.note), source.address, instead=words("link"))
    if not progress.finished:
        key = "looking" if progress.listed else "looking_again_short"
        text = escape(words(key, done=progress.done, listed=progress.listed or 0))
    elif source.failure:
        text = f"⚠ {literal(title(translated_failure(source.failure, words), CHARACTERS.note))}"
    else:
        text = escape(words("looked", done=progress.done, listed=progress.listed or 0))
    return layout([linked, text])
