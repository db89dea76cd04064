"""The lock by which one process at a time owns the embedded index."""

from __future__ import annotations

import errno
import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import IndexOwnedError, IndexUnavailableError

_LOCK_FILE = "owner.lock"
_CARD_FILE = "owner.json"


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
