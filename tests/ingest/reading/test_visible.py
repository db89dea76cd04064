"""The page as its reader sees it: what is hidden is not there, others stand apart."""

import pytest

from ingest.model import Kind
from ingest.reading import Document, Hints, read_bytes
from ingest.reading.registry import read as read_document
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


def body(inner, *, lang="en", **more):
    """Return the text of a page whose first paragraphs hold *inner*."""
    return read(a_page(f"{inner}<p>{SECOND}</p><p>{THIRD}</p>", lang=lang), **more).text


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (
            "<p>Oda Brenk denied that<!-- --> she had met the<!--x-->m twice.</p>",
            "that she had met them twice.",
        ),
        (
            "<p>Die Partei bestritt,<!-- react --> dass sie Geld nahm.</p>",
            "bestritt, dass sie Geld nahm.",
        ),
        (
            "<p>区長は<!-- -->受け取って<!-- -->いないと述べた。</p>",
            "区長は受け取っていないと述べた。",
        ),
    ],
)
def test_comments_of_the_markup_part_nothing(markup, words):
    """Pages drawn by scripts are full of them; what stands behind one is text."""
    assert words in body(markup)


@pytest.mark.parametrize(
    ("markup", "shown", "struck"),
    [
        (
            "<p>Holm cast <del>7,310</del> <ins>7,130</ins> votes.</p>",
            "Holm cast 7,130 votes.",
            "7,310",
        ),
        ("<p>Sie erhielt <s>41,2</s> 42,1 Prozent.</p>", "Sie erhielt 42,1 Prozent.", "41,2"),
        (
            '<p>得票は<span style="text-decoration: line-through">三千</span>四千票。</p>',
            "得票は四千票",
            "三千",
        ),
        (
            '<p>Il a obtenu <span class="line-through">12</span> 13 sièges.</p>',
            "obtenu 13 sièges",
            "12",
        ),
    ],
)
def test_what_is_struck_is_not_said(markup, shown, struck):
    """A struck figure was wrong, a struck sentence untrue."""
    text = body(markup)
    assert shown in text
    assert struck not in text


def test_a_style_that_only_names_a_line_strikes_nothing():
    """A variable of the page's own is no decoration of the text."""
    text = body('<p>Brenk won <span style="--hover-line: line-through">7,130</span> votes.</p>')
    assert "7,130 votes" in text


@pytest.mark.parametrize(
    ("markup", "lang", "words"),
    [
        ("Turnout was 61.4<sup>3</sup> per cent.", "en", "61.4 per cent"),
        ('She won 9,310<sup><a href="#n2">2</a></sup> votes.', "en", "9,310 votes"),
        (
            "Der Saal misst 420 m<sup>2</sup>, der Anteil 12<sup>*</sup> Prozent.",
            "de",
            "420 m², der Anteil 12 Prozent",
        ),
        ("Le 2<sup>e</sup> tour, 1 204<sup>a</sup> voix.", "fr", "Le 2e tour, 1 204 voix"),
        ("投票率は58.2<sup>注1</sup>％だった。", "ja", "58.2％だった"),
        ("Some 10<sup>6</sup> papers and 10<sup>1</sup> boxes.", "en", "10⁶ papers and 10 boxes"),
        ("The 3<sup>rd</sup> ward of Holm.", "en", "The 3rd ward"),
    ],
)
def test_signs_of_notes_stick_to_no_figure(markup, lang, words):
    """A raised sign points at a note; an exponent and an ordinal belong to their figure."""
    assert words in body(f"<p>{markup}</p>", lang=lang)


@pytest.mark.parametrize(
    "hidden",
    ["hidden", 'style="display: none"', 'class="visually-hidden"', 'class="screen-reader-text x"'],
)
def test_what_is_hidden_is_not_said(hidden):
    """Older figures often wait in the markup."""
    assert "44.0" not in body(f"<p {hidden}>Turnout was 44.0 per cent in Holm.</p>")


def test_a_class_is_hidden_however_often_its_page_declares_it():
    """Its declarations are looked through for each of its elements, so they have a limit."""
    styles = ".gone{display:none}" + ".gone{margin:0 0 1px 2px}" * 4_000
    page = f"<style>{styles}</style>" + '<p class="gone">Holm fell.</p>' * 2_000
    assert "Holm fell" not in body(page)


def test_what_only_a_narrow_screen_hides_is_shown():
    """An article that a script will show, and a box of wide screens, are read."""
    assert "wide screens" in body(
        '<p class="hidden md:block">The hall of wide screens was full that night.</p>'
    )
    assert FIRST in read(a_page(f'<div style="display:none">{STORY}</div>')).text


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "“It was fair.”"), ("de", "„It was fair.“"), ("ja", "「It was fair.」")],
)
def test_quotations_have_their_marks(lang, said):
    """Browsers draw them around ``q``; without them the paper says what another said."""
    text = body("<p>Ewan Holt said: <q>It was fair.</q> The clerk agreed.</p>", lang=lang)
    assert f"Ewan Holt said: {said} The clerk agreed." in text
    assert "said: “It was" in body("<p>He said: <q>“It was fair.”</q></p>")


@pytest.mark.parametrize(
    "box",
    [
        '<blockquote class="twitter-tweet"><p>{}</p></blockquote>',
        '<blockquote class="instagram-media"><p>{}</p></blockquote>',
        '<div class="fb-post" data-href="https://facebook.example/1"><blockquote>{}</blockquote></div>',
        '<blockquote class="bluesky-embed"><p>{}</p></blockquote>',
    ],
)
def test_posts_of_others_stand_apart(box):
    """What somebody posted is not what the paper says."""
    said = "They burned 4,000 ballots behind the hall in Holm!"
    extract = read(a_page(STORY + box.format(said)))
    assert said not in extract.text
    assert any(said in each for each in extract.captions)


def test_a_question_stands_with_its_answer():
    """A heading that asks, a box that opens and a bold question are read with their answers."""
    page = a_page(
        f"<p>{FIRST}</p><h2>When is Holm declared?</h2><p>By five, the officer said.</p>"
        "<details><summary>Who chairs the council?</summary><div>Orla Finck does.</div></details>"
        "<p><strong>Will you concede?</strong></p><p>No, and never.</p>"
        f"<p>{SECOND}</p>"
    )
    text = lines(page)
    assert "When is Holm declared? · By five, the officer said." in text
    assert "Who chairs the council? · Orla Finck does." in text
    assert "Will you concede? · No, and never." in text


def test_a_label_and_its_figure_are_a_line():
    """In the page they stand one below the other, in the markup in two spans."""
    text = body('<div class="big"><span>Turnout</span><span>58.1%</span></div>')
    assert "Turnout · 58.1%" in text
    assert "12,408 votes" in body(
        "<p>She won <b>12</b>,<b>4</b><b>08</b> votes in all of Holm.</p>"
    )


@pytest.mark.parametrize(
    ("head", "around"),
    [
        ('<meta property="article:section" content="Sponsored">', ""),
        (
            linked(headline="Holm counted by two").replace(
                "NewsArticle", "AdvertiserContentArticle"
            ),
            "",
        ),
        ("", "<p>PAID POST by the Harbour Committee</p>"),
        ("", '<span class="kicker">ANZEIGE</span>'),
        ("", "<p>Sponsored by Holm Water</p>"),
        ("", '<div class="label">広告</div>'),
    ],
)
def test_a_paid_post_is_no_coverage(head, around):
    """Who pays is heard as an advertiser, not as a newspaper."""
    assert "paid post" in refused(a_page(around + STORY, head=head))


def test_a_box_for_advertisements_makes_no_paid_post():
    """The label of a slot stands in honest articles as well."""
    assert not refused(
        a_page(f'<p>{FIRST}</p><div class="ad">Anzeige</div><p>{SECOND}</p><p>{THIRD}</p>')
    )
    assert not refused(a_page(f'<div class="ad-slot">Anzeige</div>{STORY}'))


@pytest.mark.parametrize(
    "note",
    [
        "An earlier version of this article misstated the number of seats. It was 12, not 21.",
        "Editor’s note: This story has been updated to remove an incorrect claim about the mayor.",
        "Corrected on 4 November: the turnout in Holm was 61.3 per cent.",
        "Korrektur: In einer früheren Fassung stand 21 statt 12.",
        "Anmerkung der Redaktion: Die Zahl der Sitze war falsch angegeben.",
        "Une version précédente de cet article donnait 21 sièges.",
        "Una versión anterior de este artículo daba 21 escaños.",
        "訂正：当初の記事で議席数を21としましたが、正しくは12でした。",
        "※5日午前9時、議席数を修正しました（誤：21 正：12）",
        "We’ve corrected the number of seats; a previous version of this report said 21.",
    ],
)
@pytest.mark.parametrize("at_head", [True, False])
def test_a_correction_is_no_body_text(note, at_head):
    """In the usual wordings, at either end of a page."""
    own = f"<p><em>{note}</em></p>"
    extract = read(a_page(own + STORY if at_head else STORY + own))
    assert note in extract.corrections
    assert note not in extract.text


@pytest.mark.parametrize(
    "sentence",
    [
        "An earlier version of the report, leaked in May, named 21 seats for the party in Holm.",
        "Corrections officers in Holm will vote by post, the clerk said on Monday evening there.",
    ],
)
def test_news_of_a_mistake_is_no_correction(sentence):
    """A sentence about another text stays."""
    assert sentence in body(f"<p>{sentence}</p>")


@pytest.mark.parametrize(
    "notice",
    [
        "We have withdrawn this article.",
        "Editor’s note: We have retracted this story because a document in it was forged.",
        "Wir haben diesen Artikel zurückgezogen, weil ein Dokument gefälscht war.",
        "本記事は取り下げました。読者の皆様にお詫びします。",
    ],
)
def test_a_withdrawn_article_says_so(notice):
    """Its page holds a notice in its place, however short."""
    [found] = read_bytes(f"Holm counted by two\n\n{notice}".encode(), "a.txt", Hints())
    assert found.extract.header.kind is Kind.RETRACTION


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        (
            "cp1252",
            "Lakeside\n\nThe mayor’s list won – “at last”, she said – at a cost of €12 a head.\n",
        ),
        (
            "cp1252",
            "Grünau wählt\n\nBürgermeisterin von Grünau wird Käthe Größer, sagte der Wahlleiter.\n",
        ),
        (
            "cp1250",
            "Wybory w Łęcku\n\nBurmistrzem została Małgorzata Żądło, zdobyła więcej głosów.\n",
        ),
        (
            "iso8859_2",
            "Wybory w Łęcku\n\nBurmistrzem została Małgorzata Żądło, zdobyła więcej głosów.\n",
        ),
        (
            "iso8859_2",
            "Volby v Říčce\n\nStarostkou se stala Jiřina Kučerová, nejčastěji zvolená žena.\n",
        ),
        (
            "iso8859_15",
            "Le cœur de Holm\n\nLa sœur du maire a été élue, a dit la préfète au chœur.\n",
        ),
        (
            "cp1250",
            "Volby v Říčce\n\nStarostkou se stala Jiřina Kučerová, která získala většinu hlasů.\n",
        ),
        (
            "cp1251",
            "Выборы мэра\n\nИзбирательная комиссия сообщила, что мэром избрана Анна Кольцова.\n",
        ),
        (
            "mac_roman",
            "Grünau wählt\n\nBürgermeisterin von Grünau wird Käthe Größer, sagte der Wahlleiter.\n",
        ),
        (
            "mac_roman",
            "Le cœur de Holm\n\nLa préfète a été réélue, a déclaré l’élu : « C’est fait. »\n",
        ),
        (
            "mac_roman",
            "Holm counted\n\n“It’s over,” the clerk’s aide said; the boxes weren’t there.\n",
        ),
        (
            "utf-16-le",
            "Holm counted\n\nThe clerk’s list won – “at last”, she said – at a cost of €12.\n",
        ),
        (
            "utf-16-be",
            "Le cœur de Holm\n\nLa préfète a été réélue, a déclaré l’élu : « C’est fait. »\n",
        ),
        (
            "utf-16-le",
            "ホルム市長選\n\nホルム市長選の投票率は58.4%で、12,450票が数えられたと市の委員会が述べた。\n",
        ),
    ],
)
def test_undeclared_encodings_are_those_of_the_web(encoding, text):
    """A few bytes beyond ASCII are read by the language around them."""
    [found] = read_bytes(text.encode(encoding), "a.txt", Hints())
    assert found.extract.text == text.split("\n\n")[1].strip()


@pytest.mark.parametrize(
    ("encoding", "lang", "sentence"),
    [
        ("cp1255", "he", "הודעת ועדת הבחירות נמסרה בהולם ביום שני בערב."),
        ("cp1253", "el", "Η επιτροπή ανακοίνωσε τα αποτελέσματα στο Χολμ."),
        ("cp1256", "ar", "أعلنت اللجنة النتائج في هولم مساء الاثنين."),
        ("cp1251", "uk", "Комісія оголосила результати в Гольмі."),
    ],
)
def test_a_page_in_another_script_is_not_read_by_its_scripts(encoding, lang, sentence):
    """A page in Latin letters for the most part has the encoding of the language it declares."""
    scripts = f"<script>{'var holm = count(votes) + total; ' * 60}</script>"
    page = a_page(f"<p>{FIRST}</p><p>{SECOND}</p><p>{sentence}</p>", head=scripts, lang=lang)
    page = page.replace('<meta charset="utf-8">', "")
    [found] = read_bytes(page.encode(encoding, "replace"), "a.html", Hints())
    assert sentence in found.extract.text


def test_a_table_with_a_few_nul_bytes_is_not_of_pairs():
    """Bytes of another encoding are left alone."""
    damaged = "The clerk read it\0 aloud\0 in the hall, at two\0 in all.\0"
    text = f"Holm counted\n\n{FIRST}\n\n{SECOND}\n\n{damaged}\n"
    [found] = read_bytes(text.encode(), "a.txt", Hints())
    assert "The clerk read it aloud in the hall, at two in all." in found.extract.text


def test_a_named_document_keeps_its_note_of_damage():
    """A file with bytes that are no text says so."""
    data = ("Title\n\n" + FIRST + " é à ü ö ä ß ø å ñ ç ").encode() + b"\xff" + SECOND.encode()
    [found] = read_document(Document(data, "a.txt"))
    assert "1 bytes could not be read" in found.extract.notes[0]


@pytest.mark.parametrize(
    "struck", ["~~71.2~~", "<del>71.2</del>", "<s>71.2</s>", "<STRIKE>71.2</STRIKE>"]
)
def test_markdown_strikes_in_signs_or_tags_and_has_notes(struck):
    """A sign that points at a note is no part of the sentence, nor of the note."""
    sentence = f"Turnout was {struck} 72.1 per cent[^a] in Holm."
    text = f"# Holm\n\n{FIRST}\n\n{sentence}\n\n[^a]: Preliminary figures.\n"
    [found] = read_bytes(text.encode(), "holm.md", Hints())
    said = found.extract.text
    assert "Turnout was 72.1 per cent in Holm." in " ".join(said.split())
    assert "\n\nPreliminary figures." in said


def test_what_markdown_strikes_is_not_said():
    """Whatever is written between two tildes was wrong."""
    text = f"# Holm counted\n\nHolm cast ~~7,310~~ 7,130 votes, the officer said.\n\n{SECOND}\n"
    [found] = read_bytes(text.encode(), "a.md", Hints())
    assert "Holm cast 7,130 votes" in found.extract.text


@pytest.mark.parametrize("credit", ["(Reporting by A. Bell; Kyodo)", "© 2026 Kyodo"])
def test_a_credit_line_is_no_evidence(credit):
    """Who wrote and edited stands in no answer; the agency is metadata."""
    extract = read(a_page(f"{STORY}<p>{credit}</p>"))
    assert credit not in extract.text
    assert extract.header.agency == "Kyodo"


@pytest.mark.parametrize(
    "credit",
    [
        "Avec AFP",
        "Mit Material von dpa und Reuters",
        "(Con información de EFE)",
        "Com informações da Reuters",
        "With reporting from AP",
        "配信：共同通信",
        "(Reportage de A. Bel, édité par C. Du)",
        "(Bericht von A. Bel, redigiert von C. Du)",
        "(Reportagem de A. Bel; edição de C. Du)",
    ],
)
def test_a_credit_line_in_any_language_is_no_evidence(credit):
    """Of agencies whose reports were used, and in brackets of who wrote and edited."""
    assert lines(a_page(f"{STORY}<p>{credit}</p>"))[-1] == THIRD


@pytest.mark.parametrize(
    "line", ["(dpa)", "dpa/AFP", "【ロイター】", "Associated Press", "(EFE/AFP)"]
)
def test_an_agency_alone_below_the_text_is_no_evidence(line):
    """It is the source of the report."""
    extract = read(a_page(f"{STORY}<p>{line}</p>"))
    assert line not in extract.text
    assert extract.header.agency


@pytest.mark.parametrize(
    ("markup", "heading"),
    [
        ("<h3>Correction</h3><p>{}</p>", "Correction"),
        ("<p><strong>Clarification:</strong></p><p>{}</p>", "Clarification"),
        ("<p><b>Correction</b><br>{}</p>", "Correction"),
        ("<h4>Korrektur</h4><p>{}</p>", "Korrektur"),
        ("<h4>Διόρθωση</h4><p>{}</p>", "Διόρθωση"),
    ],
)
def test_a_correction_below_its_label_is_one(markup, heading):
    """The label says nothing alone, and the text does not say that it corrects."""
    note = "The Fen Alliance won 12 seats in Holm, not 21 as first stated."
    extract = read(a_page(STORY + markup.format(note)))
    assert extract.corrections == (f"{heading}: {note}",)
    assert extract.text.split("\n\n")[-1] == THIRD


def test_a_heading_like_such_a_label_is_one_of_the_text():
    """It goes on, or a sentence stands there."""
    for heading in ("Corrections officers vote", "Correction of the roll", "A correction."):
        lines_read = lines(a_page(f"{STORY}<h3>{heading}</h3><p>{FIRST[4:]}</p>"))
        assert lines_read[-2:] == [heading, FIRST[4:]]


@pytest.mark.parametrize(
    "sentence",
    [
        "With reporting from AP reporters banned, Holm counted alone.",
        "(Reportage is not what Lund calls it.) She calls it a play.",
        "Mit dpa und Reuters sprach die Wahlleiterin am Montag nicht.",
    ],
)
def test_a_sentence_that_begins_like_a_credit_is_text(sentence):
    """A credit is a whole line."""
    assert lines(a_page(f"{STORY}<p>{sentence}</p>"))[-1] == sentence


@pytest.mark.parametrize("mark", ['role="doc-footnote"', 'epub:type="footnote"', 'role="note"'])
def test_a_note_beside_the_text_is_text(mark):
    """What leads back from it to its sign is not."""
    note = f'<aside id="n1" {mark}><p>Without the harbour ward. <a href="#r1">↩</a></p></aside>'
    text = read(a_page(f"{STORY}{note}")).text
    assert "Without the harbour ward." in text
    assert "↩" not in text


@pytest.mark.parametrize("name", ["post", "entry-content", "story article-body"])
def test_parts_of_an_article_that_share_a_class_are_all_read_in_order(name):
    """The first of them passed for the article, and what stood above it came behind it."""
    posts = [("Boxes open", FIRST), ("Doors close", SECOND), ("Long queues", THIRD)]
    parts = "".join(
        f'<div class="{name}"><h3>{title}</h3><p>{text}</p></div>' for title, text in posts
    )
    expected = ["How the evening went in Holm, minute by minute.", *(x for p in posts for x in p)]
    assert lines(a_page(f"<p>{expected[0]}</p>{parts}")) == expected


@pytest.mark.parametrize("name", ["advertisement", "box sponsored", "native-ad", "c-advert"])
def test_an_advertisement_between_paragraphs_is_not_the_papers(name):
    """Its words stand in a box of their own."""
    offer = "Smoked fish from the quay costs 40 per cent less until Monday, at every shop in Holm."
    text = read(
        a_page(f'{STORY}<div class="{name}"><p>{offer}</p></div><p>{SECOND[::-1]}</p>')
    ).text
    assert "Smoked fish" not in text
    assert THIRD in text


@pytest.mark.parametrize(
    ("counter", "shown"),
    [
        ('<span class="counter" data-target="61">0</span>%', "61%"),
        ('<b data-count="18,402">0</b>', "18,402"),
        ('<span data-to="62.7" data-suffix="%">0</span>', "62.7%"),
        ('<span data-target="#menu">0</span>', "0"),
        ('<span data-count="12">3</span>', "3"),
        ("<span>0</span>", "0"),
    ],
)
def test_a_figure_that_a_script_counts_up_to_is_the_one_that_is_read(counter, shown):
    """The reader sees it a second later; 0 would be a wrong figure."""
    sentence = f"By noon {counter} of the voters of Sarnholt had cast their ballots, she said."
    assert f"By noon {shown} of the voters" in read(a_page(f"{STORY}<p>{sentence}</p>")).text
