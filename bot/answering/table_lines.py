"""Lines of tables in passages: their cells, and whether their own words call them a poll.

What is read here is what `ingest` writes of result files and of tables on pages: a line a row, its
cells parted by :data:`BETWEEN`, each under its header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.answering.model import Citation
from ingest.language.lines import BETWEEN
from ingest.model import Kind, Passage
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
_HEADING_CHARACTERS = 150
"""Characters of the longest line that is taken for the heading of the table below it."""
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "؟")
_WHOLE = 100
"""Per cent: whatever is more is counted."""


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
class TableLine:
    """One line of a table: its bare cells, its cells under a header, and its label.

    ``strange`` are figures under headers that name no field, such as a candidate's.
    """

    citation: Citation
    bare: tuple[str, ...]
    late: tuple[str, ...]
    labelled: Mapping[Field, str]
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
        """The place and the office that stand under headers."""
        kinds = (Field.PLACE, Field.OFFICE)
        return tuple(self.labelled[each] for each in kinds if each in self.labelled)


def lines_in(passages: Iterable[Passage]) -> Iterator[TableLine]:
    """Yield the rows of tables in the passages of one article, in their order."""
    heading = ""
    for passage in passages:
        at = 0
        for text in passage.text.split("\n"):
            if BETWEEN in text:
                yield _line_of(text, passage, at, heading)
            elif text.strip():
                is_heading = len(text) <= _HEADING_CHARACTERS and not text.endswith(_SENTENCE_ENDS)
                heading = text if is_heading else ""
            at += len(text) + 1


def _is_count(cell: tuple[str, ResultCell]) -> bool:
    """Return True if a figure cannot be per cent."""
    value = cell[1].value
    return cell[1].measure is Field.VOTES and value is not None and value > _WHOLE


def _line_of(text: str, passage: Passage, at: int, heading: str) -> TableLine:
    """Take one row apart."""
    bare: list[str] = []
    late: list[str] = []
    labelled: dict[Field, str] = {}
    cells: list[tuple[str, ResultCell]] = []
    strange: list[tuple[str, ResultCell]] = []
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
            first_day = labelled.get(kind) if kind is Field.DAYS else None
            labelled[kind] = f"{first_day} – {told}" if first_day else labelled.get(kind, told)
        elif parted and is_figure(value) and not is_general(header):
            share = figure(value, decimal=True)
            cited = Citation(passage, part, start)
            strange.append((header, ResultCell(Field.SHARE, value, share, cited)))
        elif last and " " in part and _REFERENCE.fullmatch(part.rpartition(" ")[2]):
            reference = part
        elif not parted:
            (late if labelled or cells else bare).append(part)
        start += len(part) + len(BETWEEN)
    row = Citation(passage, text, at)
    return TableLine(
        *(row, tuple(bare), tuple(late), labelled, tuple(cells), tuple(strange)),
        *(reference, heading),
    )


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
