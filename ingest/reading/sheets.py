"""Tables as text (CSV, TSV): each row a line that carries its headers, however few cells it has."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from ingest.errors import NoArticleError, UnreadableError
from ingest.model import Extract, Header
from ingest.reading.decoding import damage
from ingest.reading.documents import Document, Parser
from ingest.reading.found import FoundArticle
from ingest.reading.tables import Cell, lines_of
from ingest.reading.text import clean_line

_DELIMITERS = "\t;,|"
_SAMPLE = 16_384
"""Characters by which the delimiter is told."""
_ROWS, _COLUMNS = 5000, 60
"""Rows and columns of the largest table."""
_CELL = 500
"""Characters of the longest cell."""
_EMPTY = "—"
"""What an empty cell says: that there is no figure, rather than another row's."""
_FIGURE = re.compile(r"[\d\s.,%+−–-]+")


class SheetParser(Parser):
    """Tables as text; the first row names the columns."""

    kind = "tables"
    endings = frozenset({".csv", ".tsv"})
    media_types = frozenset({"text/csv", "text/tab-separated-values"})

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read one table under the name of its file."""
        text = document.text().replace("\r\n", "\n").replace("\r", "\n")
        rows = _rows_of(text, document.name)
        if len(rows) < 2 or len(rows[0]) < 2 or any(map(_FIGURE.fullmatch, rows[0])):
            raise NoArticleError(
                f"{document.name} is no table whose first row names its columns. Add that row."
            )
        title = clean_line(re.sub(r"[-_]+", " ", document.stem)) or "Table"
        width = len(rows[0])
        body = [
            [Cell(cell or _EMPTY) for cell in row + [""] * (width - len(row))] for row in rows[1:]
        ]
        lines = lines_of(title, [[Cell(cell, head=True) for cell in rows[0]], *body])
        yield FoundArticle(
            document.name, Extract(Header(title), "\n\n".join(lines), notes=damage(text))
        )


def _rows_of(text: str, name: str) -> list[list[str]]:
    """Return the rows of a table that hold anything.

    Raises:
        UnreadableError: it is broken or too large.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    rows: list[list[str]] = []
    try:
        for row in reader:
            cells = [clean_line(cell)[:_CELL] for cell in row]
            if any(cells):
                rows.append(cells)
            if len(rows) > _ROWS or len(cells) > _COLUMNS:
                raise UnreadableError(
                    f"{name} is larger than {_ROWS:,} rows or {_COLUMNS} columns. Split it."
                )
    except csv.Error as error:
        raise UnreadableError(f"{name} is a broken table. Save it as CSV anew.") from error
    widest = len(rows[0]) if rows else 0
    return [row[:widest] for row in rows]


def _delimiter(text: str) -> str:
    """Return what parts the cells: the sign that parts the first rows alike, and most often."""
    lines = [line for line in text[:_SAMPLE].split("\n")[:20] if line.strip()]

    def fits(sign: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=sign)]
        usual = widths[0] if widths else 0
        return (sum(width == usual for width in widths) if usual > 1 else 0), usual

    return max(_DELIMITERS, key=fits)
