"""A table of a file, with the row numbers of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.errors import UnreadableError
from ingest.reading.limits import TABLES


@dataclass(frozen=True, slots=True)
class GridRow:
    """The cells of one row, with its number in the file."""

    number: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> int:
        """Return the number of cells that are not empty."""
        return sum(map(bool, self.cells))

    def cell(self, column: int) -> str:
        """Return the cell in a column; empty if the row ends before it."""
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of one table; ``sheet`` is its name if a file has several.

    ``line`` is the word for a row in messages: a text file has lines, a workbook rows. ``notes``
    list what was left out, for the person who adds the file.
    """

    name: str
    rows: tuple[GridRow, ...]
    sheet: str = ""
    line: str = "line"
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Return the number of cells in the widest row."""
        return max((len(row.cells) for row in self.rows), default=0)

    def place(self, row: int, column: int | None = None) -> str:
        """Return the position of a row or a cell for people: file, sheet, line, column."""
        sheet = f", sheet “{self.sheet}”," if self.sheet else ""
        column_text = f", column {column + 1}" if column is not None else ""
        return f"{self.name}{sheet} {self.line} {row}{column_text}"

    def reference(self, row: int, column: int | None = None) -> str:
        """Return the position of a row or a cell as spreadsheets write it: ``holm.csv R14C3``."""
        column_text = f"C{column + 1}" if column is not None else ""
        return " ".join(filter(None, (self.name, self.sheet, f"R{row}{column_text}")))


def check_size(grid: Grid) -> Grid:
    """Return *grid* if it is not too large.

    Raises:
        UnreadableError: the table has too many rows or columns.
    """
    if len(grid.rows) > TABLES.result_rows or grid.width > TABLES.result_columns:
        raise too_many_cells(grid.name)
    return grid


def too_many_cells(name: str) -> UnreadableError:
    """Return the error for a table of too many rows or columns."""
    return UnreadableError(
        f"{name} has more than {TABLES.result_rows:,} rows or "
        f"{TABLES.result_columns} columns. Split it."
    )


def filled_rows(rows: Sequence[GridRow]) -> tuple[GridRow, ...]:
    """Return the rows that are not empty."""
    return tuple(row for row in rows if row.filled)
