"""What stands around the text of an article: who wrote it, on which day, and what is offered."""

from datetime import date

import pytest

from tests.ingest.reading.pages import FIRST, SECOND, STORY, THIRD, a_page, lines, read
from tests.ingest.reading.test_kinds import one

PERSIAN = (
    "«ما نتیجه را به چالش نمی\u200cکشیم»، اینس والدری که با ۲۱۲ رأی کرسی خود را از دست داد، به "
    "خبرنگاران گفت."
)
HINDI = "मतगणना सुबह चार बजे के बाद पूरी हुई और र\u200dयास्त के अधिकारी ने नतीजे की घोषणा की।"


@pytest.mark.parametrize(("language", "text"), [("fa", PERSIAN), ("hi", HINDI)])
def test_signs_that_join_letters_or_part_them_are_kept(language, text):
    """A word without them is spelt otherwise, and a quotation with it is altered."""
    assert lines(a_page(f"<p>{text}</p><p>{text[::-1]}</p>", lang=language))[0] == text
    assert one(f"{text}\n\n{FIRST}".encode(), "a.txt").extract.text.startswith(text)


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("Von Mara Reyl und Jo Penn", ("Mara Reyl", "Jo Penn")),
        ("文・佐藤花子", ("佐藤花子",)),
        ("By Mara Reyl, Political Editor", ("Mara Reyl",)),
    ],
)
def test_a_byline_below_a_standfirst_names_the_writers(byline, authors):
    """In a page and in a paste it is no text, and the day directly below it neither."""
    standfirst = "Both campaigns had asked for the second count of the postal votes"
    page = read(a_page(f"<p>{byline}</p>{STORY}"))
    assert (page.header.authors, page.text.split("\n\n")) == (authors, [FIRST, SECOND, THIRD])
    paste = f"Holm counted by two\n\n{standfirst}\n\n{byline}\n\n2 November 2026\n\n{FIRST}"
    extract = one(paste.encode(), "a.txt").extract
    assert extract.header.authors == authors
    assert extract.header.published == date(2026, 11, 2)
    assert extract.text == f"{standfirst}\n\n{FIRST}"


@pytest.mark.parametrize(
    "byline",
    [
        "By Mara Reyl, 2 November 2026",
        "*By Mara Reyl, November 2, 2026*",
        "By Mara Reyl | 2 November 2026, 10:15",
        "By Mara Reyl, Holm Courier – 2026-11-02",
        "Von Mara Reyl, 2. November 2026",
        "Par Mara Reyl · 2 novembre 2026",
    ],
)
def test_a_byline_with_a_day_names_the_writer_and_the_day(byline):
    """Both stand on one line in Markdown and in pastes."""
    text = f"Holm counted by two\n\n{byline}\n\n{FIRST}"
    kinds = (f"# {text}".encode(), "a.md"), (text.replace("*", "").encode(), "a.txt")
    for data, name in kinds:
        extract = one(data, name).extract
        assert (extract.header.authors, extract.text) == (("Mara Reyl",), FIRST)
        assert extract.header.published == date(2026, 11, 2)


def test_a_sentence_about_a_day_is_no_byline():
    """It begins with the same words."""
    line = "By Mara Reyl's count, 12 boxes were missing on 2 November 2026"
    text = f"Holm counted by two\n\n{line}\n\n{FIRST}"
    extract = one(text.encode(), "a.txt").extract
    assert (extract.header.authors, extract.text) == ((), f"{line}\n\n{FIRST}")


def test_a_day_below_the_first_sentence_is_a_heading():
    """In a list of days it says when the things below it happened."""
    text = f"How it went\n\n{FIRST}\n\n1 November 2026\n\n{SECOND}"
    extract = one(text.encode(), "a.txt").extract
    assert "1 November 2026" in extract.text
    assert extract.header.published is None


@pytest.mark.parametrize(
    ("language", "shown", "day"),
    [
        ("en", "11/02/2026", None),
        ("en-US", "Published: 11/02/2026", None),
        ("en-US", "11-02-2026", None),
        ("en-US", "11/23/2026", date(2026, 11, 23)),
        ("en-GB", "02/11/2026", date(2026, 11, 2)),
        ("es", "02/11/2026", date(2026, 11, 2)),
        ("de", "02.11.2026", date(2026, 11, 2)),
    ],
)
def test_a_day_in_figures_counts_if_it_can_be_only_one(language, shown, day):
    """In American English 11/02 is in November, and in other pages in English it may be not."""
    extract = read(a_page(f'<p class="date">{shown}</p>{STORY}', lang=language))
    assert extract.header.published == day
    assert extract.text.split("\n\n") == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "ending",
    [
        "<h3>About the author</h3><p>Mara Reyl has covered the islands since 2014.</p>",
        "<p><b>Über die Autorin</b></p><p>Mara Reyl berichtet seit 2014 von den Inseln.</p>",
        "<h3>À propos de l'auteur</h3><p>Mara Reyl suit les îles depuis 2014.</p>",
        "<h3>著者プロフィール</h3><p>佐藤花子。地方自治を担当する記者。</p>",
        "<h4>기자 소개</h4><p>홍길동은 지방자치를 담당한다.</p>",
        "<p>Listen to The Count on Spotify or wherever you get your podcasts.</p>",
        "<p><em>New episodes of The Count are released every Thursday.</em></p>",
        "<p>Die Folge hören Sie überall, wo es Podcasts gibt.</p>",
        "<p>The Count is hosted by Mara Reyl and produced by Jo Penn, with music by Ida Holt.</p>",
        "<p>Produced by Jo Penn and Ida Holt.</p><p>Theme music by Ida Holt.</p>",
        "<p>この番組はポッドキャストでも配信中です。</p>",
        "<p>홍길동 기자 hong@courier.example</p>",
        "<p>【编辑:李红】</p>",
        "<p>Printed from courier.example on 30 November 2026</p>",
        '<p>• Mara Reyl can be reached at <a href="mailto:m@c.example">m@courier.example</a>.</p>',
        '<div class="ad"><p>Winter tyres are a third cheaper at Holt Motors this week.</p></div>',
        '<div class="ad ad--inline"><p>Winter tyres at Holt Motors are cheaper.</p></div>',
        "<amp-ad><p>Winter tyres are a third cheaper at Holt Motors this week.</p></amp-ad>",
    ],
)
def test_what_is_offered_below_an_article_is_no_text(ending):
    """Nobody may quote it as the words of the paper."""
    assert lines(a_page(STORY + ending)) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "sentence",
    [
        "New episodes of violence in the harbour were reported on Tuesday evening.",
        "Her podcast is the reason why she stood at all, the candidate told the students.",
        "The clerk printed from the old register until the power failed at three o'clock.",
        "About the authors of the letter nothing was known to the commission until Monday.",
        "The clerk said that he could be reached at any hour on the night of the count.",
        "The debate was hosted by the Harbour party and produced by the county's broadcaster.",
        "Produced by the county, the leaflet names 12 candidates and 40 polling stations.",
    ],
)
def test_a_sentence_about_such_things_is_text(sentence):
    """It says something of the election."""
    assert lines(a_page(f"{STORY}<p>{sentence}</p>")) == [FIRST, SECOND, THIRD, sentence]


def test_a_correction_below_the_writer_is_kept():
    """It stands there on many pages."""
    note = "Correction: An earlier version gave the margin as 221 votes. It was 212."
    ending = f"<h3>About the author</h3><p>Mara Reyl covers the islands.</p><p>{note}</p>"
    extract = read(a_page(STORY + ending))
    assert extract.corrections == (note,)
    assert extract.text.split("\n\n") == [FIRST, SECOND, THIRD]


def test_an_article_with_a_mark_for_advertisements_is_read():
    """Its class says that there is one in it, or none."""
    marked = STORY.replace("<p>", '<p class="with-ad no-ads">')
    assert lines(a_page(marked)) == [FIRST, SECOND, THIRD]


def test_a_linked_sentence_in_a_box_is_text():
    """Some pages have a box where others have a paragraph."""
    sentence = "The commission said on Monday that the recount would cost 1.4 million crowns."
    boxes = [FIRST, f"<a href='/r'>{sentence}</a>", SECOND, THIRD]
    told = lines(a_page("".join(f"<div>{box}</div>" for box in boxes)))
    assert told == [FIRST, sentence, SECOND, THIRD]


@pytest.mark.parametrize(
    "line",
    [
        "You are receiving this email because you signed up at courier.example.",
        "Sie erhalten diese Mail, weil Sie sich angemeldet haben.",
        "Vous recevez ce mail car vous êtes inscrit.",
        "配信停止はこちら: https://courier.example/stop?letter=hokuto-asa-no-dayori",
    ],
)
def test_why_a_reader_gets_a_letter_is_no_text(line):
    """It is the last line of most of them."""
    letter = (
        "From: The Courier <news@courier.example>\nSubject: Holm counted\n"
        "Date: Mon, 2 Nov 2026 06:00:00 +0000\nContent-Type: text/html; charset=utf-8\n\n"
        f"<html><body><h1>Holm counted</h1>{STORY}<p>{line} <a href='/u'>Unsubscribe</a></p>"
        "</body></html>"
    )
    assert line not in one(letter.encode(), "a.eml").extract.text


@pytest.mark.parametrize(
    "sentence",
    [
        "Явка составила 61,4 процента, что выше, чем на прошлых выборах.",
        "Sie verlor den Sitz, weil die Fähre nicht fuhr und das Wahllokal früh schloß.",
        "«Мы не будем оспаривать результат».",
        "میزان مشارکت ۶۱٫۴ درصد بود که بیشتر از انتخابات پیشین است.",
        "मतदान 61.4 प्रतिशत रहा, जो पिछले चुनाव से अधिक है।",
        "ووٹ ڈالنے کی شرح 61.4 فیصد رہی جو پچھلے انتخابات سے زیادہ ہے۔",
    ],
)
def test_a_paste_that_begins_with_a_sentence_keeps_it(sentence):
    """In no script is a first sentence taken for the title, and lost to the text."""
    assert one(f"{sentence}\n\n{FIRST}".encode(), "a.txt").extract.text.startswith(sentence)


def test_a_title_with_an_initial_is_one():
    """Its full stop ends no sentence."""
    for title in ("Brenk beats J. Farr in Holm", "Брэнк победил Н. Фарра в Хольме"):
        extract = one(f"{title}\n\n{FIRST}\n\n{SECOND}".encode(), "a.txt").extract
        assert (extract.header.title, extract.text) == (title, f"{FIRST}\n\n{SECOND}")


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ('<time datetime="2025-11-02">2 November 2025</time>', "2 November 2025"),
        ('<b><time datetime="2025-11-02">2 November</time> last year</b>', "2 November last year"),
        ("<output>the second of November</output>", "the second of November"),
        ("<label>the second of November</label>", "the second of November"),
    ],
)
def test_a_sentence_keeps_the_words_in_any_element(markup, words):
    """Without them it says something else; and a day in it is not that of publication."""
    page = a_page(
        f"<p>{FIRST}</p><p>The count of {markup} was declared void by a court in Ulm.</p>"
        f"<p>{THIRD}</p>"
    )
    extract = read(page)
    assert f"The count of {words} was declared void by a court in Ulm." in extract.text
    assert extract.header.published is None


def test_a_day_beside_a_byline_is_that_of_publication():
    """It is no sentence, and it stands above the text."""
    line = '<p>By Mara Reyl, <time datetime="2026-11-02">2 November 2026</time></p>'
    extract = read(a_page(line + STORY))
    assert extract.header.published == date(2026, 11, 2)
    assert extract.text.split("\n\n")[-3:] == [FIRST, SECOND, THIRD]


def test_a_short_paragraph_with_a_link_is_text_in_a_box_of_its_own():
    """Many papers write each paragraph so, and link one word in the middle of the article."""
    sentences = [
        FIRST,
        "The result was <a href='/r'>announced on Sunday</a> by the county, at four.",
        SECOND,
        "Turnout was 61 percent, the <a href='/c'>county clerk</a> said, two points more.",
        THIRD,
        "“We lost <a href='/l'>by 12 votes</a>,” Ben Quist said.",
    ]
    boxes = "".join(f"<div class='b'><div><p>{sentence}</p></div></div>" for sentence in sentences)
    found = lines(a_page(boxes))
    assert found[1] == "The result was announced on Sunday by the county, at four."
    assert found[3] == "Turnout was 61 percent, the county clerk said, two points more."
    assert found[5] == "“We lost by 12 votes,” Ben Quist said."
    assert (found[0], found[2], found[4]) == (FIRST, SECOND, THIRD)


@pytest.mark.parametrize(
    "teaser",
    [
        "<p>Also: <a href='/a'>What the recount on the southern islands has cost.</a></p>",
        "<p>How the ferries ran. <a href='/b'>Read more</a></p>",
    ],
)
def test_a_box_that_leads_to_another_article_is_no_text(teaser):
    """Most of its words are a link, or it ends with one."""
    boxes = "".join(f"<div><p>{text}</p></div>" for text in (FIRST, SECOND, THIRD))
    found = lines(a_page(f"{boxes}<div><div>{teaser}</div></div>"))
    assert found == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "row",
    [
        "<tr><td><h2>{0}</h2><p>{1} <a href='/a'>Read more →</a></p></td></tr>",
        (
            "<tr><td><table><tr><td><h2>{0}</h2></td></tr><tr><td>{1} <a href='/a'>Read more</a>"
            "</td></tr></table></td></tr>"
        ),
        "<tr><td><table><tr><td><h2><a href='/'>{0}</a></h2><p>{1}</p></td></tr></table></td></tr>",
        "<tr><td><b><a href='/a'>{0}</a></b><br><br>{1}</td></tr>",
    ],
)
@pytest.mark.parametrize("kind", ["a.eml", "a.html"])
def test_every_section_of_a_newsletter_is_text(row, kind):
    """Each has a row of a table, with a link to the whole article."""
    rows = "".join(
        row.format(place, text)
        for place, text in (("Holm", FIRST), ("Dunmere", SECOND), ("Ivrelle", THIRD))
    )
    page = f"<html><head><title>The digest</title></head><body><table>{rows}</table></body></html>"
    head = (
        "From: The Courier <news@courier.example>\nSubject: The digest\n"
        "Date: Mon, 2 Nov 2026 06:00:00 +0000\nContent-Type: text/html; charset=utf-8\n\n"
    )
    data = (head + page if kind == "a.eml" else page).encode()
    found = one(data, kind).extract.text.split("\n\n")
    assert [line for line in found if len(line) > 40] == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    ("shown", "read_text"),
    [
        ("won <button>18,402</button> votes in Holm", "won 18,402 votes in Holm"),
        ("asked the <button class='term'>returning officer</button>, who", "officer, who"),
        ("won <math><mn>61</mn><mo>%</mo></math> of all", "won 61% of all"),
        (
            "needs <math><mn>3</mn><mfrac><mn>1</mn><mn>2</mn></mfrac></math> seats",
            "needs 3 1/2 seats",
        ),
        (
            (
                "got <math><semantics><mrow><mn>18</mn> <mo>,</mo><mn>402</mn></mrow>"
                "<annotation>18{,}402</annotation></semantics></math> votes"
            ),
            "got 18,402 votes",
        ),
        ("got <object>12</object> seats", "got 12 seats"),
        (
            "won <span class='diff-removed'>12</span><span class='diff-added'>13</span> wards",
            "won 13 wards",
        ),
        (
            "won <span aria-hidden='true'>61</span><span class='sr-only'>sixty-one</span> percent",
            "won 61 percent",
        ),
    ],
)
def test_what_stands_in_a_sentence_is_one_of_its_words(shown, read_text):
    """A quotation without the figure would say something else."""
    sentence = f"The Harbour party {shown} on the evening of the second day."
    page = a_page(f"<p>{FIRST}</p><p>{sentence}</p><p>{SECOND}</p>")
    told = lines(page)[1]
    assert read_text in told
    assert told.endswith(" on the evening of the second day.")


@pytest.mark.parametrize(
    "button",
    [
        "<button>Share</button> <button>Copy link</button>",
        "<button>Listen to 12 minutes</button>",
        "<math><msup><mn>2</mn><mn>5</mn></msup></math>",
        "<object data='/map.svg'>A map of 12 wards</object>",
    ],
)
def test_a_button_behind_a_sentence_is_no_text(button):
    """Nor is a formula that has no form on one line, where 2⁵ would become 25."""
    assert lines(a_page(f"<p>{FIRST} {button}</p><p>{SECOND}</p>")) == [FIRST, SECOND]


@pytest.mark.parametrize(
    "line",
    [
        "FOR IMMEDIATE RELEASE",
        "PRESS RELEASE - FOR IMMEDIATE RELEASE",
        "Pressemitteilung",
        "보도자료",
        "EMBARGOED UNTIL 00:01 GMT, 3 NOVEMBER 2026",
        "Sperrfrist: 3. November, 6 Uhr",
        "Sous embargo jusqu’au 3 novembre, 6 heures",
        "解禁日時：11月3日 午前6時",
        "BC-HOLM-ELECTION, 2nd Ld-Writethru",
        "(MORE)",
        "– ENDS –",
        "Media contact: Ana Rell, press@harbour.example, +47 555 0133",
        "The views expressed here are the author’s own.",
        "The opinions expressed in this article do not reflect those of the Courier.",
        "Dieser Gastbeitrag gibt die Meinung der Autorin wieder.",
        "Les opinions exprimées ici n’engagent que leur auteur.",
        "Las opiniones expresadas en este artículo son de su autora.",
        "As opiniões expressas neste texto são do autor.",
        "この記事は筆者個人の見解です。",
        "이 칼럼은 필자의 견해와 다를 수 있습니다.",
        "本文仅代表作者观点，不代表本报立场。",
        "This page was translated automatically. Read the original.",
        "This summary was generated by AI and checked by an editor.",
        "This audio is generated by AI and may contain errors.",
        "A version of this article appears in print on 3 November on page 4.",
        "Zum Inhalt springen",
        "Partager",
    ],
)
def test_what_papers_and_offices_write_around_a_text_is_left_out(line):
    """Above it, below it and within it, in a page and in a paste."""
    page = read(a_page(f"<p>{line}</p><p>{FIRST}</p><p>{line}</p><p>{SECOND}</p><p>{line}</p>"))
    assert page.text.split("\n\n") == [FIRST, SECOND]
    paste = f"Holm counted by two\n\n{FIRST}\n\n{line}\n\n{SECOND}\n\n{line}"
    assert one(paste.encode(), "a.txt").extract.text.split("\n\n") == [FIRST, SECOND]


@pytest.mark.parametrize(
    "sentence",
    [
        "Embargo until the count has ended was what both parties had asked the papers for.",
        "The views of voters differ: expressed in seats, Harbour has the most.",
        "More ballots for immediate counting came from Tarn on Monday.",
        "Contact: the board had none with the ferry, she said.",
        "This article of the law was written with machines in mind, she said.",
    ],
)
def test_a_sentence_that_has_words_of_such_lines_is_text(sentence):
    """No line is left out for its first words alone."""
    assert sentence in lines(a_page(f"<p>{FIRST}</p><p>{sentence}</p><p>{SECOND}</p>"))
