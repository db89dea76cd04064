"""Previews of files, addresses and pastes, beside everything else that the desk does."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.community import previewing
from ingest.archive import Archive
from ingest.errors import ReadingError
from ingest.reading import Hints
from tests.ingest.newsroom import Newsroom, story

HOST = "http://tide.example"


@pytest.fixture
async def web():
    """Open a local web."""
    async with Newsroom().open() as opened:
        opened.page(f"{HOST}/ferry", "The ferry sails", story(4))
        yield opened


@pytest.fixture
def previewer(web, tmp_path):
    """Make a previewer of the local web."""
    with Archive.open(f"sqlite:///{tmp_path / 'archive.sqlite3'}") as archive:
        yield previewing.Previewer(archive, web.fetcher)


@pytest.mark.parametrize(
    "text", [f"<{HOST}/ferry>", f"The ferry sails {HOST}/ferry.", f"{HOST}/go"]
)
async def test_an_address_is_read_as_it_was_pasted(web, previewer, text):
    """Also of a page that only forwards a browser."""
    web.put(f"{HOST}/go", '<html><meta http-equiv="refresh" content="0; url=/ferry"></html>')
    preview = await previewer.address(text, None)
    [article] = preview.articles
    assert article.ready.extract.header.url == f"{HOST}/ferry"


async def test_an_article_in_several_pages_is_previewed_whole(web, previewer):
    """As a refresh keeps it; the next story of a blog is not a part of it."""
    for number in (1, 2, 3):
        url = f"{HOST}/long?page={number}" if number > 1 else f"{HOST}/long"
        head = f'<link rel="next" href="/long?page={number + 1}">' if number < 3 else ""
        web.page(url, "A long story", story(10 + number), head=head)
    [article] = (await previewer.address(f"{HOST}/long", None)).articles
    text = article.ready.extract.text
    assert all(story(10 + number).split("\n")[0] in text for number in (1, 2, 3))
    assert article.ready.extract.header.url == f"{HOST}/long"
    web.page(f"{HOST}/b/1", "One", story(21), head='<link rel="next" href="/b/2">')
    web.page(f"{HOST}/b/2", "Two", story(22))
    [article] = (await previewer.address(f"{HOST}/b/1", None)).articles
    assert "item 22" not in article.ready.extract.text


async def test_what_cannot_be_previewed_says_what_to_do(web, previewer):
    """A typing error, an empty feed, an old link, a page that a script draws."""
    web.feed(f"{HOST}/feed", [])
    web.page(f"{HOST}/", "The Tide of the islands", story(5))
    web.put(f"{HOST}/old", b"", status=302, headers={"Location": "/"})
    link = '<link rel="alternate" type="application/atom+xml" href="/@ann.atom">'
    web.put(f"{HOST}/@ann", f"<html><head><title>Ann</title>{link}</head><body></body></html>")
    for path, advice in (
        ("fery", f"There is no page at {HOST}/fery (404 or 410). Check the address."),
        ("feed", "is a feed without any item now. Try again later."),
        ("old", "leads to the front page of its site and to no article. Check the address."),
        ("@ann", f"watch its feed: {HOST}/@ann.atom"),
    ):
        with pytest.raises(ReadingError) as refused:
            await previewer.address(f"{HOST}/{path}", None)
        assert str(refused.value).endswith(advice)


async def test_a_burst_of_slow_previews_takes_no_thread_of_answers(monkeypatch):
    """More of them than there are threads of the event loop, and none of them ends."""
    is_over = threading.Event()

    def read_slowly(*_):
        is_over.wait(30)
        return []

    monkeypatch.setattr(previewing, "isolated", read_slowly)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2))
    previewer = previewing.Previewer(None, None)
    previews = [asyncio.create_task(previewer.data(b"", f"{n}.txt", Hints())) for n in range(8)]
    await asyncio.sleep(0.1)
    try:
        async with asyncio.timeout(5):
            assert await asyncio.to_thread(lambda: "answered") == "answered"
        assert not any(preview.done() for preview in previews)
    finally:
        is_over.set()
    assert [preview.name for preview in await asyncio.gather(*previews)] == [
        f"{n}.txt" for n in range(8)
    ]
