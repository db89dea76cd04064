"""Carry a whole archive into another database: into an empty one, or in the place of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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

from ingest.archive.archive import Archive
from ingest.archive.connecting import BESIDE
from ingest.archive.saving import take_turn
from ingest.archive.schema import articles, changes, clock, generations, serving
from ingest.errors import ArchiveError
from ingest.model import Progress

_AT_ONCE = 500
"""Rows read and written together."""
CONTENTS = "backup_contents"
"""The table of a backup that says what the others hold."""
_OWN = frozenset({"identity", "alembic_version", "ledger_version", CONTENTS})
"""What tells one database from another, which no copy takes along."""
_OF_THE_MOMENT = frozenset({"pending", "jobs", "news_seen"})
"""What was being done when a backup was made, and is long over when it is restored."""
_OF_THE_INDEX = frozenset({"generations", "serving"})
"""What an index has caught up with: after a restore one of a new number begins from nothing."""
_LONG_AGO = "1970-01-01T00:00:00+00:00"
"""When a generation was retired to which nobody shall go back."""
_NUMBERED = (
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
"""Tables whose rows the database numbers."""


def copy(source: Archive, target: Archive, progress: Progress | None = None) -> int:
    """Copy every row of *source* into the empty *target*, in one transaction; return how many.

    Versions, removals, cached vectors and the numbers of articles stay what they are.

    Raises:
        ArchiveError: *target* holds articles already.
    """
    bring_up(source, target)
    with source.reading() as old, target.writing() as new:
        if new.execute(select(func.count()).select_from(articles)).scalar_one():
            raise ArchiveError(
                "The database to copy into holds articles already. Give an empty one; "
                "nothing was copied."
            )
        new.execute(delete(clock))
        done = _carry(old, new, _tables(old, _OWN), progress)
        _go_on_counting(new)
    return done


def replace(source: Archive, target: Archive, progress: Progress | None = None) -> int:
    """Let *target* hold what *source* holds, in one transaction; return how many rows it is.

    Whoever has *target* open sees one state or the other. Its changes are numbered on, and a new
    generation of the index takes over once it has caught up: what an index knew before is of
    another archive.
    """
    bring_up(source, target)
    with source.reading() as old, target.writing() as new:
        take_turn(new)
        before = new.execute(select(clock.c.seq)).scalar_one()
        every = _tables(old, _OWN | _OF_THE_MOMENT | _OF_THE_INDEX)
        new.execute(delete(serving))
        for table in reversed(_tables(new, _OWN | _OF_THE_INDEX)):
            new.execute(delete(table))
        done = _carry(old, new, every, progress, {changes.name: before, clock.name: before})
        _begin_anew(old, new)
        _go_on_counting(new)
    return done


def bring_up(source: Archive, target: Archive) -> None:
    """Let *target* have the tables that others keep in *source*, as today's release has them."""
    known = inspect(source.engine).get_table_names()
    for chain in BESIDE:
        if chain.table in known:
            target.migrate(chain)


def _tables(connection: Connection, without: frozenset[str]) -> list[Table]:
    """Return the tables of a database but for some, each behind those that it refers to.

    They are read out of the database: it holds the bot's tables beside the archive's.
    """
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in without]


def _carry(
    old: Connection,
    new: Connection,
    every: Sequence[Table],
    progress: Progress | None,
    later: Mapping[str, int] | None = None,
) -> int:
    """Copy the rows of *every* table, the changes of *later* ones numbered on by so much."""
    counts = [old.execute(select(func.count()).select_from(table)).scalar_one() for table in every]
    done = 0
    for table in every:
        on = (later or {}).get(table.name, 0)
        for part in _parts(old, table):
            new.execute(
                insert(table), [{**row, "seq": row["seq"] + on} if on else row for row in part]
            )
            done += len(part)
            if progress:
                progress(done, sum(counts))
    return done


def _parts(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of *table*, some at a time."""
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(select(table))
    for part in rows.mappings().partitions(_AT_ONCE):
        yield [dict(row) for row in part]


def _begin_anew(old: Connection, new: Connection) -> None:
    """Let a generation like the one that served in *old* serve in *new*, from nothing."""
    new.execute(update(generations).values(retired_at=_LONG_AGO))
    query = select(generations).join(serving, serving.c.generation_id == generations.c.id)
    served = old.execute(query).mappings().one_or_none()
    if served is None:
        return
    newest = select(func.coalesce(func.max(generations.c.id), 0))
    number = 1 + max(each.execute(newest).scalar_one() for each in (old, new))
    fresh = {"id": number, "caught_up_to": 0, "retired_at": None}
    new.execute(insert(generations).values({**served, **fresh}))
    new.execute(insert(serving).values(id=1, generation_id=number))


def _go_on_counting(connection: Connection) -> None:
    """Let PostgreSQL number new rows behind those that came with their numbers."""
    if connection.dialect.name != "postgresql":
        return
    there = set(inspect(connection).get_table_names())
    for name in (each for each in _NUMBERED if each in there):
        newest = f"SELECT coalesce(max(id), 0) + 1 FROM {name}"  # noqa: S608 - our own names
        sequence = f"pg_get_serial_sequence('{name}', 'id')"
        connection.execute(text(f"SELECT setval({sequence}, ({newest}), false)"))
