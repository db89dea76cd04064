"""One open database: its transactions and its errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine

from ingest.archive.connecting import Chain, connect, database_errors, migrate, snapshots, writing


class Database:
    """An engine that reads and writes in transactions. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._snapshots = snapshots(engine)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the database at *url*; create or migrate it as needed.

        Raises:
            ArchiveError: it cannot be opened; the message says why and what to do.
        """
        return cls(connect(url))

    def migrate(self, chain: Chain) -> None:
        """Migrate other tables in this database to their newest revision.

        Raises:
            ArchiveError: they were made by a newer program.
        """
        with database_errors(self.engine.url):
            migrate(self.engine, chain)

    def close(self) -> None:
        """Close every connection."""
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
        """Close the database."""
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a read transaction that sees one state of the database."""
        with database_errors(self.engine.url), self._snapshots.connect() as connection:
            yield connection

    @contextmanager
    def apart(self) -> Iterator[Connection]:
        """Open an autocommit connection, for work longer than a transaction should be."""
        engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        with database_errors(self.engine.url), engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a write transaction: committed at the end, rolled back after an error."""
        with database_errors(self.engine.url), writing(self.engine) as connection:
            yield connection


class DatabasePart:
    """A part of the database with its own methods."""

    def __init__(self, database: Database) -> None:
        """Store the *database* to read and write."""
        self._database = database
