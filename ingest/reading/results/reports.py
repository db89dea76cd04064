"""Results as JSON: reports of NIST SP 1500-100, and lists of records as grids."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from ingest.errors import UnreadableError
from ingest.language.lines import BETWEEN
from ingest.reading.documents import broken_file
from ingest.reading.limits import TABLES
from ingest.reading.results.columns import EMPTY_CELL, Field, field_of
from ingest.reading.results.grid import Grid, GridRow
from ingest.reading.results.writing import WrittenTable
from ingest.reading.text import clean_line

REPORT = "ElectionReport"
_REPORT_TYPE = "ElectionResults." + REPORT
_TOTAL = "total"
_FIELDS_OF_ALL = frozenset({Field.PLACE, Field.OFFICE, Field.STATUS, Field.COUNTED, Field.MOMENT})
"""Fields that an object around a list of results has for all of them."""
_ANSWER_CODES = ("ok", "OK", "success", 200, True)
"""The status of a server's answer, which is not one of the count."""


def parse_json(text: str, name: str) -> Any:  # noqa: ANN401 - JSON
    """Return the parsed JSON.

    Raises:
        UnreadableError: the JSON is broken; the message names line and column.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"{name} is not JSON from line {error.lineno}, column {error.colno} on ({error.msg})."
        ) from error
    except (ValueError, RecursionError) as error:
        raise broken_file(name, "JSON") from error


def is_report(value: object) -> bool:
    """Return True if a value is a report of NIST SP 1500-100."""
    if not isinstance(value, dict):
        return False
    return (
        value.get("@type") == _REPORT_TYPE
        or REPORT in value
        or {"Election", "GpUnit"} <= set(value)
    )


def records_of(value: object) -> list[dict[str, Any]]:
    """Return the records of a list, or of the only list in an object; else an empty list.

    A record that holds a list of records, as a precinct holds its candidates, becomes one record
    for each of them, with its own fields before theirs. The place, the status and the time of the
    whole object are those of each record.
    """
    owner, around = "", {}
    if isinstance(value, dict):
        lists = [(key, item) for key, item in value.items() if isinstance(item, list) and item]
        around = {
            key: item
            for key, item in value.items()
            if field_of(key) in _FIELDS_OF_ALL and item not in _ANSWER_CODES
        }
        owner, value = lists[0] if len(lists) == 1 else ("", None)
    if not _is_record_list(value):
        return []
    return [
        {**around, **part}
        for record in value
        for part in _inner_records(record, owner, TABLES.record_levels)
    ]


def _is_record_list(value: object) -> TypeGuard[list[dict[str, Any]]]:
    """Return True if a value is a list of objects that is not empty."""
    return isinstance(value, list) and bool(value) and all(isinstance(i, dict) for i in value)


def _inner_records(record: dict[str, Any], owner: str, levels: int) -> list[dict[str, Any]]:
    """Return the records inside a record, each with the fields around it, or the record itself.

    *owner* is the name of the list that holds the record: the name of a record in "precincts" is
    its "precinct".
    """
    inner_lists = [(key, item) for key, item in record.items() if _is_record_list(item)]
    if len(inner_lists) != 1 or not levels or len(record) > TABLES.record_fields:
        return [record]  # each inner record has a copy of all fields around it
    kind = owner.removesuffix("s")
    inner_owner, inner_list = inner_lists[0]
    around = {
        kind if kind and key == "name" else f"{kind} {key}" if key in inner_list[0] else key: item
        for key, item in record.items()
        if not isinstance(item, list)
    }
    return [
        {**around, **part}
        for inner_record in inner_list
        for part in _inner_records(inner_record, inner_owner, levels - 1)
    ]


def record_grid(records: Sequence[Mapping[str, Any]], name: str) -> Grid | None:
    """Return records as the rows of a grid; ``None`` if they have no fields of results.

    Raises:
        UnreadableError: there are too many records.
    """
    if len(records) > TABLES.result_records:
        raise UnreadableError(f"{name} has more than {TABLES.result_records:,} entries. Split it.")
    fields = list(dict.fromkeys(key for record in records for key in record))
    if len(fields) > TABLES.record_fields or not any(map(field_of, fields)):
        return None
    rows = [
        GridRow(number, tuple(_field_text(record.get(key)) for key in fields))
        for number, record in enumerate(records, start=1)
    ]
    return Grid(name, (GridRow(0, tuple(map(clean_line, fields))), *rows), line="record")


def _field_text(value: object) -> str:
    """Return the value of a field as text; an object is represented by its name."""
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (
        clean_line(str(value))[: TABLES.result_cell_characters]
        if isinstance(value, str | int | float)
        else ""
    )


@dataclass(slots=True)
class _Report:
    """One report, with the names of its objects by identifier."""

    value: Mapping[str, Any]
    text: str
    name: str
    names: dict[str, str] = field(default_factory=dict)
    parties: dict[str, str] = field(default_factory=dict)
    """The party of a candidate, both as identifiers."""

    def look_up(self, identifier: str) -> str:
        """Return the name of the object with an identifier.

        Raises:
            UnreadableError: no object has this identifier.
        """
        if identifier not in self.names:
            where = self.place(identifier)
            raise UnreadableError(
                f"{where} refers to “{identifier[:40]}”, which is not in the file."
            )
        return self.names[identifier]

    def place(self, value: object) -> str:
        """Return the line and column of a value for people."""
        offset = max(0, self.text.find(json.dumps(value, ensure_ascii=False)))
        line = self.text.count("\n", 0, offset) + 1
        column = offset - self.text.rfind("\n", 0, offset)
        return f"{self.name} line {line}, column {column}"


def report_table(value: Mapping[str, Any], text: str, name: str) -> WrittenTable:
    """Return every count of a report as a line.

    Raises:
        UnreadableError: a referenced object is missing, a count is invalid, or there are no counts.
    """
    inner_value = value.get(REPORT)
    report = _Report(inner_value if isinstance(inner_value, dict) else value, text, name)
    elections = _objects(report.value, "Election")
    owners = [report.value, *elections]
    for owner in owners:
        for kind in ("GpUnit", "Party", "Candidate", "Office", "Person"):
            for item in _objects(owner, kind):
                identifier = str(item.get("@id") or item.get("ObjectId"))
                report.names[identifier] = _name_of(item)
                if party := _strings(item.get("PartyId")):
                    report.parties[identifier] = party[0]
    lines: list[str] = []
    number = 0
    for election in elections:
        election_name = _name_of(election) or "Election"
        for contest in _objects(election, "Contest"):
            for line in _contest_lines(contest, election_name, report):
                number += 1
                lines.append(BETWEEN.join([line, f"{name} R{number}"]))
    if not lines:
        raise UnreadableError(
            f"{name} is a report of results without any counts. Nothing was added."
        )
    title = _name_of(elections[0]) or "Election"
    note = f"{name} is read as a report of NIST SP 1500-100 with {number:,} counts."
    return WrittenTable(title, tuple(lines), (note,))


def _contest_lines(contest: Mapping[str, Any], election: str, report: _Report) -> Iterator[str]:
    """Yield a line for each count of one contest, in the order of the file."""
    office = _name_of(contest) or "Contest"
    status = str(report.value.get("Status") or "")
    progress = _progress(contest)
    generated = str(report.value.get("GeneratedDate") or "")
    for selection in _objects(contest, "ContestSelection"):
        candidate, party = _candidate_and_party(selection, report)
        for count in _objects(selection, "VoteCounts"):
            unit = str(count.get("GpUnitId") or contest.get("ElectionDistrictId") or "")
            votes = count.get("Count")
            if isinstance(votes, bool) or not isinstance(votes, int | float) or votes < 0:
                where = report.place(votes)
                raise UnreadableError(f"{where} has “{str(votes)[:40]}”, which is not a count.")
            kind = str(count.get("Type") or _TOTAL)
            cells = [
                election,
                report.look_up(unit) if unit else EMPTY_CELL,
                f"Contest: {office}",
                f"Candidate: {candidate}",
                f"Party: {party}" if party else "",
                f"Votes: {votes:,}" if kind == _TOTAL else f"{kind}: {votes:,}",
                progress,
                f"Status: {status}" if status else "",
                f"As of: {generated}" if generated else "",
            ]
            yield BETWEEN.join(filter(None, cells))


def _candidate_and_party(selection: Mapping[str, Any], report: _Report) -> tuple[str, str]:
    """Return the candidate or choice of a selection, and the party."""
    candidates = _strings(selection.get("CandidateIds"))
    parties = _strings(selection.get("EndorsementPartyIds") or selection.get("PartyIds")) or [
        report.parties[identifier] for identifier in candidates if identifier in report.parties
    ]
    party = ", ".join(dict.fromkeys(report.look_up(identifier) for identifier in parties))
    names = [report.look_up(identifier) for identifier in candidates]
    choice = _text(selection.get("Selection")) or _name_of(selection)
    return ", ".join(names) or choice or party or EMPTY_CELL, party if names else ""


def _progress(contest: Mapping[str, Any]) -> str:
    """Return the progress of the count of a contest, if it is given."""
    reported, units = contest.get("SubUnitsReported"), contest.get("TotalSubUnits")
    return f"Reported: {reported} of {units}" if reported is not None and units is not None else ""


def _objects(owner: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the objects under a key, whose value is one object or a list."""
    value = owner.get(key)
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def _strings(value: object) -> list[str]:
    """Return identifiers from a string (separated by spaces) or from a list."""
    if isinstance(value, str):
        return value.split()
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _name_of(owner: Mapping[str, Any]) -> str:
    """Return the name of an object."""
    keys = ("BallotName", "BallotTitle", "Name", "FullName", "ObjectId", "@id")
    return next((name for key in keys if (name := _text(owner.get(key)))), "")


def _text(value: object) -> str:
    """Return a text; of a text in several languages the first."""
    if isinstance(value, dict):
        parts = _objects(value, "Text")
        value = next((part.get("Content") for part in parts), None)
    return clean_line(value)[: TABLES.result_cell_characters] if isinstance(value, str) else ""
