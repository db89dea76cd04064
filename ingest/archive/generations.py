"""Generations of the index, and which one serves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, select, update

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.saving import take_turn
from ingest.archive.schema import generations, serving
from ingest.errors import ArchiveError
from ingest.model import Generation

_SERVING = 1
"""The one row that names the generation in service."""


class Generations(DatabasePart):
    """Those that are built, serve, or can serve again."""

    def active(self) -> Generation | None:
        """Return the generation in service; ``None`` before the first."""
        query = _generation_rows().where(serving.c.generation_id.is_not(None))
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return rows.generation(row) if row else None

    def serving_model(self) -> str | None:
        """Return the embedding model of the generation in service; ``None`` before the first."""
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
        """Make a generation that does not serve yet and has caught up to nothing."""
        values = {
            "model": model,
            "dimensions": dimensions,
            "splitter": splitter,
            "caught_up_to": 0,
            "created_at": rows.iso(now),
        }
        with self._database.writing() as connection:
            made = connection.execute(insert(generations).values(values)).inserted_primary_key
        assert made is not None
        return self.get(made[0])

    def kept(self) -> list[Generation]:
        """Return every generation that is kept, oldest first."""
        with self._database.reading() as connection:
            found = connection.execute(_generation_rows().order_by(generations.c.id)).mappings()
            return [rows.generation(row) for row in found]

    def activate(self, generation_id: int, *, now: datetime) -> None:
        """Let one generation serve instead of the one before, in one transaction.

        The one before is retired at *now*, and can serve again until it is dropped.
        """
        with self._database.writing() as connection:
            take_turn(connection)
            old = select(serving.c.generation_id)
            retire = update(generations).where(generations.c.id.in_(old))
            connection.execute(retire.values(retired_at=rows.iso(now)))
            new = update(generations).where(generations.c.id == generation_id)
            connection.execute(new.values(retired_at=None))
            connection.execute(delete(serving))
            connection.execute(insert(serving).values(id=_SERVING, generation_id=generation_id))

    def drop(self, generation_id: int) -> None:
        """Forget a generation that does not serve."""
        idle = ~generations.c.id.in_(select(serving.c.generation_id))
        with self._database.writing() as connection:
            connection.execute(delete(generations).where(generations.c.id == generation_id, idle))

    def activate_first(self, generation_id: int) -> Generation:
        """Let one generation serve unless another does by now; return the one that serves."""
        with self._database.writing() as connection:
            take_turn(connection)
            served = connection.execute(select(serving.c.generation_id)).scalar()
            if served is None:
                connection.execute(insert(serving).values(id=_SERVING, generation_id=generation_id))
        return self.get(served or generation_id)

    def catch_up_to(self, generation_id: int, seq: int) -> None:
        """Record that a generation's vectors hold every change up to *seq*."""
        here = generations.c.id == generation_id
        with self._database.writing() as connection:
            connection.execute(update(generations).where(here).values(caught_up_to=seq))


def _generation_rows() -> Select[Any]:
    """Select generations, each with whether it serves."""
    return select(generations, serving.c.generation_id).outerjoin(
        serving, serving.c.generation_id == generations.c.id
    )
