"""A line end is no sentence end, in any script and in any format."""

import json

import pytest

from ingest.reading import Hints, read_bytes
from ingest.reading.text import clean, paragraphs
from tests.ingest.reading.pages import FIRST, SECOND, a_page, lines

WRAPPED = """The returning officer of Holm told reporters that the
recount would begin on Tuesday at nine, and that it had cost 1.4
million crowns to bring the boxes over. Odile Farr, the mayor, did
not want one; her rival did."""
WHOLE = WRAPPED.replace("\n", " ")
WRAPPED_JA = """北斗町の選挙管理委員会は月曜日、再集計の費用が一
億四千万円になると明らかにした。町長は「必要ないと
考えていた」と述べた。"""
WHOLE_JA = WRAPPED_JA.replace("\n", "")


def text_of(data, name):
    [found] = read_bytes(data.encode(), name, Hints())
    assert found.problem is None, found.problem
    return found.extract.text.split("\n\n")


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\n  "])
def test_wrapped_lines_are_one_paragraph(ends):
    """However the lines end, and wherever the sentence is in them."""
    assert paragraphs(WRAPPED.replace("\n", ends.replace("\r", ""))) == [WHOLE]
    assert text_of(f"A recount in Holm{ends}{ends}{WRAPPED.replace(chr(10), ends)}", "a.txt") == [
        WHOLE
    ]


def test_wrapped_japanese_is_joined_without_spaces():
    """A numeral that a line end cuts is one."""
    assert text_of(f"再集計へ\n\n{WRAPPED_JA}\n", "a.txt") == [WHOLE_JA]


def test_wrapped_markdown_and_records_and_pages_are_whole():
    """Each of them by its own reader."""
    assert text_of(f"# A recount in Holm\n\n{WRAPPED}\n", "a.md") == [WHOLE]
    record = json.dumps({"title": "A recount in Holm", "text": f"{WRAPPED}\n\n{SECOND}"})
    assert text_of(record, "a.jsonl") == [WHOLE, SECOND]
    broken = WRAPPED.replace("\n", "<br>\n")
    assert lines(a_page(f"<p>{broken}</p><p>{SECOND}</p>")) == [WHOLE, SECOND]
    broken = WRAPPED_JA.replace("\n", "<br>")
    assert lines(a_page(f"<p>{broken}</p>", lang="ja"))[0] == WHOLE_JA


@pytest.mark.parametrize(
    "text",
    [
        "Odile Farr 1,402\nBen Quist 1,355\nRhea Solt 211",
        "Who stands in Holm\nOdile Farr is a pilot. Ben Quist teaches. Rhea Solt bakes bread.",
        "・投票率\n・議席数",
        "- one thing\n- another thing\n- a third one",
    ],
)
def test_lines_that_are_whole_stay_apart(text):
    """Entries of a list, a heading above its text."""
    assert paragraphs(text) == text.split("\n")


def test_what_ends_inside_a_line_and_not_at_its_end_goes_on():
    """Even where no width tells it."""
    assert paragraphs("It is done. The mayor of\nHolm spoke.") == [
        "It is done. The mayor of Holm spoke."
    ]
    assert paragraphs("終わった。町長は\n述べた。") == ["終わった。町長は述べた。"]
    assert paragraphs("She met Dr.\nFarr there.") == ["She met Dr. Farr there."]


def test_a_divided_word_is_whole_again():
    """But for one that has its hyphen elsewhere in the text."""
    told = "The vice-mayor and the coun-\ncil met; the vice-\nmayor spoke for an hour."
    assert paragraphs(told) == [
        "The vice-mayor and the council met; the vice-mayor spoke for an hour."
    ]


def test_a_first_paragraph_is_no_headline():
    """A paste without a title keeps its first sentence in the body."""
    assert text_of(f"{FIRST}\n\n{SECOND}", "a paste") == [FIRST, SECOND]


@pytest.mark.parametrize(
    "wrapped",
    [
        (
            "Το συμβούλιο του Ντάνμιρ συνεδρίασε την Παρασκευή και αποφάσισε ότι τα",
            "εκλογικά τμήματα θα μείνουν ανοιχτά ως τις δέκα το βράδυ, όπως είπε η",
            "επιτροπή. Τα αποτελέσματα αναμένονται το Σάββατο.",
        ),
        (
            "Совет Данмира собрался в пятницу и решил, что избирательные участки",
            "будут открыты до десяти часов вечера, как сообщила комиссия. Итоги",
            "ожидаются в субботу.",
        ),
    ],
)
def test_small_letters_of_every_script_continue_a_sentence(wrapped):
    """A wrapped mail in Greek or Russian is one paragraph, as one in English is."""
    assert paragraphs("\n".join(wrapped)) == [" ".join(wrapped)]


ARABIC = (
    "قالت رئيسة لجنة الانتخابات في هولم إن إعادة فرز الأصوات ستبدأ صباح",
    "الثلاثاء في مبنى الجمارك القديم، وإن نقل الصناديق كلّف مليونًا وأربعمئة",
    "ألف كرونة. فهل تقبل رئيسة البلدية بذلك؟ لم تكن ترى حاجة إليه، أما",
    "منافسها فطلبه مرتين.",
)
PERSIAN = (
    "سخنگوی ستاد انتخابات هولم گفت بازشماری آرا از صبح سه‌شنبه در ساختمان",
    "قدیم گمرک آغاز می‌شود و انتقال صندوق‌ها یک میلیون و چهارصد هزار کرون",
    "هزینه داشته است. شهردار آن را لازم نمی‌دانست.",
)
HEBREW = (
    'יו"ר ועדת הבחירות בהולם מסרה כי ספירת הקולות מחדש תתחיל ביום שלישי',
    "בבוקר בבית המכס הישן, וכי הובלת הקלפיות עלתה מיליון וארבע מאות אלף",
    "כתרים. ראשת העיר סברה שאין בכך צורך; יריבה ביקש זאת פעמיים.",
)
HINDI = (
    "होल्म की चुनाव अधिकारी ने बताया कि दोबारा गिनती मंगलवार सुबह पुराने",
    "सीमा शुल्क भवन में शुरू होगी और पेटियाँ लाने में चौदह लाख क्राउन लगे।",
)


@pytest.mark.parametrize("wrapped", [ARABIC, PERSIAN, HEBREW, HINDI])
@pytest.mark.parametrize("name", ["a.txt", "a.eml"])
def test_letters_without_capitals_continue_a_sentence(wrapped, name):
    """Where a line of prose has no room for the next word, its sentence goes on below."""
    body = f"{SECOND}\n\n" + "\n".join(wrapped)
    data = (
        body
        if name == "a.txt"
        else f"From: a@holm.example\nSubject: Holm\nDate: Mon, 19 Oct 2026 06:00:00 +0000\n"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        f"Content-Transfer-Encoding: 8bit\n\n{body}\n"
    )
    assert text_of(data, name)[-1] == clean(" ".join(wrapped))


@pytest.mark.parametrize(
    "text",
    [
        "أوديل فار 1402\nبن كويست 1355\nريا سولت 211",
        "نتائج الفرز في هولم\nأوديل فار طيّارة. بن كويست معلّم، وريا سولت خبّازة.",
        "مكان الاقتراع: مبنى الجمارك القديم\nساعات الاقتراع: من الثامنة إلى السادسة\nهاتف: 555",
        "פתיחת הקלפי בשעה שמונה\nסגירת הקלפי בשעה עשר בלילה\nספירת הקולות בבית המכס",
        "- نسبة المشاركة\n- عدد المقاعد\n- الأصوات الباطلة",
    ],
)
def test_lists_in_letters_without_capitals_keep_their_lines(text):
    """Their lines end where the author ended them, though no capital begins the next one."""
    assert paragraphs(text) == text.split("\n")


@pytest.mark.parametrize(
    ("wrapped", "whole"),
    [
        (
            (
                "Her vice chair spoke for an hour, and the president of the court left. The vice-\n"
                "president stayed."
            ),
            "vice-president stayed",
        ),
        (
            (
                "The vice-chair spoke for an hour, and the president of the court left. The vice-\n"
                "president stayed."
            ),
            "vice-president stayed",
        ),
        (
            (
                "The left wing of the party met at noon, a day before the rally. The left-\n"
                "wing paper was there."
            ),
            "left-wing paper",
        ),
        (
            (
                "Am Montag sprach die Kandidatin der SPD im Rathaus von Holm. Auch die SPD-\n"
                "Politikerin Farr kam."
            ),
            "SPD-Politikerin",
        ),
        (
            "The wards of Holm were closed for a week in the winter of COVID-\n19, the clerk said.",
            "COVID-19, the clerk",
        ),
        (
            "Am Sonntag zählt das Amt in Holm die Stimmen aller Bundes-\nund Landtagswahlen.",
            "Bundes- und Landtagswahlen",
        ),
        (
            "The commission of Holm said that it would look at the short-\nand long-term costs.",
            "short- and long-term",
        ),
    ],
)
def test_the_hyphen_of_a_compound_stays(wrapped, whole):
    """Its halves are words of the text, or what follows could not be joined without it."""
    assert whole in "\n".join(paragraphs(wrapped))


@pytest.mark.parametrize(
    ("wrapped", "whole"),
    [
        (
            "Die Kommission teilte mit, dass die Wahl am Sonntag ohne jeden Zwi-\nschenfall blieb.",
            "Zwischenfall blieb",
        ),
        (
            (
                "Die Wahl in Holm war am Sonntag, und der Kampf um die Sitze des Rates im Wahl-\n"
                "kampf war hart."
            ),
            "Wahlkampf war",
        ),
        (
            (
                "Er kam am Montag zurück. Die Mitglieder wollen treten und sagen, alle zurück-\n"
                "treten."
            ),
            "zurücktreten",
        ),
        (
            (
                "They stand under the bridge in the rain and talk to those who say they under-\n"
                "stand the rules."
            ),
            "understand the rules",
        ),
        (
            (
                "He went out with the clerk of the court, and they left the customs house with-\n"
                "out a word."
            ),
            "without a word",
        ),
        (
            (
                "The news of the paper spread in Holm. A newspaper had it first, and the news-\n"
                "paper was right."
            ),
            "the newspaper was",
        ),
        (
            "The clerk of the elec-\ntoral court said that the vic-\ntory of the mayor stands.",
            "electoral court said that the victory",
        ),
        (
            "Nobody knew the presi-\ndent of the commission, who had come in from the islands.",
            "president of",
        ),
    ],
)
def test_the_hyphen_of_a_line_end_goes(wrapped, whole):
    """Where the text has the word without it, or a half of it is no word of the text."""
    assert whole in "\n".join(paragraphs(wrapped))


@pytest.mark.parametrize(
    "sentence",
    [
        "The count in Holm ended at two on Monday morning.",
        "“We counted all night,” the returning officer said (of 63.5 per cent).",
        "Die Auszählung in Holm endete am Montag um zwei Uhr.",
        "北斗町の開票は月曜日の午前二時に終わった。",
    ],
)
def test_a_short_first_sentence_is_text(sentence):
    """It names an article without a title, and can be quoted from it."""
    [found] = read_bytes(f"{sentence}\n\n{SECOND}".encode(), "a paste", Hints())
    assert found.extract.header.title == sentence
    assert found.extract.text.split("\n\n") == [sentence, SECOND]


@pytest.mark.parametrize(
    "title",
    ["Holm counted by two", "Who won in Holm?", "Holm has voted!", "The vote in the U.S."],
)
def test_a_headline_is_no_text(title):
    """It ends without a full stop."""
    assert text_of(f"{title}\n\n{FIRST}\n\n{SECOND}", "a paste") == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("start", "end", "word"),
    [
        ("two-", "thirds", "two-thirds"),
        ("twenty-", "one", "twenty-one"),
        ("a first-", "time", "first-time"),
        ("the well-", "known", "well-known"),
        ("six-", "teen", "sixteen"),
        ("bal-", "lots", "ballots"),
        ("Stimm-", "zettel", "Stimmzettel"),
    ],
)
def test_a_number_before_a_hyphen_keeps_it(start, end, word):
    """A line that ends with it does not break a word: "two-thirds" is two words."""
    before = "The returning officer of Holm told reporters on Monday that the count of"
    assert word in paragraphs(f"{before} {start}\n{end} of all went on until two at night.")[0]
