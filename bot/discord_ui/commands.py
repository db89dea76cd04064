"""The slash command, its words in each language, and when Discord is told about them."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import discord
from discord import app_commands, ui

from bot.answering.question import LONGEST, UnaskableError
from bot.discord_ui.asking import Asking, deliver
from bot.discord_ui.coverage import summary_view
from bot.discord_ui.errors import error_view, report
from bot.discord_ui.moderating import SourceGroup
from bot.discord_ui.moderation import Moderation
from bot.discord_ui.words import worded
from bot.wording import Wording
from ingest.model import Summary

Summarise = Callable[[], Summary]


class DeskTree(app_commands.CommandTree[discord.Client]):
    """The commands; an error in one is a sentence for whoever used it."""

    def __init__(
        self,
        client: discord.Client,
        asking: Asking,
        moderation: Moderation | None = None,
        summary: Summarise | None = None,
    ) -> None:
        super().__init__(client)
        self.asking = asking
        self.moderation = moderation
        self.add_command(ask_command(asking))
        if summary is not None:
            self.add_command(coverage_command(asking, summary))
        if moderation is not None:
            self.add_command(SourceGroup(moderation))

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Let nobody but moderators reach their commands, whatever a server's settings show.

        What is offered while they type is checked where it is made: it cannot be answered here.
        """
        typing = interaction.type is discord.InteractionType.autocomplete
        data: Any = interaction.data or {}
        if self.moderation is None or typing or data.get("name") != SourceGroup.NAME:
            return True
        return await self.moderation.admits(interaction)

    async def on_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError
    ) -> None:
        """Log *error* and say so: to the interaction, else in its channel."""
        words = self.asking.words(interaction.locale)
        view = error_view(report(error), words)
        await deliver(view, partial(respond, interaction), partial(post, interaction), words)


def coverage_command(asking: Asking, summary: Summarise) -> app_commands.Command[Any, ..., None]:
    """Make `/coverage`."""

    @app_commands.command(name="coverage", description=worded("command_coverage"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_coverage(interaction: discord.Interaction) -> None:
        words = asking.words(interaction.locale)
        await interaction.response.defer(thinking=True, ephemeral=True)
        view = summary_view(await asyncio.to_thread(summary), words)
        await deliver(view, partial(respond, interaction), partial(post, interaction), words)

    return slash_coverage


def ask_command(asking: Asking) -> app_commands.Command[Any, ..., None]:
    """Make `/ask`."""

    @app_commands.command(name="ask", description=worded("command_ask"))
    @app_commands.describe(question=worded("option_question"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_ask(
        interaction: discord.Interaction, question: app_commands.Range[str, 1, LONGEST]
    ) -> None:
        await answer_interaction(interaction, question, asking)

    return slash_ask


async def answer_interaction(interaction: discord.Interaction, text: str, asking: Asking) -> None:
    """Acknowledge at once, then put the answer in that place."""
    try:
        question = asking.question(text)
    except UnaskableError as error:
        refusal = asking.refusal(error, interaction.locale)
        await interaction.response.send_message(view=refusal, ephemeral=True)
        return
    await interaction.response.defer(thinking=True)
    sent: discord.Message | None = None

    async def show(view: ui.LayoutView) -> None:
        nonlocal sent
        sent = await respond(interaction, view)

    async def elsewhere(view: ui.LayoutView) -> None:
        nonlocal sent
        sent = await post(interaction, view)

    made = await asking.view(question, interaction.user.id, repeat=True, show=show)
    await deliver(made.view, show, elsewhere, Wording.of(question.language))
    await asking.stands_in(sent, made, question.language)


async def respond(interaction: discord.Interaction, view: ui.LayoutView) -> discord.Message | None:
    """Reply to *interaction*, whether it was acknowledged or not."""
    if interaction.response.is_done():
        return await interaction.edit_original_response(view=view)
    await interaction.response.send_message(view=view, ephemeral=True)
    return None


async def post(interaction: discord.Interaction, view: ui.LayoutView) -> discord.Message | None:
    """Write in the channel of *interaction*, whose own token no longer works."""
    if isinstance(interaction.channel, discord.abc.Messageable):
        return await interaction.channel.send(view=view)
    return None


async def sync_if_changed(tree: app_commands.CommandTree[Any], digest_file: Path | None) -> None:
    """Tell Discord about the commands when they differ from those in *digest_file*.

    Without a file they are sent each time. If Discord refuses, mentions and direct messages work
    all the same.
    """
    digest = await commands_digest(tree)
    if digest_file and digest_file.exists() and digest_file.read_text().strip() == digest:
        return
    try:
        await tree.sync()
    except discord.DiscordException as error:
        report(error)
        return
    if digest_file:
        digest_file.parent.mkdir(parents=True, exist_ok=True)
        digest_file.write_text(f"{digest}\n")


async def commands_digest(tree: app_commands.CommandTree[Any]) -> str:
    """Fingerprint the commands in all languages, for this application."""
    translator = tree.translator
    payloads = [
        await command.get_translated_payload(tree, translator)
        if translator
        else command.to_dict(tree)
        for command in tree.get_commands()
    ]
    seen = json.dumps([tree.client.application_id, payloads], sort_keys=True, default=str)
    return hashlib.sha256(seen.encode()).hexdigest()
