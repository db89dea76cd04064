"""The commands `/source`, which opens the panel of the coverage, and `/add-source`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import discord
from discord import app_commands, ui

from bot.discord_ui.buttons import matching_choices
from bot.discord_ui.moderators.adding import preview
from bot.discord_ui.moderators.listing import (
    SEARCH_LENGTH,
    CoverageList,
    PanelPage,
    article_card,
    source_panel,
)
from bot.discord_ui.moderators.moderation import Moderation, server_in
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import Interaction, respond, show_result, words_of
from bot.discord_ui.text import title, worded
from ingest.reading import Hints, parsers

_ATTACHMENT_BYTES = 8 * 2**20
"""Bytes of the largest attachment that is read."""
_CHOICE_COUNT = 25
_NUMBER_LENGTH = 12
_ARTICLE, _SOURCE = "article ", "source "
"""Beginnings of the values that are offered for `find`, before a number."""
_Choices: TypeAlias = list[app_commands.Choice[str]]
_Command: TypeAlias = app_commands.Command[Any, ..., None]


def source_command(moderation: Moderation) -> _Command:
    """Make `/source`, for moderators; the tree guards it."""
    catalogue = moderation.desk.catalogue

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
        ][: _CHOICE_COUNT // 2]
        for removed in (False, True):
            articles = await catalogue.titled(text, server, removed=removed)
            found += [
                (f"{article.header.outlet}: {article.header.title}", f"{_ARTICLE}{article.id}")
                for article in articles
            ]
        choices = [app_commands.Choice(name=title(name, 99), value=key) for name, key in found]
        return choices[:_CHOICE_COUNT]

    return slash_source


async def _opened(interaction: Interaction, moderation: Moderation, find: str) -> ui.LayoutView:
    """Show the panel: at the chosen article or source, or at the articles with the typed words."""
    if (number := _number_after(_ARTICLE, find)) is not None:
        return await article_card(interaction, moderation, number, PanelPage())
    if (number := _number_after(_SOURCE, find)) is not None:
        sources = await moderation.desk.catalogue.sources(server_in(interaction))
        addresses = {source.id: source.address for source in sources}
        search = addresses.get(number, "")[:SEARCH_LENGTH]
        return await source_panel(
            interaction, moderation, PanelPage(CoverageList.WATCHED, search=search)
        )
    search = " ".join(find.split())[:SEARCH_LENGTH].strip()
    return await source_panel(interaction, moderation, PanelPage(search=search))


def _number_after(prefix: str, text: str) -> int | None:
    """Return the number in a value that was offered, ``None`` for any other text."""
    number = text.removeprefix(prefix)
    is_number = number.isascii() and number.isdigit() and len(number) <= _NUMBER_LENGTH
    return int(number) if text.startswith(prefix) and is_number else None


def add_source_command(moderation: Moderation) -> _Command:
    """Make `/add-source`, for moderators; the tree guards it."""
    desk = moderation.desk

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
        words = words_of(interaction)
        if url is None and file is None:
            await respond(interaction, notice_view(words("add_nothing")))
            return
        if file is not None and file.size > _ATTACHMENT_BYTES:
            text = words("add_too_large", megabytes=_ATTACHMENT_BYTES // 2**20)
            await respond(interaction, notice_view(text))
            return
        if file is not None and not _is_readable(file):
            await respond(interaction, notice_view(words("add_kind", name=file.filename)))
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        if url is not None:
            reading = desk.previewer.address(url, outlet)
        else:
            assert file is not None
            reading = desk.previewer.data(await file.read(), file.filename, Hints(outlet=outlet))
        await preview(interaction, moderation, reading)

    @slash_add_source.autocomplete("outlet")
    async def suggest_outlets(interaction: discord.Interaction, text: str) -> _Choices:
        if await moderation.refusal(interaction) is not None:
            return []
        names = await desk.catalogue.outlets(server_in(interaction))
        return matching_choices(text, names, include_text=True)

    return slash_add_source


def _is_readable(file: discord.Attachment) -> bool:
    """Return True if a file is of a readable type; this is checked before the download."""
    kind = (file.content_type or "text/plain").partition(";")[0].strip()
    ending = Path(file.filename).suffix.lower()
    return kind.startswith("text/") or any(
        kind in parser.media_types or ending in parser.endings for parser in parsers()
    )
