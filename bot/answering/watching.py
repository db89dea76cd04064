"""What somebody sees and may do while an answer is being written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeAlias, TypeVar

from bot.answering.model import Abstention, Answer, Claim, Question
from bot.answering.understanding.followup import Exchange

_Item = TypeVar("_Item")
Outcome: TypeAlias = Answer | Abstention


class Phase(StrEnum):
    """What the desk is doing; ``{count}`` of its words is the number told with it."""

    SEARCHING = "searching"
    READING = "reading"
    WRITING = "writing"
    CHECKING = "checking"


@dataclass(slots=True)
class Watch:
    """Told of each phase and of the claims verified so far; set ``stop`` to end the writing."""

    phase: Callable[[Phase, int], None] = lambda _phase, _count: None
    claims: Callable[[Sequence[Claim]], None] = lambda _claims: None
    stop: asyncio.Event = field(default_factory=asyncio.Event)


class Answerer(Protocol):
    """Whatever answers a question of a member, telling a watch what happens meanwhile."""

    def __call__(
        self,
        question: Question,
        watch: Watch | None = None,
        *,
        member: str = "",
        before: Exchange | None = None,
    ) -> Awaitable[Answer | Abstention]:
        """Answer *question*, which may refer to the exchange *before*."""


async def until(stop: asyncio.Event, stream: AsyncGenerator[_Item, None]) -> AsyncIterator[_Item]:
    """Yield from *stream* until it ends or *stop* is set; then close it."""
    stopping = asyncio.create_task(stop.wait())
    try:
        while True:
            following = asyncio.ensure_future(anext(stream))
            await asyncio.wait({following, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not following.done():
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
                return
            try:
                yield following.result()
            except StopAsyncIteration:
                return
    finally:
        stopping.cancel()
        await stream.aclose()
