"""Documents of word processors: Word (.docx) and OpenDocument (.odt)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lxml import etree

from ingest.errors import NoArticleError
from ingest.model import Extract
from ingest.reading.documents import Document, FoundArticle, Parser, Score
from ingest.reading.elements import Element
from ingest.reading.limits import TABLES
from ingest.reading.packages import open_package
from ingest.reading.page_tables import Cell, TableRows, lines_of
from ingest.reading.paragraphs import SENTENCE_END
from ingest.reading.pastes import assemble, sort_lines
from ingest.reading.text import clean_line, inline_sign

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_OFF_VALUES = frozenset({"0", "false", "off"})
_DELETED = frozenset({_W + "del", _W + "moveFrom"})
"""Elements of text that a tracked change deleted or moved away."""
_AUXILIARY = frozenset(
    {_TEXT + "note", _TEXT + "tracked-changes", _TEXT + "table-of-content"}
    | {_TEXT + "sequence-decls", "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}annotation"}
)


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph or a table; ``title`` marks the heading of the document."""

    text: str = ""
    title: bool = False
    rows: TableRows | None = None


class WordParser(Parser):
    """The parser of Word documents."""

    kind = "Word"
    endings = frozenset({".docx"})
    media_types = frozenset(
        {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
    )

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by the parts of its archive, else by the name."""
        is_word = document.data.startswith(b"PK") and b"word/" in document.data
        return Score.SURE if is_word else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the one article of *document*."""
        with open_package(document, self.kind) as package:
            body = package.xml("word/document.xml").find(_W + "body")
            blocks = [] if body is None else list(_word_blocks(body))
            yield _article(blocks, document)


class OpenDocumentParser(Parser):
    """The parser of OpenDocument texts."""

    kind = "OpenDocument"
    endings = frozenset({".odt"})
    media_types = frozenset({"application/vnd.oasis.opendocument.text"})

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by its media type in the archive, else by name."""
        is_open_document = b"mimetypeapplication/vnd.oasis.opendocument.text" in document.data[:200]
        return Score.SURE + 1 if is_open_document else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the one article of *document*."""
        with open_package(document, self.kind) as package:
            content = package.xml("content.xml")
            body = content.find(".//{*}body/{*}text")
            struck = frozenset(_struck_styles(content))
            blocks = [] if body is None else list(_open_blocks(body, struck))
            yield _article(blocks, document)


def _article(blocks: list[_Block], document: Document) -> FoundArticle:
    """Build an article from the blocks of a document.

    Raises:
        NoArticleError: the document has no text.
    """
    title = next((block.text for block in blocks if block.title and block.text), "")
    lines: list[str] = []
    for block in blocks:
        if block.rows is None:
            lines += [line for block in block.text.split("\n") if (line := clean_line(block))]
            continue
        caption = lines[-1] if lines and lines[-1] != title else ""
        is_caption = (
            caption
            and len(caption) <= TABLES.caption_characters
            and not SENTENCE_END.search(caption)
        )
        lines += lines_of(caption if is_caption else "", block.rows)
    if not lines:
        raise NoArticleError(f"{document.name} holds no text. Nothing was added.")
    if not title:
        title, lines = (lines[0], lines[1:]) if len(lines) > 1 else ("", lines)
    elif title in lines:
        lines.remove(title)
    extract = assemble(title, sort_lines(lines), whole="\n".join(lines))
    return FoundArticle(document.name, _with_title(extract, title))


def _with_title(extract: Extract, title: str) -> Extract:
    """Return *extract* with the title of its document."""
    return replace(extract, header=replace(extract.header, title=title))


def _word_blocks(body: Element) -> Iterator[_Block]:
    """Yield the paragraphs and tables of a Word document in order."""
    for element in body:
        if element.tag == _W + "p":
            style = element.find(f"{_W}pPr/{_W}pStyle")
            style_name = "" if style is None else str(style.get(_W + "val") or "").lower()
            is_list_item = element.find(
                f"{_W}pPr/{_W}numPr"
            ) is not None and not style_name.startswith("head")
            text = _word_text(element)
            yield _Block(
                f"- {text}" if is_list_item and text else text, style_name in {"title", "heading1"}
            )
        elif element.tag == _W + "tbl":
            yield _Block(rows=[_word_row(row) for row in element.iter(_W + "tr")])
        elif element.tag == _W + "sdt":
            content = element.find(_W + "sdtContent")
            yield from () if content is None else _word_blocks(content)


def _word_row(row: Element) -> list[Cell]:
    """Return the cells of one table row in Word."""
    head = row.find(f"{_W}trPr/{_W}tblHeader") is not None
    cells = []
    for cell in row.iter(_W + "tc"):
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        span_value = "1" if span is None else str(span.get(_W + "val") or "1")
        cell_text = " ".join(
            filter(None, (_word_text(paragraph) for paragraph in cell.iter(_W + "p")))
        )
        cells.append(Cell(clean_line(cell_text), head, min(int(span_value), TABLES.span)))
    return cells


def _word_text(paragraph: Element) -> str:
    """Return the text of a Word paragraph without deleted, struck or hidden runs."""
    text = ""
    for run in paragraph.iter(_W + "r"):
        if any(ancestor.tag in _DELETED for ancestor in run.iterancestors()) or _is_struck(run):
            continue
        run_text = "".join(map(_word_piece, run))
        vertical_align = run.find(f"{_W}rPr/{_W}vertAlign")
        if vertical_align is not None and vertical_align.get(_W + "val") == "superscript":
            run_text = inline_sign(run_text.strip(), text)
        text += run_text
    return text


def _word_piece(piece: Element) -> str:
    """Return the text of one element of a run."""
    if piece.tag == _W + "t":
        return str(piece.text or "")
    return {_W + "tab": " ", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}.get(
        piece.tag, ""
    )


def _is_struck(run: Element) -> bool:
    """Return True if a run is struck out or hidden."""
    marks = (run.find(f"{_W}rPr/{_W}{name}") for name in ("strike", "dstrike", "vanish"))
    return any(mark is not None and mark.get(_W + "val") not in _OFF_VALUES for mark in marks)


def _struck_styles(content: Element) -> Iterator[str]:
    """Yield the names of the styles of an OpenDocument that strike out or hide text."""
    for style in content.iter(_STYLE + "style"):
        for properties in style.iter(_STYLE + "text-properties"):
            line = properties.get(_STYLE + "text-line-through-style") or "none"
            kind = properties.get(_STYLE + "text-line-through-type") or "none"
            if {line, kind} != {"none"} or properties.get("{*}display") == "none":
                yield str(style.get(_STYLE + "name"))


def _open_blocks(body: Element, struck: frozenset[str]) -> Iterator[_Block]:
    """Yield the paragraphs and tables of an OpenDocument in order."""
    for element in body:
        if element.tag in {_TEXT + "p", _TEXT + "h"}:
            style_name = str(element.get(_TEXT + "style-name") or "").lower()
            level = element.get(_TEXT + "outline-level")
            yield _Block(_open_text(element, struck), style_name == "title" or level == "1")
        elif element.tag == _TABLE + "table":
            yield _Block(
                rows=[_open_row(row, struck) for row in element.iter(_TABLE + "table-row")]
            )
        elif element.tag == _TEXT + "list":
            for item in element.iter(_TEXT + "p"):
                yield _Block(f"- {_open_text(item, struck)}")
        elif element.tag == _TEXT + "section":
            yield from _open_blocks(element, struck)


def _open_row(row: Element, struck: frozenset[str]) -> list[Cell]:
    """Return the cells of one table row in an OpenDocument."""
    head = row.getparent().tag == _TABLE + "table-header-rows"
    cells: list[Cell] = []
    for cell in row.iter(_TABLE + "table-cell"):
        cell_text = " ".join(_open_text(paragraph, struck) for paragraph in cell.iter(_TEXT + "p"))
        columns, repeats = (
            min(int(cell.get(_TABLE + name) or 1), TABLES.span)
            for name in ("number-columns-spanned", "number-columns-repeated")
        )
        cells += [Cell(clean_line(cell_text), head, columns)] * repeats
    return cells


def _open_text(element: Element, struck: frozenset[str]) -> str:
    """Return the text of an OpenDocument paragraph without struck text and notes."""
    return _text_inside(element, lambda piece: piece.get(_TEXT + "style-name") in struck)


def _text_inside(element: Element, is_struck: Callable[[Element], bool]) -> str:
    """Return the text inside *element*, without recursion, so that deep nesting cannot fail."""
    parts: list[str] = []
    skipped_piece: Element | None = None
    for event, piece in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        if event == "start":
            if (
                skipped_piece is None
                and piece is not element
                and (piece.tag in _AUXILIARY or is_struck(piece))
            ):
                skipped_piece = piece
            if skipped_piece is None:
                parts.append(_open_piece(piece))
        elif event == "end":
            if skipped_piece is piece:
                skipped_piece = None
            if skipped_piece is None and piece is not element:
                parts.append(str(piece.tail or ""))
    return "".join(parts)


def _open_piece(element: Element) -> str:
    """Return the text at the start of *element*, or the white space that it represents."""
    if element.tag == _TEXT + "s":
        return " "
    if element.tag in {_TEXT + "tab", _TEXT + "line-break"}:
        return " " if element.tag == _TEXT + "tab" else "\n"
    return str(element.text or "")
