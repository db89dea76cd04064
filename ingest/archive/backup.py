"""A backup: one file that holds a whole archive and the checksums to verify it.

It is an SQLite archive with one more table, which holds a checksum of every other table. So a
backup of PostgreSQL can be restored into SQLite, and the other way round.
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
    """The number of articles and rows in a backup."""

    articles: int
    rows: int


def back_up(archive: Archive, file: Path, progress: Progress | None = None) -> _Contents:
    """Write *archive* as of one moment into the new *file*, and verify the copy.

    The archive stays usable meanwhile. If the process is stopped half-way, there is no *file*.

    Raises:
        ArchiveError: *file* exists, or cannot be written.
    """
    if file.exists():
        raise ArchiveError(f"{file} exists already. Name another file; nothing was written.")
    with _file_errors(file), TemporaryDirectory(prefix=".backup-", dir=file.parent) as folder:
        part = Path(folder) / "archive.sqlite3"
        with Archive.open(f"sqlite:///{part}") as target:
            rows = copy(archive, target, progress)
            articles = target.summary().articles
        with closing(sqlite3.connect(part)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            seal(connection)
        _check(part, file)
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.replace(file)
    return _Contents(articles, rows)


def restore(archive: Archive, file: Path, progress: Progress | None = None) -> _Contents:
    """Replace the contents of *archive* by those of the backup *file*; *file* is not changed.

    It is one transaction. A backup of an older release is migrated first.

    Raises:
        ArchiveError: *file* is no backup, is damaged, or is of a newer release.
    """
    with _file_errors(file), TemporaryDirectory(prefix="restore-") as folder:
        copied = Path(folder) / "archive.sqlite3"
        shutil.copyfile(file, copied)
        _check(copied, file)
        with Archive.open(f"sqlite:///{copied}") as source:
            bring_up(source, source)
            return _Contents(source.summary().articles, replace(source, archive, progress))


def seal(connection: sqlite3.Connection) -> None:
    """Store the row count and digest of each table in the backup."""
    contents = list(_table_digests(connection))
    with connection:
        connection.execute(f"CREATE TABLE {CONTENTS} (name TEXT, count INTEGER, digest TEXT)")
        connection.executemany(f"INSERT INTO {CONTENTS} VALUES (?, ?, ?)", contents)  # noqa: S608


def _check(copied: Path, file: Path) -> None:
    """Verify a backup against the digests stored in it; *file* is its name in messages.

    Raises:
        ArchiveError: the file is no backup, or is damaged.
    """
    try:
        with closing(sqlite3.connect(copied)) as connection:
            stored = list(connection.execute(f"SELECT * FROM {CONTENTS} ORDER BY name"))  # noqa: S608
            intact = stored == list(_table_digests(connection))
    except sqlite3.Error as error:
        raise ArchiveError(
            f"{file} is no backup of Election Desk, or is damaged ({error}). Nothing was changed; "
            "take another backup."
        ) from error
    if not intact:
        raise ArchiveError(
            f"{file} is damaged: it does not hold what it held when it was made. Nothing was "
            "changed; take another backup."
        )


def _table_digests(connection: sqlite3.Connection) -> Iterator[tuple[str, int, str]]:
    """Yield the name, number of rows and SHA-256 of each table."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> ? ORDER BY name"
    for (name,) in connection.execute(query, (CONTENTS,)).fetchall():
        digest, count = hashlib.sha256(), 0
        for row in connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - its own tables
            digest.update(repr(row).encode())
            count += 1
        yield name, count, digest.hexdigest()


@contextmanager
def _file_errors(file: Path) -> Iterator[None]:
    """Turn errors of the file system into an ArchiveError with advice."""
    try:
        yield
    except OSError as error:
        raise ArchiveError(
            f"{error.filename or file}: {error.strerror}. Nothing was changed. Name a file that "
            "can be read, or a folder with room."
        ) from error
