"""Whoever follows something hears of it once, and of nothing else."""

from datetime import timedelta

import pytest

from bot.community.rules import QuietHours, ServerRules
from bot.ledger.records import FollowKind
from ingest.language.languages import Language
from ingest.model import Kind, Removal
from tests.bot.builders import open_in
from tests.builders import NOW, an_extract, saved

EN = Language.ENGLISH
DAY = NOW.date()
FERRIES = (
    "The harbour office said on Friday that the ferries to Holm will sail again from Monday. The"
    " fare stays at four crowns, and the first boat leaves at six in the morning."
)
RECOUNT = (
    "The Electoral Authority ordered a recount in Dunmere East on Friday. Officials will count the"
    " ballots by hand, and the result is due within nine days."
)
MORE_FERRIES = (
    "Crews of the ferries in Tessary voted on Sunday to stop work for a day over their pay.",
    "The council of Skerrow bought two ferries from a yard abroad, its mayor told reporters.",
    "Fishermen complained that the new ferries raise waves that break their nets near the pier.",
)
SCHOOLS = "Teachers in Sarnholt ended their strike on Friday after eleven days, their union said."


@pytest.fixture
def clock():
    """Return a clock that a test turns."""

    class Clock:
        now = NOW

        def __call__(self):
            return self.now

    return Clock()


@pytest.fixture
def desk(tmp_path, clock):
    """Open a desk on an empty folder, with the fast embedder."""
    with open_in(tmp_path / "data", EMBEDDING_MODEL="fast") as opened:
        for part in (opened.news.following, opened.news.digests):
            if hasattr(part, "clock"):
                object.__setattr__(part, "clock", clock)
        yield opened


@pytest.fixture
def following(desk):
    """Return what is followed; the archive of before was looked through."""
    saved(desk.archive, an_extract(SCHOOLS, title="Strike over", outlet="Post", published=DAY))
    desk.coverage.catch_up()
    desk.news.following.catch_up()
    return desk.news.following


def published(desk, clock, text, title, outlet="Ledger", *, days=0, **more):
    """Let an article appear an hour later, and whoever looks for news find it."""
    clock.now += timedelta(hours=1)
    day = clock.now.date() - timedelta(days=days)
    [made] = saved(
        desk.archive,
        an_extract(text, title=title, outlet=outlet, published=day, **more),
        now=clock.now,
    )
    desk.coverage.catch_up()
    desk.news.following.catch_up()
    return made.article_id


async def told(following, quiet=lambda _place: False):
    """Send what is due, and return it: who is told which title, with which words."""
    due = await following.due(quiet)
    for each in due:
        await following.mark_sent(each)
    return [(d.follow.text, q.header.title, q.quote) for d in due for q in d.quoted]


async def test_a_topic_is_told_once_and_quoted(desk, following, clock):
    """What was there before is no news, and what is about something else is none either."""
    assert await following.follow("Holm ferries", "m", 1, None, EN)
    published(desk, clock, RECOUNT, "Recount in Dunmere East")
    published(desk, clock, FERRIES, "Ferries to Holm sail again")
    [(text, title, quote)] = await told(following)
    assert (text, title) == ("Holm ferries", "Ferries to Holm sail again")
    assert "ferries to Holm will sail again" in quote
    assert await told(following) == []


async def test_a_story_that_others_carry_is_not_told_again(desk, following, clock):
    """Nor is a further version of it."""
    await following.follow("recount", "m", 1, None, EN)
    published(desk, clock, RECOUNT, "Recount ordered")
    assert len(await told(following)) == 1
    clock.now += timedelta(days=1)
    published(desk, clock, RECOUNT, "Recount ordered", outlet="Courier")
    published(desk, clock, f"{RECOUNT} It was updated.", "Recount ordered")
    assert await told(following) == []


async def test_an_outlet_is_followed_by_its_name(desk, following, clock):
    """In any case; every article of it comes, and none of others."""
    follow = await following.follow("post", "m", 1, None, EN)
    assert (follow.kind, follow.text) == (FollowKind.OUTLET, "Post")
    published(desk, clock, RECOUNT, "Recount", outlet="Ledger")
    published(desk, clock, FERRIES, "Ferries", outlet="Post")
    [(_, title, quote)] = await told(following)
    assert title == "Ferries"
    assert quote.startswith("The harbour office said on Friday")


async def test_a_question_is_answered_once_and_over(desk, following, clock):
    """It waits for an answer, not for any mention."""
    question = "When is the result of the recount in Dunmere East due?"
    follow = await following.follow(question, "m", 1, None, EN, kind=FollowKind.QUESTION)
    published(desk, clock, SCHOOLS.replace("Sarnholt", "Dunmere East"), "Strike in Dunmere East")
    assert await told(following) == []
    published(desk, clock, RECOUNT, "Recount in Dunmere East")
    [(_, title, quote)] = await told(following)
    assert title == "Recount in Dunmere East"
    assert "within nine days" in quote
    assert await following.get(follow.id) is None


async def test_a_server_that_hides_a_live_page_hears_nothing_of_its_entries(desk, following, clock):
    """Neither who follows a topic there, nor who waits for the answer to a question."""
    about = {"url": "http://radio.example/live", "kind": Kind.LIVE}
    begun = f"2026-10-25 20:05 {SCHOOLS}"
    number = published(desk, clock, begun, "Election night", **about)
    question = "When is the result of the recount in Dunmere East due?"
    for server, user in ((1, "m"), (2, "n")):
        await following.follow(question, user, server, server, EN, kind=FollowKind.QUESTION)
        await following.follow("recount", user, server, server, EN)
    desk.archive.editions.hide("2", number, now=clock.now)
    entry = f"2026-10-25 22:10 {RECOUNT}"
    published(desk, clock, f"{entry}\n\n{begun}", "Election night", **about)
    due = await following.due(lambda _place: False)
    assert {(each.follow.place, each.follow.kind) for each in due} == {
        ("1", FollowKind.QUESTION),
        ("1", FollowKind.TOPIC),
    }


async def test_japanese_is_followed_as_well(desk, following, clock):
    """By words without spaces."""
    await following.follow("フェリー 運賃", "m", 1, None, Language.JAPANESE)
    published(
        desk,
        clock,
        "港湾局は金曜日、ホルム行きのフェリーの運賃を四クラウンに据え置くと発表した。",
        "フェリー運賃は据え置き",
        outlet="日報",
        language="ja",
    )
    [(_, title, _)] = await told(following)
    assert title == "フェリー運賃は据え置き"


async def test_old_articles_are_no_news_when_they_are_added(desk, following, clock):
    """A maintainer may load a whole year."""
    await following.follow("ferries", "m", 1, None, EN)
    published(desk, clock, FERRIES, "Ferries", days=30)
    assert await told(following) == []


async def test_what_is_taken_out_before_it_was_sent_is_not_sent(desk, following, clock):
    """A moderator was faster."""
    await following.follow("ferries", "m", 1, None, EN)
    article = published(desk, clock, FERRIES, "Ferries")
    desk.archive.articles.remove(article, now=clock.now, removal=Removal.REMOVED)
    assert await told(following) == []


async def test_much_at_once_waits_and_comes_together(desk, following, clock):
    """Two messages of one follow are two hours apart, and quiet hours are kept."""
    await following.follow("ferries", "m", 1, 7, EN)
    published(desk, clock, FERRIES, "Ferries one")
    night = ServerRules(quiet=QuietHours(0, 24))
    assert await told(following, lambda _place: night.is_quiet(clock.now)) == []
    assert len(await told(following)) == 1
    for other in MORE_FERRIES:
        published(desk, clock, other, other[:30])
        clock.now -= timedelta(minutes=50)
    assert await told(following) == []
    clock.now += timedelta(hours=2)
    assert len(await told(following)) == 3


async def test_nobody_hears_of_what_they_unfollowed(desk, following, clock):
    """Also when it was found already; `/forget-me` does the same."""
    first = await following.follow("ferries", "m", 1, None, EN)
    published(desk, clock, FERRIES, "Ferries")
    assert await following.unfollow(first.id)
    assert not await following.unfollow(first.id)
    assert await told(following) == []
    mine = await desk.community.hashed(5)
    await following.follow("recount", mine, 1, None, EN)
    published(desk, clock, RECOUNT, "Recount")
    assert await desk.community.forget(5) == 1
    assert await told(following) == []


async def test_there_is_an_end_to_following(following):
    """Ten for a member, twenty for a channel; the same twice is one."""
    one = await following.follow("ferries", "m", 1, None, EN)
    assert (await following.follow("ferries", "m", 1, None, EN)).id == one.id
    for n in range(9):
        assert await following.follow(f"topic {n}", "m", 1, None, EN)
    assert await following.follow("one more", "m", 1, None, EN) is None
    for n in range(10):
        assert await following.follow(f"other {n}", f"m{n}", 1, None, EN)
    assert await following.follow("too many here", "n", 1, None, EN) is None
    assert await following.follow("elsewhere", "n", 2, None, EN)


def test_quiet_hours_may_go_past_midnight():
    """From ten in the evening until seven."""
    night = QuietHours(22, 7)
    assert [hour for hour in range(24) if night.hold(hour)] == [0, 1, 2, 3, 4, 5, 6, 22, 23]
    assert [hour for hour in range(24) if QuietHours(12, 14).hold(hour)] == [12, 13]
    rules = ServerRules(quiet=night, timezone="Asia/Tokyo")
    assert rules.is_quiet(NOW.replace(hour=14))
    assert not rules.is_quiet(NOW.replace(hour=3))


async def test_a_name_that_was_new_when_it_was_followed_counts(desk, following, clock):
    """Nobody had written of Quill: its dredging is still not that of Lorne, before and after."""
    await following.follow("harbour dredging in Quill", "m", 1, None, EN)
    first = "Harbour dredging in Sorrel was put off by the council for another year, it was said."
    published(desk, clock, first, "Sorrel")
    said = "The town council agreed on harbour dredging in {} on Monday, its clerk said. It takes"
    published(desk, clock, f"{said.format('Quill')} nine days and forty boats.", "Quill")
    published(desk, clock, f"{said.format('Lorne')} a whole summer, and two cranes.", "Lorne")
    assert [title for _, title, _ in await told(following)] == ["Quill"]
