"""Generations of the index, and the serving one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, select, update

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.saving import lock_archive
from ingest.archive.schema import generations, serving
from ingest.errors import ArchiveError
from ingest.model import Generation

_SERVING = 1
"""The one row that names the generation in service."""


class Generations(DatabasePart):
    """The generations that are being built, serve, or can serve again."""

    def active(self) -> Generation | None:
        """Return the serving generation, or None before the first."""
        query = _generation_rows().where(serving.c.generation_id.is_not(None))
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return rows.generation(row) if row else None

    def serving_model(self) -> str | None:
        """Return the embedding model of the serving generation, or None before the first."""
        generation = self.active()
        return generation.model if generation else None

    def get(self, generation_id: int) -> Generation:
        """Return one generation.

        Raises:
            ArchiveError: there is no such generation.
        """
        query = _generation_rows().where(generations.c.id == generation_id)
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise ArchiveError(f"There is no generation {generation_id} of the index.")
        return rows.generation(row)

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
        with self._database.reading() as connection:
            matches = connection.execute(_generation_rows().order_by(generations.c.id)).mappings()
            return [rows.generation(row) for row in matches]

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
        with self._database.writing() as connection:
            connection.execute(delete(generations).where(generations.c.id == generation_id, idle))

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
        generation = generations.c.id == generation_id
        with self._database.writing() as connection:
            connection.execute(update(generations).where(generation).values(caught_up_to=seq))


def _generation_rows() -> Select[Any]:
    """Build the query for generations, joined with the serving row."""
    return select(generations, serving.c.generation_id).outerjoin(
        serving, serving.c.generation_id == generations.c.id
    )
