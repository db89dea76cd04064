"""What an answer's own message still says of it, long after it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import discord

from bot.answering.understanding.followup import Exchange
from bot.discord_ui.asking import Asking

_NUMBERED = re.compile(r"desk:report:(\d{1,12})")
"""The button that stands under every answer, with the answer's number."""
_ASKED = re.compile(r"\*\*(?P<asked>.+)\*\*", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)")
_ISOLATES = str.maketrans("", "", "\u2068\u2069")


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
    reference = message.reference
    if reference is None or reference.message_id is None:
        return None
    try:
        asked = reference.resolved or await message.channel.fetch_message(reference.message_id)
    except discord.HTTPException:
        return None
    content = asked.content if isinstance(asked, discord.Message) else ""
    return re.sub(r"<@!?\d+>", " ", content).strip() or None


def _question_over(message: discord.Message) -> str | None:
    """Read the question that stands in bold over an answer to a command."""
    first = next(_texts(message.components), "")
    found = _ASKED.fullmatch(first)
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
