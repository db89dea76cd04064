"""Pages that show their article in other ways: without scripts, in templates, printed, in part."""

import pytest

from tests.ingest.reading.pages import (
    FIRST,
    SECOND,
    STORY,
    THIRD,
    URL,
    a_page,
    linked,
    read,
    refused,
)

WHOLE = f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
ARTICLE = f"<h1>Holm counted by two</h1>{STORY}"
HEAD = '<html lang="en"><head><title>Holm counted by two</title></head><body>'


@pytest.mark.parametrize(
    "body",
    [
        f'<div id="app"></div><noscript><article>{ARTICLE}</article></noscript>',
        f'<x-news><template shadowrootmode="open"><b></b>{ARTICLE}</template></x-news>',
        f'<x-page><template shadowrootmode="open"><slot></slot></template>{ARTICLE}</x-page>',
    ],
)
def test_an_article_that_is_drawn_without_a_script_is_read(body):
    """Where no script runs, or from a template that the browser writes at once."""
    assert read(f"{HEAD}{body}").text == WHOLE


def test_an_article_is_not_read_twice_and_a_notice_is_none():
    """What stands beside an article for browsers without scripts is a notice or a picture."""
    notice = "<noscript><p>Please turn on scripts to use all of this site.</p></noscript>"
    assert read(f"{HEAD}<main>{ARTICLE}{notice}</main>").text == WHOLE
    assert refused(f'{HEAD}<div id="app"></div>{notice}')
    assert refused(f"{HEAD}<template id='x'>{ARTICLE}</template>")


def test_the_markup_of_entries_in_the_data_of_a_live_page_is_read():
    """Quoted with its tags, it is not what the page shows."""
    updates = [
        {
            "@type": "BlogPosting",
            "headline": f"Box {hour}",
            "datePublished": f"2026-11-02T{hour}:00:00Z",
            "articleBody": (
                f"<p>Solt has <s>9,310</s> 9,130 votes.</p><p>Brenk &amp; Co have {hour}.</p>"
            ),
        }
        for hour in (20, 21)
    ]
    live = linked(headline="Holm counts", datePublished="2026-11-02", liveBlogUpdate=updates)
    live = live.replace("NewsArticle", "LiveBlogPosting")
    assert read(f"{HEAD}{live}<div id='app'></div>").text.split("\n\n") == [
        f"2026-11-02 {hour}:00 Box {hour} Solt has 9,130 votes. Brenk & Co have {hour}."
        for hour in (21, 20)
    ]


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("en", "<div>By Mara Reyl | 2 November 2026</div>"),
        ("en", "<div>By Mara Reyl</div><div>November 2, 2026</div>"),
        ("de", "<div><p>Von Mara Reyl</p><p>2. November 2026</p></div>"),
    ],
)
def test_a_byline_below_the_heading_is_read_without_a_class(lang, line):
    """Views for printers have none; a day further down is of what happened then."""
    story = STORY.replace("</p>", "</p><div>3 November 2026</div>", 1)
    page = f"{HEAD}<h1>Holm counted by two</h1>{line}<hr>{story}".replace('"en"', f'"{lang}"')
    header = read(page).header
    assert header.authors == ("Mara Reyl",)
    assert str(header.published) == "2026-11-02"


def test_a_page_that_says_it_goes_on_for_subscribers_is_a_preview():
    """Also where the offer stands in a box of its own, which is no text of the article."""
    offer = (
        '<aside class="upgrade"><h2>This post is for paying subscribers only</h2>'
        "<a>Subscribe now</a></aside>"
    )
    extract = read(a_page(STORY + offer), URL)
    assert extract.text == WHOLE
    assert extract.header.preview
    assert not read(a_page(STORY)).header.preview


def test_posts_on_the_pages_of_amp_are_others_words():
    """Their text waits in a box of its own until the post is shown."""
    post = "<amp-twitter><blockquote><p>They burned 4,000.</p></blockquote></amp-twitter>"
    assert "burned" not in read(a_page(STORY.replace("</p><p>", f"</p>{post}<p>", 1))).text


def test_a_quotation_that_is_set_apart_has_its_speaker():
    """Without the line below it, the paper would have said so itself."""
    box = "<blockquote><p>The count was fair.</p><footer>— Rhea Solt, officer</footer></blockquote>"
    said = read(a_page(STORY.replace("</p><p>", f"</p>{box}<p>", 1))).text.split("\n\n")
    assert said == [FIRST, "The count was fair.", "— Rhea Solt, officer", SECOND, THIRD]
