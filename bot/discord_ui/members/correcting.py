"""Notices of corrections and newer coverage, sent to the readers of the answers concerned."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.answering.values import Citation
from bot.community.corrections import Corrections
from bot.community.digests import DoubtedAnswer
from bot.discord_ui.escaping import directed_lines, escape, link, literal, phrase, size, title
from bot.discord_ui.history import has_question, plain_text
from bot.discord_ui.limits import CHARACTERS, DISCORD, PACE, SHOWN
from bot.discord_ui.news_views import newer_text
from bot.discord_ui.notifier import DelayedChannels, keep_sending
from bot.discord_ui.places import is_closed, server_of
from bot.discord_ui.rendering import Colour, layout, rest_line
from bot.discord_ui.replying import is_outage, words_in
from bot.ledger.records import DueNotice, NoticeKind, ShownAnswer
from bot.wording import Wording
from ingest.reading.text import letters_and_digits

if TYPE_CHECKING:
    from bot.discord_ui.asking import Asking

logger = logging.getLogger(__name__)

_SOURCE_NUMBER = "0123456789"
"""Characters of a number before a source, left out of both where outlets are compared."""


async def keep_sending_corrections(client: discord.Client, asking: Asking) -> None:
    """Send each due notice once, until cancelled."""

    async def send_due(delayed: DelayedChannels) -> None:
        await send_corrections(client, asking.desk.news.corrections, delayed)
        await report_newer_coverage(client, asking, delayed)

    await keep_sending(asking.desk.lease, send_due, PACE.correction_seconds)


async def send_corrections(
    client: discord.Client, corrections: Corrections, delayed: DelayedChannels
) -> None:
    """Mark each answer that a change concerns, and list the answers that are due in each channel.

    A list is silent unless an article was withdrawn; an answer out of a count that goes on is
    marked alone. An answer that does not show the source is left as it is; one that Discord does
    not let the bot edit is listed nevertheless. A list that was sent before the bot was killed
    counts as sent. While Discord is out of order, notices wait for the next call; so do those of a
    channel that the bot may not see or Discord delays, and the list of one in which it may not
    write.
    """
    due = [
        notice
        for notice in await corrections.due()
        if not is_closed(client, int(notice.shown.channel), to="view")
    ]
    unmarked: dict[ShownAnswer, list[DueNotice]] = {}
    for notice in due:
        if notice.key not in corrections.marked:
            unmarked.setdefault(notice.shown, []).append(notice)
    for shown, notices in unmarked.items():
        if int(shown.channel) not in delayed:
            await delayed.send(
                int(shown.channel), _unless_outage(_mark(client, corrections, notices))
            )
    for notices in corrections.lists(
        notice
        for notice in due
        if notice.key in corrections.marked and not is_closed(client, int(notice.shown.channel))
    ):
        channel = int(notices[0].shown.channel)
        if channel not in delayed:
            await delayed.send(channel, _unless_outage(_post_list(client, corrections, notices)))


async def _unless_outage(sending: Awaitable[None]) -> None:
    """Await *sending*; while Discord is out of order, its notices wait for the next call."""
    try:
        await sending
    except discord.HTTPException as error:
        logger.warning("Notices wait, because Discord is out of order: %s", error)


async def _mark(
    client: discord.Client, corrections: Corrections, notices: Sequence[DueNotice]
) -> None:
    """Note changes in the answer that they concern, in one edit; they then wait for their list.

    Where there is nothing to list, a notice is given by that, or cannot be.

    Raises:
        discord.HTTPException: Discord is out of order.
    """
    message = await _message(client, notices[0].shown)
    shown = [notice for notice in notices if message is not None and is_shown(message, notice)]
    unseen = [notice for notice in notices if notice not in shown]
    if unseen:
        await corrections.mark_given(unseen, reached=False)
    if message is None or not shown:
        return
    is_edited = await _edit(message, corrected_view(message, shown))
    going_on = [notice for notice in shown if notice.goes_on]
    if going_on:
        await corrections.mark_given(going_on, reached=is_edited)
    corrections.marked.update(notice.key for notice in shown if not notice.goes_on)


async def _edit(message: discord.Message, view: ui.LayoutView | None) -> bool:
    """Edit an answer; return False if Discord refused. Without a *view* it is marked already.

    Raises:
        discord.HTTPException: Discord is out of order.
    """
    if view is None:
        return True
    try:
        await message.edit(view=view)
    except discord.HTTPException as error:
        if is_outage(error):
            raise
        logger.warning("Discord refused to edit an answer: %s", error)
        return False
    return True


async def _post_list(
    client: discord.Client, corrections: Corrections, notices: Sequence[DueNotice]
) -> None:
    """Post a list of corrected answers in their channel; what it has no room for stays due.

    Raises:
        discord.HTTPException: Discord is out of order.
    """
    shown = notices[0].shown
    guild = await server_of(client, int(shown.channel))
    words = Wording.of(shown.language)
    if guild is not None:
        words = words_in(guild, await corrections.rules_in(guild.id))
    view, listed = _list_view(notices, words, server=str(guild.id) if guild else "@me")
    silent = not any(notice.kind.withdraws for notice in notices)
    nonce = f"c{zlib.crc32(' '.join(notice.key.nonce for notice in listed).encode())}"
    channel = client.get_partial_messageable(int(shown.channel))
    try:
        await channel.send(view=view, nonce=nonce, silent=silent)
    except discord.HTTPException as error:
        if is_outage(error):
            raise
        logger.warning("Discord refused the list of corrected answers: %s", error)
        await corrections.mark_given(listed, reached=False)
    else:
        await corrections.mark_given(listed, reached=True)


def _list_view(
    notices: Sequence[DueNotice], words: Wording, *, server: str
) -> tuple[ui.LayoutView, list[DueNotice]]:
    """List corrected answers, each with the outlet's note and a link; return what is listed too.

    More changes than a few are each listed in short.
    """
    by_change: dict[tuple[int, NoticeKind, str], list[DueNotice]] = {}
    for notice in notices:
        change = notice.article_id, notice.kind, notice.note
        by_change.setdefault(change, []).append(notice)
    withdrawn = any(notice.kind.withdraws for notice in notices)
    heading = f"**{escape(words(_list_heading(notices)))}**"
    blocks, listed, numbers = [heading], list[DueNotice](), dict[str, int]()
    for same in by_change.values():
        entry = _list_entry(same[0], words, short=len(by_change) > SHOWN.changes)
        block = f"{entry}\n{_answer_links(same, numbers, words, server)}"
        characters = sum(size(directed_lines(text)) for text in (*blocks, block))
        components = 1 + len(blocks) + 1
        if listed and (characters > DISCORD.message_characters or components > DISCORD.components):
            break
        blocks.append(block)
        listed += same
    return layout(blocks, Colour.WITHDRAWN if withdrawn else None), listed


def _list_heading(notices: Sequence[DueNotice]) -> str:
    """Return the key of the heading of a list; an outlet that only changed words corrected none."""
    if any(notice.kind.withdraws for notice in notices):
        return "withdrawn_since"
    is_changed = all(notice.kind is NoticeKind.CHANGED for notice in notices)
    return "changed_since" if is_changed else "corrected_since"


def _answer_links(
    notices: Sequence[DueNotice], numbers: dict[str, int], words: Wording, server: str
) -> str:
    """Link the answers of *notices*; an answer has the same of the *numbers* in the whole list."""
    links: dict[str, str] = {}
    for notice in notices:
        message = notice.shown.message
        number = numbers.setdefault(message, len(numbers) + 1)
        url = f"https://discord.com/channels/{server}/{notice.shown.channel}/{message}"
        links[message] = f"[{escape(words('answer_number', number=number))}]({url})"
    rest_text = rest_line(len(links) - SHOWN.changed_answers, words, lead="")
    return " · ".join([*list(links.values())[: SHOWN.changed_answers], *rest_text])


def is_shown(message: discord.Message, notice: DueNotice) -> bool:
    """Return True if an answer quotes the source of a notice, or has a line of that outlet.

    Other sources of it are behind a button, where they are shown as they are now.
    """
    answer = _AnswerView.of(message)
    lines = answer.lines if answer else []
    passages = [letters for quote in notice.quotes if (letters := letters_and_digits(quote))]
    outlet = letters_and_digits(notice.outlet).lstrip(_SOURCE_NUMBER)
    return not passages or any(
        letters_and_digits(line).lstrip(_SOURCE_NUMBER).startswith(outlet)
        or _is_quoted(line, passages)
        for line in lines
    )


def corrected_view(message: discord.Message, notices: Sequence[DueNotice]) -> ui.LayoutView | None:
    """Return the answer with the affected lines struck out and notes; ``None`` if unchanged.

    *notices* are those of one answer, of each article the oldest first.
    """
    answer = _AnswerView.of(message)
    if answer is None:
        return None
    is_changed = False
    for index, notice in enumerate(notices):
        later = (other for other in notices[index + 1 :] if _follows(other, notice))
        notes = (directed_lines(change_text(other)) for other in (notice, *later))
        if not any(map(answer.shows, notes)):
            _note_change(answer, notice, question_items=2 if has_question(message) else 0)
            is_changed = True
    return answer.view if is_changed else None


def _follows(later: DueNotice, notice: DueNotice) -> bool:
    """Return True if *later* has a note of its own on the article of *notice*, and is as final.

    An answer that shows *later* was marked with *notice* before, in the same edit or in an earlier
    one, even if it had no room to keep that.
    """
    return (
        bool(later.note)
        and later.article_id == notice.article_id
        and later.kind.withdraws == notice.kind.withdraws
    )


def _note_change(answer: _AnswerView, notice: DueNotice, question_items: int) -> None:
    """Strike out what *notice* affects in *answer*, and add its note below *question_items*."""
    note = ui.TextDisplay[Any](directed_lines(change_text(notice)))
    container = answer.container
    for display in answer.displays:
        display.content = _strike_out(display.content, notice.quotes)
    answer.make_room(note, question_items)
    if not notice.kind.withdraws:
        answer.append(note)
        return
    container.accent_colour = Colour.WITHDRAWN
    items = list(container.children)
    container.clear_items()
    for item in (*items[:question_items], note, ui.Separator(), *items[question_items:]):
        container.add_item(item)


@dataclass(frozen=True, slots=True)
class _AnswerView:
    """The view of a shown answer, to be edited."""

    view: ui.LayoutView
    container: ui.Container[Any]

    @classmethod
    def of(cls, message: discord.Message) -> Self | None:
        """Return the view of *message*; ``None`` if it shows no answer."""
        view = ui.LayoutView.from_message(message, timeout=None)
        view.stop()
        containers = (item for item in view.children if isinstance(item, ui.Container))
        container = next(containers, None)
        return cls(view, container) if container is not None else None

    @property
    def displays(self) -> list[ui.TextDisplay[Any]]:
        """Return the texts of the answer."""
        return [item for item in self.container.walk_children() if isinstance(item, ui.TextDisplay)]

    @property
    def lines(self) -> list[str]:
        """Return the lines of the answer."""
        return [line for display in self.displays for line in display.content.split("\n")]

    def shows(self, text: str) -> bool:
        """Return True if *text* is a part of the answer already."""
        return any(display.content == text for display in self.displays)

    def has_room(self, note: ui.TextDisplay[Any]) -> bool:
        """Return True if Discord takes the answer with *note* and a line: it limits both."""
        characters = sum(size(display.content) for display in (*self.displays, note))
        components = len(list(self.view.walk_children())) + 2
        return characters <= DISCORD.corrected_characters and components <= DISCORD.components

    def make_room(self, note: ui.TextDisplay[Any], question_items: int) -> None:
        """Drop parts from the bottom until there is room for *note*; cut the quotation if need be.

        The question stays, and the quotation that is struck out.
        """
        parts = self.container.children[question_items:]
        quotation = next((part for part in parts if _quotes(part)), None)
        for part in reversed(parts):
            if self.has_room(note):
                return
            if part is not quotation:
                self.container.remove_item(part)
        if isinstance(quotation, ui.TextDisplay) and not self.has_room(note):
            others = [display for display in (*self.displays, note) if display is not quotation]
            room = DISCORD.corrected_characters - sum(size(other.content) for other in others)
            quotation.content = _cut_quotation(quotation.content, room // 2)

    def append(self, note: ui.TextDisplay[Any]) -> None:
        """Add *note* under the answer."""
        self.container.add_item(ui.Separator())
        self.container.add_item(note)


def _quotes(item: ui.Item[Any]) -> bool:
    """Return True if a part of an answer has a line that is struck out."""
    return isinstance(item, ui.TextDisplay) and "~~" in item.content


def _cut_quotation(markdown: str, longest: int) -> str:
    """Return the first line that is struck out, cut to *longest* letters.

    Escaped it has at most twice as many characters.
    """
    line = next(line for line in markdown.split("\n") if "~~" in line)
    lead = "> " if line.startswith("> ") else ""
    text = plain_text(line.removeprefix(lead))
    return f"{lead}~~{literal(title(text, max(1, longest - CHARACTERS.last_word)))}~~"


def _newer_view(
    message: discord.Message, citation: Citation, words: Wording
) -> ui.LayoutView | None:
    """Return the answer with newer coverage under it.

    Returns ``None`` if it has that, has no room for it, or is no answer.
    """
    text = directed_lines(newer_text(citation, words))
    answer = _AnswerView.of(message)
    if answer is None or answer.shows(text):
        return None
    note = ui.TextDisplay[Any](text)
    if not answer.has_room(note):
        return None
    answer.append(note)
    return answer.view


def _strike_out(markdown: str, quotes: Sequence[str]) -> str:
    """Strike out the lines of a message that quote any of *quotes*."""
    passages = [letters for quote in quotes if (letters := letters_and_digits(quote))]
    return "\n".join(_strike_out_line(line, passages) for line in markdown.split("\n"))


def _strike_out_line(line: str, passages: Sequence[str]) -> str:
    """Strike out *line* if it quotes one of *passages*, or a large part of one."""
    if not _is_quoted(line, passages) or "~~" in line:
        return line
    lead = "> " if line.startswith("> ") else ""
    return f"{lead}~~{line.removeprefix(lead)}~~"


def _is_quoted(line: str, passages: Sequence[str], min_share: float = 0.4) -> bool:
    """Return True if *line* quotes one of *passages*, or a large part of one."""
    letters = letters_and_digits(line)
    return bool(letters) and any(
        (letters in passage or passage in letters) and len(letters) >= min_share * len(passage)
        for passage in passages
    )


def _list_entry(notice: DueNotice, words: Wording, *, short: bool) -> str:
    """Describe a change of a source, as the heading of a list of answers."""
    kind = words(f"told_{notice.kind}")
    heading = f"**{phrase(title(notice.outlet, 100))} · {escape(kind)}**"
    if short:
        return "\n".join([heading, *_note_of(notice, CHARACTERS.listed_correction)])
    return "\n".join([heading, *_details_of(notice, words)])


def change_text(notice: DueNotice) -> str:
    """Describe a change: the outlet's own note if there is one, and the article."""
    words = Wording.of(notice.shown.language)
    sentence = words(f"notice_{notice.kind}", outlet=title(notice.outlet, 100))
    return "\n".join([f"**{phrase(sentence)}**", *_details_of(notice, words)])


async def report_newer_coverage(
    client: discord.Client, asking: Asking, delayed: DelayedChannels
) -> None:
    """Add newer coverage, once, below each answer that would begin with it today.

    The answer is edited: on an election night there would be as many replies as answers. Answers in
    a channel in which Discord delays a message wait for the next call, and so do all of them while
    Discord is out of order.
    """
    outdated = asking.desk.news.outdated
    doubted, upto = await outdated.doubted()
    for answer in doubted:
        channel = int(answer.shown.channel)
        if channel not in delayed:
            await delayed.send(channel, _unless_outage(_add_newer(client, asking, answer)))
    if upto is not None and outdated.checked.issuperset(doubted):
        await outdated.mark_checked(upto)


async def _add_newer(client: discord.Client, asking: Asking, doubted: DoubtedAnswer) -> None:
    """Add newer coverage below an answer, if it would begin with that today.

    Raises:
        discord.HTTPException: Discord is out of order.
    """
    desk, shown = asking.desk, doubted.shown
    message = await _message(client, shown)
    question = await asking.exchanges.question_of(message) if message else None
    if message is not None and question is not None:
        guild = await server_of(client, int(shown.channel))
        edition = await desk.community.edition(guild.id if guild else None)
        notice = await desk.news.outdated.newer(doubted, question, edition)
        if notice is not None:
            view = _newer_view(message, notice.citation, Wording.of(shown.language))
            reached = await _edit(message, view)
            await desk.news.outdated.mark_given(notice, reached=reached)
    desk.news.outdated.checked.add(doubted)


async def _message(client: discord.Client, answer: ShownAnswer) -> discord.Message | None:
    """Return the message of an answer, or ``None`` if it is gone or may not be read.

    Raises:
        discord.HTTPException: Discord is out of order.
    """
    cached = client.get_channel(int(answer.channel))
    channel = (
        cached
        if isinstance(cached, discord.abc.Messageable)
        else client.get_partial_messageable(int(answer.channel))
    )
    try:
        return await channel.fetch_message(int(answer.message))
    except discord.HTTPException as error:
        if is_outage(error):
            raise
        return None


def _details_of(notice: DueNotice, words: Wording) -> list[str]:
    """Quote an outlet's own correction, and name the article."""
    blocks = _note_of(notice, CHARACTERS.correction)
    if notice.title:
        blocks.append(f"-# {link(title(notice.title, 120), notice.url, instead=words('link'))}")
    return blocks


def _note_of(notice: DueNotice, longest: int) -> list[str]:
    """Quote an outlet's own correction in a line of at most *longest* characters, if it has one."""
    return [f"> {phrase(title(notice.note, longest))}"] if notice.note else []
