"""Cached vectors, by model and text."""

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
    """What was embedded once and need not be again."""

    def get(self, model: str, digests: Sequence[str]) -> dict[str, bytes]:
        """Return the cached vectors among *digests*: float32, little-endian, by digest."""
        among: BindParameter[Any] = bindparam("digests", expanding=True)
        query = select(embeddings.c.digest, embeddings.c.vector).where(
            embeddings.c.model == model, embeddings.c.digest.in_(among)
        )
        found: dict[str, bytes] = {}
        with self._database.reading() as connection:
            for part in rows.chunks(list(digests)):
                for digest, vector in connection.execute(query, {"digests": part}):
                    found[digest] = bytes(vector)
        return found

    def keep(self, model: str, vectors: Mapping[str, bytes]) -> None:
        """Cache *vectors* by digest, in its order, so that two that do so never lock each other."""
        if not vectors:
            return
        values = [{"model": model, "digest": d, "vector": v} for d, v in sorted(vectors.items())]
        with self._database.writing() as connection:
            dialect = connection.dialect.name
            new = postgresql_insert if dialect == "postgresql" else sqlite_insert
            connection.execute(new(embeddings).on_conflict_do_nothing(), values)

    @contextmanager
    def claimed(self, what: str) -> Iterator[bool]:
        """Take on to embed *what* while this lasts, and tell whether no other process has.

        That is known on PostgreSQL, which forgets what a process took on when it dies; beside
        SQLite there is one process that embeds.
        """
        engine = self._database.engine
        if engine.dialect.name != "postgresql":
            yield True
            return
        key = int.from_bytes(hashlib.blake2b(what.encode(), digest_size=8).digest(), signed=True)
        with self._database.apart() as connection:
            taken = bool(connection.execute(select(func.pg_try_advisory_lock(key))).scalar())
            try:
                yield taken
            finally:
                if taken:
                    connection.execute(select(func.pg_advisory_unlock(key)))

    def drop(self, model: str, digests: Sequence[str]) -> None:
        """Forget cached vectors that are no good."""
        among: BindParameter[Any] = bindparam("digests", expanding=True)
        bad = delete(embeddings).where(embeddings.c.model == model, embeddings.c.digest.in_(among))
        if digests:
            with self._database.writing() as connection:
                for part in rows.chunks(list(digests)):
                    connection.execute(bad, {"digests": part})
