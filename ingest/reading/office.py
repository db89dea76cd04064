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
from ingest.reading.pastes import assemble, is_title, sort_lines
from ingest.reading.text import clean_line, ends_sentence, inline_sign, paragraphs

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
_ITEM = "- "
"""Beginning of an item of a list."""
_TITLE_STYLES = frozenset({"title", "heading1"})


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph or a table; ``title`` marks the heading of the document."""

    text: str = ""
    title: bool = False
    rows: TableRows | None = None


@dataclass(frozen=True, slots=True)
class _WordStyles:
    """The styles of a Word document by identifier: their names, and those that strike or hide."""

    names: Mapping[str, str]
    struck: frozenset[str]


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
            if body is not None:
                _join_paragraphs(body)
            blocks = [] if body is None else list(_word_blocks(body, styles))
            for kind in ("footnote", "endnote"):
                blocks += [] if body is None else _word_notes(package, body, kind, styles)
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
            styles = _open_styles(content, package)
            blocks = [] if body is None else list(_open_blocks(body, styles))
            blocks += [] if body is None else list(_open_notes(body, styles))
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
    titles = (clean_line(block.text) for block in blocks if block.title)
    title = next(filter(None, titles), "")
    lines: list[str] = []
    for block in blocks:
        if block.rows is None:
            texts = [block.text] if block.title else paragraphs(block.text)
            lines += filter(None, map(clean_line, texts))
            continue
        caption = lines[-1] if lines and lines[-1] != title else ""
        is_caption = (
            caption
            and len(caption) <= TABLES.caption_characters
            and not ends_sentence(caption)
            and not caption.startswith(_ITEM)
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


def _word_styles(package: Package) -> _WordStyles:
    """Return the styles of a document; their names are English, identifiers are translated."""
    try:
        elements = list(package.xml("word/styles.xml").iter(_W + "style"))
    except KeyError:
        return _WordStyles({}, frozenset())
    names: dict[str, str] = {}
    own_marks: dict[str, bool | None] = {}
    parents: dict[str, str] = {}
    for style in elements:
        identifier = str(style.get(_W + "styleId"))
        name, parent = style.find(_W + "name"), style.find(_W + "basedOn")
        if name is not None:
            names[identifier] = str(name.get(_W + "val") or "")
        if parent is not None:
            parents[identifier] = str(parent.get(_W + "val"))
        own_marks[identifier] = _own_mark(style)
    return _WordStyles(names, _with_derived(own_marks, parents))


def _with_derived(
    own_marks: Mapping[str, bool | None], parents: Mapping[str, str]
) -> frozenset[str]:
    """Return the styles with a mark: their own, or that of the style which they are made from.

    A style that says nothing of it has ``None``.
    """
    derived: dict[str, list[str]] = {}
    for name, parent in parents.items():
        derived.setdefault(parent, []).append(name)
    marked = [name for name, is_marked in own_marks.items() if is_marked]
    for name in marked:  # it grows while it is read; each style is made from one other
        marked += [child for child in derived.get(name, ()) if own_marks.get(child) is None]
    return frozenset(marked)


def _word_notes(package: Package, body: Element, kind: str, styles: _WordStyles) -> list[_Block]:
    """Return the notes of one *kind* that the text refers to, each as a paragraph."""
    skipped = {_W + "del", _W + "moveFrom", _FALLBACK}
    references = [
        reference.get(_W + "id")
        for run in _inside(body, _W + "r", skipped)
        if (reference := run.find(f"{_W}{kind}Reference")) is not None
        and not _is_struck(run, styles, "")
    ]
    if not references:
        return []
    try:
        part = package.xml(f"word/{kind}s.xml")
    except KeyError:
        return []
    notes = {note.get(_W + "id"): note for note in part.iter(_W + kind)}
    return [
        block
        for identifier in dict.fromkeys(references)
        if identifier in notes
        for block in _word_blocks(notes[identifier], styles)
    ]


def _word_blocks(body: Element, styles: _WordStyles) -> Iterator[_Block]:
    """Yield the paragraphs and tables of a Word document in order, without tables of contents."""
    for element in body:
        if element.tag == _W + "p":
            style = element.find(f"{_W}pPr/{_W}pStyle")
            style_id = "" if style is None else str(style.get(_W + "val") or "")
            style_name = styles.names.get(style_id, style_id).replace(" ", "").lower()
            if style_name.startswith("toc"):
                continue
            is_list_item = element.find(
                f"{_W}pPr/{_W}numPr"
            ) is not None and not style_name.startswith("head")
            text = _word_text(element, styles)
            yield _Block(
                f"{_ITEM}{text}" if is_list_item and text else text, style_name in _TITLE_STYLES
            )
            for box in _inside(element, _BOX, {_FALLBACK}):
                yield from _word_blocks(box, styles)
        elif element.tag == _W + "tbl":
            rows = _word_rows(element, styles)
            if _is_layout(rows):
                for cell in _inside(element, _W + "tc", ()):
                    yield from _word_blocks(cell, styles)
            else:
                yield _Block(rows=rows)
        elif element.tag == _W + "sdt":
            content = element.find(_W + "sdtContent")
            yield from () if content is None else _word_blocks(content, styles)


def _join_paragraphs(body: Element) -> None:
    """Join each paragraph of Word whose end a tracked change deletes with the next one."""
    for paragraph in reversed(list(body.iter(_W + "p"))):
        marks = [paragraph.find(f"{_W}pPr/{_W}rPr/{_W}{name}") for name in ("del", "moveFrom")]
        following = paragraph.getnext()
        if (
            any(mark is not None for mark in marks)
            and following is not None
            and following.tag == _W + "p"
        ):
            start = 0 if following.find(_W + "pPr") is None else 1
            following[start:start] = [piece for piece in paragraph if piece.tag != _W + "pPr"]
            paragraph.getparent().remove(paragraph)


def _is_layout(rows: TableRows) -> bool:
    """Return True if a table has one column, so that it only places text on the page."""
    return max(map(len, rows), default=0) < 2


def _word_rows(table: Element, styles: _WordStyles) -> TableRows:
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
                texts = (_word_text(paragraph, styles) for paragraph in element.iter(_W + "p"))
                cells.append(Cell(clean_line(" ".join(filter(None, texts))), head, across))
            column += across
        rows.append(cells)
    return rows


def _word_text(paragraph: Element, styles: _WordStyles) -> str:
    """Return the text of a Word paragraph without deleted, struck or hidden runs."""
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    style_id = "" if style is None else str(style.get(_W + "val"))
    text = ""
    for run in _inside(paragraph, _W + "r", _NOT_INLINE):
        if _is_struck(run, styles, style_id):
            continue
        run_text = "".join(_word_piece(piece, styles) for piece in run)
        vertical_align = run.find(f"{_W}rPr/{_W}vertAlign")
        if vertical_align is not None and vertical_align.get(_W + "val") == "superscript":
            run_text = inline_sign(run_text.strip(), text)
        text += run_text
    return text


def _word_piece(piece: Element, styles: _WordStyles) -> str:
    """Return the text of one element of a run."""
    if piece.tag == _W + "t":
        return str(piece.text or "")
    if piece.tag == _W + "ruby":
        bases = piece.iterchildren(_W + "rubyBase")
        return "".join(_word_text(base, styles) for base in bases)
    return {_W + "tab": " ", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}.get(
        piece.tag, ""
    )


def _own_mark(owner: Element) -> bool | None:
    """Return True if a run or a style strikes out or hides, None if it says nothing of it."""
    marks = [owner.find(f"{_W}rPr/{_W}{name}") for name in ("strike", "dstrike", "vanish")]
    values = [mark.get(_W + "val") not in _OFF_VALUES for mark in marks if mark is not None]
    return any(values) if values else None


def _is_struck(run: Element, styles: _WordStyles, paragraph_style: str) -> bool:
    """Return True if a run is struck out or hidden, by itself or by a style."""
    own_mark = _own_mark(run)
    if own_mark is not None:
        return own_mark
    style = run.find(f"{_W}rPr/{_W}rStyle")
    style_id = "" if style is None else str(style.get(_W + "val"))
    return not styles.struck.isdisjoint({style_id, paragraph_style})


@dataclass(frozen=True, slots=True)
class _OpenStyles:
    """The names of the styles of an OpenDocument that strike out or hide text, or raise it."""

    struck: frozenset[str]
    raised: frozenset[str]


def _open_styles(content: Element, package: Package) -> _OpenStyles:
    """Return the styles of an OpenDocument that change what its text says."""
    own_marks: dict[str, bool | None] = {}
    parents: dict[str, str] = {}
    raised = set()
    for part in (*_open_part(package, "styles.xml"), content):
        for style in part.iter(_STYLE + "style"):
            name = str(style.get(_STYLE + "name"))
            own_marks[name] = None
            if parent := style.get(_STYLE + "parent-style-name"):
                parents[name] = str(parent)
            for properties in style.iter(_STYLE + "text-properties"):
                own_mark = _own_open_mark(properties)
                own_marks[name] = own_marks[name] if own_mark is None else own_mark
                if str(properties.get(_STYLE + "text-position") or "").startswith("super"):
                    raised.add(name)
    return _OpenStyles(_with_derived(own_marks, parents), frozenset(raised))


def _open_part(package: Package, name: str) -> list[Element]:
    """Return a part of a package; nothing if it has none."""
    try:
        return [package.xml(name)]
    except KeyError:
        return []


def _own_open_mark(properties: Element) -> bool | None:
    """Return True if properties strike out or hide, None if they say nothing of it."""
    lines = [
        properties.get(f"{_STYLE}text-line-through-{name}")
        for name in ("style", "type")
        if properties.get(f"{_STYLE}text-line-through-{name}")
    ]
    display = properties.get(_TEXT + "display")
    if not lines and display is None:
        return None
    return any(line != "none" for line in lines) or display == "none"


def _open_notes(body: Element, styles: _OpenStyles) -> Iterator[_Block]:
    """Yield the paragraphs of the notes to an OpenDocument's text."""
    for note in _inside(body, _TEXT + "note", _AUXILIARY - {_TEXT + "note", _FRAME}):
        for note_body in note.iterchildren(_TEXT + "note-body"):
            yield from _open_blocks(note_body, styles)


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
            for item in _open_paragraphs(element):
                mark = _ITEM if item.tag == _TEXT + "p" else ""
                yield _Block(mark + _open_text(item, styles))
        elif element.tag == _TEXT + "section":
            yield from _open_blocks(element, styles)
        elif element.tag == _FRAME:
            yield from _framed_blocks(element, styles)


def _open_paragraphs(element: Element) -> Iterator[Element]:
    """Yield the paragraphs and headings in a list or a cell, without those of notes."""
    walker = etree.iterwalk(element, events=("start",))
    for _, inner in walker:
        if inner.tag == _TEXT + "note":
            walker.skip_subtree()
        elif inner.tag in {_TEXT + "p", _TEXT + "h"}:
            yield inner


def _framed_blocks(element: Element, styles: _OpenStyles) -> Iterator[_Block]:
    """Yield the paragraphs and tables of the text boxes in *element*."""
    for box in _inside(element, _TEXT_BOX, ()):
        yield from _open_blocks(box, styles)


def _open_row(row: Element, styles: _OpenStyles) -> list[Cell]:
    """Return the cells of one table row in an OpenDocument."""
    head = row.getparent().tag == _TABLE + "table-header-rows"
    cells: list[Cell] = []
    for cell in _inside(row, _TABLE + "table-cell", ()):
        cell_text = " ".join(_open_text(p, styles) for p in _open_paragraphs(cell))
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
    if element.get(_TEXT + "style-name") in styles.struck:
        return ""
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
