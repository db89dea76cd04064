"""Documents of word processors: Word (.docx) and OpenDocument (.odt)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from lxml import etree

from ingest.errors import NoArticleError
from ingest.model import Extract
from ingest.reading.documents import Document, FoundArticle, Parser, Score
from ingest.reading.elements import Element
from ingest.reading.limits import TABLES
from ingest.reading.packages import Package, open_package
from ingest.reading.page_tables import Cell, TableRows, lines_of
from ingest.reading.paragraphs import SENTENCE_END
from ingest.reading.pastes import assemble, is_title, sort_lines
from ingest.reading.text import clean_line, inline_sign

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_OFF_VALUES = frozenset({"0", "false", "off"})
_FRAME = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}frame"
_TEXT_BOX = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}text-box"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""What older programs show in place of a drawing: the same text again."""
_BOX = _W + "txbxContent"
_NOT_INLINE = frozenset({_W + "del", _W + "moveFrom", _FALLBACK, _BOX})
"""Parts of a paragraph in Word that are deleted, moved away, repeated, or in a text box."""
_AUXILIARY = frozenset(
    {_TEXT + "note", _TEXT + "tracked-changes", _TEXT + "table-of-content", _TEXT + "ruby-text"}
    | {_TEXT + "sequence-decls", "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}annotation"}
    | {_FRAME}
)
_TITLE_STYLES = frozenset({"title", "heading1"})


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
            styles = _word_styles(package)
            blocks = [] if body is None else list(_word_blocks(body, styles))
            yield _article(blocks, document, _stated_title(package, "docProps/core.xml"))


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
            styles = _open_styles(content)
            blocks = [] if body is None else list(_open_blocks(body, styles))
            yield _article(blocks, document, _stated_title(package, "meta.xml"))


def _stated_title(package: Package, part: str) -> str:
    """Return the title in the properties of a document; empty if there is none."""
    try:
        title = package.xml(part).find(".//{http://purl.org/dc/elements/1.1/}title")
    except (KeyError, etree.XMLSyntaxError):
        return ""
    return clean_line("" if title is None else str(title.text or ""))


def _article(blocks: list[_Block], document: Document, stated_title: str) -> FoundArticle:
    """Build an article from the blocks of a document.

    Its title is its heading, else a first line that reads like one, else *stated_title*.

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
        title, lines = (lines[0], lines[1:]) if is_title(lines) else (stated_title, lines)
    elif title in lines:
        lines.remove(title)
    extract = assemble(title, sort_lines(lines), whole="\n".join(lines))
    return FoundArticle(document.name, _with_title(extract, title))


def _with_title(extract: Extract, title: str) -> Extract:
    """Return *extract* with the title of its document."""
    return replace(extract, header=replace(extract.header, title=title))


def _inside(element: Element, tag: str, skipped: Collection[str]) -> Iterator[Element]:
    """Yield the outermost elements of *tag* in *element* that are in no *skipped* element."""
    walker = etree.iterwalk(element, events=("start",))
    for _, inner in walker:
        if inner is element:
            continue
        if inner.tag in skipped:
            walker.skip_subtree()
        elif inner.tag == tag:
            walker.skip_subtree()
            yield inner


def _word_styles(package: Package) -> Mapping[str, str]:
    """Return the names of styles by identifier: names are English, identifiers translated."""
    try:
        styles = package.xml("word/styles.xml")
    except KeyError:
        return {}
    return {
        str(style.get(_W + "styleId")): str(name.get(_W + "val") or "")
        for style in styles.iter(_W + "style")
        if (name := style.find(_W + "name")) is not None
    }


def _word_blocks(body: Element, styles: Mapping[str, str]) -> Iterator[_Block]:
    """Yield the paragraphs and tables of a Word document in order, without tables of contents."""
    for element in body:
        if element.tag == _W + "p":
            style = element.find(f"{_W}pPr/{_W}pStyle")
            style_id = "" if style is None else str(style.get(_W + "val") or "")
            style_name = styles.get(style_id, style_id).replace(" ", "").lower()
            if style_name.startswith("toc"):
                continue
            is_list_item = element.find(
                f"{_W}pPr/{_W}numPr"
            ) is not None and not style_name.startswith("head")
            text = _word_text(element)
            yield _Block(
                f"- {text}" if is_list_item and text else text, style_name in _TITLE_STYLES
            )
            for box in _inside(element, _BOX, {_FALLBACK}):
                yield from _word_blocks(box, styles)
        elif element.tag == _W + "tbl":
            rows = _word_rows(element)
            if _is_layout(rows):
                for cell in _inside(element, _W + "tc", ()):
                    yield from _word_blocks(cell, styles)
            else:
                yield _Block(rows=rows)
        elif element.tag == _W + "sdt":
            content = element.find(_W + "sdtContent")
            yield from () if content is None else _word_blocks(content, styles)


def _is_layout(rows: TableRows) -> bool:
    """Return True if a table has one column, so that it only places text on the page."""
    return max(map(len, rows), default=0) < 2


def _word_rows(table: Element) -> TableRows:
    """Return the rows of a table in Word, with its merged cells."""
    rows: TableRows = []
    merged: dict[int, tuple[int, int]] = {}
    for row in _inside(table, _W + "tr", {_W + "tbl"}):
        if row.find(f"{_W}trPr/{_W}del") is not None:
            continue
        head = row.find(f"{_W}trPr/{_W}tblHeader") is not None
        cells: list[Cell] = []
        column = 0
        for element in _inside(row, _W + "tc", ()):
            span, merge = (element.find(f"{_W}tcPr/{_W}{name}") for name in ("gridSpan", "vMerge"))
            across = min(int("1" if span is None else span.get(_W + "val") or 1), TABLES.span)
            if merge is not None and merge.get(_W + "val") != "restart" and column in merged:
                number, index = merged[column]
                rows[number][index] = replace(
                    rows[number][index], down=rows[number][index].down + 1
                )
            else:
                if merge is not None:
                    merged[column] = len(rows), len(cells)
                texts = map(_word_text, element.iter(_W + "p"))
                cells.append(Cell(clean_line(" ".join(filter(None, texts))), head, across))
            column += across
        rows.append(cells)
    return rows


def _word_text(paragraph: Element) -> str:
    """Return the text of a Word paragraph without deleted, struck or hidden runs."""
    text = ""
    for run in _inside(paragraph, _W + "r", _NOT_INLINE):
        if _is_struck(run):
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
    if piece.tag == _W + "ruby":
        return "".join(map(_word_text, piece.iterchildren(_W + "rubyBase")))
    return {_W + "tab": " ", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}.get(
        piece.tag, ""
    )


def _is_struck(run: Element) -> bool:
    """Return True if a run is struck out or hidden."""
    marks = (run.find(f"{_W}rPr/{_W}{name}") for name in ("strike", "dstrike", "vanish"))
    return any(mark is not None and mark.get(_W + "val") not in _OFF_VALUES for mark in marks)


@dataclass(frozen=True, slots=True)
class _OpenStyles:
    """The names of the styles of an OpenDocument that strike out or hide text, or raise it."""

    struck: frozenset[str]
    raised: frozenset[str]


def _open_styles(content: Element) -> _OpenStyles:
    """Return the styles of an OpenDocument that change what its text says."""
    struck, raised = set(), set()
    for style in content.iter(_STYLE + "style"):
        name = str(style.get(_STYLE + "name"))
        for properties in style.iter(_STYLE + "text-properties"):
            line = properties.get(_STYLE + "text-line-through-style") or "none"
            kind = properties.get(_STYLE + "text-line-through-type") or "none"
            if {line, kind} != {"none"} or properties.get(_TEXT + "display") == "none":
                struck.add(name)
            if str(properties.get(_STYLE + "text-position") or "").startswith("super"):
                raised.add(name)
    return _OpenStyles(frozenset(struck), frozenset(raised))


def _open_blocks(body: Element, styles: _OpenStyles) -> Iterator[_Block]:
    """Yield the paragraphs and tables of an OpenDocument in order."""
    for element in body:
        if element.tag in {_TEXT + "p", _TEXT + "h"}:
            style_name = str(element.get(_TEXT + "style-name") or "").lower()
            level = element.get(_TEXT + "outline-level")
            yield _Block(_open_text(element, styles), style_name == "title" or level == "1")
            yield from _framed_blocks(element, styles)
        elif element.tag == _TABLE + "table":
            rows = [
                _open_row(row, styles)
                for row in _inside(element, _TABLE + "table-row", {_TABLE + "table"})
            ]
            if _is_layout(rows):
                for cell in _inside(element, _TABLE + "table-cell", ()):
                    yield from _open_blocks(cell, styles)
            else:
                yield _Block(rows=rows)
        elif element.tag == _TEXT + "list":
            for item in element.iter(_TEXT + "p", _TEXT + "h"):
                mark = "- " if item.tag == _TEXT + "p" else ""
                yield _Block(mark + _open_text(item, styles))
        elif element.tag == _TEXT + "section":
            yield from _open_blocks(element, styles)
        elif element.tag == _FRAME:
            yield from _framed_blocks(element, styles)


def _framed_blocks(element: Element, styles: _OpenStyles) -> Iterator[_Block]:
    """Yield the paragraphs and tables of the text boxes in *element*."""
    for box in _inside(element, _TEXT_BOX, ()):
        yield from _open_blocks(box, styles)


def _open_row(row: Element, styles: _OpenStyles) -> list[Cell]:
    """Return the cells of one table row in an OpenDocument."""
    head = row.getparent().tag == _TABLE + "table-header-rows"
    cells: list[Cell] = []
    for cell in _inside(row, _TABLE + "table-cell", ()):
        cell_text = " ".join(_open_text(paragraph, styles) for paragraph in cell.iter(_TEXT + "p"))
        columns, rows, repeats = (
            min(int(cell.get(f"{_TABLE}number-{name}") or 1), TABLES.span)
            for name in ("columns-spanned", "rows-spanned", "columns-repeated")
        )
        cells += [Cell(clean_line(cell_text), head, columns, rows)] * repeats
    return cells


def _open_text(element: Element, styles: _OpenStyles) -> str:
    """Return the text of an OpenDocument paragraph without struck text, notes and frames.

    There is no recursion, so that deep nesting cannot fail.
    """
    parts: list[str] = []
    skipped_piece: Element | None = None
    for event, piece in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        if event == "start":
            style_name = piece.get(_TEXT + "style-name")
            if (
                skipped_piece is None
                and piece is not element
                and (piece.tag in _AUXILIARY or style_name in styles.struck)
            ):
                skipped_piece = piece
            if skipped_piece is None:
                text = _open_piece(piece)
                if style_name in styles.raised:
                    text = inline_sign(text.strip(), "".join(parts[-8:])[-16:])
                parts.append(text)
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
