"""Steps of a count: a call, a status, ten points of what is counted; pure functions.

A file of results changes many times in a night. Followers are notified of steps alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.answering.tables import ContestTable, ResultRow
from bot.community.limits import UPDATES
from ingest.language.dates import days_in
from ingest.reading.limits import TABLES
from ingest.reading.results.columns import Field, figure

_NUMBER = re.compile(r"\d+(?:[.,' ]\d+)*")
_PER_CENT = "%"


@dataclass(frozen=True, slots=True)
class ResultStep:
    """A step of one contest, with the row that shows it; its name stays the same."""

    name: str
    row: ResultRow


@dataclass(frozen=True, slots=True)
class _State:
    """The state of a count: who has which status, how the table is headed, how much is counted."""

    status: frozenset[tuple[str, str]]
    heading: tuple[str, ...]
    tens: int | None


def steps_between(
    old_tables: Iterable[ContestTable], tables: Iterable[ContestTable], version: int
) -> list[ResultStep]:
    """Return a step for each of *tables*, of this *version*, that is a step beyond its old form.

    A table without an old form is the first step of its contest.
    """
    unmatched = list(old_tables)
    steps = []
    for table in tables:
        old_table = _old_form(table, unmatched)
        name = " ".join([*table.path[-1:], *sorted(row.candidate for row in table.rows)])
        state = _state_of(table)
        if old_table is None:
            steps.append(ResultStep(f"{name} first", _leading_row(table.rows)))
            continue
        unmatched.remove(old_table)
        old_state = _state_of(old_table)
        if (state.status, state.heading) != (old_state.status, old_state.heading):
            changed = {candidate for candidate, _ in state.status - old_state.status}
            rows = [row for row in table.rows if row.candidate in changed] or table.rows
            steps.append(ResultStep(f"{name} status {version}", _leading_row(rows)))
        elif state.tens is not None and state.tens > (old_state.tens or 0):
            steps.append(ResultStep(f"{name} counted {state.tens}", _leading_row(table.rows)))
    return steps


def counted_share(text: str) -> Decimal | None:
    """Return how much is counted, in per cent: "41 of 58 wards", "開票率 45%"; else ``None``."""
    plain = unicodedata.normalize("NFKC", text)
    values = [
        (value, plain[match.end() :].lstrip().startswith(_PER_CENT))
        for match in _NUMBER.finditer(plain)
        if (value := figure(match.group(), decimal="." in match.group())) is not None
    ]
    shares = [value for value, is_share in values if is_share] or (
        [values[0][0]] if len(values) == 1 else []
    )
    if len(shares) == 1:
        return shares[0] if shares[0] <= TABLES.share_percent else None
    if len(values) != 2 or shares:
        return None
    part, whole = sorted(value for value, _ in values)
    return TABLES.share_percent * part / whole if whole else None


def _old_form(table: ContestTable, candidates: Sequence[ContestTable]) -> ContestTable | None:
    """Return the table among *candidates* of the same contest, whose heading may differ."""
    names = {row.candidate for row in table.rows}
    path = _without_figures(table.path)

    def likeness(other: ContestTable) -> tuple[bool, int]:
        other_path = _without_figures(other.path)
        return other.path[-1:] == table.path[-1:], len(set(path) & set(other_path))

    same = [
        other
        for other in candidates
        if len(other.path) == len(table.path)
        and 2 * len(names & {row.candidate for row in other.rows}) >= len(names)
        and (other.path[-1:] == table.path[-1:] or len(table.path) == 1)
    ]
    return max(same, key=likeness, default=None)


def _state_of(table: ContestTable) -> _State:
    """Return the state of a count as its table states it."""
    shared = table.status
    status = (
        frozenset({("", _plain(shared))})
        if shared
        else frozenset((row.candidate, _plain(row.status)) for row in table.rows if row.status)
    )
    headings = [name for name in table.path if not days_in(name)]
    shares = [share for text in [table.counted or "", *headings] if (share := counted_share(text))]
    tens = int(shares[0] // UPDATES.result_step_percent) if shares else None
    return _State(status, _without_figures(table.path), tens)


def _leading_row(rows: Sequence[ResultRow]) -> ResultRow:
    """Return the row with the highest figure."""

    def figure_of(row: ResultRow) -> Decimal:
        cells = (row.cell(measure) for measure in (Field.VOTES, Field.SEATS, Field.SHARE))
        return next((cell.value for cell in cells if cell and cell.value is not None), Decimal(-1))

    return max(rows, key=figure_of)


def _without_figures(path: Iterable[str]) -> tuple[str, ...]:
    """Return headings without their figures, which change at every look."""
    return tuple(map(_plain, path))


def _plain(text: str) -> str:
    """Return a text without figures, in lower case."""
    return " ".join(_NUMBER.sub("", unicodedata.normalize("NFKC", text)).casefold().split())
