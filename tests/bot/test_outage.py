"""A disk that is full or read-only: the desk answers from what is there, and says so."""

import shutil
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest
from filelock import FileLock
from sqlalchemy import event

from bot.answering.answer import answer_now
from bot.answering.understanding.question import ask
from bot.answering.values import Answer, Trouble, Usage
from bot.community.budget import Budget
from bot.desk import open_desk
from bot.discord_ui.asking import Asking
from bot.discord_ui.members.ask import suggested_question_buttons
from bot.discord_ui.members.controls import buttons_under
from bot.discord_ui.places import Audience, Place
from bot.ledger import Ledger
from bot.outcomes import as_object
from bot.settings import BotSettings
from bot.wording import Wording
from ingest.archive import Archive, database
from ingest.errors import ArchiveError, IndexUnavailableError
from ingest.index import stores
from ingest.index.stores import Stores
from tests.bot.builders import open_in
from tests.bot.conftest import MORNING

TURNOUT = "What was the turnout?"


@pytest.fixture
def desk(sample_folder, tmp_path):
    """Open a desk over a copy of its own."""
    folder = shutil.copytree(sample_folder, tmp_path / "data")
    with open_in(folder, now=MORNING) as opened:
        yield opened


def unwritable(archive, how):
    """Let SQLite refuse every write from now on, as it does on a disk that is *how*."""
    engine = archive.engine
    engine.dispose()

    def prepare(connection, _):
        pragma = "query_only=1" if how == "read-only" else "max_page_count=1"
        connection.execute(f"PRAGMA {pragma}").close()

    event.listen(engine, "connect", prepare)


def filled(archive):
    """Fill what room there is left."""
    with suppress(ArchiveError):
        for number in range(10_000):
            archive.embeddings.keep("filling", {str(number): b"x" * 3000})


@pytest.mark.parametrize("how", ["read-only", "full"])
async def test_an_answer_that_cannot_be_kept_is_given_and_says_so(desk, how, caplog):
    """It has no number, so that nothing refers to what is not there."""
    unwritable(desk.archive, how)
    filled(desk.archive)
    for _ in range(200):  # the last page of a table has room for a few
        outcome = await desk.answer(ask(TURNOUT, now=MORNING))
        if outcome.number is None:
            break
    assert isinstance(outcome, Answer)
    assert "62.7" in outcome.excerpts[0].citation.quote
    assert outcome.number is None
    notes = Wording.of(outcome.question.language).notes(outcome.written)
    assert any("cannot store anything" in note for note in notes)
    assert as_object(outcome)["written"]["kept"] is False
    assert "shown but not stored" in caplog.text
    assert TURNOUT not in caplog.text


async def test_a_question_that_cannot_be_noted_is_answered(desk):
    """In Discord too: what is kept meanwhile is for restarts alone."""
    asking = Asking(desk, buttons_under, suggested_question_buttons)
    unwritable(desk.archive, "read-only")
    question = asking.question(TURNOUT)
    place = ShownHere()
    audience = Audience(Place(1, 2))
    await asking.answer(question, 1, place, audience=audience, channel=2, repeat=False)
    *_, view = place.views
    assert "62.7" in str(view.to_components())
    assert not asking.unfinished


class ShownHere:
    """The place of a reply that keeps what is shown in it."""

    def __init__(self):
        self.sent = None
        self.views = []

    async def reply(self, view, nonce=None):
        """Show a view."""
        assert nonce is None
        self.views.append(view)

    post = reply


def test_what_cannot_be_written_down_counts_all_the_same(tmp_path):
    """No limit is passed because a disk is full; what follows is written with the next."""
    settings = BotSettings.of(
        {
            "PRICE_INPUT": "1",
            "PRICE_OUTPUT": "1",
            "DAILY_BUDGET": "0.002",
            "ANSWERS_PER_MEMBER": "2",
        }
    )
    today = MORNING.date()
    with Archive.open(f"sqlite:///{tmp_path / 'archive.sqlite3'}") as archive:
        budget = Budget(Ledger.of(archive), settings)
        budget.count("ann", today, Usage(100, 100))
        unwritable(archive, "read-only")
        budget.count("ann", today, Usage(400, 400))
        assert budget.refuses("ann", today) is Trouble.MEMBER
        assert budget.refuses("bob", today) is None
        budget.count("bob", today, Usage(900, 900))
        assert budget.refuses("eve", today) is Trouble.BUDGET
        assert Ledger.of(archive).spending.of(today).answers == 1
    with Archive.open(f"sqlite:///{tmp_path / 'archive.sqlite3'}") as archive:
        budget.ledger = Ledger.of(archive)
        budget.count("eve", today, Usage(1, 1))
        spent = Ledger.of(archive).spending.of(today)
        assert (spent.answers, spent.tokens_read) == (4, 1401)
        assert budget.cost(spent) == Decimal(2802) / 1_000_000


def test_vectors_that_cannot_be_read_leave_words(desk, monkeypatch):
    """Embedded Chroma fails on a full disk even where it only reads."""
    monkeypatch.setattr(stores, "PATIENCE", replace(stores.PATIENCE, retry_seconds=0.0))

    def full(self):
        raise IndexUnavailableError("database or disk is full")

    index = desk.coverage.index
    index.shelf.vectors.close_collections()
    with monkeypatch.context() as patch:
        patch.setattr(index.shelf.vectors, "_client", lambda: full(index))
        found = answer_now(ask(TURNOUT, now=MORNING), desk.coverage.serving)
        assert "62.7" in found.excerpts[0].citation.quote
    found = answer_now(ask(TURNOUT, now=MORNING), desk.coverage.serving)
    assert not found.written.by_words


class Refusing(FileLock):
    """A lock on a disk that is read-only."""

    def _acquire(self):
        raise OSError(30, "Read-only file system")


def test_a_desk_opens_on_a_disk_that_is_read_only(sample_folder, tmp_path, monkeypatch, caplog):
    """Its archive is read as it is, its words in a copy; writing is refused with a sentence."""
    folder = shutil.copytree(sample_folder, tmp_path / "data")
    monkeypatch.setattr(database, "FileLock", Refusing)
    monkeypatch.setattr("ingest.index.ownership.FileLock", Refusing)
    monkeypatch.setattr("ingest.index.words._is_read_only", lambda _folder: True)

    def read_only(self):
        raise IndexUnavailableError("attempt to write a readonly database")

    monkeypatch.setattr(Stores, "client", read_only)
    settings = BotSettings.of({"DATA_DIR": str(folder)})
    with open_desk(settings, holder="a test", clock=lambda: MORNING) as desk:
        found = answer_now(ask(TURNOUT, now=MORNING), desk.coverage.serving)
        assert "62.7" in found.excerpts[0].citation.quote
        assert found.written.by_words
        with pytest.raises(ArchiveError, match="cannot be written"):
            desk.archive.articles.remove(1, now=MORNING)
    assert "Opened read-only" in caplog.text


def test_a_journal_that_cannot_be_read_is_never_left_out(tmp_path, monkeypatch):
    """What was removed last might stand in it alone: rather nothing than what is gone."""
    file = tmp_path / "archive.sqlite3"
    with Archive.open(f"sqlite:///{file}") as archive:
        archive.embeddings.keep("m", {"a": b"1"})
        assert file.with_name(f"{file.name}-wal").stat().st_size
        connect = database.sqlite3.connect

        def no_shared_memory(address, **options):
            if "immutable" not in address:
                raise database.sqlite3.OperationalError("disk I/O error")
            return connect(address, **options)

        monkeypatch.setattr(database.sqlite3, "connect", no_shared_memory)
        monkeypatch.setattr(database, "FileLock", Refusing)
        with pytest.raises(ArchiveError, match="cannot be written"):
            Archive.open(f"sqlite:///{file}")
    file.with_name(f"{file.name}-wal").unlink(missing_ok=True)
    with Archive.open(f"sqlite:///{file}") as archive:
        assert archive.articles.count() == 0


def test_nothing_is_said_where_all_is_kept(desk):
    """The note is for the days when it is true."""
    found = answer_now(ask(TURNOUT, now=MORNING), desk.coverage.serving)
    written = replace(found.written, unkept=False)
    assert not any("cannot store anything" in n for n in Wording.default().notes(written))
