"""A page that a script draws is read from the text in its data, where that text is whole."""

import pytest

from tests.ingest.reading.pages import (
    FIRST,
    SECOND,
    STORY,
    THIRD,
    a_page,
    lines,
    linked,
    read,
    refused,
)

PLAIN = f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
TITLE = "Holm counted by two"
FIRST_JA = "北斗町の開票は月曜日の午前二時に終わり、選挙管理委員会が旧税関で結果を発表した。"
LONG_JA = "最後の投票箱は、昇降機が止まったため、船着き場から人の手で運ばれた。" * 5


def drawn_by_script(body, shown="<div id='root'></div>", *, head="", lang="en", **about):
    """Write a page whose article stands in its data alone."""
    data = linked(headline=TITLE, datePublished="2026-10-26", articleBody=body, **about)
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{TITLE}</title>'
        f"{head}{data}</head><body>{shown}<footer>All rights reserved.</footer></body></html>"
    )


@pytest.mark.parametrize(
    "body",
    [
        PLAIN,
        PLAIN.replace("\n\n", "\n"),
        PLAIN.replace("\n\n", "\r\n\r\n"),
        [FIRST, SECOND, THIRD],
        STORY,
        STORY.replace("the ferry", "the\n  ferry").replace("</p>", "</p>\n"),
        STORY.replace("<", "&lt;").replace(">", "&gt;"),
        f"{FIRST}<br><br>{SECOND}<br/><br/>{THIRD}",
        f"<div>{FIRST}</div><div>{SECOND}</div><div>{THIRD}</div>",
        PLAIN.replace("the ferry", "<a href='/ferry'>the ferry</a>"),
        PLAIN.replace("the lift", "<b>the lift</b>"),
        STORY.replace("</p><p>", "</p><p hidden>Nobody sees this sentence of the page.</p><p>", 1),
        STORY.replace("</p><p>", "</p><style>.holm { color: red }</style><p>", 1),
    ],
)
def test_the_text_in_the_data_is_the_article(body):
    """As text or HTML, in its paragraphs; what it hides or strikes is not there either."""
    page = drawn_by_script(body)
    assert lines(page) == [FIRST, SECOND, THIRD]
    assert read(page).header.title == TITLE


@pytest.mark.parametrize(
    "shown",
    [
        "<div id='app'>Loading…</div>",
        "<noscript>You need to enable JavaScript to run this app.</noscript><div id='app'></div>",
        "<div><p>Please enable JavaScript in your browser to read this page.</p></div>",
        (
            "<div class='c'><p>We use cookies to show personalised advertising.</p><p>We and our "
            "841 partners store and process personal data. Accept all cookies?</p></div>"
        ),
        f"<nav><a href='/'>Home</a></nav><h1>{TITLE}</h1><p class='byline'>By Ada Brenk</p>",
    ],
)
def test_a_page_without_its_article_shows_a_line_or_a_notice(shown):
    """It waits for its script, or for consent to cookies."""
    assert lines(drawn_by_script(PLAIN, shown)) == [FIRST, SECOND, THIRD]


def test_signs_and_figures_of_the_text_stay():
    """A sign of less is no tag, and an ampersand is no entity."""
    told = "Turnout in Tarn &amp; Fell was <50 per cent in 3 wards, a < b in none, the clerk said."
    assert lines(drawn_by_script(f"{PLAIN}\n\n{told}"))[-1] == told.replace("&amp;", "&")


def test_japanese_text_in_the_data_is_the_article():
    """Its paragraphs have no spaces between them."""
    page = drawn_by_script(f"{FIRST_JA}\n\n{LONG_JA}", lang="ja")
    assert lines(page) == [FIRST_JA, LONG_JA]


@pytest.mark.parametrize(
    ("body", "about"),
    [
        (f"{FIRST}\n\n{SECOND}\n\nThe district has changed hands at four of…", {}),
        (f"{FIRST}\n\n{SECOND}\n\nThe district has changed hands at four of...", {}),
        (f"{FIRST}\n\n{SECOND}\n\nThe district has changed hands [...]", {}),
        (f"<p>{FIRST}</p><p>{SECOND}</p><p>The district has […]</p>", {}),
        (f"{FIRST}\n\n{SECOND}\n\n{THIRD[:90]}", {}),
        (FIRST, {}),
        ("", {}),
        (None, {}),
        ({"text": PLAIN}, {}),
        (PLAIN, {"isAccessibleForFree": False}),
        (PLAIN, {"isAccessibleForFree": "False"}),
        (f"{FIRST} {SECOND}", {"description": f"{FIRST} {SECOND}"}),
    ],
)
def test_a_part_of_an_article_is_none(body, about):
    """What is short, breaks off, sums up or is sold is refused as before."""
    assert "no article was found" in refused(drawn_by_script(body, **about))


def test_the_data_of_another_article_is_not_this_one():
    """Its address says so."""
    page = drawn_by_script(PLAIN, url="https://courier.example/ferries").replace(
        f"<title>{TITLE}", "<title>Ferries"
    )
    assert "no article was found" in refused(page)


def test_what_a_page_shows_is_what_is_read():
    """Its data may be older, or have more than it shows."""
    head = linked(headline=TITLE, articleBody=PLAIN.replace("ferry", "boat"))
    assert lines(a_page(head=head)) == [FIRST, SECOND, THIRD]
    assert lines(a_page(f"<p>{FIRST}</p><p>{SECOND}</p>", head=head)) == [FIRST, SECOND]


def test_a_login_is_not_gone_around():
    """A page that asks for one is refused, whatever its data has."""
    asked = (
        "<div><p>Log in to continue reading.</p><p>Subscribe now to read this article.</p></div>"
    )
    assert refused(drawn_by_script(PLAIN, asked))


def test_a_short_article_in_japanese_is_whole():
    """It says in half of the signs what one in English does."""
    body = FIRST_JA + LONG_JA[: len(LONG_JA) // 5] * 2
    assert read(drawn_by_script(body, lang="ja")).text == body
