"""What the columns of a result file hold: guessed from their headers, or set by ``--map``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from ingest.errors import UnreadableError
from ingest.reading.results.figures import is_figure, is_fraction
from ingest.reading.results.grid import Grid, GridRow

_DEEPEST = 3
"""Rows of headers that stand on each other."""
_ABOVE = 25
"""Rows above the headers: a title, a status, notes."""
_LONGEST_HEADER = 100
"""Characters of the longest header."""


class Field(StrEnum):
    """What a column of a result file can hold."""

    PLACE = "place"
    OFFICE = "office"
    CANDIDATE = "candidate"
    PARTY = "party"
    VOTES = "votes"
    SHARE = "share"
    SEATS = "seats"
    STATUS = "status"
    COUNTED = "counted"
    MOMENT = "moment"
    OTHER = "other"


MEASURES = frozenset({Field.VOTES, Field.SHARE, Field.SEATS})
_KNOWN = tomllib.loads(files(__package__).joinpath("headers.toml").read_text(encoding="utf-8"))
_FIELD_OF = {
    header: Field(field) for field, headers in _KNOWN["fields"].items() for header in headers
}
_GENERAL = frozenset(_KNOWN["place"]["words"])
_OPENINGS = tuple(_KNOWN["place"]["openings"])


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, outer header first, what it holds, and whose figures they are.

    ``of`` is the candidate or party in whose name the column stands, in a table that has one
    column a candidate.
    """

    number: int
    header: str
    field: Field
    of: str = ""


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """How one table is read: what stands above the headers, its columns, the first row of data."""

    above: tuple[str, ...]
    columns: tuple[Column, ...]
    body: tuple[GridRow, ...]

    def first(self, field: Field) -> Column | None:
        """Return the first column of a kind."""
        return next((each for each in self.columns if each.field is field), None)

    @property
    def wide(self) -> bool:
        """Whether candidates have columns rather than rows."""
        return any(each.of for each in self.columns)

    def described(self, name: str) -> str:
        """Say how the table is read, for the preview."""
        held = [
            f"{each.field} = {each.header}"
            for each in self.columns
            if each.field is not Field.OTHER and not each.of
        ]
        whose = dict.fromkeys(each.of for each in self.columns if each.of)
        shape = f"one column a candidate: {', '.join(whose)}" if whose else "one row a candidate"
        return f"{name} is read as results ({'; '.join([*held, shape])}). --map sets it otherwise."


def laid_out(grid: Grid, mapping: Mapping[str, str]) -> ColumnLayout | None:
    """Guess how *grid* is to be read; ``None`` where it is no table of results.

    *mapping* is our field to their header, and wins over every guess.

    Raises:
        UnreadableError: the mapping names what is not there, or two columns cannot be told apart.
    """
    wanted = {Field(ours): theirs for ours, theirs in mapping.items() if ours in set(Field)}
    start = _body_start(grid, wanted)
    if start is None:
        return None
    depth = _header_depth(grid.rows, start)
    heads = grid.rows[start - depth : start]
    columns = _columns(grid, heads, wanted)
    body = grid.rows[start:]
    layout = ColumnLayout(_lines_above(grid.rows[: start - depth]), columns, body)
    layout = _in_columns(layout)
    if not _is_results(layout) and not wanted:
        return None
    _check_twins(grid, layout, heads)
    return layout


def field_of(header: str) -> Field | None:
    """Return what a header says that its column holds."""
    plain = " ".join(header.replace("_", " ").replace("-", " ").casefold().split())
    return _FIELD_OF.get(plain) or _FIELD_OF.get(plain.rstrip(".:*"))


def _body_start(grid: Grid, wanted: Mapping[Field, str]) -> int | None:
    """Return the first row of data: it has a figure, and headers stand above it."""
    for place, row in enumerate(grid.rows[1 : _ABOVE + _DEEPEST], start=1):
        head = grid.rows[place - 1]
        named = sum(bool(field_of(c)) or c in wanted.values() for c in row.cells if c) > 1
        figures = any(is_figure(cell) and not _is_year(cell) for cell in row.cells)
        if figures and not named and head.filled > 1 and not any(map(_is_data, head.cells)):
            return place
    return None


def _is_data(cell: str) -> bool:
    """Tell whether a cell is a figure of the count, and no header."""
    return is_figure(cell) and not _is_year(cell)


def _is_year(cell: str) -> bool:
    """Tell whether a cell is a year, as headers have them."""
    return len(cell) == 4 and cell.isdecimal() and "1900" <= cell <= "2100"


def _header_depth(rows: Sequence[GridRow], start: int) -> int:
    """Return how many rows of headers stand above the data, without a gap between them."""
    depth = 1
    while depth < min(_DEEPEST, start):
        above, below = rows[start - depth - 1], rows[start - depth]
        adjoining = above.number == below.number - 1
        if above.filled < 2 or not adjoining:
            break
        depth += 1
    return depth


def _columns(
    grid: Grid, heads: Sequence[GridRow], wanted: Mapping[Field, str]
) -> tuple[Column, ...]:
    """Say what each column holds.

    Raises:
        UnreadableError: a header that was named is not there.
    """
    filled = [*(_reaching(row, grid.width) for row in heads[:-1]), heads[-1].cells]
    found = []
    for number in range(grid.width):
        levels = [row[number] for row in filled if number < len(row) and row[number]]
        parts = list(dict.fromkeys(each[:_LONGEST_HEADER] for each in levels))
        header = " ".join(parts)
        fixed = next((f for f, name in wanted.items() if name in {header, *parts[-1:]}), None)
        own = fixed or field_of(header) or (field_of(parts[-1]) if parts else None)
        outer = " ".join(parts[:-1])
        whose = outer if own in MEASURES and outer and field_of(outer) is None else ""
        found.append(Column(number, header, own or Field.OTHER, whose))
    headers = {each.header for each in found} | {cell for row in heads for cell in row.cells}
    for theirs in wanted.values():
        if theirs not in headers:
            listed = ", ".join(each.header for each in found if each.header)
            where = grid.place(heads[-1].number)
            raise UnreadableError(f"{where} has no column “{theirs}”; it has: {listed}.")
    return tuple(found)


def _reaching(row: GridRow, width: int) -> tuple[str, ...]:
    """Let each outer header reach to the next one, as merged cells do."""
    found: list[str] = []
    for number in range(width):
        found.append(row.cell(number) or (found[-1] if found else ""))
    return tuple(found)


def _in_columns(layout: ColumnLayout) -> ColumnLayout:
    """Take columns of figures under names for candidates', where no column names candidates."""
    if layout.first(Field.CANDIDATE) is not None:
        plain = [Column(c.number, c.header, c.field) for c in layout.columns]
        return ColumnLayout(layout.above, tuple(plain), layout.body)
    named = layout.first(Field.PLACE) is not None
    apart = any(each.of for each in layout.columns)
    counts = [each for each in layout.columns if _holds_figures(layout, each)]
    whole = sum(not _has_fractions(layout, each) for each in counts) > 1
    return ColumnLayout(
        layout.above,
        tuple(
            Column(each.number, each.header, Field.VOTES, each.header)
            if named
            and not apart
            and each.field is Field.OTHER
            and _holds_figures(layout, each)
            and each.header
            and not is_general(each.header)
            and not (whole and _has_fractions(layout, each))
            else each
            for each in layout.columns
        ),
        layout.body,
    )


def is_general(header: str) -> bool:
    """Tell whether a column is of the place as a whole."""
    words = header.replace("_", " ").casefold().split()
    return not _GENERAL.isdisjoint(words) or header.startswith(_OPENINGS)


def _holds_figures(layout: ColumnLayout, column: Column) -> bool:
    """Tell whether every filled cell of a column is a figure, and one is filled."""
    cells = [cell for row in layout.body if row.filled > 1 and (cell := row.cell(column.number))]
    return bool(cells) and 2 * sum(map(is_figure, cells)) > len(cells)


def _has_fractions(layout: ColumnLayout, column: Column) -> bool:
    """Tell whether a column has parts of a whole: beside counts those are a share of the place."""
    cells = (row.cell(column.number) for row in layout.body if row.filled > 1)
    return any(is_fraction(cell) for cell in cells)


def _is_results(layout: ColumnLayout) -> bool:
    """Tell whether a table is one of results: somebody's figures."""
    whose = {each.of for each in layout.columns if each.of}
    if whose:
        telling = any(
            is_general(c.header) or (c.field in MEASURES and not c.of) for c in layout.columns
        )
        paired = any(c.of and c.of != c.header for c in layout.columns)
        return sum(bool(c.of) for c in layout.columns) > 1 and (telling or paired)
    rows = layout.first(Field.CANDIDATE) or layout.first(Field.PARTY)
    return rows is not None and any(layout.first(each) for each in MEASURES)


def _check_twins(grid: Grid, layout: ColumnLayout, heads: Sequence[GridRow]) -> None:
    """Refuse two columns under one header: nobody could say which a figure is from.

    Raises:
        UnreadableError: there are two.
    """
    known: dict[str, int] = {}
    for each in layout.columns:
        if each.header and each.header in known:
            where = grid.place(heads[-1].number, each.number)
            before = known[each.header] + 1
            raise UnreadableError(
                f"{where} has the same name as column {before}: “{each.header}”. "
                "Rename one of them."
            )
        known[each.header] = each.number


def _lines_above(rows: Sequence[GridRow]) -> tuple[str, ...]:
    """Return what stands above the headers, a line a row."""
    return tuple(" ".join(filter(None, dict.fromkeys(row.cells))) for row in rows if row.filled)
