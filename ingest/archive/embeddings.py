"""Cached vectors, by model and digest of the text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.schema import embeddings


class Embeddings(DatabasePart):
    """The cache of vectors of texts that were embedded before."""

    def get(self, model: str, digests: Sequence[str]) -> dict[str, bytes]:
        """Return the cached vectors among *digests*: float32, little-endian, by digest."""
        expanding: BindParameter[Any] = bindparam("digests", expanding=True)
        query = select(embeddings.c.digest, embeddings.c.vector).where(
            embeddings.c.model == model, embeddings.c.digest.in_(expanding)
        )
        cached: dict[str, bytes] = {}
        with self._database.reading() as connection:
            for chunk in rows.chunks(list(digests)):
                for digest, vector in connection.execute(query, {"digests": chunk}):
                    cached[digest] = bytes(vector)
        return cached

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
        """Lock the job *name* meanwhile; yield False if another process holds the lock.

        The lock is PostgreSQL's, which releases it when a process dies. With SQLite there is only
        one embedding process, so this yields True.
        """
        engine = self._database.engine
        if engine.dialect.name != "postgresql":
            yield True
            return
        key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
        with self._database.apart() as connection:
            acquired = bool(connection.execute(select(func.pg_try_advisory_lock(key))).scalar())
            try:
                yield acquired
            finally:
                if acquired:
                    connection.execute(select(func.pg_advisory_unlock(key)))

    def drop(self, model: str, digests: Sequence[str]) -> None:
        """Delete cached vectors."""
        digest_list: BindParameter[Any] = bindparam("digests", expanding=True)
        statement = delete(embeddings).where(
            embeddings.c.model == model, embeddings.c.digest.in_(digest_list)
        )
        if digests:
            with self._database.writing() as connection:
                for chunk in rows.chunks(list(digests)):
                    connection.execute(statement, {"digests": chunk})
