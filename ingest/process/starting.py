"""How this process starts: until its modules are imported, a signal ends it in one sentence.

It imports almost nothing itself, and is what the entry modules import first.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NamedTuple

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Signals that ask a process to end; Windows has no SIGHUP."""
SIGNALLED = 128
"""Exit status of a process that a signal ended, less the signal's number."""
_STDERR = 2
_STOPPED = b"\nStopped.\n"
INSTALLED = "election-desk"
"""The command of an installed desk, with the subcommands of both packages."""


class _Option(NamedTuple):
    """An option of glibc's ``mallopt`` and its value."""

    number: int
    value: int


_ALLOCATOR_OPTIONS = (
    # Blocks from this size on are returned to the system when they are freed. By default glibc
    # raises this bound up to 32 MB; then arrays leave holes between small blocks that stay.
    _Option(number=-3, value=256 * 1024),
    # Threads share this many heaps; by default there are eight for each core, each with holes.
    _Option(number=-8, value=2),
)
"""``M_MMAP_THRESHOLD`` in bytes and ``M_ARENA_MAX``: a process that runs for days stays small."""


def end_on_signals() -> None:
    """End at once on every signal that asks to end, unless it is ignored.

    :func:`ingest.process.ending.as_ctrl_c` replaces this while a command runs. Before and after it
    a KeyboardInterrupt would print a traceback, and nothing is open that has to be closed.
    """
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end_now)


@contextmanager
def importing() -> Iterator[None]:
    """End at once on a signal while a command's modules are imported, as before it began.

    An import that is interrupted by an exception may hide it, or leave half a module behind.
    """
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    end_on_signals()
    try:
        yield
    finally:
        for number, handler in handlers.items():
            if handler is not None:  # one that Python did not set
                signal.signal(number, handler)


def end_now(number: int, _: FrameType | None) -> None:
    """Print that the program was stopped, and exit with the conventional status."""
    try:
        os.write(_STDERR, _STOPPED)
    finally:
        os._exit(SIGNALLED + number)


def return_freed_memory() -> bool:
    """Let freed arrays return to the system; return False where the C library is not glibc."""
    import ctypes

    with suppress(OSError, AttributeError, TypeError):  # macOS, musl and Windows
        set_option = ctypes.CDLL(None).mallopt
        return all(set_option(option.number, option.value) for option in _ALLOCATOR_OPTIONS)
    return False


def as_called(text: str, program: str | None = None) -> str:
    """Replace the commands in *text* by those of *program*, by default the running one."""
    if Path(program if program is not None else sys.argv[0]).stem != INSTALLED:
        return text
    return text.replace("python -m bot", INSTALLED).replace("python -m ingest", INSTALLED)


def release() -> str:
    """Return the version of the source tree, or of the installed package."""
    import tomllib
    from importlib.metadata import PackageNotFoundError, version

    source = Path(__file__).parents[2] / "pyproject.toml"
    try:
        if source.exists():
            return str(tomllib.loads(source.read_text(encoding="utf-8"))["project"]["version"])
        return version(INSTALLED)
    except PackageNotFoundError:
        return "unknown"
