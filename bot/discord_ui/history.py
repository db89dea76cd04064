"""What messages in Discord say: an answer's own, long after it was written, and others'."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import discord

from bot.answering.understanding.followup import Exchange
from bot.discord_ui.asking import Asking

_NUMBERED = re.compile(r"desk:(?:sources|report):(\d{1,12})")
"""The buttons that stand under every answer, with the answer's number."""
_ASKED = re.compile(r"(?:-# )?\*\*(?P<asked>.+)\*\*", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)")
_ISOLATES = str.maketrans("", "", "\u200f\u2067\u2068\u2069")
_STATED = re.compile(
    r"^> (?P<quoted>.+)$|^(?P<claim>.+?) \*\*\[\d+\](?: \[\d+\])*\*\*$", re.MULTILINE
)
"""What an answer states: an excerpt, or a sentence before its numbers."""
_MENTION = re.compile(r"<@!?\d+>")


async def exchange_in(message: discord.Message, asking: Asking) -> Exchange | None:
    """Return the verified exchange that *message* shows, out of the archive if need be."""
    if message.id in asking.exchanges:
        return asking.exchanges[message.id]
    number, asked = _number_in(message), await question_of(message, asking)
    if number is None or asked is None:
        return None
    return await asking.desk.community.exchange(number, asked)


async def question_of(message: discord.Message, asking: Asking) -> str | None:
    """Return the question that *message* answers: it repeats it, or replies to it."""
    if message.id in asking.exchanges:
        return asking.exchanges[message.id].question
    repeated = _question_over(message)
    if repeated is not None:
        return repeated
    asked = await replied_to(message)
    return (_MENTION.sub(" ", asked.content).strip() or None) if asked else None


async def replied_to(message: discord.Message) -> discord.Message | None:
    """Return the message to which *message* replies, if it does and that is still there."""
    reference = message.reference
    if reference is None or reference.message_id is None:
        return None
    try:
        found = reference.resolved or await message.channel.fetch_message(reference.message_id)
    except discord.HTTPException:
        return None
    return found if isinstance(found, discord.Message) else None


async def beginning_of(thread: discord.Thread) -> discord.Message | None:
    """Return the message out of which a thread was made; it has its number."""
    if not isinstance(thread.parent, discord.TextChannel):
        return None
    try:
        return await thread.parent.fetch_message(thread.id)
    except discord.HTTPException:
        return None


async def last_exchange(channel: object, asking: Asking) -> Exchange | None:
    """Return the last exchange of a thread or a direct channel; elsewhere questions stand alone.

    A thread that was made of an answer begins with it.
    """
    if not isinstance(channel, discord.Thread | discord.DMChannel):
        return None
    if channel.id in asking.exchanges:
        return asking.exchanges[channel.id]
    began = await beginning_of(channel) if isinstance(channel, discord.Thread) else None
    return await exchange_in(began, asking) if began else None


def said_in(message: discord.Message) -> str:
    """Return what *message* says, as far as Discord lets it be read; "" if that is nothing.

    Those are its own words, what it forwards, what it embeds, and of an answer of the desk what
    it states.
    """
    texts = [message.content, *_embedded(message.embeds)]
    for each in message.message_snapshots:
        texts += [each.content, *_embedded(each.embeds)]
    shown = "\n".join(_texts(message.components))
    if _number_in(message) is None:
        texts.append(shown)
    else:
        stated = (each["quoted"] or each["claim"] for each in _STATED.finditer(shown))
        texts += [_ESCAPED.sub(r"\1", each.replace("**", "")) for each in stated]
    said = _MENTION.sub(" ", "\n".join(filter(None, texts)))
    return said.translate(_ISOLATES).strip()


def has_question(message: discord.Message) -> bool:
    """Tell whether the question stands over an answer, as it does over one to a command."""
    return _question_over(message) is not None


def is_answer(message: discord.Message) -> bool:
    """Tell whether *message* shows an answer of the desk, or that it has none."""
    return any(
        (getattr(each, "custom_id", None) or "").startswith("desk:")
        for each in _walked(message.components)
    )


def _embedded(embeds: Iterable[discord.Embed]) -> Iterator[str]:
    """Yield what *embeds* say: of a page that is linked, its title and what it is about."""
    for each in embeds:
        yield from filter(None, (each.title, each.description))
        yield from (field.value for field in each.fields if field.value)


def _question_over(message: discord.Message) -> str | None:
    """Read the question that stands in bold over an answer to a command.

    Over one to a message it stands only in small print; bold alone is how sure the answer is.
    """
    first = next(_texts(message.components), "")
    found = _ASKED.fullmatch(first)
    if message.reference is not None and not first.startswith("-# "):
        return None
    return _ESCAPED.sub(r"\1", found["asked"]).translate(_ISOLATES) if found else None


def _number_in(message: discord.Message) -> int | None:
    """Return the number of the answer that *message* shows."""
    for each in _walked(message.components):
        found = _NUMBERED.fullmatch(getattr(each, "custom_id", None) or "")
        if found:
            return int(found[1])
    return None


def _texts(components: Iterable[Any]) -> Iterator[str]:
    """Yield the texts of *components*, top to bottom."""
    for each in _walked(components):
        if isinstance(each, discord.TextDisplay):
            yield each.content


def _walked(components: Iterable[Any]) -> Iterator[Any]:
    """Yield *components* and what is in them."""
    for each in components:
        yield each
        yield from _walked(getattr(each, "children", ()))
