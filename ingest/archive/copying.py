"""Carry a whole archive into another database, as it is."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, insert, select, text

from ingest.archive.archive import Archive
from ingest.archive.schema import articles, clock, metadata
from ingest.errors import ArchiveError
from ingest.model import Progress

AT_ONCE = 500
"""Rows read and written together."""
NUMBERED = (
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
)
"""Tables whose rows the database numbers."""


def copy(source: Archive, target: Archive, progress: Progress | None = None) -> int:
    """Copy every row of *source* into the empty *target*, in one transaction; return how many.

    Versions, removals, cached vectors and the numbers of articles stay what they are.

    Raises:
        ArchiveError: *target* holds articles already.
    """
    done = 0
    with source.reading() as old, target.writing() as new:
        if new.execute(select(func.count()).select_from(articles)).scalar_one():
            raise ArchiveError(
                "The database to copy into holds articles already. Give an empty one; "
                "nothing was copied."
            )
        new.execute(delete(clock))
        tables = metadata.sorted_tables
        counts = [old.execute(select(func.count()).select_from(t)).scalar_one() for t in tables]
        for table in tables:
            rows = old.execution_options(yield_per=AT_ONCE).execute(select(table))
            for part in rows.mappings().partitions(AT_ONCE):
                new.execute(insert(table), [dict(row) for row in part])
                done += len(part)
                if progress:
                    progress(done, sum(counts))
        if new.dialect.name == "postgresql":
            go_on_counting(new)
    return done


def go_on_counting(connection: Connection) -> None:
    """Let PostgreSQL number new rows behind those that came with their numbers."""
    for name in NUMBERED:
        newest = f"SELECT coalesce(max(id), 0) + 1 FROM {name}"  # noqa: S608 - our own names
        sequence = f"pg_get_serial_sequence('{name}', 'id')"
        connection.execute(text(f"SELECT setval({sequence}, ({newest}), false)"))
