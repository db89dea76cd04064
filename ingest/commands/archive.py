"""Commands on the archive as a whole: copy, backup, restore, status."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ingest.archive import Archive, backup
from ingest.archive.backup import copy
from ingest.commands import output
from ingest.commands.indexing import catch_up, restored
from ingest.commands.options import AsJson, Yes, configured, now, usage_error
from ingest.embedding.embedder import better_model
from ingest.environment import Settings
from ingest.index.ownership import owner
from ingest.process.starting import as_called


def copy_command(
    database: Annotated[str, typer.Argument(help="Its address, postgresql://… or sqlite:///…")],
    as_json: AsJson = False,
) -> int:
    """Copy the archive into another, empty database."""
    with (
        Archive.open(configured(Settings).archive_url) as archive,
        Archive.open(database) as target,
    ):
        rows = output.with_progress("Copying", None, partial(copy, archive, target))
        count = target.summary().articles
    sentence = f"Copied {count:,} articles ({rows:,} rows). Now set DATABASE_URL to that database."
    output.print_result({"rows": rows, "articles": count}, sentence, as_json=as_json)
    return 0


def backup_command(
    file: Annotated[Path, typer.Argument(help="A new file.")], as_json: AsJson = False
) -> int:
    """Write the archive into one file, while it is used."""
    with Archive.open(configured(Settings).archive_url) as archive:
        contents = output.with_progress("Backing up", None, partial(backup.back_up, archive, file))
    size = file.stat().st_size
    sentence = as_called(
        f"{file} holds {contents.articles:,} articles ({size / 2**20:,.1f} MB) and was verified. "
        f"`python -m ingest restore {file}` restores it."
    )
    record = {"file": str(file), "bytes": size, **asdict(contents)}
    output.print_result(record, sentence, as_json=as_json)
    return 0


def restore_command(
    targets: Annotated[
        list[str],
        typer.Argument(metavar="NUMBER|FILE", help="Numbers of articles, or a backup's file."),
    ],
    yes: Yes = False,
    as_json: AsJson = False,
) -> int:
    """Make removed or quarantined articles citable again, or restore a backup."""
    if all(target.isdecimal() for target in targets):
        return restored([int(target) for target in targets], as_json=as_json)
    if len(targets) > 1:
        return usage_error("Give numbers of articles, or one file of a backup.")
    settings = configured(Settings)
    with Archive.open(settings.archive_url) as archive:
        summary = archive.summary()
        if summary.versions and not yes:
            return usage_error(
                f"The archive holds {summary.articles:,} articles, which the backup would replace. "
                "Add --yes to do it; `python -m ingest backup FILE` keeps them."
            )
        work = partial(backup.restore, archive, Path(targets[0]))
        contents = output.with_progress("Restoring", None, work)
        note = catch_up(settings, archive)
    sentence = (
        f"The archive holds {contents.articles:,} articles, as the backup does. {note}\n"
        "What was erased after the backup was made is back: erase it again."
    )
    output.print_result({**asdict(contents), "index": note}, sentence, as_json=as_json)
    return 0


def status_command(as_json: AsJson = False) -> int:
    """Show the contents of the archive, their age, failures, and the state of the index."""
    from ingest.index.cutting import cut_by_older_rules  # its libraries take a while to load

    settings = configured(Settings)
    with Archive.open(settings.archive_url) as archive:
        summary, passages = archive.summary(), archive.passages.count()
        generation = archive.generations.active()
        sources = archive.sources.watched()
        removals = archive.articles.removals()
    holder = owner(settings.data_dir / "index") if settings.chroma_url is None else None
    backlog = summary.last_change - (generation.caught_up_to if generation else 0)
    if as_json:
        output.print_json(
            {
                **asdict(summary),
                "passages": passages,
                "generation": asdict(generation) if generation else None,
                "better_model": better_model(generation.model, settings) if generation else None,
                "older_rules": cut_by_older_rules(generation) if generation else None,
                "changes_waiting": backlog,
                "index_owner": holder,
                "sources": [asdict(source) for source in sources],
                "removals": {str(reason): count for reason, count in removals.items()},
                "data_dir": str(settings.data_dir),
            }
        )
        return 0
    console = Console()
    if summary.articles:
        console.print(output.summary_table(summary, now()))
        console.print()
    if sources:
        console.print(output.sources_table(sources))
        console.print()
    not_cited = ", ".join(f"{count:,} {reason}" for reason, count in removals.items()) or "none"
    print(
        f"{summary.articles:,} articles, {summary.versions:,} versions, "
        f"{passages:,} passages; not cited: {not_cited}. Kept in {settings.data_dir}."
    )
    if summary.changed_at:
        print(f"The archive last changed {output.ago(summary.changed_at, now())}.")
    if generation:
        state = f"{backlog:,} changes wait" if backlog else "up to date"
        age = output.ago(generation.created_at, now())
        print(f"The index: generation {generation.id} of {age}, {generation.model}, {state}.")
        rebuild = as_called("`python -m ingest rebuild`")
        if model := better_model(generation.model, settings):
            print(f"{rebuild} changes over to {model}, which finds more.")
        elif cut_by_older_rules(generation):
            print(f"{rebuild} cuts its passages anew, by the rules of this release.")
    print(f"It belongs to {holder}." if holder else "No process owns it at the moment.")
    return 0
