"""Articles: add, list, show, remove, restore, erase."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from rich.console import Console

from ingest import adding, showing
from ingest.adding import Outcome
from ingest.archive import Archive
from ingest.archive.articles import Articles
from ingest.commands.indexing import catch_up, now
from ingest.commands.sources import add_address
from ingest.errors import ArticleNotFoundError, ReadingError
from ingest.model import Decision, Removal, Saved
from ingest.reading import Found, Hints, count, read_bytes, read_path
from ingest.refresh import Round
from ingest.settings import Settings


def add(settings: Settings, options: argparse.Namespace) -> int:
    """Read paths, addresses and standard input, save what they hold, and index it."""
    hints = Hints(options.outlet, options.url, options.title, options.published, options.map or {})
    addresses = [path for path in options.paths if is_address(path)]
    paths = [path for path in options.paths if not is_address(path)]
    total = sum(1 if path == "-" else count(Path(path)) for path in paths)
    found = chain.from_iterable(read(path, hints) for path in paths)
    with Archive.open(settings.archive_url) as archive:
        outcome = showing.with_progress(
            "Reading",
            total,
            lambda told: adding.add(found, archive, now=now(), progress=told),
        )
        for address in addresses:
            for each in add_address(archive, settings, address, hints):
                take(each, outcome)
        note = catch_up(settings, archive)
    return report(outcome, note, as_json=options.json)


def is_address(path: str) -> bool:
    """Tell an address of the web from a path."""
    return path.lower().startswith(("http://", "https://"))


def take(told: Round, outcome: Outcome) -> None:
    """Add what one address held to everything that was added."""
    outcome.saved += told.outcome.saved
    outcome.warnings += [*told.outcome.warnings, *told.notes]
    problems = [*told.failed, *([(told.source.address, told.failure)] if told.failure else [])]
    outcome.problems += [Found(name, problem=ReadingError(why)) for name, why in problems]
    outcome.problems += [
        Found(page.url, problem=ReadingError(f"{page.url} is gone (404 or 410)."))
        for page in told.gone
    ]
    outcome.saved += [Saved(0, 0, Decision.SAME)] * told.unchanged


def report(outcome: Outcome, note: str, *, as_json: bool) -> int:
    """Print what was added; 1 if anything could not be read."""
    for each in outcome.problems:
        print(showing.plain(str(each.problem)), file=sys.stderr)
    for warning in outcome.warnings:
        print(showing.plain(warning), file=sys.stderr)
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


def read(path: str, hints: Hints) -> Iterator[Found]:
    """Read one argument; ``-`` is standard input."""
    if path == "-":
        return read_bytes(sys.stdin.buffer.read(), "standard input", hints)
    return read_path(Path(path), hints)


def list_articles(settings: Settings, options: argparse.Namespace) -> int:
    """List what is kept, newest first."""
    with Archive.open(settings.archive_url) as archive:
        found = archive.articles.listed(
            outlet=options.outlet,
            removed=options.removed,
            removal=Removal.QUARANTINED if options.quarantined else None,
            limit=options.limit,
        )
    if options.json:
        showing.print_json({"articles": [asdict(each) for each in found]})
    elif found:
        Console().print(showing.article_table(found, reasons=options.quarantined))
    else:
        print(
            "Nothing is in quarantine."
            if options.quarantined
            else "No such article is kept. `python -m ingest add PATH` adds coverage."
        )
    return 0


def show(settings: Settings, options: argparse.Namespace) -> int:
    """Show one version of an article, the newest if none is asked for, or what changed in it."""
    with Archive.open(settings.archive_url) as archive:
        article = archive.articles.get(options.number)
        versions = {each.number: each for each in archive.articles.versions(options.number)}
        story = archive.articles.story(options.number)
    wanted = article.versions if options.version is None else options.version
    before = wanted - 1 if options.diff else wanted
    if missing := {wanted, before} - set(versions):
        number = min(missing)
        why = " There is nothing before it to compare." if options.diff and number == 0 else ""
        print(
            f"Article {article.id} has versions 1 to {article.versions}, not {number}.{why}",
            file=sys.stderr,
        )
        return 1
    version = versions[wanted]
    if options.json:
        told = {"article": asdict(article), "version": asdict(version)}
        also = {"story": [each.id for each in story]}
        older = {"before": asdict(versions[before])} if options.diff else {}
        showing.print_json({**told, **also, **older})
    elif options.diff:
        showing.show_difference(versions[before], version, Console())
    else:
        showing.show_version(version, article, Console(), story)
    return 0


def remove(settings: Settings, options: argparse.Namespace) -> int:
    """Take articles out of every search and answer."""
    gone, unknown = [], []
    with Archive.open(settings.archive_url) as archive:
        for number in options.numbers:
            try:
                gone.append(archive.articles.remove(number, now=now()))
            except ArticleNotFoundError as error:
                unknown.append(error)
        note = catch_up(settings, archive)
    for each in unknown:
        print(each, file=sys.stderr)
    if options.json:
        showing.print_json({"removed": [article.id for article in gone], "index": note})
    else:
        for article in gone:
            print(f"Removed {article.id}: {showing.plain(article.header.title)}")
        print(f"{note} Adding the same coverage again restores it." if gone else note)
    return 1 if unknown else 0


def restore(settings: Settings, options: argparse.Namespace) -> int:
    """Let articles be cited again that were removed, are gone, or are in quarantine."""
    return for_each(settings, options, Articles.restore, "restored")


def erase(settings: Settings, options: argparse.Namespace) -> int:
    """Delete every word of articles for good."""
    if not options.yes:
        print("Erasing cannot be undone. Add --yes to do it.", file=sys.stderr)
        return 2
    return for_each(settings, options, Articles.erase, "erased")


def for_each(
    settings: Settings,
    options: argparse.Namespace,
    work: Callable[..., object],
    done: str,
) -> int:
    """Do *work* on each article that is named; unknown numbers stop nothing."""
    worked, unknown = [], []
    with Archive.open(settings.archive_url) as archive:
        for number in options.numbers:
            try:
                work(archive.articles, number, now=now())
                worked.append(number)
            except ArticleNotFoundError as error:
                unknown.append(error)
        note = catch_up(settings, archive)
    for each in unknown:
        print(each, file=sys.stderr)
    if options.json:
        showing.print_json({done: worked, "index": note})
    else:
        for number in worked:
            print(f"{done.capitalize()} {number}.")
        print(note)
    return 1 if unknown else 0
