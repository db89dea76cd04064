"""Tables, lists of terms and tables made of boxes, as rows that carry their caption and headers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.language.lines import BETWEEN
from ingest.reading.elements import Element, classes, text
from ingest.reading.text import clean_line

_CELL = 200
"""Characters from which a cell holds text of the page: the table only lays it out."""
_CAPTION = 100
"""Characters of the longest caption that every row carries."""
_LARGEST = 2000
"""Rows of the largest table that is read; of a longer one the rest is left out."""
_SPAN = 60
"""Columns that one cell may span, and rows."""
_FIGURE, _LETTER = re.compile(r"\d"), re.compile(r"[^\W\d_]")
_BOXES = re.compile(r"(?:^|[\s_-])(?:table|grid|tbl|datatable)(?:$|[\s_-])", re.IGNORECASE)
_ROWS = "descendant::*[@role='row']"
_CELLS = (
    "descendant::*[@role='cell' or @role='gridcell' or @role='columnheader' or @role='rowheader']"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table, which may reach over several rows and columns."""

    text: str
    head: bool = False
    across: int = 1
    down: int = 1


TableRows = list[list[Cell]]
_Grid = list[list[Cell | None]]


def write_out(page: Element) -> None:
    """Replace every table of *page* by paragraphs, one a row; what only lays out, by its text."""
    for table in reversed(list(page.iter("table"))):
        if _is_layout(table):
            _unfold(table)
        else:
            _replace(table, lines_of(_caption_of(table), _read_table(table)))
    for each in page.xpath("//*[@role='table' or @role='grid' or @role='treegrid']"):
        _replace(each, lines_of(_caption_of(each), _read_roles(each)))
    for each in [e for e in page.iter("div", "section", "ul", "ol") if _is_table(classes(e))]:
        if rows := _read_boxes(each):
            _replace(each, lines_of(_caption_of(each), rows))
    for each in list(page.iter("dl")):
        _replace(each, _terms_of(each))


@lru_cache(maxsize=8192)
def _is_table(label: str) -> bool:
    """Tell whether a class or an id is one of a table; a site's pages share most."""
    return bool(_BOXES.search(label))


def _is_layout(table: Element) -> bool:
    """Tell whether a table holds the page rather than figures."""
    if table.get("role") in {"presentation", "none"} or table.xpath(".//table|.//h1|.//h2|.//form"):
        return True
    cells = table.xpath("./tr/*|./*/tr/*")
    widest = max((len(row) for row in table.xpath("./tr|./*/tr")), default=0)
    return widest < 2 or any(len(text(cell)) > _CELL and cell.tag == "td" for cell in cells[:50])


def _unfold(table: Element) -> None:
    """Let the cells of a table that only lays out be boxes of the page."""
    for each in table.xpath(".//tr|.//td|.//th|.//tbody|.//thead|.//tfoot"):
        each.tag = "div"
    table.tag = "div"


def _read_table(table: Element) -> TableRows:
    """Read the rows of an HTML table, those of its foot last."""
    found = table.xpath("./tr|./*[not(self::tfoot)]/tr") + table.xpath("./tfoot/tr")
    return [
        [
            Cell(
                text(cell),
                cell.tag == "th" or cell.getparent().getparent().tag == "thead",
                _span(cell, "colspan"),
                _span(cell, "rowspan"),
            )
            for cell in row
            if cell.tag in {"td", "th"}
        ]
        for row in found[:_LARGEST]
    ]


def _read_roles(table: Element) -> TableRows:
    """Read the rows of a table that is one by its roles."""
    return [
        [Cell(text(c), c.get("role") in {"columnheader", "rowheader"}) for c in row.xpath(_CELLS)]
        for row in table.xpath(_ROWS)[:_LARGEST]
    ]


def _read_boxes(table: Element) -> TableRows:
    """Read rows of boxes, where all have as many cells and none is long; else nothing."""
    rows = [row for row in table if isinstance(row.tag, str) and len(row) > 0]
    while len(rows) == 1:
        rows = [row for row in rows[0] if isinstance(row.tag, str) and len(row) > 0]
    counts = {len(row) for row in rows}
    if len(rows) < 2 or len(counts) != 1 or counts == {1}:
        return []
    cells = [[Cell(text(c)) for c in row if isinstance(c.tag, str)] for row in rows[:_LARGEST]]
    return cells if all(len(c.text) <= _CELL / 2 for row in cells for c in row) else []


def lines_of(caption: str, rows: TableRows) -> list[str]:
    """Write each row as one line: caption, whose row it is, and each cell under its header.

    ``Ivrelle, final count · Odile Farr · Party: Harbour · Votes: 18,402``. A row of one cell over
    all columns is the name of the group below it, or a note if nothing is below it.
    """
    width = max((sum(c.across for c in row) for row in rows), default=0)
    grid = _spread(rows, width)
    if len(grid) > 1 and (named := _alone(grid[0], width)):
        caption = caption or named.text
        rows, grid = rows[1:], grid[1:]
    depth = _heads(rows, grid, width)
    headers = [_header(grid[:depth], column) for column in range(width)]
    own = len(caption) <= _CAPTION
    found: list[str] = [] if own or not caption else [caption]
    group = ""
    body = grid[depth:]
    for place, row in enumerate(body):
        if one := _alone(row, width):
            if all(_alone(each, width) for each in body[place + 1 :]):
                found.append(one.text)
            else:
                group = one.text
        elif parts := list(_parts_of(row, headers)):
            found.append(BETWEEN.join(filter(None, [caption if own else "", group, *parts])))
    return found


def _alone(row: Sequence[Cell | None], width: int) -> Cell | None:
    """Return the cell that reaches over all columns of a row, if one does."""
    cell = row[0] if row else None
    return cell if cell and cell.text and width > 1 and cell.across >= width else None


def _parts_of(row: Sequence[Cell | None], headers: Sequence[str]) -> Iterator[str]:
    """Yield the cells of one row: the first, if it is a name, bare; the others under a header."""
    named = False
    before: Cell | None = None
    for cell, head in zip(row, headers, strict=True):
        if cell is None or cell is before or not cell.text:
            continue
        before = cell
        bare = not named and (cell.head or _LETTER.search(cell.text) is not None)
        named = named or bare
        yield cell.text if bare or not head or head == cell.text else f"{head}: {cell.text}"


def _spread(rows: TableRows, width: int) -> _Grid:
    """Put each cell in every place that it spans."""
    grid: _Grid = [[None] * width for _ in rows]
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while x < width and grid[y][x] is not None:
                x += 1
            for down in range(y, min(y + cell.down, len(rows))):
                for across in range(x, min(x + cell.across, width)):
                    grid[down][across] = cell
            x += cell.across
    return grid


def _heads(rows: TableRows, grid: _Grid, width: int) -> int:
    """Return how many of the first rows are headers."""
    depth = 0
    for row in grid:
        cells = [cell for cell in row if cell is not None]
        told = all(cell.head or not cell.text for cell in cells)
        if not cells or not told or _alone(row, width):
            break
        depth += 1
    if depth == len(grid):
        return min(1, max(0, len(grid) - 1))
    if depth or len(rows) < 2:
        return depth
    first = [cell.text for cell in rows[0]]
    below = [cell.text for row in rows[1:] for cell in row[1:]]
    names = len(first) > 1 and not any(_FIGURE.search(each) for each in first[1:])
    plain = not any(cell.head for row in rows for cell in row)
    return int(names and plain and any(_FIGURE.search(each) for each in below))


def _header(above: _Grid, column: int) -> str:
    """Return what stands above a column, the outer header first."""
    told = [row[column] for row in above]
    texts = dict.fromkeys(cell.text for cell in told if cell is not None and cell.text)
    return " ".join(texts)


def _terms_of(listed: Element) -> list[str]:
    """Write each term of a ``dl`` with what is said of it as one line."""
    found: list[str] = []
    names: list[str] = []
    said = False
    for each in listed.iter("dt", "dd"):
        if each.tag == "dt":
            names = [text(each)] if said else [*names, text(each)]
            said = False
        else:
            found.append(BETWEEN.join(filter(None, [*names, text(each)])))
            said = True
    return found


def _caption_of(table: Element) -> str:
    """Return the caption of a table: its own, its figure's, or its label."""
    own = table.xpath("./caption")
    if own:
        return text(own[0])
    figure = table.getparent()
    if figure is not None and figure.tag == "figure":
        told = figure.xpath("./figcaption")
        if told:
            caption = text(told[0])
            figure.tag = "div"
            told[0].drop_tree()
            return caption
    return clean_line(table.get("aria-label") or table.get("summary") or "")


def _replace(element: Element, lines: Sequence[str]) -> None:
    """Put paragraphs in the place of *element*; what stood behind it stays."""
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


def _span(cell: Element, name: str) -> int:
    """Return how far a cell reaches."""
    written = (cell.get(name) or "1").strip()
    return max(1, min(_SPAN, int(written))) if written.isdecimal() else 1
