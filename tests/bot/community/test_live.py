"""New entries of a live page are news: for who follows, for old answers, in lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.community.contests import ContestIndex
from bot.community.following import Following
from bot.community.news import Stories, new_coverage
from bot.ledger import Ledger
from ingest.adding import prepared_article
from ingest.language.languages import Language
from ingest.model import Edition, Kind
from tests.bot.builders import NoIndex
from tests.builders import an_extract

NIGHT = datetime(2026, 10, 25, 22, tzinfo=UTC)
OLD = "2026-10-25 20:05 The Harbour Alliance leads in Dunmere after half of the count."
COUNT = "2026-10-25 22:10 The Harbour Alliance leads in Dunmere after most of the count."
RECOUNT = "2026-10-26 00:40 The recount in Skerrow is finished, the returning officer said."


def live(archive, *entries, now=NIGHT, **header):
    """Keep a live page with *entries*, the newest first, and return its number."""
    about = {"title": "Election night", "url": "http://radio.example/live", "kind": Kind.LIVE}
    extract = an_extract("\n\n".join(entries), published=date(2026, 10, 25), **{**about, **header})
    kept = prepared_article(extract)
    return archive.articles.save(kept.extract, kept.cut, now=now).article_id


def new_since(archive, change, now=NIGHT + timedelta(hours=3)):
    """Return what appeared since a change."""
    return new_coverage(archive, NoIndex(), change, now)


def test_new_entries_are_what_appeared(archive):
    """Those that were not there, and not those that were only edited or have moved down."""
    number = live(archive, OLD)
    seen = archive.changes.last()
    edited = OLD.replace("half", "about half")
    live(archive, RECOUNT, COUNT, edited, now=NIGHT + timedelta(hours=2))
    found = new_since(archive, seen)
    assert found.entries == {number: (RECOUNT, COUNT)}
    assert [each.id for each in found.articles] == [number]


def test_an_entry_that_only_leaves_is_no_news(archive):
    """A page that says less says nothing new."""
    live(archive, COUNT, OLD)
    seen = archive.changes.last()
    live(archive, COUNT, now=NIGHT + timedelta(hours=1))
    assert new_since(archive, seen).articles == []


def test_another_article_s_new_version_is_no_news(archive):
    """It is a correction, or nothing."""
    live(archive, OLD, kind=Kind.NEWS)
    seen = archive.changes.last()
    live(archive, RECOUNT, OLD, kind=Kind.NEWS, now=NIGHT + timedelta(hours=1))
    assert new_since(archive, seen).articles == []


def test_a_live_page_is_as_new_as_its_newest_entry(archive):
    """So it leads where the latest is asked for, and is in the digest of that night."""
    number = live(archive, OLD)
    live(archive, RECOUNT, OLD, now=NIGHT + timedelta(hours=3))
    assert archive.articles.get(number).header.day == date(2026, 10, 26)
    stories = Stories(archive)
    assert [e.article.id for e in stories.added(NIGHT + timedelta(hours=1), Edition())] == [number]
    assert stories.added(NIGHT + timedelta(hours=4), Edition()) == []


def following_from(archive, clock):
    """Keep a live page with one entry, and return what follows it from there."""
    ledger, coverage = Ledger.of(archive), _Index(archive)
    contests = ContestIndex(archive, ledger, coverage, lambda: clock[0])
    following = Following(archive, ledger, coverage, contests, lambda: clock[0])
    live(archive, OLD)
    following.catch_up()
    return following


async def test_followers_get_each_entry_once_that_is_about_it(archive):
    """Quoted without its time; a later round repeats none."""
    clock = [NIGHT]
    following = following_from(archive, clock)
    await following.follow("Skerrow recount", "m", 5, None, Language.ENGLISH)
    clock[0] += timedelta(hours=2)
    for entries in (
        (RECOUNT, COUNT, OLD),
        (f"{RECOUNT[:14]}55 More to come.", RECOUNT, COUNT, OLD),
    ):
        clock[0] += timedelta(minutes=5)
        live(archive, *entries, now=clock[0])
        following.catch_up()
    [due] = await following.due(lambda _place: False)
    [quoted] = due.quoted
    assert quoted.quote == "The recount in Skerrow is finished, the returning officer said."
    await following.mark_sent(due)
    assert await following.due(lambda _place: False) == []


LEAD = "2026-10-25 22:30 Harbour leads in Skerrow by 90 votes. Its boats lie in the harbour."
RECOUNTED = "2026-10-26 00:20 It is close in Skerrow. The Skerrow recount begins at one o'clock."


async def test_followers_get_an_entry_as_it_is_now_and_the_newest_first(archive):
    """What was corrected before it was sent is never told; the sentence is that on the topic."""
    clock = [NIGHT]
    following = following_from(archive, clock)
    await following.follow("Skerrow", "m", 5, None, Language.ENGLISH)
    await following.follow("Skerrow recount", "m", 6, None, Language.ENGLISH)
    for entries in (
        (LEAD, OLD),
        (LEAD.replace("90", "19"), OLD),
        (RECOUNTED, LEAD.replace("90", "19"), OLD),
    ):
        clock[0] += timedelta(minutes=30)
        live(archive, *entries, now=clock[0])
        following.catch_up()
    told = {
        due.follow.text: [item.quote for item in due.quoted]
        for due in await following.due(lambda _place: False)
    }
    assert told == {
        "Skerrow": ["It is close in Skerrow.", "Harbour leads in Skerrow by 19 votes."],
        "Skerrow recount": ["The Skerrow recount begins at one o'clock."],
    }


class _Index(NoIndex):
    """Coverage whose index knows every word and is never behind."""

    def __init__(self, archive):
        self.archive = archive
        self.index = self

    def frequency(self, _term):
        return 1

    def rarity(self, _term):
        return 2.0

    def terms_from(self, _letters):
        return []
