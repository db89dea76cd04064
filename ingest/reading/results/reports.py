"""Results as JSON: reports of NIST SP 1500-100, and lists of records as grids."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.errors import UnreadableError
from ingest.language.lines import BETWEEN
from ingest.reading.documents import broken
from ingest.reading.results.columns import field_of
from ingest.reading.results.figures import EMPTY_CELL
from ingest.reading.results.grid import LONGEST_CELL, Grid, GridRow
from ingest.reading.results.writing import WrittenTable
from ingest.reading.text import clean_line

REPORT = "ElectionReport"
_TYPED = "ElectionResults." + REPORT
_TOTAL = "total"
_RECORDS, _FIELDS = 20_000, 60
"""Records of the largest list, and fields of the largest record."""


def parsed(text: str, name: str) -> Any:  # noqa: ANN401 - JSON
    """Parse JSON.

    Raises:
        UnreadableError: it is broken; the sentence names line and column.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"{name} is not JSON from line {error.lineno}, column {error.colno} on ({error.msg})."
        ) from error
    except (ValueError, RecursionError) as error:
        raise broken(name, "JSON") from error


def is_report(value: object) -> bool:
    """Tell whether a value is a report of NIST SP 1500-100."""
    if not isinstance(value, dict):
        return False
    return value.get("@type") == _TYPED or REPORT in value or {"Election", "GpUnit"} <= set(value)


def records_of(value: object) -> list[dict[str, Any]]:
    """Return the records of a list, or of the only list of an object; none of anything else."""
    if isinstance(value, dict):
        lists = [each for each in value.values() if isinstance(each, list) and each]
        value = lists[0] if len(lists) == 1 else None
    if not isinstance(value, list) or not value:
        return []
    return value if all(isinstance(each, dict) for each in value) else []


def record_grid(records: Sequence[Mapping[str, Any]], name: str) -> Grid | None:
    """Return records as the rows of a grid; ``None`` where they have no fields of results.

    Raises:
        UnreadableError: there are too many.
    """
    if len(records) > _RECORDS:
        raise UnreadableError(f"{name} has more than {_RECORDS:,} entries. Split it.")
    fields = list(dict.fromkeys(key for record in records for key in record))
    if len(fields) > _FIELDS or not any(map(field_of, fields)):
        return None
    rows = [
        GridRow(number, tuple(_plain(record.get(key)) for key in fields))
        for number, record in enumerate(records, start=1)
    ]
    return Grid(name, (GridRow(0, tuple(map(clean_line, fields))), *rows), line="record")


def _plain(value: object) -> str:
    """Write the value of a field; an object is named by its name."""
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return clean_line(str(value))[:LONGEST_CELL] if isinstance(value, str | int | float) else ""


@dataclass(slots=True)
class _Report:
    """One report, with everything that it names by an identifier."""

    value: Mapping[str, Any]
    text: str
    name: str
    named: dict[str, str] = field(default_factory=dict)

    def look_up(self, identifier: str) -> str:
        """Return what an identifier names.

        Raises:
            UnreadableError: nothing has it.
        """
        if identifier not in self.named:
            where = self.place(identifier)
            raise UnreadableError(
                f"{where} refers to “{identifier[:40]}”, which is not in the file."
            )
        return self.named[identifier]

    def place(self, value: object) -> str:
        """Name the line and column of a value for a person."""
        at = max(0, self.text.find(json.dumps(value, ensure_ascii=False)))
        line = self.text.count("\n", 0, at) + 1
        column = at - self.text.rfind("\n", 0, at)
        return f"{self.name} line {line}, column {column}"


def report_table(value: Mapping[str, Any], text: str, name: str) -> WrittenTable:
    """Write every count of a report as a line.

    Raises:
        UnreadableError: the report contradicts itself; the sentence names line and column.
    """
    held = value.get(REPORT)
    report = _Report(held if isinstance(held, dict) else value, text, name)
    elections = _objects(report.value, "Election")
    owners = [report.value, *elections]
    for owner in owners:
        for kind in ("GpUnit", "Party", "Candidate", "Office", "Person"):
            for each in _objects(owner, kind):
                report.named[str(each.get("@id") or each.get("ObjectId"))] = _name_of(each)
    lines: list[str] = []
    number = 0
    for election in elections:
        called = _name_of(election) or "Election"
        for contest in _objects(election, "Contest"):
            for line in _contest_lines(contest, called, report):
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
    """Write the counts of one contest, its places' totals before their parts."""
    office = _name_of(contest) or "Contest"
    status = str(report.value.get("Status") or "")
    counted = _reported(contest)
    at = str(report.value.get("GeneratedDate") or "")
    for selection in _objects(contest, "ContestSelection"):
        whose, party = _whose(selection, report)
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
                f"Candidate: {whose}",
                f"Party: {party}" if party else "",
                f"Votes: {votes:,}" if kind == _TOTAL else f"Votes ({kind}): {votes:,}",
                counted,
                f"Status: {status}" if status else "",
                f"As of: {at}" if at else "",
            ]
            yield BETWEEN.join(filter(None, cells))


def _whose(selection: Mapping[str, Any], report: _Report) -> tuple[str, str]:
    """Return whom or what a selection stands for, and the party."""
    parties = _strings(selection.get("EndorsementPartyIds") or selection.get("PartyIds"))
    party = ", ".join(report.look_up(each) for each in parties)
    candidates = _strings(selection.get("CandidateIds"))
    names = [report.look_up(each) for each in candidates]
    own = _text(selection.get("Selection")) or _name_of(selection)
    return ", ".join(names) or own or party or EMPTY_CELL, party if names else ""


def _reported(contest: Mapping[str, Any]) -> str:
    """Return how much of a contest is counted, where it says so."""
    done, units = contest.get("SubUnitsReported"), contest.get("TotalSubUnits")
    return f"Reported: {done} of {units}" if done is not None and units is not None else ""


def _objects(owner: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the objects under a key, which may be one or a list."""
    found = owner.get(key)
    listed = found if isinstance(found, list) else [found]
    return [each for each in listed if isinstance(each, dict)]


def _strings(value: object) -> list[str]:
    """Return identifiers, which may be one, several in a string, or a list."""
    if isinstance(value, str):
        return value.split()
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _name_of(owner: Mapping[str, Any]) -> str:
    """Return what an object is called."""
    keys = ("BallotName", "BallotTitle", "Name", "FullName", "ObjectId", "@id")
    return next((told for key in keys if (told := _text(owner.get(key)))), "")


def _text(value: object) -> str:
    """Return a text, whose languages may be parts of it: the first stands."""
    if isinstance(value, dict):
        parts = _objects(value, "Text")
        value = next((each.get("Content") for each in parts), None)
    return clean_line(value)[:LONGEST_CELL] if isinstance(value, str) else ""
