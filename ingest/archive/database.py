"""One open database: its transactions, and its errors as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine

from ingest.archive.connecting import Chain, connect, explained, migrate, snapshots, writing


class Database:
    """An engine that reads and writes in transactions. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._snapshots = snapshots(engine)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the database at *url*, made or migrated as needed.

        Raises:
            ArchiveError: it cannot be opened; the message says why and what to do.
        """
        return cls(connect(url))

    def migrate(self, chain: Chain) -> None:
        """Bring other tables in this database up to date.

        Raises:
            ArchiveError: they were made by a newer program.
        """
        with explained(self.engine.url):
            migrate(self.engine, chain)

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        """Return the open database."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Run reads that see one state of the database."""
        with explained(self.engine.url), self._snapshots.connect() as connection:
            yield connection

    @contextmanager
    def apart(self) -> Iterator[Connection]:
        """Hold a connection without a transaction, for what lasts longer than one should."""
        free = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        with explained(self.engine.url), free.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Run one transaction that writes: all of it, or after an error nothing."""
        with explained(self.engine.url), writing(self.engine) as connection:
            yield connection


class DatabasePart:
    """One part of what an open database holds, with its own verbs."""

    def __init__(self, database: Database) -> None:
        """Read and write in *database*."""
        self._database = database
