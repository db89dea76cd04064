"""Workbooks (.xlsx) as grids: each sheet a table, cells as they are shown."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl

from ingest.errors import UnreadableError
from ingest.reading.documents import Document
from ingest.reading.packed import unzipped
from ingest.reading.results.grid import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    Grid,
    GridRow,
    filled_rows,
)
from ingest.reading.text import clean_line

_LARGEST = 8 * 2**20
"""Bytes of the largest sheet, unpacked: its cells take some fifteen times as much memory."""
_SHEETS = 40
_PART = "xl/worksheets/"
_DIGITS = 10
"""Digits behind which a figure is only what binary fractions leave."""


def grids_of(document: Document, name: str, kind: str) -> list[Grid]:
    """Return the sheets that are shown; *name* is the file's in their references.

    Raises:
        UnreadableError: the workbook is broken, encrypted or too large.
    """
    with unzipped(document, kind) as package:
        for part in package.archive.namelist():
            large = part.startswith("xl/") and len(package.data(part)) > _LARGEST
            if large:
                raise UnreadableError(
                    f"{document.name} unpacks to more than {_LARGEST // 2**20} MB, "
                    "so it was not read."
                )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(document.data), data_only=True)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][:_SHEETS]
        return [_grid(sheet, name, several=len(shown) > 1) for sheet in shown]


def _grid(sheet: Any, name: str, *, several: bool) -> Grid:  # noqa: ANN401 - openpyxl's own
    """Return one sheet; a merged cell stands in every place that it spans.

    Raises:
        UnreadableError: it has too many rows or columns.
    """
    if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
        raise UnreadableError(
            f"{name} sheet “{sheet.title}” has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} "
            "columns. Split it."
        )
    spread = dict(_merged(sheet))
    rows = []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [spread.get((number, column)) or _shown(cell) for column, cell in enumerate(row, 1)]
        alone = len(set(filter(None, cells))) == 1 and len(list(filter(None, cells))) > 1
        rows.append(GridRow(number, (cells[0],) if alone and cells[0] else tuple(cells)))
    return Grid(name, filled_rows(rows), clean_line(sheet.title) if several else "", "row")


def _merged(sheet: Any) -> Iterator[tuple[tuple[int, int], str]]:  # noqa: ANN401 - openpyxl's own
    """Yield the places that merged cells span, with what is shown there."""
    for span in sheet.merged_cells.ranges:
        told = _shown(sheet.cell(span.min_row, span.min_col))
        for row in range(span.min_row, min(span.max_row, sheet.max_row) + 1):
            for column in range(span.min_col, min(span.max_col, sheet.max_column) + 1):
                yield (row, column), told


def _shown(cell: Any) -> str:  # noqa: ANN401 - openpyxl's own
    """Return a cell as it is shown: shares as per cent, thousands with their signs."""
    value, form = cell.value, str(cell.number_format or "")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date | time):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, int | float):
        return _number(value, form)
    return clean_line(str(value))[:LONGEST_CELL]


def _number(value: float, form: str) -> str:
    """Write a number in the style that its cell has."""
    shown = form.split(";")[0]
    decimals = len(shown.partition(".")[2]) - len(shown.partition(".")[2].lstrip("0#"))
    if "%" in shown:
        return f"{value * 100:.{decimals}f}%"
    comma = "," if "#,#" in shown or "0,0" in shown else ""
    if "0" in shown and "." in shown:
        return f"{value:{comma}.{decimals}f}"
    if float(value).is_integer():
        return f"{int(value):{comma}}"
    return f"{round(value, _DIGITS):{comma}}"
