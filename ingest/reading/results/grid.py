"""A table of a file, with the row numbers of the file, and rows that hold several candidates.

The French ministry publishes candidates beside each other, each in the same columns again, with
headers for the first one alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.errors import UnreadableError
from ingest.language.script import has_digit
from ingest.reading.limits import TABLES
from ingest.reading.results.columns import (
    MEASURES,
    Column,
    Field,
    field_of,
    is_data,
    is_figure,
    is_whole_name,
)

NAMES = frozenset({Field.CANDIDATE, Field.PARTY})
_UNSET = frozenset({"#DIV/0!", "#N/A", "#NV", "#N/D", "#¡DIV/0!"})
"""Results of formulas over cells that are empty so far, as Excel writes them in some languages."""


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


def compact(grid: Grid) -> Grid:
    """Return *grid* without empty rows, and with empty cells where a formula had no figures yet.

    A note names the first such cell. Other errors of formulas stay, so that they are refused.
    """
    unset = [
        (row.number, column, cell)
        for row in grid.rows
        for column, cell in enumerate(row.cells)
        if cell in _UNSET
    ]
    notes = grid.notes
    if unset:
        number, column, cell = unset[0]
        others = f" and {len(unset) - 1} more" if len(unset) > 1 else ""
        notes += (f"{grid.place(number, column)} (“{cell}”){others}: no figure, read as empty.",)
    rows = (
        replace(row, cells=tuple("" if cell in _UNSET else cell for cell in row.cells))
        for row in grid.rows
    )
    return replace(grid, rows=tuple(row for row in rows if row.filled), notes=notes)


def title_height(rows: Sequence[GridRow]) -> int:
    """Return the number of rows that are the title of the table below them; 0 if it has none.

    They are up to an empty line, below which a row of words names more columns than they fill, or
    more that are known.
    """
    height = next((n for n, (a, b) in enumerate(pairwise(rows), 1) if b.number > a.number + 1), 0)
    if not 0 < height < min(len(rows) - 1, TABLES.rows_above_headers + 1):
        return 0
    title, header = rows[:height], rows[height].cells
    if any(is_data(cell) for cells in (header, *(row.cells for row in title)) for cell in cells):
        return 0
    columns = max(row.filled for row in title), max(_known_columns(row.cells) for row in title)
    is_wider = rows[height].filled > columns[0] or _known_columns(header) > columns[1]
    return height if rows[height].filled > 1 and is_wider else 0


def _known_columns(headers: Sequence[str]) -> int:
    return sum(field_of(header) is not None for header in headers)


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
    return all(map(has_digit, heading_of)) and not any(has_digit(texts[i][0]) for i in single)


def with_all_headers(header_row: GridRow, body: Sequence[GridRow]) -> GridRow:
    """Return a row of headers in which the columns of each candidate have those of the first.

    Numbers that tell the candidates apart ("Voix 1", "Voix 2") are left out.
    """
    headers = _without_numbers(header_row.cells)
    end = _filled_width(headers)
    first = next((n for n, header in enumerate(headers) if field_of(header) in NAMES), end)
    has_measure = any(field_of(header) in MEASURES for header in headers[first:end])
    rows = [row for row in body if row.filled > 1 and any(row.cells[end:])]
    missing = max((_filled_width(row.cells) for row in rows), default=end) - end
    fits = {
        width: sum(_repeats(row, end, width) for row in rows[: TABLES.repeated_rows])
        for width in range(end - first, min(end, missing) + 1)
        if has_measure and missing % width == 0
    }
    width = max(fits, key=lambda width: fits[width], default=0)
    if width and fits[width]:
        headers = headers[:end] + headers[end - width : end] * (missing // width)
    return replace(header_row, cells=headers)


def with_whole_names(rows: Sequence[GridRow], header_row: GridRow) -> list[GridRow]:
    """Return *rows* with a name that has two columns, as *header_row* says, in the first of them.

    The second is left empty, so that the others keep their numbers.
    """
    headers = header_row.cells
    numbers = [n for n in range(len(headers) - 1) if is_whole_name(headers[n], headers[n + 1])]
    return [_with_names(row, numbers) for row in rows] if numbers else list(rows)


def candidate_groups(columns: Sequence[Column]) -> tuple[tuple[Column, ...], ...]:
    """Return the columns of each candidate in a row; empty unless a row holds several."""
    counts = Counter(column.header for column in columns)
    repeated = [c for c in columns if c.field in NAMES and counts[c.header] > 1]
    starts = [column.number for column in repeated if column.header == repeated[0].header]
    if len(starts) < 2:
        return ()
    headers = [column.header for column in columns]
    first, second = starts[:2]
    lead = 0
    while (
        lead < min(first, second - first - 1)
        and headers[first - lead - 1]
        and headers[first - lead - 1] == headers[second - lead - 1]
    ):
        lead += 1
    groups = [
        tuple(c for c in columns[start - lead : start - lead + second - first] if c.header)
        for start in starts
    ]
    names = [column.header for column in groups[0]]
    is_alike = all([column.header for column in group] == names for group in groups)
    has_measure = any(column.field in MEASURES for column in groups[0])
    return tuple(groups) if is_alike and has_measure else ()


def _without_numbers(headers: tuple[str, ...]) -> tuple[str, ...]:
    """Return headers without the numbers at their ends, if those are numbers of candidates."""
    plain_headers = [header.rstrip("0123456789").rstrip(" _-°#") for header in headers]
    numbered = [
        plain
        for plain, header in zip(plain_headers, headers, strict=True)
        if plain != header and header[-1].isdecimal()
    ]
    counts = Counter(numbered)
    fields = {field_of(plain) for plain in numbered if counts[plain] > 1}
    if fields.isdisjoint(NAMES) or fields.isdisjoint(MEASURES):
        return headers
    return tuple(
        plain if counts[plain] > 1 else header
        for plain, header in zip(plain_headers, headers, strict=True)
    )


def _filled_width(cells: Sequence[str]) -> int:
    """Return the number of cells up to the last one that is filled."""
    return max((number for number, cell in enumerate(cells, start=1) if cell), default=0)


def _repeats(row: GridRow, end: int, width: int) -> bool:
    """Return True if the cells behind *end* are figures where those *width* before them are."""
    return all(
        not cell or not row.cell(source) or is_figure(cell) == is_figure(row.cell(source))
        for number, cell in enumerate(row.cells[end:], start=end)
        for source in [end - width + (number - end) % width]
    )


def _with_names(row: GridRow, numbers: Sequence[int]) -> GridRow:
    """Return a row with each cell of *numbers* joined with the next."""
    if row.filled < 2:
        return row
    cells = [*row.cells]
    for number in numbers:
        parts = cells[number : number + 2]
        cells[number : number + 2] = [" ".join(filter(None, parts)), *[""] * (len(parts) - 1)]
    return replace(row, cells=tuple(cells))
