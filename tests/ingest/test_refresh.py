"""A simulated week on a local web of newsrooms: every count of every day is exactly right."""

from __future__ import annotations

from contextlib import asynccontextmanager

from ingest.archive import Archive
from ingest.model import Permission, Removal
from ingest.refresh import Refresher
from tests.ingest.newsroom import Newsroom, story

LEDGER = "http://ledger.example"
HOKUTO = "http://hokuto.example"
RADIO = "http://radio.example"
COURIER = "http://courier.example"
NOTICE = (
    "Tell our editors how you read the Courier: on the way to work, at the table or at sea, "
    "with the sound on or off, in one sitting or in many, and what you miss among its pages.\n"
    "It takes four minutes, and ten readers win a basket of smoked fish from the quay."
)
JAPANESE = (
    "北斗市議会は十九日、港の橋を架け替える議案第{n}号を賛成多数で可決した。\n"
    "採決に先立ち、イルゼ・マロウェン議長は「第{n}号の橋は住民{n}千人の生活を支える」と述べた。\n"
    "反対した議員{n}人は、費用{n}億円の内訳が示されていないとして、説明を求める文書を提出した。"
)


@asynccontextmanager
async def a_desk(archive_url):
    """Open a local web and an archive of it."""
    async with Newsroom().open() as web:
        with Archive.open(archive_url) as archive:
            yield web, archive


async def refreshed(web, archive, **more):
    """Refresh every source, and return each one's counts that are not 0."""
    async with web.fetcher() as fetcher:
        refresher = Refresher(archive, fetcher, lambda: web.now, **more)
        rounds = await refresher.refresh(archive.sources.watched())
    return {each.source.address: told(each) for each in rounds}


def told(one):
    """Return a round's counts that are not 0, or why it failed."""
    return one.failure or {what: count for what, count in one.counts.items() if count}


def watch(web, archive, address, outlet="Sarnholt Ledger"):
    """Watch *address* daily."""
    return archive.sources.watch(address, outlet, Permission.OFFERED, 60, now=web.now)


PAGES = [f"{LEDGER}/{n}" for n in range(1, 6)]
FEED, NEWS, INDEX, ATOM = (
    f"{LEDGER}/feed.xml",
    f"{HOKUTO}/news.xml",
    f"{RADIO}/index.xml",
    f"{COURIER}/atom.xml",
)


async def test_a_week_is_told_exactly(archive_url):
    """New, changed, corrected, unchanged, gone, quarantined and failed are counted as they are."""
    async with a_desk(archive_url) as (web, archive):
        open_the_newsrooms(web, archive)
        for day in (monday, tuesday, wednesday, thursday, friday, saturday, sunday):
            await day(web, archive)
            web.next_day()


def open_the_newsrooms(web, archive):
    """Put a feed, a packed sitemap in four charsets, and an index of sitemaps with a fence."""
    for n, url in enumerate(PAGES, 1):
        web.page(url, f"Ward {n} decides", story(n))
    web.feed(FEED, [(url, "t") for url in PAGES])
    for n, charset in enumerate(("shift_jis", "euc_jp", "iso2022_jp", "utf-8"), 1):
        title = f"橋の議案第{n}号を可決"
        web.page(f"{HOKUTO}/{n}", title, JAPANESE.format(n=n), charset=charset)
    web.sitemap(NEWS, [(f"{HOKUTO}/{n}", None) for n in range(1, 5)], packed=True)
    web.put(f"{RADIO}/robots.txt", "User-agent: *\nDisallow: /private\n", "text/plain")
    for n in range(11, 14):
        web.page(f"{RADIO}/{n}", f"Sitting {n}", story(n))
    web.page(f"{RADIO}/private/1", "Private", story(20))
    web.sitemaps(INDEX, [f"{RADIO}/a.xml", f"{RADIO}/b.xml"])
    web.sitemap(f"{RADIO}/a.xml", [(f"{RADIO}/11", None), (f"{RADIO}/12", None)])
    web.sitemap(f"{RADIO}/b.xml", [(f"{RADIO}/13", None), (f"{RADIO}/private/1", None)])
    watch(web, archive, FEED)
    watch(web, archive, NEWS, "Hokuto Shimpo")
    watch(web, archive, INDEX, "Public Radio")


async def monday(web, archive):
    """All is new; a second pass fetches nothing that 304 can answer."""
    first = await refreshed(web, archive)
    assert first == {FEED: {"new": 5}, NEWS: {"new": 4}, INDEX: {"new": 3, "failed": 1}}
    assert {each.header.language for each in archive.articles.listed(outlet="Hokuto Shimpo")} == {
        "ja"
    }
    web.asked.clear()
    assert await refreshed(web, archive) == {FEED: {}, NEWS: {}, INDEX: {}}
    assert web.asked[200] == 0


async def tuesday(web, archive):
    """An edit, a correction, new bytes without new text, and a page that is gone."""
    web.page(PAGES[0], "Ward 1 decides", story(1, said="the harbour bridge will not be built"))
    correction = "<p>Correction: An earlier version of this article named the wrong ward.</p>"
    web.page(PAGES[1], "Ward 2 decides", story(2), extra=correction)
    web.page(PAGES[2], "Ward 3 decides", story(3), head="<!-- build 7 -->")
    web.gone(PAGES[3])
    assert await refreshed(web, archive) == {
        FEED: {"changed": 1, "corrected": 1, "unchanged": 2, "gone": 1},
        NEWS: {"unchanged": 4},
        INDEX: {"unchanged": 3, "failed": 1},
    }
    [corrected] = [a for a in archive.articles.listed() if a.header.title == "Ward 2 decides"]
    assert "wrong ward" in archive.articles.versions(corrected.id)[-1].extract.corrections[0]


async def wednesday(web, archive):
    """One page rolls off the feed, one is new; another outlet is down, which stops nobody."""
    web.page(f"{LEDGER}/6", "Ward 6 decides", story(6))
    web.feed(FEED, [(url, "t") for url in (*PAGES[1:], f"{LEDGER}/6")])
    web.put(NEWS, "down", status=500)
    found = await refreshed(web, archive)
    assert found[FEED] == {"new": 1, "unchanged": 4}
    assert "500" in found[NEWS]
    assert "500" in archive.sources.get(2).failure


async def thursday(web, archive):
    """What was gone is back; elsewhere a wall answers in place of four pages."""
    web.page(PAGES[3], "Ward 4 decides", story(4))
    for n in range(31, 35):
        web.page(f"{COURIER}/{n}", f"Courier story {n}", NOTICE)
    web.page(f"{COURIER}/35", "A real story", story(35))
    web.atom(ATOM, [(f"{COURIER}/{n}", "t") for n in range(31, 36)])
    watch(web, archive, ATOM, "Dunmere Courier")
    found = await refreshed(web, archive)
    assert found[FEED] == {"unchanged": 5, "restored": 1}
    assert found[ATOM] == {"new": 1, "quarantined": 4}
    quarantined = archive.articles.listed(removal=Removal.QUARANTINED)
    assert len(quarantined) == 4
    assert "4 titles" in quarantined[0].note


async def friday(web, archive):
    """The wall falls at one page; three pages of the radio are gone."""
    web.page(f"{COURIER}/31", "Courier story 31", story(31))
    for n in (11, 12, 13):
        web.gone(f"{RADIO}/{n}", status=404)
    found = await refreshed(web, archive)
    assert found[ATOM] == {"restored": 1, "unchanged": 4}
    assert found[INDEX] == {"gone": 3, "failed": 1}


async def saturday(web, archive):
    """An outlet retracts: what it said is kept and never cited."""
    web.page(PAGES[4], "Retraction: Ward 5 decides", "This article has been retracted. " * 3)
    found = await refreshed(web, archive)
    assert found[FEED] == {"retracted": 1, "unchanged": 5}
    [article] = archive.articles.listed(removal=Removal.RETRACTED)
    assert article.versions == 2


async def sunday(web, archive):
    """A retraction is told once."""
    found = await refreshed(web, archive)
    assert found[FEED] == {"unchanged": 6}


async def test_a_mass_of_pages_gone_at_once_removes_nothing(archive_url):
    """A broken site is no reason to forget it; a person can say that it is right."""
    async with a_desk(archive_url) as (web, archive):
        pages = [f"{LEDGER}/{n}" for n in range(1, 11)]
        for n, url in enumerate(pages, 1):
            web.page(url, f"Ward {n} decides", story(n))
        web.feed(f"{LEDGER}/feed.xml", [(url, "t") for url in pages])
        watch(web, archive, f"{LEDGER}/feed.xml")
        await refreshed(web, archive)
        web.next_day()
        for url in pages[:6]:
            web.gone(url, status=404)
        assert await refreshed(web, archive) == {f"{LEDGER}/feed.xml": {"unchanged": 4}}
        assert archive.articles.count() == 10
        assert await refreshed(web, archive, believe=True) == {f"{LEDGER}/feed.xml": {"gone": 6}}
        assert archive.articles.count() == 4
