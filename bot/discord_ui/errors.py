"""An error is one sentence for whoever asked, and a log entry that its code finds again.

What people ask stays out of the log: an exception's own text may carry the question, so only
messages of the desk and of Discord are kept, and for the rest the kind and the place.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Awaitable, Iterator
from typing import TypeVar

import discord
from discord import ui

from bot.discord_ui.rendering import notice_view
from bot.wording import Wording
from ingest.errors import IngestError

_Result = TypeVar("_Result")

logger = logging.getLogger(__name__)


def report(error: BaseException) -> str:
    """Log *error* and return the short code that finds it in the log."""
    code = secrets.token_hex(3).upper()
    logger.error("Error %s: %s", code, "\n  caused by ".join(map(_described, _causes(error))))
    return code


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


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield *error* and what it was raised from, the root last."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _described(error: BaseException) -> str:
    """Name the kind of *error* and where it was raised; its text only where it is ours to log."""
    named = type(error).__name__
    if isinstance(error, IngestError | discord.HTTPException):
        named = f"{named}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    return "".join([named, *(f"\n    {f.filename}:{f.lineno} in {f.name}" for f in frames)])
