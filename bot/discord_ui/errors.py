"""Errors as one sentence for people and one log entry, linked by a code."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import discord
from discord import ui

from bot.discord_ui.rendering import notice_view
from bot.wording import Wording
from ingest.process.logs import fault_code

_Result = TypeVar("_Result")


def report(error: BaseException) -> str:
    """Log *error*, with Discord's own message if it has one, and return its code."""
    return fault_code(error, discord.HTTPException)


async def if_possible(work: Awaitable[_Result]) -> _Result | None:
    """Await *work*, return its result, and log an error instead of raising it."""
    try:
        return await work
    except Exception as error:
        report(error)
        return None


def error_view(code: str, words: Wording) -> ui.LayoutView:
    """Show that something failed, the next step, and the code of the log entry."""
    return notice_view(words("error", id=code))
