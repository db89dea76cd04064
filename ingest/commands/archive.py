"""The archive as a whole: what it holds, what was answered from it, a copy of it."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

from rich.console import Console

from ingest import showing
from ingest.archive import Archive, backup
from ingest.archive.copying import copy as copy_archive
from ingest.commands import articles
from ingest.commands.indexing import catch_up, now
from ingest.embedding.embedder import better
from ingest.index.ownership import owner
from ingest.settings import Settings


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


def back_up(settings: Settings, options: argparse.Namespace) -> int:
    """Write the archive of the settings into one file."""
    with Archive.open(settings.archive_url) as archive:
        held = showing.with_progress(
            "Backing up", None, partial(backup.back_up, archive, options.file)
        )
    size = options.file.stat().st_size
    if options.json:
        showing.print_json({"file": str(options.file), "bytes": size, **asdict(held)})
    else:
        print(
            f"{options.file} holds {held.articles:,} articles ({size / 2**20:,.1f} MB) and was read"
            f" again. `python -m ingest restore {options.file}` takes it back."
        )
    return 0


def restore(settings: Settings, options: argparse.Namespace) -> int:
    """Let articles be cited again, or the archive hold what a backup holds."""
    if all(each.isdecimal() for each in options.what):
        options.numbers = [int(each) for each in options.what]
        return articles.restore(settings, options)
    if len(options.what) > 1:
        print("Give numbers of articles, or one file of a backup.", file=sys.stderr)
        return 2
    with Archive.open(settings.archive_url) as archive:
        kept = archive.summary()
        if kept.versions and not options.yes:
            print(
                f"The archive holds {kept.articles:,} articles, which the backup would replace. "
                "Add --yes to do it; `python -m ingest backup FILE` keeps them.",
                file=sys.stderr,
            )
            return 2
        work = partial(backup.restore, archive, Path(options.what[0]))
        held = showing.with_progress("Restoring", None, work)
        note = catch_up(settings, archive)
    if options.json:
        showing.print_json({**asdict(held), "index": note})
    else:
        print(f"The archive holds {held.articles:,} articles, as the backup does. {note}")
        print("What was erased after the backup was made is back: erase it again.")
    return 0


def status(settings: Settings, options: argparse.Namespace) -> int:
    """Show what is kept, how fresh it is, what failed, and whether the index holds it."""
    with Archive.open(settings.archive_url) as archive:
        summary = archive.summary()
        generation = archive.generations.active()
        sources = archive.sources.watched()
        removals = archive.articles.removals()
    holder = owner(settings.data_dir / "index") if settings.chroma_url is None else None
    waiting = summary.last_change - (generation.caught_up_to if generation else 0)
    if options.json:
        showing.print_json(
            {
                **asdict(summary),
                "generation": asdict(generation) if generation else None,
                "better_model": better(generation.model, settings) if generation else None,
                "changes_waiting": waiting,
                "index_owner": holder,
                "sources": [asdict(each) for each in sources],
                "removals": {str(why): count for why, count in removals.items()},
                "data_dir": str(settings.data_dir),
            }
        )
        return 0
    console = Console()
    if summary.articles:
        console.print(showing.summary_table(summary, now()))
        console.print()
    if sources:
        console.print(showing.sources_table(sources))
        console.print()
    apart = ", ".join(f"{count:,} {why}" for why, count in removals.items()) or "none"
    print(
        f"{summary.articles:,} articles, {summary.versions:,} versions, "
        f"{summary.passages:,} passages; not cited: {apart}. Kept in {settings.data_dir}."
    )
    if summary.changed_at:
        print(f"The archive last changed {showing.ago(summary.changed_at, now())}.")
    if generation:
        state = f"{waiting:,} changes wait" if waiting else "up to date"
        made = showing.ago(generation.created_at, now())
        print(f"The index: generation {generation.id} of {made}, {generation.model}, {state}.")
        if model := better(generation.model, settings):
            print(f"`python -m ingest rebuild` changes over to {model}, which finds more.")
    print(f"It belongs to {holder}." if holder else "No process owns it at the moment.")
    return 0
