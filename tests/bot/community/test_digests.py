"""A digest has what is new in its period, once, by the clock of its server."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.community.digests import Digests, last_due
from bot.community.news import Stories
from bot.community.rules import DigestPlan, ServerRules
from bot.ledger import Ledger
from bot.ledger.records import AnswerRecord, Feedback, FeedbackVerdict
from ingest.archive import Archive
from tests.builders import NOW, TEXT, an_extract, saved

OTHER = "The ferry to Holm was taken out of service on Friday, the harbour office said in a notice."
APART = {
    -30: "The ferry to Holm was taken out of service, the harbour office said in a notice.",
    30: "Teachers in Sarnholt ended their strike after eleven days, their union told reporters.",
    1350: "A court in Tessary allowed the bakery to open on Sundays from the next month on.",
    1410: "Snow closed the pass above Skerrow, and two buses with pilgrims had to turn round.",
}
"""Unlike texts, by the minutes after a digest at which they appear."""
PLAN = DigestPlan(5, 18, NOW - timedelta(days=30))


@pytest.fixture
def archive(archive_url):
    """Open an empty archive, on each database."""
    with Archive.open(archive_url) as opened:
        yield opened


class Clock:
    """A clock that a test turns."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def evening():
    """Stand at half past six in the evening of the articles' day."""
    return NOW.replace(hour=18, minute=30)


@pytest.fixture
def digests(archive, evening):
    """Return the digests of an archive with one server that has one each day."""
    ledger = Ledger.of(archive)
    ledger.rules.set("7", ServerRules(digest=PLAN).values())
    ledger.rules.set("8", ServerRules().values())
    return Digests(archive, ledger, Stories(archive), Clock(evening))


async def due(digests):
    """Return what is due by the rules that are kept."""
    every = digests.ledger.rules.all().items()
    return await digests.due({place: ServerRules.of(values) for place, values in every})


async def test_a_digest_has_stories_once_corrections_and_gaps(digests, archive, evening):
    """Of its period alone."""
    before, during = evening - timedelta(days=2), evening - timedelta(hours=3)
    saved(archive, an_extract(OTHER, title="Old", outlet="Old"), now=before)
    saved(archive, an_extract(TEXT, outlet="Ledger"), now=during)
    saved(archive, an_extract(TEXT, outlet="Courier"), now=during)
    saved(
        archive,
        an_extract(OTHER, title="Old", outlet="Old", corrections=("It was Thursday.",)),
        now=during,
    )
    number = Ledger.of(archive).answers.add(
        AnswerRecord(NOW, "abstention", None, "en", None, None, None, None, [], 0, 0)
    )
    for member, place in (("a", "7"), ("b", "9")):
        said = Feedback(during, number, FeedbackVerdict.MISSING, member, "Who?", place=place)
        digests.ledger.feedback.add(said)
    [made] = await due(digests)
    assert (made.place, made.channel) == ("7", 5)
    assert [each.outlets for each in made.stories] == [("Ledger", "Courier")]
    assert [(each.header.title, note) for each, note in made.corrected] == [
        ("Old", "It was Thursday.")
    ]
    assert made.gaps == 1
    await digests.mark_posted(made)
    assert await due(digests) == []
    digests.clock.now += timedelta(days=1)
    assert await due(digests) == []


async def test_a_digest_without_news_is_skipped(digests, archive, evening):
    """And not made up for later."""
    assert await due(digests) == []
    saved(archive, an_extract(), now=evening)
    assert await due(digests) == []
    digests.clock.now += timedelta(days=1)
    [made] = await due(digests)
    assert len(made.stories) == 1


async def test_a_digest_that_is_late_by_a_day_is_not_posted(digests, archive, evening):
    """Yesterday's news come with today's only."""
    saved(archive, an_extract(), now=evening - timedelta(hours=2))
    digests.clock.now += timedelta(hours=13)
    assert await due(digests) == []


async def test_a_preview_has_what_is_new_until_now(digests, archive, evening):
    """Whether anything is planned or not."""
    saved(archive, an_extract(), now=evening - timedelta(minutes=5))
    made = await digests.preview(9, ServerRules(), replace(PLAN, hour=3))
    assert len(made.stories) == 1
    assert made.until == evening


@pytest.mark.parametrize(
    ("zone", "weekday", "now", "due"),
    [
        ("UTC", None, datetime(2026, 11, 2, 18, 0, tzinfo=UTC), (2, 18)),
        ("UTC", None, datetime(2026, 11, 2, 17, 59, tzinfo=UTC), (1, 18)),
        ("Asia/Tokyo", None, datetime(2026, 11, 2, 9, 0, tzinfo=UTC), (2, 9)),
        ("Asia/Tokyo", None, datetime(2026, 11, 2, 8, 0, tzinfo=UTC), (1, 9)),
        ("UTC", 0, datetime(2026, 11, 4, 20, 0, tzinfo=UTC), (2, 18)),
        ("UTC", 0, datetime(2026, 11, 2, 17, 0, tzinfo=UTC), (26, 18)),
        ("Europe/Berlin", None, datetime(2026, 10, 25, 20, 0, tzinfo=UTC), (25, 17)),
        ("Europe/Berlin", None, datetime(2026, 10, 24, 20, 0, tzinfo=UTC), (24, 16)),
    ],
)
def test_the_hour_is_that_of_the_server(zone, weekday, now, due):
    """By its clock, over the change to winter time too; on one day of the week if it says so."""
    found = last_due(replace(PLAN, weekday=weekday), zone, now)
    assert (found.day, found.hour) == due


@pytest.mark.parametrize(
    ("day", "hour"),
    [(datetime(2026, 10, 24, tzinfo=UTC), 16), (datetime(2026, 3, 28, tzinfo=UTC), 17)],
)
async def test_the_hour_of_the_changed_clock_is_in_one_digest(digests, archive, day, hour):
    """A day may have 25 hours, or 23: nothing falls between two digests, and nothing is in both."""
    rules = ServerRules(
        digest=replace(PLAN, set_at=day - timedelta(days=9)), timezone="Europe/Berlin"
    )
    digests.ledger.rules.set("7", rules.values())
    first = day.replace(hour=hour)
    for minutes, text in APART.items():
        extract = an_extract(text, title=f"At {minutes}", url=f"http://a.example/{minutes}")
        saved(archive, extract, now=first + timedelta(minutes=minutes))
    titles = []
    for days in range(3):
        digests.clock.now = first + timedelta(days=days, hours=2)
        for digest in await due(digests):
            titles += [story.article.header.title for story in digest.stories]
            await digests.mark_posted(digest)
    assert sorted(titles) == sorted(f"At {minutes}" for minutes in APART)


async def test_nothing_is_posted_for_before_it_was_set(digests, archive, evening):
    """Whoever sets six o'clock at half past six waits until tomorrow."""
    saved(archive, an_extract(), now=evening - timedelta(hours=3))
    late = replace(PLAN, set_at=evening)
    digests.ledger.rules.set("7", ServerRules(digest=late).values())
    assert await due(digests) == []


@pytest.mark.parametrize(
    ("zone", "hour", "moments"),
    [
        ("Europe/Berlin", 2, ("2026-03-28T01:00", "2026-03-29T01:00", "2026-03-30T00:00")),
        ("Europe/Berlin", 3, ("2026-03-28T02:00", "2026-03-29T01:00", "2026-03-30T01:00")),
        ("Europe/Berlin", 2, ("2026-10-24T00:00", "2026-10-25T00:00", "2026-10-26T01:00")),
        ("America/New_York", 2, ("2026-03-07T07:00", "2026-03-08T07:00", "2026-03-09T06:00")),
        ("America/New_York", 1, ("2026-10-31T05:00", "2026-11-01T05:00", "2026-11-02T06:00")),
        ("America/New_York", 18, ("2026-10-31T22:00", "2026-11-01T23:00", "2026-11-02T23:00")),
    ],
)
async def test_a_day_with_a_changed_clock_has_one_digest(digests, archive, zone, hour, moments):
    """Also at an hour that the clock leaves out or strikes twice; nothing falls between two."""
    first, second, third = [datetime.fromisoformat(f"{each}+00:00") for each in moments]
    plan = replace(PLAN, hour=hour, set_at=first)
    digests.ledger.rules.set("7", ServerRules(digest=plan, timezone=zone).values())
    for moment, text in zip((first, second), APART.values(), strict=False):
        extract = an_extract(text, title=f"{moment:%d}", url=f"http://a.example/{moment:%d}")
        saved(archive, extract, now=moment + timedelta(minutes=5))
    posted, digests.clock.now = [], first
    while digests.clock.now < third + timedelta(hours=2):
        for digest in await due(digests):
            posted.append((digests.clock.now, [s.article.header.title for s in digest.stories]))
            await digests.mark_posted(digest)
        digests.clock.now += timedelta(minutes=30)
    assert posted == [(second, [f"{first:%d}"]), (third, [f"{second:%d}"])]
