"""A backup: one file that holds a whole archive and the checksums to verify it.

It is an SQLite archive with one more table, which holds a checksum of every other table. So a
backup of PostgreSQL can be restored into SQLite, and the other way round.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import (
    Connection,
    MetaData,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)

from ingest.archive import Archive
from ingest.archive.database import OTHER_CHAINS
from ingest.archive.limits import STORED
from ingest.archive.rows import lock_archive
from ingest.archive.schema import articles, changes, clock, generations, serving
from ingest.errors import ArchiveError
from ingest.model import Progress

CONTENTS = "backup_contents"
"""The table of a backup with the row count and digest of each other table."""
_UNCOPIED_TABLES = frozenset({"identity", "alembic_version", "ledger_version", CONTENTS})
"""Tables that belong to one database and are never copied."""
_TRANSIENT_TABLES = frozenset({"pending", "jobs", "news_seen"})
"""Tables of work in progress, which is over by the time a backup is restored."""
_INDEX_TABLES = frozenset({"generations", "serving"})
"""Tables of index generations: after a restore, a new generation is built from scratch."""
_RETIRED_AT = "1970-01-01T00:00:00+00:00"
"""The retirement time of generations that must not serve again."""
_NUMBERED_TABLES = (
    "outlets",
    "sources",
    "articles",
    "generations",
    "answers",
    "citations",
    "audit",
    "feedback",
    "pending",
    "suggestions",
    "jobs",
    "follows",
)
"""Tables with a generated primary key."""


def copy(source: Archive, target: Archive, progress: Progress | None = None) -> int:
    """Copy every row of *source* into the empty *target* in one transaction; return the row count.

    Versions, removals, cached vectors and article numbers stay the same.

    Raises:
        ArchiveError: *target* holds articles already.
    """
    _bring_up(source, target)
    with source.reading() as old, target.writing() as new:
        if new.execute(select(func.count()).select_from(articles)).scalar_one():
            raise ArchiveError(
                "The database to copy into holds articles already. Give an empty one; "
                "nothing was copied."
            )
        new.execute(delete(clock))
        count = _copy_rows(old, new, _tables(old, _UNCOPIED_TABLES), progress)
        _advance_sequences(new)
    return count


def replace(source: Archive, target: Archive, progress: Progress | None = None) -> int:
    """Replace the rows of *target* by those of *source* in one transaction; return the row count.

    Readers of *target* see either state. Its change numbers continue from their current value, and
    a new generation of the index takes over once it is built, since the current one indexes
    another archive.
    """
    _bring_up(source, target)
    with source.reading() as old, target.writing() as new:
        lock_archive(new)
        before = new.execute(select(clock.c.seq)).scalar_one()
        tables = _tables(old, _UNCOPIED_TABLES | _TRANSIENT_TABLES | _INDEX_TABLES)
        new.execute(delete(serving))
        for table in reversed(_tables(new, _UNCOPIED_TABLES | _INDEX_TABLES)):
            new.execute(delete(table))
        count = _copy_rows(old, new, tables, progress, {changes.name: before, clock.name: before})
        _reset_generations(old, new)
        _advance_sequences(new)
    return count


def _bring_up(source: Archive, target: Archive) -> None:
    """Migrate *target* for each chain of other packages' tables that *source* has."""
    tables = inspect(source.engine).get_table_names()
    for chain in OTHER_CHAINS:
        if chain.table in tables:
            target.migrate(chain)


def _tables(connection: Connection, without: frozenset[str]) -> list[Table]:
    """Return the tables of a database except those in *without*, referenced tables first.

    They are reflected: the database holds the bot's tables as well as the archive's.
    """
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name not in without]


def _copy_rows(
    old: Connection,
    new: Connection,
    tables: Sequence[Table],
    progress: Progress | None,
    offsets: Mapping[str, int] | None = None,
) -> int:
    """Copy the rows of *tables*; *offsets* are added to the change numbers, by table name."""
    counts = [old.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]
    copied = 0
    for table in tables:
        offset = (offsets or {}).get(table.name, 0)
        for batch in _row_batches(old, table):
            new.execute(
                insert(table),
                [{**row, "seq": row["seq"] + offset} if offset else row for row in batch],
            )
            copied += len(batch)
            if progress:
                progress(copied, sum(counts))
    return copied


def _row_batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of *table* in batches."""
    rows = connection.execution_options(yield_per=STORED.backup_rows).execute(select(table))
    for batch in rows.mappings().partitions(STORED.backup_rows):
        yield [dict(row) for row in batch]


def _reset_generations(old: Connection, new: Connection) -> None:
    """Create and serve an empty generation in *new* like the one that served in *old*."""
    new.execute(update(generations).values(retired_at=_RETIRED_AT))
    query = select(generations).join(serving, serving.c.generation_id == generations.c.id)
    serving_row = old.execute(query).mappings().one_or_none()
    if serving_row is None:
        return
    newest = select(func.coalesce(func.max(generations.c.id), 0))
    number = 1 + max(connection.execute(newest).scalar_one() for connection in (old, new))
    fresh = {"id": number, "caught_up_to": 0, "retired_at": None}
    new.execute(insert(generations).values({**serving_row, **fresh}))
    new.execute(insert(serving).values(id=1, generation_id=number))


def _advance_sequences(connection: Connection) -> None:
    """Set PostgreSQL's sequences past the highest copied number."""
    if connection.dialect.name != "postgresql":
        return
    tables = set(inspect(connection).get_table_names())
    for name in (table for table in _NUMBERED_TABLES if table in tables):
        newest = f"SELECT coalesce(max(id), 0) + 1 FROM {name}"  # noqa: S608 - our own names
        sequence = f"pg_get_serial_sequence('{name}', 'id')"
        connection.execute(text(f"SELECT setval({sequence}, ({newest}), false)"))


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
            _bring_up(source, source)
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
