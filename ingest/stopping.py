"""Ending on a signal: as on Ctrl-C for commands, and within a few seconds for what runs on."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

logger = logging.getLogger(__name__)

_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""What asks a process to end; Windows has no SIGHUP."""
_DEADLINE = 4.5
"""Seconds after which a process ends whatever it is doing: what it keeps survives being killed."""


@contextmanager
def as_ctrl_c() -> Iterator[None]:
    """Let every signal that asks to end be Ctrl-C, unless whoever started this ignores it."""
    before = {each: signal.getsignal(each) for each in _SIGNALS}
    wanted = [each for each, was in before.items() if was is signal.SIG_DFL]
    for each in wanted:
        signal.signal(each, _interrupt)
    try:
        yield
    finally:
        for each in wanted:
            signal.signal(each, before[each])


def _interrupt(_: int, __: FrameType | None) -> None:
    """Do what Ctrl-C does."""
    raise KeyboardInterrupt


class StoppedError(Exception):
    """Work that runs on was stopped between two steps; what it did stays."""


@dataclass(slots=True)
class Ending:
    """Whether this process is to end, and by which signal."""

    event: asyncio.Event = field(default_factory=asyncio.Event)
    number: int = 0

    @property
    def code(self) -> int:
        """The exit status: that of Ctrl-C, or 0 where a service's keeper asked."""
        return 128 + self.number if self.number == signal.SIGINT else 0

    def going_on(self, _done: int, _total: int | None) -> None:
        """Be told of progress, and stop what makes it.

        Raises:
            StoppedError: this process is to end.
        """
        if self.event.is_set():
            raise StoppedError


@contextmanager
def until_told() -> Iterator[Ending]:
    """Tell when this process is to end; at the deadline it does, and at a second signal at once."""
    loop, ending = asyncio.get_running_loop(), Ending()

    def tell(number: int) -> None:
        if ending.event.is_set():
            _end(number)
        logger.info("Ending on %s.", signal.Signals(number).name)
        ending.number = number
        ending.event.set()
        watchdog = threading.Timer(_DEADLINE, _end, (number,))
        watchdog.daemon = True
        watchdog.start()

    added = []
    with suppress(NotImplementedError):  # on Windows Ctrl-C alone ends it, by KeyboardInterrupt
        for each in _SIGNALS:
            if signal.getsignal(each) is not signal.SIG_IGN:
                loop.add_signal_handler(each, tell, each)
                added.append(each)
    try:
        yield ending
    finally:
        for each in added:
            loop.remove_signal_handler(each)


def _end(number: int) -> None:
    """End now; the operating system lets go of the locks."""
    logging.shutdown()
    os._exit(128 + number)
