"""Figures and words whose parts a style sheet draws, and what it raises or hides."""

import pytest

from tests.ingest.reading.pages import FIRST, STORY, a_page, lines, read


def last_line(body, *, lang="en"):
    """Return the last line of what is read from a story with *body* below it."""
    return lines(a_page(STORY + body, lang=lang))[-1]


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (
            "<ul><li><span>Tom Brenk</span><span>11,204</span><span>54.6%</span></li></ul>",
            "- Tom Brenk 11,204 54.6%",
        ),
        (
            (
                "<ul><li><b>Rhea "
                "Solt</b><span>Harbour</span><span>9,310</span><span>+2.1</span></li>"
                "</ul>"
            ),
            "- Rhea Solt Harbour 9,310 +2.1",
        ),
        (
            "<div class='r'><div>Rhea Solt</div><div class='bar'></div><div>45.4%</div></div>",
            "Rhea Solt · 45.4%",
        ),
        (
            (
                "<table><tr><th>Name</th><th>Votes</th></tr><tr><td>Tom Brenk</td>"
                "<td><span>11,204</span><span>54.6%</span></td></tr></table>"
            ),
            "Tom Brenk · Votes: 11,204 54.6%",
        ),
        ("<ul><li>Rhea Solt<i>9,310</i><i>45.4%</i></li></ul>", "- Rhea Solt 9,310 45.4%"),
        ("<ul><li><b>45.4%</b>Rhea Solt</li></ul>", "- 45.4% Rhea Solt"),
        ("<p><strong>Turnout</strong>61.4 per cent</p>", "Turnout 61.4 per cent"),
        ("<ul><li><span>Turnout:</span><span>61.4%</span></li></ul>", "- Turnout: 61.4%"),
        (
            "<ol><li><span>2 Nov</span><span>Polls close at eight.</span></li></ol>",
            "- 2 Nov Polls close at eight.",
        ),
        (
            "<p><x-name>Solt</x-name><x-votes>9,310</x-votes> of all votes.</p>",
            "Solt 9,310 of all votes.",
        ),
    ],
)
def test_figures_that_a_style_sheet_draws_apart_are_apart(row, line):
    """In the page's markup no space is between them."""
    assert last_line(row) == line


def test_the_parts_of_one_figure_or_word_stay_together():
    """Some pages write each digit, letter or sign in an element of its own."""
    assert (
        last_line(
            "<p>Turnout in <span>H</span><span>olm</span> was <span>61</span><span>.4</span>"
            "<span>%</span> of <span>4</span><span>1</span><span>2</span> voters.</p>"
        )
        == "Turnout in Holm was 61.4% of 412 voters."
    )
    assert last_line("<ul><li><b>4</b><b>1</b><b>2</b><b>votes</b></li></ul>") == "- 412 votes"
    written = (
        "<b>You</b>Tube has the 2<b>nd</b> and <b>5</b>k of CO<sub>2</sub>, and <b>G</b>20 none."
    )
    assert last_line(f"<p>{written}</p>") == "YouTube has the 2nd and 5k of CO2, and G20 none."
    japanese = (
        "<p>投票率は<b>61.4</b>％で、<b>9310</b>票を得た<span>青木</span><b>3</b>氏だった。</p>"
    )
    assert last_line(japanese, lang="ja") == "投票率は61.4％で、9310票を得た青木3氏だった。"
    cell = "<td><span>61</span><span>.4</span><span>%</span></td>"
    table = f"<table><tr><th>Place</th><th>Turnout</th></tr><tr><td>Holm</td>{cell}</tr></table>"
    assert last_line(table) == "Holm · Turnout: 61.4%"


@pytest.mark.parametrize(
    ("lang", "written", "line"),
    [
        ("en", "A ticket costs $1<sup>50</sup> in Tarn.", "A ticket costs $1.50 in Tarn."),
        ("en", "A stamp is £2<small><sup>40</sup></small> now.", "A stamp is £2.40 now."),
        ("de", "Das Los kostet 12<sup>50</sup> € im Amt.", "Das Los kostet 12,50 € im Amt."),
        ("de", "Ein Heft kostet 3,<sup>90</sup> Euro.", "Ein Heft kostet 3,90 Euro."),
        ("en", "It spent $14<sup>2</sup> a vote.", "It spent $14 a vote."),
        ("en", "It spent $1.2<sup>12</sup> million.", "It spent $1.2 million."),
        ("en", "It spent $14<sup>12</sup> million.", "It spent $14 million."),
        ("en", "It spent $1,204<sup>12</sup> there.", "It spent $1,204 there."),
        ("en", 'It is $14<a href="#n12"><sup>12</sup></a> now.', "It is $14 now."),
        ("en", "Solt won 310<sup>12</sup> votes.", "Solt won 310 votes."),
    ],
)
def test_the_raised_cents_of_a_price_are_read(lang, written, line):
    """A raised sign of a note behind a figure is none of it."""
    assert last_line(f"<p>{written}</p>", lang=lang) == line


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (
            (
                '<span class="drop" aria-hidden="true">T</span><span '
                'class="sr-only">T</span>he count '
                "in Tarn ended at four."
            ),
            "The count in Tarn ended at four.",
        ),
        (
            'Turnout in Tarn was 61.4<span aria-hidden="true">%</span> at the end.',
            "Turnout in Tarn was 61.4% at the end.",
        ),
        (
            (
                'It rose 2.1<span class="sr-only"> percentage points</span><span '
                'aria-hidden="true">pp'
                "</span> in Tarn."
            ),
            "It rose 2.1pp in Tarn.",
        ),
    ],
)
def test_letters_and_units_that_screen_readers_skip_are_read(written, line):
    """The eye sees them as parts of a word or a figure."""
    assert last_line(f"<p>{written}</p>") == line


def test_the_figures_of_a_table_in_a_figure_are_read():
    """Also if the table has a caption, and the figure another one."""
    rows = "<tr><th>Name</th><th>Votes</th></tr><tr><td>Solt</td><td>310</td></tr>"
    table = f"<table><caption>Result of Tarn</caption>{rows}</table>"
    extract = read(a_page(f"{STORY}<figure>{table}<figcaption>Source: board</figcaption></figure>"))
    assert extract.text.endswith("Result of Tarn · Solt · Votes: 310")


def test_headings_above_the_paragraphs_of_a_page_without_a_box_are_read():
    """And a heading over several lines is one."""
    second = "The fares rose to four crowns in Tarn, and the council will not lower them this year."
    page = (
        f"<html><body><div><h1>The briefing</h1></div><h2>Holm counts<br>by hand</h2><p>{FIRST}</p>"
        f"<h2>Ferries stay dear</h2><p>{second}</p></body></html>"
    )
    assert lines(page) == ["Holm counts by hand", FIRST, "Ferries stay dear", second]


def test_typed_text_keeps_its_paragraphs_and_its_tables():
    """A line of ``pre`` ends where a typist ended it."""
    notice = (
        "<pre>NOTICE OF POLL\n\nThe returning officer for Holm gives notice that a poll\nwill be "
        "held on 12 November 2026 between the hours of\n7 a.m. and 10 p.m. in the old customs "
        "house.\n\nCandidate            Votes\nSOLT, Rhea           9,310\nBRENK, Tom          "
        "11,204\n</pre>"
    )
    assert lines(a_page(notice)) == [
        "NOTICE OF POLL",
        (
            "The returning officer for Holm gives notice that a poll will be held "
            "on 12 November 2026 "
            "between the hours of 7 a.m. and 10 p.m. in the old customs house."
        ),
        "Candidate Votes",
        "SOLT, Rhea 9,310",
        "BRENK, Tom 11,204",
    ]
