"""Commands on articles: add, list, show, remove, restore, erase."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ingest import adding
from ingest.adding import AddingOutcome
from ingest.archive import Archive
from ingest.archive.articles import Articles
from ingest.commands import output
from ingest.commands.indexing import apply_to_each, catch_up
from ingest.commands.options import (
    READ_MAPPING,
    READ_MOMENT,
    AsJson,
    Numbers,
    Yes,
    configured,
    now,
    usage_error,
)
from ingest.commands.source_commands import add_address
from ingest.environment import Settings
from ingest.errors import ReadingError
from ingest.fetching.identities import WEB_SCHEMES
from ingest.model import Decision, Removal, Saved
from ingest.process.starting import as_called
from ingest.reading import FoundArticle, Hints, read_bytes, read_path
from ingest.refresh import SourceRound

_TABLE_ROWS = 1000
"""Articles read and printed as one table."""


def add_command(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH", help='Files, folders, addresses, or "-".')
    ],
    outlet: Annotated[str | None, typer.Option(help="Who published it.")] = None,
    url: Annotated[str | None, typer.Option(help="Where it stands.")] = None,
    title: Annotated[str | None, typer.Option(help="Its title.")] = None,
    published: Annotated[
        date | None, typer.Option(parser=READ_MOMENT, metavar="DATE", help="Its date.")
    ] = None,
    fields: Annotated[
        dict[str, str] | None,
        typer.Option(
            "--map",
            parser=READ_MAPPING,
            metavar="OURS=THEIRS,…",
            help="Fields in JSON Lines, or columns of results (votes=tally).",
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Read coverage and save it: files, folders, web addresses, standard input."""
    settings = configured(Settings)
    hints = Hints(outlet, url, title, published, fields or {})
    addresses = [path for path in paths if _is_address(path)]
    paths = [path for path in paths if not _is_address(path)]
    items = chain.from_iterable(_read(path, hints) for path in paths)
    with Archive.open(settings.archive_url) as archive:
        outcome = output.with_progress(
            "Reading",
            None,
            lambda progress: adding.add(items, archive, now=now(), progress=progress),
        )
        for address in addresses:
            for source_round in add_address(archive, settings, address, hints):
                _add_round(source_round, outcome)
        note = catch_up(settings, archive)
    return _report(outcome, note, as_json=as_json)


def _is_address(path: str) -> bool:
    """Return True if an argument is a web address rather than a path."""
    return path.lower().startswith(WEB_SCHEMES)


def _add_round(source_round: SourceRound, outcome: AddingOutcome) -> None:
    """Add the outcome of one address to the total outcome."""
    outcome.saved += source_round.outcome.saved
    outcome.warnings += [*source_round.outcome.warnings, *source_round.notes]
    problems = [
        *source_round.failed,
        *([(source_round.source.address, source_round.failure)] if source_round.failure else []),
    ]
    outcome.problems += [
        FoundArticle(name, problem=ReadingError(reason)) for name, reason in problems
    ]
    outcome.problems += [
        FoundArticle(page.url, problem=ReadingError(f"{page.url} is gone (404 or 410)."))
        for page in source_round.gone
    ]
    outcome.saved += [Saved(0, 0, Decision.SAME)] * source_round.unchanged


def _report(outcome: AddingOutcome, note: str, *, as_json: bool) -> int:
    """Print the outcome; return 1 if anything could not be read."""
    for problem in outcome.problems:
        print(output.printable(str(problem.problem)), file=sys.stderr)
    for warning in outcome.warnings:
        print(output.printable(warning), file=sys.stderr)
    if as_json:
        failed = [
            {"name": problem.name, "problem": str(problem.problem)} for problem in outcome.problems
        ]
        output.print_json(
            {
                **outcome.counts,
                "articles": [asdict(saved) for saved in outcome.saved],
                "problems": failed,
                "warnings": outcome.warnings,
                "index": note,
            }
        )
    else:
        summary = ", ".join(
            f"{number:,} {label}" for label, number in outcome.counts.items() if number
        )
        print(f"{summary or 'Nothing'}. {note}")
    return 1 if outcome.problems else 0


def _read(path: str, hints: Hints) -> Iterator[FoundArticle]:
    """Read one argument; ``-`` is standard input."""
    if path == "-":
        return read_bytes(sys.stdin.buffer.read(), "standard input", hints)
    return read_path(Path(path), hints)


def list_command(
    outlet: Annotated[str | None, typer.Option(help="Only this outlet's.")] = None,
    removed: Annotated[
        bool, typer.Option("--removed", help="Only what is not cited any more.")
    ] = False,
    quarantined: Annotated[
        bool, typer.Option("--quarantined", help="Only what is in quarantine.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many.")] = None,
    as_json: AsJson = False,
) -> int:
    """List the stored articles, newest first."""
    removal = Removal.QUARANTINED if quarantined else None
    with Archive.open(configured(Settings).archive_url) as archive:
        stored = archive.articles
        if limit is None:
            parts = stored.in_parts(_TABLE_ROWS, outlet=outlet, removed=removed, removal=removal)
        else:
            matches = stored.listed(outlet=outlet, removed=removed, removal=removal, limit=limit)
            parts = iter([matches])
        if as_json:
            output.print_list("articles", (asdict(article) for part in parts for article in part))
            return 0
        is_empty = True
        for part in filter(None, parts):
            is_empty = False
            Console().print(output.article_table(part, reasons=quarantined))
    if is_empty and quarantined:
        print("Nothing is in quarantine.")
    elif is_empty:
        print(as_called("No such article is kept. `python -m ingest add PATH` adds coverage."))
    return 0


def show_command(
    number: Annotated[int, typer.Argument(help="The article's number in `list`.")],
    version: Annotated[int | None, typer.Option(help="An older version.")] = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="What it changed of the one before.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Show one version of an article, by default the newest, or its changes."""
    with Archive.open(configured(Settings).archive_url) as archive:
        article = archive.articles.get(number)
        versions = {item.number: item for item in archive.articles.versions(number)}
        story = archive.articles.story(number)
    chosen = article.versions if version is None else version
    before = chosen - 1 if diff else chosen
    if unknown := {chosen, before} - set(versions):
        message = f"Article {article.id} has versions 1 to {article.versions}, not {min(unknown)}."
        if unknown == {0} and diff:
            message = f"Article {article.id} has no version before its first one."
        print(message, file=sys.stderr)
        return 1
    chosen_version = versions[chosen]
    if as_json:
        record = {"article": asdict(article), "version": asdict(chosen_version)}
        related = {"story": [relative.id for relative in story]}
        older = {"before": asdict(versions[before])} if diff else {}
        output.print_json({**record, **related, **older})
    elif diff:
        output.show_difference(versions[before], chosen_version, Console())
    else:
        output.show_version(chosen_version, article, Console(), story)
    return 0


def snapshot_command(
    number: Annotated[int, typer.Argument(help="The article's number in `list`.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it: page.warc.gz.")],
    version: Annotated[int | None, typer.Option(help="An older version.")] = None,
) -> int:
    """Write a page as it was fetched to a WARC file, which other programs open."""
    with Archive.open(configured(Settings).archive_url) as archive:
        article = archive.articles.get(number)
        chosen = version or article.versions
        warc = archive.snapshots.get(article.id, chosen)
    if warc is None:
        print(
            f"Of article {number}, version {chosen}, no snapshot is kept: it was not fetched, or "
            "SNAPSHOT_DAYS are over.",
            file=sys.stderr,
        )
        return 1
    file.write_bytes(warc)
    print(f"Wrote {file}, SHA-256 {hashlib.sha256(warc).hexdigest()}.")
    return 0


def remove_command(numbers: Numbers, as_json: AsJson = False) -> int:
    """Remove articles from every search and answer."""
    advice = "Adding the same coverage again restores it."
    return apply_to_each(numbers, Articles.remove, "removed", as_json=as_json, advice=advice)


def erase_command(numbers: Numbers, yes: Yes = False, as_json: AsJson = False) -> int:
    """Delete every word of articles for good."""
    if not yes:
        return usage_error("Erasing cannot be undone. Add --yes to do it.")
    return apply_to_each(numbers, Articles.erase, "erased", as_json=as_json)
