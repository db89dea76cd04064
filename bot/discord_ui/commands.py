"""Every command, those of sources among them, who may use it, and its registration."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import discord
from discord import app_commands, ui

from bot.answering.tables import TableKind
from bot.discord_ui.buttons import matching_choices
from bot.discord_ui.escaping import title, worded
from bot.discord_ui.limits import CHARACTERS, DISCORD
from bot.discord_ui.members.ask import ask_command
from bot.discord_ui.members.contributing import suggest_command
from bot.discord_ui.members.find import find_command
from bot.discord_ui.members.follow_commands import follow_command, following_command
from bot.discord_ui.members.overview import (
    coverage_command,
    help_command,
    latest_command,
    timeline_command,
)
from bot.discord_ui.members.privacy import forget_command, privacy_command
from bot.discord_ui.members.result_views import tables_command
from bot.discord_ui.moderators.decisions import preview
from bot.discord_ui.moderators.listing import CoverageList, PanelPage, article_card, source_panel
from bot.discord_ui.moderators.moderation import Moderation, admitted, server_in
from bot.discord_ui.moderators.review import ABOUT_GAPS, ABOUT_REPORTS, review_command
from bot.discord_ui.moderators.settings_panel import settings_command
from bot.discord_ui.moderators.setup import setup_command
from bot.discord_ui.replying import (
    Interaction,
    deliver,
    error_view,
    is_too_late,
    post,
    report,
    respond,
    send_notice,
    show_result,
    words_of,
)
from ingest.reading import Hints, parsers

if TYPE_CHECKING:
    from bot.discord_ui.asking import Asking


_ARTICLE, _SOURCE = "article ", "source "
"""Beginnings of the values that are offered for `find`, before a number."""
_Choices: TypeAlias = list[app_commands.Choice[str]]
_PanelCommand: TypeAlias = app_commands.Command[Any, ..., None]
_Guard: TypeAlias = Callable[[Interaction], Awaitable[str | None]]
"""Return the key of a refusal, or ``None`` if the command may be used."""
_Command: TypeAlias = (
    app_commands.Command[Any, ..., None] | app_commands.Group | app_commands.ContextMenu
)
_MODERATOR_COMMANDS = ("source", "add-source", "reports", "gaps")
"""Names of the commands for moderators."""


def _source_command(moderation: Moderation) -> _PanelCommand:
    """Make `/source`, for moderators; the tree guards it."""
    catalogue = moderation.catalogue

    @app_commands.command(name="source", description=worded("command_source"))
    @app_commands.describe(find=worded("option_find"))
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    async def slash_source(
        interaction: discord.Interaction, find: app_commands.Range[str, 1, 100] | None = None
    ) -> None:
        await show_result(interaction, lambda: _opened(interaction, moderation, (find or "")))

    @slash_source.autocomplete("find")
    async def suggest_items(interaction: discord.Interaction, text: str) -> _Choices:
        if await moderation.refusal(interaction) is not None:
            return []
        server, folded = server_in(interaction), text.casefold()
        found = [
            (f"{source.outlet}: {source.address}", f"{_SOURCE}{source.id}")
            for source in await catalogue.sources(server)
            if folded in f"{source.outlet}: {source.address}".casefold()
        ][: DISCORD.choices // 2]
        for removed in (False, True):
            articles = await catalogue.titled(text, server, removed=removed)
            found += [
                (f"{article.header.outlet}: {article.header.title}", f"{_ARTICLE}{article.id}")
                for article in articles
            ]
        choices = [app_commands.Choice(name=title(name, 99), value=key) for name, key in found]
        return choices[: DISCORD.choices]

    return slash_source


async def _opened(interaction: Interaction, moderation: Moderation, find: str) -> ui.LayoutView:
    """Show the panel: at the chosen article or source, or at the articles with the typed words."""
    if (number := _number_after(_ARTICLE, find)) is not None:
        return await article_card(interaction, moderation, number, PanelPage())
    if (number := _number_after(_SOURCE, find)) is not None:
        sources = await moderation.catalogue.sources(server_in(interaction))
        addresses = {source.id: source.address for source in sources}
        search = addresses.get(number, "")[: CHARACTERS.search]
        return await source_panel(
            interaction, moderation, PanelPage(CoverageList.WATCHED, search=search)
        )
    search = " ".join(find.split())[: CHARACTERS.search].strip()
    return await source_panel(interaction, moderation, PanelPage(search=search))


def _number_after(prefix: str, text: str) -> int | None:
    """Return the number in a value that was offered, ``None`` for any other text."""
    number = text.removeprefix(prefix)
    is_number = number.isascii() and number.isdigit() and len(number) <= CHARACTERS.number
    return int(number) if text.startswith(prefix) and is_number else None


def _add_source_command(moderation: Moderation) -> _PanelCommand:
    """Make `/add-source`, for moderators; the tree guards it."""
    previewer, catalogue = moderation.previewer, moderation.catalogue

    @app_commands.command(name="add-source", description=worded("command_add_source"))
    @app_commands.describe(
        url=worded("option_url"), file=worded("option_file"), outlet=worded("option_outlet")
    )
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    async def slash_add_source(
        interaction: discord.Interaction,
        url: str | None = None,
        file: discord.Attachment | None = None,
        outlet: app_commands.Range[str, 1, 100] | None = None,
    ) -> None:
        if url is None and file is None:
            await send_notice(interaction, "add_nothing")
            return
        if file is not None and file.size > DISCORD.attachment_bytes:
            megabytes = DISCORD.attachment_bytes // 2**20
            await send_notice(interaction, "add_too_large", megabytes=megabytes)
            return
        if file is not None and not _is_readable(file):
            await send_notice(interaction, "add_kind", name=file.filename)
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        if url is not None:
            reading = previewer.address(url, outlet)
        else:
            assert file is not None
            reading = previewer.data(await file.read(), file.filename, Hints(outlet=outlet))
        await preview(interaction, moderation, reading)

    @slash_add_source.autocomplete("outlet")
    async def suggest_outlets(interaction: discord.Interaction, text: str) -> _Choices:
        if await moderation.refusal(interaction) is not None:
            return []
        names = await catalogue.outlets(server_in(interaction))
        return matching_choices(text, names, include_text=True)

    return slash_add_source


def _is_readable(file: discord.Attachment) -> bool:
    """Return True if a file is of a readable type; this is checked before the download."""
    kind = (file.content_type or "text/plain").partition(";")[0].strip()
    ending = Path(file.filename).suffix.lower()
    return kind.startswith("text/") or any(
        kind in parser.media_types or ending in parser.endings for parser in parsers()
    )


class DeskTree(app_commands.CommandTree[discord.Client]):
    """The command tree of the desk; it reports an error as a sentence to the user."""

    def __init__(self, client: discord.Client, asking: Asking, moderation: Moderation) -> None:
        super().__init__(client)
        self.guards: dict[str, _Guard] = dict.fromkeys(_MODERATOR_COMMANDS, moderation.refusal)
        self.guards |= dict.fromkeys(("settings", "setup"), moderation.settings_refusal)
        for command in (*_members_commands(asking), *_moderators_commands(moderation)):
            self.add_command(command)
        self.add_command(help_command(asking, moderation.community, self, self.guards))

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
        if is_too_late(interaction):
            return
        words = words_of(interaction)
        view = error_view(report(error), words)
        await deliver(view, partial(respond, interaction), partial(post, interaction), words)


def _members_commands(asking: Asking) -> list[_Command]:
    """Make the commands for everybody."""
    desk = asking.desk
    community, contests = desk.community, desk.news.contests
    return [
        ask_command(asking, community, desk.suggested_questions),
        coverage_command(community),
        tables_command(asking, community, contests, TableKind.RESULTS),
        tables_command(asking, community, contests, TableKind.POLLS),
        timeline_command(asking, desk.suggested_questions),
        latest_command(asking, desk.suggested_questions),
        follow_command(desk.catalogue, community, contests),
        following_command(community, desk.news.following),
        find_command(asking),
        suggest_command(),
        privacy_command(asking.privacy),
        forget_command(asking.forget),
    ]


def _moderators_commands(moderation: Moderation) -> list[_Command]:
    """Make the commands for moderators, for servers of which the bot is a member.

    The tree guards them.
    """
    commands: list[_Command] = [
        _source_command(moderation),
        _add_source_command(moderation),
        settings_command(moderation),
        setup_command(moderation),
        review_command("reports", ABOUT_REPORTS, moderation),
        review_command("gaps", ABOUT_GAPS, moderation),
    ]
    return [app_commands.allowed_installs(guilds=True, users=False)(each) for each in commands]


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
