"""Sites that allow one request in a long while: their listing and their pages take turns."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest

from ingest import refresh
from ingest.archive import Archive
from ingest.fetching.fetcher import Fetcher
from ingest.model import Permission, Source, SourcePage
from ingest.refresh import Refresher, keep_fresh
from tests.ingest.newsroom import Newsroom, last_modified, story

HOST = "http://ledger.example"
FEED = f"{HOST}/feed.xml"
PAGES = [f"{HOST}/{n}" for n in range(1, 6)]
DELAY = timedelta(minutes=10)


class WatchedNewsroom(Newsroom):
    """A local web that notes when it was asked for what, except for its robots.txt."""

    def __init__(self):
        super().__init__()
        self.requests = []

    async def handle(self, request):
        if request.path != "/robots.txt":
            self.requests.append((self.now, f"http://{request.host}{request.rel_url}"))
        return await super().handle(request)

    def slow(self, host=HOST, delay=DELAY):
        """Ask for a delay between two requests."""
        text = f"User-agent: *\nCrawl-delay: {delay.total_seconds():.0f}\n"
        self.put(f"{host}/robots.txt", text, "text/plain")

    def put_pages(self, pages=PAGES):
        """Put pages, and a feed that lists them."""
        for n, url in enumerate(pages, 1):
            self.page(url, f"Ward {n} decides", story(n))
        self.feed(FEED, [(url, "t") for url in pages])

    @property
    def asked_in_order(self):
        return [url for _, url in self.requests]

    @property
    def shortest_gap(self):
        return min(later - earlier for (earlier, _), (later, _) in pairwise(self.requests))


@pytest.fixture
async def web():
    """Open a local web."""
    async with WatchedNewsroom().open() as opened:
        yield opened


def watch(web, archive, address=FEED, every=60):
    """Watch *address*."""
    return archive.sources.watch(address, "Sarnholt Ledger", Permission.OFFERED, every, now=web.now)


async def refreshed(web, archive):
    """Refresh every source once, as a new process would."""
    async with web.fetcher() as fetcher:
        refresher = Refresher(archive, fetcher, lambda: web.now)
        return await refresher.refresh(archive.sources.watched())


@asynccontextmanager
async def a_desk(archive_url):
    """Open an archive, as a process does that is started."""
    with Archive.open(archive_url) as archive:
        yield archive


async def test_every_page_of_a_slow_site_is_read_in_its_turn(web, archive_url):
    """One request a round, also after a restart; the listing comes back when it is due."""
    web.slow()
    web.put_pages()
    async with a_desk(archive_url) as archive:
        watch(web, archive)
        for waiting in (5, 4, 3):
            [told] = await refreshed(web, archive)
            assert (told.counts["waiting"], told.failed, told.failure) == (waiting, [], None)
            end = web.now + DELAY
            assert told.notes == [
                f"ledger.example asks to come back later, after {end:%Y-%m-%d %H:%M} UTC."
            ]
            web.now += DELAY
    async with a_desk(archive_url) as archive:
        for _ in range(3):
            await refreshed(web, archive)
            web.now += DELAY
        assert archive.articles.count() == 5
        await refreshed(web, archive)
    assert web.asked_in_order == [FEED, *PAGES, FEED]
    assert web.shortest_gap == DELAY


async def test_what_waits_is_not_marked_as_checked(web, archive_url):
    """Neither a page, nor a listing whose host is not to be asked yet."""
    web.slow()
    web.put_pages()
    async with a_desk(archive_url) as archive:
        source = watch(web, archive)
        await refreshed(web, archive)
        asked_at = archive.sources.get(source.id).checked_at
        assert asked_at == web.now
        pages = archive.pages.of_source(source.id)
        assert [(page.checked_at, page.failure) for page in pages] == [(None, None)] * 5
        web.now += timedelta(minutes=70)
        await refreshed(web, archive)
        assert archive.sources.get(source.id).checked_at == asked_at
        assert web.asked_in_order == [FEED, PAGES[0]]
        web.now += DELAY / 2
        [told] = await refreshed(web, archive)
        assert told.counts["waiting"] == 0
        assert "ledger.example asks to come back later, after" in told.failure
        assert archive.sources.get(source.id).checked_at == asked_at
        assert archive.sources.get(source.id).failure == told.failure
        assert len(web.requests) == 2


async def test_listing_and_pages_alternate_where_both_are_due(web, archive_url):
    """News of a listing that is always due is read while its old pages are checked again."""
    web.slow()
    web.put_pages()
    async with a_desk(archive_url) as archive:
        watch(web, archive, every=1)
        for _ in range(14):
            await refreshed(web, archive)
            web.now += DELAY
        assert archive.articles.count() == 5
        assert web.asked_in_order[::2] == [FEED] * 7
        assert set(web.asked_in_order[1::2]) == set(PAGES)
        assert web.asked_in_order[11::2] == PAGES[:2]


async def test_sitemaps_of_a_slow_site_take_turns_too(web, archive_url):
    """Its index, the sitemaps that it names, and their pages."""
    web.slow()
    web.put_pages()
    index, maps = f"{HOST}/index.xml", [f"{HOST}/a.xml", f"{HOST}/b.xml"]
    web.sitemaps(index, maps)
    web.sitemap(maps[0], [(url, None) for url in PAGES[:2]])
    web.sitemap(maps[1], [(url, None) for url in PAGES[2:]])
    async with a_desk(archive_url) as archive:
        watch(web, archive, index, every=5)
        for _ in range(14):
            await refreshed(web, archive)
            web.now += DELAY
        assert archive.articles.count() == 5
    assert web.asked_in_order[:5] == [index, maps[0], PAGES[0], maps[1], PAGES[2]]
    assert web.asked_in_order.count(index) > 1
    assert web.shortest_gap == DELAY


async def test_a_page_that_redirects_is_asked_at_its_target_next_time(web, archive_url):
    """The redirect was a request of its own, and the target is one more."""
    web.slow()
    web.put_pages(PAGES[:1])
    web.put(PAGES[0], b"", status=301, headers={"Location": f"{HOST}/moved"})
    web.page(f"{HOST}/moved", "Ward 1 decides", story(1))
    async with a_desk(archive_url) as archive:
        watch(web, archive, every=10)
        failed = []
        for _ in range(4):
            [told] = await refreshed(web, archive)
            failed += told.failed
            web.now += DELAY
        [(url, reason)] = failed
        assert url == PAGES[0]
        assert reason.startswith(f"{url} redirects to {HOST}/moved, which may be asked for after")
        assert archive.articles.count() == 1
    assert web.asked_in_order == [FEED, PAGES[0], FEED, f"{HOST}/moved"]


async def test_an_article_in_several_pages_is_not_kept_in_part(web, archive_url):
    """Its second page would be a second request at once."""
    web.slow()
    web.put_pages(PAGES[:1])
    link = f'<link rel="next" href="{PAGES[0]}?page=2">'
    web.page(PAGES[0], "Ward 1 decides", story(1), head=link)
    async with a_desk(archive_url) as archive:
        watch(web, archive)
        await refreshed(web, archive)
        web.now += DELAY
        [told] = await refreshed(web, archive)
        [(_, reason)] = told.failed
        assert "goes on at http://ledger.example/1?page=2, which may be asked for after" in reason
        assert archive.articles.count() == 0


async def test_a_feed_of_a_slow_site_that_is_added_once_is_to_be_watched(web, archive_url):
    """Nobody comes back for its pages otherwise, and the result says so."""
    web.slow()
    web.put_pages()
    async with a_desk(archive_url) as archive, web.fetcher() as fetcher:
        source = Source(0, FEED, "", Permission.UNSTATED, 1, web.now)
        refresher = Refresher(archive, fetcher, lambda: web.now, by_hand=True)
        [told] = await refresher.refresh([source])
    assert told.counts["waiting"] == 5
    [(address, advice)] = told.failed
    assert address == FEED
    assert advice == (
        f"The site of {FEED} asks for pauses between pages. Watch that address, and the other pages"
        " are read in turn."
    )


@pytest.mark.parametrize("as_date", [False, True])
async def test_a_long_retry_after_is_kept_to(web, archive_url, as_date):
    """By every process, as a crawl delay is."""
    web.put_pages(PAGES[:3])
    end = web.now + timedelta(hours=9)
    value = last_modified(end) if as_date else f"{9 * 3600}"
    for url in PAGES[:3]:
        web.put(url, b"", status=429, headers={"Retry-After": value})
    async with a_desk(archive_url) as archive:
        watch(web, archive)
        [told] = await refreshed(web, archive)
        sentence = f"answers 429: it asks to come back later, after {end:%Y-%m-%d %H:%M} UTC."
        [(url, reason)] = told.failed
        assert reason == f"{url} {sentence}"
        assert told.counts["waiting"] == 2
        web.now += timedelta(hours=8, minutes=50)
        await refreshed(web, archive)
    assert web.asked_in_order == [FEED, url]
    web.now += timedelta(minutes=11)
    web.put_pages(PAGES[:3])
    async with a_desk(archive_url) as archive:
        await refreshed(web, archive)
        assert archive.articles.count() == 3


async def test_a_retry_after_has_a_bound(web, archive_url):
    """A server that names the next century is asked again after a week."""
    web.put(FEED, b"", status=503, headers={"Retry-After": "999999999"})
    async with a_desk(archive_url) as archive:
        watch(web, archive)
        await refreshed(web, archive)
        assert archive.hosts.end("ledger.example", web.now) == web.now + timedelta(days=7)


async def test_two_processes_ask_a_slow_site_once(web, archive_url):
    """Whoever claims its turn first asks; the other waits."""
    web.slow()
    web.put_pages()
    async with a_desk(archive_url) as one, a_desk(archive_url) as two:
        watch(web, one)
        watch(web, one, PAGES[0])
        sources = one.sources.watched()
        async with web.fetcher() as first, web.fetcher() as second:
            await asyncio.gather(
                Refresher(one, first, lambda: web.now).refresh(sources[:1]),
                Refresher(two, second, lambda: web.now).refresh(sources[1:]),
            )
    assert len(web.requests) == 1


async def test_a_schedule_goes_on_as_soon_as_the_delay_allows(web, archive_url, monkeypatch):
    """Though its sources are due once a day; it asks for nothing in between."""
    reach = {"resolver": web, "allows": web.allows, "pause": 0.0}
    monkeypatch.setattr(refresh, "Fetcher", partial(Fetcher, **reach))
    monkeypatch.setattr(refresh, "extractor", partial(ThreadPoolExecutor, 2))
    web.slow()
    web.put_pages()

    async def asked(number):
        async with asyncio.timeout(30):
            while len(web.requests) < number:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert len(web.requests) == number
        web.now += DELAY

    async with a_desk(archive_url) as archive:
        source = watch(web, archive, every=24 * 60)
        running = asyncio.create_task(keep_fresh(archive, lambda: web.now, every=0.01))
        for number in range(1, 7):
            await asked(number)
        archive.sources.make_due(source.id)
        await asked(7)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert archive.articles.count() == 5
    first, *pages, last = web.asked_in_order
    assert (first, sorted(pages), last) == (FEED, PAGES, FEED)
    assert web.shortest_gap == DELAY


async def test_a_page_read_in_a_later_round_has_what_its_feed_said_of_it(web, archive_url):
    """Its day, its writer and its title stand in the feed alone."""
    web.slow()
    names = "http://purl.org/dc/elements/1.1/"
    items = "".join(
        f"<item><title>Ward {n}</title><link>{url}</link><dc:creator>Mara Reyl</dc:creator>"
        f"<pubDate>Mon, 0{n} Jun 2026 06:00:00 GMT</pubDate></item>"
        for n, url in enumerate(PAGES, 1)
    )
    feed = f'<rss version="2.0" xmlns:dc="{names}"><channel>{items}</channel></rss>'
    web.put(FEED, feed, "application/rss+xml")
    for n, url in enumerate(PAGES, 1):
        body = "".join(f"<p>{part}</p>" for part in story(n).split("\n\n"))
        web.put(url, f"<html><body><article>{body}</article></body></html>")
    announced = {}
    async with a_desk(archive_url) as archive:
        watch(web, archive)
        for _ in range(6):
            async with web.fetcher() as fetcher:
                refresher = Refresher(archive, fetcher, lambda: web.now, announced=announced)
                await refresher.refresh(archive.sources.watched())
            web.now += DELAY
        articles = [archive.articles.get(number) for number in range(1, 6)]
        assert {article.header.title for article in articles} == {f"Ward {n}" for n in range(1, 6)}
        assert all(article.header.authors == ("Mara Reyl",) for article in articles)
        assert {article.header.published.day for article in articles} == {1, 2, 3, 4, 5}


class CrowdedNewsroom(WatchedNewsroom):
    """A local web that notes how many requests it had at the same time."""

    most = open_requests = 0

    async def handle(self, request):
        self.open_requests += 1
        self.most = max(self.most, self.open_requests)
        await asyncio.sleep(0.2)
        self.open_requests -= 1
        return await super().handle(request)


async def test_what_a_killed_process_left_is_read_several_at_a_time(archive_url):
    """The papers that a feed lists are not read one behind the other."""
    papers = [f"http://paper{n}.example/{n}" for n in range(1, 6)]
    async with CrowdedNewsroom().open() as web, a_desk(archive_url) as archive:
        web.put_pages(papers)
        source = watch(web, archive)
        left = [SourcePage(url, url, web.now, checked_at=None) for url in papers]
        archive.pages.note(source.id, left)
        archive.sources.checked(source.id, web.now, listed=5, etag=None, last_modified=None)
        web.now += timedelta(minutes=1)
        await refreshed(web, archive)
        assert archive.articles.count() == 5
    assert web.asked_in_order[0] == papers[0]
    assert web.most > 1
