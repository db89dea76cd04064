"""Classification of index errors: damaged files, or a temporary failure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import IndexUnavailableError

_PANIC = "PanicException"
"""The error of a Rust library that panicked; it is not a subclass of Exception."""
_DAMAGE = re.compile(
    r"corrupt|magic|InvalidData|UnexpectedEof|FileDoesNotExist|deseriali|malformed|not a database"
    rf"|hnsw|finding id|code: (?:11|26)\b|{_PANIC}",
    re.IGNORECASE,
)
"""Messages of tantivy and Chroma about files that are damaged."""
_TEMPORARY = re.compile(
    r"no space|disk is full|read-?only|permission|too many open|I/O error|timed out",
    re.IGNORECASE,
)
"""Messages about files that cannot be used at the moment but may be intact."""


@contextmanager
def index_errors(folder: Path) -> Iterator[None]:
    """Turn errors of tantivy, including panics, into IndexUnavailableError."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise IndexUnavailableError(unreadable_message(folder, error)) from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise IndexUnavailableError(unreadable_message(folder, error)) from error


def is_damage(error: IndexUnavailableError) -> bool:
    """Return True if files are damaged rather than temporarily unavailable."""
    message = f"{type(error.__cause__).__name__} {error.__cause__}"
    return _DAMAGE.search(message) is not None and not _TEMPORARY.search(message)


def unreadable_message(folder: Path, error: BaseException) -> str:
    """Return the error message for an index that cannot be used, with its remedy."""
    if _TEMPORARY.search(str(error)):
        return (
            f"The index in {folder} cannot be used ({error}). Give its disk room, and let it be "
            "written; nothing is lost."
        )
    return (
        f"The index in {folder} cannot be read ({error}). It is derived from the archive: "
        "`python -m ingest check --repair` makes it anew."
    )
