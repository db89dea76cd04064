"""Rich Text Format: the text of its groups, without deleted, hidden and auxiliary text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ingest.errors import NoArticleError, UnreadableError
from ingest.reading.documents import Document, FoundArticle, Parser, Score, broken_file
from ingest.reading.limits import FILES
from ingest.reading.page_tables import Cell, TableRows, lines_of
from ingest.reading.pastes import read_paste
from ingest.reading.text import clean_line, inline_sign

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+"
    rb"|([^\\{}\r\n]{1,4096})",
    re.IGNORECASE,
)
_AUXILIARY_GROUPS = frozenset(
    {b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer"}
    | {b"headerl", b"headerr", b"headerf", b"footerl", b"footerr", b"footerf"}
    | {b"listtable", b"listoverridetable", b"revtbl", b"rsidtbl", b"generator", b"fldinst"}
    | {b"themedata", b"datastore", b"latentstyles", b"xmlnstbl", b"annotation", b"atnid"}
    | {b"atnauthor", b"nonshppict", b"bkmkstart", b"bkmkend", b"pntext", b"listtext", b"filetbl"}
)
"""Groups without text of the document."""
_HIDING_WORDS = frozenset({b"strike", b"striked", b"v", b"deleted"})
_FORMAT_WORDS = _HIDING_WORDS | {b"plain", b"super", b"up", b"nosupersub"}
_SIGNS = {
    b"tab": " ", b"line": "\n", b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’",
    b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_FONT_CODES = {
    128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 77: "mac_roman",
}  # fmt: skip
"""Codecs of the character sets of fonts that are not the document's own."""
_CODE_WORDS = frozenset({b"ansicpg", b"f", b"fcharset"})
_CODES = {b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850", b"ansi": "cp1252"}


@dataclass(frozen=True, slots=True)
class _State:
    """The formatting of the text inside one group."""

    auxiliary: bool = False
    hidden: frozenset[bytes] = frozenset()
    raised: bool = False
    note: bool = False
    skip: int = 1
    font: bytes = b""


@dataclass(slots=True)
class _Text:
    """The paragraphs and table rows of the body or of a note."""

    parts: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    rows: TableRows = field(default_factory=list)
    in_table: bool = False

    def layout(self, word: bytes) -> None:
        """End a paragraph, a cell, a row or a table."""
        if word in {b"par", b"sect", b"page"}:
            if self.in_table:
                self.parts.append(" ")
            else:
                self.end_paragraph()
        elif word == b"pard":
            self.in_table = False
        elif word == b"intbl":
            self.in_table = True
        elif word == b"cell":
            self.cells.append(Cell(clean_line(_join_pieces(self.parts))))
            self.parts.clear()
        elif word == b"row":
            self.rows.append(self.cells)
            self.cells = []

    def end_paragraph(self) -> None:
        """Add the collected paragraph, after the table above it."""
        text = _join_pieces(self.parts).strip()
        self.parts.clear()
        if text:
            self._end_table()
            self.paragraphs.append(text)

    def end(self) -> list[str]:
        """Return all paragraphs, with the lines of the last table."""
        self.end_paragraph()
        self._end_table()
        return self.paragraphs

    def _end_table(self) -> None:
        """Add the lines of the collected table rows."""
        if self.rows:
            self.paragraphs += lines_of("", self.rows)
            self.rows = []


class RichTextParser(Parser):
    """The parser of Rich Text Format."""

    kind = "RTF"
    endings = frozenset({".rtf"})
    media_types = frozenset({"application/rtf", "text/rtf"})

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by its signature, else by the name."""
        return Score.SURE if document.head.startswith(b"{\\rtf") else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the one article of *document*."""
        name = document.name
        if not document.head.startswith(b"{\\rtf"):
            raise broken_file(name, "RTF")
        if len(document.data) > 4 * FILES.article_bytes:
            raise UnreadableError(f"{name} has more than {4 * FILES.article_bytes // 2**20} MB.")
        text = _Reader(name).read(document.data)
        if not text.strip():
            raise NoArticleError(f"{name} holds no text. Nothing was added.")
        yield FoundArticle(name, read_paste(text))


class _Reader:
    """A reader that collects the text token by token; notes stand below it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._state = _State()
        self._outer: list[_State] = []
        self._code = "cp1252"
        self._font_codes: dict[bytes, str] = {}
        self._bytes = bytearray()
        self._body = self._text = _Text()
        self._notes: list[str] = []
        self._to_skip = 0

    def read(self, data: bytes) -> str:
        """Return the text of a file; an empty line separates paragraphs.

        Raises:
            UnreadableError: its groups are nested too deep.
        """
        for token in _TOKEN.finditer(data):
            word, number, code, sign, group, plain = token.groups()
            if group == b"{":
                self._open()
            elif group == b"}":
                self._close()
            elif word is not None:
                self._control(word.lower(), number)
            elif code is not None:
                self._byte(bytes.fromhex(code.decode()))
            elif sign is not None:
                self._symbol(sign)
            elif plain is not None:
                self._byte(plain)
        self._decode()
        return "\n\n".join([*self._body.end(), *self._notes])

    def _open(self) -> None:
        self._decode()
        if len(self._outer) >= FILES.rtf_nested_groups:
            raise broken_file(self._name, "RTF")
        self._outer.append(self._state)

    def _close(self) -> None:
        self._decode()
        if self._outer:
            is_note = self._state.note
            self._state = self._outer.pop()
            if is_note and not self._state.note:
                self._notes += self._text.end()
                self._text = self._body

    def _begin_note(self) -> None:
        """Collect the text of this group apart from the sentence in which the note stands."""
        outer = self._outer[-1] if self._outer else _State()
        is_left_out = outer.auxiliary or bool(outer.hidden)
        self._state = replace(self._state, auxiliary=is_left_out, raised=False, note=True)
        if self._text is self._body:
            self._text = _Text()

    def _byte(self, data: bytes) -> None:
        """Append bytes of text, without the fallback bytes of a Unicode character."""
        skip_count = min(self._to_skip, len(data))
        self._to_skip -= skip_count
        self._bytes += data[skip_count:]

    def _decode(self) -> None:
        """Decode the collected bytes by the code page of their font and add them as text."""
        code = self._font_codes.get(self._state.font, self._code)
        text = self._bytes.decode(code, "replace")
        self._bytes.clear()
        self._write(text)

    def _write(self, text: str) -> None:
        """Add *text*, unless the current group is auxiliary or hidden."""
        if text and not self._state.auxiliary and not self._state.hidden:
            if self._state.raised:
                text = inline_sign(text.strip(), "".join(self._text.parts[-8:])[-16:])
            self._text.parts.append(text)

    def _symbol(self, sign: bytes) -> None:
        """Handle an escaped symbol."""
        if sign == b"*":
            self._decode()
            self._state = replace(self._state, auxiliary=True)
        elif sign in b"\\{}":
            self._byte(sign)
        elif sign in {b"~", b"_"}:
            self._byte(b" " if sign == b"~" else b"-")
        elif sign in {b"\r", b"\n"}:
            self._control(b"par", None)

    def _control(self, word: bytes, number: bytes | None) -> None:
        """Handle one control word."""
        self._decode()
        if word in _CODES or word in _CODE_WORDS:
            self._set_code(word, number)
        elif word in _AUXILIARY_GROUPS:
            self._state = replace(self._state, auxiliary=True)
        elif word == b"footnote":
            self._begin_note()
        elif word in _FORMAT_WORDS:
            self._set_format(word, is_on=number != b"0")
        elif word == b"uc" and number:
            self._state = replace(self._state, skip=max(0, min(int(number), 8)))
        elif word == b"u" and number:
            self._unicode(int(number))
        elif word in _SIGNS:
            self._write(_SIGNS[word])
        elif not self._state.auxiliary:
            self._text.layout(word)

    def _set_format(self, word: bytes, *, is_on: bool) -> None:
        """Hide or raise the text that follows, or end that."""
        if word in _HIDING_WORDS:
            hidden = self._state.hidden | {word} if is_on else self._state.hidden - {word}
            self._state = replace(self._state, hidden=hidden)
        elif word == b"plain":
            self._state = replace(self._state, hidden=frozenset(), raised=False, font=b"")
        else:
            self._state = replace(self._state, raised=is_on and word != b"nosupersub")

    def _set_code(self, word: bytes, number: bytes | None) -> None:
        """Set the code page of the document, the current font, or the code page of that font."""
        if word in _CODES:
            self._code = _CODES[word]
        elif number is None:
            return
        elif word == b"ansicpg":
            self._code = _codec(int(number))
        elif word == b"f":
            self._state = replace(self._state, font=number)
        elif code := _FONT_CODES.get(int(number)):
            self._font_codes[self._state.font] = code

    def _unicode(self, number: int) -> None:
        """Add the character with code *number* and skip its fallback bytes."""
        self._write(chr(number % 65536))
        self._to_skip = self._state.skip


def _join_pieces(parts: list[str]) -> str:
    """Return the joined *parts*; surrogate pairs become their character."""
    return "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _codec(page: int) -> str:
    """Return the codec of a Windows code page; Windows-1252 if the code page is unknown."""
    try:
        "".encode(f"cp{page}")
    except LookupError:
        return "utf-8" if page == 65001 else "cp1252"
    return f"cp{page}"
