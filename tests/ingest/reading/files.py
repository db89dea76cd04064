"""Files of word processors, books and mail for tests, as their programs write them."""

from __future__ import annotations

import io
import zipfile

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_O = " ".join(
    f'xmlns:{name}="{_OASIS}:{name}:1.0"' for name in ("office", "text", "table", "style")
)


def packed(parts, *, kind=None):
    """Pack parts as a ZIP archive, its type first."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        if kind:
            archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        for name, text in parts.items():
            archive.writestr(name, text)
    return whole.getvalue()


def docx(body, *, styles="", title="", **notes):
    """Write a Word document; *title* stands in its properties, *notes* are by their kind."""
    parts = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
    }
    if styles:
        parts["word/styles.xml"] = f"<w:styles {_W}>{styles}</w:styles>"
    for kind, written in notes.items():
        parts[f"word/{kind}.xml"] = f"<w:{kind} {_W}>{written}</w:{kind}>"
    if title:
        purl = "http://purl.org/dc/elements/1.1/"
        parts["docProps/core.xml"] = f'<c xmlns:dc="{purl}"><dc:title>{title}</dc:title></c>'
    return packed(parts)


def run(said, marks=""):
    """Write a run of Word."""
    return f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{said}</w:t></w:r>'


def paragraph(inner, style=""):
    """Write a paragraph of Word."""
    told = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{told}{inner if inner.startswith('<') else run(inner)}</w:p>"


def table(rows):
    """Write a table of Word, whose first row is its head."""
    written = [
        "".join(
            f"<w:tc>{paragraph(cell)}</w:tc>" if cell else "<w:tc><w:p/></w:tc>" for cell in row
        )
        for row in rows
    ]
    head = f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{written[0]}</w:tr>"
    return f"<w:tbl>{head}{''.join(f'<w:tr>{row}</w:tr>' for row in written[1:])}</w:tbl>"


def odt(body, styles="", *, named=""):
    """Write an OpenDocument text; *named* are the styles that a user sees by name."""
    content = (
        f"<office:document-content {_O}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    parts = {"content.xml": content}
    if named:
        parts["styles.xml"] = (
            f"<office:document-styles {_O}><office:styles>{named}</office:styles>"
            "</office:document-styles>"
        )
    return packed(parts, kind="application/vnd.oasis.opendocument.text")


def epub(chapters, *, title="The week", publisher="Sarnholt Ledger"):
    """Write a book of chapters."""
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
    )
    items = "".join(
        f'<item id="c{i}" href="c%20{i}.xhtml" media-type="application/xhtml+xml"/>'
        for i in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{i}"/>' for i in range(len(chapters)))
    book = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>{title}</dc:title><dc:publisher>{publisher}</dc:publisher>"
        f"<dc:date>2026-11-07</dc:date></metadata><manifest>{items}</manifest>"
        f"<spine>{spine}</spine></package>"
    )
    pages = {f"OEBPS/c {i}.xhtml": chapter for i, chapter in enumerate(chapters)}
    parts = {"META-INF/container.xml": container, "OEBPS/content.opf": book, **pages}
    return packed(parts, kind="application/epub+zip")


def mail(html="", plain="", *, sender="The Holm Letter <letter@mail.example>", more=""):
    """Write a newsletter as it arrives."""
    parts = [("plain", plain), ("html", html)]
    written = "".join(
        f"--b1\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n{text}\r\n"
        for kind, text in parts
        if text
    )
    return (
        "Received: from mx.mail.example by in.example; Sat, 7 Nov 2026 06:12:01 +0000\r\n"
        f"From: {sender}\r\nTo: Reader <reader@in.example>\r\n"
        "Subject: =?UTF-8?Q?Holm_result=3A_Brenk_holds_=E2=80=9Cher=E2=80=9D_seat?=\r\n"
        f"Date: Sat, 7 Nov 2026 06:12:00 +0900\r\n{more}MIME-Version: 1.0\r\n"
        'Content-Type: multipart/alternative; boundary="b1"\r\n\r\n'
        f"{written}--b1--\r\n"
    ).encode()


def saved(page, url="https://courier.example/politics/holm"):
    """Write a page as a browser saves it in one file."""
    return (
        f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {url}\r\nSubject: x\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary="b2"\r\n\r\n'
        f"--b2\r\nContent-Type: text/html\r\nContent-Location: {url}\r\n\r\n{page}\r\n--b2--\r\n"
    ).encode()


def rtf(body):
    """Write Rich Text."""
    return (
        rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Times;}}{\info{\author Somebody}}\f0 "
        + body
        + b"}"
    )
