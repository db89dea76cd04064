"""Search: the evidence for a question, and why it was found."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from ingest import showing
from ingest.archive import Archive
from ingest.batch import BadLineError, questions
from ingest.commands.indexing import now, opened
from ingest.errors import SettingsError
from ingest.index.scope import asked
from ingest.index.search import search as search_index
from ingest.model import Evidence, Scope, day_of
from ingest.reading.text import clean_line
from ingest.settings import Settings


def search(settings: Settings, options: argparse.Namespace) -> int:
    """Show the evidence for a question, or for each of a file of them, and why it was found."""
    if (options.question is None) == (options.batch is None):
        print("Give one question, or --batch FILE.", file=sys.stderr)
        return 2
    with Archive.open(settings.archive_url) as archive, opened(settings, archive) as index:
        if index.behind():
            showing.with_progress("Indexing", None, index.catch_up)
        outlets, today = archive.outlets.names(), day_of(options.today or now())
        scope = scope_of(options, outlets)

        def look(question: str, timings: dict[str, float]) -> list[Evidence]:
            names = asked(question, outlets, today)
            return search_index(
                index,
                archive,
                question,
                names=names,
                limit=options.limit,
                scope=scope,
                timings=timings,
            )

        if options.batch is not None:
            return search_batch(options.batch, look)
        timings: dict[str, float] = {}
        found = look(clean_line(options.question), timings)
    if options.json:
        evidence = [asdict(each) for each in found]
        showing.print_json({"evidence": evidence, "timings": timings})
    elif found:
        Console().print(showing.evidence_table(found))
    else:
        print("Nothing was found. `python -m ingest list` shows what is kept.")
    return 0


def search_batch(path: Path, look: Callable[[str, dict[str, float]], list[Evidence]]) -> int:
    """Print one object a question, each on a line of its own; 1 if any line held none."""
    failed = 0
    for number, question in questions(path):
        if isinstance(question, BadLineError):
            failed = 1
            showing.print_line({"line": number, "error": str(question)})
            continue
        timings: dict[str, float] = {}
        found = look(clean_line(question), timings)
        evidence = [asdict(each) for each in found]
        showing.print_line({"question": question, "evidence": evidence, "timings": timings})
    return failed


def scope_of(options: argparse.Namespace, outlets: Sequence[str]) -> Scope | None:
    """Return the outlets and days that the options bound a search to.

    Raises:
        SettingsError: there is no such outlet.
    """
    known = {outlet.casefold(): outlet for outlet in outlets}
    wanted = [clean_line(outlet) for outlet in options.outlet or ()]
    if unknown := [outlet for outlet in wanted if outlet.casefold() not in known]:
        raise SettingsError(
            f"Nothing is kept of {unknown[0]}. `python -m ingest status` lists the outlets."
        )
    scope = Scope(
        tuple(known[outlet.casefold()] for outlet in wanted),
        day_of(options.since) if options.since else None,
        day_of(options.until) if options.until else None,
    )
    return None if scope == Scope() else scope
