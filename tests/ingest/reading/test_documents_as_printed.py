"""Documents of Word and LibreOffice: what stands on the printed page, once and in its place."""

import pytest

from tests.ingest.reading.files import docx, odt, packed, paragraph, rtf, run, table
from tests.ingest.reading.pages import FIRST, SECOND
from tests.ingest.reading.test_kinds import one

_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_DRAW = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
BOX = "Turnout in Holm: 61.3 per cent"


def shape(text, *, fallback):
    """Draw a text box of Word, with the copy of it that older programs show."""
    box = f"<w:txbxContent>{paragraph(text)}</w:txbxContent>"
    copy = f"<mc:Fallback>{box}</mc:Fallback>" if fallback else ""
    return (
        f'<w:p><w:r><mc:AlternateContent xmlns:mc="{_MC}"><mc:Choice>{box}</mc:Choice>{copy}'
        "</mc:AlternateContent></w:r></w:p>"
    )


def cell(text, marks=""):
    """Write a cell of Word."""
    return f"<w:tc><w:tcPr>{marks}</w:tcPr>{paragraph(text) if text else '<w:p/>'}</w:tc>"


def row(*cells, marks=""):
    """Write a row of Word."""
    return f"<w:tr><w:trPr>{marks}</w:trPr>{''.join(cells)}</w:tr>"


@pytest.mark.parametrize("fallback", [True, False])
def test_a_text_box_in_word_stands_once(fallback):
    """Its copy for older programs is not shown beside it."""
    text = one(docx(paragraph(FIRST) + shape(BOX, fallback=fallback)), "a.docx").extract.text
    assert text.split("\n\n") == [FIRST, BOX]


def test_a_text_box_in_an_opendocument_stands_apart():
    """Its paragraphs do not run into the one that it is anchored in; a picture says nothing."""
    box = f"<draw:text-box><text:p>{BOX}</text:p><text:p>All wards counted</text:p></draw:text-box>"
    picture = "<draw:image/><desc>A logo</desc>"
    frames = "".join(f'<draw:frame xmlns:draw="{_DRAW}">{f}</draw:frame>' for f in (box, picture))
    text = one(
        odt(f"<text:p>{FIRST}</text:p><text:p>{frames}{SECOND}</text:p>"), "a.odt"
    ).extract.text
    assert text.split("\n\n") == [FIRST, SECOND, BOX, "All wards counted"]


def test_merged_cells_of_word_belong_to_every_row_they_span():
    """A figure keeps its place; what stands in a table inside a cell is said once."""
    inner = f"<w:tc>{table([('x', 'y'), ('1', '2')])}<w:p/></w:tc>"
    rows = (
        row(cell("Place"), cell("Candidate"), cell("Votes"), marks="<w:tblHeader/>"),
        row(cell("Holm", '<w:vMerge w:val="restart"/>'), cell("Oda Brenk"), cell("9,310")),
        row(cell("", "<w:vMerge/>"), cell("Ada Lund"), cell("8,107")),
        row(cell("Tarn"), cell("Oda Brenk"), cell("9,999"), marks="<w:del/>"),
        row(cell("Ulm"), cell("Oda Brenk"), inner),
    )
    text = one(docx(paragraph(FIRST) + f"<w:tbl>{''.join(rows)}</w:tbl>"), "a.docx").extract.text
    assert text.split("\n\n")[1:] == [
        "Holm · Candidate: Oda Brenk · Votes: 9,310",
        "Holm · Candidate: Ada Lund · Votes: 8,107",
        "Ulm · Candidate: Oda Brenk · Votes: x y 1 2",
    ]


def test_merged_cells_of_an_opendocument_belong_to_every_row_they_span():
    """The cells below it are not moved to the left."""
    rows = (
        ("<table:table-cell>Place", "<table:table-cell>Candidate", "<table:table-cell>Votes"),
        (
            '<table:table-cell table:number-rows-spanned="2">Holm',
            "<table:table-cell>Oda Brenk",
            "<table:table-cell>9,310",
        ),
        ("<table:table-cell>Ada Lund", "<table:table-cell>8,107"),
    )
    written = "".join(
        "<table:table-row>"
        + "".join(c.replace(">", "><text:p>", 1) + "</text:p></table:table-cell>" for c in cells)
        + "</table:table-row>"
        for cells in rows
    )
    body = f"<text:p>{FIRST}</text:p><table:table>{written}</table:table>"
    assert "Holm · Candidate: Ada Lund · Votes: 8,107" in one(odt(body), "a.odt").extract.text


def test_the_styles_of_word_are_known_by_their_english_names():
    """A German Word writes its own identifiers; its table of contents is no text."""
    styles = "".join(
        f'<w:style w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in (("berschrift1", "heading 1"), ("Verzeichnis1", "toc 1"))
    )
    body = (
        paragraph("Pressestelle der Stadt Holm")
        + paragraph("Die Auszählung 2", "Verzeichnis1")
        + paragraph("Brenk gewinnt in Holm", "berschrift1")
        + paragraph(FIRST)
    )
    extract = one(docx(body, styles=styles), "a.docx").extract
    assert extract.header.title == "Brenk gewinnt in Holm"
    assert extract.text == f"Pressestelle der Stadt Holm\n\n{FIRST}"


def test_the_first_sentence_of_a_document_without_a_heading_is_text():
    """As a title it could not be cited; the title is the one in the properties."""
    long = f"{FIRST} {SECOND}"
    extract = one(docx(paragraph(long) + paragraph(SECOND), title="Holm votes"), "a.docx").extract
    assert (extract.header.title, extract.text) == ("Holm votes", f"{long}\n\n{SECOND}")


def test_readings_and_raised_signs_are_not_in_the_text():
    """The reading of a name is not said twice, and a sign of a note is no digit."""
    ruby = (
        "<w:r><w:ruby><w:rt><w:r><w:t>さわら</w:t></w:r></w:rt>"
        "<w:rubyBase><w:r><w:t>佐原</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    )
    after = run("氏が当選した。選挙管理委員会が夜に発表した。投票率は五割八分で、前回より高い。")
    body = f"<w:p>{ruby}{after}</w:p>"
    assert one(docx(body), "a.docx").extract.text.startswith("佐原氏が当選した。")
    styles = (
        '<style:style style:name="R"><style:text-properties style:text-position="super 58%"/>'
        '</style:style><style:style style:name="H"><style:text-properties text:display="none"/>'
        "</style:style>"
    )
    spans = [
        f'<text:span text:style-name="{n}">{t}</text:span>' for n, t in (("R", "2"), ("H", "no"))
    ]
    body = (
        f"<text:p>Oda Brenk has 9,310{spans[0]} votes in Holm, {spans[1]}the officer said.</text:p>"
    )
    text = one(odt(body, styles), "a.odt").extract.text
    assert text == "Oda Brenk has 9,310 votes in Holm, the officer said."


STRUCK_IN_WORD = {
    "the style of the run": run("21,000 ", '<w:rStyle w:val="Gone"/>'),
    "a style made from it": run("21,000 ", '<w:rStyle w:val="GoneToo"/>'),
    "a style that hides": run("21,000 ", '<w:rStyle w:val="Hidden"/>'),
}
WORD_STYLES = (
    '<w:style w:styleId="Gone"><w:name w:val="gestrichen"/><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:styleId="GoneToo"><w:name w:val="g 2"/><w:basedOn w:val="Gone"/></w:style>'
    '<w:style w:styleId="Back"><w:name w:val="b"/><w:basedOn w:val="Gone"/>'
    '<w:rPr><w:strike w:val="0"/></w:rPr></w:style>'
    '<w:style w:styleId="Hidden"><w:name w:val="h"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:styleId="Round"><w:name w:val="r"/><w:basedOn w:val="Round"/></w:style>'
)


@pytest.mark.parametrize("struck", STRUCK_IN_WORD.values(), ids=STRUCK_IN_WORD)
def test_what_a_style_of_word_strikes_out_is_not_quoted(struck):
    """Whoever struck the old figure by a style struck it as well."""
    body = (
        f"<w:p>{run('Oda Brenk has ')}{struck}{run('9,310 votes in Holm, the officer said.')}</w:p>"
    )
    text = one(docx(body, styles=WORD_STYLES), "a.docx").extract.text
    assert text == "Oda Brenk has 9,310 votes in Holm, the officer said."


def test_a_paragraph_whose_style_strikes_it_out_is_not_quoted():
    """Unless a run in it says otherwise."""
    kept = run("Oda Brenk has 9,310 votes in Holm.", '<w:strike w:val="false"/>')
    body = paragraph(FIRST) + paragraph(SECOND, "Gone") + paragraph(kept, "Gone")
    text = one(docx(body, styles=WORD_STYLES), "a.docx").extract.text
    assert text == f"{FIRST}\n\nOda Brenk has 9,310 votes in Holm."


@pytest.mark.parametrize("marks", ['<w:rStyle w:val="Back"/>', '<w:rStyle w:val="Round"/>'])
def test_a_style_that_takes_the_line_off_again_is_quoted(marks):
    """So is one that is made from itself, which a broken program wrote."""
    body = f"<w:p>{run('Oda Brenk has ')}{run('9,310 votes in Holm, they said.', marks)}</w:p>"
    text = one(docx(body, styles=WORD_STYLES), "a.docx").extract.text
    assert text == "Oda Brenk has 9,310 votes in Holm, they said."


def test_what_a_named_style_of_libreoffice_strikes_out_is_not_quoted():
    """A user strikes by it, and LibreOffice makes further styles from it."""
    line = '<style:text-properties style:text-line-through-style="solid"/>'
    named = f'<style:style style:name="Gestrichen" style:family="text">{line}</style:style>'
    made = '<style:style style:name="T1" style:parent-style-name="Gestrichen"/>'
    for name in ("Gestrichen", "T1"):
        old = f'<text:span text:style-name="{name}">21,000 </text:span>'
        body = f"<text:p>Oda Brenk has {old}9,310 votes in Holm, the officer said.</text:p>"
        text = one(odt(body, made, named=named), "a.odt").extract.text
        assert text == "Oda Brenk has 9,310 votes in Holm, the officer said."


NOTE = "Postal votes are not in this figure, which the council will confirm on Thursday."
END_NOTE = "The count of 2022 was repeated in two of the nine wards of the town of Holm."


def test_notes_of_word_stand_at_the_end():
    """Each is a paragraph; what a program writes around notes, and deleted ones, are no text."""
    refers = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    ends = '<w:r><w:endnoteReference w:id="2"/></w:r>'
    gone = '<w:del><w:r><w:footnoteReference w:id="3"/></w:r></w:del>'
    rule = '<w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'
    notes = "".join(
        f'<w:footnote w:id="{n}"><w:p><w:r><w:footnoteRef/></w:r>{run(text)}</w:p></w:footnote>'
        for n, text in ((2, NOTE), (3, "Ask Tom."))
    )
    end_notes = f'<w:endnote w:id="2">{paragraph(END_NOTE)}</w:endnote>'
    body = f"<w:p>{run(FIRST)}{refers}{run(' ' + SECOND)}{ends}{gone}</w:p>" + paragraph(BOX + ".")
    data = docx(body, footnotes=rule + notes, endnotes=end_notes)
    text = one(data, "a.docx").extract.text
    assert text.split("\n\n") == [f"{FIRST} {SECOND}", BOX + ".", NOTE, END_NOTE]


def test_notes_of_an_opendocument_stand_at_the_end():
    """Also those of a list and of a cell, which are not said twice."""
    note = (
        '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
        "<text:note-body><text:p>{}</text:p></text:note-body></text:note>"
    )
    item = f"<text:p>{SECOND}{note.format(END_NOTE)}</text:p>"
    items = f"<text:list><text:list-item>{item}</text:list-item></text:list>"
    body = f"<text:p>{FIRST}{note.format(NOTE)}</text:p>{items}<text:p>{BOX}.</text:p>"
    text = one(odt(body), "a.odt").extract.text
    assert text.split("\n\n") == [FIRST, f"- {SECOND}", BOX + ".", NOTE, END_NOTE]


def test_a_document_saved_as_strict_open_xml_is_read():
    """Its elements are the same under another name."""
    word, strict = (
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    document = f'<w:document xmlns:w="{word}"><w:body>{paragraph(FIRST)}</w:body></w:document>'
    data = packed({"word/document.xml": document.replace(word, strict)})
    assert one(data, "a.docx").extract.text == FIRST


OLD = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500)


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "a.docx", "a.docx is empty. Nothing was added from it."),
        (
            OLD + "EncryptedPackage".encode("utf-16-le"),
            "a.xlsx",
            "a.xlsx is encrypted. Save it without a password.",
        ),
        (
            OLD + "WordDocument".encode("utf-16-le"),
            "a.docx",
            "a.docx cannot be read. Save it as .docx.",
        ),
        (OLD + "Workbook".encode("utf-16-le"), "a.xls", "a.xls cannot be read. Save it as .xlsx."),
        (OLD, "a.xyz", "a.xyz cannot be read. Save it as .pdf."),
        (
            packed({"META-INF/manifest.xml": "<a><encryption-data/></a>", "content.xml": "\x93"}),
            "a.odt",
            "a.odt is encrypted. Save it without a password.",
        ),
        (b"PK", "a.ods", "a.ods cannot be read. Save it as .xlsx."),
        (b"[]", "a.json", "a.json holds no text. Nothing was added."),
    ],
)
def test_a_file_of_another_program_is_refused_with_what_to_do(data, name, sentence):
    """Whoever hands it in can save it in a form that is read."""
    assert str(one(data, name).problem) == sentence


ENGLISH = rb"""Turnout was 61.3{\super\chftn}{\footnote \pard\plain {\super\chftn} Provisional.\par}
 per cent in Holm on Monday evening."""
GERMAN = rb"""Die Beteiligung lag bei 61{\super 1}{\footnote\ftnalt \pard\plain{\super 1}{ Noch
 vorl\'e4ufig.\par Ohne Briefwahl.}} Prozent, teilte der Kreis mit."""
FRENCH = rb"""La participation a atteint 61{\super \chftn{\*\footnote\chftn\pard\plain \s16 {\tab
 Chiffre provisoire.}}} pour cent dans l'\'eele."""
PORTUGUESE = rb"""A eleitora votou \'e0s 8{\up6\fs16 a}{\*\annotation \pard\plain Quem?\par Rever.}
 horas, disse a mesa da escola."""


@pytest.mark.parametrize(
    ("written", "sentence", "notes"),
    [
        (ENGLISH, "Turnout was 61.3 per cent in Holm on Monday evening.", ["Provisional."]),
        (
            GERMAN,
            "Die Beteiligung lag bei 61 Prozent, teilte der Kreis mit.",
            ["Noch vorläufig.", "Ohne Briefwahl."],
        ),
        (
            FRENCH,
            "La participation a atteint 61 pour cent dans l'île.",
            ["Chiffre provisoire."],
        ),
        (PORTUGUESE, "A eleitora votou às 8 horas, disse a mesa da escola.", []),
    ],
)
def test_a_note_in_rich_text_does_not_interrupt_its_sentence(written, sentence, notes):
    """Its sign is no figure; its text stands at the end, a comment nowhere."""
    data = rtf(rb"\b Holm\b0\par\pard " + written + rb"\par The end of it.\par")
    assert one(data, "a.rtf").extract.text.split("\n\n") == [sentence, "The end of it.", *notes]


def test_a_note_in_a_table_or_in_struck_text_stays_in_its_place():
    """The row is whole, and what is struck out is struck with its note."""
    line = rb"\trowd\intbl %s\cell %s\cell\row "
    data = rtf(
        rb"\b Holm\b0\par\pard "
        + line % (b"Name", b"Votes")
        + line % (rb"Oda Brenk{\footnote \pard\plain Incumbent.\par}", b"9,310")
        + rb"\pard All of Holm was {\strike lost{\footnote \pard\plain No.}} counted by two.\par"
    )
    text = one(data, "a.rtf").extract.text
    assert text.split("\n\n") == [
        "Oda Brenk · Votes: 9,310",
        "All of Holm was counted by two.",
        "Incumbent.",
    ]


@pytest.mark.parametrize(
    ("kind", "line_break"), [("docx", "<w:r><w:br/></w:r>"), ("odt", "<text:line-break/>")]
)
def test_a_line_break_within_a_sentence_parts_nothing(kind, line_break):
    """As little as one on a page; a title that is set in two lines is one."""
    parts = ("The officer of Holm said: “We have counted", "every vote of the islands twice.”")
    if kind == "docx":
        title = paragraph(f"{run('Minutes of')}{line_break}{run('the board')}", "Title")
        data = docx(title + paragraph(f"{run(parts[0])}{line_break}{run(parts[1])}"))
    else:
        data = odt(
            f'<text:h text:outline-level="1">Minutes of{line_break}the board</text:h>'
            f"<text:p>{parts[0]}{line_break}{parts[1]}</text:p>"
        )
    extract = one(data, f"a.{kind}").extract
    assert (extract.header.title, extract.text) == ("Minutes of the board", " ".join(parts))


@pytest.mark.parametrize("change", ["del", "moveFrom"])
def test_paragraphs_whose_division_is_deleted_are_one(change):
    """The rest of a sentence that denies something does not stand alone."""
    mark = f"<w:pPr><w:rPr><w:{change}/></w:rPr></w:pPr>"
    head = f"<w:p>{mark}{run('Brenk denied ')}</w:p><w:p>{mark}{run('on Monday ')}</w:p>"
    body = head + paragraph("that she had taken money from the ferry company.")
    text = one(docx(paragraph(FIRST) + body), "a.docx").extract.text
    assert text.split("\n\n")[1] == (
        "Brenk denied on Monday that she had taken money from the ferry company."
    )


@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_the_last_item_of_a_list_is_no_caption_of_the_table_below(kind):
    """It is not said in the rows of the table."""
    rows = [("Candidate", "Votes"), ("Oda Brenk", "9,310"), ("Ada Lund", "8,107")]
    numbered = "<w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>"
    item = f"<w:p>{numbered}{run('Boxes of Tarn recounted')}</w:p>"
    open_rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{c}</text:p></table:table-cell>" for c in cells)
        + "</table:table-row>"
        for cells in rows
    )
    data = {
        "docx": docx(paragraph(FIRST) + item + table(rows)),
        "odt": odt(
            f"<text:p>{FIRST}</text:p><text:list><text:list-item><text:p>Boxes of Tarn recounted"
            f"</text:p></text:list-item></text:list><table:table>{open_rows}</table:table>"
        ),
    }[kind]
    assert one(data, f"a.{kind}").extract.text.split("\n\n")[1:] == [
        "- Boxes of Tarn recounted",
        "Oda Brenk · Votes: 9,310",
        "Ada Lund · Votes: 8,107",
    ]
