"""Tables (CSV, TSV, Excel) and results as JSON: each row a line with its headers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import PurePath
from urllib.parse import unquote, urlsplit

from ingest.errors import NoArticleError
from ingest.model import Extract, Header
from ingest.reading.decoding import damage_notes, decode
from ingest.reading.documents import Document, FoundArticle, Parser, Score
from ingest.reading.limits import DETECTION
from ingest.reading.page_tables import Cell, lines_of
from ingest.reading.results.columns import (
    EMPTY_CELL,
    encoding_of,
    is_figure,
)
from ingest.reading.results.grid import Grid, heading_rows, title_height
from ingest.reading.results.layouts import layout_of, tables_of
from ingest.reading.results.reports import (
    REPORT,
    is_report,
    parse_json,
    record_grid,
    records_of,
    report_table,
)
from ingest.reading.results.workbooks import grid_of, grids_of
from ingest.reading.results.writing import WrittenTable, write_table
from ingest.reading.text import clean_line

_TEXT_ENDINGS = frozenset({".csv", ".tsv"})
_UNSPECIFIC_TYPES = frozenset(
    {"text/plain", "application/octet-stream", "binary/octet-stream", "application/vnd.ms-excel"}
)
"""Media types that servers send for files of unknown kind, or for whatever Excel opens."""
_FIELD = re.compile(rb'"(\w{1,20})"\s{0,9}:')
"""The name of a field in JSON."""
_RESULT_FIELDS = {b"votes", b"candidate", b"candidates", b"vote_count", b"party", b"seats"}
_ARTICLE_FIELDS = {b"text", b"body", b"content", b"article"}


class SheetParser(Parser):
    """The parser of tables as text; the columns are named by a header row."""

    kind = "tables"
    endings = _TEXT_ENDINGS
    media_types = frozenset(
        {"text/csv", "application/csv", "text/comma-separated-values", "text/tab-separated-values"}
    )

    def score(self, document: Document) -> int:
        """Return the score of *document*: by the name; sure by the name in an address."""
        has_ending = document.content_type in _UNSPECIFIC_TYPES and _file_of(document).endswith(
            tuple(_TEXT_ENDINGS)
        )
        return Score.SURE if has_ending and document.url else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield one table under the name of its file."""
        encoding = document.charset or encoding_of(document.data[: DETECTION.signature_bytes])
        text = decode(document.data, document.name, encoding)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        yield _article([grid_of(text, _file_of(document))], document, damage_notes(text))


class WorkbookParser(Parser):
    """The parser of Excel workbooks."""

    kind = "Excel"
    endings = frozenset({".xlsx"})
    media_types = frozenset({"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"})

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by the parts of its archive, else by the name."""
        is_workbook = document.data.startswith(b"PK") and b"xl/workbook" in document.data
        return Score.SURE if is_workbook else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the sheets of one workbook as one article."""
        yield _article(grids_of(document, _file_of(document), self.kind), document)


class ResultsParser(Parser):
    """The parser of results as JSON: NIST SP 1500-100 reports, or records of candidates."""

    kind = "results"
    endings = frozenset()

    def score(self, document: Document) -> int:
        """Return the score of *document* by the names of its fields."""
        head = document.head
        names = set(_FIELD.findall(head))
        if not head.startswith((b"{", b"[")) or names & _ARTICLE_FIELDS:
            return 0
        if (
            head.startswith(b"{")
            and head.split(b"\n", 1)[0].rstrip().endswith(b"}")
            and (b"\n{" in head)
        ):
            return 0
        is_results = REPORT.encode() in head or len({*map(bytes.lower, names)} & _RESULT_FIELDS) > 1
        return Score.SURE + 1 if is_results else 0

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the article of one report or one list of records."""
        name, text = _file_of(document), document.text()
        value = parse_json(text, name)
        if is_report(value):
            table = report_table(value, text, name)
            yield _extract([table], table.lines, document)
            return
        grid = record_grid(records_of(value), name)
        if grid is None:
            raise NoArticleError(f"{name} is JSON, but holds neither articles nor results.")
        yield _article([grid], document)


def _article(
    grids: Sequence[Grid], document: Document, notes: tuple[str, ...] = ()
) -> FoundArticle:
    """Return the article made of all tables in one file.

    Raises:
        ReadingError: a table is broken, or no table has a header row.
    """
    tables, lines = [], []
    for grid in grids:
        notes = (*notes, *grid.notes)
        parts = [part for rows in tables_of(grid) if (part := _table(rows, document)) is not None]
        tables += parts
        lines += [line for part in parts for line in part.lines] or [
            " ".join(filter(None, row.cells)) for row in grid.rows
        ]
    if not tables:
        raise NoArticleError(
            f"{document.name} has no row that names its columns. Add one as its first row."
        )
    return _extract(tables, lines, document, notes)


def _table(grid: Grid, document: Document) -> WrittenTable | None:
    """Return the lines of one table; ``None`` if it has no header row."""
    layout = layout_of(grid, document.hints.mapping)
    if layout is not None:
        return write_table(grid, layout, _title(document))
    above = title_height(grid.rows)
    title = " ".join(cell for row in grid.rows[:above] for cell in row.cells if cell)
    title, rows = title or _title(document), grid.rows[above:]
    if len(rows) < 2 or rows[0].filled < 2:
        return None
    if not above and any(map(is_figure, rows[0].cells)):
        return None
    width = len(rows[0].cells)
    header_cells = [*(Cell(cell, head=True) for cell in rows[0].cells), Cell("", head=True)]
    notes = [*takewhile(lambda row: row.filled == 1, reversed(rows[2:]))][::-1]
    rows = rows[: len(rows) - len(notes)]
    headings = heading_rows([row.cells for row in rows[1:]])
    body = [
        [Cell(next(filter(None, row.cells)), across=width + 1)]
        if index in headings
        else [
            *(Cell(row.cell(column) or EMPTY_CELL) for column in range(width)),
            Cell(grid.reference(row.number)),
        ]
        for index, row in enumerate(rows[1:])
    ]
    note_lines = (cell for row in notes for cell in row.cells if cell)
    return WrittenTable(title, (*lines_of(title, [header_cells, *body]), *note_lines), ())


def _extract(
    tables: Sequence[WrittenTable],
    lines: Sequence[str],
    document: Document,
    notes: tuple[str, ...] = (),
) -> FoundArticle:
    """Return the article of a file from its tables and all of its *lines*."""
    table_notes = dict.fromkeys(note for table in tables for note in table.notes)
    header = Header(tables[0].title if len(tables) == 1 else _title(document))
    extract = Extract(header, "\n\n".join(lines), notes=(*notes, *table_notes))
    return FoundArticle(document.name, extract)


def _file_of(document: Document) -> str:
    """Return the name of the file, without its folder or its address."""
    path = unquote(urlsplit(document.url).path) if document.url else document.name
    return PurePath(path).name or document.name


def _title(document: Document) -> str:
    """Return the title of a table, from its file name."""
    stem = PurePath(_file_of(document)).stem
    return clean_line(stem.replace("-", " ").replace("_", " ")) or "Table"
