"""Workbooks (.xlsx) and text files as grids, with their cells as they are displayed."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl

from ingest.errors import UnreadableError
from ingest.reading.documents import Document
from ingest.reading.limits import DETECTION, TABLES
from ingest.reading.packages import open_package
from ingest.reading.results.grid import (
    Grid,
    GridRow,
    check_size,
    filled_rows,
)
from ingest.reading.text import clean_line

_PART = "xl/worksheets/"
_DELIMITERS = "\t;,|"


def grids_of(document: Document, name: str, kind: str) -> list[Grid]:
    """Return the visible sheets; *name* is the file name in their references.

    Raises:
        UnreadableError: the workbook is broken, encrypted or too large.
    """
    with open_package(document, kind) as package:
        for part in package.archive.namelist():
            large = part.startswith("xl/") and len(package.data(part)) > TABLES.result_sheet_bytes
            if large:
                raise UnreadableError(
                    f"{document.name} unpacks to more than "
                    f"{TABLES.result_sheet_bytes // 2**20} MB, so it was not read."
                )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(document.data), data_only=True)
        visible_sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][
            : TABLES.result_sheets
        ]
        return [_grid(sheet, name, several=len(visible_sheets) > 1) for sheet in visible_sheets]


def _grid(sheet: Any, name: str, *, several: bool) -> Grid:  # noqa: ANN401 - openpyxl's own
    """Return one sheet; the value of a merged cell is repeated in every position that it spans.

    Raises:
        UnreadableError: the sheet has too many rows or columns.
    """
    if sheet.max_row > TABLES.result_rows or sheet.max_column > TABLES.result_columns:
        raise UnreadableError(
            f"{name} sheet “{sheet.title}” has more than {TABLES.result_rows:,} rows "
            f"or {TABLES.result_columns} columns. Split it."
        )
    merged_values = dict(_merged_values(sheet))
    rows = []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [
            merged_values.get((number, column)) or _displayed_text(cell)
            for column, cell in enumerate(row, 1)
        ]
        is_single_value = len(set(filter(None, cells))) == 1 and len(list(filter(None, cells))) > 1
        rows.append(GridRow(number, (cells[0],) if is_single_value and cells[0] else tuple(cells)))
    return Grid(name, filled_rows(rows), clean_line(sheet.title) if several else "", "row")


def _merged_values(sheet: Any) -> Iterator[tuple[tuple[int, int], str]]:  # noqa: ANN401 - openpyxl's own
    """Yield the positions in merged cells, with the displayed value."""
    for span in sheet.merged_cells.ranges:
        value = _displayed_text(sheet.cell(span.min_row, span.min_col))
        for row in range(span.min_row, min(span.max_row, sheet.max_row) + 1):
            for column in range(span.min_col, min(span.max_col, sheet.max_column) + 1):
                yield (row, column), value


def _displayed_text(cell: Any) -> str:  # noqa: ANN401 - openpyxl's own
    """Return the displayed text of a cell: shares in per cent, thousands with their separators."""
    value, form = cell.value, str(cell.number_format or "")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date | time):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, int | float):
        return _number(value, form)
    return clean_line(str(value))[: TABLES.result_cell_characters]


def _number(value: float, form: str) -> str:
    """Return a number in the format of its cell."""
    pattern = form.split(";")[0]
    decimals = len(pattern.partition(".")[2]) - len(pattern.partition(".")[2].lstrip("0#"))
    if "%" in pattern:
        return f"{value * 100:.{decimals}f}%"
    comma = "," if "#,#" in pattern or "0,0" in pattern else ""
    if "0" in pattern and "." in pattern:
        return f"{value:{comma}.{decimals}f}"
    if float(value).is_integer():
        return f"{int(value):{comma}}"
    return f"{round(value, TABLES.decimals):{comma}}"


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
            rows.append(
                GridRow(
                    line, tuple(clean_line(cell)[: TABLES.result_cell_characters] for cell in cells)
                )
            )
            line = reader.line_num + 1
            if len(rows) > TABLES.result_rows or len(cells) > TABLES.result_columns:
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
    lines = [
        line for line in text[: DETECTION.delimiter_characters].split("\n")[:20] if line.strip()
    ]

    def fits(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        usual_width = max(widths, key=widths.count, default=0)
        return (widths.count(usual_width) if usual_width > 1 else 0), usual_width

    return max(_DELIMITERS, key=fits)
