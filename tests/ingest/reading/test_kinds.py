"""Files of every kind: what is read of each, as its reader would, or why it is refused."""

import base64
import csv
import io
import json
import plistlib
import quopri
from datetime import date, timedelta

import pytest

from ingest.model import day_of
from ingest.reading import Hints, read_bytes
from tests.ingest.reading.files import (
    docx,
    epub,
    mail,
    odt,
    packed,
    paragraph,
    rtf,
    run,
    saved,
    table,
)
from tests.ingest.reading.pages import FIRST, SECOND, STORY, a_page

SAID = "Turnout was 61.3 per cent in Holm, the officer said."
ROW = "Final count · Oda Brenk · Votes: 9,310"


def one(data, name, **hints):
    data = data if isinstance(data, bytes) else data.encode()
    [found] = read_bytes(data, name, Hints(**hints))
    return found


def test_a_newsletter_is_its_senders():
    """Outlet, day and title stand in its header; to whom it was sent is not kept."""
    page = a_page(
        f"{STORY}<p>This letter was sent to reader@in.example by Holm Letters.</p>"
        "<p>Unsubscribe | View in your browser</p>"
    )
    extract = one(mail(page), "letter.eml").extract
    assert (extract.header.outlet, extract.header.title) == (
        "The Holm Letter",
        "Holm result: Brenk holds “her” seat",
    )
    assert extract.header.published.utcoffset() == timedelta(hours=9)
    assert FIRST in extract.text
    for word in ("@", "Unsubscribe", "browser"):
        assert word not in extract.text


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("utf-8", "quoted-printable"), ("windows-1252", "base64"), ("iso-8859-15", "8bit")],
)
def test_a_letter_is_decoded_as_it_was_sent(charset, encoding):
    """Its header names the charset and how its bytes are written."""
    said = "La préfète a dit que la participation à Holm fut de 61,4 %, et Mme Brenk a été élue."
    data = said.encode(charset)
    sent = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}
    head = (
        "From: Le Courrier <c@x.example>\nSubject: Holm\nDate: Sat, 7 Nov 2026 06:12:00 +0100\n"
        f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
    )
    extract = one(head.encode() + sent.get(encoding, bytes)(data), "a.eml").extract
    assert extract.text == said


def test_a_letter_in_japanese_is_decoded_as_it_was_sent():
    """Mail in Japanese is in ISO-2022-JP, its header too."""
    name = base64.b64encode("北斗新聞".encode("iso2022_jp")).decode()
    said = "北斗町の開票は月曜日の午前二時に終わり、選挙管理委員会が旧税関で結果を発表したという。"
    head = (
        f"From: =?ISO-2022-JP?B?{name}?= <n@hokuto.example>\nSubject: Hokuto\n"
        "Date: Sat, 7 Nov 2026 06:12:00 +0900\nContent-Type: text/plain; charset=ISO-2022-JP\n\n"
    )
    extract = one(head.encode() + said.encode("iso2022_jp"), "a.eml").extract
    assert (extract.header.outlet, extract.text) == ("北斗新聞", said)


@pytest.mark.parametrize(
    "head",
    [
        (
            "---------- Forwarded message ---------\nFrom: Holm Courier <c@x.example>\n"
            "Date: Fri, 6 Nov 2026 at 10:00\nSubject: Brenk wins Tarn\nTo: <me@y.example>"
        ),
        (
            "-------- Weitergeleitete Nachricht --------\nBetreff: \tBrenk wins Tarn\n"
            "Datum: \tFri, 6 Nov 2026 10:00:00 +0100\nVon: \tHolm Courier <c@x.example>"
        ),
        "差出人: Holm Courier <c@x.example>\n日時: 2026年11月6日(金) 10:00\n件名: Brenk wins Tarn",
        "> De: Holm Courier <c@x.example>\n> Objet: Brenk wins Tarn\n> Date: 6 novembre 2026",
    ],
)
def test_a_letter_that_is_forwarded_is_its_first_senders(head):
    """Whoever forwards it has not written it."""
    mark = "> " if head.startswith(">") else ""
    letter = f"fyi\n\n{head}\n{mark}\n{mark}{FIRST}\n"
    extract = one(mail(plain=letter), "a.eml").extract
    assert (extract.header.outlet, extract.header.title) == ("Holm Courier", "Brenk wins Tarn")
    assert day_of(extract.header.published) == date(2026, 11, 6)
    assert extract.text == FIRST


@pytest.mark.parametrize(
    ("head", "outlet", "day"),
    [
        (
            "On Fri, 6 Nov 2026 at 10:00, Holm Courier\n<c@x.example> wrote:",
            "x.example",
            date(2026, 11, 6),
        ),
        ("Am 06.11.2026 um 10:00 schrieb Holm Courier <c@x.example>:", "x.example", None),
        ("", "unverified paste", None),
    ],
)
def test_a_letter_below_a_word_is_read(head, outlet, day):
    """Whoever hands it on has answered it, and has written nothing that could be quoted."""
    letter = f"Worth adding?\n\n{head}\n\n> {FIRST}\n>\n> {SECOND}\n"
    extract = one(mail(plain=letter), "a.eml").extract
    assert (extract.header.outlet, extract.text) == (outlet, f"{FIRST}\n\n{SECOND}")
    assert extract.header.title == "Holm result: Brenk holds “her” seat"
    if day:
        assert day_of(extract.header.published) == day


def test_a_letter_that_a_page_quotes_below_a_word_is_read():
    """Programs mark it in the page, with the line that introduces it."""
    page = (
        "<p>Worth adding?</p><div class='gmail_quote'><div class='gmail_attr'>On Fri, 6 Nov 2026 "
        "at 10:00, Holm Courier &lt;c@x.example&gt; wrote:</div>"
        f"<blockquote><p>{FIRST}</p><p>{SECOND}</p></blockquote></div>"
    )
    extract = one(mail(page), "a.eml").extract
    assert (extract.header.outlet, extract.text) == ("x.example", f"{FIRST}\n\n{SECOND}")
    assert day_of(extract.header.published) == date(2026, 11, 6)


def test_an_answer_is_its_writers():
    """What it answers is quoted below it."""
    answer = "The county counted 7,130 votes for Oda Brenk, and none of them twice, I can say."
    letter = f"{answer}\n\nOn Fri, 6 Nov 2026 at 10:00, A <c@x.example> wrote:\n> {FIRST}\n"
    extract = one(mail(plain=letter), "a.eml").extract
    assert (extract.header.outlet, extract.text) == ("The Holm Letter", answer)


def test_a_letter_that_is_attached_to_another_is_read():
    """The one around it only hands it on."""
    inner = mail(plain=FIRST).decode()
    outer = (
        "From: Friend <f@y.example>\nSubject: Fwd\nDate: Sun, 8 Nov 2026 06:12:00 +0000\n"
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="o"\n\n--o\n'
        f"Content-Type: text/plain\n\nfyi\n--o\nContent-Type: message/rfc822\n\n{inner}\n--o--\n"
    )
    extract = one(outer, "a.eml").extract
    assert (extract.header.outlet, extract.text) == ("The Holm Letter", FIRST)


def test_a_letter_keeps_its_sentences():
    """Rows of its layout, and sentences with an address in them; not the signature or replies."""
    row = "<table><tr><td><table>{}</table></td></tr></table>"
    cells = "".join(f"<tr><td>{cell}</td></tr>" for cell in ("Holm", FIRST, SECOND, "<a>Out</a>"))
    assert one(mail(row.format(cells)), "a.eml").extract.text.endswith(f"{FIRST}\n\n{SECOND}")
    said = "The office (count@holm.example) said that Oda Brenk held Holm with 7,130 votes."
    plain = f"{FIRST}\n\n{said}\n\n> an older mail\n\n-- \nAda Lund\n"
    text = one(mail(plain=plain), "a.eml").extract.text
    assert text == f"{FIRST}\n\n{said.replace('count@holm.example', '[…]')}"


def test_a_letter_without_a_page_is_read_as_text():
    """The plain part says the same; without either there is nothing."""
    extract = one(
        mail(plain=f"{FIRST}\r\n\r\n{SECOND}", sender="<a@news.example>"), "a.eml"
    ).extract
    assert extract.text == f"{FIRST}\n\n{SECOND}"
    assert extract.header.outlet == "news.example"
    assert "holds no text" in str(one(mail(), "a.eml").problem)


def test_a_page_saved_with_everything_inside_stands_where_it_was():
    """A browser writes the address into the file, in three ways."""
    url = "https://courier.example/politics/holm"
    page = a_page()
    by_hand = f"<!-- saved from url=(0037){url} -->\n{page}"
    single = page.replace(
        "<head>", f"<head><!-- Page saved with SingleFile \n url: {url} \n saved date: x -->"
    )
    picture = f'<img src="data:image/png;base64,{"A" * 6_000_000}">'
    for data, name in (
        (saved(page), "a.mhtml"),
        (by_hand, "a.html"),
        (single.replace("<p>", f"{picture}<p>", 1), "b.html"),
    ):
        extract = one(data, name).extract
        assert extract.header.url == url
        assert FIRST in extract.text


def test_a_page_that_safari_saves_stands_where_it_was():
    """Its archive holds the page, its address and its encoding."""
    url = "https://courier.example/politics/holm"
    main = {"WebResourceData": a_page().encode(), "WebResourceURL": url}
    data = plistlib.dumps({"WebMainResource": main}, fmt=plistlib.FMT_BINARY)
    extract = one(data, "holm.webarchive").extract
    assert (extract.header.url, FIRST in extract.text) == (url, True)
    assert "broken webarchive file" in str(one(data[:60], "holm.webarchive").problem)


def test_a_word_document_is_read_as_it_is_printed():
    """What changes have taken out, what is struck or hidden, and signs of notes are not there."""
    body = (
        paragraph("Holm counted", "Title")
        + paragraph(
            run("Turnout was ")
            + run("71", "<w:strike/>")
            + "<w:del><w:r><w:delText>9</w:delText></w:r></w:del>"
            + f"<w:moveFrom>{run('moved')}</w:moveFrom><w:ins>{run('61.3')}</w:ins>"
            + run("2", '<w:vertAlign w:val="superscript"/>')
            + run("hidden", "<w:vanish/>")
            + run(" per cent in Holm, the officer said.")
        )
        + paragraph("Final count")
        + table([["Name", "Votes"], ["Oda Brenk", "9,310"]])
    )
    for name in ("a.docx", "paste"):
        extract = one(docx(body), name, outlet="Holm Council", published=date(2026, 11, 7)).extract
        assert extract.text.split("\n\n") == [SAID, "Final count", ROW]
        assert (extract.header.title, extract.header.outlet) == ("Holm counted", "Holm Council")
        assert extract.header.published == date(2026, 11, 7)


def test_an_opendocument_is_read_as_it_is_printed():
    """Its styles say what is struck; notes stand apart."""
    cells = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{c}</text:p></table:table-cell>" for c in row)
        + "</table:table-row>"
        for row in (("Name", "Votes"), ("Oda Brenk", "9,310"))
    )
    body = (
        '<text:h text:outline-level="1">Holm counted</text:h>'
        '<text:p>Turnout was <text:span text:style-name="T1">71</text:span> 61.3<text:note>'
        "<text:note-body><text:p>a note</text:p></text:note-body></text:note> per cent<text:s/>in "
        f"Holm, the officer said.</text:p><text:p>Final count</text:p><table:table>{cells}"
        "</table:table>"
    )
    style = (
        '<style:style style:name="T1"><style:text-properties '
        'style:text-line-through-style="solid"/></style:style>'
    )
    extract = one(odt(body, style), "a.odt").extract
    assert extract.text.split("\n\n") == [SAID, "Final count", ROW, "a note"]


def test_rich_text_is_read_as_it_is_printed():
    """Code pages, characters by number and surrogate pairs; nothing struck, nothing of the file."""
    data = rtf(
        rb"\b Holm counted\b0\par\par Turnout was {\strike 71} 61.3{\super 2} per cent in "
        rb"Gr\'fcnau, \u8220?at last\u8221? the officer said \u-10179?\u-8704?."
        rb"\par Final count\par "
        rb"\trowd\intbl Name\cell Votes\cell\row\trowd\intbl Oda Brenk\cell 9,310\cell\row\pard "
        rb"That was all of it in Holm, and nobody contested it.\par"
    )
    text = one(data, "a.rtf").extract.text
    assert "Turnout was 61.3 per cent in Grünau, “at last” the officer said 😀." in text
    assert "Oda Brenk · Votes: 9,310" in text
    assert "Somebody" not in text
    assert "Times" not in text


def test_a_book_holds_an_article_a_chapter():
    """A newspaper as a book says whose it is and of which day; its cover is no article."""
    other = a_page(f"<p>{SECOND}</p><p>{FIRST}</p>", title="The ferry of Holm")
    found = list(
        read_bytes(epub([a_page(), "<html></html>", other]), "week.epub", Hints(title="x"))
    )
    assert [each.extract.header.title for each in found] == [
        "Holm counted by two",
        "The ferry of Holm",
    ]
    assert {each.extract.header.outlet for each in found} == {"Sarnholt Ledger"}
    assert found[0].extract.header.published == date(2026, 11, 7)


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        (
            'ward,name,votes\nHolm 1,Oda Brenk,"1,310"\nHolm 2,Oda Brenk,\n',
            "holm-wards.csv",
            "holm wards · Holm 2 · name: Oda Brenk · votes: — · holm-wards.csv R3",
        ),
        (
            "Gebiet;Wähler;Gültig\nSüdholm;5.904;5.791\n",
            "a.csv",
            "a · Südholm · Wähler: 5.904 · Gültig: 5.791 · a.csv R2",
        ),
        (
            "地区\t候補\t得票\n北区\t青木\t3210\n南区\t白石\t2980\n",
            "開票.tsv",
            "開票 · 北区 · 候補: 青木 · 得票: 3210 · 開票.tsv R2",
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_every_row_of_a_table_carries_its_headers(text, name, line, encoding):
    """An empty cell is empty, and no other row's; the delimiter is told from the rows."""
    if encoding == "cp1252" and name != "a.csv":
        encoding = "utf-8-sig"
    padded = text + text.split("\n")[1] + "\n"
    assert line in one(padded.encode(encoding), name).extract.text.split("\n\n")


@pytest.mark.parametrize("text", ["a,b\n", "1,2\n3,4\n", "just one line of text\nand another\n"])
def test_a_table_without_named_columns_is_refused(text):
    """A figure without a header is nobody's."""
    assert "names its columns" in str(one(text, "a.csv").problem)


def test_posts_are_articles():
    """Of WordPress and of Mastodon; what is passed on, or private, is neither."""
    posts = [
        {
            "id": 7,
            "date": "2026-11-03T22:15:00",
            "date_gmt": "2026-11-03T21:15:00",
            "link": "https://ledger.example/?p=7",
            "title": {"rendered": "Holm&#8217;s result"},
            "content": {"rendered": f"<p>{FIRST}</p>", "protected": False},
        }
    ]
    [found] = read_bytes(json.dumps(posts, indent=1).encode(), "posts.json", Hints(outlet="Ledger"))
    assert (found.extract.header.title, found.extract.text) == ("Holm’s result", FIRST)
    assert found.extract.header.url == "https://ledger.example/?p=7"
    assert found.extract.header.published.hour == 21
    own = {
        "id": "1",
        "created_at": "2026-11-03T20:00:00Z",
        "account": {"acct": "desk", "display_name": "Holm Desk"},
        "url": "https://social.example/@desk/1",
        "content": f"<p>{SECOND}</p>",
        "visibility": "public",
    }
    toots = [
        own,
        own | {"reblog": own},
        own | {"visibility": "direct", "url": "https://s.example/2"},
    ]
    [first] = read_bytes(json.dumps(toots).encode(), "toots.json", Hints())
    assert (first.extract.text, first.extract.header.outlet) == (SECOND, "Holm Desk")


def test_a_feed_that_is_handed_in_gives_what_it_carries():
    """Of what it only names it says how to get it."""
    items = (
        f"<item><title>Holm</title><link>https://l.example/1</link><description>{FIRST}{SECOND}"
        "</description></item><item><title>Else</title><link>https://l.example/2</link></item>"
    )
    feed = f'<rss version="2.0"><channel><title>L</title>{items}</channel></rss>'
    read, left = read_bytes(feed.encode(), "feed.xml", Hints(outlet="Ledger"))
    assert read.extract.header.url == "https://l.example/1"
    assert "only names 1 of its articles" in str(left.problem)


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (
            b"https://l.example/1\nhttps://l.example/2\n",
            "links.txt",
            (
                "links.txt is a list of addresses (2) and no article. Add the addresses instead: "
                "https://l.example/1, https://l.example/2"
            ),
        ),
        (
            (
                b'<rss version="2.0"><channel><item><title>Night 1</title><enclosure url="https://'
                b'l.example/1.mp3" type="audio/mpeg" length="9"/></item></channel></rss>'
            ),
            "feed.xml",
            (
                "feed.xml has items with neither a text nor an address (1). To add them, paste "
                "their texts, or add files with what was said."
            ),
        ),
    ],
)
def test_a_list_that_is_no_feed_and_a_feed_of_sound_say_what_to_do(data, name, sentence):
    """No feed is there to watch, and no text to read."""
    [refused] = read_bytes(data, name, Hints())
    assert str(refused.problem) == sentence


def test_the_items_of_a_feed_that_is_handed_in_are_its_outlets():
    """Its title names the outlet; an item of another site keeps its own, or its host."""
    item = "<item><title>Holm</title><link>{}</link><description>{}</description>{}</item>"
    items = (
        item.format("https://www.l.example/1", FIRST + SECOND, "")
        + item.format("https://g.example/2", FIRST + FIRST, "")
        + item.format("https://t.example/3", SECOND + FIRST, "<source url='x'>Tarn Sun</source>")
    )
    feed = (
        '<rss version="2.0"><channel><title>Sarnholt &amp; Marrowen Ledger</title>'
        f"<link>https://l.example/</link>{items}</channel></rss>"
    )
    found = read_bytes(feed.encode(), "feed.xml", Hints())
    outlets = {each.extract.header.url: each.extract.header.outlet for each in found}
    assert outlets == {
        "https://www.l.example/1": "Sarnholt & Marrowen Ledger",
        "https://g.example/2": "g.example",
        "https://t.example/3": "Tarn Sun",
    }


def test_a_list_of_feeds_offers_them():
    """It is no article."""
    opml = (
        '<opml version="2.0"><body><outline text="L" xmlUrl="https://l.example/f"/></body></opml>'
    )
    assert "https://l.example/f (L)" in str(one(opml, "a.opml").problem)


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (docx("").replace(b"PK", b"XX"), "a.docx", "broken Word"),
        (docx(""), "a.docx", "holds no text"),
        (packed({"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), "a.docx", "entities"),
        (packed({"word/document.xml": "<a>" + " " * 30_000_000 + "</a>"}), "a.docx", "unpacks to"),
        (packed({"other.xml": "<a/>"}), "a.odt", "broken OpenDocument"),
        (packed({"x": "y"}), "a.zip", "cannot be read"),
        (epub(["<html></html>"]), "a.epub", "holds no text"),
        (b"not rich at all", "a.rtf", "broken RTF"),
        (rtf(b"{" * 5000), "a.rtf", "broken RTF"),
        (b"\x00\x01 no mail", "a.eml", "broken EML"),
        (b"MIME-Version: 1.0\n\nno page", "a.mhtml", "broken MHTML"),
        (b"<opml><body/></opml>", "a.opml", "lists no feeds"),
    ],
)
def test_what_cannot_be_read_says_why(data, name, words):
    """A broken file is a sentence."""
    found = one(data, name)
    assert found.extract is None
    assert words in str(found.problem)
    assert name in str(found.problem)


def test_the_addresses_of_links_in_plain_text_are_not_the_letters():
    """Programs write them behind their words, and above the letter where it is on the web."""
    plain = (
        "View this post on the web at https://l.example/p/holm\n\n"
        f"{FIRST[:-1]} [https://l.example/officer].\n\nThe lift<https://l.example/lift> of Holm "
        "had stopped working an hour before, and nobody [of the crew] was there to mend it.\n"
    )
    assert one(mail(plain=plain), "letter.eml").extract.text == (
        f"{FIRST}\n\nThe lift of Holm had stopped working an hour before, and nobody [of the crew] "
        "was there to mend it."
    )


def test_an_export_of_wordpress_gives_what_its_site_shows():
    """Drafts, private and protected posts, pictures and menus are nobody's coverage."""

    def item(title, status="publish", kind="post", more=""):
        return (
            f"<item><title>{title}</title><link>https://l.example/{title}</link>{more}"
            f"<content:encoded><![CDATA[<p>{title}: {FIRST}</p><p>{SECOND}</p>"
            '[caption id="a1" width="300"]<img src="b.jpg"> A box[/caption][gallery ids="1,2"]'
            f"]]></content:encoded><wp:post_type>{kind}</wp:post_type>"
            f"<wp:status>{status}</wp:status></item>"
        )

    items = "".join(
        [
            item("Shown"),
            *(item(status, status) for status in ("draft", "private", "pending", "future")),
            item("locked", more="<wp:post_password>pilot</wp:post_password>"),
            item("picture", "inherit", "attachment"),
            *(item(kind, kind=kind) for kind in ("nav_menu_item", "wp_block", "custom_css")),
        ]
    )
    export = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Quay</title>'
        f"<wp:wxr_version>1.2</wp:wxr_version>{items}</channel></rss>"
    )
    extract = one(export, "export.xml").extract
    assert extract.header.title == "Shown"
    assert "[" not in extract.text
    assert SECOND in extract.text


@pytest.mark.parametrize(
    ("readers", "is_read"),
    [
        ({"to": ["https://www.w3.org/ns/activitystreams#Public"]}, True),
        ({"to": "https://s.example/desk/followers", "cc": ["as:Public"]}, True),
        ({"to": ["https://s.example/desk/followers"], "cc": []}, False),
        ({"to": ["https://s.example/users/oda"]}, False),
    ],
)
def test_an_export_of_mastodon_gives_what_everybody_may_read(readers, is_read):
    """Its posts to followers and to single readers name no visibility."""
    note = {"id": "1", "url": "https://s.example/1", "content": f"<p>{FIRST}</p>", **readers}
    outbox = json.dumps({"orderedItems": [{"type": "Create", "object": note}]})
    texts = [
        found.extract.text
        for found in read_bytes(outbox.encode(), "a.json", Hints())
        if found.extract
    ]
    assert texts == [FIRST] * is_read


def test_a_draft_from_the_interface_of_wordpress_is_not_read():
    """Whoever is logged in gets drafts as well."""
    post = {
        "id": 7,
        "link": "https://l.example/7",
        "status": "draft",
        "title": {"rendered": "Holm"},
        "content": {"rendered": f"<p>{FIRST}</p>"},
    }
    assert all(
        found.extract is None
        for found in read_bytes(json.dumps([post]).encode(), "a.json", Hints())
    )


def test_an_item_that_is_dated_once_was_published_then():
    """RSS 1.0, and feeds with a Dublin Core date under any prefix."""
    feed = (
        '<rss version="2.0" xmlns:d="http://purl.org/dc/elements/1.1/"><channel><title>L</title>'
        f"<item><title>Holm</title><link>https://l.example/1</link><d:date>2026-11-03T07:30:00Z"
        f"</d:date><description>{FIRST}{SECOND}</description></item></channel></rss>"
    )
    assert day_of(one(feed, "feed.xml").extract.header.published) == date(2026, 11, 3)


@pytest.mark.parametrize("changed", ["a:updated", "t:modified"])
@pytest.mark.parametrize("is_first", [True, False])
def test_an_item_that_was_changed_later_keeps_its_day(changed, is_first):
    """A Dublin Core date beside one of change is that of publication, in either order."""
    dates = ["<dc:date>2026-11-03T07:30:00Z</dc:date>", f"<{changed}>2026-11-05</{changed}>"]
    feed = (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:a="http://www.w3.org/2005/Atom" xmlns:t="http://purl.org/dc/terms/"><channel>'
        f"<item><title>Holm</title><link>https://l.example/1</link>"
        f"{''.join(dates if is_first else reversed(dates))}"
        f"<description>{FIRST}{SECOND}</description></item></channel></rss>"
    )
    assert day_of(one(feed, "feed.xml").extract.header.published) == date(2026, 11, 3)


@pytest.mark.parametrize(
    ("headers", "delimiter", "ending", "encoding"),
    [
        (("title", "date", "url", "author", "text"), ",", "csv", "utf-8"),
        (("Headline", "Published_at", "Link", "Byline", "Body"), ";", "csv", "utf-8-sig"),
        (("title", "date", "url", "author", "content"), "\t", "tsv", "utf-16"),
    ],
)
def test_a_table_whose_rows_are_articles_gives_them(headers, delimiter, ending, encoding):
    """Each whole, with what its row says of it; a row without a text is named."""
    long_text = "\n\n".join([FIRST, *(f"{SECOND} Box {number}." for number in range(40))])
    rows = [
        ("Holm counted", "2026-10-19", "https://courier.example/1", "Ada Lund", long_text),
        ("No text", "2026-10-20", "https://courier.example/2", "Ada Lund", ""),
        ("Ulm waits", "2026-10-21", "https://courier.example/3", "Bo Quist", f"“{SECOND}”"),
    ]
    export = io.StringIO()
    csv.writer(export, delimiter=delimiter).writerows([headers, *rows])
    data = export.getvalue().encode(encoding)
    first, empty, last = read_bytes(data, f"export.{ending}", Hints(outlet="The Courier"))
    assert first.extract.text == long_text
    assert first.extract.header.title == "Holm counted"
    assert first.extract.header.authors == ("Ada Lund",)
    assert first.extract.header.published == date(2026, 10, 19)
    assert first.extract.header.url == "https://courier.example/1"
    assert str(empty.problem).startswith(f"export.{ending} row 3 has no text")
    assert last.extract.header.title == "Ulm waits"


def test_a_table_with_notes_in_a_column_of_text_is_a_table():
    """Short texts, or rows without a title, are cells like others."""
    for written in (
        "ward,text,votes\nHolm,Recounted on Monday after a complaint by the League,412\n",
        "title,text,votes\nHolm,recounted,412\nUlm,not counted,\n",
    ):
        found = one(written.encode(), "wards.csv")
        assert "Holm" in found.extract.text
        assert "wards.csv R2" in found.extract.text


@pytest.mark.parametrize(
    "record",
    [
        {
            "headline": "Holm counted by two",
            "articleBody": SECOND,
            "datePublished": "2026-11-02",
            "publisher": {"name": "The Courier"},
            "author": [{"name": "Mara Reyl"}],
        },
        {
            "Headline": "Holm counted by two",
            "Full Text": SECOND,
            "Publication Date": "2026-11-02",
            "Newspaper": "The Courier",
            "Byline": "Mara Reyl",
        },
    ],
)
def test_the_fields_of_a_record_are_known_however_they_are_spelt(record):
    """As in linked data, and as databases of newspapers export them."""
    extract = one(json.dumps([record]).encode(), "articles.json").extract
    header = extract.header
    assert (header.title, header.outlet) == ("Holm counted by two", "The Courier")
    assert (header.published, header.authors) == (date(2026, 11, 2), ("Mara Reyl",))
    assert extract.text == SECOND
