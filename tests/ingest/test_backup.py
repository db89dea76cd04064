"""A backup is one file that is whole, and restoring it gives what was there, while others read."""

import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import pytest

from bot.answering.answer import answer_now
from bot.answering.understanding.question import ask
from bot.desk import open_desk
from bot.ledger import Ledger
from bot.ledger.records import AnswerKind, AnswerRecord, Feedback, FeedbackVerdict
from bot.outcomes import as_object
from bot.settings import BotSettings
from ingest.__main__ import main as ingest
from ingest.archive import Archive
from ingest.archive.backup import CONTENTS, back_up, restore, seal
from ingest.errors import ArchiveError, NoGenerationError
from ingest.index.rebuilding import faults, roll_back
from ingest.language.languages import Language
from tests.builders import NOW, TEXT, an_extract, saved
from tests.ingest.newsroom import story

LATER = "The ferry to Holm was taken out of service on Friday, the harbour office said in a notice."
QUESTIONS = (
    "How many seats did the Harbour Alliance win?",
    "What was the turnout?",
    "Who is the leader of the Harbour Alliance?",
    "What happened to the Holm ferry?",
)


@pytest.fixture(params=["embedded", "server"])
def settings(request, tmp_path):
    """Keep everything in a folder, or in the two servers."""
    environment = {"DATA_DIR": str(tmp_path / "data"), "EMBEDDING_MODEL": "fast"}
    if request.param == "server":
        environment["DATABASE_URL"] = request.getfixturevalue("postgres_url")
        environment["CHROMA_URL"] = request.getfixturevalue("chroma_url")
    return BotSettings.of(environment)


def answers(desk):
    """Return what the desk answers to each question, as it is printed."""
    told = []
    for question in QUESTIONS:
        found = answer_now(ask(question, now=NOW), desk.coverage.serving)
        told.append({k: v for k, v in as_object(found).items() if "tim" not in k})
    return told


def filled(settings):
    """Fill an archive with versions, a removal, and a story that three outlets carry."""
    with Archive.open(settings.archive_url) as archive:
        [kept, gone] = saved(archive, an_extract(), an_extract(LATER, title="Ferry stops"))
        saved(archive, an_extract(TEXT.replace("46", "47")))
        saved(archive, *(an_extract(TEXT, outlet=name) for name in ("Kadling Post", "Mirrow Sun")))
        archive.articles.remove(gone.article_id, now=NOW)
    return kept, gone


def test_what_was_destroyed_is_there_again_byte_for_byte(settings, tmp_path):
    """With everything else gone, from the file alone, and the index holds what it should."""
    kept, _ = filled(settings)
    file = tmp_path / "desk.backup"
    with open_desk(settings, holder="a test", clock=lambda: NOW) as desk:
        desk.coverage.catch_up()
        saved(desk.archive, *(an_extract(story(n), title=f"Ward {n}") for n in range(20)))
        saved(desk.archive, an_extract(TEXT.replace("46", "48")))
        desk.coverage.catch_up()
        desk.archive.articles.remove(kept.article_id + 3, now=NOW)
        desk.coverage.catch_up()
        before = answers(desk)
        summary = desk.archive.summary()
        held = back_up(desk.archive, file)
    assert held.articles == summary.articles
    assert [each.name for each in tmp_path.iterdir() if "backup" in each.name] == ["desk.backup"]
    shutil.rmtree(settings.data_dir)
    empty = BotSettings.of({"DATA_DIR": str(tmp_path / "anew"), "EMBEDDING_MODEL": "fast"})
    with open_desk(empty, holder="a test", clock=lambda: NOW) as desk:
        restore(desk.archive, file)
        desk.coverage.catch_up()
        assert desk.archive.summary() == summary
        assert answers(desk) == before
        assert not faults(desk.coverage.index.serving())


def test_a_running_desk_follows_a_restore(settings, tmp_path):
    """What was added after the backup is found before, and is not after, without a restart."""
    kept, gone = filled(settings)
    file = tmp_path / "desk.backup"
    with open_desk(settings, holder="a test", clock=lambda: NOW) as desk:
        desk.coverage.catch_up()
        before = answers(desk)
        back_up(desk.archive, file)
        desk.archive.articles.restore(gone.article_id, now=NOW)
        desk.archive.articles.remove(kept.article_id, now=NOW)
        saved(desk.archive, an_extract(LATER, outlet="Another paper"))
        desk.coverage.catch_up()
        assert answers(desk) != before
        asked, stop = [], threading.Event()

        def asking():
            while not stop.is_set():
                asked.append(answers(desk))

        reader = threading.Thread(target=asking)
        reader.start()
        try:
            with Archive.open(settings.archive_url) as other:
                restore(other, file)
            desk.coverage.catch_up()
        finally:
            stop.set()
            reader.join()
        assert answers(desk) == before
        assert not faults(desk.coverage.index.serving())
        [new] = saved(desk.archive, an_extract(LATER, title="New", outlet="A third paper"))
        desk.coverage.catch_up()
        assert "ferry" in str(answers(desk)[-1])
        assert new.article_id
        assert asked


def test_nobody_goes_back_to_an_index_of_what_was_replaced(settings, tmp_path):
    """It knows articles that are not there; it is deleted when the desk is opened next."""
    filled(settings)
    file = tmp_path / "desk.backup"
    with open_desk(settings, holder="a test", clock=lambda: NOW) as desk:
        desk.coverage.catch_up()
        back_up(desk.archive, file)
        old = desk.coverage.index.generation.id
        restore(desk.archive, file)
        with pytest.raises(NoGenerationError):
            roll_back(desk.archive, now=NOW)
    with open_desk(settings, holder="a test", clock=lambda: NOW + timedelta(minutes=1)) as desk:
        assert [each.id for each in desk.archive.generations.stored()] == [old + 1]
        desk.coverage.catch_up()
        assert not faults(desk.coverage.index)


@pytest.mark.parametrize("harm", ["a letter", "a row less", "cut", "something else", "nothing"])
def test_a_damaged_file_changes_nothing(settings, tmp_path, harm):
    """It is held against what it says of itself before a row is touched."""
    filled(settings)
    file = tmp_path / "desk.backup"
    with Archive.open(settings.archive_url) as archive:
        back_up(archive, file)
        saved(archive, an_extract(LATER, outlet="Another paper"))
        before = archive.summary()
        damage(file, harm)
        with pytest.raises(ArchiveError, match=r"desk\.backup.*(othing was changed|whole)"):
            restore(archive, file)
        assert archive.summary() == before


def test_a_backup_of_an_older_release_is_brought_up(settings, tmp_path):
    """Its tables are migrated in a copy; the file stays as it is."""
    kept, _ = filled(settings)
    file = tmp_path / "desk.backup"
    with Archive.open(settings.archive_url) as archive:
        before = archive.summary()
        back_up(archive, file)
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("ALTER TABLE sources DROP COLUMN ended_at")
            connection.execute("DROP INDEX articles_apart")
            connection.execute("ALTER TABLE sources DROP COLUMN place")
            connection.execute("ALTER TABLE articles DROP COLUMN place")
            connection.execute("ALTER TABLE versions DROP COLUMN pasted")
            connection.execute("ALTER TABLE versions DROP COLUMN snapshot")
            for table in ("hidden", "hosts", "snapshots"):
                connection.execute(f"DROP TABLE {table}")
            connection.execute("DROP INDEX versions_newest")
            connection.execute("DROP INDEX versions_of_outlet")
            connection.execute("UPDATE alembic_version SET version_num = '0009'")
            connection.execute(f"DROP TABLE {CONTENTS}")
        with closing(sqlite3.connect(file)) as connection:
            seal(connection)
        content = file.read_bytes()
        archive.articles.erase(kept.article_id, now=NOW)
        restore(archive, file)
        assert archive.summary().articles == before.articles
        assert file.read_bytes() == content


@pytest.mark.parametrize("older", [False, True])
def test_what_the_bot_keeps_is_restored_into_a_new_database(settings, tmp_path, older):
    """Also where nobody has opened the bot there yet, and from before a column was added."""
    filled(settings)
    file = tmp_path / "desk.backup"
    record = AnswerRecord(
        NOW, AnswerKind.ANSWER, None, Language.ENGLISH, None, None, None, None, [], 0, 0
    )
    with Archive.open(settings.archive_url) as archive:
        ledger = Ledger.of(archive)
        number = ledger.answers.add(record)
        place = "" if older else "7"
        ledger.feedback.add(Feedback(NOW, number, FeedbackVerdict.WRONG, "m", "Who?", place=place))
        back_up(archive, file)
    if older:
        with closing(sqlite3.connect(file)) as connection, connection:
            for later in ("follow_news", "follows", "news_seen", "digests", "leases"):
                connection.execute(f"DROP TABLE {later}")
            for owned in ("pending", "jobs"):
                connection.execute(f"ALTER TABLE {owned} DROP COLUMN owner")
            for dated in ("answers", "pending"):
                connection.execute(f"ALTER TABLE {dated} DROP COLUMN as_of")
            for placed in ("feedback", "shown"):
                connection.execute(f"ALTER TABLE {placed} DROP COLUMN place")
            for decided in ("decided_by", "decided_in"):
                connection.execute(f"ALTER TABLE suggestions DROP COLUMN {decided}")
            connection.execute("UPDATE ledger_version SET version_num = '0001'")
            connection.execute(f"DROP TABLE {CONTENTS}")
        with closing(sqlite3.connect(file)) as connection:
            seal(connection)
    with Archive.open(f"sqlite:///{tmp_path / 'new.sqlite3'}") as new:
        restore(new, file)
        [said] = Ledger.of(new).feedback.open([FeedbackVerdict.WRONG])
        assert (said.question, said.place) == ("Who?", place)


def damage(file, harm):
    """Harm a backup."""
    if harm in {"a letter", "a row less"}:
        with sqlite3.connect(file) as connection:
            connection.execute(
                "UPDATE versions SET text = replace(text, '46', '64')"
                if harm == "a letter"
                else "DELETE FROM changes WHERE seq = 1"
            )
        connection.close()
    elif harm == "cut":
        file.write_bytes(file.read_bytes()[:20_000])
    elif harm == "something else":
        file.write_text("Turnout was 62.7 per cent.")
    else:
        file.unlink()


def test_a_file_that_is_there_is_never_written_over(settings, tmp_path):
    """Yesterday's backup may be the only good one."""
    filled(settings)
    file = tmp_path / "desk.backup"
    file.write_text("yesterday's")
    with (
        Archive.open(settings.archive_url) as archive,
        pytest.raises(ArchiveError, match="exists already"),
    ):
        back_up(archive, file)
    assert file.read_text() == "yesterday's"


def test_the_commands_say_what_they_did(tmp_path, monkeypatch, capsys):
    """And a restore asks before it replaces anything."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EMBEDDING_MODEL", "fast")
    _, gone = filled(BotSettings.of({"DATA_DIR": str(tmp_path / "data")}))
    file = str(tmp_path / "desk.backup")
    assert ingest(["backup", file]) == 0
    assert "holds 3 articles" in capsys.readouterr().out
    assert ingest(["restore", str(gone.article_id)]) == 0
    assert ingest(["restore", file]) == 2
    assert "Add --yes" in capsys.readouterr().err
    assert ingest(["restore", file, "--yes"]) == 0
    said = capsys.readouterr().out
    assert "holds 3 articles" in said
    assert "erase it again" in said
    assert ingest(["restore", file, "1"]) == 2
    assert ingest(["backup", str(tmp_path / "nowhere" / "x")]) == 1
    assert "nowhere" in capsys.readouterr().err
