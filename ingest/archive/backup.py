"""A backup: one file that holds a whole archive, and can tell whether it is whole.

It is an archive itself, in SQLite, with a table more that says what each of the others holds. So
what is backed up from PostgreSQL is restored into SQLite, and the other way round.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.archive.archive import Archive
from ingest.archive.copying import CONTENTS, bring_up, copy, replace
from ingest.errors import ArchiveError
from ingest.model import Progress


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a backup holds."""

    articles: int
    rows: int


def back_up(archive: Archive, file: Path, progress: Progress | None = None) -> _Contents:
    """Write *archive* as it stands at one moment into the new *file*, and read it again.

    Whoever uses the archive goes on meanwhile. Stopped half-way, there is no *file*.

    Raises:
        ArchiveError: *file* exists, or cannot be written.
    """
    if file.exists():
        raise ArchiveError(f"{file} exists already. Name another file; nothing was written.")
    with _explained(file), TemporaryDirectory(prefix=".backup-", dir=file.parent) as folder:
        part = Path(folder) / "archive.sqlite3"
        with Archive.open(f"sqlite:///{part}") as target:
            rows = copy(archive, target, progress)
            articles = target.summary().articles
        with closing(sqlite3.connect(part)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            seal(connection)
        _check(part, file)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(file)
    return _Contents(articles, rows)


def restore(archive: Archive, file: Path, progress: Progress | None = None) -> _Contents:
    """Let *archive* hold what the backup *file* holds, and nothing else; *file* stays as it is.

    It is all of it or, after a failure, nothing. A backup of an older release is brought up first.

    Raises:
        ArchiveError: *file* is no backup, is damaged, or is of a newer release.
    """
    with _explained(file), TemporaryDirectory(prefix="restore-") as folder:
        copied = Path(folder) / "archive.sqlite3"
        shutil.copyfile(file, copied)
        _check(copied, file)
        with Archive.open(f"sqlite:///{copied}") as source:
            bring_up(source, source)
            return _Contents(source.summary().articles, replace(source, archive, progress))


def seal(connection: sqlite3.Connection) -> None:
    """Write down what each table holds."""
    found = list(_held(connection))
    with connection:
        connection.execute(f"CREATE TABLE {CONTENTS} (name TEXT, count INTEGER, digest TEXT)")
        connection.executemany(f"INSERT INTO {CONTENTS} VALUES (?, ?, ?)", found)  # noqa: S608


def _check(copied: Path, file: Path) -> None:
    """Hold a backup against what it says of itself; *file* is its name for people.

    Raises:
        ArchiveError: it is none, or is damaged.
    """
    try:
        with closing(sqlite3.connect(copied)) as connection:
            told = list(connection.execute(f"SELECT * FROM {CONTENTS} ORDER BY name"))  # noqa: S608
            whole = told == list(_held(connection))
    except sqlite3.Error as error:
        raise ArchiveError(
            f"{file} is no backup of Election Desk, or is damaged ({error}). Nothing was changed; "
            "take another backup."
        ) from error
    if not whole:
        raise ArchiveError(
            f"{file} is damaged: it does not hold what it held when it was made. Nothing was "
            "changed; take another backup."
        )


def _held(connection: sqlite3.Connection) -> Iterator[tuple[str, int, str]]:
    """Yield the name of each table, how many rows it has, and their SHA-256."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> ? ORDER BY name"
    for (name,) in connection.execute(query, (CONTENTS,)).fetchall():
        digest, count = hashlib.sha256(), 0
        for row in connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - its own tables
            digest.update(repr(row).encode())
            count += 1
        yield name, count, digest.hexdigest()


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    """Turn the errors of files into sentences."""
    try:
        yield
    except OSError as error:
        raise ArchiveError(
            f"{error.filename or file}: {error.strerror}. Nothing was changed. Name a file that "
            "can be read, or a folder with room."
        ) from error
