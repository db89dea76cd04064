"""Tables of results and of polls in passages: lines, contests, and figures.

They are the lines that `ingest` writes of result files and of tables on pages: a line a row, its
cells parted by :data:`BETWEEN`, each under its header. Each figure is a quotation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from bot.answering.limits import CONTESTS
from bot.answering.values import Citation
from ingest.language.dates import days_in
from ingest.language.lines import BETWEEN
from ingest.model import Header, Kind, Passage, Version
from ingest.reading.limits import TABLES
from ingest.reading.results.columns import (
    MEASURES,
    POLL_FIELDS,
    Field,
    field_of,
    figure,
    is_empty,
    is_figure,
    is_general,
    names_poll,
)

_LABEL = ": "
_REFERENCE = re.compile(r"R\d{1,6}(?:C\d{1,3})?")
"""Where in its file a row or a cell stands."""
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "؟")
_POLL_DETAILS = frozenset({Field.DAYS, Field.SAMPLE, Field.METHOD, Field.ERROR})
"""Columns by which a row is known to be a whole poll, with one column for each candidate."""


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
class _TableLine:
    """One line of a table: its bare cells, its cells under a header, and its label.

    ``strange`` are figures under headers that name no field, such as a candidate's.
    """

    citation: Citation
    bare: tuple[str, ...]
    late: tuple[str, ...]
    labelled: Mapping[Field, str]
    places: tuple[str, ...]
    cells: tuple[tuple[str, ResultCell], ...]
    strange: tuple[tuple[str, ResultCell], ...]
    reference: str
    heading: str

    @property
    def is_poll(self) -> bool:
        """Return True if the line is of a poll by its own words: a column, a caption, a heading.

        What is counted, or has a status, is none, whatever stands above it.
        """
        if not POLL_FIELDS.isdisjoint(self.labelled):
            return True
        if {Field.STATUS, Field.COUNTED} & self.labelled.keys() or any(map(_is_count, self.cells)):
            return False
        caption = self.bare if Field.CANDIDATE in self.labelled else self.bare[:-1]
        header = self.citation.header
        own_words = [*caption, self.reference, self.heading]
        own_words += [] if any(own_words) else [header.title]
        return header.kind is Kind.POLL or any(map(names_poll, own_words))

    @property
    def named(self) -> str:
        """Whose figures the line says that they are, under a header or behind the place."""
        return self.labelled.get(Field.CANDIDATE, "") or (self.late[0] if self.late else "")

    @property
    def where(self) -> tuple[str, ...]:
        """The places, from the largest on, and the office that stand under headers."""
        office = self.labelled.get(Field.OFFICE)
        return (*self.places, *([office] if office is not None else []))


def _lines_in(passages: Iterable[Passage]) -> Iterator[_TableLine]:
    """Yield the rows of tables in the passages of one article, in their order."""
    heading = ""
    for passage in passages:
        at = 0
        for text in passage.text.split("\n"):
            if BETWEEN in text:
                yield _line_of(text, passage, at, heading)
            elif text.strip():
                is_heading = len(text) <= CONTESTS.heading_characters and not text.endswith(
                    _SENTENCE_ENDS
                )
                heading = text if is_heading else ""
            at += len(text) + 1


def _is_count(cell: tuple[str, ResultCell]) -> bool:
    """Return True if a figure cannot be per cent."""
    value = cell[1].value
    return cell[1].measure is Field.VOTES and value is not None and value > TABLES.share_percent


def _line_of(text: str, passage: Passage, at: int, heading: str) -> _TableLine:
    """Take one row apart."""
    bare_cells: list[str] = []
    late_cells: list[str] = []
    labelled: dict[Field, str] = {}
    places: list[str] = []
    cells: list[tuple[str, ResultCell]] = []
    strange: list[tuple[str, ResultCell]] = []
    reference = ""
    start = at
    parts = text.split(BETWEEN)
    for number, part in enumerate(parts):
        is_last = number == len(parts) - 1
        header, has_header, value = part.partition(_LABEL)
        measure_of_header = (
            _measure_of(header) if has_header and (is_figure(value) or is_empty(value)) else None
        )
        if measure_of_header is not None:
            candidate, measure = measure_of_header
            number_value = figure(value, decimal=measure is Field.SHARE)
            citation = Citation(passage, part, start)
            cells.append((candidate, ResultCell(measure, value, number_value, citation)))
        elif has_header and (kind := field_of(header)) is not None:
            if kind is Field.PLACE:
                places.append(value)
            text_of_field = part if kind is Field.STATUS else value
            first_day = labelled.get(kind) if kind is Field.DAYS else None
            labelled[kind] = (
                f"{first_day} – {text_of_field}" if first_day else labelled.get(kind, text_of_field)
            )
        elif has_header and is_figure(value) and not is_general(header):
            percentage = figure(value, decimal=True)
            citation = Citation(passage, part, start)
            strange.append((header, ResultCell(Field.SHARE, value, percentage, citation)))
        elif is_last and " " in part and _REFERENCE.fullmatch(part.rpartition(" ")[2]):
            reference = part
        elif not has_header:
            (late_cells if labelled or cells else bare_cells).append(part)
        start += len(part) + len(BETWEEN)
    row = Citation(passage, text, at)
    return _TableLine(
        *(row, tuple(bare_cells), tuple(late_cells), labelled, tuple(places)),
        *(tuple(cells), tuple(strange), reference, heading),
    )


def _measure_of(header: str) -> tuple[str, Field] | None:
    """Return the measure of a header, and its candidate if named: ``Odile Farr %``."""
    field = field_of(header)
    if field is not None:
        return ("", field) if field in MEASURES else None
    candidate, _, measure = header.rpartition(" ")
    kind = field_of(measure)
    if not candidate or kind not in MEASURES or is_general(header) or field_of(candidate):
        return None
    return candidate, kind


class TableKind(StrEnum):
    """What the figures of a table are of."""

    RESULTS = "results"
    POLLS = "polls"


@dataclass(frozen=True, slots=True)
class ResultRow:
    """The figures of one candidate or list; ``citation`` is the whole row.

    ``reference`` is where it stands in its file, empty for a table of a page.
    """

    candidate: str
    party: str
    cells: tuple[ResultCell, ...]
    status: str
    reference: str
    citation: Citation

    def cell(self, measure: Field) -> ResultCell | None:
        """Return the figure of one measure."""
        return next((each for each in self.cells if each.measure is measure), None)


@dataclass(frozen=True, slots=True)
class Poll:
    """What a table says of a poll in its own words; empty where it says nothing."""

    pollster: str = ""
    days: str = ""
    sample: str = ""
    method: str = ""

    def last_day(self, published: date | None) -> date | None:
        """Return the last day of the poll; without a year the last one before *published*."""
        days = [
            day for day in days_in(self.days.replace("–", "-")) if day.month is not None and day.day
        ]
        whole_days = [day.whole for day in days if day.whole is not None]
        if not whole_days and published is not None:
            years = (published.year, published.year - 1)
            partial = [
                latest
                for day in days
                if (latest := _latest(day.month or 1, day.day or 1, years, published)) is not None
            ]
            return max(partial, default=None)
        return max(whole_days, default=None)


def _latest(month: int, day: int, years: Iterable[int], published: date) -> date | None:
    """Return the last day of this month and number that is not after *published*."""
    for year in years:
        try:
            candidate_day = date(year, month, day)
        except ValueError:
            continue
        if candidate_day <= published:
            return candidate_day
    return None


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
    poll: Poll | None = None

    @property
    def subject(self) -> tuple[str, date | str] | None:
        """The pollster and the days of a poll: sources of one poll should have the same figures."""
        if self.poll is None:
            return None
        return self.poll.pollster.casefold(), self.poll.last_day(self.header.day) or self.poll.days

    @property
    def day(self) -> date | None:
        """The day that the figures are of: the last of a poll, else that of the article."""
        poll_day = self.poll.last_day(self.header.day) if self.poll else None
        return poll_day or self.header.day

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
        statuses = {row.status for row in self.rows}
        return statuses.pop() if len(statuses) == 1 else ""

    @property
    def measures(self) -> tuple[Field, ...]:
        """The measures that any row has, in the order of the first."""
        return tuple(dict.fromkeys(cell.measure for row in self.rows for cell in row.cells))

    def total(self, measure: Field) -> Decimal:
        """Add up the figures of one measure."""
        cells = filter(None, (row.cell(measure) for row in self.rows))
        return sum((cell.value for cell in cells if cell.value is not None), Decimal(0))


def tables_in(passages: Iterable[Passage], kind: TableKind) -> list[ContestTable]:
    """Return the tables of one kind in the passages of one article."""
    return contests_in(passages) if kind is TableKind.RESULTS else polls_in(passages)


def contests_of_version(version: Version) -> list[ContestTable]:
    """Return the contests whose results stand in one version of an article."""
    text, number = version.extract.text, version.article_id
    key = f"{number}:{version.number}:0:"
    header = version.extract.header
    return contests_in([Passage(key, number, version.number, 0, 0, len(text), text, header)])


def contests_in(passages: Iterable[Passage]) -> list[ContestTable]:
    """Return the contests whose results stand in *passages*, in their order.

    *passages* are one article's; a contest has two rows at least.
    """
    lines = [line for line in _lines_in(passages) if not line.is_poll]
    place_names = _shared_names(lines)
    rows: dict[tuple[str, ...], list[ResultRow]] = {}
    of_place: dict[tuple[str, ...], list[_TableLine]] = {}
    for line in lines:
        for path, row in _rows_of(line, place_names):
            rows.setdefault(path, []).append(row)
            of_place.setdefault(path, []).append(line)
        of_place.setdefault((*line.bare, *line.where), []).append(line)
    contests = []
    for path, contest_rows in rows.items():
        distinct_rows = _without_repeats(
            row for row in contest_rows if (*path, row.candidate) not in rows
        )
        if len(distinct_rows) >= CONTESTS.rows and _is_contest(distinct_rows):
            counted = _first(of_place[path], Field.COUNTED)
            contests.append(
                ContestTable(path, distinct_rows, counted, _first(of_place[path], Field.MOMENT))
            )
    return contests


def polls_in(passages: Iterable[Passage]) -> list[ContestTable]:
    """Return the polls in *passages*, which are one article's, in their order.

    A poll is what its own words call so; it has two figures at least.
    """
    lines = [line for line in _lines_in(passages) if line.is_poll]
    place_names = _shared_names(lines)
    rows: dict[tuple[tuple[str, ...], Poll], list[ResultRow]] = {}
    for line in lines:
        line_rows = [*_rows_of(line, place_names)]
        if line_rows:
            for path, row in line_rows:
                rows.setdefault((path, _poll_of(line, path)), []).append(row)
        elif not _POLL_DETAILS.isdisjoint(line.labelled):
            path = line.bare if Field.POLLSTER in line.labelled else line.bare[:-1]
            pollster = "" if Field.POLLSTER in line.labelled else "".join(line.bare[-1:])
            poll = _poll_of(line, path, pollster)
            for candidate, cell in line.strange:
                rows.setdefault((path, poll), []).append(_row(line, candidate, "", (cell,)))
    tables = []
    for (path, poll), poll_rows in rows.items():
        distinct_rows = _without_repeats(map(_poll_row, poll_rows))
        if len(distinct_rows) >= CONTESTS.rows:
            tables.append(ContestTable(path, distinct_rows, poll=poll))
    return tables


def _poll_of(line: _TableLine, path: Sequence[str], pollster: str = "") -> Poll:
    """Return what a line says of its poll; the days may stand in its caption."""
    fields = (Field.POLLSTER, Field.DAYS, Field.SAMPLE, Field.METHOD)
    poller, days, sample, method = (line.labelled.get(field, "") for field in fields)
    if not days:
        caption = " · ".join(path)
        caption_days = days_in(caption)
        days = caption[caption_days[0].start : caption_days[-1].end].strip() if caption_days else ""
    return Poll(poller or pollster, days, sample, method)


def _poll_row(row: ResultRow) -> ResultRow:
    """Return a row of a poll, whose figures are shares of those asked, never votes."""
    cells = (
        replace(cell, measure=Field.SHARE) if cell.measure is Field.VOTES else cell
        for cell in row.cells
    )
    return replace(row, cells=tuple(cells))


def holds_result(citation: Citation) -> bool:
    """Return True if a quotation contains a row of results."""
    quoted = citation.quote.split("\n")
    return any(
        line.cells and (line.bare or line.named)
        for line in _lines_in([citation.passage])
        if line.citation.quote in quoted and not line.is_poll
    )


def _shared_names(lines: Sequence[_TableLine]) -> frozenset[tuple[str, ...]]:
    """Return the bare cells of rows that several lists share: they are places, not candidates."""
    parties: dict[tuple[str, ...], set[str]] = {}
    for line in lines:
        if not line.named and Field.PARTY in line.labelled:
            parties.setdefault((*line.bare, *line.where), set()).add(line.labelled[Field.PARTY])
    return frozenset(path for path, names in parties.items() if len(names) > 1)


def _rows_of(
    line: _TableLine, place_names: frozenset[tuple[str, ...]]
) -> Iterator[tuple[tuple[str, ...], ResultRow]]:
    """Yield the rows of results in one line, each with the contest that it is of."""
    party = line.labelled.get(Field.PARTY, "")
    path = (*line.bare, *line.where)
    cells_of_row = tuple(cell for candidate, cell in line.cells if not candidate)
    if cells_of_row and line.named:
        yield path, _row(line, line.named, party, cells_of_row)
    elif cells_of_row and path in place_names:
        yield path, _row(line, party, "", cells_of_row)
    elif cells_of_row and line.bare:
        yield (*line.bare[:-1], *line.where), _row(line, line.bare[-1], party, cells_of_row)
    named_cells = [pair for pair in line.cells if pair[0]]
    if any(cell.measure is Field.VOTES for _, cell in named_cells):
        for candidate, cells in groupby(named_cells, key=lambda pair: pair[0]):
            yield path, _row(line, candidate, "", tuple(cell for _, cell in cells))


def _row(line: _TableLine, candidate: str, party: str, cells: tuple[ResultCell, ...]) -> ResultRow:
    """Make one row."""
    status = line.labelled.get(Field.STATUS, "")
    return ResultRow(candidate, party, cells, status, line.reference, line.citation)


def _is_contest(rows: Sequence[ResultRow]) -> bool:
    """Return True if rows are results: votes, seats or shares of parties or candidates."""
    counts = {Field.VOTES, Field.SEATS}
    return any(cell.measure in counts for row in rows for cell in row.cells) or any(
        row.party or row.status for row in rows
    )


def _first(lines: Sequence[_TableLine], field: Field) -> str:
    """Return the first that any of *lines* says under a header of one kind."""
    return next((line.labelled[field] for line in lines if field in line.labelled), "")


def _without_repeats(rows: Iterable[ResultRow]) -> tuple[ResultRow, ...]:
    """Return the rows without those that repeat the figures of another one."""
    distinct: dict[tuple[str, ...], ResultRow] = {}
    for row in rows:
        distinct.setdefault((row.candidate, *(cell.written for cell in row.cells)), row)
    return tuple(distinct.values())
