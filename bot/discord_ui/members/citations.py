"""The quotations of an answer in full, with the text around them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from discord import ui

from bot.community.members import Community, QuotationShown
from bot.discord_ui.buttons import ANSWER_KEY, KeyButton
from bot.discord_ui.escaping import escape, flat, literal, safe_address, shortened, size
from bot.discord_ui.limits import CHARACTERS, DISCORD, SHOWN
from bot.discord_ui.rendering import (
    GAP,
    Lengths,
    entry,
    layout,
    notice_view,
    past_line,
    with_buttons,
)
from bot.discord_ui.replying import Interaction, send_notice, send_privately, words_of
from bot.wording import Wording

_LENGTHS = Lengths(quote=2500, title=200, claims=0)


class SourcesButton(KeyButton, template=r"desk:sources:(?P<key>[0-9]{1,12}(?:-[0-9]{1,3})?)"):
    """A button that shows the quotations of an answer, from the number after the dash on."""

    kind = "sources"

    async def on_press(self, interaction: Interaction) -> None:
        """Show the quotations to the user."""
        words = words_of(interaction)
        community: Community = interaction.client.community
        number, _, first = self.key.partition("-")
        quotations, as_of = await community.quotations(int(number))
        view = (
            quotations_view(quotations, int(number), words, start=int(first or 0), as_of=as_of)
            if quotations
            else notice_view(words("answer_too_old"))
        )
        await send_privately(interaction, view)


class QuoteButton(KeyButton, template=rf"desk:quote:(?P<key>{ANSWER_KEY})"):
    """A button that gives the quotations as text to copy, each with its source and day."""

    kind = "quote"

    async def on_press(self, interaction: Interaction) -> None:
        """Show the quotations to the user, in a block that Discord copies by one click."""
        words = words_of(interaction)
        community: Community = interaction.client.community
        quotations, _ = await community.quotations(self.number)
        current = [quotation for quotation in quotations if quotation.current]
        if current:
            await send_privately(interaction, quote_view(current, words))
        else:
            await send_notice(interaction, "answer_too_old")


def quote_view(quotations: Sequence[QuotationShown], words: Wording) -> ui.LayoutView:
    """Show quotations as plain text, each with marks, outlet, day, title and address."""
    lines: list[str] = []
    for quotation in quotations:
        opening, closing = words.marks(quotation.quote)
        shorter = shortened(quotation.quote, CHARACTERS.copied_quotation)
        quote = flat(quotation.quote) if shorter is None else f"{shorter} […]"
        source = words(
            "source", outlet=words.outlet(quotation.header), date=words.dated(quotation.header)
        )
        text = f"{opening}{quote}{closing}\n— {flat(source)}, {flat(quotation.header.title)}"
        text += f"\n{quotation.header.url}" if safe_address(quotation.header.url or "") else ""
        text = text.replace("`", "ˋ")
        if (
            sum(map(size, (*lines, text)))
            > DISCORD.message_characters - CHARACTERS.below_quotations
        ):
            break
        lines.append(text)
    block = "\n\n".join(lines)
    return layout([escape(words("quote_copy")), f"```\n{block}\n```"])


def quotations_view(
    quotations: Sequence[QuotationShown],
    number: int,
    words: Wording,
    *,
    start: int = 0,
    as_of: datetime | None = None,
) -> ui.LayoutView:
    """Show the quotations from *start* that fit one message, and a button for the others."""
    blocks = [f"**{escape(words('quotations_heading'))}**"]
    blocks += [past_line(as_of, words)] if as_of else []
    end = start
    for quotation in quotations[start : start + SHOWN.quotations]:
        repeated = end > start and quotations[end - 1].header == quotation.header
        quotation_blocks = _quoted_blocks(quotation, end + 1, words, repeated=repeated)
        if (
            end > start
            and sum(map(size, (*blocks, *quotation_blocks))) > DISCORD.message_characters
        ):
            break
        blocks += [GAP, *quotation_blocks]
        end += 1
    has_more = end < len(quotations)
    buttons = [SourcesButton(f"{number}-{end}", words("more"))] if has_more else []
    return with_buttons(layout(blocks), buttons)


def _quoted_blocks(
    quotation: QuotationShown, number: int, words: Wording, *, repeated: bool
) -> list[str]:
    """Show one quotation with the text before and after it.

    *repeated* means that the quotation above is from the same article, which is not named again.
    """
    shorter = shortened(quotation.quote, _LENGTHS.quote)
    above = [
        f"**[{number}]**"
        if repeated
        else f"**[{number}]** {entry(quotation.header, words, _LENGTHS)}"
    ]
    if quotation.before.strip():
        above.append(f"-# {literal(quotation.before)}")
    below = [] if shorter is None else [f"-# {escape(words('quote_cut'))}"]
    if quotation.after.strip():
        below.append(f"-# {literal(quotation.after)}")
    if not quotation.current:
        below.append(f"-# ⚠ {escape(words('quotation_gone'))}")
    quote = f"> {literal(quotation.quote if shorter is None else shorter)}"
    return ["\n".join(above), quote, *(["\n".join(below)] if below else [])]
