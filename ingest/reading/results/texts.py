"""Tables as text (CSV, TSV) as grids; errors name the line and column."""

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
    check_size,
    filled_rows,
)
from ingest.reading.text import clean_line

_DELIMITERS = "\t;,|"
_SAMPLE_CHARACTERS = 16_384
"""Characters at the start from which the delimiter is detected."""


def grid_of(text: str, name: str) -> Grid:
    """Return the rows of a table that are not empty, numbered by their first line in the file.

    Raises:
        UnreadableError: the table is broken or too large; the message names the line.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[GridRow] = []
    line = 1
    try:
        for cells in reader:
            rows.append(GridRow(line, tuple(clean_line(cell)[:LONGEST_CELL] for cell in cells)))
            line = reader.line_num + 1
            if len(rows) > MOST_ROWS or len(cells) > MOST_COLUMNS:
                return check_size(Grid(name, tuple(rows)))
    except csv.Error as error:
        column = _open_quote(text, line)
        raise UnreadableError(
            f"{name} has a quotation mark in the wrong place at line {line}, column {column}. "
            "Save the table as CSV again."
        ) from error
    return Grid(name, filled_rows(rows))


def _open_quote(text: str, line: int) -> int:
    """Return the number of the cell in *line* that has the last quotation mark."""
    lines = text.splitlines()
    broken = lines[line - 1] if line <= len(lines) else ""
    delimiter = _delimiter(text)
    return broken[: max(0, broken.rfind('"'))].count(delimiter) + 1


def _delimiter(text: str) -> str:
    """Return the delimiter: the sign that splits most of the first rows into equally many cells."""
    lines = [line for line in text[:_SAMPLE_CHARACTERS].split("\n")[:20] if line.strip()]

    def fits(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        usual_width = max(widths, key=widths.count, default=0)
        return (widths.count(usual_width) if usual_width > 1 else 0), usual_width

    return max(_DELIMITERS, key=fits)
