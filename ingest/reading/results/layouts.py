"""The layout of a table of results: its headers, its columns and whose figures they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from ingest.errors import UnreadableError
from ingest.reading.limits import TABLES
from ingest.reading.results.columns import (
    MEASURES,
    Column,
    Field,
    field_of,
    is_data,
    is_figure,
    is_fraction,
    is_general,
    name_and_measure,
)
from ingest.reading.results.grid import (
    NAMES,
    Grid,
    GridRow,
    candidate_groups,
    with_all_headers,
    with_whole_names,
)


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """The layout of one table: the lines above the headers, the columns, and the rows of data.

    ``groups`` are the columns of each candidate, in a table whose rows hold several.
    """

    above: tuple[str, ...]
    columns: tuple[Column, ...]
    body: tuple[GridRow, ...]
    groups: tuple[tuple[Column, ...], ...] = ()

    def first(self, field: Field) -> Column | None:
        """Return the first column of *field*."""
        return next((column for column in self.columns if column.field is field), None)

    @property
    def wide(self) -> bool:
        """Return True if each candidate has a column instead of a row."""
        return any(column.of for column in self.columns)

    def described(self, name: str) -> str:
        """Return a sentence for the preview about the layout of the table."""
        fields = dict.fromkeys(
            f"{column.field} = {column.header}"
            for column in self.columns
            if column.field is not Field.OTHER and not column.of
        )
        candidates = dict.fromkeys(column.of for column in self.columns if column.of)
        if candidates:
            shape = "one column a candidate"
        elif self.groups:
            shape = f"{len(self.groups)} candidates a row"
        else:
            shape = "one row a candidate"
        columns = "; ".join([*fields, *([", ".join(candidates)] if candidates else [])])
        return f"{name} is read as results, {shape} ({columns}). --map sets it otherwise."


def layout_of(grid: Grid, mapping: Mapping[str, str]) -> ColumnLayout | None:
    """Return the layout of *grid*; ``None`` if it is not a table of results.

    *mapping* is from our field to the header in the file, and takes precedence over guesses.

    Raises:
        UnreadableError: the mapping names a missing column, or two columns have one name.
    """
    headers = {Field(name): header for name, header in mapping.items() if name in set(Field)}
    start = _body_start(grid, headers)
    if start is None:
        return None
    depth = _header_depth(grid.rows, start)
    header_row = with_all_headers(grid.rows[start - 1], grid.rows[start:])
    rows = [*grid.rows[: start - 1], header_row, *grid.rows[start:]]
    if headers.keys().isdisjoint(NAMES):
        rows[start - 1 :] = with_whole_names(rows[start - 1 :], header_row)
    header_rows, body = rows[start - depth : start], tuple(rows[start:])
    columns = _columns(grid, header_rows, headers)
    layout = ColumnLayout(
        _lines_above(rows[: start - depth]), columns, body, candidate_groups(columns)
    )
    layout = _assign_candidates(layout)
    is_results = _is_results(layout) or bool(headers)
    if is_results or layout.first(Field.PLACE):
        _check_twins(grid, layout, header_rows)
    return layout if is_results else None


def tables_of(grid: Grid) -> list[Grid]:
    """Return the tables that stand below each other in one grid, each from its title on.

    A table begins at a row of headers of results below a row of figures. Without a title of its own
    it continues the one before, as on the next page of a print, and has its title.
    """
    starts, top = [], 0
    has_figures = False
    for index, row in enumerate(grid.rows):
        if (
            has_figures
            and row.filled > 1
            and _names_results(row)
            and not any(map(is_data, row.cells))
        ):
            starts.append(index)
            has_figures = False
        has_figures = has_figures or (row.filled > 1 and any(map(is_data, row.cells)))
    tables: list[Grid] = []
    title: Sequence[GridRow] = ()
    for start in [*starts, len(grid.rows)]:
        end = start
        while start < len(grid.rows) and end > top and _belongs_below(grid.rows, end - 1):
            end -= 1
        rows = grid.rows[top:end]
        own_title = list(takewhile(lambda row: row.filled == 1, rows))
        tables.append(replace(grid, rows=tuple(rows if own_title else [*title, *rows])))
        title = own_title or title
        top = end
    return tables


def _belongs_below(rows: Sequence[GridRow], index: int) -> bool:
    """Return True if a row is a line of the title directly above the next row."""
    return rows[index].filled == 1 and rows[index].number == rows[index + 1].number - 1


def _body_start(grid: Grid, headers: Mapping[Field, str]) -> int | None:
    """Return the index of the first row of data: it has a figure, and the row above is a header.

    Below headers of candidates and of their figures a row needs no valid figure, so that a wrong
    one is reported, and can be the name of the group below it.
    """
    for index, row in enumerate(
        grid.rows[1 : TABLES.rows_above_headers + TABLES.header_rows], start=1
    ):
        head = grid.rows[index - 1]
        is_header = (
            sum(bool(field_of(cell)) or cell in headers.values() for cell in row.cells if cell) > 1
        )
        has_figures = any(is_data(cell) for cell in row.cells)
        is_below_names = _names_results(head) and any(r.filled > 1 for r in grid.rows[index:])
        if (
            (has_figures or is_below_names)
            and not is_header
            and head.filled > 1
            and not any(map(is_data, head.cells))
        ):
            return index
    return None


def _names_results(row: GridRow) -> bool:
    """Return True if a row has headers of candidates or parties and of their figures."""
    fields = {field_of(cell) for cell in row.cells if cell}
    return not fields.isdisjoint(MEASURES) and not fields.isdisjoint({Field.CANDIDATE, Field.PARTY})


def _header_depth(rows: Sequence[GridRow], start: int) -> int:
    """Return the number of header rows directly above the data."""
    depth = 1
    while depth < min(TABLES.header_rows, start):
        row_above, row_below = rows[start - depth - 1], rows[start - depth]
        is_adjoining = row_above.number == row_below.number - 1
        if row_above.filled < 2 or not (is_adjoining or _names_owners(row_above, row_below)):
            break
        depth += 1
    return depth


def _names_owners(row: GridRow, header: GridRow) -> bool:
    """Return True if *row*, which stands above an empty line, names who each column is about.

    It does if two columns of figures have the same *header*, and no two have the same one together
    with these names.
    """
    fields = [field_of(cell) for cell in header.cells]
    measures = [number for number, field in enumerate(fields) if field in MEASURES]
    headers = [header.cells[number] for number in measures]
    owners = [_extended_headers(row, len(header.cells))[number] for number in measures]
    labels = [cell for number, cell in enumerate(row.cells) if cell and number not in measures]
    return (
        NAMES.isdisjoint(fields)
        and len(set(headers)) < len(headers) == len(set(zip(owners, headers, strict=True)))
        and not any(not owner or field_of(owner) or is_data(owner) for owner in owners)
        and all(map(field_of, labels))
    )


def _columns(
    grid: Grid, header_rows: Sequence[GridRow], mapped_headers: Mapping[Field, str]
) -> tuple[Column, ...]:
    """Return the columns with their fields.

    Raises:
        UnreadableError: a header in the mapping is not in the table.
    """
    header_levels = [
        *(_extended_headers(row, grid.width) for row in header_rows[:-1]),
        header_rows[-1].cells,
    ]
    columns = []
    for number in range(grid.width):
        levels = [row[number] for row in header_levels if number < len(row) and row[number]]
        parts = list(dict.fromkeys(level[: TABLES.header_characters] for level in levels))
        header = " ".join(parts)
        mapped = next(
            (
                mapped_field
                for mapped_field, name in mapped_headers.items()
                if name in {header, *parts[-1:]}
            ),
            None,
        )
        column_field = mapped or field_of(header) or (field_of(parts[-1]) if parts else None)
        outer_header = " ".join(parts[:-1])
        candidate = (
            outer_header
            if column_field in MEASURES and outer_header and field_of(outer_header) is None
            else ""
        )
        columns.append(Column(number, header, column_field or Field.OTHER, candidate))
    headers = {column.header for column in columns} | {
        cell for row in header_rows for cell in row.cells
    }
    for mapped_header in mapped_headers.values():
        if mapped_header not in headers:
            header_list = ", ".join(column.header for column in columns if column.header)
            where = grid.place(header_rows[-1].number)
            raise UnreadableError(
                f"{where} has no column “{mapped_header}”; it has: {header_list}."
            )
    return tuple(columns)


def _extended_headers(row: GridRow, width: int) -> tuple[str, ...]:
    """Return a row of outer headers, each repeated up to the next one, as merged cells are."""
    headers: list[str] = []
    for number in range(width):
        headers.append(row.cell(number) or (headers[-1] if headers else ""))
    return tuple(headers)


def _assign_candidates(layout: ColumnLayout) -> ColumnLayout:
    """Return the layout with columns of figures assigned to candidates, if needed."""
    if layout.groups or layout.first(Field.CANDIDATE) is not None:
        plain = [Column(column.number, column.header, column.field) for column in layout.columns]
        return replace(layout, columns=tuple(plain))
    has_place = layout.first(Field.PLACE) is not None
    has_candidates = any(column.of for column in layout.columns)
    counts = [column for column in layout.columns if _holds_figures(layout, column)]
    may_have_names = has_place and not has_candidates and layout.first(Field.PARTY) is None
    has_counts = sum(not _has_fractions(layout, column) for column in counts) > 1
    columns = [
        Column(column.number, column.header, Field.VOTES, column.header)
        if has_place
        and not has_candidates
        and column.field is Field.OTHER
        and _holds_figures(layout, column)
        and column.header
        and not is_general(column.header)
        and not (has_counts and _has_fractions(layout, column))
        else column
        for column in (map(_with_name, layout.columns) if may_have_names else layout.columns)
    ]
    return replace(layout, columns=tuple(_with_owners(columns)))


def _with_name(column: Column) -> Column:
    """Return *column*, or if its header joins a name and a measure, as a column of that name."""
    parts = name_and_measure(column.header) if column.field is Field.OTHER else None
    return Column(column.number, column.header, parts[1], parts[0]) if parts else column


def _with_owners(columns: Sequence[Column]) -> Iterator[Column]:
    """Yield *columns*; a measure behind each candidate, always of one name, is that candidate's."""
    counts = Counter(column.header for column in columns)
    owner = ""
    for column in columns:
        if column.field in MEASURES and not column.of and owner and counts[column.header] > 1:
            yield Column(column.number, f"{owner} {column.header}", column.field, owner)
        else:
            owner = column.of
            yield column


def _holds_figures(layout: ColumnLayout, column: Column) -> bool:
    """Return True if more than half of the filled cells of a column are figures."""
    cells = [cell for row in layout.body if row.filled > 1 and (cell := row.cell(column.number))]
    return bool(cells) and 2 * sum(map(is_figure, cells)) > len(cells)


def _has_fractions(layout: ColumnLayout, column: Column) -> bool:
    """Return True if a column has fractions; next to counts they are a share of the place."""
    cells = (row.cell(column.number) for row in layout.body if row.filled > 1)
    return any(is_fraction(cell) for cell in cells)


def _is_results(layout: ColumnLayout) -> bool:
    """Return True if a table holds figures of candidates or parties."""
    candidates = {column.of for column in layout.columns if column.of}
    if candidates:
        has_totals = any(
            is_general(column.header) or (column.field in MEASURES and not column.of)
            for column in layout.columns
        )
        has_measures = any(column.of and column.of != column.header for column in layout.columns)
        return sum(bool(column.of) for column in layout.columns) > 1 and (
            has_totals or has_measures
        )
    rows = layout.first(Field.CANDIDATE) or layout.first(Field.PARTY)
    return rows is not None and any(layout.first(measure) for measure in MEASURES)


def _check_twins(grid: Grid, layout: ColumnLayout, heads: Sequence[GridRow]) -> None:
    """Check that no two columns of one candidate have the same header.

    A reference would be ambiguous, and nobody knows whose the figures are. In a table without
    candidates only figures are checked.

    Raises:
        UnreadableError: two columns have the same header.
    """
    numbers: dict[str, int] = {}
    repeated = {column.number for group in layout.groups[1:] for column in group}
    is_results = _is_results(layout)
    for column in layout.columns:
        if column.number in repeated or not (is_results or column.field in MEASURES):
            continue
        if column.header and column.header in numbers:
            where = grid.place(heads[-1].number, column.number)
            earlier_number = numbers[column.header] + 1
            if column.field in MEASURES and not column.of:
                raise UnreadableError(
                    f"{where} has the same name as column {earlier_number}: “{column.header}”. "
                    "Write whose figures they are into each of them, or into a row above them."
                )
            raise UnreadableError(
                f"{where} has the same name as column {earlier_number}: “{column.header}”. "
                "Rename one of them."
            )
        numbers[column.header] = column.number


def _lines_above(rows: Sequence[GridRow]) -> tuple[str, ...]:
    """Return the rows above the headers as lines."""
    return tuple(" ".join(filter(None, dict.fromkeys(row.cells))) for row in rows if row.filled)
