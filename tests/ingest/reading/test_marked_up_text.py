"""Mail, captions, Markdown, JSON and RTF: their text without the marks of their programs."""

import json

import pytest

from ingest.reading.limits import FILES
from tests.ingest.reading.files import epub, mail, rtf
from tests.ingest.reading.pages import FIRST, SECOND
from tests.ingest.reading.test_kinds import one

OTHERS = "Has Lund won? I hear that she has 21,000 votes."
ON = "On Sat, 7 Nov 2026 at 21:00, Tom Desk <tom@mail.example> wrote:"


@pytest.mark.parametrize(
    ("introduction", "html"),
    [
        (ON, ""),
        (ON.replace(" wrote", "\nwrote"), ""),
        ("Am Sa., 7. Nov. 2026 um 21:00 schrieb Tom Desk <tom@mail.example>:", ""),
        (ON, f"<p>{FIRST}</p><p>{SECOND}</p><div>{ON}<blockquote>{OTHERS}</blockquote></div>"),
    ],
)
def test_a_reply_is_its_own_text(introduction, html):
    """What it answers is another person's, and so is the line that introduces it."""
    plain = f"{FIRST}\n\n{SECOND}\n\n{introduction}\n\n> {OTHERS}\n"
    assert one(mail(html, plain), "a.eml").extract.text == f"{FIRST}\n\n{SECOND}"


OWN = f"<p>{FIRST}</p><p>{SECOND}</p>"
LINE = ON.replace("<", "&lt;").replace(">", "&gt;")
HEAD = "Tom Desk &lt;tom@mail.example&gt;<br><b>{}:</b> 7 November 2026 21:00<br><b>{}:</b> Lund?"
ONLY_HTML = {
    "Apple": f'{OWN}<br><blockquote type="cite"><div>{LINE}</div><p>{OTHERS}</p></blockquote>',
    "Gmail": (
        f'<div dir="ltr">{OWN}</div><div class="gmail_quote gmail_quote_container"><div class='
        f'"gmail_attr">{LINE}<br></div><blockquote class="gmail_quote">{OTHERS}<br>Or not?'
        "</blockquote></div>"
    ),
    "an older Gmail": f'{OWN}{LINE}<blockquote class="gmail_quote">{OTHERS}</blockquote>',
    "Thunderbird, below": (
        '<div class="moz-cite-prefix">Am 07.11.26 um 21:00 schrieb Tom Desk:<br></div>'
        f'<blockquote type="cite" cite="mid:a@b"><p>{OTHERS}</p></blockquote>{OWN}'
    ),
    "between": (
        f'<blockquote type="cite">{LINE}<p>{OTHERS}</p></blockquote><p>{FIRST}</p>'
        f'<blockquote type="cite"><p>And the seats?</p></blockquote><p>{SECOND}</p>'
    ),
    "a quotation in a quotation": (
        f'{OWN}<blockquote type="cite">{LINE}<blockquote type="cite"><p>{OTHERS}</p></blockquote>'
        "<p>I thought so.</p></blockquote>"
    ),
    "Yahoo": f'{OWN}<div class="yahoo_quoted"><div>{LINE}</div><div>{OTHERS}</div></div>',
    "Outlook": f"{OWN}<p><b>From:</b> {HEAD.format('Sent', 'Subject')}</p><p>{OTHERS}</p>",
    "Outlook in German": (
        f'{OWN}<hr><div id="divRplyFwdMsg"><b>Von:</b> {HEAD.format("Gesendet", "Betreff")}</div>'
        f"<p>{OTHERS}</p>"
    ),
}


@pytest.mark.parametrize("html", ONLY_HTML.values(), ids=ONLY_HTML)
def test_a_reply_without_plain_text_is_its_own_text(html):
    """Each program marks the mail that it answers in another way."""
    assert one(mail(html), "a.eml").extract.text == f"{FIRST}\n\n{SECOND}"


def test_a_quotation_in_a_newsletter_is_its_own_text():
    """Only a program marks what is another mail's; an arrow is no mark."""
    html = f"<p>{FIRST}</p><blockquote><p>We won.</p></blockquote><p>{SECOND}</p><p>&gt; More</p>"
    assert one(mail(html), "a.eml").extract.text == f"{FIRST}\n\nWe won.\n\n{SECOND}\n\n> More"


@pytest.mark.parametrize("kind", ["Gmail", "Apple"])
def test_a_letter_that_is_forwarded_inside_a_quotation_is_the_letter(kind):
    """Programs mark what they forward as what they answer; the head of the letter tells."""
    head = (
        "<b>From:</b> Courier &lt;c@x.example&gt;<br>Date: 6 November 2026<br>Subject: Brenk wins"
    )
    opening, end = {
        "Gmail": ('<div class="gmail_quote"><div class="gmail_attr">', "</div>"),
        "Apple": (
            '<blockquote type="cite"><p>Begin forwarded message:</p><div>',
            "</blockquote>",
        ),
    }[kind]
    html = f"<p>fyi</p>{opening}{head}</div><p>{FIRST}</p>{end}"
    data = mail(html).replace(b"=?UTF-8?Q?Holm_result", b"FW: Brenk wins")
    extract = one(data, "a.eml").extract
    assert (extract.header.outlet, extract.header.title) == ("Courier", "Brenk wins")
    assert extract.text == FIRST


def test_a_longer_answer_above_another_mail_is_the_letter():
    """Outlook quotes a mail below its header, whether it is answered or forwarded."""
    head = "-----Original Message-----\nFrom: Tom Desk <tom@mail.example>\nSent: 7 November 2026\n"
    plain = f"{FIRST}\n\n{SECOND}\n\n{head}To: Ada Lund\nSubject: Lund?\n\n{OTHERS}\n"
    extract = one(mail(plain=plain), "a.eml").extract
    assert extract.header.outlet == "The Holm Letter"
    assert extract.text == f"{FIRST}\n\n{SECOND}"


@pytest.mark.parametrize("as_page", [True, False])
def test_a_forwarded_letter_has_its_own_title(as_page):
    """A recipient without an address is no title; whoever forwards a page is not its outlet."""
    lines = ["From: Courier <c@x.example>", "Sent: 6 November 2026", "To: Ada Lund"]
    head = [*lines, "Subject: Brenk wins"]
    plain = "\n".join(["fyi", "", *head, "", FIRST, ""])
    marked = "<br>".join(
        f"<b>{a}:</b>{b.replace('<', '&lt;')}" for a, b in (h.split(":") for h in head)
    )
    html = f"<div><p>fyi</p><p>{marked}</p><p>{FIRST}</p></div>"
    data = mail(html) if as_page else mail(plain=plain)
    extract = one(data.replace(b"=?UTF-8?Q?Holm_result", b"FW: Brenk wins"), "a.eml").extract
    assert (extract.header.outlet, extract.header.title) == ("Courier", "Brenk wins")
    assert extract.text == FIRST


def test_marks_of_replies_are_not_in_the_title():
    """A program puts them before the subject."""
    data = mail(plain=FIRST).replace(b"Subject: ", b"Subject: Re: AW: ")
    assert one(data, "a.eml").extract.header.title.startswith("Holm result")


def test_signs_of_less_and_more_are_no_marks_of_captions():
    """Between them stand words that were said."""
    cue = "1\n00:00:01,000 --> 00:00:04,000\n<i>Lund</i> < 9,310 votes, and Brenk > 9,000 votes.\n"
    assert "Lund < 9,310 votes, and Brenk > 9,000" in one(cue, "a.srt").extract.text


@pytest.mark.parametrize(
    "title",
    [
        "Ward 5: Lund leads by 40 votes",
        "“We won”: Lund speaks",
        '"We won", says Lund',
        "@lund: what she wrote",
        "'Twas close: 40 votes",
        "[Live] Count of the night",
        "50 %: the count of the night",
    ],
)
def test_a_title_in_front_matter_may_have_signs_of_its_own(title):
    """Who writes a title does not think of YAML; the values beside it are read as before."""
    front = f'---\ntitle: {title}\noutlet: "The Courier"\nauthors:\n  - Ada Lund\n---\n'
    header = one(f"{front}\n{FIRST}\n\n{SECOND}\n", "a.md").extract.header
    assert (header.title, header.outlet, header.authors) == (title, "The Courier", ("Ada Lund",))


def test_front_matter_that_is_none_is_refused_with_an_example():
    """Nothing is guessed of lines that no rule reads."""
    problem = one(f"---\ntitle:\n\tLund: won\n---\n\n{FIRST}\n\n{SECOND}\n", "a.md").problem
    assert 'in quotation marks if it has other signs: `title: "' in str(problem)


def test_front_matter_in_toml_is_front_matter():
    """Hugo writes it between lines of plus signs."""
    text = f'+++\ntitle = "Brenk wins"\ndate = 2026-11-07T06:12:00Z\n+++\n\n{FIRST}\n'
    extract = one(text, "a.md").extract
    assert (extract.header.title, extract.header.published.day) == ("Brenk wins", 7)
    assert extract.text == FIRST
    assert "between +++" in str(one(f"+++\ntitle = \n+++\n{FIRST}", "a.md").problem)


def test_html_inside_markdown_and_json_is_read_as_its_reader_sees_it():
    """It was lost in one, and quoted with its tags in the other; what is struck is nowhere."""
    html = (
        f"<div>\n<p>{FIRST}</p>\n<p>Turnout was <del>60.0</del> 61.3 per cent.</p>\n"
        "<table><tr><th>Name</th><th>Votes</th></tr><tr><td>Oda Brenk</td><td>9,310</td></tr>"
        "</table><!-- Tom: really? --></div>"
    )
    expected = f"{FIRST}\n\nTurnout was 61.3 per cent.\n\nOda Brenk · Votes: 9,310"
    assert one(f"# Holm\n\n{html}\n", "a.md").extract.text == expected
    record = {"title": "Holm &amp; Tarn", "text": html}
    extract = one(json.dumps(record), "a.jsonl").extract
    assert (extract.header.title, extract.text) == ("Holm & Tarn", expected)
    plain = "Lund < 9,310 votes, and Brenk > 9,000 votes, said the officer in Holm."
    assert one(json.dumps({"title": "x", "text": plain}), "a.jsonl").extract.text == plain


def test_markdown_that_is_a_page_is_refused():
    """Each piece of HTML takes time."""
    text = f"{FIRST}\n\n" + "<div>\n\n" * (FILES.markdown_html_blocks + 1)
    assert "paragraphs, so it was not read" in str(one(text, "a.md").problem)


def test_rich_text_is_decoded_by_its_fonts():
    """WordPad writes the letters of another alphabet by the character set of their font."""
    fonts = rb"{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}{\f2\fcharset238 C;}}"
    words = [("f1", "Выборы", "cp1251"), ("f2", "Łódź", "cp1250")]
    said = b", ".join(
        b"{\\" + font.encode() + b" " + b"".join(b"\\'%02x" % b for b in word.encode(code)) + b"}"
        for font, word, code in words
    )
    body = fonts + b"\\f0 The votes of " + said + b" were counted together on Sunday night.\\par"
    assert one(rtf(body), "a.rtf").extract.text.startswith("The votes of Выборы, Łódź were")


def test_a_newspaper_that_calibre_packed_is_the_newspapers():
    """Its publisher is not the program; the day stands behind the title."""
    data = epub([f"<html><body><h1>Holm</h1><p>{FIRST}</p><p>{SECOND}</p></body></html>"])
    assert one(data, "a.epub").extract.header.outlet == "Sarnholt Ledger"
    data = epub(
        [f"<html><body><h1>Holm</h1><p>{FIRST}</p><p>{SECOND}</p></body></html>"],
        title="The Ledger [Sat, 07 Nov 2026]",
        publisher="calibre",
    )
    assert one(data, "a.epub").extract.header.outlet == "The Ledger"
