"""Blocking work off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


def in_thread(work: Callable[_Given, _Made]) -> Callable[_Given, Coroutine[Any, Any, _Made]]:
    """Let *work*, which blocks, be awaited: it runs in a thread, and the event loop goes on."""

    @wraps(work)
    async def awaited(*given: _Given.args, **named: _Given.kwargs) -> _Made:
        return await asyncio.to_thread(work, *given, **named)

    return awaited
