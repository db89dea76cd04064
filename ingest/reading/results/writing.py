"""Results as text: one line for each candidate in each place, with its position in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.errors import UnreadableError
from ingest.language.lines import BETWEEN
from ingest.language.script import EAST_ASIAN
from ingest.reading.limits import TABLES
from ingest.reading.results.columns import (
    AROUND_NAMES,
    EMPTY_CELL,
    MEASURES,
    Column,
    Field,
    figure,
    is_empty,
    is_figure,
)
from ingest.reading.results.grid import NAMES, Grid, GridRow, heading_rows
from ingest.reading.results.layouts import ColumnLayout

_FIRST_FIELDS = (Field.PLACE, Field.OFFICE, Field.CANDIDATE, Field.PARTY)
_LATER_FIELDS = (
    *(Field.VOTES, Field.SHARE, Field.SEATS, Field.OTHER),
    *(Field.LEAD, Field.POLLSTER, Field.DAYS, Field.SAMPLE, Field.METHOD, Field.ERROR),
    *(Field.COUNTED, Field.STATUS, Field.MOMENT),
)


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """The lines of one table, and notes for the person who adds it."""

    title: str
    lines: tuple[str, ...]
    notes: tuple[str, ...]


def write_table(grid: Grid, layout: ColumnLayout, title: str) -> WrittenTable:
    """Return every row of a table of results as lines that can be read alone.

    Raises:
        UnreadableError: a cell does not fit its column; the message names line and column.
    """
    _check(grid, layout)
    captions = [line for line in layout.above if len(line) <= TABLES.caption_characters]
    title, subtitles = (captions[0], captions[1:3]) if captions else (title, [])
    lines = [line for line in layout.above if len(line) > TABLES.caption_characters]
    notes = [layout.described(grid.name)]
    row_numbers: dict[tuple[str, ...], int] = {}
    group, rows = "", _fill_down(layout)
    headings = _headings(layout, rows)
    last_full = max((index for index, row in enumerate(rows) if row.filled > 1), default=0)
    for index, row in enumerate(rows):
        if row.number in headings:
            group = next(filter(None, row.cells))
            continue
        if row.filled == 1 and index > last_full:
            lines.append(next(filter(None, row.cells)))
            continue
        if earlier_number := row_numbers.get((group, *row.cells)):
            notes.append(
                f"{grid.place(row.number)} says the same as {earlier_number} and was left out."
            )
            continue
        row_numbers[group, *row.cells] = row.number
        caption = [title, *subtitles, *([group] if group else [])]
        lines += _lines_of(grid, layout, row, caption)
        if len(lines) > TABLES.result_lines:
            raise UnreadableError(
                f"{grid.name} has more than {TABLES.result_lines:,} entries. Split it."
            )
    return WrittenTable(title, tuple(lines), (*notes, *_conflicts(grid, layout, rows, headings)))


def _headings(layout: ColumnLayout, rows: Sequence[GridRow]) -> frozenset[int]:
    """Return the numbers, in the file, of the rows that name those below them.

    Where each row names a candidate beside the place, a row with the place alone is a heading.
    """
    are_named = bool(layout.first(Field.PLACE) and layout.first(Field.CANDIDATE))
    indexes = heading_rows([row.cells for row in rows], are_named=are_named)
    return frozenset(rows[index].number for index in indexes)


def _lines_of(
    grid: Grid, layout: ColumnLayout, row: GridRow, caption: Sequence[str]
) -> Iterator[str]:
    """Yield one line for a row; if it holds several candidates one for each, and for the place."""
    if not layout.wide and not layout.groups:
        yield _line(caption, _cells(row, _in_order(layout.columns)), grid.reference(row.number))
        return
    grouped = {column for group in layout.groups for column in group}
    columns_of_place = [c for c in layout.columns if not c.of and c not in grouped]
    place_columns = [
        column
        for column in columns_of_place
        if column.field in _FIRST_FIELDS or column.field is Field.STATUS
    ]
    total_columns = [column for column in columns_of_place if column not in place_columns]
    for group in layout.groups:
        if not _is_empty(row, group):
            number = next(column.number for column in group if column.field in MEASURES)
            cells = _cells(row, [*place_columns, *_in_order(group)])
            yield _line(caption, cells, grid.reference(row.number, number))
    for name in dict.fromkeys(column.of for column in layout.columns if column.of):
        columns = [column for column in layout.columns if column.of == name]
        if all(not row.cell(column.number) for column in columns):
            continue
        only_number = columns[0].number if len(columns) == 1 else None
        figures = [f"{_label(column)}: {_value(row, column)}" for column in columns]
        reference = grid.reference(row.number, only_number)
        yield _line(caption, [*_cells(row, place_columns), name, *figures], reference)
    if any(row.cell(column.number) for column in total_columns):
        yield _line(
            caption, _cells(row, [*place_columns, *total_columns]), grid.reference(row.number)
        )


def _in_order(columns: Iterable[Column]) -> list[Column]:
    """Return columns in the order of their fields: whose figures they are comes first."""
    return sorted(columns, key=lambda column: (*_FIRST_FIELDS, *_LATER_FIELDS).index(column.field))


def _is_empty(row: GridRow, group: Sequence[Column]) -> bool:
    """Return True if a row has nobody in the columns of a candidate: no name, and no votes."""
    cells = [row.cell(column.number) for column in group]
    return not any(cell and figure(cell) != 0 for cell in cells)


def _line(caption: Sequence[str], cells: Iterable[str], reference: str) -> str:
    """Return one line of the caption, the cells and the reference into the file."""
    return BETWEEN.join([*caption, *cells, reference])


def _cells(row: GridRow, columns: Sequence[Column]) -> list[str]:
    """Return cells with their headers; the first, if it is a name, without."""
    texts: list[str] = []
    for column in columns:
        if column.field in MEASURES or row.cell(column.number):
            value = _value(row, column)
            is_name = not texts and not is_figure(value) and value != EMPTY_CELL
            texts.append(value if is_name or not column.header else f"{column.header}: {value}")
    return texts


def _value(row: GridRow, column: Column) -> str:
    """Return the text of a cell, with a dash for an empty cell."""
    return row.cell(column.number) or EMPTY_CELL


def _label(column: Column) -> str:
    """Return the name of the measure in a candidate's column."""
    measure = column.header.replace(column.of, "").strip(AROUND_NAMES)
    return measure or ("得票数" if EAST_ASIAN.search(column.header) else "Votes")


def _fill_down(layout: ColumnLayout) -> list[GridRow]:
    """Return rows in which an empty place or office is filled from the row above."""
    rows = list(layout.body)
    for field in (Field.PLACE, Field.OFFICE):
        column = layout.first(field)
        if column is None or not rows:
            continue
        cells = [row.cell(column.number) for row in rows if row.filled > 1]
        if not cells or not cells[0] or TABLES.cells_per_filled_cell * cells.count("") < len(cells):
            continue
        last_value = ""
        for index, row in enumerate(rows):
            last_value = row.cell(column.number) or last_value
            if row.filled > 1:
                row_cells = [*row.cells]
                row_cells[column.number] = last_value
                rows[index] = GridRow(row.number, tuple(row_cells))
    return rows


def _check(grid: Grid, layout: ColumnLayout) -> None:
    """Check that every cell of a table fits its column.

    Raises:
        UnreadableError: a cell does not fit; the message names line and column.
    """
    headed_numbers = [column.number for column in layout.columns if column.header]
    measures = [column for column in layout.columns if column.field in MEASURES]
    for row in layout.body:
        if row.filled < 2:
            continue
        unnamed = [
            number for number, cell in enumerate(row.cells) if cell and number not in headed_numbers
        ]
        if unnamed:
            position = grid.place(row.number, unnamed[0])
            raise UnreadableError(
                f"{position} has “{row.cells[unnamed[0]][:40]}”, but its column has no name. "
                "Name it in the row of headers, or empty the cell."
            )
        empty_columns = {
            column for group in layout.groups if _is_empty(row, group) for column in group
        }
        end = max((c.number for c in measures if c not in empty_columns), default=-1)
        _check_names(grid, row, [g for g in layout.groups if empty_columns.isdisjoint(g)])
        if len(row.cells) <= end:
            position = grid.place(row.number, len(row.cells))
            raise UnreadableError(
                f"{position} is missing; its row ends before “{layout.columns[end].header}”."
            )
        for column in measures:
            _check_figure(grid, row, column)


def _check_names(grid: Grid, row: GridRow, groups: Iterable[Sequence[Column]]) -> None:
    """Check that each candidate of a row has a name.

    Raises:
        UnreadableError: there are figures without one.
    """
    for group in groups:
        names = [column for column in group if column.field in NAMES]
        if not any(row.cell(column.number) for column in names):
            position = f"{grid.place(row.number, names[0].number)} (“{names[0].header}”)"
            raise UnreadableError(
                f"{position} is empty, but there are figures beside it. Write the name there."
            )


def _check_figure(grid: Grid, row: GridRow, column: Column) -> None:
    """Check that a cell of figures is empty or holds a possible figure.

    Raises:
        UnreadableError: the cell holds no number, or one out of range.
    """
    cell = row.cell(column.number)
    if is_empty(cell):
        return
    value = figure(cell, decimal=column.field is Field.SHARE)
    position = f"{grid.place(row.number, column.number)} (“{column.header}”)"
    if value is None:
        raise UnreadableError(f"{position} has “{cell[:40]}”, which is not a number.")
    if value < 0 or (column.field is Field.SHARE and value > TABLES.share_percent):
        raise UnreadableError(
            f"{position} has “{cell[:40]}”, but a figure is at least 0 and a share at most 100."
        )


def _conflicts(
    grid: Grid, layout: ColumnLayout, rows: Sequence[GridRow], headings: frozenset[int]
) -> Iterator[str]:
    """Yield a note for each candidate who has different figures in one place.

    The same candidate in two groups, as in two constituencies, is not in one place.
    """
    keys = [
        column.number
        for column in layout.columns
        if column.field not in MEASURES and not _is_no_key(column)
    ]
    figures = [column.number for column in layout.columns if column.field in MEASURES]
    first_rows: dict[tuple[str, ...], GridRow] = {}
    group = ""
    for row in rows:
        if row.number in headings:
            group = next(filter(None, row.cells))
        if row.filled == 1:
            continue
        key = tuple(map(row.cell, keys))
        first_row = first_rows.get(("", *key)) or first_rows.setdefault((group, *key), row)
        if tuple(map(first_row.cell, figures)) != tuple(map(row.cell, figures)):
            yield (
                f"{grid.place(row.number)} has other figures than {grid.line} {first_row.number} "
                f"for {', '.join(filter(None, key))[:80]}. Both are kept."
            )


def _is_no_key(column: Column) -> bool:
    """Return True if a column does not identify the rows."""
    return column.field is Field.STATUS or bool(column.of)
