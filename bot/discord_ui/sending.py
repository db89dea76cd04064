"""Messages that are sent again and again, and channels in which Discord delays one for long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from bot.discord_ui.limits import PACE
from bot.discord_ui.replying import report

if TYPE_CHECKING:
    from bot.community.jobs import ProcessLease


class DelayedChannels:
    """The channels in which Discord delays a message for long, each with the task that sends it.

    Nothing else is sent there meanwhile, and no other channel waits for them.
    """

    def __init__(self) -> None:
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def __contains__(self, channel: int) -> bool:
        """Return True if a message to *channel* is still being sent."""
        return channel in self._tasks

    async def send(self, channel: int, sending: Coroutine[Any, Any, None]) -> None:
        """Await *sending* to *channel* for some seconds; then leave it to finish by itself."""
        task = self._tasks[channel] = asyncio.create_task(sending)
        finished, _ = await asyncio.wait({task}, timeout=PACE.sending_seconds)
        if finished:
            del self._tasks[channel]
            await task
        else:
            task.add_done_callback(lambda task: self._finish(channel, task))

    def _finish(self, channel: int, task: asyncio.Task[None]) -> None:
        """Let further messages into *channel*; an error is logged, and its message sent again."""
        self._tasks.pop(channel, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            report(error)

    def cancel(self) -> None:
        """Cancel the tasks that still run when the bot ends."""
        for task in self._tasks.values():
            task.cancel()


async def keep_sending(
    lease: ProcessLease, send_due: Callable[[DelayedChannels], Awaitable[None]], interval: float
) -> None:
    """Call *send_due* until cancelled, while *lease* says that this process is the one that sends.

    An error is logged, and what it kept from being sent is due again after *interval* seconds.
    """
    delayed = DelayedChannels()
    try:
        while True:
            try:
                if await lease.is_leader():
                    await send_due(delayed)
            except Exception as error:
                report(error)
            await asyncio.sleep(interval)
    finally:
        delayed.cancel()
