"""Workbooks (.xlsx) and text files as grids, with their cells as they are displayed."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from ingest.errors import UnreadableError
from ingest.reading.documents import Document
from ingest.reading.limits import DETECTION, TABLES
from ingest.reading.packages import open_package
from ingest.reading.results.grid import (
    Grid,
    GridRow,
    check_size,
    compact,
    too_many_cells,
)
from ingest.reading.text import clean_line

_UNSAVED_FORMULA = re.compile(
    rb"<c\b([^<>]{1,200})>\s{0,9}<f\b[^<>]{0,300}(?:/>|>[^<]{0,9000}</f>)"
    rb"\s{0,9}(?:<v\s?/>|<v></v>)?\s{0,9}</c>"
)
"""A cell with a formula and without a result, and the attributes of the cell."""
_CELL_NAME = re.compile(rb"\br=\"([A-Z]{1,3}\d{1,7})\"")
_TEXT_RESULT = b't="str"'
"""The attribute of a formula whose result is text, perhaps none."""
_MERGED_CELLS = re.compile(
    rb"<mergeCell\b[^<>]{0,80}?\bref=\"([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})\""
)
_LITERAL = re.compile(r'"[^"]{0,40}"|\\.')
"""Signs in the format of a cell that are only written, such as a per cent sign behind a share."""
_SEPARATOR_LABEL = "sep="
"""The start of the first line by which Excel is told the delimiter of a text file."""
_DELIMITERS = "\t;,|"


def grids_of(document: Document, name: str, kind: str) -> list[Grid]:
    """Return the visible sheets; *name* is the file name in their references.

    Raises:
        UnreadableError: the workbook is broken, encrypted or too large.
    """
    with open_package(document, kind) as package:
        for part in package.archive.namelist():
            data = package.data(part) if part.startswith("xl/") else b""
            _check_formulas(data, document.name)
            _check_merged_cells(data, document.name)
            if len(data) > TABLES.result_sheet_bytes:
                raise UnreadableError(
                    f"{document.name} unpacks to more than "
                    f"{TABLES.result_sheet_bytes // 2**20} MB, so it was not read."
                )
        import openpyxl  # takes a quarter of a second

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(document.data), data_only=True)
        visible_sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][
            : TABLES.result_sheets
        ]
        return [_grid(sheet, name, several=len(visible_sheets) > 1) for sheet in visible_sheets]


def _check_formulas(data: bytes, name: str) -> None:
    """Check that every formula in one part of a workbook has its result.

    Raises:
        UnreadableError: a program wrote the formula without calculating it.
    """
    for formula in _UNSAVED_FORMULA.finditer(data):
        cell = _CELL_NAME.search(formula[1])
        if cell and _TEXT_RESULT not in formula[1]:
            raise UnreadableError(
                f"{name} has a formula without its result in cell {cell[1].decode()}. Open it in "
                "Excel or LibreOffice, save it, and add it again."
            )


def _check_merged_cells(data: bytes, name: str) -> None:
    """Check that merged cells span no more than a table may have, because each is built in memory.

    Raises:
        UnreadableError: they span more.
    """
    from openpyxl.utils import range_boundaries

    area = 0
    for span in _MERGED_CELLS.finditer(data):
        left, top, right, bottom = range_boundaries(span[1].decode())
        area += (right - left + 1) * (bottom - top + 1)
        if area > TABLES.result_rows * TABLES.result_columns:
            raise too_many_cells(name)


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
    hidden_columns = set(_hidden_columns(sheet))
    rows, hidden_rows = [], 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if sheet.row_dimensions[number].hidden:
            hidden_rows += any(cell.value is not None for cell in row)
            continue
        cells = [
            ""
            if column in hidden_columns
            else merged_values.get((number, column)) or _displayed_text(cell)
            for column, cell in enumerate(row, 1)
        ]
        is_single_value = len(set(filter(None, cells))) == 1 and len(list(filter(None, cells))) > 1
        rows.append(GridRow(number, (cells[0],) if is_single_value and cells[0] else tuple(cells)))
    title = clean_line(sheet.title)
    notes = _hidden_note(name, title, hidden_rows, len(hidden_columns))
    return compact(Grid(name, tuple(rows), title if several else "", "row", notes))


def _hidden_columns(sheet: Any) -> Iterator[int]:  # noqa: ANN401 - openpyxl's own
    """Yield the numbers of the hidden columns that have cells."""
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden:
            yield from range(dimension.min, min(dimension.max, sheet.max_column) + 1)


def _hidden_note(name: str, sheet: str, rows: int, columns: int) -> tuple[str, ...]:
    """Return a note with the number of rows and columns that the sheet hides."""
    if not rows + columns:
        return ()
    counts = f"rows {rows}, columns {columns}"
    return (f"Not read, because they are hidden in {name}, sheet “{sheet}”: {counts}.",)


def _merged_values(sheet: Any) -> Iterator[tuple[tuple[int, int], str]]:  # noqa: ANN401 - openpyxl's own
    """Yield the positions in merged cells, with the displayed value."""
    for span in sheet.merged_cells.ranges:
        value = _displayed_text(sheet.cell(span.min_row, span.min_col))
        for row in range(span.min_row, min(span.max_row, sheet.max_row) + 1):
            for column in range(span.min_col, min(span.max_col, sheet.max_column) + 1):
                yield (row, column), value


def _displayed_text(cell: Any) -> str:  # noqa: ANN401 - openpyxl's own
    """Return the displayed text of a cell: shares in per cent, thousands with their separators.

    What is struck out counts as empty.
    """
    value, form = cell.value, str(cell.number_format or "")
    if value is None or (cell.font and cell.font.strike):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        has_time = value.time() != time() or "h" in form.lower()
        return value.isoformat(" ", "minutes") if has_time else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat("minutes") if isinstance(value, time) else value.isoformat()
    if isinstance(value, int | float):
        return _number(value, form)
    return clean_line(str(value))[: TABLES.result_cell_characters]


def _number(value: float, form: str) -> str:
    """Return a number in the format of its cell."""
    signs = form.split(";")[0]
    pattern = _LITERAL.sub("", signs)
    unit = "%" if "%" in signs and "%" not in pattern else ""
    decimals = len(pattern.partition(".")[2]) - len(pattern.partition(".")[2].lstrip("0#"))
    if "%" in pattern:
        return f"{value * 100:.{decimals}f}%"
    comma = "," if "#,#" in pattern or "0,0" in pattern else ""
    if "0" in pattern and "." in pattern:
        return f"{value:{comma}.{decimals}f}{unit}"
    if float(value).is_integer():
        return f"{int(value):{comma}}{unit}"
    return f"{round(value, TABLES.decimals):{comma}}{unit}"


def grid_of(text: str, name: str) -> Grid:
    """Return the rows of a table that are not empty, numbered by their first line in the file.

    Raises:
        UnreadableError: the table is broken or too large; the message names the line.
    """
    top, _, below = text.partition("\n")
    separator = top.rstrip(" ").strip('"').removeprefix(_SEPARATOR_LABEL)
    is_separator = len(separator) == 1 and _SEPARATOR_LABEL in top
    delimiter = separator if is_separator else delimiter_of(text)
    table = below if is_separator else text
    reader = csv.reader(io.StringIO(table, newline=""), delimiter=delimiter, strict=True)
    rows: list[GridRow] = []
    first_line = line = 2 if is_separator else 1
    try:
        for cells in reader:
            rows.append(
                GridRow(
                    line, tuple(clean_line(cell)[: TABLES.result_cell_characters] for cell in cells)
                )
            )
            line = reader.line_num + first_line
            if len(rows) > TABLES.result_rows or len(cells) > TABLES.result_columns:
                return check_size(Grid(name, tuple(rows)))
    except csv.Error as error:
        column = _open_quote(text, line, delimiter)
        raise UnreadableError(
            f"{name} has a quotation mark in the wrong place at line {line}, column {column}. "
            "Save the table as CSV again."
        ) from error
    return compact(Grid(name, tuple(_with_whole_sentences(rows, text, delimiter))))


def _with_whole_sentences(rows: Sequence[GridRow], text: str, delimiter: str) -> Iterator[GridRow]:
    """Yield *rows*, and as one cell each line above or below the table that is a sentence.

    Such a line has fewer cells than the table, and a space behind the *delimiter*; the rows of the
    table have no such space.
    """
    lines = text.split("\n")
    widths = [len(row.cells) for row in rows]
    counts = Counter(number for number in widths if number > 1)
    width = max(counts, key=counts.__getitem__, default=0)
    top, bottom = (
        next((index for index in order if widths[index] == width), 0)
        for order in (range(len(rows)), reversed(range(len(rows))))
    )
    for index, row in enumerate(rows):
        line = lines[row.number - 1]
        is_outside = not top <= index <= bottom
        if is_outside and 1 < len(row.cells) < width and f"{delimiter} " in line:
            yield replace(row, cells=(clean_line(line)[: TABLES.result_cell_characters],))
        else:
            yield row


def _open_quote(text: str, line: int, delimiter: str) -> int:
    """Return the number of the cell in *line* that has the last quotation mark."""
    lines = text.splitlines()
    broken = lines[line - 1] if line <= len(lines) else ""
    return broken[: max(0, broken.rfind('"'))].count(delimiter) + 1


def delimiter_of(text: str) -> str:
    """Return the delimiter: the sign that splits the longest run of lines into as many cells each.

    Rows of one cell, such as a title or a note, do not count; a row counts with all of its lines.
    """
    lines = [
        line for line in text[: DETECTION.delimiter_characters].split("\n")[:20] if line.strip()
    ]

    def fits(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(lines, delimiter=delimiter)
        widths: list[int] = []
        for row in reader:
            widths += [len(row)] * (reader.line_num - len(widths))
        runs = [(len(list(run)), width) for width, run in groupby(widths) if width > 1]
        return max(runs, default=(0, 0))

    return max(_DELIMITERS, key=fits)
