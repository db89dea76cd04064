"""What an index is built from: its generations, the log of changes, cached vectors."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from ingest.archive import rows
from ingest.archive.database import Database, DatabasePart
from ingest.archive.rows import AMONG, lock_archive
from ingest.archive.schema import changes, embeddings, generations, serving
from ingest.errors import ArchiveError
from ingest.model import Generation

_SERVING = 1
"""The one row that names the generation in service."""


class Generations(DatabasePart):
    """The generations that are being built, serve, or can serve again."""

    def active(self) -> Generation | None:
        """Return the serving generation, or None before the first."""
        query = _generation_rows().where(serving.c.generation_id.is_not(None))
        return next(map(rows.generation, self._rows(query)), None)

    def serving_model(self) -> str | None:
        """Return the embedding model of the serving generation, or None before the first."""
        generation = self.active()
        return generation.model if generation else None

    def get(self, generation_id: int) -> Generation:
        """Return one generation.

        Raises:
            ArchiveError: there is no such generation.
        """
        matches = self._rows(_generation_rows().where(generations.c.id == generation_id))
        if not matches:
            raise ArchiveError(f"There is no generation {generation_id} of the index.")
        return rows.generation(matches[0])

    def add(self, *, model: str, dimensions: int, splitter: int, now: datetime) -> Generation:
        """Create a generation that does not serve and holds no changes yet."""
        values = {
            "model": model,
            "dimensions": dimensions,
            "splitter": splitter,
            "caught_up_to": 0,
            "created_at": rows.iso(now),
        }
        with self._database.writing() as connection:
            primary_key = connection.execute(
                insert(generations).values(values)
            ).inserted_primary_key
        assert primary_key is not None
        return self.get(primary_key[0])

    def stored(self) -> list[Generation]:
        """Return every stored generation, oldest first."""
        ordered = _generation_rows().order_by(generations.c.id)
        return [rows.generation(row) for row in self._rows(ordered)]

    def activate(self, generation_id: int, *, now: datetime) -> None:
        """Serve one generation instead of the current one, in one transaction.

        The current one is retired at *now*, and can serve again until it is dropped.
        """
        with self._database.writing() as connection:
            lock_archive(connection)
            previous = select(serving.c.generation_id)
            retirement = update(generations).where(generations.c.id.in_(previous))
            connection.execute(retirement.values(retired_at=rows.iso(now)))
            activation = update(generations).where(generations.c.id == generation_id)
            connection.execute(activation.values(retired_at=None))
            connection.execute(delete(serving))
            connection.execute(insert(serving).values(id=_SERVING, generation_id=generation_id))

    def drop(self, generation_id: int) -> None:
        """Delete a generation that does not serve."""
        idle = ~generations.c.id.in_(select(serving.c.generation_id))
        self._write(delete(generations).where(generations.c.id == generation_id, idle))

    def activate_first(self, generation_id: int) -> Generation:
        """Serve this generation unless another serves; return the serving one."""
        with self._database.writing() as connection:
            lock_archive(connection)
            serving_id = connection.execute(select(serving.c.generation_id)).scalar()
            if serving_id is None:
                connection.execute(insert(serving).values(id=_SERVING, generation_id=generation_id))
        return self.get(serving_id or generation_id)

    def catch_up_to(self, generation_id: int, seq: int) -> None:
        """Record that a generation's vectors hold every change up to *seq*."""
        this_generation = generations.c.id == generation_id
        self._write(update(generations).where(this_generation).values(caught_up_to=seq))


def _generation_rows() -> Select[Any]:
    """Build the query for generations, joined with the serving row."""
    return select(generations, serving.c.generation_id).outerjoin(
        serving, serving.c.generation_id == generations.c.id
    )


class Changes(DatabasePart):
    """The log of changes: article numbers and times."""

    def after(self, after: int, limit: int) -> tuple[list[int], int]:
        """Return (article ids, last sequence number) of the next batch of changes after *after*.

        The ids are distinct, in order of change; the list is empty when there are no changes.
        """
        query = (
            select(changes.c.seq, changes.c.article_id)
            .where(changes.c.seq > after)
            .order_by(changes.c.seq)
            .limit(limit)
        )
        batch = self._rows(query)
        article_ids = list(dict.fromkeys(row["article_id"] for row in batch))
        return article_ids, batch[-1]["seq"] if batch else after

    def at(self, seq: int) -> datetime | None:
        """Return the time of the last change up to *seq*, or None before the first."""
        query = select(changes.c.at).where(changes.c.seq <= seq)
        newest = query.order_by(changes.c.seq.desc()).limit(1)
        at = self._value(newest)
        return datetime.fromisoformat(at) if at else None

    def last(self) -> int:
        """Return the number of the newest change; 0 before the first."""
        return int(self._value(select(func.max(changes.c.seq))) or 0)


class Embeddings(DatabasePart):
    """The cache of vectors of texts that were embedded before."""

    def __init__(self, database: Database) -> None:
        """Store the *database* to read and write; no job is locked yet."""
        super().__init__(database)
        self._lock = threading.Lock()
        self._claims: set[str] = set()

    def get(self, model: str, digests: Sequence[str]) -> dict[str, bytes]:
        """Return the cached vectors among *digests*: float32, little-endian, by digest."""
        query = select(embeddings.c.digest, embeddings.c.vector).where(
            embeddings.c.model == model, embeddings.c.digest.in_(AMONG)
        )
        return {row["digest"]: bytes(row["vector"]) for row in self._rows_among(query, digests)}

    def keep(self, model: str, vectors: Mapping[str, bytes]) -> None:
        """Cache *vectors* by digest, in sorted order so that two writers never deadlock."""
        if not vectors:
            return
        values = [{"model": model, "digest": d, "vector": v} for d, v in sorted(vectors.items())]
        with self._database.writing() as connection:
            dialect = connection.dialect.name
            new = postgresql_insert if dialect == "postgresql" else sqlite_insert
            connection.execute(new(embeddings).on_conflict_do_nothing(), values)

    @contextmanager
    def claimed(self, name: str) -> Iterator[bool]:
        """Lock the job *name* meanwhile; yield False if another process or thread holds the lock.

        The lock is PostgreSQL's, which releases it when a process dies. With SQLite there is only
        one embedding process, and its threads lock each other out.
        """
        if self._database.engine.dialect.name != "postgresql":
            with self._claimed_by_thread(name) as acquired:
                yield acquired
            return
        key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
        with self._database.apart() as connection:
            acquired = bool(connection.execute(select(func.pg_try_advisory_lock(key))).scalar())
            try:
                yield acquired
            finally:
                if acquired:
                    connection.execute(select(func.pg_advisory_unlock(key)))

    @contextmanager
    def _claimed_by_thread(self, name: str) -> Iterator[bool]:
        """Lock the job *name* in this process; yield False if another thread holds the lock."""
        with self._lock:
            acquired = name not in self._claims
            self._claims.add(name)
        try:
            yield acquired
        finally:
            if acquired:
                self._claims.discard(name)

    def drop(self, model: str, digests: Sequence[str]) -> None:
        """Delete cached vectors."""
        statement = delete(embeddings).where(
            embeddings.c.model == model, embeddings.c.digest.in_(AMONG)
        )
        if digests:
            with self._database.writing() as connection:
                for chunk in rows.chunks(list(digests)):
                    connection.execute(statement, {AMONG.key: chunk})
