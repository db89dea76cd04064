"""Tables, definition lists and tables made of boxes, as lines with their caption and headers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from ingest.language.lines import BETWEEN
from ingest.language.script import has_digit, has_letter
from ingest.reading.elements import Element, class_pattern, classes, text
from ingest.reading.limits import TABLES
from ingest.reading.results.grid import heading_rows
from ingest.reading.text import clean_line

_BOXES = class_pattern("table grid tbl datatable")
_BLOCKS = ".//p|.//div|.//table|.//ul|.//ol|.//h1|.//h2|.//h3|.//h4|.//blockquote|.//br"
_ROWS = "descendant::*[@role='row']"
_CELLS = (
    "descendant::*[@role='cell' or @role='gridcell' or @role='columnheader' or @role='rowheader']"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table, which can span several columns (*across*) and rows (*down*)."""

    text: str
    head: bool = False
    across: int = 1
    down: int = 1


TableRows = list[list[Cell]]
_Grid = list[list[Cell | None]]


def write_tables(page: Element) -> None:
    """Replace each table of *page* by paragraphs, one per row; unwrap tables used for layout."""
    for table in reversed(list(page.iter("table"))):
        if _is_layout(table):
            _unfold(table)
        else:
            _replace(table, lines_of(_caption_of(table), _read_table(table)))
    for box in page.xpath("//*[@role='table' or @role='grid' or @role='treegrid']"):
        _replace(box, lines_of(_caption_of(box), _read_roles(box)))
    for box in [
        element
        for element in page.iter("div", "section", "ul", "ol")
        if _is_table(classes(element))
    ]:
        if rows := _read_boxes(box):
            _replace(box, lines_of(_caption_of(box), rows))
    for box in list(page.iter("dl")):
        _replace(box, _terms_of(box))


@lru_cache(maxsize=8192)
def _is_table(label: str) -> bool:
    """Return True if the class or id *label* is one of a table; cached across pages."""
    return bool(_BOXES.search(label))


def _is_layout(table: Element) -> bool:
    """Return True if *table* is used to lay out the page, not to show figures."""
    if table.get("role") in {"presentation", "none"} or table.xpath(".//table|.//h1|.//h2|.//form"):
        return True
    cells = table.xpath("./tr/*|./*/tr/*")
    widest = max((len(row) for row in table.xpath("./tr|./*/tr")), default=0)
    return widest < 2 or any(
        len(text(cell)) > TABLES.text_cell_characters and cell.tag == "td" for cell in cells[:50]
    )


def _unfold(table: Element) -> None:
    """Turn a layout table and its cells into ``div`` elements."""
    for part in table.xpath(".//tr|.//td|.//th|.//tbody|.//thead|.//tfoot"):
        holds_text = part.tag in {"td", "th"} and (part.text or "").strip()
        if holds_text and not part.xpath(_BLOCKS):
            part.tag = "p"
            if len(part.getparent()) == 1:
                part.getparent().drop_tag()
        else:
            part.tag = "div"
    table.tag = "div"


def _read_table(table: Element) -> TableRows:
    """Return the rows of an HTML table, with those of its head first and of its foot last."""
    rows = [
        *table.xpath("./thead/tr"),
        *table.xpath("./tr|./*[not(self::thead or self::tfoot)]/tr"),
        *table.xpath("./tfoot/tr"),
    ]
    return [list(_read_cells(row)) for row in rows[: TABLES.rows]]


def _read_cells(row: Element) -> Iterator[Cell]:
    """Yield the cells of *row*; none spans rows beyond its part of the table.

    A cell with a span of 0 spans the rest of that part.
    """
    cells = [cell for cell in row if cell.tag in {"td", "th"}]
    spans_rows = any(_span(cell, "rowspan") != 1 for cell in cells)
    following_rows = islice(row.itersiblings("tr"), TABLES.rows) if spans_rows else ()
    rest = 1 + sum(1 for _ in following_rows)
    for cell in cells:
        is_head = cell.tag == "th" or row.getparent().tag == "thead"
        across = min(_span(cell, "colspan") or 1, TABLES.span)
        yield Cell(text(cell), is_head, across, min(_span(cell, "rowspan") or rest, rest))


def _read_roles(table: Element) -> TableRows:
    """Return the rows of a table that is marked by ARIA roles."""
    return [
        [
            Cell(text(cell), cell.get("role") in {"columnheader", "rowheader"})
            for cell in row.xpath(_CELLS)
        ]
        for row in table.xpath(_ROWS)[: TABLES.rows]
    ]


def _read_boxes(table: Element) -> TableRows:
    """Return rows of boxes if all rows have equally many short cells; else an empty list."""
    rows = [row for row in table if isinstance(row.tag, str) and len(row) > 0]
    while len(rows) == 1:
        rows = [row for row in rows[0] if isinstance(row.tag, str) and len(row) > 0]
    counts = {len(row) for row in rows}
    if len(rows) < 2 or len(counts) != 1 or counts == {1}:
        return []
    cells = [
        [Cell(text(cell)) for cell in row if isinstance(cell.tag, str)]
        for row in rows[: TABLES.rows]
    ]
    return (
        cells
        if all(len(cell.text) <= TABLES.text_cell_characters / 2 for row in cells for cell in row)
        else []
    )


def lines_of(caption: str, rows: TableRows) -> list[str]:
    """Return one line for each row: the caption, the name of the row, each cell under its header.

    ``Ivrelle, final count · Odile Farr · Party: Harbour · Votes: 18,402``. A row of one cell over
    all columns is the name of the group below it, or a note if no other rows are below it.
    """
    width = max((sum(cell.across for cell in row) for row in rows), default=0)
    grid = _grid_of(rows, width)
    if len(grid) > 1 and (title_cell := _spanning_cell(grid[0], width)):
        caption = caption or title_cell.text
        rows, grid = rows[1:], grid[1:]
    depth = _count_header_rows(rows, grid, width)
    is_repeated = len(caption) <= TABLES.caption_characters
    lines: list[str] = [] if is_repeated or not caption else [caption]
    group = ""
    body = grid[depth:]
    headings = heading_rows([list(_texts_of(row, width)) for row in body])
    last_full = max((i for i, row in enumerate(body) if not _spanning_cell(row, width)), default=-1)
    for index, row in enumerate(body):
        spanning_cell = _spanning_cell(row, width)
        if index in headings:
            group = next(_texts_of(row, width))
        elif spanning_cell and index > last_full:
            lines.append(spanning_cell.text)
        elif parts := list(_parts_of(row, grid[:depth])):
            lines.append(
                BETWEEN.join(filter(None, [caption if is_repeated else "", group, *parts]))
            )
    return lines


def _spanning_cell(row: Sequence[Cell | None], width: int) -> Cell | None:
    """Return the cell that is alone in its row, if there is one: it spans all columns."""
    cell = row[0] if row else None
    if not cell or not cell.text or width < 2:
        return None
    is_alone = cell.down == 1 and not any(row[cell.across :])
    return cell if cell.across >= width or is_alone else None


def _texts_of(row: Sequence[Cell | None], width: int) -> Iterator[str]:
    """Yield the texts of a row's cells; of a row with one cell that alone."""
    spanning_cell = _spanning_cell(row, width)
    cells = [spanning_cell] if spanning_cell else row
    yield from (cell.text if cell else "" for cell in cells)


def _parts_of(row: Sequence[Cell | None], header_rows: _Grid) -> Iterator[str]:
    """Yield the cells of one row: a name in first place bare, the others with their header."""
    has_name = False
    previous_cell: Cell | None = None
    for column, cell in enumerate(row):
        if cell is None or cell is previous_cell or not cell.text:
            continue
        previous_cell = cell
        head = _header(header_rows, column, cell.across)
        is_name = not has_name and (cell.head or has_letter(cell.text))
        has_name = has_name or is_name
        yield cell.text if is_name or not head or head == cell.text else f"{head}: {cell.text}"


def _grid_of(rows: TableRows, width: int) -> _Grid:
    """Return the grid of *rows*, with each cell in every position that it spans."""
    grid: _Grid = [[None] * width for _ in rows]
    for row_number, row in enumerate(rows):
        column_number = 0
        for cell in row:
            while column_number < width and grid[row_number][column_number] is not None:
                column_number += 1
            if column_number >= width:
                break
            for row_index in range(row_number, min(row_number + cell.down, len(rows))):
                for column_index in range(column_number, min(column_number + cell.across, width)):
                    grid[row_index][column_index] = cell
            column_number += cell.across
    return grid


def _count_header_rows(rows: TableRows, grid: _Grid, width: int) -> int:
    """Return the number of header rows at the top."""
    depth = 0
    for row in grid:
        cells = [cell for cell in row if cell is not None]
        is_header = all(cell.head or not cell.text for cell in cells)
        names_group = depth > 0 and _stands_below_a_header(row, grid[depth - 1])
        if not cells or not is_header or _spanning_cell(row, width) or names_group:
            break
        depth += 1
    if depth == len(grid):
        return min(1, max(0, len(grid) - 1))
    if depth or len(rows) < 2:
        return depth
    first_texts = [cell.text for cell in rows[0]]
    lower_texts = [cell.text for row in rows[1:] for cell in row[1:]]
    has_names = len(first_texts) > 1 and not any(
        has_digit(cell_text) for cell_text in first_texts[1:]
    )
    is_plain = not any(cell.head for row in rows for cell in row)
    return int(has_names and is_plain and any(map(has_digit, lower_texts)))


def _stands_below_a_header(row: Sequence[Cell | None], row_above: Sequence[Cell | None]) -> bool:
    """Return True if a row has its first cell alone, below another: it is no second header."""
    first, above = row[0], row_above[0]
    filled = {id(cell) for cell in row if cell and cell.text}
    return filled == {id(first)} and first is not above and bool(above and above.text)


def _header(header_rows: _Grid, first_column: int, count: int) -> str:
    """Return the header that *count* columns share, the outer header first."""
    columns = []
    for column in range(first_column, first_column + count):
        cells = [row[column] for row in header_rows if column < len(row)]
        columns.append(dict.fromkeys(cell.text for cell in cells if cell and cell.text))
    named = [texts for texts in columns if texts] or [{}]
    return " ".join(text for text in named[0] if all(text in texts for texts in named))


def _terms_of(definition_list: Element) -> list[str]:
    """Return one line for each term of a ``dl`` with its description."""
    lines: list[str] = []
    names: list[str] = []
    has_description = False
    for element in definition_list.iter("dt", "dd"):
        if element.tag == "dt":
            names = [text(element)] if has_description else [*names, text(element)]
            has_description = False
        else:
            lines.append(BETWEEN.join(filter(None, [*names, text(element)])))
            has_description = True
    return lines


def _caption_of(table: Element) -> str:
    """Return the caption of a table: its own, its figure's, or its label."""
    captions = table.xpath("./caption")
    if captions:
        return text(captions[0])
    figure = table.getparent()
    if figure is not None and figure.tag == "figure":
        captions_of_figure = figure.xpath("./figcaption")
        if captions_of_figure:
            caption = text(captions_of_figure[0])
            figure.tag = "div"
            captions_of_figure[0].drop_tree()
            return caption
    return clean_line(table.get("aria-label") or table.get("summary") or "")


def _replace(element: Element, lines: Sequence[str]) -> None:
    """Replace *element* by paragraphs; the text after it is kept."""
    parent = element.getparent()
    if parent is None or not lines:
        return
    holder = element.makeelement("div")
    for line in lines:
        paragraph = element.makeelement("p")
        paragraph.text = line
        holder.append(paragraph)
    holder.tail = element.tail
    parent.replace(element, holder)
    if parent.tag == "figure":
        parent.tag = "div"  # extractors drop the paragraphs of a figure


def _span(cell: Element, name: str) -> int:
    """Return the columns or rows that a cell says it spans; 1 if it says nothing."""
    value = (cell.get(name) or "1").strip()
    return int(value) if value.isdecimal() and len(value) < 6 else 1
