"""Cached vectors, by model and text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, select
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

    def drop(self, model: str, digests: Sequence[str]) -> None:
        """Forget cached vectors that are no good."""
        among: BindParameter[Any] = bindparam("digests", expanding=True)
        bad = delete(embeddings).where(embeddings.c.model == model, embeddings.c.digest.in_(among))
        if digests:
            with self._database.writing() as connection:
                for part in rows.chunks(list(digests)):
                    connection.execute(bad, {"digests": part})
