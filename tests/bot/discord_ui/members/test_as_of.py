"""`/ask as-of:`: what had been read by a minute, in the words of then, and that it is that."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.wording import Wording
from ingest.archive import Archive
from ingest.environment import Settings
from ingest.index.index import Index
from ingest.language.languages import Language
from ingest.model import Removal
from tests.bot.builders import a_desk, told_in
from tests.bot.discord_ui.choosing import labels
from tests.bot.discord_ui.reading import seen
from tests.builders import Hashing, an_extract, saved

FIRST = datetime(2026, 10, 26, 8, tzinfo=UTC)
LATER = FIRST + timedelta(hours=6)
NOW = FIRST + timedelta(days=3)
SEATS = "How many seats had the Harbour Alliance won in Orvessa?"
COUNT = "The Harbour Alliance had won {} seats in Orvessa, the Electoral Authority said."
SAYS = "only what had been read by then, as it was worded then"


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Open a desk over a page that was read twice; words alone order what is found."""
    folder = tmp_path_factory.mktemp("desk")
    settings = Settings.of({"DATA_DIR": str(folder)})
    with (
        Archive.open(f"sqlite:///{folder / 'archive.sqlite3'}") as archive,
        Index.open(archive, Hashing(), settings, holder="a test", now=FIRST) as index,
    ):
        for seats, moment in ((12, FIRST), (46, LATER)):
            text = f"{COUNT.format(seats)}\n\nThe count went on in its hall."
            page = an_extract(text, title="The count", url="https://ledger.example/count")
            saved(archive, page, now=moment)
        index.upkeep.catch_up()
        desk = a_desk(archive, now=NOW, index=index)
        yield replace(desk, coverage=replace(desk.coverage, reader=None))


@pytest.fixture
def desk(opened, tmp_path):
    """Return it, to a Discord that knows no command yet; the tests share its ledger."""
    return told_in(opened, tmp_path)


async def asked(member, channel, as_of):
    """Let *member* ask as of a moment, and return the reply."""
    return await member.slash(channel, "ask", question=SEATS, **{"as-of": as_of})


@pytest.mark.parametrize(
    "moment", ["2026-10-26 09:00", "2026-10-26T18:00+09:00", "2026/10/26 13:59"]
)
async def test_an_answer_of_then_says_so_wherever_it_is_shown(channel, alice, moment):
    """In the message and under Sources; what was read later is in neither."""
    result = await asked(alice, channel, moment)
    sources = await alice.click(result.response, label="Sources")
    for message in (result.response, sources.response):
        text = seen(message.components)
        assert "12 seats" in text
        assert "46" not in text
        assert SAYS in text


async def test_without_a_moment_it_is_of_now(channel, alice):
    """The newest words, and nothing of another time."""
    text = seen((await alice.slash(channel, "ask", question=SEATS)).response.components)
    assert "46 seats" in text
    assert SAYS not in text


async def test_what_was_not_known_then_is_no_gap_of_today(desk, channel, alice):
    """It says of when it speaks; there is nothing to wait for, and nothing for moderators."""
    result = await asked(alice, channel, "2026-10-26 07:59")
    text = seen(result.response.components)
    assert "seats in Orvessa" not in text
    assert SAYS in text
    assert labels(result.response) == ["Rephrase", "Delete"]
    assert desk.ledger.feedback.unanswered(["not_covered", "nothing_archived"]) == []


@pytest.mark.parametrize(
    ("moment", "key"),
    [
        ("yesterday", "as_of_unread"),
        ("2026-10-26", "as_of_unread"),
        ("**2026**", "as_of_unread"),
        ("2026-11-26 09:00", "as_of_future"),
    ],
)
async def test_what_is_no_minute_of_the_past_is_told(channel, alice, asked_before, moment, key):
    """A sentence says how to write it; nothing is answered meanwhile."""
    result = await asked(alice, channel, moment)
    assert seen(result.response.components) == Wording.default()(key, given=moment)
    assert asked_before() == 0


@pytest.fixture
def asked_before(desk):
    """Return what counts the answers since the test began."""
    before = len(desk.ledger.answers.last())
    return lambda: len(desk.ledger.answers.last()) - before


async def test_readers_are_not_told_of_what_came_after_then(desk, channel, alice):
    """A later reading is no correction of an answer of then; a withdrawal concerns both."""
    await asked(alice, channel, "2026-10-26 09:00")
    [number, *_] = [n for n in range(20, 0, -1) if desk.ledger.answers.cited(n)]
    assert desk.ledger.answers.as_of(number) == FIRST + timedelta(hours=1)

    def told():
        return [each.shown.answer_id for each in desk.ledger.notices.changed(FIRST)]

    assert number not in told()
    newer = desk.ledger.notices.citing([1], FIRST, 50)
    assert number not in [each.answer_id for each in newer]
    desk.archive.articles.remove(1, now=NOW, removal=Removal.RETRACTED)
    assert number in told()
    desk.archive.articles.restore(1, now=NOW)


async def test_a_question_that_was_cut_off_is_asked_again_as_of_then(desk, channel, alice):
    """Not as of the moment in which somebody presses."""
    began = await desk.community.begin(
        SEATS, Language.ENGLISH, alice.id, channel.id, as_of=FIRST + timedelta(hours=1)
    )
    taken = await desk.community.take(began.id)
    assert taken.as_of == FIRST + timedelta(hours=1)
    await desk.community.give_back(taken)
    assert await desk.community.take(began.id) == taken


@pytest.mark.parametrize("language", list(Language))
def test_each_language_says_it(language):
    """The moment stands in what is said."""
    words = Wording.of(language)
    assert "21:00" in words("as_of_past", as_of="21:00")
    assert "2026" in words("option_as_of")
    assert len(words("option_as_of")) <= 100
