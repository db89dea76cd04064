"""Tables, lists of terms and tables made of boxes, as rows that carry their caption and headers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.language.lines import BETWEEN
from ingest.reading.elements import Element, classes, text
from ingest.reading.text import clean_line

CELL = 200
"""Characters from which a cell holds text of the page: the table only lays it out."""
CAPTION = 100
"""Characters of the longest caption that every row carries."""
LARGEST = 2000
"""Rows of the largest table that is read; of a longer one the rest is left out."""
SPAN = 60
"""Columns that one cell may span, and rows."""
FIGURE, LETTER = re.compile(r"\d"), re.compile(r"[^\W\d_]")
BOXES = re.compile(r"(?:^|[\s_-])(?:table|grid|tbl|datatable)(?:$|[\s_-])", re.IGNORECASE)
ROWS = "descendant::*[@role='row']"
CELLS = (
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
Grid = list[list[Cell | None]]


def write_out(page: Element) -> None:
    """Replace every table of *page* by paragraphs, one a row; what only lays out, by its text."""
    for table in reversed(list(page.iter("table"))):
        if is_layout(table):
            unfold(table)
        else:
            replace(table, lines_of(caption_of(table), read_table(table)))
    for each in page.xpath("//*[@role='table' or @role='grid' or @role='treegrid']"):
        replace(each, lines_of(caption_of(each), read_roles(each)))
    for each in [e for e in page.iter("div", "section", "ul", "ol") if is_table(classes(e))]:
        if rows := read_boxes(each):
            replace(each, lines_of(caption_of(each), rows))
    for each in list(page.iter("dl")):
        replace(each, terms_of(each))


@lru_cache(maxsize=8192)
def is_table(label: str) -> bool:
    """Tell whether a class or an id is one of a table; a site's pages share most."""
    return bool(BOXES.search(label))


def is_layout(table: Element) -> bool:
    """Tell whether a table holds the page rather than figures."""
    if table.get("role") in {"presentation", "none"} or table.xpath(".//table|.//h1|.//h2|.//form"):
        return True
    cells = table.xpath("./tr/*|./*/tr/*")
    widest = max((len(row) for row in table.xpath("./tr|./*/tr")), default=0)
    return widest < 2 or any(len(text(cell)) > CELL and cell.tag == "td" for cell in cells[:50])


def unfold(table: Element) -> None:
    """Let the cells of a table that only lays out be boxes of the page."""
    for each in table.xpath(".//tr|.//td|.//th|.//tbody|.//thead|.//tfoot"):
        each.tag = "div"
    table.tag = "div"


def read_table(table: Element) -> TableRows:
    """Read the rows of an HTML table, those of its foot last."""
    found = table.xpath("./tr|./*[not(self::tfoot)]/tr") + table.xpath("./tfoot/tr")
    return [
        [
            Cell(
                text(cell),
                cell.tag == "th" or cell.getparent().getparent().tag == "thead",
                span(cell, "colspan"),
                span(cell, "rowspan"),
            )
            for cell in row
            if cell.tag in {"td", "th"}
        ]
        for row in found[:LARGEST]
    ]


def read_roles(table: Element) -> TableRows:
    """Read the rows of a table that is one by its roles."""
    return [
        [Cell(text(c), c.get("role") in {"columnheader", "rowheader"}) for c in row.xpath(CELLS)]
        for row in table.xpath(ROWS)[:LARGEST]
    ]


def read_boxes(table: Element) -> TableRows:
    """Read rows of boxes, where all have as many cells and none is long; else nothing."""
    rows = [row for row in table if isinstance(row.tag, str) and len(row) > 0]
    while len(rows) == 1:
        rows = [row for row in rows[0] if isinstance(row.tag, str) and len(row) > 0]
    counts = {len(row) for row in rows}
    if len(rows) < 2 or len(counts) != 1 or counts == {1}:
        return []
    cells = [[Cell(text(c)) for c in row if isinstance(c.tag, str)] for row in rows[:LARGEST]]
    return cells if all(len(c.text) <= CELL / 2 for row in cells for c in row) else []


def lines_of(caption: str, rows: TableRows) -> list[str]:
    """Write each row as one line: caption, whose row it is, and each cell under its header.

    ``Ivrelle, final count · Odile Farr · Party: Harbour · Votes: 18,402``. A row of one cell over
    all columns is the name of the group below it, or a note if nothing is below it.
    """
    width = max((sum(c.across for c in row) for row in rows), default=0)
    grid = spread(rows, width)
    if len(grid) > 1 and (named := alone(grid[0], width)):
        caption = caption or named.text
        rows, grid = rows[1:], grid[1:]
    depth = heads(rows, grid, width)
    headers = [header(grid[:depth], column) for column in range(width)]
    own = len(caption) <= CAPTION
    found: list[str] = [] if own or not caption else [caption]
    group = ""
    body = grid[depth:]
    for place, row in enumerate(body):
        if one := alone(row, width):
            if all(alone(each, width) for each in body[place + 1 :]):
                found.append(one.text)
            else:
                group = one.text
        elif parts := list(parts_of(row, headers)):
            found.append(BETWEEN.join(filter(None, [caption if own else "", group, *parts])))
    return found


def alone(row: Sequence[Cell | None], width: int) -> Cell | None:
    """Return the cell that reaches over all columns of a row, if one does."""
    cell = row[0] if row else None
    return cell if cell and cell.text and width > 1 and cell.across >= width else None


def parts_of(row: Sequence[Cell | None], headers: Sequence[str]) -> Iterator[str]:
    """Yield the cells of one row: the first, if it is a name, bare; the others under a header."""
    named = False
    before: Cell | None = None
    for cell, head in zip(row, headers, strict=True):
        if cell is None or cell is before or not cell.text:
            continue
        before = cell
        bare = not named and (cell.head or LETTER.search(cell.text) is not None)
        named = named or bare
        yield cell.text if bare or not head or head == cell.text else f"{head}: {cell.text}"


def spread(rows: TableRows, width: int) -> Grid:
    """Put each cell in every place that it spans."""
    grid: Grid = [[None] * width for _ in rows]
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


def heads(rows: TableRows, grid: Grid, width: int) -> int:
    """Return how many of the first rows are headers."""
    depth = 0
    for row in grid:
        cells = [cell for cell in row if cell is not None]
        told = all(cell.head or not cell.text for cell in cells)
        if not cells or not told or alone(row, width):
            break
        depth += 1
    if depth == len(grid):
        return min(1, max(0, len(grid) - 1))
    if depth or len(rows) < 2:
        return depth
    first = [cell.text for cell in rows[0]]
    below = [cell.text for row in rows[1:] for cell in row[1:]]
    names = len(first) > 1 and not any(FIGURE.search(each) for each in first[1:])
    plain = not any(cell.head for row in rows for cell in row)
    return int(names and plain and any(FIGURE.search(each) for each in below))


def header(above: Grid, column: int) -> str:
    """Return what stands above a column, the outer header first."""
    told = [row[column] for row in above]
    texts = dict.fromkeys(cell.text for cell in told if cell is not None and cell.text)
    return " ".join(texts)


def terms_of(listed: Element) -> list[str]:
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


def caption_of(table: Element) -> str:
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


def replace(element: Element, lines: Sequence[str]) -> None:
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


def span(cell: Element, name: str) -> int:
    """Return how far a cell reaches."""
    written = (cell.get(name) or "1").strip()
    return max(1, min(SPAN, int(written))) if written.isdecimal() else 1
