"""Settings of the C library's allocator, with which a process that runs for days stays small."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import NamedTuple


class _Option(NamedTuple):
    """An option of glibc's ``mallopt`` and its value."""

    number: int
    value: int


_OPTIONS = (
    # Blocks from this size on are returned to the system when they are freed. By default glibc
    # raises this bound up to 32 MB; then arrays leave holes between small blocks that stay.
    _Option(number=-3, value=256 * 1024),
    # Threads share this many heaps; by default there are eight for each core, each with holes.
    _Option(number=-8, value=2),
)
"""``M_MMAP_THRESHOLD`` in bytes and ``M_ARENA_MAX``."""


def return_freed_memory() -> bool:
    """Let freed arrays return to the system; return False where the C library is not glibc."""
    with suppress(OSError, AttributeError, TypeError):  # macOS, musl and Windows
        set_option = ctypes.CDLL(None).mallopt
        return all(set_option(option.number, option.value) for option in _OPTIONS)
    return False
