"""Questions and answers read back from Discord messages, also long after they were posted."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import discord

from bot.answering.values import Exchange
from bot.discord_ui.limits import SHOWN

if TYPE_CHECKING:
    from bot.community.members import Community

_ANSWER_ID = re.compile(r"desk:(?:sources|report):(\d{1,12})")
"""Custom ids with the answer's number; every answer has one of these buttons."""
_SMALL, _BOLD = "-# ", "**"
_MARKS = re.compile(r"\\(.)|\*\*|~~")
"""An escaped character, or a mark of bold or struck text."""
_ISOLATES = str.maketrans("", "", "\u200f\u2067\u2068\u2069")
_STATEMENT = re.compile(
    r"^> (?P<quoted>.+)$|^(?P<claim>.+?) \*\*\[\d+\](?: \[\d+\])*\*\*$", re.MULTILINE
)
"""A statement in an answer: an excerpt, or a sentence before its numbers."""
_MENTION = re.compile(r"<@!?\d+>")
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Recent(OrderedDict[_Key, _Value]):
    """A mapping with a maximum number of entries; it drops the oldest."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def keep(self, key: _Key, value: _Value) -> None:
        """Store *value* as the newest entry, and drop the oldest above the maximum."""
        self[key] = value
        self.move_to_end(key)
        while len(self) > self._limit:
            self.popitem(last=False)


class Exchanges:
    """The verified exchanges to which a question may refer.

    The newest ones are in memory, by the id of their message, thread or direct channel. An older
    one is found by the number in its message, and read from the archive.
    """

    def __init__(self, community: Community) -> None:
        self._community = community
        self._recent: Recent[int, Exchange] = Recent(SHOWN.exchanges)

    def keep(self, place: int, exchange: Exchange) -> None:
        """Store the newest exchange of a message, a thread or a direct channel."""
        self._recent.keep(place, exchange)

    def forget(self, place: int) -> None:
        """Remove the exchange of *place* from memory."""
        self._recent.pop(place, None)

    def recent(self, place: int) -> Exchange | None:
        """Return the exchange of *place* if it is in memory."""
        return self._recent.get(place)

    async def shown_in(self, message: discord.Message) -> Exchange | None:
        """Return the verified exchange shown in *message*, from memory or from the archive."""
        if message.id in self._recent:
            return self._recent[message.id]
        number, question = _answer_number_in(message), await self.question_of(message)
        if number is None or question is None:
            return None
        return await self._community.exchange(number, question)

    async def question_of(self, message: discord.Message) -> str | None:
        """Return the question answered in *message*, from it or the message it replies to."""
        if message.id in self._recent:
            return self._recent[message.id].question
        question = _question_above(message)
        if question is not None:
            return question
        asked = await replied_message(message)
        return (_MENTION.sub(" ", asked.content).strip() or None) if asked else None

    async def last_in(self, channel: object) -> Exchange | None:
        """Return the last exchange of a thread or a direct channel; ``None`` for other channels.

        The first exchange of a thread on an answer is that answer.
        """
        if not isinstance(channel, discord.Thread | discord.DMChannel):
            return None
        if channel.id in self._recent:
            return self._recent[channel.id]
        first = await first_message_of(channel) if isinstance(channel, discord.Thread) else None
        return await self.shown_in(first) if first else None


async def replied_message(message: discord.Message) -> discord.Message | None:
    """Return the message to which *message* replies; ``None`` if there is none any more."""
    reference = message.reference
    if reference is None or reference.message_id is None:
        return None
    try:
        target = reference.resolved or await message.channel.fetch_message(reference.message_id)
    except discord.HTTPException:
        return None
    return target if isinstance(target, discord.Message) else None


async def first_message_of(thread: discord.Thread) -> discord.Message | None:
    """Return the message on which *thread* was opened; both have the same id."""
    if not isinstance(thread.parent, discord.TextChannel):
        return None
    try:
        return await thread.parent.fetch_message(thread.id)
    except discord.HTTPException:
        return None


def text_in(message: discord.Message) -> str:
    """Return the text of *message* that Discord shows, perhaps "".

    That is its own text, forwarded and embedded texts, and the statements of an answer.
    """
    texts = [message.content, *_embed_texts(message.embeds)]
    for snapshot in message.message_snapshots:
        texts += [snapshot.content, *_embed_texts(snapshot.embeds)]
    body = "\n".join(_texts(message.components))
    if _answer_number_in(message) is None:
        texts.append(body)
    else:
        statements = (match["quoted"] or match["claim"] for match in _STATEMENT.finditer(body))
        texts += map(plain_text, statements)
    joined = _MENTION.sub(" ", "\n".join(filter(None, texts)))
    return joined.translate(_ISOLATES).strip()


def plain_text(markdown: str) -> str:
    """Return a line that the desk showed without its bold and struck marks and its escapes."""
    return _MARKS.sub(lambda match: match[1] or "", markdown).translate(_ISOLATES)


def has_question(message: discord.Message) -> bool:
    """Return True if the question is above the answer, as in replies to commands."""
    return _question_above(message) is not None


def is_answer(message: discord.Message) -> bool:
    """Return True if *message* shows an outcome of the desk."""
    return any(
        (getattr(component, "custom_id", None) or "").startswith("desk:")
        for component in _nested(message.components)
    )


def _embed_texts(embeds: Iterable[discord.Embed]) -> Iterator[str]:
    """Yield the texts of *embeds*: the title, description and fields of linked pages."""
    for embed in embeds:
        yield from filter(None, (embed.title, embed.description))
        yield from (field.value for field in embed.fields if field.value)


def _question_above(message: discord.Message) -> str | None:
    """Return the bold question above an answer to a command, or ``None``.

    An answer to a message has its question in small print; bold text alone is its level.
    """
    first = next(_texts(message.components), "")
    if message.reference is not None and not first.startswith(_SMALL):
        return None
    bold = first.removeprefix(_SMALL)
    is_bold = bold.startswith(_BOLD) and bold.endswith(_BOLD) and len(bold) > 2 * len(_BOLD)
    return plain_text(bold[len(_BOLD) : -len(_BOLD)]) if is_bold else None


def _answer_number_in(message: discord.Message) -> int | None:
    """Return the number of the answer in *message*, or ``None``."""
    for component in _nested(message.components):
        match = _ANSWER_ID.fullmatch(getattr(component, "custom_id", None) or "")
        if match:
            return int(match[1])
    return None


def _texts(components: Iterable[Any]) -> Iterator[str]:
    """Yield the texts of *components* from top to bottom."""
    for component in _nested(components):
        if isinstance(component, discord.TextDisplay):
            yield component.content


def _nested(components: Iterable[Any]) -> Iterator[Any]:
    """Yield *components* and the components inside them."""
    for component in components:
        yield component
        yield from _nested(getattr(component, "children", ()))
