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


def test_a_key_that_is_no_address_is_no_link():
    """An item without a link is in the feed, or it is none."""
    key = "<guid>tag:courier.example,2026:7</guid>"
    full = (
        f"<item><title>Bulletin</title>{key}<description><![CDATA[{STORY}]]></description></item>"
    )
    found = read_listing(rss(full, f"<item><title>Nothing</title>{key}</item>"), URL)
    assert [entry.in_feed for entry in found.entries] == [True]
    assert found.unread == 1


@pytest.mark.parametrize(
    ("declared", "charset", "codec"),
    [("Shift_JIS", None, "cp932"), (None, "EUC-JP", "euc_jp"), ("UTF-8", None, "cp932")],
)
def test_a_feed_is_decoded_as_a_page_is(declared, charset, codec):
    """By its declaration or its header, with the characters that browsers read by it."""
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    title = "髙橋氏が一区で当選、開票つづく" if codec == "cp932" else "一区で当選、開票つづく"
    item = f"<item><title>{title}</title><link>https://courier.example/a</link></item>"
    data = (declaration + rss().decode().replace("</channel>", f"{item}</channel>")).encode(codec)
    assert read_listing(data, URL, charset).entries[0].title == title


UTF_16 = '<?xml version="1.0" encoding="UTF-16"?>'


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declaration", ["", UTF_16])
@pytest.mark.parametrize("charset", [None, "utf-16", "utf-8"])
def test_feeds_and_sitemaps_in_utf_16_are_read(codec, declaration, charset):
    """With a mark or without one; the bytes say more than a server does."""
    item = "<item><title>Überläufer in Holm</title><link>https://courier.example/a</link></item>"
    data = (declaration + rss(item).decode()).encode(codec)
    assert is_listing(data)
    assert read_listing(data, URL, charset).entries[0].title == "Überläufer in Holm"
    pages = "<urlset><url><loc>https://courier.example/a</loc></url></urlset>"
    data = (declaration + pages).encode(codec)
    assert [entry.url for entry in read_listing(data, URL, charset).entries] == [
        "https://courier.example/a"
    ]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_sitemap_of_plain_text_is_a_page_a_line(codec):
    """Each once; empty lines are none."""
    lines = "https://courier.example/a\r\nhttps://courier.example/b\n\nhttps://courier.example/a"
    data = lines.encode(codec)
    assert is_listing(data)
    found = [entry.url for entry in read_listing(data, URL).entries]
    assert found == ["https://courier.example/a", "https://courier.example/b"]


@pytest.mark.parametrize(
    "text",
    [
        "https://courier.example/a",
        f"https://courier.example/a\n{FIRST}",
        "https://a.example b\n" * 2,
    ],
)
def test_a_text_that_begins_with_an_address_is_no_sitemap(text):
    """Somebody pasted an article with its address, or the address alone."""
    assert not is_listing(text.encode())


def test_an_item_behind_a_redirect_has_its_own_address():
    """FeedBurner counts readers by it; the item names its address beside it."""
    item = (
        '<item xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><title>Ferry</title>'
        "<link>https://feeds.example/~r/courier/~3/x</link>"
        "<feedburner:origLink>https://courier.example/a</feedburner:origLink></item>"
    )
    assert read_listing(rss(item), URL).entries[0].url == "https://courier.example/a"


def test_a_sitemap_names_pages_and_not_their_pictures():
    """A picture has an address and a title, a film a date as well; none is the page's."""
    spaces = "".join(
        f' xmlns:{name}="http://www.google.com/schemas/sitemap-{name}/1"'
        for name in ("image", "news", "video")
    )
    picture = (
        "<image:image><image:loc>/1.jpg</image:loc><image:title>Quay</image:title></image:image>"
    )
    film = (
        "<video:video><video:title>Clip</video:title>"
        "<video:publication_date>2019-05-01</video:publication_date></video:video>"
    )
    news = (
        "<news:news><news:publication_date>2026-10-19</news:publication_date>"
        "<news:title>Ferry sails</news:title></news:news>"
    )
    data = (
        f"<urlset{spaces}><url>{picture}<loc>/a</loc>{film}</url>"
        f"<url>{picture}{film}{news}<loc>/b</loc></url></urlset>"
    )
    first, second = read_listing(data.encode(), "https://courier.example/map.xml").entries
    assert (first.url, first.title, first.published) == ("https://courier.example/a", "", None)
    assert (second.url, second.title) == ("https://courier.example/b", "Ferry sails")
    assert second.published == date(2026, 10, 19)


BROKEN = "http://[courier.example/b"


@pytest.mark.parametrize(
    "data",
    [
        f"<urlset><url><loc>{BROKEN}</loc></url><url><loc>/a</loc></url></urlset>",
        (
            '{"version": "https://jsonfeed.org/version/1", '
            f'"items": [{{"url": "{BROKEN}"}}, {{"url": "/a"}}]}}'
        ),
        f"<rss><channel><item><link>{BROKEN}</link></item><item><link>/a</link></item></channel></rss>",
    ],
)
def test_one_broken_address_does_not_spoil_a_listing(data):
    """The others are read."""
    entries = read_listing(data.encode(), URL).entries
    assert [entry.url for entry in entries] == ["https://courier.example/a"]


def test_a_link_through_a_search_engine_is_the_page_that_it_leads_to():
    """Alerts give such links, and the engine's robots.txt forbids to follow them."""
    link = "https://www.google.com/url?rct=j&amp;sa=t&amp;url=https://tide.example/a%3Fid%3D7&amp;ct=ga"
    [entry] = read_listing(rss(f"<item><link>{link}</link></item>"), URL).entries
    assert entry.url == "https://tide.example/a?id=7"


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
