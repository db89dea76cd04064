"""A database that cannot be used says so in one sentence."""

import sqlite3

import pytest
import sqlalchemy
from alembic.script import ScriptDirectory

from ingest.archive import Archive
from ingest.archive.database import _ARCHIVE, OTHER_CHAINS
from ingest.errors import ArchiveError


def test_a_damaged_file_is_named(tmp_path):
    """The maintainer learns which file, and that a backup belongs in its place."""
    file = tmp_path / "archive.sqlite3"
    file.write_bytes(b"no database at all, " * 400)
    with pytest.raises(ArchiveError, match=r"archive\.sqlite3 is damaged.*backup"):
        Archive.open(f"sqlite:///{file}")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    """A data folder below a file is a mistake in the settings."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError, match="DATA_DIR"):
        Archive.open(f"sqlite:///{tmp_path / 'file' / 'data' / 'archive.sqlite3'}")


def test_an_unreachable_server_is_named_without_its_password():
    """A secret never stands in an error."""
    with pytest.raises(ArchiveError, match=r"127\.0\.0\.1.*cannot be reached") as caught:
        Archive.open("postgresql://desk:hunter2@127.0.0.1:1/desk")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["mysql://host/name", "nonsense", "postgresql://desk:hunter2@host:five/desk"]
)
def test_an_unknown_database_is_refused(url):
    """Only what is tested is promised."""
    with pytest.raises(ArchiveError, match="DATABASE_URL"):
        Archive.open(url)


@pytest.mark.parametrize(
    ("revision", "remedy"), [("9999", "Update"), ("0004", "open it with 0.3.0")]
)
def test_an_archive_of_an_unknown_revision_is_left_alone(tmp_path, revision, remedy):
    """A program must not touch tables that it does not know: newer ones, or from before 0.1.0."""
    file = tmp_path / "archive.sqlite3"
    Archive.open(f"sqlite:///{file}").close()
    connection = sqlite3.connect(file)
    connection.execute("UPDATE alembic_version SET version_num = ?", [revision])
    connection.commit()
    connection.close()
    with pytest.raises(ArchiveError, match=remedy):
        Archive.open(f"sqlite:///{file}")


@pytest.mark.parametrize("chain", [_ARCHIVE, *OTHER_CHAINS], ids=lambda chain: chain.table)
def test_the_newest_migration_is_alembics_own(chain):
    """An archive is opened without Alembic where it is up to date, so the file names must tell."""
    assert chain.newest() == ScriptDirectory(str(chain.folder)).get_current_head()


def test_a_connection_in_use_is_closed_when_it_is_returned(archive_url):
    """A thread may still read while its archive is closed; no server keeps that connection."""
    archive = Archive.open(archive_url)
    closed = []
    sqlalchemy.event.listen(archive.engine.pool, "close", lambda *_: closed.append(True))
    with archive.engine.connect() as connection:
        archive.close()
        closed.clear()
        connection.exec_driver_sql("SELECT 1")
        assert closed == []
    assert closed == [True]
