"""Open a database for the archive: SQLite or PostgreSQL, migrated to the newest revision."""

from __future__ import annotations

import errno
import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from ingest.errors import ArchiveError

logger = logging.getLogger(__name__)

_PATIENCE = 60
"""Seconds to wait for another process's transaction."""
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "cache_size=-32768",
    f"mmap_size={2**31}",
)
"""Of SQLite; it reads a big archive from mapped memory, a connection keeps 32 MiB of pages."""
_UNWRITABLE = frozenset({errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM})
_UNWRITTEN = re.compile(r"readonly|full|unable to open|disk I/O error")
"""How SQLite says so."""
_MIGRATING = 0x0E1EC7
"""The PostgreSQL advisory lock under which one process migrates."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Migrations one behind the other, in a folder, and the table that says how far they are."""

    folder: Path
    table: str

    def config(self) -> Config:
        """Return what Alembic is told."""
        config = Config()
        config.set_main_option("script_location", str(self.folder))
        return config


BESIDE = (Chain(Path(__file__).parents[2] / "bot" / "ledger" / "migrations", "ledger_version"),)
"""Whoever else has tables in an archive's database; told by path, for ingest imports no bot."""
_ARCHIVE = Chain(Path(__file__).with_name("migrations"), "alembic_version")


def connect(address: str) -> Engine:
    """Open *address* and migrate it; a SQLite file that cannot be written is read as it is.

    Raises:
        ArchiveError: it cannot be opened, is no database, or is newer than this program.
    """
    url = _parsed(address)
    if url.get_backend_name() == "sqlite" and url.database:
        _make_folder(Path(url.database).parent)
    try:
        with explained(url), _opening(url):
            return _migrated(_engine_of(url))
    except ArchiveError as error:
        if url.get_backend_name() != "sqlite" or not _cannot_write(error):
            raise
        with explained(url):
            engine = _readable(url)
        if engine is None:
            raise
        logger.warning("%s It is read as it is; nothing new is kept.", error)
        return engine


def _migrated(engine: Engine) -> Engine:
    """Return *engine* with the newest schema of the archive."""
    try:
        migrate(engine, _ARCHIVE)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _cannot_write(error: ArchiveError) -> bool:
    """Tell whether what failed was writing alone."""
    cause = error.__cause__
    if isinstance(cause, OSError):
        return cause.errno in _UNWRITABLE
    return isinstance(cause, DBAPIError) and _UNWRITTEN.search(str(cause.orig)) is not None


def _readable(url: URL) -> Engine | None:
    """Open a SQLite file of today's schema for reading alone; ``None`` where that is not safe.

    On a disk that is read-only or full not even the index of the journal can be made: the file is
    then taken for one that nobody changes. That is so only where no journal holds anything.
    """
    file = Path(url.database or "")
    journal = file.with_name(f"{file.name}-wal")
    ways = ["mode=ro"]
    if not (journal.exists() and journal.stat().st_size):
        ways.append("mode=ro&immutable=1")
    for way in ways if file.exists() else ():
        address = f"file:{quote(str(file.absolute()))}?{way}"
        open_it = partial(sqlite3.connect, address, uri=True, check_same_thread=False)
        engine = create_engine(url, creator=open_it)
        event.listen(engine, "connect", _leave_transactions)
        event.listen(engine, "begin", _begin_sqlite)
        with suppress(OperationalError):
            if _is_newest(engine, _ARCHIVE):
                return engine
        engine.dispose()
    return None


@contextmanager
def _opening(url: URL) -> Iterator[None]:
    """Let one process at a time open a SQLite file: two that switch it to WAL lock each other."""
    if url.get_backend_name() != "sqlite" or not url.database:
        yield
        return
    try:
        with FileLock(f"{url.database}.lock", timeout=_PATIENCE):
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


def _parsed(address: str) -> URL:
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


def _make_folder(folder: Path) -> None:
    """Make the folder that holds the SQLite file."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(
            f"The data folder {folder} cannot be made: {error.strerror}. "
            "Choose another with DATA_DIR, or mend its permissions."
        ) from error


def _engine_of(url: URL) -> Engine:
    """Build the engine; on SQLite every transaction of the archive that writes says so at once."""
    if url.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    engine = create_engine(url, connect_args={"timeout": _PATIENCE, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _leave_transactions(connection: sqlite3.Connection, _: object) -> None:
    """Let SQLAlchemy, not the driver, begin transactions."""
    connection.isolation_level = None


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    """Set write-ahead logging; SQLAlchemy, not the driver, begins transactions."""
    _leave_transactions(connection, _)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
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


def _is_newest(engine: Engine, chain: Chain) -> bool:
    """Tell whether the schema of *chain* is that of this program."""
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, chain.table):
            return False
        query = text(f"SELECT version_num FROM {chain.table}")  # noqa: S608 - our own name
        found = connection.execute(query).scalar()
    return found == ScriptDirectory.from_config(chain.config()).get_current_head()


def migrate(engine: Engine, chain: Chain) -> None:
    """Bring the schema of *chain* to the newest revision; two processes at once take turns."""
    if _is_newest(engine, chain):
        return
    config = chain.config()
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn a database's own errors into sentences; a password is never among them."""
    place = url.database if url.get_backend_name() == "sqlite" else _shown(url)
    try:
        yield
    except CommandError as error:
        raise ArchiveError(
            f"The archive {place} was made by a newer Election Desk. Update this one first."
        ) from error
    except DBAPIError as error:
        raise ArchiveError(_sentence(error, str(place))) from error


def _shown(url: URL) -> str:
    """Write the address without its password."""
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


def _sentence(error: DBAPIError, place: str) -> str:
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
    if "full" in cause or "disk I/O" in cause:
        return f"The disk of {place} has no room ({cause}). Free some space; nothing is lost."
    if "locked" in cause:
        return f"The archive {place} is busy with another process. Try again in a minute."
    if isinstance(error, OperationalError):
        return f"The archive {place} cannot be reached ({cause}). Check DATABASE_URL."
    return f"The archive {place} refused a command ({cause})."
