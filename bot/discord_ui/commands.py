"""Every command, the check of who may use it, and its registration with Discord."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import discord
from discord import app_commands

from bot.answering.tables import TableKind
from bot.discord_ui.members.ask import ask_command
from bot.discord_ui.members.contributing import suggest_command
from bot.discord_ui.members.find import find_command
from bot.discord_ui.members.following import follow_command, following_command
from bot.discord_ui.members.overview import (
    coverage_command,
    help_command,
    latest_command,
    timeline_command,
)
from bot.discord_ui.members.privacy import forget_command, privacy_command
from bot.discord_ui.members.results import tables_command
from bot.discord_ui.moderators.moderation import Moderation, admitted
from bot.discord_ui.moderators.reports import ABOUT_GAPS, ABOUT_REPORTS, review_command
from bot.discord_ui.moderators.settings import settings_command
from bot.discord_ui.moderators.setup import setup_command
from bot.discord_ui.moderators.source import add_source_command, source_command
from bot.discord_ui.replying import (
    Interaction,
    deliver,
    error_view,
    post,
    report,
    respond,
    words_of,
)

if TYPE_CHECKING:
    from bot.discord_ui.asking import Asking

_Guard: TypeAlias = Callable[[Interaction], Awaitable[str | None]]
"""Return the key of a refusal, or ``None`` if the command may be used."""
_Command: TypeAlias = (
    app_commands.Command[Any, ..., None] | app_commands.Group | app_commands.ContextMenu
)
_MODERATOR_COMMANDS = ("source", "add-source", "reports", "gaps")
"""Names of the commands for moderators."""


class DeskTree(app_commands.CommandTree[discord.Client]):
    """The command tree of the desk; it reports an error as a sentence to the user."""

    def __init__(self, client: discord.Client, asking: Asking, moderation: Moderation) -> None:
        super().__init__(client)
        self.guards: dict[str, _Guard] = dict.fromkeys(_MODERATOR_COMMANDS, moderation.refusal)
        self.guards |= dict.fromkeys(("settings", "setup"), moderation.settings_refusal)
        for command in (*_members_commands(asking), *_moderators_commands(moderation)):
            self.add_command(command)
        self.add_command(help_command(asking, self, self.guards))

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Refuse a command to members who may not use it, despite the server's own permissions.

        Autocompletion makes this check itself: it cannot be answered here.
        """
        autocompletes = interaction.type is discord.InteractionType.autocomplete
        data: Any = interaction.data or {}
        guard = self.guards.get(data.get("name", ""))
        if autocompletes or guard is None:
            return True
        return await admitted(interaction, await guard(interaction))

    async def on_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError
    ) -> None:
        """Log *error* and report it: as a reply to the interaction, else in its channel."""
        words = words_of(interaction)
        view = error_view(report(error), words)
        await deliver(view, partial(respond, interaction), partial(post, interaction), words)


def _members_commands(asking: Asking) -> list[_Command]:
    """Make the commands for everybody."""
    return [
        ask_command(asking),
        coverage_command(asking.desk),
        tables_command(asking, TableKind.RESULTS),
        tables_command(asking, TableKind.POLLS),
        timeline_command(asking),
        latest_command(asking),
        follow_command(asking),
        following_command(asking),
        find_command(asking),
        suggest_command(),
        privacy_command(asking.desk),
        forget_command(asking),
    ]


def _moderators_commands(moderation: Moderation) -> list[_Command]:
    """Make the commands for moderators; the tree guards them."""
    return [
        source_command(moderation),
        add_source_command(moderation),
        settings_command(moderation),
        setup_command(moderation),
        review_command("reports", ABOUT_REPORTS, moderation),
        review_command("gaps", ABOUT_GAPS, moderation),
    ]


async def sync_if_changed(tree: app_commands.CommandTree[Any], digest_file: Path | None) -> None:
    """Register the commands with Discord if they differ from those in *digest_file*.

    Without a file they are sent each time. Mentions and direct messages work even if Discord
    refuses the commands.
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
    """Hash the commands in all languages, and the id of the application."""
    translator = tree.translator
    payloads = [
        await command.get_translated_payload(tree, translator)
        if translator
        else command.to_dict(tree)
        for command in tree.get_commands()
    ]
    serialised = json.dumps([tree.client.application_id, payloads], sort_keys=True, default=str)
    return hashlib.sha256(serialised.encode()).hexdigest()
