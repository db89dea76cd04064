"""Results as text: a line for each candidate in each place, which names where in the file it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.errors import UnreadableError
from ingest.language.lines import BETWEEN
from ingest.language.script import EAST_ASIAN
from ingest.reading.results.columns import MEASURES, Column, ColumnLayout, Field
from ingest.reading.results.figures import EMPTY_CELL, figure, is_empty, is_figure
from ingest.reading.results.grid import Grid, GridRow

_CAPTION = 100
"""Characters of the longest line above a table that every row carries."""
_HUNDRED = 100
_MOST_LINES = 20_000
"""Lines of the largest file."""
_SPARSE = 3
"""One filled cell in so many is one that stands for the empty ones below it."""
_FIRST = (Field.PLACE, Field.OFFICE, Field.CANDIDATE, Field.PARTY)
_THEN = (
    *(Field.VOTES, Field.SHARE, Field.SEATS, Field.OTHER),
    *(Field.COUNTED, Field.STATUS, Field.MOMENT),
)


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """The lines of one table, and what whoever adds it should know."""

    title: str
    lines: tuple[str, ...]
    notes: tuple[str, ...]


def written(grid: Grid, layout: ColumnLayout, title: str) -> WrittenTable:
    """Write every row of a table of results as lines that stand alone.

    Raises:
        UnreadableError: a cell is not what its column holds; the sentence names line and column.
    """
    _check(grid, layout)
    above = [line for line in layout.above if len(line) <= _CAPTION]
    title, carried = (above[0], above[1:3]) if above else (title, [])
    lines = [line for line in layout.above if len(line) > _CAPTION]
    notes = [layout.described(grid.name)]
    seen: dict[tuple[str, ...], int] = {}
    group = ""
    for place, row in enumerate(rows := _filled_down(layout)):
        if row.filled == 1:
            told = next(filter(None, row.cells))
            if any(each.filled > 1 for each in rows[place + 1 :]):
                group = told
            else:
                lines.append(told)
            continue
        if before := seen.get((group, *row.cells)):
            notes.append(f"{grid.place(row.number)} says the same as {before} and was left out.")
            continue
        seen[group, *row.cells] = row.number
        caption = [title, *carried, *([group] if group else [])]
        lines += _lines_of(grid, layout, row, caption)
        if len(lines) > _MOST_LINES:
            raise UnreadableError(f"{grid.name} has more than {_MOST_LINES:,} entries. Split it.")
    return WrittenTable(title, tuple(lines), (*notes, *_conflicts(grid, layout, rows)))


def _lines_of(
    grid: Grid, layout: ColumnLayout, row: GridRow, caption: Sequence[str]
) -> Iterator[str]:
    """Write one row: as one line, or one a candidate and one of the place."""
    if not layout.wide:
        ordered = sorted(layout.columns, key=lambda each: (*_FIRST, *_THEN).index(each.field))
        yield _line(caption, _cells(row, ordered), grid.reference(row.number))
        return
    where = [c for c in layout.columns if c.field in _FIRST or c.field is Field.STATUS]
    whole = [c for c in layout.columns if not c.of and c not in where]
    for name in dict.fromkeys(each.of for each in layout.columns if each.of):
        columns = [each for each in layout.columns if each.of == name]
        if all(not row.cell(each.number) for each in columns):
            continue
        only = columns[0].number if len(columns) == 1 else None
        figures = [f"{_label(each)}: {_value(row, each)}" for each in columns]
        reference = grid.reference(row.number, only)
        yield _line(caption, [*_cells(row, where), name, *figures], reference)
    if any(row.cell(each.number) for each in whole):
        yield _line(caption, _cells(row, [*where, *whole]), grid.reference(row.number))


def _line(caption: Sequence[str], cells: Iterable[str], reference: str) -> str:
    """Put one line together: what it is of, its cells, where it stands in the file."""
    return BETWEEN.join([*caption, *cells, reference])


def _cells(row: GridRow, columns: Sequence[Column]) -> list[str]:
    """Write cells under their headers: the first, if it is a name, bare."""
    found: list[str] = []
    for each in columns:
        if each.field in MEASURES or row.cell(each.number):
            value = _value(row, each)
            bare = not found and not is_figure(value) and value != EMPTY_CELL
            found.append(value if bare or not each.header else f"{each.header}: {value}")
    return found


def _value(row: GridRow, column: Column) -> str:
    """Return what a cell says; an empty one says that there is nothing."""
    return row.cell(column.number) or EMPTY_CELL


def _label(column: Column) -> str:
    """Name the measure of a column that stands in a candidate's name."""
    inner = column.header.removeprefix(column.of).strip()
    return inner or ("得票数" if EAST_ASIAN.search(column.header) else "Votes")


def _filled_down(layout: ColumnLayout) -> list[GridRow]:
    """Give rows the place and the office above them, where each is written once for several."""
    rows = list(layout.body)
    for field in (Field.PLACE, Field.OFFICE):
        column = layout.first(field)
        if column is None or not rows:
            continue
        held = [row.cell(column.number) for row in rows if row.filled > 1]
        if not held or not held[0] or _SPARSE * held.count("") < len(held):
            continue
        last = ""
        for place, row in enumerate(rows):
            last = row.cell(column.number) or last
            if row.filled > 1:
                cells = [*row.cells]
                cells[column.number] = last
                rows[place] = GridRow(row.number, tuple(cells))
    return rows


def _check(grid: Grid, layout: ColumnLayout) -> None:
    """Refuse a table in which a cell is not what its column holds.

    Raises:
        UnreadableError: one is not; the sentence names line and column.
    """
    headed = [each.number for each in layout.columns if each.header]
    measured = [each for each in layout.columns if each.field in MEASURES]
    for row in layout.body:
        if row.filled < 2:
            continue
        beyond = [n for n, cell in enumerate(row.cells) if cell and n not in headed]
        if beyond:
            where = grid.place(row.number, beyond[0])
            raise UnreadableError(
                f"{where} has “{row.cells[beyond[0]][:40]}”, but its column has no name."
            )
        last = max(each.number for each in measured)
        if len(row.cells) <= last:
            where = grid.place(row.number, len(row.cells))
            raise UnreadableError(
                f"{where} is missing; its row ends before “{layout.columns[last].header}”."
            )
        for each in measured:
            _check_figure(grid, row, each)


def _check_figure(grid: Grid, row: GridRow, column: Column) -> None:
    """Refuse a cell of figures that holds none, or one that cannot be.

    Raises:
        UnreadableError: it does.
    """
    cell = row.cell(column.number)
    if is_empty(cell):
        return
    value = figure(cell, decimal=column.field is Field.SHARE)
    where = f"{grid.place(row.number, column.number)} (“{column.header}”)"
    if value is None:
        raise UnreadableError(f"{where} has “{cell[:40]}”, which is not a number.")
    if value < 0 or (column.field is Field.SHARE and value > _HUNDRED):
        raise UnreadableError(
            f"{where} has “{cell[:40]}”, but a figure is at least 0 and a share at most 100."
        )


def _conflicts(grid: Grid, layout: ColumnLayout, rows: Sequence[GridRow]) -> Iterator[str]:
    """Yield a note for each candidate who has different figures in one place."""
    keys = [c.number for c in layout.columns if c.field not in MEASURES and not _only_figures(c)]
    figures = [c.number for c in layout.columns if c.field in MEASURES]
    known: dict[tuple[str, ...], GridRow] = {}
    for row in rows:
        key = tuple(map(row.cell, keys))
        before = known.setdefault(key, row)
        if row.filled > 1 and tuple(map(before.cell, figures)) != tuple(map(row.cell, figures)):
            yield (
                f"{grid.place(row.number)} has other figures than {grid.line} {before.number} "
                f"for {', '.join(filter(None, key))[:80]}. Both are kept."
            )


def _only_figures(column: Column) -> bool:
    """Tell whether a column tells no rows apart."""
    return column.field is Field.STATUS or bool(column.of)
