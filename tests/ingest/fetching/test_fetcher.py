"""Fetching from a local web: guarded, polite, conditional, within limits."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from contextlib import asynccontextmanager
from datetime import timedelta
from email.utils import format_datetime

import pytest

from ingest.archive import Archive
from ingest.errors import ForbiddenAddressError, NotAllowedError, UnreachableError
from ingest.fetching.addresses import is_public
from ingest.fetching.fetcher import State
from ingest.model import Permission
from ingest.refresh import Refresher
from tests.ingest.newsroom import Newsroom, story

HOST = "http://ledger.example"
PAGE = f"{HOST}/a"


@pytest.fixture
async def web():
    """Open a local web."""
    async with Newsroom().open() as opened:
        yield opened


@pytest.fixture
def contacted(monkeypatch):
    """Collect every address that a connection is attempted to."""
    seen = []
    real = asyncio.selector_events.BaseSelectorEventLoop.sock_connect

    async def connect(self, made, address):
        seen.append(address[:2])
        return await real(self, made, address)

    monkeypatch.setattr(asyncio.selector_events.BaseSelectorEventLoop, "sock_connect", connect)
    return seen


@asynccontextmanager
async def guarded(web, **more):
    """Fetch with the real guard; besides the public internet only our own listener is allowed."""
    allows = {"allows": lambda number, port: web.allows(number, port) or is_public(number)}
    async with web.fetcher(**{**allows, **more}) as fetcher:
        yield fetcher


HOSTILE = (
    "http://127.0.0.1/",
    "http://localhost/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0.0.0.0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://192.168.0.1/",
    "http://[fd00::1]/",
    "http://[fe80::1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://100.64.0.1/",
    "http://inner.example/",
)


@pytest.mark.parametrize("url", HOSTILE)
@pytest.mark.parametrize("through", ["asked for", "redirected to", "robots.txt"])
async def test_no_hostile_address_is_contacted(web, contacted, url, through):
    """Asked for or led to by a redirect, no connection to it is so much as attempted."""
    web.resolved = {"inner.example": ["10.9.8.7"], "localhost": ["127.0.0.2"]}
    for number in ("127.1", "2130706433", "0x7f000001", "0177.0.0.1"):
        web.resolved[number] = ["127.0.0.2"]
    asked = url
    if through != "asked for":
        web.page(PAGE, "A", story(1))
        asked = PAGE
        place = PAGE if through == "redirected to" else f"{HOST}/robots.txt"
        web.put(place, b"", status=302, headers={"Location": url})
    async with guarded(web) as fetcher:
        with pytest.raises(ForbiddenAddressError, match="public internet"):
            await fetcher.fetch(asked)
    assert set(contacted) <= {("127.0.0.1", web.port)}


async def test_a_name_that_turns_inner_between_two_look_ups_is_refused(web, contacted):
    """DNS rebinding: what was checked once is checked again when the connection is made."""
    web.resolved = {"turning.example": ["127.0.0.1", "10.0.0.1"]}
    web.put("http://turning.example/robots.txt", b"", headers={"Connection": "close"})
    web.put("http://turning.example/a", b"a", headers={"Connection": "close"})
    async with guarded(web) as fetcher:
        assert (await fetcher.fetch("http://turning.example/a")).state is State.FRESH
        fetcher._session.connector.clear_dns_cache()
        with pytest.raises(ForbiddenAddressError):
            await fetcher.fetch("http://turning.example/a")
    assert set(contacted) <= {("127.0.0.1", web.port)}


async def test_unchanged_is_asked_for_with_what_was_given(web):
    """The second time a server need only say that nothing changed."""
    web.page(PAGE, "A", story(1))
    async with web.fetcher() as fetcher:
        first = await fetcher.fetch(PAGE)
        second = await fetcher.fetch(PAGE, first.validators)
    assert (first.state, second.state) == (State.FRESH, State.UNCHANGED)
    assert first.charset == "utf-8"


@pytest.mark.parametrize("status", [404, 410])
async def test_what_is_gone_is_told_apart_from_what_failed(web, status):
    """An outlet that took a page down has said something."""
    web.gone(PAGE, status)
    async with web.fetcher() as fetcher:
        assert (await fetcher.fetch(PAGE)).state is State.GONE


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (500, UnreachableError, "500"),
        (401, NotAllowedError, "login"),
        (403, NotAllowedError, "refuses"),
        (451, NotAllowedError, "451"),
        (429, UnreachableError, "later"),
    ],
)
async def test_a_refusal_says_what_and_why(web, status, error, said):
    """Whoever reads it knows whether to wait or to give up."""
    web.put(PAGE, b"", status=status)
    async with web.fetcher() as fetcher:
        with pytest.raises(error, match=said):
            await fetcher.fetch(PAGE)


async def test_a_host_that_asks_for_an_hour_gets_it(web):
    """Retry-After is obeyed for every page of the host, and another host is not affected."""
    web.put(PAGE, b"", status=429, headers={"Retry-After": "3600"})
    web.page(f"{HOST}/b", "B", story(2))
    web.page("http://other.example/c", "C", story(3))
    async with web.fetcher() as fetcher:
        for url in (PAGE, f"{HOST}/b"):
            with pytest.raises(UnreachableError, match="later"):
                await fetcher.fetch(url)
        assert (await fetcher.fetch("http://other.example/c")).state is State.FRESH
    assert web.asked[f"{HOST}/b"] == 0


async def test_redirects_end(web):
    """A loop is left after five turns."""
    web.put(PAGE, b"", status=301, headers={"Location": f"{HOST}/b"})
    web.put(f"{HOST}/b", b"", status=301, headers={"Location": "/a"})
    async with web.fetcher() as fetcher:
        with pytest.raises(UnreachableError, match="5 times"):
            await fetcher.fetch(PAGE)


async def test_a_bomb_is_not_unpacked(web):
    """300 MB of zeros in 300 kB: reading stops at five, and so does memory."""
    bomb = gzip.compress(bytes(300 * 2**20), 9, mtime=0)
    web.put(PAGE, bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    async with web.fetcher() as fetcher:
        with pytest.raises(UnreachableError, match="5 MB"):
            await fetcher.fetch(PAGE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60 * 2**20


def _deflated(data, bits):
    """Pack *data* as servers do that say "deflate": with zlib's header, or without."""
    packer = zlib.compressobj(wbits=bits)
    return packer.compress(data) + packer.flush()


PLAIN = b"<p>The ferry to Orvessa sails again.</p>" * 200
PACKED = {
    "gzip": gzip.compress(PLAIN, mtime=0),
    "x-gzip": gzip.compress(PLAIN[:900], mtime=0) + gzip.compress(PLAIN[900:], mtime=0),
    "deflate": _deflated(PLAIN, zlib.MAX_WBITS),
    "Deflate": _deflated(PLAIN, -zlib.MAX_WBITS),
}


@pytest.mark.parametrize("encoding", PACKED)
async def test_a_packed_body_is_read_whole_or_not_at_all(web, encoding):
    """A body whose end is missing would pass for a shorter article."""
    web.put(PAGE, PACKED[encoding], headers={"Content-Encoding": encoding})
    web.put(f"{HOST}/b", PACKED[encoding][:-9], headers={"Content-Encoding": encoding})
    async with web.fetcher() as fetcher:
        assert (await fetcher.fetch(PAGE)).data == PLAIN
        with pytest.raises(UnreachableError, match="broke off before its end"):
            await fetcher.fetch(f"{HOST}/b")


async def test_a_body_of_countless_parts_is_not_unpacked(web):
    """Each part costs as much as all that stands behind it."""
    web.put(PAGE, gzip.compress(b"", mtime=0) * 10_000, headers={"Content-Encoding": "gzip"})
    async with web.fetcher() as fetcher:
        with pytest.raises(UnreachableError, match="as a web server does"):
            await fetcher.fetch(PAGE)


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
async def test_what_is_not_packed_as_it_says_is_refused(web, encoding):
    """Nor is what is packed in a way that nobody asked for."""
    web.put(PAGE, PLAIN, headers={"Content-Encoding": encoding})
    async with web.fetcher() as fetcher:
        with pytest.raises(UnreachableError, match="as a web server does"):
            await fetcher.fetch(PAGE)


async def test_a_site_is_left_alone_where_its_robots_txt_asks_for_it(web):
    """It is asked for that file alone, and the message names it."""
    web.put(f"{HOST}/robots.txt", b"", status=429, headers={"Retry-After": "900"})
    async with web.fetcher() as fetcher:
        with pytest.raises(UnreachableError, match=r"robots\.txt of http://ledger.example answers"):
            await fetcher.fetch(PAGE)
        assert fetcher.pauses.end("ledger.example", web.now) == web.now + timedelta(minutes=15)


async def test_a_site_that_is_down_is_said_to_be_down(web):
    """Though its robots.txt is what was waited for."""
    web.put(f"{HOST}/robots.txt", "User-agent: *", "text/plain", drip=1.0)
    async with web.fetcher(patience=0.2) as fetcher:
        with pytest.raises(UnreachableError, match="does not answer"):
            await fetcher.fetch(PAGE)


async def test_a_slow_drip_is_cut_off(web):
    """A byte now and then holds nobody up for longer than the limit."""
    web.put(PAGE, b"x" * 10_000, drip=0.05)
    async with web.fetcher(patience=0.5) as fetcher:
        with pytest.raises(UnreachableError, match="longer"):
            await fetcher.fetch(PAGE)


async def test_a_film_is_not_fetched(web):
    """Content types that hold no coverage are refused before their body is read."""
    web.put(PAGE, bytes(1000), "video/mp4")
    async with web.fetcher() as fetcher:
        with pytest.raises(UnreachableError, match="video/mp4"):
            await fetcher.fetch(PAGE)


@pytest.mark.parametrize(
    "content_type", ["application/x-rss+xml", "text/rss", "binary/octet-stream", "html", ""]
)
async def test_what_may_be_text_is_fetched_whatever_it_is_called(web, content_type):
    """Servers have many names for a feed; what it is, its bytes say."""
    web.put(PAGE, b"<rss></rss>", content_type)
    async with web.fetcher() as fetcher:
        assert (await fetcher.fetch(PAGE)).data == b"<rss></rss>"


@pytest.mark.parametrize("target", ["http://10.0.0.7/x", "https://ledger.example:8443/"])
async def test_a_redirect_that_is_not_followed_names_where_it_began(web, target):
    """Nobody knows the address that it leads to."""
    web.put(PAGE, b"", status=302, headers={"Location": target})
    async with web.fetcher() as fetcher:
        with pytest.raises(ForbiddenAddressError) as refused:
            await fetcher.fetch(PAGE)
    assert str(refused.value).startswith(f"{PAGE} redirects to {target}, which is not")


@pytest.mark.parametrize(
    ("status", "text", "allowed"),
    [
        (200, "User-agent: *\nDisallow: /a", False),
        (200, "User-agent: *\nDisallow: /*?\n", True),
        (200, "User-agent: ElectionDesk\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        (200, "User-agent: GPTBot\nDisallow: /", True),
        (404, "", True),
        (403, "", True),
        (503, "", None),
        (429, "", None),
    ],
)
async def test_robots_txt_is_obeyed(web, status, text, allowed):
    """4xx allows, 5xx and 429 mean not now, and our own name's rules win."""
    web.page(PAGE, "A", story(1))
    web.put(f"{HOST}/robots.txt", text, "text/plain", status=status)
    async with web.fetcher() as fetcher:
        if allowed:
            assert (await fetcher.fetch(PAGE)).state is State.FRESH
            return
        with pytest.raises(UnreachableError if allowed is None else NotAllowedError):
            await fetcher.fetch(PAGE)
    assert web.asked[PAGE] == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("X-Robots-Tag", "noindex, nofollow"), ("X-Robots-Tag", "noai"), ("tdm-reservation", "1")],
)
async def test_a_header_that_asks_not_to_keep_is_obeyed(web, name, value):
    """The signals of sites that do not want to be kept."""
    web.page(PAGE, "A", story(1), headers={name: value})
    async with web.fetcher() as fetcher:
        with pytest.raises(NotAllowedError, match="not to be kept"):
            await fetcher.fetch(PAGE)


async def test_one_request_a_host_at_a_time(web):
    """Requests to one host queue; each waits for the pause after the one before."""
    for n in range(4):
        web.page(f"{HOST}/{n}", "A", story(n))
    async with web.fetcher(pause=0.2) as fetcher:
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*(fetcher.fetch(f"{HOST}/{n}") for n in range(4)))
        assert asyncio.get_running_loop().time() - began >= 0.6


@pytest.mark.parametrize("seconds", [90, 86_400])
async def test_a_long_delay_of_robots_txt_is_kept_to(web, seconds):
    """By this process and, with what it hands on, by the next one; the sentence says until when."""
    web.put(f"{HOST}/robots.txt", f"User-agent: *\nCrawl-delay: {seconds}\n", "text/plain")
    web.page(PAGE, "A", story(1))
    end = web.now + timedelta(seconds=seconds)
    async with web.fetcher() as fetcher:
        await fetcher.fetch(PAGE)
        with pytest.raises(UnreachableError, match=f"after {end:%Y-%m-%d %H:%M} UTC"):
            await fetcher.fetch(PAGE)
        pauses = fetcher.pauses
    assert pauses.end("ledger.example", web.now) == end
    async with web.fetcher() as fetcher:
        fetcher.pauses = pauses
        with pytest.raises(UnreachableError, match=f"after {end:%Y-%m-%d %H:%M} UTC"):
            await fetcher.fetch(PAGE)
    assert web.asked[PAGE] == 1


@pytest.mark.parametrize("seconds", ["999999", "1e12"])
async def test_a_delay_of_more_than_a_week_is_a_refusal(web, seconds):
    """Nobody keeps an article up to date with so few requests."""
    web.put(f"{HOST}/robots.txt", f"User-agent: *\nCrawl-delay: {seconds}\n", "text/plain")
    async with web.fetcher() as fetcher:
        with pytest.raises(NotAllowedError, match="a week between two requests"):
            await fetcher.fetch(PAGE)
    assert web.asked[PAGE] == 0


async def test_a_shorter_delay_leaves_a_later_end_as_it_is(web):
    """A host that asked to come back in half an hour is not asked in two minutes."""
    web.put(f"{HOST}/robots.txt", "User-agent: *\nCrawl-delay: 120\n", "text/plain")
    web.put(PAGE, b"", status=503, headers={"Retry-After": "1800"})
    async with web.fetcher() as fetcher:
        with pytest.raises(UnreachableError):
            await fetcher.fetch(PAGE)
        assert fetcher.pauses.end("ledger.example", web.now) == web.now + timedelta(minutes=30)


async def test_who_asks_is_said(web):
    """The user agent names the program, and whom to write to."""
    web.page(PAGE, "A", story(1))
    async with web.fetcher(contact="desk@ledger.example") as fetcher:
        await fetcher.fetch(PAGE)
    assert web.agents == {"ElectionDesk/0.1 (+desk@ledger.example)"}


async def test_a_mark_before_robots_txt_hides_no_rule(web):
    """Editors write a byte order mark that nobody sees."""
    web.put(f"{HOST}/robots.txt", b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n", "text/plain")
    web.page(PAGE, "A", story(1))
    async with web.fetcher() as fetcher:
        with pytest.raises(NotAllowedError, match=r"robots\.txt"):
            await fetcher.fetch(PAGE)


@pytest.mark.parametrize("minutes", [50, -5])
async def test_a_host_may_name_the_time_to_come_back(web, minutes):
    """Retry-After is a date as well; one that has passed is a second."""
    told = format_datetime(web.now + timedelta(minutes=minutes), usegmt=True)
    web.put(PAGE, b"", status=503, headers={"Retry-After": told})
    web.page(f"{HOST}/b", "B", story(2))
    async with web.fetcher() as fetcher:
        with pytest.raises(UnreachableError, match="later"):
            await fetcher.fetch(PAGE)
        if minutes > 0:
            with pytest.raises(UnreachableError, match="later"):
                await fetcher.fetch(f"{HOST}/b")
        else:
            assert (await fetcher.fetch(f"{HOST}/b")).state is State.FRESH


async def test_a_first_answer_of_unchanged_is_a_failure(web):
    """Nothing is known that could be unchanged, and the round says so."""
    web.put(PAGE, b"", status=304)
    async with web.fetcher() as fetcher:
        with pytest.raises(UnreachableError, match="never read before"):
            await fetcher.fetch(PAGE)


async def test_a_host_is_left_alone_by_the_next_process_too(web, tmp_path):
    """What it asked for stands in the archive; after that time it is asked again."""
    feed = f"{HOST}/feed.xml"
    web.put(feed, b"", status=429, headers={"Retry-After": "1800"})
    with Archive.open(f"sqlite:///{tmp_path / 'archive.sqlite3'}") as archive:
        archive.sources.watch(feed, "Sarnholt Ledger", Permission.OFFERED, 1, now=web.now)
        for minutes, asked in ((0, 1), (10, 1), (31, 2)):
            web.now += timedelta(minutes=minutes)
            async with web.fetcher() as fetcher:
                refresher = Refresher(archive, fetcher, lambda: web.now)
                [told] = await refresher.refresh(archive.sources.watched())
            assert "later" in told.failure
            assert web.asked[feed] == asked
