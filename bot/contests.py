"""The command ``results``: the figures of a contest source by source, for people or machines."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.answering.results import Contest, ContestName, Results
from bot.answering.tables import ContestTable, ResultCell
from bot.reporting import source_object
from bot.wording import Wording
from ingest.showing import cell as table_cell
from ingest.showing import print_json, printable


def show_results(found: Results, *, as_json: bool) -> None:
    """Print the contests that were found."""
    if as_json:
        print_json(results_object(found))
        return
    console, words = Console(), Wording.default()
    for contest in found.contests:
        _show_contest(contest, words, console)
    if any(each.differs for each in found.contests):
        console.print(Text(words("results_differ"), style="dim"))
    if found.more:
        console.print(Text(words("results_more", count=found.more), style="dim"))
    console.print(Text(words.as_of(found.as_of, None), style="dim"))


def _show_contest(contest: Contest, words: Wording, console: Console) -> None:
    """Print one contest: a line a name, a column a source, then the sources."""
    newest = contest.sources[0]
    console.print(Text(printable(" · ".join(newest.path) or newest.header.title), style="bold"))
    letters = ascii_uppercase[: len(contest.sources)]
    table = Table("", *letters, box=None, show_header=len(letters) > 1)
    for name in contest.names:
        called = f"{name.whose} ({name.party})" if name.party else name.whose
        table.add_row(table_cell(called), *(_figures(name, place) for place in range(len(letters))))
    console.print(Padding(table, (0, 0, 0, 2)))
    for letter, each in zip(letters, contest.sources, strict=True):
        said = [f"{letter} {words.source(each.header)}", *_said_of(each, words)]
        console.print(Padding(Text(printable(" · ".join(said)), style="dim"), (0, 0, 0, 2)))
        if each.header.url:
            console.print(Padding(Text(printable(each.header.url), style="dim"), (0, 0, 0, 4)))
    console.print()


def _figures(name: ContestName, place: int) -> Text:
    """Write the figures that one source has for a name; those that differ are marked."""
    row = name.rows[place]
    if row is None:
        return Text("")
    told = [
        f"{each.citation.quote}{' ≠' if name.differs(each.measure) else ''}" for each in row.cells
    ]
    return table_cell(" · ".join([*told, *([row.status] if row.status else [])]))


def _said_of(table: ContestTable, words: Wording) -> list[str]:
    """Return what a table says of how much is counted, and as of when."""
    said = [words("results_counted", counted=table.counted)] if table.counted else []
    return [*said, *([words("results_moment", moment=table.moment)] if table.moment else [])]


def results_object(found: Results) -> dict[str, Any]:
    """Return what was found as the object that ``--json`` prints."""
    return {
        "asked": found.asked,
        "as_of": found.as_of.isoformat(timespec="seconds"),
        "contests": [_contest_object(each) for each in found.contests],
        "more": found.more,
    }


def _contest_object(contest: Contest) -> dict[str, Any]:
    """Return one contest: its sources, and the figures of each name by the source's place."""
    return {
        "differ": contest.differs,
        "sources": [
            {
                **source_object(each.header),
                "article": each.article_id,
                "contest": list(each.path),
                "status": each.status,
                "counted": each.counted,
                "moment": each.moment,
            }
            for each in contest.sources
        ],
        "names": [
            {
                "name": name.whose,
                "party": name.party,
                "figures": [
                    _figure_object(cell, place, row.reference, differs=name.differs(cell.measure))
                    for place, row in enumerate(name.rows)
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
    """Return one figure with the quotation that proves it, and where it stands in its file."""
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
