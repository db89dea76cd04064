"""What a feed says of its items: who wrote them, where they are, and what is only for a program."""

import json

import pytest

from ingest.reading import read_bytes
from ingest.reading.documents import Entry, Hints
from ingest.reading.listings import read_listing
from ingest.reading.registry import read_fetched, read_item
from tests.ingest.reading.pages import FIRST, SECOND, STORY, THIRD, URL, a_page
from tests.ingest.reading.test_kinds import one

HOME = "https://courier.example"
BODY = STORY.replace("<", "&lt;")


def rss(item, more=""):
    """Write a feed of one item."""
    names = "http://purl.org/dc/elements/1.1/"
    return (
        f'<rss version="2.0" xmlns:dc="{names}" xmlns:yandex="http://news.yandex.ru"><channel>'
        f"<title>The Holm Courier</title><link>{HOME}</link>{more}<item><title>Holm</title>"
        f"<link>{HOME}/holm</link>{item}</item></channel></rss>"
    )


@pytest.mark.parametrize(
    ("feed", "name", "authors"),
    [
        (rss(f"<dc:creator>Mara Reyl</dc:creator><description>{BODY}</description>"), "a.rss", 1),
        (
            rss(f"<author>x@courier.com (Mara Reyl)</author><description>{BODY}</description>"),
            "a.rss",
            1,
        ),
        (
            rss(f"<dc:creator>Mara Reyl and Jo Penn</dc:creator><description>{BODY}</description>"),
            "a.rss",
            2,
        ),
        (
            (
                '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Holm Courier</title>'
                f'<link href="{HOME}"/><entry><title>Holm</title><id>1</id>'
                f'<link href="{HOME}/holm"/>'
                f"<author><name>Mara Reyl</name></author>"
                f'<content type="html">{BODY}</content></entry>'
                "</feed>"
            ),
            "a.atom",
            1,
        ),
        (
            json.dumps(
                {
                    "version": "https://jsonfeed.org/version/1.1",
                    "title": "The Holm Courier",
                    "home_page_url": HOME,
                    "items": [
                        {
                            "id": "1",
                            "url": f"{HOME}/holm",
                            "title": "Holm",
                            "content_html": STORY,
                            "authors": [{"name": "Mara Reyl"}, {"name": "Jo Penn"}],
                        }
                    ],
                }
            ),
            "feed.json",
            2,
        ),
        (rss(f"<dc:creator>mreyl</dc:creator><description>{BODY}</description>"), "a.rss", 0),
        (rss(f"<dc:creator>admin2</dc:creator><description>{BODY}</description>"), "a.rss", 0),
    ],
)
def test_a_feed_names_the_writers_of_its_items(feed, name, authors):
    """People, and not the accounts by which a program knows them."""
    header = one(feed, name).extract.header
    assert header.authors == ("Mara Reyl", "Jo Penn")[:authors]
    assert header.outlet == "The Holm Courier"


def test_the_page_itself_says_best_who_wrote_it():
    """The feed fills in what is missing."""
    entry = Entry(URL, "Holm", authors=("Mara Reyl",))
    for byline, author in (("", "Mara Reyl"), ("<p>By Jo Penn</p>", "Jo Penn")):
        page = a_page(byline + STORY).encode()
        header = read_fetched(page, URL, "text/html", None, Hints(), entry).header
        assert header.authors == (author,)


def test_the_links_in_a_feed_that_is_a_file_are_those_of_its_site():
    """The file has no address that they could be relative to."""
    feed = rss(f"<description>{BODY}</description>").replace(f"{HOME}/holm", "/holm")
    header = one(feed, "saved.rss").extract.header
    assert (header.url, header.outlet) == (f"{HOME}/holm", "The Holm Courier")


def test_the_whole_text_of_an_item_is_read_where_the_feed_has_it():
    """Some feeds have a short description beside it."""
    item = f"<description>{FIRST}</description><yandex:full-text>{FIRST} {SECOND} {THIRD}"
    feed = rss(f"{item}</yandex:full-text>")
    assert one(feed, "a.rss").extract.text == f"{FIRST} {SECOND} {THIRD}"


def test_what_a_site_has_a_program_put_into_a_post_is_no_text():
    """A word in brackets, as of an editor, is."""
    form = '[contact-form-7 id="12" title="Write to us"][/su_box id=1]'
    text = STORY.replace("the lift", f"the lift {form} [of the hall]")
    post = (
        f"<content:encoded><![CDATA[{text}]]></content:encoded><wp:status>publish</wp:status>"
        "<wp:post_type>post</wp:post_type>"
    )
    names = (
        '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:wp="http://wordpress.org/export/1.2/"'
    )
    [entry] = read_listing(rss(post).replace("<rss", names).encode(), "export.xml").entries
    assert "contact-form" not in entry.content
    assert "su_box" not in entry.content
    assert "[of the hall]" in entry.content


def test_markup_that_is_escaped_twice_is_markup():
    """Inside CDATA some programs escape it once more; a page that shows markup has its own."""
    twice = BODY.replace("ended", "&lt;del&gt;began&lt;/del&gt; ended").replace("&lt;", "&amp;lt;")
    [entry] = read_listing(rss(f"<description>{twice}</description>").encode(), HOME).entries
    assert read_item(entry, HOME, Hints()).text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
    shown = STORY.replace("ended", "ended with &lt;/html&gt;")
    [entry] = read_listing(
        rss(f"<description><![CDATA[{shown}]]></description>").encode(), HOME
    ).entries
    assert "ended with </html> at two" in read_item(entry, HOME, Hints()).text


@pytest.mark.parametrize(
    ("end", "is_cut"),
    [
        ("… [&amp;hellip;]", True),
        (" and [...]", True),
        ("… &lt;a href='/holm'&gt;Continue reading&lt;/a&gt;", True),
        (" The rest … is silence.", False),
        (" “I do not know …”", False),
        ("", False),
    ],
)
def test_an_item_that_breaks_off_is_a_part_of_its_article(end, is_cut):
    """It is read where the page cannot be, and is said to be its beginning."""
    [entry] = read_listing(rss(f"<description>{BODY}{end}</description>").encode(), HOME).entries
    assert read_item(entry, HOME, Hints()).header.preview is is_cut


def test_a_post_of_wordpress_names_its_writers():
    """They are embedded if whoever asks for the posts asks for them."""
    post = {
        "date_gmt": "2026-11-03T21:15:00",
        "link": f"{HOME}/holm",
        "title": {"rendered": "Holm"},
        "content": {"rendered": STORY, "protected": False},
        "_embedded": {"author": [{"name": "Mara Reyl"}, {"name": "admin"}]},
    }
    header = one(json.dumps([post]), "posts.json").extract.header
    assert header.authors == ("Mara Reyl",)
    post["_embedded"] = ["x"]
    assert one(json.dumps([post]), "posts.json").extract.header.authors == ()


@pytest.mark.parametrize("key", ["messages", "db"])
def test_an_export_that_is_one_object_is_refused_with_what_to_do(key):
    """It holds articles somewhere, and nobody knows which are public."""
    [found] = read_bytes(json.dumps({"name": "x", key: [{"a": 1}]}).encode(), "a.json", Hints())
    assert f"with others in “{key}”" in str(found.problem)
    assert "Give each article as an object of its own" in str(found.problem)
