"""“Find coverage of this”: what the coverage has to say of somebody's message, privately."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeAlias

import discord
from discord import app_commands, ui

from bot.answering.lookup import Finding, Looked
from bot.answering.model import Citation
from bot.discord_ui.places import Place
from bot.discord_ui.rendering import (
    BUDGET,
    GAP,
    LINE,
    NEAREST_SHOWN,
    Room,
    entry,
    layout,
    notice_view,
    quotation,
)
from bot.discord_ui.replying import told, words_of
from bot.discord_ui.text import escape, literal, size, title
from bot.discord_ui.words import worded
from bot.wording import Wording

LookUp: TypeAlias = Callable[[str], list[Looked]]
"""Looks up the claims of a text; it blocks."""

CLAIM = 300
"""Characters of a claim that are repeated."""
ROOMS = tuple(Room(quote=q, title=100, claims=n) for q, n in ((600, 3), (300, 2), (200, 1)))
SIGNS = {
    Finding.SUPPORTED: "✔",
    Finding.DISPUTED: "✘",
    Finding.CONTESTED: "≠",
    Finding.NOT_FOUND: "?",
}


def find_command(look_up: LookUp) -> app_commands.ContextMenu:
    """Make the command that stands in a message's own menu."""

    async def find(interaction: discord.Interaction, message: discord.Message) -> None:
        words, asking = words_of(interaction), interaction.client.asking  # type: ignore[attr-defined]
        admission = await asking.admit(Place.of(interaction), interaction.user.id, words)
        await interaction.response.defer(thinking=True, ephemeral=True)

        async def work() -> ui.LayoutView:
            if admission.refusal:
                return notice_view(admission.refusal)
            found = await asyncio.to_thread(look_up, message.content)
            return found_view(found, words)

        await told(interaction, work)

    menu = app_commands.ContextMenu(name=worded("command_find"), callback=find)
    return app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)(menu)


def found_view(found: Sequence[Looked], words: Wording) -> ui.LayoutView:
    """Show each claim over what the coverage has to say of it."""
    if not found:
        return notice_view(words("find_nothing"))
    fitting = next(filter(fits, (blocks_of(found, words, room) for room in ROOMS)), None)
    return layout(fitting or blocks_of(found, words, ROOMS[-1]))


def fits(blocks: Sequence[str]) -> bool:
    """Tell whether one message holds *blocks*."""
    return sum(map(size, blocks)) <= BUDGET


def blocks_of(found: Sequence[Looked], words: Wording, room: Room) -> list[str]:
    """Show every claim within *room*."""
    blocks: list[str] = []
    for each in found:
        blocks += [LINE] if blocks else []
        said = words(f"finding_{each.finding}")
        blocks.append(f"> {literal(title(each.claim, CLAIM))}")
        blocks.append(f"**{SIGNS[each.finding]} {escape(said)}**")
        both = each.finding is Finding.CONTESTED
        for side, cited in (("says_so", each.supporting), ("says_else", each.disputing)):
            if cited:
                heading = [f"-# {escape(words(side))}"] if both else []
                sources = [cited_line(c, words, room) for c in cited[: room.claims]]
                blocks.append("\n".join([*heading, *sources]))
        if each.finding is Finding.NOT_FOUND and each.nearest:
            lines = [f"- {entry(h, words, room)}" for h in each.nearest[:NEAREST_SHOWN]]
            blocks.append("\n".join([f"-# {escape(words('nearest'))}", *lines]))
    return [*blocks, GAP, f"-# {escape(words('find_small_print'))}"]


def cited_line(citation: Citation, words: Wording, room: Room) -> str:
    """Name a source and quote it."""
    return f"- {entry(citation.header, words, room)}\n{quotation(citation.quote, words, room)}"
