"""Tables as text (CSV, TSV) as grids; what breaks one is named by its line and column."""

from __future__ import annotations

import csv
import io

from ingest.errors import UnreadableError
from ingest.reading.results.grid import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    Grid,
    GridRow,
    bounded,
    filled_rows,
)
from ingest.reading.text import clean_line

_DELIMITERS = "\t;,|"
_SAMPLE = 16_384
"""Characters by which the delimiter is told."""


def grid_of(text: str, name: str) -> Grid:
    """Return the rows of a table that hold anything, each under the number of its first line.

    Raises:
        UnreadableError: it is broken or too large; the sentence names the line.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[GridRow] = []
    line = 1
    try:
        for cells in reader:
            rows.append(GridRow(line, tuple(clean_line(cell)[:LONGEST_CELL] for cell in cells)))
            line = reader.line_num + 1
            if len(rows) > MOST_ROWS or len(cells) > MOST_COLUMNS:
                return bounded(Grid(name, tuple(rows)))
    except csv.Error as error:
        column = _open_quote(text, line)
        raise UnreadableError(
            f"{name} has a quotation mark in the wrong place at line {line}, column {column}. "
            "Save the table as CSV again."
        ) from error
    return Grid(name, filled_rows(rows))


def _open_quote(text: str, line: int) -> int:
    """Return the cell of a line in which the last quotation mark stands."""
    lines = text.splitlines()
    broken = lines[line - 1] if line <= len(lines) else ""
    sign = _delimiter(text)
    return broken[: max(0, broken.rfind('"'))].count(sign) + 1


def _delimiter(text: str) -> str:
    """Return what parts the cells: the sign that parts the first rows alike, and most often."""
    lines = [line for line in text[:_SAMPLE].split("\n")[:20] if line.strip()]

    def fits(sign: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=sign)]
        usual = max(widths, key=widths.count, default=0)
        return (widths.count(usual) if usual > 1 else 0), usual

    return max(_DELIMITERS, key=fits)
