"""Articles: add, list, show, remove, restore, erase."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ingest import adding, showing
from ingest.adding import AddingOutcome
from ingest.archive import Archive
from ingest.archive.articles import Articles
from ingest.calling import as_called
from ingest.commands.indexing import catch_up
from ingest.commands.options import (
    READ_MAPPING,
    READ_MOMENT,
    AsJson,
    Numbers,
    Yes,
    configured,
    misused,
    now,
)
from ingest.commands.sources import add_address
from ingest.errors import ArticleNotFoundError, ReadingError
from ingest.model import Decision, Removal, Saved
from ingest.reading import FoundArticle, Hints, read_bytes, read_path
from ingest.refresh import SourceRound
from ingest.settings import Settings

_A_TABLE = 1000
"""Articles that are read and printed together."""


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
    """Read coverage and save it: files, folders, addresses of the web, standard input."""
    settings = configured(Settings)
    hints = Hints(outlet, url, title, published, fields or {})
    addresses = [path for path in paths if _is_address(path)]
    paths = [path for path in paths if not _is_address(path)]
    found = chain.from_iterable(_read(path, hints) for path in paths)
    with Archive.open(settings.archive_url) as archive:
        outcome = showing.with_progress(
            "Reading",
            None,
            lambda told: adding.add(found, archive, now=now(), progress=told),
        )
        for address in addresses:
            for each in add_address(archive, settings, address, hints):
                _take(each, outcome)
        note = catch_up(settings, archive)
    return _report(outcome, note, as_json=as_json)


def _is_address(path: str) -> bool:
    """Tell an address of the web from a path."""
    return path.lower().startswith(("http://", "https://"))


def _take(told: SourceRound, outcome: AddingOutcome) -> None:
    """Add what one address held to everything that was added."""
    outcome.saved += told.outcome.saved
    outcome.warnings += [*told.outcome.warnings, *told.notes]
    problems = [*told.failed, *([(told.source.address, told.failure)] if told.failure else [])]
    outcome.problems += [FoundArticle(name, problem=ReadingError(why)) for name, why in problems]
    outcome.problems += [
        FoundArticle(page.url, problem=ReadingError(f"{page.url} is gone (404 or 410)."))
        for page in told.gone
    ]
    outcome.saved += [Saved(0, 0, Decision.SAME)] * told.unchanged


def _report(outcome: AddingOutcome, note: str, *, as_json: bool) -> int:
    """Print what was added; 1 if anything could not be read."""
    for each in outcome.problems:
        print(showing.printable(str(each.problem)), file=sys.stderr)
    for warning in outcome.warnings:
        print(showing.printable(warning), file=sys.stderr)
    if as_json:
        failed = [{"name": each.name, "problem": str(each.problem)} for each in outcome.problems]
        showing.print_json(
            {
                **outcome.counts,
                "articles": [asdict(each) for each in outcome.saved],
                "problems": failed,
                "warnings": outcome.warnings,
                "index": note,
            }
        )
    else:
        told = ", ".join(f"{number:,} {what}" for what, number in outcome.counts.items() if number)
        print(f"{told or 'Nothing'}. {note}")
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
    """List what is kept, newest first."""
    removal = Removal.QUARANTINED if quarantined else None
    with Archive.open(configured(Settings).archive_url) as archive:
        kept = archive.articles
        if limit is None:
            parts = kept.in_parts(_A_TABLE, outlet=outlet, removed=removed, removal=removal)
        else:
            found = kept.listed(outlet=outlet, removed=removed, removal=removal, limit=limit)
            parts = iter([found])
        if as_json:
            showing.print_list("articles", (asdict(each) for part in parts for each in part))
            return 0
        none = True
        for part in filter(None, parts):
            none = False
            Console().print(showing.article_table(part, reasons=quarantined))
    if none and quarantined:
        print("Nothing is in quarantine.")
    elif none:
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
    """Show one version of an article, the newest if none is asked for, or what changed in it."""
    with Archive.open(configured(Settings).archive_url) as archive:
        article = archive.articles.get(number)
        versions = {each.number: each for each in archive.articles.versions(number)}
        story = archive.articles.story(number)
    wanted = article.versions if version is None else version
    before = wanted - 1 if diff else wanted
    if missing := {wanted, before} - set(versions):
        least = min(missing)
        why = " There is nothing before it to compare." if diff and least == 0 else ""
        print(
            f"Article {article.id} has versions 1 to {article.versions}, not {least}.{why}",
            file=sys.stderr,
        )
        return 1
    shown = versions[wanted]
    if as_json:
        told = {"article": asdict(article), "version": asdict(shown)}
        also = {"story": [each.id for each in story]}
        older = {"before": asdict(versions[before])} if diff else {}
        showing.print_json({**told, **also, **older})
    elif diff:
        showing.show_difference(versions[before], shown, Console())
    else:
        showing.show_version(shown, article, Console(), story)
    return 0


def snapshot_command(
    number: Annotated[int, typer.Argument(help="The article's number in `list`.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it: page.warc.gz.")],
    version: Annotated[int | None, typer.Option(help="An older version.")] = None,
) -> int:
    """Write a page as it was fetched to a WARC file, which other programs open."""
    with Archive.open(configured(Settings).archive_url) as archive:
        article = archive.articles.get(number)
        wanted = version or article.versions
        warc = archive.snapshots.get(article.id, wanted)
    if warc is None:
        print(
            f"Of article {number}, version {wanted}, no snapshot is kept: it was not fetched, or "
            "SNAPSHOT_DAYS are over.",
            file=sys.stderr,
        )
        return 1
    file.write_bytes(warc)
    print(f"Wrote {file}, SHA-256 {hashlib.sha256(warc).hexdigest()}.")
    return 0


def remove_command(numbers: Numbers, as_json: AsJson = False) -> int:
    """Take articles out of every search and answer."""
    settings = configured(Settings)
    gone, unknown = [], []
    with Archive.open(settings.archive_url) as archive:
        for number in numbers:
            try:
                gone.append(archive.articles.remove(number, now=now()))
            except ArticleNotFoundError as error:
                unknown.append(error)
        note = catch_up(settings, archive)
    for each in unknown:
        print(each, file=sys.stderr)
    if as_json:
        showing.print_json({"removed": [article.id for article in gone], "index": note})
    else:
        for article in gone:
            print(f"Removed {article.id}: {showing.printable(article.header.title)}")
        print(f"{note} Adding the same coverage again restores it." if gone else note)
    return 1 if unknown else 0


def restored(numbers: Sequence[int], *, as_json: bool) -> int:
    """Let articles be cited again that were removed, are gone, or are in quarantine."""
    return _for_each(numbers, Articles.restore, "restored", as_json=as_json)


def erase_command(numbers: Numbers, yes: Yes = False, as_json: AsJson = False) -> int:
    """Delete every word of articles for good."""
    if not yes:
        return misused("Erasing cannot be undone. Add --yes to do it.")
    return _for_each(numbers, Articles.erase, "erased", as_json=as_json)


def _for_each(
    numbers: Sequence[int], work: Callable[..., object], done: str, *, as_json: bool
) -> int:
    """Do *work* on each article that is named; unknown numbers stop nothing."""
    settings = configured(Settings)
    worked, unknown = [], []
    with Archive.open(settings.archive_url) as archive:
        for number in numbers:
            try:
                work(archive.articles, number, now=now())
                worked.append(number)
            except ArticleNotFoundError as error:
                unknown.append(error)
        note = catch_up(settings, archive)
    for each in unknown:
        print(each, file=sys.stderr)
    if as_json:
        showing.print_json({done: worked, "index": note})
    else:
        for number in worked:
            print(f"{done.capitalize()} {number}.")
        print(note)
    return 1 if unknown else 0
