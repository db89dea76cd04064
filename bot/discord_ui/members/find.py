"""“Find coverage of this”: what the coverage has to say of somebody's message, privately."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import app_commands, ui

from bot.answering.lookup import ClosestSentence, LookedUpClaim, LookUp
from bot.answering.model import Verdict
from bot.discord_ui.asking import Asking
from bot.discord_ui.history import said_in
from bot.discord_ui.places import Place
from bot.discord_ui.rendering import (
    BUDGET,
    GAP,
    LINE,
    Lengths,
    entry,
    layout,
    notice_view,
    quotation,
)
from bot.discord_ui.replying import tell_result, words_of
from bot.discord_ui.text import escape, literal, size, title
from bot.discord_ui.words import worded
from bot.wording import Wording

_CLAIM = 300
"""Characters of a claim that are repeated."""
_LEFT_OUT = 80
"""Characters of one that was not looked up."""
_NAMED = 5
"""Claims that were not looked up and are named."""
_SMALL_PRINT = 400
"""Characters kept free for what is said below."""
_ROOMS = tuple(Lengths(quote=q, title=100, claims=n) for q, n in ((600, 3), (300, 2), (200, 1)))
_SIGNS = {
    Verdict.SAYS: "✔ ",
    Verdict.OTHERWISE: "✘ ",
    Verdict.CLAIMED: "“…” ",
    Verdict.NONE: "",
}


def find_command(asking: Asking) -> app_commands.ContextMenu:
    """Make the command that stands in a message's own menu."""

    async def find(interaction: discord.Interaction, message: discord.Message) -> None:
        words = words_of(interaction)
        admission = await asking.admit(Place.of(interaction), interaction.user.id, words)
        await interaction.response.defer(thinking=True, ephemeral=True)

        async def work() -> ui.LayoutView:
            if admission.refusal:
                return notice_view(admission.refusal)
            member = str(interaction.user.id)
            said = said_in(message)
            if not said and message.attachments:
                return notice_view(words("find_picture"))
            found = await asking.desk.look_up(said, member=member, edition=admission.edition)
            return found_view(found, words)

        await tell_result(interaction, work)

    menu = app_commands.ContextMenu(name=worded("command_find"), callback=find)
    menu = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)(menu)
    return app_commands.allowed_installs(guilds=True, users=True)(menu)


def found_view(found: LookUp, words: Wording, *, private: bool = True) -> ui.LayoutView:
    """Show each claim over what the coverage has to say of it."""
    if not found.claims:
        return notice_view(words("find_nothing"))
    shown = (_blocks_of(found, words, room) for room in _ROOMS)
    fitting = next(filter(_fits, shown), None) or _blocks_of(found, words, _ROOMS[-1])
    alone = [words("only_you")] if private else []
    return layout([*fitting, GAP, f"-# {escape(' '.join([*alone, words('find_small_print')]))}"])


def _fits(blocks: Sequence[str]) -> bool:
    """Tell whether one message holds *blocks*."""
    return sum(map(size, blocks)) <= BUDGET - _SMALL_PRINT


def _blocks_of(found: LookUp, words: Wording, room: Lengths) -> list[str]:
    """Show every claim within *room*, and name those that were not looked up."""
    blocks: list[str] = []
    for each in found.claims:
        blocks += [LINE] if blocks else []
        blocks.append(f"> {literal(title(each.claim, _CLAIM))}")
        blocks.append(f"**{_SIGNS[each.verdict]}{escape(_said(each, words))}**")
        if each.closest:
            shown = [_closest_line(c, each, words, room) for c in each.closest[: room.claims]]
            blocks.append("\n".join(shown))
    if found.left_out:
        named = [literal(title(claim, _LEFT_OUT)) for claim in found.left_out[:_NAMED]]
        more = len(found.left_out) - len(named)
        named += [escape(words("preview_more", count=more))] if more else []
        blocks += [GAP, f"-# {words('find_left_out', claims='; '.join(named))}"]
    return blocks


def _said(looked: LookedUpClaim, words: Wording) -> str:
    """Say what the coverage has to say of a claim."""
    return words.verdict(looked.verdict, found=bool(looked.closest), read=looked.judged)


def _closest_line(
    closest: ClosestSentence, looked: LookedUpClaim, words: Wording, room: Lengths
) -> str:
    """Name a source and quote it in its context; where sources differ, say which says what."""
    differ = len({each.verdict for each in looked.closest}) > 1
    sign = _SIGNS[closest.verdict] if differ else ""
    context = quotation(closest.context, words, room)
    return f"- {sign}{entry(closest.citation.header, words, room)}\n{context}"
