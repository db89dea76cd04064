"""Open a database for the archive: SQLite or PostgreSQL, migrated to the newest revision."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from ingest.errors import ArchiveError

MIGRATIONS = Path(__file__).with_name("migrations")
PATIENCE = 60
"""Seconds to wait for another process's transaction."""
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "cache_size=-32768",
    f"mmap_size={2**31}",
)
"""Of SQLite; it reads a big archive from mapped memory, a connection keeps 32 MiB of pages."""
MIGRATING = 0x0E1EC7
"""The PostgreSQL advisory lock under which one process migrates."""


def connect(address: str) -> Engine:
    """Open *address* and migrate it.

    Raises:
        ArchiveError: it cannot be opened, is no database, or is newer than this program.
    """
    url = parsed(address)
    if url.get_backend_name() == "sqlite" and url.database:
        make_folder(Path(url.database).parent)
    with explained(url), opening(url):
        engine = engine_of(url)
        try:
            migrate(engine)
        except BaseException:
            engine.dispose()
            raise
        return engine


@contextmanager
def opening(url: URL) -> Iterator[None]:
    """Let one process at a time open a SQLite file: two that switch it to WAL lock each other."""
    if url.get_backend_name() != "sqlite" or not url.database:
        yield
        return
    try:
        with FileLock(f"{url.database}.lock", timeout=PATIENCE):
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


def parsed(address: str) -> URL:
    """Read the URL; PostgreSQL is spoken to by psycopg whichever way it is spelt."""
    try:
        url = make_url(re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", address))
    except ArgumentError as error:
        raise ArchiveError(
            "DATABASE_URL is not a database address. Write postgresql://user:password@host/name, "
            "or leave it empty for SQLite."
        ) from error
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ArchiveError(
            f"DATABASE_URL names {url.get_backend_name()}; "
            "the archive runs on PostgreSQL or SQLite."
        )
    return url


def make_folder(folder: Path) -> None:
    """Make the folder that holds the SQLite file."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(
            f"The data folder {folder} cannot be made: {error.strerror}. "
            "Choose another with DATA_DIR, or mend its permissions."
        ) from error


def engine_of(url: URL) -> Engine:
    """Build the engine; on SQLite every transaction of the archive that writes says so at once."""
    if url.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    engine = create_engine(url, connect_args={"timeout": PATIENCE, "check_same_thread": False})
    event.listen(engine, "connect", prepare_sqlite)
    event.listen(engine, "begin", begin_sqlite)
    return engine


def prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    """Set write-ahead logging; SQLAlchemy, not the driver, begins transactions."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the start where a transaction will write: none fails half-way."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def snapshots(engine: Engine) -> Engine:
    """Return *engine* for reads that see one state; SQLite's WAL gives that by itself."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Run one transaction that writes."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest revision; two processes at once take turns."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    newest = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        if engine.dialect.has_table(connection, "alembic_version"):
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if found == newest:
                return
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn a database's own errors into sentences; a password is never among them."""
    place = url.database if url.get_backend_name() == "sqlite" else shown(url)
    try:
        yield
    except CommandError as error:
        raise ArchiveError(
            f"The archive {place} was made by a newer Election Desk. Update this one first."
        ) from error
    except DBAPIError as error:
        raise ArchiveError(sentence(error, str(place))) from error


def shown(url: URL) -> str:
    """Write the address without its password."""
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


def sentence(error: DBAPIError, place: str) -> str:
    """Say what a database error means and what to do."""
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
    if "full" in cause:
        return f"The disk of the archive {place} is full. Free some space; nothing is lost."
    if "locked" in cause:
        return f"The archive {place} is busy with another process. Try again in a minute."
    if isinstance(error, OperationalError):
        return f"The archive {place} cannot be reached ({cause}). Check DATABASE_URL."
    return f"The archive {place} refused a command ({cause})."
