"""Tables (CSV, TSV, Excel) and results as JSON: each row a line that carries its headers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from urllib.parse import unquote, urlsplit

from ingest.errors import NoArticleError
from ingest.model import Extract, Header
from ingest.reading.decoding import damage
from ingest.reading.documents import SURE, Document, Parser
from ingest.reading.found import FoundArticle
from ingest.reading.results.columns import laid_out
from ingest.reading.results.figures import EMPTY_CELL, is_figure
from ingest.reading.results.grid import Grid
from ingest.reading.results.reports import (
    REPORT,
    is_report,
    parsed,
    record_grid,
    records_of,
    report_table,
)
from ingest.reading.results.texts import grid_of
from ingest.reading.results.workbooks import grids_of
from ingest.reading.results.writing import WrittenTable, written
from ingest.reading.tables import Cell, lines_of
from ingest.reading.text import clean_line

_TEXTS = frozenset({".csv", ".tsv"})
_PLAIN = frozenset({"text/plain", "application/octet-stream"})
"""What servers call files whose kind they do not know."""
_KEY = re.compile(
    rb'"(?:votes|candidate|candidates|vote_count|party|seats)"\s{0,9}:', re.IGNORECASE
)
_ARTICLE = re.compile(rb'"(?:text|body|content|article)"\s{0,9}:')


class SheetParser(Parser):
    """Tables as text; the first row names the columns, or whatever row stands above figures."""

    kind = "tables"
    endings = _TEXTS
    media_types = frozenset({"text/csv", "text/tab-separated-values"})

    def score(self, document: Document) -> int:
        """Tell a table by its name, or at an address of which only that says so."""
        named = document.content_type in _PLAIN and _file_of(document).endswith(tuple(_TEXTS))
        return SURE if named and document.url else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read one table under the name of its file."""
        text = document.text().replace("\r\n", "\n").replace("\r", "\n")
        yield _article([grid_of(text, _file_of(document))], document, damage(text))


class WorkbookParser(Parser):
    """Excel workbooks."""

    kind = "Excel"
    endings = frozenset({".xlsx"})
    media_types = frozenset({"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"})

    def score(self, document: Document) -> int:
        """Tell a workbook by its parts, or by the name."""
        packed = document.data.startswith(b"PK") and b"xl/workbook" in document.data
        return SURE if packed else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read the sheets of one workbook as one article."""
        yield _article(grids_of(document, _file_of(document), self.kind), document)


class ResultsParser(Parser):
    """Results as JSON: a report of NIST SP 1500-100, or records of candidates and votes."""

    kind = "results"
    endings = frozenset()

    def score(self, document: Document) -> int:
        """Tell results by the names of their fields."""
        head = document.head
        if not head.startswith((b"{", b"[")) or _ARTICLE.search(head):
            return 0
        if (
            head.startswith(b"{")
            and head.split(b"\n", 1)[0].rstrip().endswith(b"}")
            and (b"\n{" in head)
        ):
            return 0
        told = REPORT.encode() in head or len(set(_KEY.findall(head))) > 1
        return SURE + 1 if told else 0

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read one report."""
        name, text = _file_of(document), document.text()
        value = parsed(text, name)
        if is_report(value):
            table = report_table(value, text, name)
            yield _extract([table], document)
            return
        grid = record_grid(records_of(value), name)
        if grid is None:
            raise NoArticleError(f"{name} is JSON, but holds neither articles nor results.")
        yield _article([grid], document)


def _article(
    grids: Sequence[Grid], document: Document, notes: tuple[str, ...] = ()
) -> FoundArticle:
    """Put the tables of one file together: those of results, and any others.

    Raises:
        ReadingError: one of them is broken, or none names its columns.
    """
    tables = [table for grid in grids if (table := _table(grid, document)) is not None]
    if not tables:
        raise NoArticleError(
            f"{document.name} has no row that names its columns. Add one as its first row."
        )
    return _extract(tables, document, notes)


def _table(grid: Grid, document: Document) -> WrittenTable | None:
    """Write one table; ``None`` where nothing names its columns."""
    layout = laid_out(grid, document.hints.mapping)
    if layout is not None:
        return written(grid, layout, _title(document))
    rows = grid.rows
    if len(rows) < 2 or rows[0].filled < 2 or any(map(is_figure, rows[0].cells)):
        return None
    width = len(rows[0].cells)
    heads = [Cell(cell, head=True) for cell in rows[0].cells]
    body = [[Cell(row.cell(n) or EMPTY_CELL) for n in range(width)] for row in rows[1:]]
    lines = lines_of(_title(document), [heads, *body])
    return WrittenTable(_title(document), tuple(lines), ())


def _extract(
    tables: Sequence[WrittenTable], document: Document, notes: tuple[str, ...] = ()
) -> FoundArticle:
    """Make the article of a file."""
    text = "\n\n".join(line for table in tables for line in table.lines)
    told = tuple(note for table in tables for note in table.notes)
    header = Header(tables[0].title if len(tables) == 1 else _title(document))
    return FoundArticle(document.name, Extract(header, text, notes=(*notes, *told)))


def _file_of(document: Document) -> str:
    """Return the name of the file, without its folder or its address."""
    path = unquote(urlsplit(document.url).path) if document.url else document.name
    return PurePath(path).name or document.name


def _title(document: Document) -> str:
    """Name a table by its file."""
    return clean_line(re.sub(r"[-_]+", " ", PurePath(_file_of(document)).stem)) or "Table"
