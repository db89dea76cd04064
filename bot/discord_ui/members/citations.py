"""The quotations of an answer in full, with what stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from discord import ui

from bot.community.members import QuotationShown
from bot.discord_ui.asking import asking_of
from bot.discord_ui.buttons import ANSWER_KEY, KeyButton
from bot.discord_ui.rendering import (
    BUDGET,
    GAP,
    Lengths,
    entry,
    layout,
    notice_view,
    past_line,
    with_buttons,
)
from bot.discord_ui.replying import Interaction, privately, words_of
from bot.discord_ui.text import escape, flat, literal, safe_address, shortened, size
from bot.wording import Wording

_ROOM = Lengths(quote=2500, title=200, claims=0)
_COPIED = 900
"""Characters of a quotation that is given to copy."""
_BESIDE = 200
"""Characters kept free for what is said beside."""
_MOST = 8
"""Quotations in one message, within Discord's 40 components."""


class SourcesButton(KeyButton, template=r"desk:sources:(?P<key>[0-9]{1,12}(?:-[0-9]{1,3})?)"):
    """Shows the quotations of an answer; the number behind a dash is the first one shown."""

    kind = "sources"

    async def pressed(self, interaction: Interaction) -> None:
        """Show them to whoever pressed."""
        words = words_of(interaction)
        number, _, first = self.key.partition("-")
        community = asking_of(interaction).desk.community
        found, as_of = await community.quotations(int(number))
        view = (
            quotations_view(found, int(number), words, start=int(first or 0), as_of=as_of)
            if found
            else notice_view(words("answer_too_old"))
        )
        await privately(interaction, view)


class QuoteButton(KeyButton, template=rf"desk:quote:(?P<key>{ANSWER_KEY})"):
    """Gives the quotations as text to copy, each with its source and day."""

    kind = "quote"

    async def pressed(self, interaction: Interaction) -> None:
        """Show them to whoever pressed, in a block that Discord lets one copy at once."""
        words = words_of(interaction)
        found, _ = await asking_of(interaction).desk.community.quotations(self.number)
        current = [each for each in found if each.current]
        if current:
            await privately(interaction, quote_view(current, words))
        else:
            await privately(interaction, notice_view(words("answer_too_old")))


def quote_view(found: Sequence[QuotationShown], words: Wording) -> ui.LayoutView:
    """Show quotations as plain text: the words in marks, who printed them when, and the address."""
    lines: list[str] = []
    for each in found:
        opening, closing = words.marks(each.quote)
        shorter = shortened(each.quote, _COPIED)
        quote = flat(each.quote) if shorter is None else f"{shorter} […]"
        source = words("source", outlet=words.outlet(each.header), date=words.dated(each.header))
        text = f"{opening}{quote}{closing}\n— {flat(source)}, {flat(each.header.title)}"
        text += f"\n{each.header.url}" if safe_address(each.header.url or "") else ""
        text = text.replace("`", "ˋ")
        if sum(map(size, (*lines, text))) > BUDGET - _BESIDE:
            break
        lines.append(text)
    block = "\n\n".join(lines)
    return layout([escape(words("quote_copy")), f"```\n{block}\n```"])


def quotations_view(
    found: Sequence[QuotationShown],
    number: int,
    words: Wording,
    *,
    start: int = 0,
    as_of: datetime | None = None,
) -> ui.LayoutView:
    """Show as many quotations from *start* on as one message holds, and a button for the rest."""
    blocks = [f"**{escape(words('quotations_heading'))}**"]
    blocks += [past_line(as_of, words)] if as_of else []
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
