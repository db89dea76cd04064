"""The command “Find coverage of this”: the coverage of the claims in a message, sent privately."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord
from discord import app_commands, ui

from bot.answering.values import ClosestSentence, LookedUpClaim, LookUp, Verdict
from bot.discord_ui.escaping import escape, literal, size, title, worded
from bot.discord_ui.history import text_in
from bot.discord_ui.limits import CHARACTERS, DISCORD, SHOWN
from bot.discord_ui.places import Place
from bot.discord_ui.rendering import (
    GAP,
    LINE,
    Lengths,
    entry,
    layout,
    notice_view,
    quotation,
    rest_line,
)
from bot.discord_ui.replying import show_result, words_of
from bot.wording import Wording

if TYPE_CHECKING:
    from bot.discord_ui.asking import Asking

_LENGTHS = tuple(Lengths(quote=q, title=100, claims=n) for q, n in ((600, 3), (300, 2), (200, 1)))
_SIGNS = {
    Verdict.SAYS: "✔ ",
    Verdict.OTHERWISE: "✘ ",
    Verdict.CLAIMED: "“…” ",
    Verdict.NONE: "",
}


def find_command(asking: Asking) -> app_commands.ContextMenu:
    """Make the command in the context menu of messages."""

    async def find(interaction: discord.Interaction, message: discord.Message) -> None:
        words = words_of(interaction)
        admission = await asking.admit(Place.of(interaction), interaction.user.id, words)
        await interaction.response.defer(thinking=True, ephemeral=True)

        async def work() -> ui.LayoutView:
            if admission.refusal:
                return notice_view(admission.refusal)
            member = str(interaction.user.id)
            text = text_in(message)
            if not text and message.attachments:
                return notice_view(words("find_picture"))
            lookup = await asking.desk.look_up(text, member=member, edition=admission.edition)
            return lookup_view(lookup, words)

        await show_result(interaction, work)

    menu = app_commands.ContextMenu(name=worded("command_find"), callback=find)
    menu = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)(menu)
    return app_commands.allowed_installs(guilds=True, users=True)(menu)


def lookup_view(lookup: LookUp, words: Wording, *, private: bool = True) -> ui.LayoutView:
    """Show each claim with the coverage of it."""
    if not lookup.claims:
        return notice_view(words("find_nothing"))
    candidates = (_blocks_of(lookup, words, lengths) for lengths in _LENGTHS)
    blocks = next(filter(_fits, candidates), None) or _blocks_of(lookup, words, _LENGTHS[-1])
    notes = ("only_you", "find_small_print") if private else ("find_small_print",)
    return layout([*blocks, GAP, "\n".join(f"-# {escape(words(key))}" for key in notes)])


def _fits(blocks: Sequence[str]) -> bool:
    """Return True if *blocks* fit one message."""
    return sum(map(size, blocks)) <= DISCORD.message_characters - CHARACTERS.below_claims


def _blocks_of(lookup: LookUp, words: Wording, lengths: Lengths) -> list[str]:
    """Show each claim within *lengths*, and name the claims that were not looked up."""
    blocks: list[str] = []
    for claim in lookup.claims:
        blocks += [LINE] if blocks else []
        blocks.append(f"> {literal(title(claim.claim, CHARACTERS.claim))}")
        verdict = words.verdict(claim.verdict, found=bool(claim.closest), read=claim.judged)
        blocks.append(f"**{_SIGNS[claim.verdict]}{escape(verdict)}**")
        if claim.closest:
            closest_lines = [
                _closest_line(c, claim, words, lengths) for c in claim.closest[: lengths.claims]
            ]
            blocks.append("\n".join(closest_lines))
    if lookup.left_out:
        names = [
            literal(title(claim, CHARACTERS.unread_claim))
            for claim in lookup.left_out[: SHOWN.unread_claims]
        ]
        names += rest_line(len(lookup.left_out) - len(names), words, lead="")
        blocks += [GAP, f"-# {words('find_left_out', claims='; '.join(names))}"]
    return blocks


def _closest_line(
    closest: ClosestSentence, claim: LookedUpClaim, words: Wording, lengths: Lengths
) -> str:
    """Quote a source in its context; mark each verdict if the sources differ."""
    differ = len({sentence.verdict for sentence in claim.closest}) > 1
    sign = _SIGNS[closest.verdict] if differ else ""
    context = quotation(closest.context, words, lengths)
    return f"- {sign}{entry(closest.citation.header, words, lengths)}\n{context}"
