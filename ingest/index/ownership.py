"""The embedded index belongs to one process at a time; the lock says which."""

from __future__ import annotations

import errno
import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import IndexOwnedError, IndexUnavailableError

_LOCK = "owner.lock"
_CARD = "owner.json"


class OwnerLock:
    """An operating system's lock on a folder; a killed process lets go of it."""

    def __init__(self, folder: Path, *, holder: str, now: datetime) -> None:
        """Take the lock, and leave a card that names *holder*.

        On a disk that nobody can write there is no owner, and none is needed.

        Raises:
            IndexOwnedError: another process has it; the message is what its card says.
            IndexUnavailableError: the folder cannot be written.
        """
        self._folder = folder
        self._lock: FileLock | None = FileLock(folder / _LOCK, thread_local=False)
        card = {"holder": holder, "process": os.getpid(), "since": now.isoformat("T", "seconds")}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise IndexOwnedError(_owned(folder)) from error
        except OSError as error:
            if error.errno != errno.EROFS or not folder.exists():
                raise IndexUnavailableError(
                    f"The index folder {folder} cannot be written ({error.strerror}). "
                    "Mend its permissions, or choose another DATA_DIR."
                ) from error
            self._lock = None
        with suppress(OSError):  # a full disk has no room for it
            (folder / _CARD).write_text(json.dumps(card), encoding="utf-8")

    def release(self) -> None:
        """Take the card away and let go."""
        if self._lock is not None:
            with suppress(OSError):
                (self._folder / _CARD).unlink(missing_ok=True)
            self._lock.release()


def owner(folder: Path) -> str | None:
    """Name who owns the index in *folder* at this moment; ``None`` if nobody does."""
    if not (folder / _LOCK).exists():
        return None
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return _named(folder)
    except OSError:
        return None
    lock.release()
    return None


def _named(folder: Path) -> str:
    """Read the card of whoever holds the lock."""
    try:
        card = json.loads((folder / _CARD).read_text(encoding="utf-8"))
        since = datetime.fromisoformat(card["since"])
        return f"{card['holder']}, process {card['process']}, since {since:%H:%M %Z}"
    except (OSError, ValueError, KeyError):
        return "another process"


def _owned(folder: Path) -> str:
    """Say who owns the index and what that means."""
    return (
        f"The index in {folder} belongs to {_named(folder)}. Ask there, or stop it first. "
        "Coverage can be added and removed meanwhile: its owner catches up within seconds."
    )
