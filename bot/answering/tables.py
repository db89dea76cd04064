"""Rows of results in passages: whose figures they are, of which contest, each cell a quotation.

What is read here is what `ingest` writes of result files and of tables on pages: a line a row, its
cells parted by :data:`BETWEEN`, each under its header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from bot.answering.model import Citation
from ingest.language.lines import BETWEEN
from ingest.model import Header, Passage
from ingest.reading.results.columns import MEASURES, Field, field_of, is_general
from ingest.reading.results.figures import figure, is_empty, is_figure

_LABEL = ": "
_REFERENCE = re.compile(r"R\d{1,6}(?:C\d{1,3})?")
"""Where in its file a row or a cell stands."""
_LEAST = 2
"""Rows of a contest: one figure alone is no table of it."""


@dataclass(frozen=True, slots=True)
class ResultCell:
    """One figure as it is written; its citation is the cell with its header, in its passage.

    ``value`` is ``None`` where the cell says that there is no figure.
    """

    measure: Field
    written: str
    value: Decimal | None
    citation: Citation


@dataclass(frozen=True, slots=True)
class ResultRow:
    """The figures of one candidate or list; ``citation`` is the whole row.

    ``reference`` is where it stands in its file, empty for a table of a page.
    """

    whose: str
    party: str
    cells: tuple[ResultCell, ...]
    status: str
    reference: str
    citation: Citation

    def cell(self, measure: Field) -> ResultCell | None:
        """Return the figure of one measure."""
        return next((each for each in self.cells if each.measure is measure), None)


@dataclass(frozen=True, slots=True)
class ContestTable:
    """The rows of one contest in one article.

    ``path`` names the contest as the table does: its caption, its place, its office. ``counted``
    and ``moment`` are what it says of how much is counted and as of when, in its own words.
    """

    path: tuple[str, ...]
    rows: tuple[ResultRow, ...]
    counted: str = ""
    moment: str = ""

    @property
    def header(self) -> Header:
        """The article that the table stands in."""
        return self.rows[0].citation.header

    @property
    def article_id(self) -> int:
        """The number of that article."""
        return self.rows[0].citation.passage.article_id

    @property
    def status(self) -> str:
        """The status that all rows share; empty if they differ."""
        told = {row.status for row in self.rows}
        return told.pop() if len(told) == 1 else ""

    @property
    def measures(self) -> tuple[Field, ...]:
        """The measures that any row has, in the order of the first."""
        return tuple(dict.fromkeys(cell.measure for row in self.rows for cell in row.cells))

    def total(self, measure: Field) -> Decimal:
        """Add up the figures of one measure."""
        cells = filter(None, (row.cell(measure) for row in self.rows))
        return sum((each.value for each in cells if each.value is not None), Decimal(0))


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a table: its bare cells, its cells under a header, and its label."""

    citation: Citation
    bare: tuple[str, ...]
    late: tuple[str, ...]
    labelled: Mapping[Field, str]
    cells: tuple[tuple[str, ResultCell], ...]
    reference: str

    @property
    def named(self) -> str:
        """Whose figures the line says that they are, under a header or behind the place."""
        return self.labelled.get(Field.CANDIDATE, "") or (self.late[0] if self.late else "")

    @property
    def where(self) -> tuple[str, ...]:
        """The place and the office that stand under headers."""
        kinds = (Field.PLACE, Field.OFFICE)
        return tuple(self.labelled[each] for each in kinds if each in self.labelled)


def contests_in(passages: Iterable[Passage]) -> list[ContestTable]:
    """Return the contests whose results stand in *passages*, in their order.

    *passages* are one article's; a contest has two rows at least.
    """
    lines = [line for passage in passages for line in _lines_of(passage)]
    shared = _shared_names(lines)
    rows: dict[tuple[str, ...], list[ResultRow]] = {}
    of_place: dict[tuple[str, ...], list[_Line]] = {}
    for line in lines:
        for path, row in _rows_of(line, shared):
            rows.setdefault(path, []).append(row)
            of_place.setdefault(path, []).append(line)
        of_place.setdefault((*line.bare, *line.where), []).append(line)
    found = []
    for path, every in rows.items():
        own = _once(row for row in every if (*path, row.whose) not in rows)
        if len(own) >= _LEAST and _is_contest(own):
            counted = _first(of_place[path], Field.COUNTED)
            found.append(ContestTable(path, own, counted, _first(of_place[path], Field.MOMENT)))
    return found


def holds_result(citation: Citation) -> bool:
    """Return True if a quotation contains a row of results."""
    quoted = citation.quote.split("\n")
    return any(
        line.cells and (line.bare or line.named)
        for line in _lines_of(citation.passage)
        if line.citation.quote in quoted
    )


def _lines_of(passage: Passage) -> Iterator[_Line]:
    """Yield the rows of a passage."""
    at = 0
    for text in passage.text.split("\n"):
        if BETWEEN in text:
            yield _line_of(text, passage, at)
        at += len(text) + 1


def _line_of(text: str, passage: Passage, at: int) -> _Line:
    """Take one row apart."""
    bare: list[str] = []
    late: list[str] = []
    labelled: dict[Field, str] = {}
    cells: list[tuple[str, ResultCell]] = []
    reference = ""
    start = at
    parts = text.split(BETWEEN)
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        header, parted, value = part.partition(_LABEL)
        measured = _measured(header) if parted and (is_figure(value) or is_empty(value)) else None
        if measured is not None:
            whose, measure = measured
            number_of = figure(value, decimal=measure is Field.SHARE)
            cited = Citation(passage, part, start)
            cells.append((whose, ResultCell(measure, value, number_of, cited)))
        elif parted and (kind := field_of(header)) is not None:
            told = part if kind is Field.STATUS else value
            labelled.setdefault(kind, told)
        elif last and " " in part and _REFERENCE.fullmatch(part.rpartition(" ")[2]):
            reference = part
        elif not parted:
            (late if labelled or cells else bare).append(part)
        start += len(part) + len(BETWEEN)
    row = Citation(passage, text, at)
    return _Line(row, tuple(bare), tuple(late), labelled, tuple(cells), reference)


def _measured(header: str) -> tuple[str, Field] | None:
    """Return the measure of a header, and its candidate if named: ``Odile Farr %``."""
    own = field_of(header)
    if own is not None:
        return ("", own) if own in MEASURES else None
    whose, _, measure = header.rpartition(" ")
    kind = field_of(measure)
    if not whose or kind not in MEASURES or is_general(header) or field_of(whose):
        return None
    return whose, kind


def _shared_names(lines: Sequence[_Line]) -> frozenset[tuple[str, ...]]:
    """Return the bare cells of rows that several lists share: they are places, not candidates."""
    parties: dict[tuple[str, ...], set[str]] = {}
    for line in lines:
        if not line.named and Field.PARTY in line.labelled:
            parties.setdefault((*line.bare, *line.where), set()).add(line.labelled[Field.PARTY])
    return frozenset(path for path, found in parties.items() if len(found) > 1)


def _rows_of(
    line: _Line, shared: frozenset[tuple[str, ...]]
) -> Iterator[tuple[tuple[str, ...], ResultRow]]:
    """Yield the rows of results in one line, each with the contest that it is of."""
    party = line.labelled.get(Field.PARTY, "")
    path = (*line.bare, *line.where)
    own = tuple(cell for whose, cell in line.cells if not whose)
    if own and line.named:
        yield path, _row(line, line.named, party, own)
    elif own and path in shared:
        yield path, _row(line, party, "", own)
    elif own and line.bare:
        yield (*line.bare[:-1], *line.where), _row(line, line.bare[-1], party, own)
    others = [each for each in line.cells if each[0]]
    if any(cell.measure is Field.VOTES for _, cell in others):
        for whose, cells in groupby(others, key=lambda each: each[0]):
            yield path, _row(line, whose, "", tuple(cell for _, cell in cells))


def _row(line: _Line, whose: str, party: str, cells: tuple[ResultCell, ...]) -> ResultRow:
    """Make one row."""
    status = line.labelled.get(Field.STATUS, "")
    return ResultRow(whose, party, cells, status, line.reference, line.citation)


def _is_contest(rows: Sequence[ResultRow]) -> bool:
    """Return True if rows are results: votes, seats or shares of parties or candidates."""
    counts = {Field.VOTES, Field.SEATS}
    return any(cell.measure in counts for row in rows for cell in row.cells) or any(
        row.party or row.status for row in rows
    )


def _first(lines: Sequence[_Line], field: Field) -> str:
    """Return the first that any of *lines* says under a header of one kind."""
    return next((line.labelled[field] for line in lines if field in line.labelled), "")


def _once(rows: Iterable[ResultRow]) -> tuple[ResultRow, ...]:
    """Return the rows without those that repeat the figures of another one."""
    found: dict[tuple[str, ...], ResultRow] = {}
    for row in rows:
        found.setdefault((row.whose, *(cell.written for cell in row.cells)), row)
    return tuple(found.values())
