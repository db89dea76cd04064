"""Which lines of an article are text, which are headings, and which are parts of the page."""

import pytest

from ingest.language.lines import Role, roles

TEXT = "The count went on until two in the morning, the commission said."


@pytest.mark.parametrize(
    "line",
    [
        "READ MORE: Who stands where on ferries",
        "Hide Caption 3 of 12 Photos: Election night in Sarnholt",
        "Sign up for our newsletter",
        "— Orla Venn",
        "– Orla Venn and Piet Marrow",
        "By Orla Venn",
        "21:10",
        "9:42 p.m.",
        "午後9時10分",
        "ADVERTISEMENT",
        "続きを読む",
        "【関連記事】開票の流れ",
    ],
)
def test_what_belongs_to_the_page(line):
    """Calls, captions, names and times are never an answer."""
    assert roles([TEXT, line, TEXT]) == (Role.TEXT, Role.BOILERPLATE, Role.TEXT)


@pytest.mark.parametrize(
    "line", ["What happens next", "The final count", "投票率", "離島の開票作業"]
)
def test_a_short_line_above_a_text_is_its_heading(line):
    """It belongs to what follows."""
    assert roles([TEXT, line, TEXT]) == (Role.TEXT, Role.HEADING, Role.TEXT)


@pytest.mark.parametrize(
    "line",
    [
        "“We did not ask for this.”",
        "Turnout was 62 per cent.",
        "投票率は62％だった。",
        "By a narrow margin, Harbour kept the seat.",
        "More people voted than in 2022.",
        "She said: “No”",
        "12:30 was too late, he said.",
    ],
)
def test_a_sentence_is_text(line):
    """However short it is, and whatever it begins with."""
    assert roles([TEXT, line, TEXT])[1] is Role.TEXT


def test_a_list_is_text():
    """A table that a page breaks into lines is asked for as it stands."""
    assert set(roles([TEXT, "Harbour: 46", "Common Field: 50", "Greens: 7", TEXT])) == {Role.TEXT}


def test_the_last_line_is_no_heading():
    """There is nothing below it."""
    assert roles([TEXT, "Sarnholt"]) == (Role.TEXT, Role.TEXT)
    assert roles([]) == ()
