"""The search command: the evidence for a question, with its scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ingest.archive import Archive
from ingest.commands import output
from ingest.commands.batch import BadLineError, questions
from ingest.commands.indexing import open_index
from ingest.commands.options import READ_MOMENT, AsJson, Batch, configured, now, usage_error
from ingest.errors import SettingsError
from ingest.index.scope import question_scope
from ingest.index.search import search
from ingest.language.detecting import language_of
from ingest.model import Evidence, Moment, Scope, day_of
from ingest.process.invocation import as_called
from ingest.reading.text import clean_line
from ingest.settings import Settings


def search_command(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    batch: Batch = None,
    outlet: Annotated[
        list[str] | None, typer.Option(help="Only this outlet's; may be repeated.")
    ] = None,
    since: Annotated[date | None, typer.Option(parser=READ_MOMENT, metavar="DATE")] = None,
    until: Annotated[date | None, typer.Option(parser=READ_MOMENT, metavar="DATE")] = None,
    today: Annotated[
        date | None,
        typer.Option(parser=READ_MOMENT, metavar="DATE", help="The day to count back from."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Passages.")] = 10,
    as_json: AsJson = False,
) -> int:
    """Show the evidence for a question, or for each in a file, with its scores."""
    if (question is None) == (batch is None):
        return usage_error("Give one question, or --batch FILE.")
    settings = configured(Settings)
    with Archive.open(settings.archive_url) as archive, open_index(settings, archive) as index:
        if index.behind():
            output.with_progress("Indexing", None, index.catch_up)
        outlets, day = archive.outlets.names(), day_of(today or now())
        scope = _scope_of(outlet or (), since, until, outlets)

        def find(text: str, timings: dict[str, float]) -> list[Evidence]:
            return search(
                index,
                archive,
                text,
                names=question_scope(text, outlets, day, language_of(text)),
                limit=limit,
                scope=scope,
                timings=timings,
            )

        if batch is not None:
            return _search_batch(batch, find)
        timings: dict[str, float] = {}
        results = find(clean_line(question or ""), timings)
    if as_json:
        evidence = [asdict(result) for result in results]
        output.print_json({"evidence": evidence, "timings": timings})
    elif results:
        Console().print(output.evidence_table(results))
    else:
        print(as_called("Nothing was found. `python -m ingest list` shows what is kept."))
    return 0


def _search_batch(path: Path, find: Callable[[str, dict[str, float]], list[Evidence]]) -> int:
    """Print one object for each question; return 1 if any line held none."""
    failed = 0
    for number, question in questions(path):
        if isinstance(question, BadLineError):
            failed = 1
            output.print_line({"line": number, "error": str(question)})
            continue
        timings: dict[str, float] = {}
        results = find(clean_line(question), timings)
        evidence = [asdict(result) for result in results]
        output.print_line({"question": question, "evidence": evidence, "timings": timings})
    return failed


def _scope_of(
    names: Sequence[str], since: Moment | None, until: Moment | None, outlets: Sequence[str]
) -> Scope | None:
    """Return the scope of a search; *outlets* are those in the archive.

    Raises:
        SettingsError: there is no such outlet.
    """
    outlet_of = {outlet.casefold(): outlet for outlet in outlets}
    cleaned = [clean_line(outlet) for outlet in names]
    if unknown := [outlet for outlet in cleaned if outlet.casefold() not in outlet_of]:
        raise SettingsError(
            f"Nothing is kept of {unknown[0]}. `python -m ingest status` lists the outlets."
        )
    scope = Scope(
        tuple(outlet_of[outlet.casefold()] for outlet in cleaned),
        day_of(since) if since else None,
        day_of(until) if until else None,
    )
    return None if scope == Scope() else scope
