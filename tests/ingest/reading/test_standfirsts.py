"""What stands around the text of an article: its summary is part of it, other boxes are not."""

import pytest

from tests.ingest.reading.pages import FIRST, SECOND, STORY, THIRD, a_page, lines, linked, read

SUMMARY = "Sarnholt's islands decide the mayor's race by 214 votes, and a recount is possible"


@pytest.mark.parametrize(
    ("head", "markup"),
    [
        (f'<meta name="description" content="{SUMMARY}">', f"<header><p>{SUMMARY}</p></header>"),
        (
            f'<meta property="og:description" content="{SUMMARY}">',
            f"<div><p><b>(Holm)</b>{SUMMARY}</p></div>",
        ),
        (linked(headline="Holm counted by two", description=SUMMARY), f"<div>{SUMMARY}</div>"),
        ("", f'<h2 class="article__standfirst">{SUMMARY}</h2>'),
        ("", f'<p itemprop="description">{SUMMARY}</p>'),
        ("", f"<div><h4>Key points</h4><ul><li>{SUMMARY}</li></ul></div>"),
    ],
)
def test_a_standfirst_leads_the_text(head, markup):
    """It is the outlet's word, though its box is the heading's."""
    found = lines(a_page(f"{markup}<div>{STORY}</div>", head=head))
    assert found[-4].endswith(SUMMARY)
    assert found[-3:] == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    ("head", "markup"),
    [
        (f'<meta name="description" content="{FIRST}">', ""),
        (f'<meta name="description" content="{SUMMARY}">', f"<aside><p>{SUMMARY}</p></aside>"),
        ("", f'<ul><li><a href="/next">{SUMMARY}</a></li></ul>'),
        ("", f"<figure><div class='excerpt'>{SUMMARY}</div></figure>"),
    ],
)
def test_what_is_no_standfirst_stays_out(head, markup):
    """A description that is the first paragraph, teasers, pictures and dates."""
    assert lines(a_page(f"{markup}<div>{STORY}</div>", head=head)) == [FIRST, SECOND, THIRD]


def test_a_standfirst_hides_no_dateline():
    """The place and the agency are read where the text begins, below the standfirst."""
    story = f"<p>HOLM (AFP) — {FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
    extract = read(a_page(f'<p class="standfirst">{SUMMARY}</p><div>{story}</div>'))
    assert (extract.header.dateline, extract.header.agency) == ("HOLM", "AFP")
    assert extract.text.startswith(f"{SUMMARY}\n\n{FIRST}")


@pytest.mark.parametrize(
    "box",
    [
        (
            '<div class="article-author-bio"><p>Ada Lund reports on the islands and lives in Holm '
            "with two dogs and a boat.</p></div>"
        ),
        (
            '<div class="promo"><h3><a href="/ferry">Ferries stop</a></h3><p>The islands of '
            "Marrowen are cut off for a day, the company says, because of the wind.</p></div>"
        ),
    ],
)
def test_a_box_about_writers_or_other_articles_is_no_text(box):
    """Whoever wrote it, and whatever else there is to read."""
    story = f"<p>{FIRST}</p>{box}<p>{SECOND}</p><p>{THIRD}</p>{box}"
    assert lines(a_page(story)) == [FIRST, SECOND, THIRD]


def test_an_article_in_a_promoted_box_stays():
    """A class name does not outweigh most of the page's text."""
    assert lines(a_page(f'<div class="promo">{STORY}</div>')) == [FIRST, SECOND, THIRD]


def test_a_heading_in_other_signs_is_no_sentence():
    """The title in the data has straight marks, the heading of the page curly ones."""
    head = linked(headline="Brenk's Holm counted by two")
    page = a_page(head=head, h1="", title="Brenk's Holm counted by two").replace(
        "<article>", "<article><h1>Brenk’s Holm counted by two</h1>"
    )
    assert lines(page) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (
            "<p><ruby>津島<rp>（</rp><rt>つしま</rt><rp>）</rp></ruby>町長は北斗町の開票の結果を認めた。</p>",
            "津島（つしま）町長は北斗町の開票の結果を認めた。",
        ),
        (
            "<p><ruby>津島<rt>つしま</rt></ruby><ruby>町長<rt>ちょうちょう</rt></ruby>は結果を認めた。</p>",
            "津島町長は結果を認めた。",
        ),
        ("<p><i class='icon'></i>Holm cast 7,130 votes.</p>", "Holm cast 7,130 votes."),
        (
            (
                f"<p>{FIRST}</p><p>Above 60 per cent:</p><p>Holm: <a href='/t/1'>North Quay</a>, "
                "<a href='/t/2'>Fell Street</a></p><p><a href='/t/3'>Tarn</a>: <a href='/t/4'>"
                "Ivrelle</a></p>"
            ),
            "Above 60 per cent:\n\nHolm: North Quay, Fell Street\n\nTarn: Ivrelle",
        ),
    ],
)
def test_no_markup_within_a_sentence_loses_words(markup, words):
    """Readings above words, icons before them, and links on names."""
    assert words in read(a_page(f"{markup}<p>{SECOND}</p><p>{THIRD}</p>")).text


BEFORE_LINK = f"<p>{FIRST}</p>"
BEHIND_LINK = f"<p>{SECOND}</p><p>{THIRD}</p>"


@pytest.mark.parametrize(
    ("sentence", "before"),
    [
        ("The commission said on Monday that the recount would cost 1.4 million crowns.", True),
        ("The commission said on Monday that the recount would cost 1.4 million crowns.", False),
        ("“The recount will cost 1.4 million crowns,” the clerk said. “We can pay it.”", True),
        ("Die Kommission teilte am Montag mit, dass die Nachzählung nichts kostet.", True),
        ("La commission a déclaré lundi que le recomptage ne coûterait rien.", True),
        (
            "選挙管理委員会は月曜日、再集計の費用が一億四千万円になり、町が全額を負担すると明らかにした。",
            True,
        ),
        ("قالت اللجنة يوم الاثنين إن إعادة الفرز ستكلف مليونا وأربعمئة ألف كرونة.", True),
    ],
)
@pytest.mark.parametrize("markup", ["<a href='/r'>{}</a>", "<b><a href='/r'>{}</a></b> "])
def test_a_sentence_that_is_all_link_is_text(sentence, before, markup):
    """It stands among the paragraphs of the article, and ends as they do."""
    linked_paragraph = f"<p>{markup.format(sentence)}</p>"
    told = lines(a_page(before * BEFORE_LINK + linked_paragraph + BEHIND_LINK))
    assert told == [*before * [FIRST], sentence, SECOND, THIRD]


TEASER = "The commission of Tarn said on Monday that it would count again"


@pytest.mark.parametrize(
    "markup",
    [
        f"<p><a href='/tarn'>{TEASER}</a></p>",
        f"<p><a href='/tarn'>{TEASER}?</a></p>",
        f"<p><a href='/tarn'>{TEASER}…</a></p>",
        f"<p><a href='/tarn'>{TEASER}...</a></p>",
        f"<p><a href='/tarn'>Read more: {TEASER}.</a></p>",
        f"<p><a href='/tarn'>Lesen Sie auch: {TEASER}.</a></p>",
        f"<p>» <a href='/tarn'>{TEASER}</a></p>",
        "<p><a href='/tarn'>町長「再集計は必要ない」、選挙管理委員会は「予定通り実施する」</a></p>",
        f"<p><a href='/a'>{TEASER}.</a></p><p><a href='/b'>Farr speaks in Ivrelle today.</a></p>",
        f"<p><a href='/tarn'><img src='/t.jpg' alt=''>{TEASER}.</a></p>",
        "<p><a href='/tarn'>Count again in Tarn.</a></p>",
    ],
)
def test_a_teaser_of_another_article_is_no_text(markup):
    """It ends without a full stop, has a label or a picture, or stands beside another one."""
    assert lines(a_page(BEFORE_LINK + markup + BEHIND_LINK)) == [FIRST, SECOND, THIRD]


def test_a_link_below_an_article_is_no_text():
    """What is offered at its end is not its last sentence."""
    offer = "<p><a href='/offer'>Our letter from the islands has all counts every morning.</a></p>"
    assert lines(a_page(STORY + offer)) == [FIRST, SECOND, THIRD]
