"""Title, date, authors and address: what agrees, is near and is possible is believed."""

from datetime import UTC, date, datetime

import pytest

from ingest.model import Header, Kind, day_of
from ingest.reading.feedfiles import with_address
from ingest.reading.registry import is_next_page, redirect_target
from tests.ingest.reading.pages import JAPANESE, STORY, URL, a_page, lines, linked, read

NOW = datetime(2026, 10, 28, 12, tzinfo=UTC)
TITLE = "Holm counted by two"
OTHER = "Ferry fares to fall"


def title(page, **more):
    return read(page, **more).header.title


@pytest.mark.parametrize(
    "page",
    [
        a_page(around="<header><h1><a href='/'>The Courier</a></h1></header>"),
        a_page(around="<div class='overlay'><h1>Log In</h1></div>"),
        a_page(
            around="<nav><h1>Menu</h1></nav>",
            head=f'<meta property="og:title" content="{TITLE}">',
        ),
        a_page(
            title=f"{TITLE} | The Courier",
            h1=f"<h2>{TITLE}</h2>",
            head='<meta property="og:site_name" content="The Courier">',
            around="<h1>The Courier</h1>",
        ),
        a_page(head=linked(headline=OTHER, url="https://courier.example/ferries")),
        a_page(head=linked(headline=TITLE) + linked(headline=OTHER, url="/ferries")),
        a_page(
            title=f"The Courier: {TITLE}",
            h1=f"<h1>{TITLE}</h1>",
            head='<meta property="og:site_name" content="The Courier">',
        ),
    ],
)
def test_the_title_is_what_most_declarations_agree_on(page):
    """Not a logo, a login, another story's, or the site's name with it."""
    assert title(page) == TITLE


def test_a_related_story_first_in_the_data_is_not_this_one():
    """Nor are its day and its author."""
    graph = (
        '<script type="application/ld+json">{"@graph": ['
        '{"@type": "NewsArticle", "headline": "Ferry fares to fall", "@id": "/ferries", '
        '"datePublished": "2024-03-01", "author": {"name": "Somebody Else"}}, '
        '{"@type": "WebPage", "mainEntity": {"@type": "NewsArticle", "headline": '
        '"Holm counted by two", "mainEntityOfPage": {"@id": "' + URL + '"}, '
        '"datePublished": "2026-10-26T08:00:00Z", "author": [{"name": "Ada Brenk"}]}}]}</script>'
    )
    header = read(a_page(head=graph)).header
    assert header.published == datetime(2026, 10, 26, 8, tzinfo=UTC)
    assert header.authors == ("Ada Brenk",)


CLOCK = '<header><time datetime="2026-10-28T06:00:00Z">Wednesday</time></header>'
MINE = '<p class="meta">Published <time datetime="2026-10-26T08:00:00Z">26 October</time></p>'
RELATED = (
    '<aside><a href="/x"><time datetime="2023-01-02">2 January 2023</time> An older one</a></aside>'
)


@pytest.mark.parametrize(
    "page",
    [
        a_page(MINE + STORY, around=CLOCK),
        a_page(
            STORY + RELATED, around=CLOCK, head=linked(headline=TITLE, datePublished="2026-10-26")
        ),
        a_page(
            f'<div class="byline">By Ada, <span class="date">26 October 2026</span></div>{STORY}'
        ),
        a_page(MINE + STORY + RELATED),
        a_page(head='<meta name="DC.date.issued" content="2026-10-26">'),
        a_page(head='<meta property="article:published_time" content="1793000000">'),
        a_page(MINE + STORY, head=linked(headline=TITLE, datePublished="2099-01-01T00:00:00Z")),
        a_page(MINE + STORY, head=linked(headline=TITLE, datePublished="1970-01-01T00:00:00Z")),
        a_page(MINE.replace("Published", "Updated") + MINE + STORY),
        a_page('<p class="date">Updated: 27 October 2026 · Published: 26 October 2026</p>' + STORY),
        a_page('<p class="date">Actualizado: 2026-10-27 | Publicado: 2026-10-26</p>' + STORY),
    ],
)
def test_the_date_is_the_articles(page):
    """Not the site's clock, a related story's, a later update's, or one that cannot be."""
    assert day_of(read(page, now=NOW).header.published) == date(2026, 10, 26)


@pytest.mark.parametrize(
    "line",
    [
        "Stand: 27.10.2026 · Veröffentlicht: 26.10.2026",
        "Aktualisiert: 27.10.2026, 14:05 Uhr | Veröffentlicht: 26.10.2026, 08:00 Uhr",
        "Veröffentlicht: 26. Oktober 2026 · Stand: 27. Oktober 2026",
        "Mis à jour le 27 octobre 2026 • Publié le 26 octobre 2026",
        "Actualizado: 27 de octubre de 2026 | Publicado: 26 de octubre de 2026",
        "Atualizado em 27 de outubro de 2026 · Publicado em 26 de outubro de 2026",
        "Aggiornato il 27 ottobre 2026 · Pubblicato il 26 ottobre 2026",
        "수정 2026.10.27. 오후 11:10 | 등록 2026.10.26. 오후 8:05",
        "수정 2026년 10월 27일 오전 8시 5분 · 입력 2026년 10월 26일 오후 8시",
        "更新时间：2026年10月27日 08:05 | 发布时间：2026年10月26日 23:10",
        "更新：2026/10/27 08:05 · 發布：2026/10/26 23:10",
        "تحديث: 27 أكتوبر 2026 · نُشر في 26 أكتوبر 2026",
        "11:10 PM CEST, Mon October 26, 2026",
    ],
)
def test_the_day_of_publication_is_told_by_its_label(line):
    """In any language, and not the day of the update."""
    page = a_page(f'<p class="date">{line}</p>{STORY}')
    assert day_of(read(page, now=NOW).header.published) == date(2026, 10, 26)


@pytest.mark.parametrize(
    "line",
    ["11:10 PM CEST, Mon October 26, 2026", "Mon. October 26, 2026", "Thurs, 29 October 2026"],
)
def test_a_date_line_with_a_short_weekday_is_no_text(line):
    """It stands above the text, with or without a time."""
    assert lines(a_page(f"<p>{line}</p>{STORY}"))[0] != line


@pytest.mark.parametrize("when", ["2099-12-31", "1760-01-01", "0000-00-00", "soon", "10/11/2026"])
def test_what_is_doubtful_is_undated(when):
    """Rather than wrong."""
    page = a_page(head=f'<meta name="date" content="{when}">')
    assert read(page, now=NOW).header.published is None


@pytest.mark.parametrize(
    "line",
    [
        "令和8年10月26日",
        "令和八年十月二十六日（月）午後3時",
        "２０２６年１０月２６日　１５：００",
        "2026.10.26 15:00",
        "2026/10/26(月) 15:00 更新",
        "二〇二六年十月二十六日",
    ],
)
def test_a_japanese_date_line_is_read_and_is_no_text(line):
    """In eras, kanji, and wide figures."""
    found = read(a_page(f'<p class="date">{line}</p>{JAPANESE}', lang="ja"), now=NOW)
    assert day_of(found.header.published) == date(2026, 10, 26)
    assert line not in found.text


@pytest.mark.parametrize(
    ("url", "canonical", "stands"),
    [
        ("/story?id=1", "/story", "/story?id=1"),
        ("/story?id=1&utm_source=x", "/story?id=1", "/story?id=1"),
        ("/index.php?page=holm-count", "/index.php", "/index.php?page=holm-count"),
        ("/politics/holm-count", "/politics", "/politics/holm-count"),
        ("/politics/holm-count", "/", "/politics/holm-count"),
        ("/a/1", "/a/2", "/a/1"),
        ("/2026/10/26/live", "/2026/10/25/live", "/2026/10/26/live"),
        ("/amp/politics/holm-count", "/politics/holm-count", "/politics/holm-count"),
        ("/politics/holm-count.amp.html", "/politics/holm-count", "/politics/holm-count"),
        ("/politics/holm-count?page=2", "/politics/holm-count", "/politics/holm-count"),
        ("/holm-count", "/politics/holm-count", "/politics/holm-count"),
    ],
)
def test_a_canonical_address_counts_where_it_is_of_this_page(url, canonical, stands):
    """Templates name sections, front pages, and each other."""
    site = "https://courier.example"
    found = with_address(Header("t", url=site + canonical), site + url)
    assert found.url == site + stands


@pytest.mark.parametrize(
    ("url", "first", "right"),
    [
        ("https://c.example/s/holm/2", "https://c.example/s/holm", True),
        ("https://c.example/s/holm?page=2", "https://c.example/s/holm", True),
        ("https://c.example/s/holm/page/3", "https://c.example/s/holm/", True),
        ("https://c.example/s/holm-2.html", "https://c.example/s/holm.html", True),
        ("https://c.example/a/2", "https://c.example/a/1", False),
        ("https://c.example/s/dunmere", "https://c.example/s/holm", False),
    ],
)
def test_only_further_pages_of_an_article_follow_it(url, first, right):
    """The next story of a blog is another article."""
    assert is_next_page(url, first) is right


@pytest.mark.parametrize(
    ("head", "further"),
    [
        ('<meta http-equiv="refresh" content="0; url=/new">', "https://c.example/new"),
        (
            "<META HTTP-EQUIV='Refresh' CONTENT='3;URL=\"https://d.example/x?a=1&amp;b=2\"'>",
            "https://d.example/x?a=1&b=2",
        ),
        ('<meta http-equiv="refresh" content="600">', None),
        ('<meta http-equiv="refresh" content="0; url=/old">', None),
        ('<noscript><meta http-equiv="refresh" content="0; url=/nojs"></noscript>', None),
        ('<!-- <meta http-equiv="refresh" content="0; url=/new"> -->', None),
        ('<meta http-equiv="refresh" content="300; url=/">', None),
    ],
)
def test_a_page_that_sends_a_browser_on_is_followed(head, further):
    """Not one that only loads itself again, or does so without scripts."""
    page = f"<html><head>{head}</head><body><p>Moved</p></body></html>".encode()
    assert redirect_target(page, "https://c.example/old") == further


ENTRIES = (
    ("19:00", "Polls close in Holm, with queues at the old customs house."),
    ("19:40", "Turnout is put at 64 per cent by the district office."),
    ("21:05", "The Lantern Movement concedes, its leader says in a statement."),
    ("22:10", "Odile Farr is ahead by 47 votes with two boxes left."),
)


@pytest.mark.parametrize("tag", ["section", "li", "div", "article"])
@pytest.mark.parametrize("stamped", [True, False])
def test_every_entry_of_a_live_page_stands_under_its_time(tag, stamped):
    """Also those that the data leave out, newest first, above what stands besides."""
    stamps = {at: f' datetime="2026-10-25T{at}:00Z"' if stamped else "" for at, _ in ENTRIES}
    shown = "".join(
        f"<{tag}><time{stamps[at]}>{at}</time><p>{said}</p></{tag}>"
        for at, said in reversed(ENTRIES)
    )
    data = linked(
        **{
            "@type": "LiveBlogPosting",
            "headline": TITLE,
            "datePublished": "2026-10-25T18:00:00Z",
            "liveBlogUpdate": [
                {
                    "@type": "BlogPosting",
                    "articleBody": ENTRIES[3][1],
                    "datePublished": "2026-10-25T22:10:00Z",
                }
            ],
        }
    )
    intro = "<p>We follow the count in the islands as it happens, from the close of polls on.</p>"
    page = a_page(f"{intro}<div>{shown}</div>", head=data)
    found = lines(page, now=NOW)
    assert found[:4] == [f"2026-10-25 {at} {said}" for at, said in reversed(ENTRIES)]
    assert "as it happens" in found[4]
    assert read(page, now=NOW).header.kind is Kind.LIVE


@pytest.mark.parametrize("mark", ["<time>{}</time>", '<span class="post-time">{}</span>'])
def test_a_live_page_without_data_is_read_by_its_times(mark):
    """Where its title or its address says that it is one."""
    shown = "".join(f"<div>{mark.format(at)}<p>{said}</p></div>" for at, said in ENTRIES)
    head = '<meta property="article:published_time" content="2026-10-25T18:00:00Z">'
    for title, url in ((f"Live: {TITLE}", URL), (TITLE, "https://courier.example/live/holm")):
        found = lines(a_page(f"<div>{shown}</div>", title=title, head=head), url=url, now=NOW)
        assert found[:4] == [f"2026-10-25 {at} {said}" for at, said in reversed(ENTRIES)]


@pytest.mark.parametrize(
    ("charset", "label"),
    [
        ("cp1252", "iso-8859-1"),
        ("cp1252", "latin1"),
        ("cp1252", "us-ascii"),
        ("cp932", "Shift_JIS"),
    ],
)
def test_bytes_are_read_as_browsers_read_them(charset, label):
    """Labels mean what the web means by them."""
    said = "“We won’t,” she said – €12" if charset == "cp1252" else "①髙橋氏は「残る」と述べた。"
    page = a_page(f"{STORY}<p>{said} The end came at midnight for all of them in the hall.</p>")
    data = page.replace('charset="utf-8"', f'charset="{label}"').encode(charset)
    assert said.split(" The")[0] in read(data).text


@pytest.mark.parametrize("bad", [b"\xff", b"\xe3\x81", b"\x80\x80"])
def test_a_few_bad_bytes_are_replaced_and_counted(bad):
    """A page in UTF-8 stays one."""
    data = a_page(JAPANESE, lang="ja").encode().replace("の手で".encode(), "の手".encode() + bad)
    found = read(data)
    assert "北斗町の開票は月曜日の午前二時に終わり" in found.text
    assert "could not be read" in found.notes[0]


CLAIM = "Holm counted the ballots of dead voters."


@pytest.mark.parametrize(
    "page",
    [
        a_page(h1=f"<p>The Courier</p><h1>{TITLE}</h1>", title=f"{TITLE} | The Courier"),
        a_page(
            h1=f"<p>The Courier</p><h1>{TITLE}</h1>",
            head='<meta property="og:site_name" content="The Courier">',
        ),
    ],
)
def test_the_name_of_the_site_above_the_heading_is_no_text(page):
    """Pages for the printer have it there."""
    assert lines(page) == lines(a_page())


def review(**more):
    """Write the data of a claim that a page reviews."""
    return linked(
        **{
            "@type": "ClaimReview",
            "url": URL,
            "datePublished": "2026-10-27",
            "claimReviewed": CLAIM,
            "reviewRating": {"@type": "Rating", "alternateName": "False"},
        }
        | more
    )


@pytest.mark.parametrize(
    ("box", "line"),
    [
        (
            f"<div class='review'><p>{CLAIM}</p><span class='rating'>False</span></div>",
            "Claim: Holm counted the ballots of dead voters · Verdict: False",
        ),
        (
            f"<div class='fact-check-box'><p>Claim</p><p>{CLAIM}</p><p>Verdict: False</p></div>",
            "Claim: Holm counted the ballots of dead voters · Verdict: False",
        ),
        (
            f"<blockquote><p>{CLAIM}</p></blockquote>",
            "Claim: Holm counted the ballots of dead voters",
        ),
        (
            f"<div><p>{CLAIM}</p><span>Untrue</span></div>",
            "Claim: Holm counted the ballots of dead voters",
        ),
    ],
)
def test_a_claim_that_a_page_reviews_is_not_said_by_the_paper(box, line):
    """It stands with its verdict, if the page shows that beside it."""
    extract = read(a_page(box + STORY, head=review()), now=NOW)
    texts = extract.text.split("\n\n")
    assert texts[0] == line
    assert texts[-3:] == lines(a_page())
    assert extract.header.published == date(2026, 10, 27)


def test_a_claim_is_labelled_in_the_language_of_its_page():
    """Traditional Chinese is not simplified."""
    labels = {"de": "Behauptung", "ja": "主張", "zh-TW": "說法", "zh-CN": "说法", "sv": "Claim"}
    for language, label in labels.items():
        page = a_page(f"<div><p>{CLAIM}</p></div>{STORY}", head=review(), lang=language)
        assert lines(page, now=NOW)[0].startswith(f"{label}: Holm counted")


def test_a_claim_that_another_page_reviews_stays_as_it_is():
    """The data of a page list other reviews, too."""
    head = review(url="https://courier.example/checks/other")
    extract = read(a_page(f"<p>{CLAIM}</p>{STORY}", head=head), now=NOW)
    assert extract.text.startswith(CLAIM)
    assert extract.header.published is None
