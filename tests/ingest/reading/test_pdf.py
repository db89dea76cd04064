"""PDF as it is set: columns, running heads, tables with and without rules, scans among pages."""

import pytest

from ingest.reading.pdf import read_pdf
from tests.ingest.reading.sheets import MINCHO, Sheets

LEFT = (
    "The council of Ivrelle voted on Monday evening to rebuild the harbour bridge, which has stood "
    "closed since the storm of last winter. The mayor, Odile Farr, said that the work would cost "
    "14.2 million marks and be done before the next election."
)
OVER = (
    "Two members of Common Field voted against it, because the cost of the ferries that sail in "
    "its place was not part of the plan that the clerk"
)
RIGHT = "had sent to them a week before. The ferries go on until spring."
CLOSE = "Nobody spoke from the gallery, and the sitting ended at ten."
LEFT_JA = (
    "北斗市議会は十九日、港の橋を架け替える議案第三号を賛成多数で可決した。採決に先立ち、"
    "議長は「橋は住民三千人の生活を支える」と述べた。"
)
RIGHT_JA = (
    "反対した議員三人は、費用一億二千万円の内訳が示されていないとして、説明を求める文書を提出した。"
)


def two_columns(sheets, left, over, right, close):
    """Set a headline over two columns, the second of which goes on in the middle of a sentence."""
    sheets.line("Bridge vote passes in Ivrelle", 60, 90, size=20)
    y = sheets.column(left, 60, 130, 220)
    sheets.column(over, 60, y + 8, 220)
    y = sheets.column(right, 320, 130, 220)
    sheets.column(close, 320, y + 8, 220)


def test_columns_are_read_one_behind_the_other():
    """Nothing is read across them, and a sentence goes on at the top of the next."""
    sheets = Sheets()
    two_columns(sheets, LEFT, OVER, RIGHT, CLOSE)
    text = read_pdf(sheets.bytes(), "a.pdf").text
    assert text.split("\n\n") == [LEFT, f"{OVER} {RIGHT}", CLOSE]


def test_columns_of_japanese_are_joined_without_spaces():
    """A line that ends in the middle of 一億二千万円 ends no sentence."""
    sheets = Sheets(MINCHO)
    sheets.line("橋の議案を可決", 60, 90, size=20)
    sheets.column(LEFT_JA, 60, 130, 200)
    sheets.column(RIGHT_JA, 320, 130, 200)
    found = read_pdf(sheets.bytes(), "a.pdf")
    assert found.header.title == "橋の議案を可決"
    assert found.text.split("\n\n") == [LEFT_JA, RIGHT_JA]


def test_running_heads_and_numbers_are_no_text():
    """A paragraph goes on behind them on the next page."""
    sheets = Sheets()
    for number, text in enumerate((LEFT, OVER, RIGHT), 1):
        sheets.line("THE SARNHOLT LEDGER  Tuesday 20 October 2026", 60, 40)
        sheets.column(text, 60, 120, 460)
        sheets.line(f"- {number} -", 290, 800)
        sheets.next()
    text = read_pdf(sheets.bytes(), "a.pdf").text
    assert "LEDGER" not in text
    assert "- 2 -" not in text
    assert f"{OVER} {RIGHT}" in text


def test_a_word_that_was_divided_is_whole():
    """But for one that has its hyphen elsewhere."""
    sheets = Sheets()
    sheets.line("Ferry rules", 60, 90, size=18)
    for n, line in enumerate(
        (
            "The Electoral Authority of the islands said on Monday that its elec-",
            "tion rules would stay as they are, and that the well-known vice-",
            "president of the company, whom the vice-president of the union met,",
            "had been heard.",
        )
    ):
        sheets.line(line, 60, 130 + 13 * n)
    text = read_pdf(sheets.bytes(), "a.pdf").text
    assert "its election rules" in text
    assert "vice-president of the company" in text


ROWS = [
    ("Candidate", "Party", "Votes"),
    ("Odile Farr", "Harbour", "18,402"),
    ("Ben Quist", "Common Field", "17,955"),
    ("Rhea Solt", "", "4,011"),
]


def test_a_table_without_rules_is_rows_under_its_headers():
    """A cell that is empty shifts none of the others."""
    sheets = Sheets()
    sheets.line("Results in Ivrelle", 60, 90, size=18)
    y = sheets.column(LEFT, 60, 130, 460)
    sheets.cells(ROWS, (60, 220, 380), y + 20)
    sheets.column(CLOSE, 60, y + 110, 460)
    lines = read_pdf(sheets.bytes(), "a.pdf").text.split("\n\n")
    assert lines == [
        LEFT,
        "Odile Farr · Party: Harbour · Votes: 18,402",
        "Ben Quist · Party: Common Field · Votes: 17,955",
        "Rhea Solt · Votes: 4,011",
        CLOSE,
    ]


def test_pages_that_are_pictures_are_said_to_be():
    """The others are read."""
    sheets = Sheets()
    sheets.line("Bridge vote passes", 60, 90, size=18)
    sheets.column(LEFT, 60, 130, 460)
    sheets.next()
    sheets.picture()
    sheets.next()
    sheets.column(CLOSE, 60, 130, 460)
    found = read_pdf(sheets.bytes(), "a.pdf")
    assert CLOSE in found.text
    assert found.notes == ("Page 2 of 3 is a picture without text and was not read.",)


@pytest.mark.parametrize("size", [8, 10, 14])
def test_one_column_of_any_size_is_paragraphs(size):
    """They are parted by space."""
    sheets = Sheets(size=size)
    sheets.line("Bridge vote passes", 60, 90, size=22)
    y = sheets.column(LEFT, 60, 130, 420, leading=1.3 * size)
    sheets.column(f"{OVER} {RIGHT}", 60, y + size, 420, leading=1.3 * size)
    assert read_pdf(sheets.bytes(), "a.pdf").text.split("\n\n") == [LEFT, f"{OVER} {RIGHT}"]


SENTENCE = (
    "The count in Ivrelle ended on Monday at two, and 9,142 votes were cast for the bridge, said "
    "the clerk of the council, who had waited for the last ferry."
)


def test_raised_signs_stick_to_no_figure():
    """They point at notes; powers, fractions and endings of ordinals are part of the text."""
    sheets = Sheets()
    sheets.line("Bridge vote passes", 60, 90, size=18)
    pieces = (
        *("On the 18", ("th", 4), " of October 9,142", ("1", 4), " votes of 61.4", ("2, 3", 4)),
        *(" per cent", ("*", 4), ", for 12 km", ("2", 4), " of quay, a rise of 4", ("1", 4)),
        *("/", ("2", -2), " points, and less CO", ("2", -2), "."),
    )
    sheets.raised(pieces, 60, 130)
    sheets.column(CLOSE, 60, 170, 460)
    sentence, _ = read_pdf(sheets.bytes(), "a.pdf").text.split("\n\n")
    assert sentence == (
        "On the 18th of October 9,142 votes of 61.4 per cent, for 12 km² of quay, "
        "a rise of 4 1/2 points, and less CO2."
    )


def test_a_sign_in_a_ruled_table_is_no_part_of_its_figure():
    """The table is read also if something stands beside it, and its rows are lines."""
    sheets = Sheets()
    sheets.line("Results in Ivrelle, as the council of the harbour district counted", 60, 90)
    sheets.ruled([("Ward", "Farr"), ("Ward 1", ("1,204", ("b", 4))), ("Ward 2", "988")], 60, 120)
    sheets.line("recounted", 400, 150)
    sheets.column(CLOSE, 60, 300, 460)
    text = read_pdf(sheets.bytes(), "a.pdf").text
    assert "Ward 1 · Farr: 1,204\n\n" in text
    assert "Ward 2 · Farr: 988" in text


@pytest.mark.parametrize("initial", ["T", "“T"])
def test_an_initial_of_several_lines_begins_its_word(initial):
    """The lines beside it are not mixed."""
    sheets = Sheets()
    sheets.line("Bridge vote passes", 60, 60, size=16)
    sheets.line(initial, 60, 130, size=44)
    y = sheets.column(SENTENCE[1:], 108 if len(initial) > 1 else 90, 103, 200)
    sheets.column(CLOSE, 60, y + 20, 200)
    text = read_pdf(sheets.bytes(), "a.pdf").text
    assert text.split("\n\n") == [initial[:-1] + SENTENCE, CLOSE]


def test_short_columns_at_the_end_of_a_text_are_columns():
    """Two lines beside three are not read across."""
    sheets = Sheets()
    sheets.line("Bridge vote passes", 60, 90, size=18)
    sheets.column(LEFT[: LEFT.index(",")] + ".", 60, 130, 220)
    sheets.column(CLOSE, 320, 130, 220)
    text = read_pdf(sheets.bytes(), "a.pdf").text
    assert text.split("\n\n") == [
        "The council of Ivrelle voted on Monday evening to rebuild the harbour bridge.",
        CLOSE,
    ]


def test_rows_of_a_printed_table_are_lines_however_long():
    """A row that ends in a figure does not go on in the next."""
    sheets = Sheets()
    caption = "Results of the election of the mayor in the harbour district of Ivrelle"
    sheets.line(caption, 60, 90)
    sheets.cells(ROWS, (60, 220, 380), 120)
    sheets.column(CLOSE, 60, 210, 460)
    lines = read_pdf(sheets.bytes(), "a.pdf").text.split("\n\n")
    assert lines[-2:] == [f"{caption} · Rhea Solt · Votes: 4,011", CLOSE]


def test_columns_of_japanese_written_downwards_are_read_from_the_right():
    """Horizontal headings stay apart; figures that stand upright stay in their place."""
    sheets = Sheets(MINCHO)
    sheets.line("橋の議案を可決", 60, 60, size=20)
    sheets.downwards(["北斗市議会は", "19", "日、港の橋を架け替える議"], 520, 100)
    sheets.downwards(["案を可決した。費用は", "61", "億円で、議長は橋が"], 502, 100)
    sheets.downwards(["住民の生活を支えると述べた。"], 484, 100)
    found = read_pdf(sheets.bytes(), "a.pdf")
    assert found.header.title == "橋の議案を可決"
    assert found.text == (
        "北斗市議会は19日、港の橋を架け替える議案を可決した。"
        "費用は61億円で、議長は橋が住民の生活を支えると述べた。"
    )


def test_a_short_first_sentence_is_text():
    """A page without a headline begins with its text, which can be quoted."""
    first = "The council of Ivrelle met on Monday evening."
    sheets = Sheets()
    y = sheets.column(first, 60, 90, 460)
    sheets.column(LEFT, 60, y + 20, 460)
    assert read_pdf(sheets.bytes(), "a.pdf").text.split("\n\n") == [first, LEFT]


def test_a_compound_that_a_line_divides_keeps_its_hyphen():
    """Its halves are words of the page, and the joined word is none."""
    sheets = Sheets()
    sheets.line("Ferry rules", 60, 90, size=18)
    for n, line in enumerate(
        (
            "The vice chair of the company and the president of the union met on Mon-",
            "day in Ivrelle. They spoke for an hour, and after a short pause the vice-",
            "president left for the ferry.",
        )
    ):
        sheets.line(line, 60, 130 + 13 * n)
    text = read_pdf(sheets.bytes(), "a.pdf").text
    assert "met on Monday in Ivrelle" in text
    assert "the vice-president left" in text
