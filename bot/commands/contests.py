"""Command ``results``: the figures of a contest by source, as text or JSON."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.answering.results import Contest, ContestName, Results
from bot.answering.table_lines import ResultCell
from bot.answering.tables import ContestTable
from bot.outcomes import source_object
from bot.wording import Wording
from ingest.commands.output import cell as table_cell
from ingest.commands.output import print_json, printable


def show_results(results: Results, *, as_json: bool) -> None:
    """Print the contests of a result."""
    if as_json:
        print_json(results_object(results))
        return
    console, words = Console(), Wording.default()
    for contest in results.contests:
        _show_contest(contest, words, console)
    if any(contest.differs for contest in results.contests):
        console.print(Text(words("results_differ"), style="dim"))
    if results.more:
        console.print(Text(words("results_more", count=results.more), style="dim"))
    console.print(Text(words.as_of(results.as_of, None), style="dim"))


def _show_contest(contest: Contest, words: Wording, console: Console) -> None:
    """Print a contest: one row per name, one column per source, then the sources."""
    console.print(Text(printable(contest.title), style="bold"))
    letters = ascii_uppercase[: len(contest.sources)]
    table = Table("", *letters, box=None, show_header=len(letters) > 1)
    for name in contest.names:
        label = f"{name.whose} ({name.party})" if name.party else name.whose
        table.add_row(table_cell(label), *(_figures(name, index) for index in range(len(letters))))
    console.print(Padding(table, (0, 0, 0, 2)))
    for letter, source in zip(letters, contest.sources, strict=True):
        parts = [f"{letter} {words.source(source.header)}", *_status_of(source, words)]
        console.print(Padding(Text(printable(" · ".join(parts)), style="dim"), (0, 0, 0, 2)))
        if source.header.url:
            console.print(Padding(Text(printable(source.header.url), style="dim"), (0, 0, 0, 4)))
    console.print()


def _figures(name: ContestName, index: int) -> Text:
    """Return a source's figures for a name; figures that differ from other sources are marked."""
    row = name.rows[index]
    if row is None:
        return Text("")
    figures = [
        f"{cell.citation.quote}{' ≠' if name.differs(cell.measure, index) else ''}"
        for cell in row.cells
    ]
    return table_cell(" · ".join([*figures, *([row.status] if row.status else [])]))


def _status_of(table: ContestTable, words: Wording) -> list[str]:
    """Return the counting status and the time that a table states."""
    parts = [words("results_counted", counted=table.counted)] if table.counted else []
    return [*parts, *([words("results_moment", moment=table.moment)] if table.moment else [])]


def results_object(results: Results) -> dict[str, Any]:
    """Return a result as the object that ``--json`` prints."""
    return {
        "asked": results.asked,
        "as_of": results.as_of.isoformat(timespec="seconds"),
        "contests": [_contest_object(contest) for contest in results.contests],
        "more": results.more,
    }


def _contest_object(contest: Contest) -> dict[str, Any]:
    """Return a contest with its sources, and each name's figures by index of the source."""
    return {
        "differ": contest.differs,
        "sources": [
            {
                **source_object(source.header),
                "article": source.article_id,
                "contest": list(source.path),
                "status": source.status,
                "counted": source.counted,
                "moment": source.moment,
            }
            for source in contest.sources
        ],
        "names": [
            {
                "name": name.whose,
                "party": name.party,
                "figures": [
                    _figure_object(
                        cell, index, row.reference, differs=name.differs(cell.measure, index)
                    )
                    for index, row in enumerate(name.rows)
                    if row is not None
                    for cell in row.cells
                ],
            }
            for name in contest.names
        ],
    }


def _figure_object(
    cell: ResultCell, source: int, reference: str, *, differs: bool
) -> dict[str, Any]:
    """Return a figure with the quotation that proves it and its position in the file."""
    passage = cell.citation.passage
    return {
        "source": source,
        "measure": str(cell.measure),
        "written": cell.written,
        "value": None if cell.value is None else str(cell.value),
        "differs": differs,
        "quote": cell.citation.quote,
        "passage": passage.id,
        "start": passage.start + cell.citation.start,
        "row": reference,
    }
