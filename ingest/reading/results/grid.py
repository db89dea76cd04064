"""A table of a file: its rows as they are numbered there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.errors import UnreadableError

MOST_ROWS, MOST_COLUMNS = 20_000, 120
"""Rows and columns of the largest table."""
LONGEST_CELL = 500
"""Characters of the longest cell."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """The cells of one row, under the number that the file has for it."""

    number: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> int:
        """How many cells hold anything."""
        return sum(map(bool, self.cells))

    def cell(self, column: int) -> str:
        """Return the cell in a column; empty where the row ends before it."""
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of one table; ``sheet`` is its name where a file has several.

    ``line`` is what people call a row of it: a text file has lines, a workbook rows.
    """

    name: str
    rows: tuple[GridRow, ...]
    sheet: str = ""
    line: str = "line"

    @property
    def width(self) -> int:
        """How many cells the widest row has."""
        return max((len(row.cells) for row in self.rows), default=0)

    def place(self, row: int, column: int | None = None) -> str:
        """Name a row or a cell for a person: file, sheet, line, column."""
        sheet = f", sheet “{self.sheet}”," if self.sheet else ""
        at = f", column {column + 1}" if column is not None else ""
        return f"{self.name}{sheet} {self.line} {row}{at}"

    def reference(self, row: int, column: int | None = None) -> str:
        """Name a row or a cell within a quotation, as spreadsheets do: ``holm.csv R14C3``."""
        at = f"C{column + 1}" if column is not None else ""
        return " ".join(filter(None, (self.name, self.sheet, f"R{row}{at}")))


def bounded(grid: Grid) -> Grid:
    """Return *grid* unless it is too large.

    Raises:
        UnreadableError: it has too many rows or columns.
    """
    if len(grid.rows) > MOST_ROWS or grid.width > MOST_COLUMNS:
        raise UnreadableError(
            f"{grid.name} has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns. Split it."
        )
    return grid


def filled_rows(rows: Sequence[GridRow]) -> tuple[GridRow, ...]:
    """Return the rows that hold anything."""
    return tuple(row for row in rows if row.filled)
