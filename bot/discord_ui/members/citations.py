"""The quotations of an answer in full, with what stands around them."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.community.members import QuotationShown
from bot.discord_ui.asking import asking_of
from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.rendering import BUDGET, GAP, Lengths, entry, layout, notice_view, with_buttons
from bot.discord_ui.replying import Interaction, privately, words_of
from bot.discord_ui.text import escape, literal, shortened, size
from bot.wording import Wording

_ROOM = Lengths(quote=2500, title=200, claims=0)
_MOST = 8
"""Quotations in one message, within Discord's 40 components."""


class SourcesButton(KeyButton, template=r"desk:sources:(?P<key>[0-9]{1,12}(?:-[0-9]{1,3})?)"):
    """Shows the quotations of an answer; the number behind a dash is the first one shown."""

    kind = "sources"

    async def pressed(self, interaction: Interaction) -> None:
        """Show them to whoever pressed."""
        words = words_of(interaction)
        number, _, first = self.key.partition("-")
        found = await asking_of(interaction).desk.community.quotations(int(number))
        view = (
            quotations_view(found, int(number), words, start=int(first or 0))
            if found
            else notice_view(words("answer_too_old"))
        )
        await privately(interaction, view)


def quotations_view(
    found: Sequence[QuotationShown], number: int, words: Wording, *, start: int = 0
) -> ui.LayoutView:
    """Show as many quotations from *start* on as one message holds, and a button for the rest."""
    blocks = [f"**{escape(words('quotations_heading'))}**"]
    shown = start
    for each in found[start : start + _MOST]:
        again = shown > start and found[shown - 1].header == each.header
        quotation = _quoted_blocks(each, shown + 1, words, again=again)
        if shown > start and sum(map(size, (*blocks, *quotation))) > BUDGET:
            break
        blocks += [GAP, *quotation]
        shown += 1
    more = shown < len(found)
    buttons = [SourcesButton(f"{number}-{shown}", words("more"))] if more else []
    return with_buttons(layout(blocks), buttons)


def _quoted_blocks(quoted: QuotationShown, place: int, words: Wording, *, again: bool) -> list[str]:
    """Show one quotation between what stands before and behind it.

    Its article is named unless it is the one of the quotation above, *again*.
    """
    shorter = shortened(quoted.quote, _ROOM.quote)
    above = [f"**[{place}]**" if again else f"**[{place}]** {entry(quoted.header, words, _ROOM)}"]
    if quoted.before.strip():
        above.append(f"-# {literal(quoted.before)}")
    below = [] if shorter is None else [f"-# {escape(words('quote_cut'))}"]
    if quoted.after.strip():
        below.append(f"-# {literal(quoted.after)}")
    if not quoted.current:
        below.append(f"-# ⚠ {escape(words('quotation_gone'))}")
    quote = f"> {literal(quoted.quote if shorter is None else shorter)}"
    return ["\n".join(above), quote, *(["\n".join(below)] if below else [])]
