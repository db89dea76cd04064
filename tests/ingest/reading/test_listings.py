"""Feeds of every kind: their dates, items without links, items with their articles."""

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ingest.errors import ReadingError
from ingest.reading.documents import Hints
from ingest.reading.listings import is_listing, read_listing
from ingest.reading.registry import read_item
from tests.ingest.reading.pages import FIRST, SECOND, STORY, refused

URL = "https://courier.example/feed"
JST = timezone(timedelta(hours=9))


def rss(*items):
    """Write a feed of items."""
    return f'<rss version="2.0"><channel><title>F</title>{"".join(items)}</channel></rss>'.encode()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Mon, 19 Oct 2026 06:00:00 PDT", datetime(2026, 10, 19, 13, tzinfo=UTC)),
        ("Mon, 19 Oct 26 06:00 KST", datetime(2026, 10, 19, 6, tzinfo=JST)),
        ("2026-10-19T06:00:00+09:00", datetime(2026, 10, 19, 6, tzinfo=JST)),
        ("19 Oct 2026 24:00 UTC", datetime(2026, 10, 20, tzinfo=UTC)),
        ("1792389600", datetime(2026, 10, 19, 6, tzinfo=UTC)),
        ("1792389600000", datetime(2026, 10, 19, 6, tzinfo=UTC)),
        ("2026年10月19日（月） 6時00分", date(2026, 10, 19)),
        ("令和八年十月十九日", date(2026, 10, 19)),
        ("R8.10.19", date(2026, 10, 19)),
        ("lundi 19 octobre 2026", date(2026, 10, 19)),
        ("19.10.2026 06:00", date(2026, 10, 19)),
        ("Monday, October 19, 2026 - 6:00am", date(2026, 10, 19)),
        ("10/11/2026", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_is_the_right_day_or_none(written, meant):
    """The same reader for feeds and for pages."""
    item = f"<item><link>https://courier.example/a</link><pubDate>{written}</pubDate></item>"
    [entry] = read_listing(rss(item), URL).entries
    assert entry.published == meant


def test_an_item_with_its_article_and_no_link_is_an_article():
    """Each under an address of its own in the feed."""
    body = f"<![CDATA[{STORY}]]>"
    items = [
        f"<item><title>Bulletin</title><guid isPermaLink='false'>b{n}</guid>"
        f"<description>{body}</description></item>"
        for n in (1, 2)
    ]
    found = read_listing(rss(*items, "<item><title>Nothing</title></item>"), URL)
    assert found.unread == 1
    assert len({each.url for each in found.entries}) == 2
    extract = read_item(found.entries[0], URL, Hints())
    assert extract.header.title == "Bulletin"
    assert FIRST in extract.text


@pytest.mark.parametrize("key", ["content_html", "content_text"])
def test_a_json_feed_is_read(key):
    """With links, and with articles of its own."""
    content = STORY if key == "content_html" else f"{FIRST}\n\n{SECOND}"
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Courier",
        "items": [
            {"id": "1", "url": "/holm", "title": "Holm", "date_published": "2026-10-19T06:00:00Z"},
            {"id": "2", "title": "Bulletin", key: content},
            {"id": "3", "title": "Nothing"},
        ],
    }
    data = json.dumps(feed).encode()
    assert is_listing(data)
    found = read_listing(data, URL)
    assert found.entries[0].url == "https://courier.example/holm"
    assert found.entries[0].published == datetime(2026, 10, 19, 6, tzinfo=UTC)
    assert FIRST in read_item(found.entries[1], URL, Hints()).text
    assert found.unread == 1


@pytest.mark.parametrize(
    "data", [b'{"version": "https://jsonfeed.org/version/1", "items": 3', b"{}"]
)
def test_a_broken_json_feed_is_said_to_be(data):
    """In a sentence."""
    with pytest.raises(ReadingError, match="feed"):
        read_listing(data, URL)


def test_a_feed_is_no_article():
    """Whatever type it is sent as."""
    item = "<item><link>https://courier.example/a</link></item>"
    assert "Watch it instead" in refused(rss(item))
