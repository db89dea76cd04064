"""What refreshing does with pages that are not plain articles, and with what people decided."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from ingest.archive.limits import SERVERS
from ingest.errors import ReadingError
from ingest.fetching.addresses import is_public
from ingest.model import Kind, Ownership, Permission, Removal, Source
from ingest.reading import Hints
from ingest.reading.listings import read_listing
from ingest.refresh import Refresher
from tests.ingest.newsroom import BEGAN, Newsroom, story

HOST = "http://ledger.example"
FEED = f"{HOST}/feed.xml"
BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">'
    b"<!ENTITY c '&b;&b;&b;&b;'>]><rss version='2.0'><channel><title>&c;</title></channel></rss>"
)


@pytest.fixture
async def web():
    """Open a local web."""
    async with Newsroom().open() as opened:
        yield opened


async def refreshed(web, archive, **more):
    """Refresh every source and return the rounds."""
    async with web.fetcher() as fetcher:
        return await Refresher(archive, fetcher, lambda: web.now, **more).refresh(
            archive.sources.watched()
        )


async def added(web, archive, url, **hints):
    """Add an address by hand, as `add URL` does."""
    once = Source(0, url, "", Permission.UNSTATED, 1, web.now)
    async with web.fetcher() as fetcher:
        refresher = Refresher(archive, fetcher, lambda: web.now, by_hand=True, hints=Hints(**hints))
        [told] = await refresher.refresh([once])
    return told


def watch(web, archive, address=FEED, outlet="Sarnholt Ledger"):
    """Watch a feed."""
    return archive.sources.watch(address, outlet, Permission.OFFERED, 60, now=web.now)


async def test_nothing_that_is_listed_leads_inside(web, archive):
    """A feed, a sitemap and a canonical link may name anything; nothing inner is contacted."""
    inner = ["http://10.0.0.1/a", "http://[::1]/b", "file:///etc/passwd", "http://inner.example/c"]
    web.resolved["inner.example"] = ["10.0.0.2"]
    canonical = '<link rel="canonical" href="http://169.254.169.254/latest">'
    web.page(f"{HOST}/1", "Ward 1 decides", story(1), head=canonical)
    web.feed(FEED, [(url, "t") for url in (*inner, f"{HOST}/1")])
    web.sitemaps(f"{HOST}/index.xml", inner)
    watch(web, archive)
    watch(web, archive, f"{HOST}/index.xml")
    tried = []

    def allows(number, port):
        tried.append((number, port))
        return web.allows(number, port) or is_public(number)

    async with web.fetcher(allows=allows) as fetcher:
        refresher = Refresher(archive, fetcher, lambda: web.now)
        feed, index = await refresher.refresh(archive.sources.watched())
    assert feed.counts["new"] == 1
    assert (feed.counts["failed"], index.counts["failed"]) == (4, 4)
    assert {number for number, _ in tried} <= {"127.0.0.1", "10.0.0.2"}
    [article] = archive.articles.listed()
    assert article.header.url == f"{HOST}/1"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (BILLION_LAUGHS, "entities"),
        (b"<rss", "broken"),
        (b"\x1f\x8bbroken", "gzip"),
        (b"<html></html>", "neither"),
        (b"", "neither"),
    ],
)
def test_a_listing_that_cannot_be_read_says_why(data, said):
    """Nothing is expanded, and nothing ends as an empty list."""
    with pytest.raises(ReadingError, match=said):
        read_listing(data, FEED)


async def test_an_empty_feed_is_no_failure(web, archive):
    """A feed may have nothing to say; that is said, and nothing is removed."""
    web.feed(FEED, [])
    watch(web, archive)
    [told] = await refreshed(web, archive)
    assert told.failure is None
    assert not any(told.counts.values())


async def test_a_server_that_is_not_home_has_room_for_a_bounded_number(web, archive, monkeypatch):
    """What it has is still looked at again; the operator makes room by erasing."""
    monkeypatch.setattr("ingest.archive.articles.SERVERS", replace(SERVERS, articles=2))
    pages = [f"{HOST}/{number}" for number in range(3)]
    for number, url in enumerate(pages):
        web.page(url, f"Ward {number} decides", story(number))
    web.feed(FEED, [(url, "t") for url in pages])
    archive.sources.watch(FEED, "Ledger", Permission.OFFERED, 60, now=web.now, place="2")
    [told] = await refreshed(web, archive)
    assert told.counts["new"] == 2
    assert "new pages of this source are not read" in told.failure
    [source] = archive.sources.watched()
    assert source.failure == told.failure
    web.page(pages[0], "Ward 0 decides again", story(0) + " It was counted again.")
    web.now += timedelta(hours=2)
    [told] = await refreshed(web, archive)
    assert (told.counts["new"], told.counts["changed"]) == (0, 1)
    archive.articles.erase(archive.articles.listed()[0].id, now=web.now)
    assert archive.articles.room("2") == 1
    assert archive.articles.room("") is None


async def test_a_paid_page_is_labelled_as_a_preview(web, archive):
    """Its beginning is kept and said to be no more than that."""
    paid = json.dumps({"@type": "NewsArticle", "headline": "Paid", "isAccessibleForFree": False})
    text = "The council of the harbour ward met on Monday evening and decided on its long list."
    web.put(
        f"{HOST}/p",
        f'<html><head><script type="application/ld+json">{paid}</script></head>'
        f"<body><article><h1>Paid</h1><p>{text}</p><p>{story(3)}</p></article></body></html>",
    )
    await added(web, archive, f"{HOST}/p", outlet="Ledger")
    [article] = archive.articles.listed()
    assert article.header.preview
    assert not (await added(web, archive, f"{HOST}/p")).failed


async def test_a_live_page_is_split_by_its_times(web, archive):
    """Each entry stands under its own time, newest first."""
    live = {
        "@type": "LiveBlogPosting",
        "headline": "Live: the count",
        "liveBlogUpdate": [
            {"datePublished": "2026-10-19T21:00:00+02:00", "articleBody": "Counting ends late."},
            {"datePublished": "2026-10-19T20:00:00+02:00", "articleBody": "The polls close now."},
        ],
    }
    web.put(
        f"{HOST}/live",
        f'<html><head><script type="application/ld+json">{json.dumps(live)}</script></head>'
        "<body><p>Live</p></body></html>",
    )
    await added(web, archive, f"{HOST}/live")
    [article] = archive.articles.listed()
    text = archive.articles.versions(article.id)[0].extract.text
    assert article.header.kind is Kind.LIVE
    assert text.index("21:00 Counting ends late.") < text.index("20:00 The polls close now.")


async def test_a_page_that_asks_not_to_be_kept_is_not(web, archive):
    """The page's own tag is obeyed like the header."""
    web.page(f"{HOST}/1", "A", story(1), head='<meta name="robots" content="noindex">')
    told = await added(web, archive, f"{HOST}/1")
    assert "not to be kept" in told.failed[0][1]
    assert archive.articles.count() == 0


async def test_copies_of_one_report_form_a_story(web, archive):
    """Three outlets carry one agency report, each with its own noise; a fourth writes its own."""
    for n, outlet in enumerate(("a", "b", "c")):
        text = f"{story(5)}\nRead by our desk {outlet} in town {n}, where nobody else was asked."
        web.page(f"http://{outlet}.example/x", f"Title {n}", text)
        await added(web, archive, f"http://{outlet}.example/x", outlet=outlet)
    web.page("http://d.example/x", "Title", story(6))
    await added(web, archive, "http://d.example/x", outlet="d")
    ids = {each.header.outlet: each.id for each in archive.articles.listed()}
    assert {each.header.outlet for each in archive.articles.story(ids["a"])} == {"b", "c"}
    assert archive.articles.story(ids["d"]) == []


async def test_a_copy_that_names_its_original_stays_where_it_was_found(web, archive):
    """Another site's canonical address is the original's, not this page's."""
    head = '<link rel="canonical" href="http://agency.example/report/7">'
    web.page(f"{HOST}/7", "Report", story(7), head=head)
    await added(web, archive, f"{HOST}/7")
    [article] = archive.articles.listed()
    assert article.header.url == f"{HOST}/7"
    assert article.header.original == "http://agency.example/report/7"


async def first_of_feed(web, archive):
    """Watch a feed with one article, refresh it, and return the article."""
    web.page(f"{HOST}/1", "Ward 1 decides", story(1))
    web.feed(FEED, [(f"{HOST}/1", "t")])
    watch(web, archive)
    await refreshed(web, archive)
    [article] = archive.articles.listed()
    return article


async def test_what_a_person_removed_does_not_come_back_by_itself(web, archive):
    """A refresh neither fetches it nor restores it; adding it by hand does."""
    article = await first_of_feed(web, archive)
    archive.articles.remove(article.id, now=web.now)
    web.next_day()
    web.page(f"{HOST}/1", "Ward 1 decides", story(1, said="nothing"))
    [told] = await refreshed(web, archive)
    assert not any(told.counts.values())
    assert web.asked[f"{HOST}/1"] == 0
    assert (await added(web, archive, f"{HOST}/1")).counts["restored"] == 1
    assert archive.articles.count() == 1


async def test_what_was_erased_is_not_fetched_again(web, archive):
    """Only a hash of its address is left, and that is enough."""
    article = await first_of_feed(web, archive)
    archive.articles.erase(article.id, now=web.now)
    web.next_day()
    [told] = await refreshed(web, archive)
    assert not any(told.counts.values())
    assert archive.articles.listed() == archive.articles.listed(removed=True) == []


async def test_what_is_quarantined_can_be_released_by_hand(web, archive):
    """A person knows better than the rule; a refresh does not undo it."""
    for n in range(4):
        web.page(f"{HOST}/{n}", f"Title {n}", story(1))
    web.feed(FEED, [(f"{HOST}/{n}", "t") for n in range(4)])
    watch(web, archive)
    await refreshed(web, archive)
    [first, *_] = archive.articles.listed(removal=Removal.QUARANTINED)
    archive.articles.restore(first.id, now=web.now)
    web.next_day()
    [told] = await refreshed(web, archive)
    assert told.counts["unchanged"] == 4
    assert [each.id for each in archive.articles.listed()] == [first.id]


async def test_a_refresh_that_is_stopped_keeps_what_it_has_and_goes_on(web, archive):
    """Stopped half-way, the next one fetches only what is missing."""
    for n in range(80):
        web.page(f"{HOST}/{n}", f"Ward {n} decides", story(n))
    web.feed(FEED, [(f"{HOST}/{n}", "t") for n in range(80)])
    watch(web, archive)
    stopped = asyncio.Event()

    def told(done, _total):
        if done == 40:
            stopped.set()

    running = asyncio.create_task(refreshed(web, archive, progress=told))
    await stopped.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    kept = archive.articles.count()
    assert 40 <= kept < 80
    before = web.asked[200]
    [rest] = await refreshed(web, archive)
    assert rest.counts["new"] == 80 - kept
    assert web.asked[200] - before <= 80 - kept + 1
    assert archive.articles.count() == 80


async def test_progress_tells_the_truth(web, archive):
    """It ends where it said it would, and never goes back."""
    for n in range(10):
        web.page(f"{HOST}/{n}", f"Ward {n} decides", story(n))
    web.feed(FEED, [(f"{HOST}/{n}", "t") for n in range(10)])
    watch(web, archive)
    seen = []
    await refreshed(web, archive, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 10) for done in range(11)]


async def test_sources_say_who_stands_behind_an_outlet(web, archive):
    """A state-controlled outlet is labelled wherever its articles are cited."""
    web.page(f"{HOST}/1", "Ward 1 decides", story(1))
    await added(web, archive, f"{HOST}/1", outlet="Volstrand Voice")
    archive.outlets.describe("Volstrand Voice", country="VO", ownership=Ownership.STATE)
    [article] = archive.articles.listed()
    assert article.header.ownership is Ownership.STATE
    assert archive.passages.of_article(article.id)[0].header.ownership is Ownership.STATE


async def test_one_process_takes_a_source_that_is_due(web, archive):
    """Two bots on one archive do not both refresh it."""
    source = watch(web, archive)
    assert source.due(web.now)
    assert archive.sources.claim(source, web.now)
    assert not archive.sources.claim(source, web.now)
    assert not archive.sources.get(source.id).due(BEGAN)
