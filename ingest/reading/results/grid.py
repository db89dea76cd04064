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


def heading_rows(rows: Sequence[Sequence[str]], *, are_named: bool = False) -> frozenset[int]:
    """Return the indexes of the rows that are headings: they name the rows up to the next heading.

    A row of one cell is one. A row whose other cells are empty may be of a place that is not
    counted. It is a heading if the first row is one too, and the rows below are known to have names
    of their own (*are_named*), have the same names below several headings, or are numbered, as
    "Ward 1", while no heading is.
    """
    texts = [[cell for cell in row if cell] for row in rows]
    last = max((index for index, cells in enumerate(texts) if len(cells) > 1), default=0)
    single = [index for index, cells in enumerate(texts[:last]) if len(cells) == 1]
    if 0 in single and (are_named or _are_headings(texts, frozenset(single))):
        return frozenset(single)
    return frozenset(index for index in single if len(rows[index]) == 1)


def _are_headings(texts: Sequence[Sequence[str]], single: frozenset[int]) -> bool:
    """Return True if the names of the rows below *single* show that those are headings."""
    heading_of: dict[str, int] = {}
    heading = 0
    for index, cells in enumerate(texts):
        if index in single:
            heading = index
        elif len(cells) > 1 and heading_of.setdefault(cells[0], heading) != heading:
            return True
    return all(map(_has_digit, heading_of)) and not any(_has_digit(texts[i][0]) for i in single)


def _has_digit(text: str) -> bool:
    """Return True if a name has a number."""
    return any(map(str.isdigit, text))
