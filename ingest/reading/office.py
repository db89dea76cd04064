"""Documents of word processors: Word (.docx) and OpenDocument (.odt)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lxml import etree

from ingest.errors import NoArticleError
from ingest.model import Extract
from ingest.reading.documents import SURE, Document, Parser
from ingest.reading.elements import Element
from ingest.reading.found import FoundArticle
from ingest.reading.packed import unzipped
from ingest.reading.paragraphs import ENDED
from ingest.reading.pastes import assembled, sort
from ingest.reading.signs import lowered
from ingest.reading.tables import Cell, TableRows, lines_of
from ingest.reading.text import clean_line

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CAPTION = 100
"""Characters of the longest line above a table that names it."""
_REPEATED = 60
"""Times that one cell may be repeated."""
_OFF = frozenset({"0", "false", "off"})
_NOT_SAID = frozenset({_W + "del", _W + "moveFrom"})
"""What a change that is tracked has taken out."""
_ASIDE = frozenset(
    {_TEXT + "note", _TEXT + "tracked-changes", _TEXT + "table-of-content"}
    | {_TEXT + "sequence-decls", "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}annotation"}
)


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, or a table; ``title`` marks the heading of the document."""

    text: str = ""
    title: bool = False
    rows: TableRows | None = None


class WordParser(Parser):
    """Word documents."""

    kind = "Word"
    endings = frozenset({".docx"})
    media_types = frozenset(
        {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
    )

    def score(self, document: Document) -> int:
        """Tell a Word document by its parts, or by the name."""
        packed = document.data.startswith(b"PK") and b"word/" in document.data
        return SURE if packed else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read one article."""
        with unzipped(document, self.kind) as package:
            body = package.xml("word/document.xml").find(_W + "body")
            blocks = [] if body is None else list(_word_blocks(body))
            yield _article(blocks, document)


class OpenDocumentParser(Parser):
    """OpenDocument texts."""

    kind = "OpenDocument"
    endings = frozenset({".odt"})
    media_types = frozenset({"application/vnd.oasis.opendocument.text"})

    def score(self, document: Document) -> int:
        """Tell an OpenDocument text by its type, which stands first, or by the name."""
        told = b"mimetypeapplication/vnd.oasis.opendocument.text" in document.data[:200]
        return SURE + 1 if told else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read one article."""
        with unzipped(document, self.kind) as package:
            content = package.xml("content.xml")
            body = content.find(".//{*}body/{*}text")
            struck = frozenset(_struck_styles(content))
            blocks = [] if body is None else list(_open_blocks(body, struck))
            yield _article(blocks, document)


def _article(blocks: list[_Block], document: Document) -> FoundArticle:
    """Put an article together from the blocks of a document.

    Raises:
        NoArticleError: there is no text in it.
    """
    title = next((each.text for each in blocks if each.title and each.text), "")
    lines: list[str] = []
    for block in blocks:
        if block.rows is None:
            lines += [line for each in block.text.split("\n") if (line := clean_line(each))]
            continue
        above = lines[-1] if lines and lines[-1] != title else ""
        named = above and len(above) <= _CAPTION and not ENDED.search(above)
        lines += lines_of(above if named else "", block.rows)
    if not lines:
        raise NoArticleError(f"{document.name} holds no text. Nothing was added.")
    if not title:
        title, lines = (lines[0], lines[1:]) if len(lines) > 1 else ("", lines)
    elif title in lines:
        lines.remove(title)
    read = assembled(title, sort(lines), whole="\n".join(lines))
    return FoundArticle(document.name, _titled(read, title))


def _titled(extract: Extract, title: str) -> Extract:
    """Return an extract under the title of its document."""
    return replace(extract, header=replace(extract.header, title=title))


def _word_blocks(body: Element) -> Iterator[_Block]:
    """Yield the paragraphs and tables of a Word document in their order."""
    for each in body:
        if each.tag == _W + "p":
            style = each.find(f"{_W}pPr/{_W}pStyle")
            named = "" if style is None else str(style.get(_W + "val") or "").lower()
            listed = each.find(f"{_W}pPr/{_W}numPr") is not None and not named.startswith("head")
            text = _word_text(each)
            yield _Block(f"- {text}" if listed and text else text, named in {"title", "heading1"})
        elif each.tag == _W + "tbl":
            yield _Block(rows=[_word_row(row) for row in each.iter(_W + "tr")])
        elif each.tag == _W + "sdt":
            content = each.find(_W + "sdtContent")
            yield from () if content is None else _word_blocks(content)


def _word_row(row: Element) -> list[Cell]:
    """Read one row of a table in Word."""
    head = row.find(f"{_W}trPr/{_W}tblHeader") is not None
    cells = []
    for cell in row.iter(_W + "tc"):
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        across = "1" if span is None else str(span.get(_W + "val") or "1")
        said = " ".join(filter(None, (_word_text(each) for each in cell.iter(_W + "p"))))
        cells.append(Cell(clean_line(said), head, min(int(across), _REPEATED)))
    return cells


def _word_text(paragraph: Element) -> str:
    """Return what a paragraph of Word says: no deletions, nothing struck or hidden."""
    said = ""
    for run in paragraph.iter(_W + "r"):
        if any(each.tag in _NOT_SAID for each in run.iterancestors()) or _is_struck(run):
            continue
        own = "".join(map(_word_piece, run))
        raised = run.find(f"{_W}rPr/{_W}vertAlign")
        if raised is not None and raised.get(_W + "val") == "superscript":
            own = lowered(own.strip(), said)
        said += own
    return said


def _word_piece(piece: Element) -> str:
    """Return what one part of a run says."""
    if piece.tag == _W + "t":
        return str(piece.text or "")
    return {_W + "tab": " ", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}.get(
        piece.tag, ""
    )


def _is_struck(run: Element) -> bool:
    """Return True if a run is struck out or hidden."""
    marks = (run.find(f"{_W}rPr/{_W}{name}") for name in ("strike", "dstrike", "vanish"))
    return any(each is not None and each.get(_W + "val") not in _OFF for each in marks)


def _struck_styles(content: Element) -> Iterator[str]:
    """Yield the names of the styles of an OpenDocument that strike out or hide."""
    for style in content.iter(_STYLE + "style"):
        for each in style.iter(_STYLE + "text-properties"):
            line = each.get(_STYLE + "text-line-through-style") or "none"
            kind = each.get(_STYLE + "text-line-through-type") or "none"
            if {line, kind} != {"none"} or each.get("{*}display") == "none":
                yield str(style.get(_STYLE + "name"))


def _open_blocks(body: Element, struck: frozenset[str]) -> Iterator[_Block]:
    """Yield the paragraphs and tables of an OpenDocument in their order."""
    for each in body:
        if each.tag in {_TEXT + "p", _TEXT + "h"}:
            named = str(each.get(_TEXT + "style-name") or "").lower()
            level = each.get(_TEXT + "outline-level")
            yield _Block(_open_text(each, struck), named == "title" or level == "1")
        elif each.tag == _TABLE + "table":
            yield _Block(rows=[_open_row(row, struck) for row in each.iter(_TABLE + "table-row")])
        elif each.tag == _TEXT + "list":
            for item in each.iter(_TEXT + "p"):
                yield _Block(f"- {_open_text(item, struck)}")
        elif each.tag == _TEXT + "section":
            yield from _open_blocks(each, struck)


def _open_row(row: Element, struck: frozenset[str]) -> list[Cell]:
    """Read one row of a table in an OpenDocument."""
    head = row.getparent().tag == _TABLE + "table-header-rows"
    cells: list[Cell] = []
    for cell in row.iter(_TABLE + "table-cell"):
        said = " ".join(_open_text(each, struck) for each in cell.iter(_TEXT + "p"))
        across, times = (
            min(int(cell.get(_TABLE + name) or 1), _REPEATED)
            for name in ("number-columns-spanned", "number-columns-repeated")
        )
        cells += [Cell(clean_line(said), head, across)] * times
    return cells


def _open_text(element: Element, struck: frozenset[str]) -> str:
    """Return what a paragraph of an OpenDocument says; nothing struck, no notes."""
    return _said(element, lambda each: each.get(_TEXT + "style-name") in struck)


def _said(element: Element, is_struck: Callable[[Element], bool]) -> str:
    """Return the text inside *element*, piece by piece; deep nesting is no recursion."""
    parts: list[str] = []
    skipped: Element | None = None
    for event, each in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        if event == "start":
            if skipped is None and each is not element and (each.tag in _ASIDE or is_struck(each)):
                skipped = each
            if skipped is None:
                parts.append(_open_piece(each))
        elif event == "end":
            if skipped is each:
                skipped = None
            if skipped is None and each is not element:
                parts.append(str(each.tail or ""))
    return "".join(parts)


def _open_piece(each: Element) -> str:
    """Return what opens an element of an OpenDocument's text."""
    if each.tag == _TEXT + "s":
        return " "
    if each.tag in {_TEXT + "tab", _TEXT + "line-break"}:
        return " " if each.tag == _TEXT + "tab" else "\n"
    return str(each.text or "")
