"""What the archive keeps for the index: cached vectors, and which generation serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from ingest.archive import rows
from ingest.archive.database import Database
from ingest.archive.saving import take_turn
from ingest.archive.schema import embeddings, generations, identity, passages, serving
from ingest.errors import ArchiveError
from ingest.model import Generation

SERVING = 1
"""The one row that names the generation in service."""


class IndexState(Database):
    """Vectors by model and text, and generations; the index itself lies elsewhere."""

    def mark(self) -> str:
        """Return what tells this archive from every other one, however its address is spelt."""
        with self.reading() as connection:
            return str(connection.execute(select(identity.c.mark)).scalar_one())

    def embeddings(self, model: str, digests: Sequence[str]) -> dict[str, bytes]:
        """Return the cached vectors among *digests*: float32, little-endian, by digest."""
        among: BindParameter[Any] = bindparam("digests", expanding=True)
        query = select(embeddings.c.digest, embeddings.c.vector).where(
            embeddings.c.model == model, embeddings.c.digest.in_(among)
        )
        found: dict[str, bytes] = {}
        with self.reading() as connection:
            for part in rows.chunks(list(digests)):
                for digest, vector in connection.execute(query, {"digests": part}):
                    found[digest] = bytes(vector)
        return found

    def keep_embeddings(self, model: str, vectors: Mapping[str, bytes]) -> None:
        """Cache *vectors* by digest, in its order, so that two that do so never lock each other."""
        if not vectors:
            return
        values = [{"model": model, "digest": d, "vector": v} for d, v in sorted(vectors.items())]
        with self.writing() as connection:
            dialect = connection.dialect.name
            new = postgresql_insert if dialect == "postgresql" else sqlite_insert
            connection.execute(new(embeddings).on_conflict_do_nothing(), values)

    def drop_embeddings(self, model: str, digests: Sequence[str]) -> None:
        """Forget cached vectors that are no good."""
        among: BindParameter[Any] = bindparam("digests", expanding=True)
        bad = delete(embeddings).where(embeddings.c.model == model, embeddings.c.digest.in_(among))
        if digests:
            with self.writing() as connection:
                for part in rows.chunks(list(digests)):
                    connection.execute(bad, {"digests": part})

    def active_generation(self) -> Generation | None:
        """Return the generation in service; ``None`` before the first."""
        query = generation_rows().where(serving.c.generation_id.is_not(None))
        with self.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return rows.generation(row) if row else None

    def serving_model(self) -> str | None:
        """Return the embedding model of the generation in service; ``None`` before the first."""
        generation = self.active_generation()
        return generation.model if generation else None

    def generation(self, generation_id: int) -> Generation:
        """Return one generation.

        Raises:
            ArchiveError: there is no such generation.
        """
        query = generation_rows().where(generations.c.id == generation_id)
        with self.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise ArchiveError(f"There is no generation {generation_id} of the index.")
        return rows.generation(row)

    def add_generation(
        self, *, model: str, dimensions: int, splitter: int, now: datetime
    ) -> Generation:
        """Make a generation that does not serve yet and has caught up to nothing."""
        values = {
            "model": model,
            "dimensions": dimensions,
            "splitter": splitter,
            "caught_up_to": 0,
            "created_at": rows.iso(now),
        }
        with self.writing() as connection:
            made = connection.execute(insert(generations).values(values)).inserted_primary_key
        assert made is not None
        return self.generation(made[0])

    def generations(self) -> list[Generation]:
        """Return every generation that is kept, oldest first."""
        with self.reading() as connection:
            found = connection.execute(generation_rows().order_by(generations.c.id)).mappings()
            return [rows.generation(row) for row in found]

    def activate(self, generation_id: int, *, now: datetime) -> None:
        """Let one generation serve instead of the one before, in one transaction.

        The one before is retired at *now*, and can serve again until it is dropped.
        """
        with self.writing() as connection:
            take_turn(connection)
            old = select(serving.c.generation_id)
            retire = update(generations).where(generations.c.id.in_(old))
            connection.execute(retire.values(retired_at=rows.iso(now)))
            new = update(generations).where(generations.c.id == generation_id)
            connection.execute(new.values(retired_at=None))
            connection.execute(delete(serving))
            connection.execute(insert(serving).values(id=SERVING, generation_id=generation_id))

    def drop_generation(self, generation_id: int) -> None:
        """Forget a generation that does not serve."""
        idle = ~generations.c.id.in_(select(serving.c.generation_id))
        with self.writing() as connection:
            connection.execute(delete(generations).where(generations.c.id == generation_id, idle))

    def drop_cuts(self) -> None:
        """Delete the passages of splitters that no generation uses, where a newer one cut too."""
        later = passages.alias("later")
        cut_again = (
            select(later.c.id)
            .where(
                later.c.article_id == passages.c.article_id,
                later.c.version == passages.c.version,
                later.c.splitter > passages.c.splitter,
            )
            .exists()
        )
        used = select(generations.c.splitter)
        with self.writing() as connection:
            take_turn(connection)
            connection.execute(delete(passages).where(~passages.c.splitter.in_(used), cut_again))

    def activate_first(self, generation_id: int) -> Generation:
        """Let one generation serve unless another does by now; return the one that serves."""
        with self.writing() as connection:
            take_turn(connection)
            served = connection.execute(select(serving.c.generation_id)).scalar()
            if served is None:
                connection.execute(insert(serving).values(id=SERVING, generation_id=generation_id))
        return self.generation(served or generation_id)

    def catch_up_to(self, generation_id: int, seq: int) -> None:
        """Record that a generation's vectors hold every change up to *seq*."""
        here = generations.c.id == generation_id
        with self.writing() as connection:
            connection.execute(update(generations).where(here).values(caught_up_to=seq))


def generation_rows() -> Select[Any]:
    """Select generations, each with whether it serves."""
    return select(generations, serving.c.generation_id).outerjoin(
        serving, serving.c.generation_id == generations.c.id
    )
