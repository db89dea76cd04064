"""An error is one sentence for whoever asked, and a log entry that its code finds again."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import discord
from discord import ui

from bot.discord_ui.rendering import notice_view
from bot.faults import fault_code
from bot.wording import Wording

_Result = TypeVar("_Result")


def report(error: BaseException) -> str:
    """Log *error*, with Discord's own text where it is Discord's, and return its code."""
    return fault_code(error, discord.HTTPException)


async def if_possible(work: Awaitable[_Result]) -> _Result | None:
    """Do what an answer does not wait for; where it fails, that is logged. Never raises."""
    try:
        return await work
    except Exception as error:
        report(error)
        return None


def error_view(code: str, words: Wording) -> ui.LayoutView:
    """Say that it failed, what to do next, and the code."""
    return notice_view(words("error", id=code))
