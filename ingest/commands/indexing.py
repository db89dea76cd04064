"""Commands on the index: catch up, rebuild, roll back, check."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Annotated

import typer

from ingest.archive import Archive
from ingest.commands import output
from ingest.commands.options import AsJson, configured, now
from ingest.embedding.embedder import embedder
from ingest.errors import EmbeddingError, IndexOwnedError, IndexUnavailableError, SettingsError
from ingest.index.checking import faults, repair
from ingest.index.index import Index
from ingest.index.ownership import owner
from ingest.index.rebuilding import rebuild, roll_back
from ingest.process.invocation import as_called
from ingest.settings import Settings


def catch_up(settings: Settings, archive: Archive) -> str:
    """Update the index, and return a sentence with the result, also if it fails."""
    try:
        return _update_index(settings, archive)
    except (EmbeddingError, IndexUnavailableError, SettingsError) as error:
        return as_called(
            f"The archive holds it, but it is not searchable yet: {error} "
            "After that, `python -m ingest index` catches up."
        )


def _update_index(settings: Settings, archive: Archive) -> str:
    """Update the index, and return a sentence with the result or the owner of the index."""
    try:
        with open_index(settings, archive) as index:
            if not index.behind():
                return "The index holds all of it."
            embedded = output.with_progress("Indexing", None, index.catch_up)
    except IndexOwnedError:
        holder = owner(settings.data_dir / "index") or "Another process"
        return f"The index belongs to {holder}, which catches up within seconds."
    return f"The index holds all of it; {embedded:,} passages were embedded."


@contextmanager
def open_index(settings: Settings, archive: Archive) -> Iterator[Index]:
    """Open the index for one command."""
    with Index.open(
        archive,
        embedder(settings, archive.generations.serving_model()),
        settings,
        holder="`python -m ingest`",
        now=now(),
    ) as index:
        yield index


def index_command(as_json: AsJson = False) -> int:
    """Update the index with the changes of the archive."""
    settings = configured(Settings)
    with Archive.open(settings.archive_url) as archive:
        note = _update_index(settings, archive)
    if as_json:
        output.print_json({"index": note})
    else:
        print(note)
    return 0


def rebuild_command(as_json: AsJson = False) -> int:
    """Rebuild the index with the model that the settings choose."""
    settings = configured(Settings)
    with Archive.open(settings.archive_url) as archive:
        generation = output.with_progress(
            "Indexing",
            None,
            lambda progress: rebuild(
                archive,
                embedder(settings),
                settings,
                holder="`python -m ingest rebuild`",
                now=now(),
                progress=progress,
            ),
        )
    if as_json:
        output.print_json({"generation": asdict(generation)})
    else:
        print(f"Generation {generation.id} serves, built with {generation.model}.")
    return 0


def rollback_command(as_json: AsJson = False) -> int:
    """Serve the generation again that served before the last rebuild."""
    with Archive.open(configured(Settings).archive_url) as archive:
        generation = roll_back(archive, now=now())
    if as_json:
        output.print_json({"generation": asdict(generation)})
    else:
        print(
            f"Generation {generation.id} serves again, built with {generation.model}. "
            "Set EMBEDDING_MODEL to that model if it is another one now."
        )
    return 0


def check_command(
    repairing: Annotated[bool, typer.Option("--repair", help="Mend what differs.")] = False,
    as_json: AsJson = False,
) -> int:
    """Compare the index with the archive, and repair differences with --repair."""
    settings = configured(Settings)
    with Archive.open(settings.archive_url) as archive, open_index(settings, archive) as index:
        with suppress(IndexUnavailableError):  # faults() reports it
            if index.behind():
                output.with_progress("Indexing", None, index.catch_up)
        before = faults(index)
        if before and repairing:
            repair(index, before)
        remaining = faults(index) if before and repairing else before
    if as_json:
        output.print_json({"faults": asdict(before), "left": asdict(remaining)})
    elif not before:
        print("The index holds what the archive holds, passage by passage.")
    else:
        print(f"The index differs: {before}.")
        print(f"After the repair: {remaining}." if repairing else "`check --repair` mends it.")
    return 1 if remaining else 0
