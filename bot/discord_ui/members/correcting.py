"""Corrections, and newer coverage, reach the people who read the answer that they concern."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.community.corrections import Corrections
from bot.discord_ui.asking import Asking
from bot.discord_ui.errors import report
from bot.discord_ui.history import has_question, question_of
from bot.discord_ui.news import newer_view
from bot.discord_ui.places import server_of
from bot.discord_ui.rendering import Colour, layout
from bot.discord_ui.text import directed_lines, escape, link, phrase, title
from bot.ledger.model import DueNotice, NoticeKey, ShownAnswer
from bot.wording import Wording

logger = logging.getLogger(__name__)

_EVERY = 10.0
"""Seconds between two looks at what changed."""
_MOST, _LEAST = 3950, 200
"""Most characters of a corrected answer, and the least that its note may take."""
_CHANGES, _ANSWERS = 5, 12
"""Changes in one list, and answers of each to which it leads."""
_PART = 0.4
"""Least share of a quotation that a line must hold to count as quoting it."""
_NOTE = 600
"""Characters of an outlet's own correction that are shown."""


async def keep_correcting(client: discord.Client, asking: Asking, *, every: float = _EVERY) -> None:
    """Give each notice once, until cancelled."""
    while True:
        try:
            if await asking.desk.lease.is_leader():
                await correct(client, asking.desk.news.corrections)
                await tell_newer(client, asking)
        except Exception as error:
            report(error)
        await asyncio.sleep(every)


async def correct(client: discord.Client, corrections: Corrections) -> None:
    """Mark each answer that a change concerns, and list them once in each channel.

    The list makes no sound, but for what is withdrawn. What was done before the bot was killed
    is found done.
    """
    marked: dict[tuple[str, int], list[tuple[DueNotice, discord.Message]]] = {}
    due = await corrections.due()
    reached: set[NoticeKey] = set()
    for notice in due:
        message = await _message(client, notice.shown)
        if message is not None and await _marked(message, notice):
            reached.add(notice.key)
            about = notice.article_id if notice.kind.withdraws else 0
            marked.setdefault((notice.shown.channel, about), []).append((notice, message))
    for (channel, about), found in marked.items():
        await _listed(client, int(channel), found, silent=not about)
    for notice in due:
        await corrections.mark_given(notice, reached=notice.key in reached)


async def _marked(message: discord.Message, notice: DueNotice) -> bool:
    """Mark an answer as corrected; return False if Discord did not take the edit."""
    view = corrected_view(message, notice)
    if view is None:
        return True
    try:
        await message.edit(view=view)
    except discord.HTTPException as error:
        logger.warning("An answer could not be corrected: %s", error)
        return False
    return True


async def _listed(
    client: discord.Client,
    channel: int,
    found: Sequence[tuple[DueNotice, discord.Message]],
    *,
    silent: bool,
) -> None:
    """Say once in a channel which answers were corrected, with the way to each."""
    first, _ = found[0]
    view = _list_view(found, withdrawn=not silent)
    nonce = f"c{first.key.nonce}"
    try:
        await client.get_partial_messageable(channel).send(view=view, nonce=nonce, silent=silent)
    except discord.HTTPException as error:
        logger.warning("Corrected answers could not be listed: %s", error)


def _list_view(
    found: Sequence[tuple[DueNotice, discord.Message]], *, withdrawn: bool
) -> ui.LayoutView:
    """List answers that were corrected: what the outlet says, and a link to each."""
    words = Wording.of(found[0][0].shown.language)
    heading = f"**{escape(words('withdrawn_since' if withdrawn else 'corrected_since'))}**"
    links: dict[str, list[str]] = {}
    for notice, message in found:
        links.setdefault(_listed_change(notice, words), []).append(message.jump_url)
    number, blocks = 0, [heading]
    for said, urls in list(links.items())[:_CHANGES]:
        named = []
        for url in dict.fromkeys(urls):
            number += 1
            named.append(f"[{escape(words('answer_number', number=number))}]({url})")
        more = len(named) - _ANSWERS
        rest = [escape(words("preview_more", count=more))] if more > 0 else []
        blocks.append(f"{said}\n{' · '.join([*named[:_ANSWERS], *rest])}")
    return layout(blocks, Colour.WITHDRAWN if withdrawn else None)


def corrected_view(message: discord.Message, notice: DueNotice) -> ui.LayoutView | None:
    """Return an answer with what is touched struck out, and why; ``None`` if it says so already."""
    words = Wording.of(notice.shown.language)
    said = directed_lines(_said(notice, words))
    view = ui.LayoutView.from_message(message, timeout=None)
    view.stop()
    container = next((each for each in view.children if isinstance(each, ui.Container)), None)
    if container is None:
        return None
    texts = [each for each in container.walk_children() if isinstance(each, ui.TextDisplay)]
    if any(each.content == said for each in texts):
        return None
    for each in texts:
        each.content = _struck(each.content, notice.quotes)
    note: ui.TextDisplay[Any] = ui.TextDisplay(said[: max(_LEAST, _MOST - view.content_length())])
    if notice.kind.withdraws:
        container.accent_colour = Colour.WITHDRAWN
        others = list(container.children)
        container.clear_items()
        asked = 2 if has_question(message) else 0
        for item in (*others[:asked], note, ui.Separator(), *others[asked:]):
            container.add_item(item)
    else:
        container.add_item(ui.Separator())
        container.add_item(note)
    return view


def _struck(markdown: str, quotes: Sequence[str]) -> str:
    """Strike out the lines of a message that quote any of *quotes*."""
    wanted = [found for quote in quotes if (found := _letters(quote))]
    return "\n".join(_struck_line(line, wanted) for line in markdown.split("\n"))


def _struck_line(line: str, wanted: Sequence[str]) -> str:
    """Strike out one line, if it quotes what is touched, or a good part of that."""
    letters = _letters(line)
    quoting = any(
        (letters in each or each in letters) and len(letters) >= _PART * len(each)
        for each in wanted
    )
    if not letters or not quoting or "~~" in line:
        return line
    lead = "> " if line.startswith("> ") else ""
    return f"{lead}~~{line.removeprefix(lead)}~~"


def _letters(text: str) -> str:
    """Return the letters and figures of a text, however it is marked up."""
    return "".join(each for each in text if each.isalnum()).casefold()


def _listed_change(notice: DueNotice, words: Wording) -> str:
    """Say what happened to a source, over the answers that it concerns."""
    kind = words(f"told_{notice.kind}")
    heading = f"**{phrase(title(notice.outlet, 100))} · {escape(kind)}**"
    return "\n".join([heading, *_details_of(notice, words)])


def _said(notice: DueNotice, words: Wording) -> str:
    """Say what happened to a source, in one block."""
    return "\n".join(_blocks_of(notice, words))


async def tell_newer(client: discord.Client, asking: Asking) -> None:
    """Reply once to each answer of which newer coverage says something else first."""
    desk = asking.desk
    doubted, upto = await desk.news.outdated.doubted()
    for each in doubted:
        message = await _message(client, each.shown)
        asked = await question_of(message, asking) if message else None
        if asked is None:
            continue
        guild = await server_of(client, int(each.shown.channel))
        edition = await desk.community.edition(guild.id if guild else None)
        found = await desk.news.outdated.newer(each, asked, edition)
        if found is not None:
            view = newer_view(found.citation, Wording.of(each.shown.language))
            reached = await _replied(client, each.shown, view, found.key.nonce, silent=True)
            await desk.news.outdated.mark_given(found, reached=reached)
    if upto is not None:
        await desk.news.outdated.looked(upto)


async def _message(client: discord.Client, shown: ShownAnswer) -> discord.Message | None:
    """Return the message of an answer, if it is still there and may be read."""
    known = client.get_channel(int(shown.channel))
    channel = (
        known
        if isinstance(known, discord.abc.Messageable)
        else client.get_partial_messageable(int(shown.channel))
    )
    try:
        return await channel.fetch_message(int(shown.message))
    except discord.HTTPException:
        return None


async def _replied(
    client: discord.Client,
    shown: ShownAnswer,
    view: ui.LayoutView,
    nonce: str,
    *,
    silent: bool = False,
) -> bool:
    """Reply to the message of an answer; tell whether Discord took it."""
    channel = client.get_partial_messageable(int(shown.channel))
    about = discord.MessageReference(
        message_id=int(shown.message), channel_id=int(shown.channel), fail_if_not_exists=True
    )
    try:
        await channel.send(
            view=view, reference=about, mention_author=False, nonce=nonce, silent=silent
        )
    except discord.HTTPException as error:
        logger.warning("A notice could not be given: %s", error)
        return False
    return True


def notice_of_change(notice: DueNotice) -> ui.LayoutView:
    """Say what changed in a source of an answer."""
    return layout(_blocks_of(notice, Wording.of(notice.shown.language)))


def _blocks_of(notice: DueNotice, words: Wording) -> list[str]:
    """Say what changed, in the outlet's own words if it has any, and where."""
    said = words(f"notice_{notice.kind}", outlet=title(notice.outlet, 100))
    return [f"**{phrase(said)}**", *_details_of(notice, words)]


def _details_of(notice: DueNotice, words: Wording) -> list[str]:
    """Repeat an outlet's own correction, and name the article."""
    blocks: list[str] = []
    if notice.note:
        blocks.append(f"> {phrase(title(notice.note, _NOTE))}")
    if notice.title:
        blocks.append(f"-# {link(title(notice.title, 120), notice.url, instead=words('link'))}")
    return blocks
