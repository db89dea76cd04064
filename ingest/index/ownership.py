"""The files of an index: the lock of the process that owns them, and their damage."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import IndexOwnedError, IndexUnavailableError, mentions

_LOCK_FILE = "owner.lock"
_CARD_FILE = "owner.json"
_NAME_WITH_MARK = re.compile(r"(?:generation|words)-\d+-(?P<mark>[0-9a-f]{12})\b")
_PANIC = "PanicException"
"""The error of a Rust library that panicked; it is not a subclass of Exception."""
_DAMAGE = (
    *("corrupt", "magic", "InvalidData", "UnexpectedEof", "FileDoesNotExist", "deseriali"),
    *("malformed", "not a database", "hnsw", "finding id", "code: 11", "code: 26", _PANIC),
)
"""Messages of tantivy and Chroma about files that are damaged."""
_TEMPORARY = (
    *("no space", "disk is full", "readonly", "read-only", "permission", "too many open"),
    *("I/O error", "timed out"),
)
"""Messages about files that cannot be used at the moment but may be intact."""


class OwnerLock:
    """An operating system lock on a folder; it is released when the process dies."""

    def __init__(self, folder: Path, *, holder: str, now: datetime) -> None:
        """Take the lock, and write a card file that names *holder*.

        On a read-only disk no lock is taken, and none is needed.

        Raises:
            IndexOwnedError: another process has it; the message quotes its card.
            IndexUnavailableError: the folder cannot be written.
        """
        self._folder = folder
        self._lock: FileLock | None = FileLock(folder / _LOCK_FILE, thread_local=False)
        card = {"holder": holder, "process": os.getpid(), "since": now.isoformat("T", "seconds")}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise IndexOwnedError(_owned_message(folder)) from error
        except OSError as error:
            if error.errno != errno.EROFS or not folder.exists():
                raise IndexUnavailableError(
                    f"The index folder {folder} cannot be written ({error.strerror}). "
                    "Mend its permissions, or choose another DATA_DIR."
                ) from error
            self._lock = None
        with suppress(OSError):  # a full disk has no room for it
            (folder / _CARD_FILE).write_text(json.dumps(card), encoding="utf-8")

    def release(self) -> None:
        """Delete the card file and release the lock."""
        if self._lock is not None:
            with suppress(OSError):
                (self._folder / _CARD_FILE).unlink(missing_ok=True)
            self._lock.release()


def owner(folder: Path) -> str | None:
    """Return the name of the process that owns the index in *folder*, or None."""
    if not (folder / _LOCK_FILE).exists():
        return None
    lock = FileLock(folder / _LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return _card_text(folder)
    except OSError:
        return None
    lock.release()
    return None


def _card_text(folder: Path) -> str:
    """Return the contents of the card file of the lock's holder."""
    try:
        card = json.loads((folder / _CARD_FILE).read_text(encoding="utf-8"))
        since = datetime.fromisoformat(card["since"])
        return f"{card['holder']}, process {card['process']}, since {since:%H:%M %Z}"
    except (OSError, ValueError, KeyError):
        return "another process"


def _owned_message(folder: Path) -> str:
    """Return the error message about the owner of the index."""
    return (
        f"The index in {folder} belongs to {_card_text(folder)}. Ask there, or stop it first. "
        "Coverage can be added and removed meanwhile: its owner catches up within seconds."
    )


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
    return mentions(message, _DAMAGE) and not mentions(message, _TEMPORARY)


def unreadable_message(folder: Path, error: BaseException) -> str:
    """Return the error message for an index that cannot be used, with its remedy."""
    if mentions(error, _TEMPORARY):
        return (
            f"The index in {folder} cannot be used ({error}). Give its disk room, and let it be "
            "written; nothing is lost."
        )
    return (
        f"The index in {folder} cannot be read ({error}). It is derived from the archive: "
        "`python -m ingest check --repair` makes it anew."
    )


def is_foreign(name: str, mark: str) -> bool:
    """Return True if a name carries another archive's mark; old names carry none."""
    match = _NAME_WITH_MARK.match(name)
    return match is not None and match["mark"] != mark
