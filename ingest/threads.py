"""Blocking work off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")


def in_thread(work: Callable[Given, Made]) -> Callable[Given, Coroutine[Any, Any, Made]]:
    """Let *work*, which blocks, be awaited: it runs in a thread, and the event loop goes on."""

    @wraps(work)
    async def awaited(*given: Given.args, **named: Given.kwargs) -> Made:
        return await asyncio.to_thread(work, *given, **named)

    return awaited
