"""Ending on a signal while a program still imports its modules: at once, in one sentence.

It imports almost nothing itself, and is what the entry modules import first.
"""

from __future__ import annotations

import os
import signal
from types import FrameType

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Signals that ask a process to end; Windows has no SIGHUP."""
SIGNALLED = 128
"""Exit status of a process that a signal ended, less the signal's number."""
_STDERR = 2
_STOPPED = b"\nStopped.\n"


def end_on_signals() -> None:
    """End at once on every signal that asks to end, unless it is ignored.

    :func:`ingest.process.ending.as_ctrl_c` replaces this while a command runs. Before and after it
    a KeyboardInterrupt would print a traceback, and nothing is open that has to be closed.
    """
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end_now)


def end_now(number: int, _: FrameType | None) -> None:
    """Print that the program was stopped, and exit with the conventional status."""
    try:
        os.write(_STDERR, _STOPPED)
    finally:
        os._exit(SIGNALLED + number)
