"""Every command, who may reach it, and when Discord is told about them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import discord
from discord import app_commands

from bot.discord_ui.asking import Asking
from bot.discord_ui.errors import error_view, report
from bot.discord_ui.members.ask import ask_command
from bot.discord_ui.members.coverage import coverage_command
from bot.discord_ui.members.find import find_command
from bot.discord_ui.members.following import follow_command, following_command
from bot.discord_ui.members.help import help_command
from bot.discord_ui.members.latest import latest_command
from bot.discord_ui.members.privacy import forget_command, privacy_command
from bot.discord_ui.members.results import results_command
from bot.discord_ui.members.suggest import suggest_command
from bot.discord_ui.members.timeline import timeline_command
from bot.discord_ui.moderators.moderation import Moderation, admitted
from bot.discord_ui.moderators.reports import ABOUT_GAPS, ABOUT_REPORTS, review_command
from bot.discord_ui.moderators.settings import SettingsGroup
from bot.discord_ui.moderators.setup import setup_command
from bot.discord_ui.moderators.source import SourceGroup
from bot.discord_ui.replying import Interaction, deliver, post, respond, words_of

_Guard: TypeAlias = Callable[[Interaction], Awaitable[str | None]]
"""Returns the key of the words that turn somebody away."""
_Offer: TypeAlias = (
    app_commands.Command[Any, ..., None] | app_commands.Group | app_commands.ContextMenu
)
_MODERATED = (SourceGroup.NAME, "reports", "gaps")
"""Commands for those who look after the coverage."""


class DeskTree(app_commands.CommandTree[discord.Client]):
    """The commands; an error in one is a sentence for whoever used it."""

    def __init__(self, client: discord.Client, asking: Asking, moderation: Moderation) -> None:
        super().__init__(client)
        self.guards: dict[str, _Guard] = dict.fromkeys(_MODERATED, moderation.refusal)
        self.guards |= dict.fromkeys((SettingsGroup.NAME, "setup"), moderation.settings_refusal)
        for each in (*_members_commands(asking), *_moderators_commands(moderation)):
            self.add_command(each)
        self.add_command(help_command(asking, self, self.guards))

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Let nobody reach a command that is not theirs, whatever a server's settings show.

        What is offered while they type is checked where it is made: it cannot be answered here.
        """
        typing = interaction.type is discord.InteractionType.autocomplete
        data: Any = interaction.data or {}
        guard = self.guards.get(data.get("name", ""))
        if typing or guard is None:
            return True
        return await admitted(interaction, await guard(interaction))

    async def on_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError
    ) -> None:
        """Log *error* and say so: to the interaction, else in its channel."""
        words = words_of(interaction)
        view = error_view(report(error), words)
        await deliver(view, partial(respond, interaction), partial(post, interaction), words)


def _members_commands(asking: Asking) -> list[_Offer]:
    """Make what everybody may use."""
    return [
        ask_command(asking),
        coverage_command(asking.desk),
        results_command(asking),
        timeline_command(asking),
        latest_command(asking),
        follow_command(asking),
        following_command(asking),
        find_command(asking),
        suggest_command(),
        privacy_command(asking.desk),
        forget_command(asking),
    ]


def _moderators_commands(moderation: Moderation) -> list[_Offer]:
    """Make what the guards of the tree let moderators use."""
    return [
        SourceGroup(moderation),
        SettingsGroup(moderation),
        setup_command(moderation),
        review_command("reports", ABOUT_REPORTS, moderation),
        review_command("gaps", ABOUT_GAPS, moderation),
    ]


async def sync_if_changed(tree: app_commands.CommandTree[Any], digest_file: Path | None) -> None:
    """Tell Discord about the commands when they differ from those in *digest_file*.

    Without a file they are sent each time. If Discord refuses, mentions and direct messages work
    all the same.
    """
    digest = await _commands_digest(tree)
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


async def _commands_digest(tree: app_commands.CommandTree[Any]) -> str:
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
