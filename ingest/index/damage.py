"""Whether a file of the index is damaged, or only out of reach at the moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import IndexUnavailableError

_PANIC = "PanicException"
"""What a library in Rust raises when it meets what it never expected; no kind of Exception."""
_DAMAGE = re.compile(
    r"corrupt|magic|InvalidData|UnexpectedEof|FileDoesNotExist|deseriali|malformed|not a database"
    rf"|hnsw|finding id|code: (?:11|26)\b|{_PANIC}",
    re.IGNORECASE,
)
"""How tantivy and Chroma say that a file is not what they wrote."""
_OUT_OF_REACH = re.compile(
    r"no space|disk is full|read-?only|permission|too many open|I/O error|timed out",
    re.IGNORECASE,
)
"""How they say that it may be well, and cannot be used."""


@contextmanager
def readable(folder: Path) -> Iterator[None]:
    """Turn tantivy's errors, its panics among them, into a sentence."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise IndexUnavailableError(unreadable(folder, error)) from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise IndexUnavailableError(unreadable(folder, error)) from error


def is_damage(error: IndexUnavailableError) -> bool:
    """Tell whether files are damaged, and not only out of reach at the moment."""
    said = f"{type(error.__cause__).__name__} {error.__cause__}"
    return _DAMAGE.search(said) is not None and not _OUT_OF_REACH.search(said)


def unreadable(folder: Path, error: BaseException) -> str:
    """Say that a part of the index cannot be used, and that nothing is lost by it."""
    if _OUT_OF_REACH.search(str(error)):
        return (
            f"The index in {folder} cannot be used ({error}). Give its disk room, and let it be "
            "written; nothing is lost."
        )
    return (
        f"The index in {folder} cannot be read ({error}). It is derived from the archive: "
        "`python -m ingest check --repair` makes it anew."
    )
