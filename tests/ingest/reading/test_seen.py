"""What a reader sees of a page, in the many ways that pages are written."""

import pytest

from ingest.model import Kind
from ingest.reading import Hints, read_bytes
from tests.ingest.reading.pages import FIRST, SECOND, STORY, a_page, linked, read, refused


def text_of(body, *, head="", lang="en"):
    return read(a_page(STORY + body, head=head, lang=lang)).text


def test_whatever_strikes_a_text_out_takes_it_away():
    """By tag, class, style, the page's own style sheet, or sign by sign."""
    text = text_of(
        '<p>Brenk won <span style="text-decoration-line: line-through">7,310</span> 7,130 votes in '
        'Holm.</p><p>Rhea Solt <span class="strike">conceded</span> <u>has not conceded</u>.</p>'
        '<p>Turnout was <span class="gone">71.3</span> 61.3 per cent in Tarn.</p>'
        '<p>Ward 4 had <span role="deletion">31</span> <span role="insertion">13</span> boxes.</p>'
        "<p>There were 7\u03368\u0336 12 women on the new council of Ostrel, it said.</p>"
        "<ul><li><del>Tarn: 40 votes</del></li><li>Tarn: 44 votes were counted by noon</li></ul>"
        '<p>Ostrel: <i class="txt-strike">17</i> 71 boxes, '
        '<i class="u-strikethrough">9</i> 8 lost.</p>'
        '<p>Ebb: <b class="c__struck">6 seats</b> <b class="durchgestrichen">5</b> 3 seats</p>',
        head="<style>@media print{.a{b:c}} .gone,.old{text-decoration:line-through}</style>",
    )
    for line in (
        "won 7,130 votes",
        "Solt has not conceded",
        "was 61.3 per",
        "were 12 women",
        "44",
        "71",
        "3 seats",
        "had 13 boxes",
    ):
        assert line in text
    for struck in (
        "7,310",
        "Solt conceded",
        "71.3",
        "8\u0336",
        "40 votes",
        "17",
        "9 8",
        "6 seats",
        "Ebb: 5",
    ):
        assert struck not in text


def test_signs_of_notes_stick_to_nothing_however_they_are_raised():
    """By a class, a style, a bare link to the note, or a character; exponents stay."""
    text = text_of(
        '<p>Turnout was 63.5<span class="superscript">2</span> per cent.</p><p>Brenk got 11,204<a '
        'href="#n1">1</a> votes.</p><p>Solt got 9,310¹ votes and 7.5² per cent.</p><p>Tarn: 4,120'
        '<span style="vertical-align:super;font-size:70%">3</span> votes and 3,210† by post.</p>'
        '<p>Ward 4: 5,120<span style="position:relative; top:-0.5em">4</span> votes.</p>'
        "<p>The hall has 300 km² of floor and saw 10⁶ papers pass.</p>"
    )
    for line in (
        "63.5 per",
        "11,204 votes",
        "9,310 votes",
        "7.5 per",
        "4,120 votes",
        "3,210 by",
        "5,120 votes",
    ):
        assert line in text
    assert "300 km² of floor and saw 10⁶ papers" in text


def test_a_fraction_keeps_its_numerator():
    """However its bar is written."""
    text = text_of(
        "<p>It rose 4<sup>1</sup>/<sub>2</sub> points, by <sup>2</sup>⁄<sub>3</sub> in Tarn and 7 "
        "<sup>1</sup><span>/</span><sub>4</sub> in Ulm.</p>"
    )
    assert "It rose 4 1/2 points, by 2⁄3 in Tarn and 7 1/4 in Ulm." in text


@pytest.mark.parametrize(
    "link",
    [
        '<a class="footnote-anchor" href="https://holm.example/p/count#footnote-1">1</a>',
        '<a href="notes.xhtml#n1" epub:type="noteref">1</a>',
        '<a role="doc-noteref" href="#n1">1</a>',
        '<a href="/count/#note-a">a</a>',
    ],
)
def test_links_to_notes_stick_to_no_figure_and_no_sentence(link):
    """Wherever their address leads; a link of one sign that is a word of the text stays."""
    text = text_of(
        f"<p>Brenk got 11,204{link} votes, “the most ever”.{link} Turnout was 58.4%,{link} he said."
        '</p><p>Look at the lists of Tarn, <a href="/lists#b">B</a> and (<a href="#c">C</a>).</p>'
    )
    assert "Brenk got 11,204 votes, “the most ever”. Turnout was 58.4%, he said." in text
    assert "lists of Tarn, B and (C)." in text


def test_a_note_with_a_link_back_before_it_is_text():
    """As newsletters set their footnotes."""
    note = (
        '<a id="f1" href="#anchor-1" class="footnote-number">1</a><div><p>By post only.</p></div>'
    )
    text = text_of(f'{STORY}<div class="footnote">{note}</div>')
    assert text.endswith("\n\nBy post only.")


@pytest.mark.parametrize(
    ("markup", "lang", "words"),
    [
        ("投票率は58.4％（注3）で、面積は310km<sup>2</sup>。", "ja", "58.4％で、面積は310km²。"),
        ("得票は8,181<sup>（註1）</sup>票だった。", "ja", "8,181票だった"),
        ("득표수는 8,181<sup>주2</sup>표였다.", "ko", "8,181표였다"),
        ("Brenk won 8,181[3] votes, 58.4%[12] of all.[4]", "en", "8,181 votes, 58.4% of all."),
        (
            "Turnout was 58.4%<sup>[note 2]</sup><sup>[clarification needed]</sup> there.",
            "en",
            "58.4% there",
        ),
        (
            "The map shows 40ft<sup>2</sup> and the rule x<sup>2</sup> of it.",
            "en",
            "40ft² and the rule x²",
        ),
    ],
)
def test_signs_of_notes_in_other_scripts_and_words(markup, lang, words):
    """As encyclopaedias and Japanese papers set them, raised or in brackets on the line."""
    assert words in text_of(f"<p>{markup}</p>", lang=lang)


@pytest.mark.parametrize(
    "hidden",
    [
        'style="font-size:0"',
        'style="opacity:0"',
        'style="position:absolute;left:-9999px"',
        'style="clip:rect(0,0,0,0)"',
        'class="draft"',
        'class="u-visually-hidden"',
        'class="govuk-visually-hidden"',
        'class="sr_only"',
        'class="hide"',
        'class="visually-hidden-focusable"',
        'class="print-only"',
    ],
)
def test_whatever_hides_a_text_takes_it_away(hidden):
    """By style, by class, or by the page's own style sheet."""
    text = text_of(
        f"<p {hidden}>Turnout in Tarn was 44.0 per cent.</p><p>It was 54.9 per cent.</p>",
        head="<style>.draft{display:none}</style>",
    )
    assert "54.9" in text
    assert "44.0" not in text


def test_what_a_style_sheet_shows_on_some_screens_stays():
    """A rule for wide screens, a negative margin and what fades in hide nothing."""
    text = text_of(
        '<p class="wide">Turnout in Tarn was 54.9 per cent.</p><p class="up">Solt got 9,310.</p>'
        '<p class="fades">Brenk got 7,130 votes in Holm, the clerk said.</p>',
        head="<style>.wide{display:none}@media (min-width:1px){.wide{display:block}}"
        ".up{top:-120px}.fades{opacity:0}</style>",
    )
    for figure in ("54.9", "9,310", "7,130"):
        assert figure in text


@pytest.mark.parametrize(
    "box",
    [
        "<blockquote data-instgrm-permalink='https://www.instagram.com/p/1'><p>{}</p></blockquote>",
        "<blockquote cite='https://x.com/eye/status/1'><p>{}</p><p>Eye (@eye)</p></blockquote>",
        "<blockquote><p>{}</p><a href='https://twitter.com/e/status/1'>5 Nov</a></blockquote>",
    ],
)
def test_posts_are_known_by_their_address(box):
    """A page need not name the class of an embedded post."""
    extract = read(a_page(STORY + box.format("They burned 4,000 ballots in Holm.")))
    assert "burned" not in extract.text
    assert "burned" in extract.captions[0]


def test_the_words_of_another_are_quoted_in_the_papers_marks():
    """A quotation inside a quotation has the inner marks of the language."""
    text = text_of(
        "<p>Die Leiterin sagte: <q>Wir zählen <q>heute</q> noch.</q> Dann ging sie.</p>", lang="de"
    )
    assert "„Wir zählen ‚heute‘ noch.“" in text


def test_a_label_and_its_figure_are_a_line_in_any_box():
    """Boxes in boxes, list items, sections, paragraphs of two pieces; times are no figures."""
    text = text_of(
        '<div class="box"><div>Turnout</div><div>63.5%</div></div>'
        "<ul><li><span>Stations</span><span>31 of 31</span></li></ul>"
        "<section><span>Spoilt papers</span> <span>212</span></section>"
        "<p><span>Majority</span><span>7,130</span></p><div><p>4.2 points</p><p>Swing</p></div>"
    )
    for line in (
        "Turnout · 63.5%",
        "Stations · 31 of 31",
        "Spoilt papers · 212",
        "Majority · 7,130",
    ):
        assert line in text
    assert "4.2 points Swing" in text


@pytest.mark.parametrize(
    "markup",
    [
        "<p><strong>{q}</strong><br>{a}</p>",
        "<p><b>{q}</b> {a}</p>",
        "<p><em>{q}</em></p><p>{a}</p>",
        '<div><button>{q}</button><div class="answer"><p>{a}</p></div></div>',
        '<div class="q">{q}</div><div class="a">{a}</div>',
        "<details><summary><h3>{q}</h3></summary>{a}</details>",
    ],
)
def test_a_question_stands_before_its_own_answer(markup):
    """Explainers and interviews mark questions in many ways."""
    pairs = {
        "Who counts the votes?": "Some 80 staff of the council.",
        "When is the result due?": "By five on Friday.",
    }
    text = text_of("".join(markup.format(q=q, a=a) for q, a in pairs.items()))
    for question, answer in pairs.items():
        assert f"{question} · {answer}" in text


def test_a_japanese_question_needs_no_mark():
    """In a heading it ends in its particle."""
    text = text_of("<h3>いつ確定しますか</h3><p>金曜日の午前五時です。</p>", lang="ja")
    assert "いつ確定しますか · 金曜日の午前五時です。" in text


NOTES = """
Correction, 4 November: The article first gave the seats of the League in Holm as 21. It won 12.
We corrected this article on 5 November to give the right number of seats.
For the record: An earlier version of this article said 21 seats.
Because of an editing error, an earlier version of this article gave a wrong figure.
Update: This article has been corrected to say that the League won 12 seats.
Editors' Note, Nov. 5: this story originally misidentified the mayor of Holm.
Note: this article originally said that the League won 21 seats; it won 12.
Hinweis: In einer früheren Version dieses Artikels stand eine falsche Zahl.
Transparenzhinweis: Wir haben die Zahl der Sitze nachträglich berichtigt.
Anm. d. Red.: Eine frühere Fassung nannte irrtümlich 21 Sitze.
Rectificatif. La Ligue a obtenu 12 sièges et non 21.
Mise à jour : cet article a été corrigé le 5 novembre, le nombre de sièges était faux.
Este artículo ha sido corregido: la Liga ganó 12 escaños.
Una versione precedente di questo articolo riportava 21 seggi.
ERRAMOS: a Liga conquistou 12 cadeiras, não 21.
※記事の一部を訂正しました。議席数は12でした。
（訂正）5日配信の記事で、議席数が21とあるのは12の誤りでした。
[정정] 의석수는 12석입니다.
이 기사는 의석수 오류를 바로잡기 위해 수정되었습니다.
本文早前版本误写为21席，特此更正。
此前版本的报道有误，现予更正。
ذكرت نسخة سابقة من هذا المقال رقما خاطئا.
In een eerdere versie van dit artikel stond dat de Liga 21 zetels won.
В предыдущей версии статьи было указано 21 место.
Sprostowanie: Liga zdobyła 12 mandatów.
I en tidigare version av artikeln stod det fel.
A correction was made on Nov. 5, 2026: The League won 12 seats in Holm.
Correction, Oct. 20, 2026: The League won 12 seats in Holm, not 21.
The number of seats in this article was corrected on 5 November.
(Corrects the number of seats in paragraph 3)
Editors’ note: This report has been updated to reflect that the League won 12 seats, not 21.
We got this wrong: the League won 12 seats.
We’ve since corrected the number of seats in this story.
The Ledger regrets the error.
Updated at 6 p.m.: corrects the number of seats.
In der ersten Fassung dieses Berichts war von 21 Sitzen die Rede.
In diesem Artikel stand zunächst, die Liga habe 21 Sitze gewonnen.
Korrektur vom 5. November: Die Liga gewann 12 Sitze.
Correction du 5 novembre : la Ligue a obtenu 12 sièges, et non 21.
Mise à jour le 5 novembre : correction du nombre de sièges de la Ligue.
Contrairement à ce que nous avions écrit, la Ligue a obtenu 12 sièges.
La versión original de este artículo daba 21 escaños a la Liga.
Este texto decía por error que la Liga ganó 21 escaños.
Diferentemente do publicado, a Liga conquistou 12 cadeiras.
Nella prima versione di questo articolo i seggi erano 21.
〈訂正して、おわびします〉リーグの議席を21としたのは12の誤りでした。
（おことわり）記事の公開当初から議席数を修正しました。
リーグの議席を21議席と記載しましたが、12議席の誤りでした。
본 기사는 의석수를 수정한 기사입니다.
리그의 의석수를 21석에서 12석으로 정정합니다.
※ 해당 기사의 의석수는 21석이 아니라 12석이므로 바로잡았습니다.
本报此前报道中席位数有误，应为12席。
تصويب: فازت الرابطة باثني عشر مقعدا.
""".strip().split("\n")


def test_corrections_are_known_in_many_wordings_and_languages():
    """What corrects an article is no sentence of it."""
    paste = "\n\n".join(["Holm counted by two", FIRST, SECOND, *NOTES])
    [found] = read_bytes(paste.encode(), "a.txt", Hints())
    assert list(found.extract.corrections) == NOTES
    assert found.extract.text == f"{FIRST}\n\n{SECOND}"


@pytest.mark.parametrize(
    "sentence",
    [
        "In einer früheren Fassung des Gesetzes standen 21 Sitze, sagte die Leiterin am Montag.",
        "The clerk corrected the figures of Tarn on Monday: 7,130 votes, not 7,310, were cast.",
        "当初の計画では開票は二時に終わるはずだったが、町は予定を修正した。",
        "The report on the count was read aloud by the clerk, who found an error in it.",
        "A correction was made to the count of Tarn on Monday, after the clerk had called.",
        "The returning officer regrets the error, she told the council of Holm on Monday night.",
        "“We have corrected the figures of Tarn,” the clerk said as the hall was emptied.",
        "The mistake in the report was corrected before the council of Holm read it aloud.",
        "Update: Correctional officers of Tarn voted by post, the clerk said on Monday.",
        "In der ersten Fassung stand der Satz nicht, sagte die Leiterin über das Gesetz.",
        "« Nous avions écrit au maire », a dit la présidente du bureau de Holm lundi soir.",
        "町は開票の手順を修正しましたが、立会人は誤りだと述べ、議会で争う考えだ。",
        "해당 기사에 나온 의석수를 정정하라고 위원회가 요구했다고 의장이 말했다.",
    ],
)
def test_a_sentence_about_another_text_is_no_correction(sentence):
    """Laws, plans and counts are corrected too."""
    [found] = read_bytes(f"Holm counted\n\n{FIRST}\n\n{sentence}".encode(), "a.txt", Hints())
    assert sentence in found.extract.text


@pytest.mark.parametrize(
    "notice",
    [
        "RETRACTED: this article did not meet our standards.",
        "We are retracting this story because its source was not who he said he was.",
        "The article that appeared here has been withdrawn.",
        "Dieser Artikel wurde depubliziert, weil er Fehler enthielt.",
        "An dieser Stelle stand ein Artikel, den wir zurückgezogen haben.",
        "La rédaction a retiré cet article, fondé sur un faux.",
        "Esta noticia ha sido retirada por la redacción.",
        "Este artigo foi removido porque continha erros.",
        "Questo articolo è stato ritirato dalla redazione.",
        "この記事は事実と異なる内容があったため、取り消します。",
        "본 기사는 오보로 확인되어 삭제했습니다.",
        "该报道已被撤下，特此致歉。",
        "تم سحب هذا المقال بسبب أخطاء.",
        "Статья удалена редакцией.",
    ],
)
@pytest.mark.parametrize("paper", ["{}", f"{{}}\n\n{FIRST}\n\n{SECOND}", f"{FIRST}\n\n{{}}"])
def test_a_withdrawal_is_known_in_many_languages(notice, paper):
    """Nothing of the article is cited any more, whether the notice stands at its head or end."""
    text = f"Holm counted by two\n\n{paper.format(notice)}"
    [found] = read_bytes(text.encode(), "a.txt", Hints())
    assert found.extract.header.kind is Kind.RETRACTION


@pytest.mark.parametrize(
    "sentence",
    [
        "The council has removed the article of the charter on recounts, the clerk of Holm said.",
        "Brenk has withdrawn the report on the harbour that he had read to the council of Holm.",
        "The party deleted the post and said that nobody in Holm had been meant by any of it.",
    ],
)
def test_what_others_withdraw_withdraws_no_article(sentence):
    """Councils remove articles of law, parties their posts."""
    text = f"Holm counted by two\n\n{FIRST}\n\n{sentence}"
    [found] = read_bytes(text.encode(), "a.txt", Hints())
    assert found.extract.header.kind is Kind.NEWS
    assert sentence in found.extract.text


@pytest.mark.parametrize(
    "label",
    [
        "<p>Content paid for by Harbour League</p>",
        "<p>This article is sponsored by the Port Company</p>",
        '<span class="tag">Sponsored</span>',
        "<p>Sonderveröffentlichung der Liga</p>",
        "<p>Contenu proposé par la Ligue</p>",
        "<p>[PR] リーグ提供</p>",
        "<p>本文为推广内容</p>",
        "<p>محتوى مدفوع</p>",
        "<span>[광고] 항구 연맹 제공</span>",
        "<p>Gesponsorde inhoud van de Liga</p>",
        "<p>Annonsörsinnehåll från ligan</p>",
        '<span class="badge">Annonse</span>',
        '<p class="dachzeile">Bezahlte Anzeige</p>',
        "<p>PR 提供：港連盟</p>",
        "<p>BrandVoice | Paid Program</p>",
    ],
)
@pytest.mark.parametrize("is_above", [True, False])
def test_a_paid_post_is_labelled_in_many_ways(label, is_above):
    """Above its heading or below."""
    heading = "<h1>Try the new ferry</h1>"
    page = a_page(h1=label + heading if is_above else heading + label, title="Try the new ferry")
    assert "is a paid post" in refused(page)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ('<meta property="article:section" content="Brand Studio">', "Try the ferry"),
        ('<meta name="sponsored" content="true">', "Try the ferry"),
        (linked(headline="Try the ferry", genre="advertorial"), "Try the ferry"),
        ("", "【PR】フェリーに乗ろう"),
        ("", "Paid Content: The ferry"),
    ],
)
def test_a_paid_post_is_declared_in_many_ways(head, title):
    """In its metadata or its title."""
    assert "is a paid post" in refused(a_page(head=head, title=title))


@pytest.mark.parametrize(
    ("site", "about"),
    [
        ("Yahoo News", {"provider": {"@type": "Organization", "name": "The Holm Courier"}}),
        ("MSN", {"sourceOrganization": {"name": "The Holm Courier"}}),
        ("Yahoo!ニュース", {"author": [{"@type": "Organization", "name": "The Holm Courier"}]}),
        ("Google News", {"copyrightHolder": "The Holm Courier"}),
    ],
)
def test_the_outlet_of_an_aggregators_page_is_its_source(site, about):
    """Two papers that one site carries are two outlets."""
    head = linked(headline="Holm counted by two", publisher={"name": site}, **about)
    assert read(a_page(head=head)).header.outlet == "The Holm Courier"


def test_a_paper_that_names_an_agency_as_its_source_is_the_outlet():
    """It chose to print it."""
    head = linked(
        headline="Holm counted by two",
        publisher={"name": "The Holm Courier"},
        provider={"@type": "Organization", "name": "Northlight"},
    )
    assert read(a_page(head=head)).header.outlet == "The Holm Courier"


def test_calls_to_read_on_and_captions_with_credits_are_no_text():
    """Boxes between the paragraphs of an article are not its sentences."""
    extract = read(
        a_page(
            f"{STORY}<p>Read more...</p><p>Trending:</p><div><span>The boxes come ashore</span>"
            "<span>Credit: Ada Lund / Holm Pictures 2</span></div><p>Solt got 9,310 votes.</p>"
        )
    )
    assert extract.text.endswith("Solt got 9,310 votes.")
    for line in ("Read more", "Trending", "Credit"):
        assert line not in extract.text


ELSEWHERE = [
    "Read next: Mayor admits gifts",
    "Related: Mayor admits gifts",
    "Lesen Sie auch: Bürgermeister gibt Geschenke zu",
    "Mehr zum Thema – Haushalt verschoben",
    "À lire aussi : le maire avoue",
    "Lire également | Le budget reporté",
    "Te puede interesar: El alcalde admite regalos",
    "LEIA TAMBÉM: Prefeito admite presentes",
    "【関連記事】市長、贈り物の受領認める",
    "[관련기사] 시장, 선물 인정",
    "延伸閱讀：市長承認收受禮物",
    "اقرأ أيضاً: رئيس البلدية يعترف",
]
AROUND = [
    "Article continues after advertisement",
    "3 min read",
    "Tags: elections, Holm",
    "Was this article helpful? Yes No",
    "Sponsored content: two for one",
    "The post Holm counted by two appeared first on The Holm Courier.",
    "Der Beitrag Holm zählt erschien zuerst auf Kurier.",
    "La entrada Holm cuenta se publicó primero en El Correo.",
    "投稿 開票終わる は 北斗新聞 に最初に表示されました。",
    "Síguenos en Facebook e Instagram",
    "▶ 제보는 카톡 holm",
    "<저작권자(c) 홀름, 무단 전재-재배포 금지>",
    "本網站之文字，非經授權，不得轉載。",
    "-30-",
    "— 30 —",
    "###",
    "1 2 3 Next »",
    "Source URL: https://courier.example/holm",
    "Quelle: https://kurier.example/holm",
]


@pytest.mark.parametrize("line", ELSEWHERE + AROUND)
def test_lines_around_an_article_are_not_its_sentences(line):
    """In the languages of papers: what leads to other articles, and what sites write below."""
    extract = read(a_page(f"<p>{FIRST}</p><p>{line}</p><p>{SECOND}</p><p>{line}</p>"))
    assert extract.text.split("\n\n") == [FIRST, SECOND]


@pytest.mark.parametrize(
    "sentence",
    [
        "Related parties may not count votes, the act on elections says in its fifth section.",
        "Sponsored content made up 40 per cent of the posts that the authority looked at.",
        "Mehr dazu will die Wahlleiterin am Montag sagen, wenn alle Stimmen gezählt sind.",
        "Wer seinen Stimmzettel sucht, muss weiterlesen, denn die Liste hat 312 Namen.",
        "未经授权不得进入投票站，选举委员会主席周一在记者会上对媒体表示。",
        "Los vecinos deben ver también las listas de votantes antes del lunes a las diez.",
    ],
)
def test_a_sentence_that_begins_like_such_a_line_is_text(sentence):
    """No line is left out for its first words alone."""
    extract = read(a_page(f"<p>{FIRST}</p><p>{sentence}</p><p>{SECOND}</p>"))
    assert sentence in extract.text


@pytest.mark.parametrize(
    "box",
    [
        "<blockquote><p>{}</p><cite>Ada Lund</cite></blockquote>",
        "<blockquote>{}</blockquote>",
        '<p class="article-pullquote">{}</p>',
        "<aside>“{}”</aside>",
    ],
)
def test_a_quotation_that_is_set_apart_from_its_text_stands_once(box):
    """There it has its speaker; one that the text lacks stays, also if it is there twice."""
    inside, alone = "I never took a crown from the ferries", "The ferries will sail again in May."
    text = text_of(
        box.format(inside)
        + f"<p>“{inside}, and I never will,” said Lund.</p>"
        + 2 * f"<blockquote><p>{alone}</p></blockquote>"
    )
    assert text.count(inside) == 1
    assert alone in text
