"""The database of an archive: connecting, migrations, transactions and errors."""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from filelock import FileLock, Timeout
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Select,
    UpdateBase,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from ingest.archive.limits import STORED
from ingest.archive.rows import AMONG, Row, chunks
from ingest.errors import ArchiveError, mentions

logger = logging.getLogger(__name__)

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "cache_size=-32768",
    f"mmap_size={2**31}",
)
"""SQLite settings: a large archive is read from mapped memory; 32 MiB of page cache each."""
_UNWRITABLE_ERRNOS = frozenset({errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM})
_UNWRITABLE = ("readonly", "full", "unable to open", "disk I/O error")
"""Messages of SQLite for a database that cannot be written."""
_MIGRATION_LOCK_KEY = 0x0E1EC7
"""The PostgreSQL advisory lock under which one process migrates."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of migrations: their folder, and the table that stores the current revision."""

    folder: Path
    table: str

    def newest(self) -> str:
        """Return the newest revision: the number that the last file of the folder begins with."""
        last = max(file.name for file in (self.folder / "versions").glob("[0-9]*.py"))
        return last.partition("_")[0]


OTHER_CHAINS = (
    Chain(Path(__file__).parents[2] / "bot" / "ledger" / "migrations", "ledger_version"),
)
"""Other packages' migrations in the same database; a path, since ingest must not import bot."""
_ARCHIVE = Chain(Path(__file__).with_name("migrations"), "alembic_version")


def connect(address: str) -> Engine:
    """Open and migrate the database at *address*.

    An SQLite file that cannot be written is opened read-only.

    Raises:
        ArchiveError: it cannot be opened, is no database, or is newer than this program.
    """
    url = _parse_url(address)
    if url.get_backend_name() == "sqlite" and url.database:
        _make_folder(Path(url.database).parent)
    try:
        with _database_errors(url), _opening_lock(url):
            return _migrate_archive(_engine_of(url))
    except ArchiveError as error:
        if url.get_backend_name() != "sqlite" or not _cannot_write(error):
            raise
        with _database_errors(url):
            engine = _open_read_only(url)
        if engine is None:
            raise
        logger.warning("%s Opened read-only; nothing new is stored.", error)
        return engine


def _migrate_archive(engine: Engine) -> Engine:
    """Migrate *engine* to the archive's newest schema and return it."""
    try:
        migrate(engine, _ARCHIVE)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _cannot_write(error: ArchiveError) -> bool:
    """Return True if *error* means that the database is only not writable."""
    cause = error.__cause__
    if isinstance(cause, OSError):
        return cause.errno in _UNWRITABLE_ERRNOS
    return isinstance(cause, DBAPIError) and mentions(cause.orig, _UNWRITABLE)


def _open_read_only(url: URL) -> Engine | None:
    """Open an SQLite file of the current schema read-only; return None if that is not safe.

    On a disk that is read-only or full, SQLite cannot even create the journal's index, so the file
    is opened as immutable. That is safe only if its journal is empty.
    """
    file = Path(url.database or "")
    journal = file.with_name(f"{file.name}-wal")
    modes = ["mode=ro"]
    if not (journal.exists() and journal.stat().st_size):
        modes.append("mode=ro&immutable=1")
    for mode in modes if file.exists() else ():
        address = f"file:{quote(str(file.absolute()))}?{mode}"
        open_file = partial(sqlite3.connect, address, uri=True, check_same_thread=False)
        engine = create_engine(url, creator=open_file)
        event.listen(engine, "connect", _disable_driver_transactions)
        event.listen(engine, "begin", _begin_sqlite)
        with suppress(OperationalError):
            if _is_newest(engine, _ARCHIVE):
                return engine
        engine.dispose()
    return None


@contextmanager
def _opening_lock(url: URL) -> Iterator[None]:
    """Lock an SQLite file while it is opened: two that switch it to WAL lock each other."""
    if url.get_backend_name() != "sqlite" or not url.database:
        yield
        return
    try:
        with FileLock(f"{url.database}.lock", timeout=STORED.lock_seconds):
            yield
    except Timeout as error:
        raise ArchiveError(
            f"The archive {url.database} is being opened by another process. Try again."
        ) from error
    except OSError as error:
        raise ArchiveError(
            f"The archive {url.database} cannot be written ({error.strerror}). "
            "Mend the folder's permissions."
        ) from error


def _parse_url(address: str) -> URL:
    """Parse the URL; every spelling of PostgreSQL uses the psycopg driver."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:  # a port that is no number is the latter
        raise ArchiveError(
            "DATABASE_URL is not a database address. Write postgresql://user:password@host/name, "
            "or leave it empty for SQLite."
        ) from error
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ArchiveError(
            f"DATABASE_URL names {url.get_backend_name()}; "
            "the archive runs on PostgreSQL or SQLite."
        )
    return url


def _make_folder(folder: Path) -> None:
    """Create the folder of the SQLite file."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(
            f"The data folder {folder} cannot be made: {error.strerror}. "
            "Choose another with DATA_DIR, or mend its permissions."
        ) from error


def _engine_of(url: URL) -> Engine:
    """Create the engine; on SQLite, transactions that write take the lock at their start."""
    if url.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    engine = create_engine(
        url, connect_args={"timeout": STORED.lock_seconds, "check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _disable_driver_transactions(connection: sqlite3.Connection, _: object) -> None:
    """Stop the driver from beginning transactions; SQLAlchemy does."""
    connection.isolation_level = None


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    """Set the pragmas; SQLAlchemy, not the driver, begins transactions."""
    _disable_driver_transactions(connection, _)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the start of a transaction that writes, so it cannot fail later."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _close_returned(_: object, returned: ConnectionPoolEntry) -> None:
    """Close a connection that is returned to a pool that nobody uses any more."""
    returned.invalidate()


def snapshots(engine: Engine) -> Engine:
    """Return *engine* with repeatable reads; SQLite's WAL gives those by itself."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Run one write transaction."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def _is_newest(engine: Engine, chain: Chain) -> bool:
    """Return True if the schema of *chain* is at the newest revision."""
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, chain.table):
            return False
        query = text(f"SELECT version_num FROM {chain.table}")  # noqa: S608 - our own name
        revision = connection.execute(query).scalar()
    return revision == chain.newest()


def migrate(engine: Engine, chain: Chain) -> None:
    """Upgrade the schema of *chain* to the newest revision; concurrent processes wait in turn.

    Raises:
        ArchiveError: a newer program made it.
    """
    if _is_newest(engine, chain):
        return
    from alembic import command  # takes a quarter of a second
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(chain.folder))
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK_KEY}
            )
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise ArchiveError(
                f"The archive {_place_of(engine.url)} has a form that this Election Desk does not "
                "know. Update this Election Desk if a newer one made the archive. If it is "
                "older than release 0.1.0, or was made between two releases, open it with 0.3.0 "
                "first."
            ) from error


@contextmanager
def _database_errors(url: URL) -> Iterator[None]:
    """Turn database errors into ArchiveError with advice."""
    try:
        yield
    except DBAPIError as error:
        raise ArchiveError(_error_message(error, _place_of(url))) from error


def _place_of(url: URL) -> str:
    """Return the file, or the address without its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


def _error_message(error: DBAPIError, place: str) -> str:
    """Describe a database error and its remedy."""
    cause = (
        str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no reason given"
    )
    if "not a database" in cause or "malformed" in cause:
        return (
            f"The archive {place} is damaged ({cause}). Move it away and keep it; "
            "`python -m ingest restore FILE` takes a backup back."
        )
    if "readonly" in cause or "unable to open" in cause:
        return f"The archive {place} cannot be written ({cause}). Mend the folder's permissions."
    if "full" in cause or "disk I/O" in cause:
        return f"The disk of {place} has no room ({cause}). Free some space; nothing is lost."
    if "locked" in cause:
        return f"The archive {place} is busy with another process. Try again in a minute."
    if isinstance(error, OperationalError):
        return f"The archive {place} cannot be reached ({cause}). Check DATABASE_URL."
    return f"The archive {place} refused a command ({cause})."


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
        with _database_errors(self.engine.url):
            migrate(self.engine, chain)

    def close(self) -> None:
        """Close every connection; one that a thread still uses is closed when it is returned."""
        event.listen(self.engine.pool, "checkin", _close_returned)
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
        with _database_errors(self.engine.url), self._snapshots.connect() as connection:
            yield connection

    @contextmanager
    def apart(self) -> Iterator[Connection]:
        """Open an autocommit connection, for work longer than a transaction should be."""
        engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        with _database_errors(self.engine.url), engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a write transaction: committed at the end, rolled back after an error."""
        with _database_errors(self.engine.url), writing(self.engine) as connection:
            yield connection


class DatabasePart:
    """A part of the database with its own methods. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        """Store the *database* to read and write."""
        self._database = database

    def _rows(self, query: Select[Any]) -> Sequence[Row]:
        """Return the rows that *query* selects."""
        with self._database.reading() as connection:
            return connection.execute(query).mappings().all()

    def _rows_among(self, query: Select[Any], values: Iterable[Any]) -> list[Row]:
        """Return the rows of *query* with all *values* for :data:`AMONG`, a part at a time."""
        with self._database.reading() as connection:
            return [
                row
                for chunk in chunks(list(values))
                for row in connection.execute(query, {AMONG.key: chunk}).mappings()
            ]

    def _value(self, query: Select[Any]) -> Any:  # noqa: ANN401 - the type of the column
        """Return the first value that *query* selects, or None."""
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

    def _write(self, statement: UpdateBase) -> int:
        """Execute *statement* in its own transaction, and return the number of rows it changed."""
        with self._database.writing() as connection:
            return int(connection.execute(statement).rowcount)
