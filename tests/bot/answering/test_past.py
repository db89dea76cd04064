"""An answer as of a moment: what had been read by then, in the words of then, and nothing later."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.answering.understanding.question import ask
from bot.answering.values import Answer, Question, Watch
from bot.outcomes import as_object
from ingest.archive import Archive
from ingest.environment import Settings
from ingest.index.index import Index
from ingest.language.languages import Language
from ingest.language.script import Script
from ingest.model import Removal
from tests.bot.builders import a_desk
from tests.builders import Hashing, an_extract, saved

FIRST = datetime(2026, 10, 26, 8, tzinfo=UTC)
SECOND = FIRST + timedelta(hours=6)
LATER = FIRST + timedelta(days=3)
URL = "https://ledger.example/count"
COUNT = (
    "The Harbour Alliance had won {seats} seats in Orvessa when {share} per cent of the votes were "
    "counted, the Electoral Authority said.\n\nTurnout in Orvessa was not known yet."
)
SEATS = "How many seats had the Harbour Alliance won in Orvessa?"


def counted(seats, share):
    """Build one reading of a page that counts votes."""
    return an_extract(COUNT.format(seats=seats, share=share), title="The count", url=URL)


@pytest.fixture
def desk(tmp_path):
    """Open a desk over a page that was read three times, and one that was retracted."""
    folder = f"sqlite:///{tmp_path / 'archive.sqlite3'}"
    settings = Settings.of({"DATA_DIR": str(tmp_path)})
    with (
        Archive.open(folder) as archive,
        Index.open(archive, Hashing(), settings, holder="a test", now=FIRST) as index,
    ):
        saved(archive, counted(12, 20), now=FIRST)
        retracted = (
            "Castrel has conceded defeat in Orvessa to the Harbour Alliance, her office said."
        )
        saved(archive, an_extract(retracted, title="Castrel concedes"), now=FIRST)
        saved(archive, counted(31, 60), now=SECOND)
        saved(archive, counted(46, 99), now=LATER)
        after = "The Harbour Alliance won 46 seats in Orvessa in the end, and Marrowen took office."
        saved(archive, an_extract(after, title="Marrowen takes office", published=None), now=LATER)
        archive.articles.remove(2, now=LATER, removal=Removal.RETRACTED)
        index.upkeep.catch_up()
        yield a_desk(archive, now=LATER + timedelta(days=1), index=index)


async def known(desk, moment, text=SEATS):
    """Answer as of *moment*."""
    question = ask(text, now=desk.clock())
    return await desk.answer(question, Watch(), as_of=moment)


async def test_each_moment_is_answered_in_its_own_words(desk):
    """Between two readings of a page it says what the first one said."""
    for moment, seats in ((FIRST, 12), (SECOND, 31), (LATER, 46)):
        outcome = await known(desk, moment + timedelta(minutes=1))
        assert isinstance(outcome, Answer)
        said = json.dumps(as_object(outcome))
        assert f"{seats} seats" in said
        others = {12, 31, 46} - {seats}
        assert not any(f"{other} seats" in said for other in others)
        assert outcome.as_of == moment + timedelta(minutes=1)


async def test_a_minute_before_it_was_read_nothing_was_known(desk):
    """An article counts from the moment in which the desk read it."""
    outcome = await known(desk, FIRST - timedelta(minutes=1))
    assert not isinstance(outcome, Answer)
    assert outcome.nearest == ()
    assert isinstance(await known(desk, FIRST), Answer)


async def test_what_was_retracted_since_was_known_then(desk):
    """And after it was retracted it was not."""
    asked = "Who has conceded defeat in Orvessa?"
    assert "Castrel" in json.dumps(as_object(await known(desk, SECOND, asked)))
    now = await known(desk, LATER + timedelta(hours=1), asked)
    assert "conceded" not in json.dumps(as_object(now)["excerpts"])


@pytest.mark.parametrize("removal", [Removal.REMOVED, Removal.HIDDEN, Removal.QUARANTINED])
async def test_what_the_desks_people_took_out_stays_out(desk, removal):
    """No moment of the past brings it back."""
    desk.archive.articles.remove(1, now=LATER + timedelta(hours=1), removal=removal)
    outcome = await known(desk, SECOND)
    assert "seats" not in json.dumps(as_object(outcome)["excerpts"] or [])


async def test_an_erased_article_is_in_no_past(desk):
    """Every word is gone."""
    desk.archive.articles.erase(1, now=LATER + timedelta(hours=1))
    assert "Orvessa when" not in json.dumps(as_object(await known(desk, SECOND)))


async def test_the_answer_is_kept_at_the_time_at_which_it_was_asked(desk):
    """What is spent and kept is of today."""
    outcome = await known(desk, SECOND)
    [record] = desk.ledger.answers.last(limit=1)
    assert record.asked_at == desk.clock()
    assert outcome.as_of == SECOND
    assert record.citations


def test_today_is_answered_as_without_a_moment(desk):
    """The past ends where the present begins."""
    question = Question(SEATS, desk.clock(), Language.ENGLISH)
    today = desk.coverage.look(question)
    then = desk.coverage.as_of(desk.clock()).look(question)
    assert [e.passage.id for e in then.evidence] == [e.passage.id for e in today.evidence]


def test_no_outlet_is_known_before_its_first_article(desk):
    """An outlet's name would tell of what came later."""
    saved(desk.archive, an_extract(outlet="The Holm Post", title="New"), now=LATER)
    assert "The Holm Post" in desk.archive.outlets.names()
    assert desk.coverage.as_of(SECOND).archive.outlets.names() == ("Sarnholt Ledger",)


TABLE = "Turnout in Orvessa: {share} per cent. Counted by Edvin {name}."


@pytest.fixture
def table(tmp_path):
    """Open a desk over a table that changed twice, beside two other articles."""
    settings = Settings.of({"DATA_DIR": str(tmp_path)})
    with (
        Archive.open(f"sqlite:///{tmp_path / 'archive.sqlite3'}") as archive,
        Index.open(archive, Hashing(), settings, holder="a test", now=FIRST) as index,
    ):
        others = (an_extract(f"The bells of {each} rang.", title=each) for each in ("Orm", "Tarn"))
        saved(archive, *others, now=FIRST)
        versions = (FIRST, "18.4", "Castrel"), (SECOND, "44.9", "Quill"), (LATER, "62.7", "Quill")
        for moment, share, name in versions:
            text = TABLE.format(share=share, name=name)
            saved(archive, an_extract(text, title="Table", url=URL), now=moment)
            index.upkeep.catch_up()
        yield a_desk(archive, now=LATER + timedelta(days=1), index=index)


@pytest.mark.parametrize(("moment", "share"), [(FIRST, "18.4"), (SECOND, "44.9"), (LATER, "62.7")])
def test_an_earlier_version_is_found_beside_few_others(table, moment, share):
    """Words that nobody has do not take the place of those that a table has."""
    then = table.coverage.as_of(moment)
    hits = then.index.matching("What exactly was the turnout reported for Orvessa?", 5)
    [key] = [key for key, _ in hits if key.startswith("3:")]
    assert key.startswith(_version_id(moment))
    assert share in then.archive.passages.get([key])[key].text


def _version_id(moment):
    """Return the beginning of the ids of the table's passages at *moment*."""
    return f"3:{(FIRST, SECOND, LATER).index(moment) + 1}"


def test_a_word_of_an_earlier_version_was_known_then(table):
    """It is strange to the coverage of today alone."""
    question = ask("What did Edvin Castrel count?", now=SECOND)
    assert not table.coverage.as_of(FIRST).look(question).need.strange
    assert table.coverage.as_of(SECOND).look(question).need.strange


def test_a_question_that_shares_no_word_with_an_earlier_version_finds_it_by_meaning(table):
    """As one in another language does."""
    then = table.coverage.as_of(FIRST).index
    near = then.nearest(then.question("オルヴェッサの投票率は？"), 5, Script.ALPHABETIC)
    assert _version_id(FIRST) in {key[:3] for key, _ in near}
