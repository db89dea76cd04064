"""Progress reports of an answer being written, and the means to stop it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, TypeVar

from bot.answering.model import Abstention, Answer, Claim, Exchange, Phase, Question

_Item = TypeVar("_Item")
Outcome: TypeAlias = Answer | Abstention


@dataclass(slots=True)
class Watch:
    """Callbacks for each phase and for the proven claims so far; ``stop`` ends the writing."""

    phase: Callable[[Phase, int], None] = lambda _phase, _count: None
    claims: Callable[[Sequence[Claim]], None] = lambda _claims: None
    stop: asyncio.Event = field(default_factory=asyncio.Event)


class Answerer(Protocol):
    """A function that answers the question of a member and reports to a watch."""

    def __call__(
        self,
        question: Question,
        watch: Watch | None = None,
        *,
        member: str = "",
        before: Exchange | None = None,
    ) -> Awaitable[Answer | Abstention]:
        """Return the answer to *question*, which may refer to the exchange *before*."""


async def until(stop: asyncio.Event, stream: AsyncGenerator[_Item, None]) -> AsyncIterator[_Item]:
    """Yield the items of *stream* until it ends or *stop* is set; then close it."""
    stopping = asyncio.create_task(stop.wait())
    try:
        while True:
            next_item = asyncio.ensure_future(anext(stream))
            await asyncio.wait({next_item, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not next_item.done():
                next_item.cancel()
                await asyncio.gather(next_item, return_exceptions=True)
                return
            try:
                yield next_item.result()
            except StopAsyncIteration:
                return
    finally:
        stopping.cancel()
        await stream.aclose()
