"""One function a command; each returns its exit code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path

from rich.console import Console

from ingest import refresh, showing
from ingest.archive import Archive
from ingest.archive.copying import copy as copy_archive
from ingest.batch import BadLineError, questions
from ingest.errors import (
    ArticleNotFoundError,
    EmbeddingError,
    IndexOwnedError,
    IndexUnavailableError,
    SettingsError,
)
from ingest.index.embedding import embedder
from ingest.index.index import Index
from ingest.index.ownership import owner
from ingest.index.rebuilding import rebuild as rebuild_index
from ingest.index.scope import asked
from ingest.index.search import search as search_index
from ingest.model import Evidence, Scope, day_of
from ingest.reading import Found, Hints, count, read_bytes, read_path
from ingest.reading.text import clean_line
from ingest.settings import Settings


def add(settings: Settings, options: argparse.Namespace) -> int:
    """Read paths and standard input, save what they hold, and let the index catch up."""
    hints = Hints(options.outlet, options.url, options.title, options.published, options.map or {})
    total = sum(1 if path == "-" else count(Path(path)) for path in options.paths)
    found = chain.from_iterable(read(path, hints) for path in options.paths)
    with Archive.open(settings.archive_url) as archive:
        outcome = showing.with_progress(
            "Reading",
            total,
            lambda told: refresh.add(found, archive, now=now(), progress=told),
        )
        note = catch_up(settings, archive)
    for each in outcome.problems:
        print(showing.plain(str(each.problem)), file=sys.stderr)
    for warning in outcome.warnings:
        print(showing.plain(warning), file=sys.stderr)
    if options.json:
        failed = [{"name": each.name, "problem": str(each.problem)} for each in outcome.problems]
        articles = [asdict(each) for each in outcome.saved]
        counts = outcome.counts
        showing.print_json(
            {
                **counts,
                "articles": articles,
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


def catch_up(settings: Settings, archive: Archive) -> str:
    """Bring the index up to the archive, or say why not: what the archive holds stays."""
    try:
        return caught_up(settings, archive)
    except (EmbeddingError, IndexUnavailableError, SettingsError) as error:
        return (
            f"The archive holds it, but it is not searchable yet: {error} "
            "After that, `python -m ingest index` catches up."
        )


def caught_up(settings: Settings, archive: Archive) -> str:
    """Bring the index up to the archive, or say who will."""
    try:
        with opened(settings, archive) as index:
            if not index.behind():
                return "The index holds all of it."
            embedded = showing.with_progress("Indexing", None, index.catch_up)
    except IndexOwnedError:
        holder = owner(settings.data_dir / "index") or "Another process"
        return f"The index belongs to {holder}, which catches up within seconds."
    return f"The index holds all of it; {embedded:,} passages were embedded."


@contextmanager
def opened(settings: Settings, archive: Archive) -> Iterator[Index]:
    """Open the index for one command."""
    with Index.open(
        archive, embedder(settings), settings, holder="`python -m ingest`", now=now()
    ) as index:
        yield index


def index(settings: Settings, options: argparse.Namespace) -> int:
    """Let the index catch up with the archive."""
    with Archive.open(settings.archive_url) as archive:
        note = caught_up(settings, archive)
    if options.json:
        showing.print_json({"index": note})
    else:
        print(note)
    return 0


def list_articles(settings: Settings, options: argparse.Namespace) -> int:
    """List what is kept, newest first."""
    with Archive.open(settings.archive_url) as archive:
        found = archive.articles(
            outlet=options.outlet, removed=options.removed, limit=options.limit
        )
    if options.json:
        showing.print_json({"articles": [asdict(each) for each in found]})
    elif found:
        Console().print(showing.article_table(found))
    else:
        print("No such article is kept. `python -m ingest add PATH` adds coverage.")
    return 0


def show(settings: Settings, options: argparse.Namespace) -> int:
    """Show one version of an article, the newest if none is asked for."""
    with Archive.open(settings.archive_url) as archive:
        article = archive.article(options.number)
        versions = archive.versions(options.number)
    wanted = article.versions if options.version is None else options.version
    version = next((each for each in versions if each.number == wanted), None)
    if version is None:
        print(
            f"Article {article.id} has versions 1 to {article.versions}, not {wanted}.",
            file=sys.stderr,
        )
        return 1
    if options.json:
        showing.print_json({"article": asdict(article), "version": asdict(version)})
    else:
        showing.show_version(version, article, Console())
    return 0


def remove(settings: Settings, options: argparse.Namespace) -> int:
    """Take articles out of every search and answer."""
    gone, unknown = [], []
    with Archive.open(settings.archive_url) as archive:
        for number in options.numbers:
            try:
                gone.append(archive.remove(number, now=now()))
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


def search(settings: Settings, options: argparse.Namespace) -> int:
    """Show the evidence for a question, or for each of a file of them, and why it was found."""
    if (options.question is None) == (options.batch is None):
        print("Give one question, or --batch FILE.", file=sys.stderr)
        return 2
    with Archive.open(settings.archive_url) as archive, opened(settings, archive) as index:
        if index.behind():
            showing.with_progress("Indexing", None, index.catch_up)
        outlets, today = archive.outlets(), day_of(options.today or now())
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


def copy(settings: Settings, options: argparse.Namespace) -> int:
    """Copy the archive of the settings into another database."""
    with (
        Archive.open(settings.archive_url) as archive,
        Archive.open(options.database) as target,
    ):
        rows = showing.with_progress("Copying", None, partial(copy_archive, archive, target))
        kept = target.summary().articles
    if options.json:
        showing.print_json({"rows": rows, "articles": kept})
    else:
        print(f"Copied {kept:,} articles ({rows:,} rows). Now set DATABASE_URL to that database.")
    return 0


def answers(settings: Settings, options: argparse.Namespace) -> int:
    """Show the last answers: who wrote them, what they cost, and what was dropped and why."""
    with Archive.open(settings.archive_url) as archive:
        found = archive.answers(limit=options.limit)
        today = archive.spent(now().date())
    if options.json:
        answered = [asdict(each) for each in found]
        showing.print_json({"answers": answered, "spent_today": asdict(today)})
        return 0
    if not found:
        print("Nothing has been asked yet. `make ask` or the bot's /ask begins.")
        return 0
    Console().print(showing.answer_table(found))
    print(
        f"Models wrote {today.answers:,} answers today (UTC): {today.tokens_read:,} tokens read, "
        f"{today.tokens_written:,} written."
    )
    return 0


def status(settings: Settings, options: argparse.Namespace) -> int:
    """Show what is kept, how fresh it is, and whether the index holds it."""
    with Archive.open(settings.archive_url) as archive:
        summary = archive.summary()
        generation = archive.active_generation()
    holder = owner(settings.data_dir / "index") if settings.chroma_url is None else None
    waiting = summary.last_change - (generation.caught_up_to if generation else 0)
    if options.json:
        showing.print_json(
            {
                **asdict(summary),
                "generation": asdict(generation) if generation else None,
                "changes_waiting": waiting,
                "index_owner": holder,
                "data_dir": str(settings.data_dir),
            }
        )
        return 0
    console = Console()
    if summary.articles:
        console.print(showing.summary_table(summary))
        console.print()
    print(
        f"{summary.articles:,} articles, {summary.versions:,} versions, "
        f"{summary.passages:,} passages; {summary.removed:,} removed. Kept in {settings.data_dir}."
    )
    if summary.changed_at:
        print(f"The archive last changed {showing.when(summary.changed_at)} UTC.")
    if generation:
        state = f"{waiting:,} changes wait" if waiting else "up to date"
        print(f"The index: generation {generation.id}, {generation.model}, {state}.")
    print(f"It belongs to {holder}." if holder else "No process owns it at the moment.")
    return 0


def rebuild(settings: Settings, options: argparse.Namespace) -> int:
    """Make the index anew with the model that the settings choose."""
    with Archive.open(settings.archive_url) as archive:
        generation = showing.with_progress(
            "Indexing",
            None,
            lambda told: rebuild_index(
                archive,
                embedder(settings),
                settings,
                holder="`python -m ingest rebuild`",
                now=now(),
                progress=told,
            ),
        )
    if options.json:
        showing.print_json({"generation": asdict(generation)})
    else:
        print(f"Generation {generation.id} serves, built with {generation.model}.")
    return 0


def now() -> datetime:
    """Read the clock; the only place of these commands that does."""
    return datetime.now(UTC)
