"""Ending on a signal: like Ctrl-C for commands, within seconds for long-running processes."""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

from ingest.process.starting import SIGNALLED, SIGNALS, end_now

logger = logging.getLogger(__name__)

_DEADLINE_SECONDS = 4.5
"""Seconds after which a process is ended by force; its stored data survive that."""


@dataclass(slots=True)
class Interruption:
    """The last signal that was treated like Ctrl-C."""

    number: int = signal.SIGINT

    @property
    def code(self) -> int:
        """The exit status of a process that this signal ended."""
        return SIGNALLED + self.number


@contextmanager
def as_ctrl_c() -> Iterator[Interruption]:
    """Treat every signal that asks to end like Ctrl-C, unless it is ignored."""
    interruption = Interruption()

    def interrupt(number: int, _: FrameType | None) -> None:
        interruption.number = number
        raise KeyboardInterrupt

    def report(lost: sys.UnraisableHookArgs) -> None:
        # Python drops what is raised while it frees objects: the signal is sent again behind it
        if issubclass(lost.exc_type, KeyboardInterrupt):
            threading.Timer(0.05, signal.raise_signal, (interruption.number,)).start()
        else:
            report_before(lost)

    report_before, sys.unraisablehook = sys.unraisablehook, report
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    replaced = [number for number in SIGNALS if handlers[number] in (signal.SIG_DFL, end_now)]
    for number in replaced:
        ctrl_c = number == signal.SIGINT  # asyncio cancels its task if the handler is Python's
        signal.signal(number, signal.default_int_handler if ctrl_c else interrupt)
    try:
        yield interruption
    finally:
        sys.unraisablehook = report_before
        for number in replaced:
            signal.signal(number, handlers[number])


class StoppedError(Exception):
    """Long-running work was stopped between two steps; finished steps are kept."""


@dataclass(slots=True)
class Ending:
    """The request to end this process, with its signal."""

    event: asyncio.Event = field(default_factory=asyncio.Event)
    number: int = 0

    @property
    def code(self) -> int:
        """The exit status: that of Ctrl-C, or 0 if a service manager asked."""
        return SIGNALLED + self.number if self.number == signal.SIGINT else 0

    def stop_if_ending(self, _count: int, _total: int | None) -> None:
        """Accept a progress report, and stop the work if the process is to end.

        Raises:
            StoppedError: this process is to end.
        """
        if self.event.is_set():
            raise StoppedError


@contextmanager
def ending_on_signal() -> Iterator[Ending]:
    """Yield the state of ending: set by a signal; after the deadline or a second signal, exit."""
    loop, ending = asyncio.get_running_loop(), Ending()

    def handle(number: int) -> None:
        if ending.event.is_set():
            _exit_now(number)
        logger.info("Ending on %s.", signal.Signals(number).name)
        ending.number = number
        ending.event.set()
        watchdog = threading.Timer(_DEADLINE_SECONDS, _end_by_force, (number,))
        watchdog.daemon = True
        watchdog.start()

    handled = []
    with suppress(NotImplementedError):  # on Windows only Ctrl-C ends it, by KeyboardInterrupt
        for signal_number in SIGNALS:
            if signal.getsignal(signal_number) is not signal.SIG_IGN:
                loop.add_signal_handler(signal_number, handle, signal_number)
                handled.append(signal_number)
    try:
        yield ending
    finally:
        for signal_number in handled:
            loop.remove_signal_handler(signal_number)


def exit_at_once(code: int) -> None:
    """Exit with *code* after all is closed: tearing down a large process takes seconds."""
    atexit._run_exitfuncs()
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _end_by_force(number: int) -> None:
    """Log what the threads were doing at the deadline, and exit."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    busy = [
        f"{names.get(ident, ident)} in {place}"
        for ident, frame in sys._current_frames().items()
        if ident != threading.get_ident() and (place := _own_place(frame))
    ]
    logger.warning("Ended by force after %s s. Busy: %s", _DEADLINE_SECONDS, "; ".join(busy))
    _exit_now(number)


def _own_place(frame: FrameType | None) -> str:
    """Return where a thread is in this project, innermost first; empty if it waits for work."""
    places = []
    while frame is not None:
        module = str(frame.f_globals.get("__name__"))
        if module.startswith(("bot.", "ingest.")):
            places.append(f"{module}.{frame.f_code.co_name}:{frame.f_lineno}")
        frame = frame.f_back
    is_idle = not places or places[0].startswith("ingest.process.threads.")
    return "" if is_idle else " < ".join(places)


def _exit_now(number: int) -> None:
    """Exit at once; the operating system releases the locks."""
    logging.shutdown()
    os._exit(SIGNALLED + number)
