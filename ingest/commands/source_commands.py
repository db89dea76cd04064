"""Commands on sources: watch, list, refresh."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from ingest.archive import Archive
from ingest.commands import output
from ingest.commands.indexing import catch_up
from ingest.commands.options import READ_COUNTRY, AsJson, configured, now, usage_error
from ingest.commands.output import printable, sources_table
from ingest.environment import Settings
from ingest.fetching.addresses import pasted_address
from ingest.fetching.fetcher import Fetcher
from ingest.model import Ownership, Permission, Progress, SnapshotLimits, Source
from ingest.process import threads
from ingest.process.starting import as_called
from ingest.reading import Hints
from ingest.refresh import Refresher, SourceRound, keep_fresh
from ingest.refresh_steps import extractor

_HOUR_MINUTES = 60
_NO_SOURCES = "Nothing is watched yet. Start with `python -m ingest watch ADDRESS --outlet NAME`."


def watch_command(
    address: Annotated[str, typer.Argument(help="Where it stands on the web.")],
    outlet: Annotated[str, typer.Option(help="Who publishes it.")],
    permission: Annotated[
        Permission, typer.Option(help="On what basis its text is kept.")
    ] = Permission.UNSTATED,
    every: Annotated[
        int, typer.Option(min=1, metavar="MINUTES", help="How often.")
    ] = _HOUR_MINUTES,
    country: Annotated[
        str | None,
        typer.Option(parser=READ_COUNTRY, metavar="CODE", help="Where the outlet is: JP."),
    ] = None,
    ownership: Annotated[
        Ownership | None, typer.Option(help="Who stands behind the outlet; answers show it.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Watch a feed, a sitemap or a page."""
    with Archive.open(configured(Settings).archive_url) as archive:
        source = archive.sources.watch(
            pasted_address(address), outlet, permission, every, now=now()
        )
        archive.outlets.describe(outlet, country=country, ownership=ownership)
    look = as_called(f"`python -m ingest refresh {source.id}` looks at it now.")
    sentence = (
        f"Source {source.id} is {printable(source.outlet)}, {printable(source.address)}, every "
        f"{source.every} minutes. {look}"
    )
    output.print_result({"source": asdict(source)}, sentence, as_json=as_json)
    return 0


def unwatch_command(
    number: Annotated[int, typer.Argument(help="The source's number in `sources`.")],
    as_json: AsJson = False,
) -> int:
    """Stop watching a source; its articles stay."""
    with Archive.open(configured(Settings).archive_url) as archive:
        source = archive.sources.unwatch(number)
    sentence = f"{printable(source.address)} is looked at no more. Its articles stay."
    output.print_result({"source": asdict(source)}, sentence, as_json=as_json)
    return 0


def sources_command(as_json: AsJson = False) -> int:
    """List the watched sources and their last result."""
    with Archive.open(configured(Settings).archive_url) as archive:
        sources = archive.sources.watched()
    if as_json:
        output.print_json({"sources": [asdict(source) for source in sources]})
    elif sources:
        Console().print(sources_table(sources))
    else:
        print(as_called(_NO_SOURCES))
    return 0


def refresh_command(
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="SOURCE", help="Unset: all of them.")
    ] = None,
    believe: Annotated[
        bool, typer.Option("--believe", help="Remove what is gone, however much it is.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Go on, each source when it is due, until stopped.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Check sources now: fetch new and due pages, and update the index."""
    settings = configured(Settings)
    if keep:
        return _refresh_forever(settings, numbers)
    with Archive.open(settings.archive_url) as archive:
        watched = archive.sources.watched()
        chosen = [archive.sources.get(number) for number in numbers or ()] or watched
        if not chosen:
            print(as_called(_NO_SOURCES))
            return 0
        rounds = _refresh(archive, settings, chosen, believe=believe)
        note = catch_up(settings, archive)
    return _report(rounds, note, as_json=as_json)


def _refresh_forever(settings: Settings, numbers: Sequence[int] | None) -> int:
    """Refresh due sources until the process is stopped; the index's owner updates the index."""
    if numbers:
        return usage_error("--keep looks at every source when it is due. Leave the numbers out.")
    with Archive.open(settings.archive_url) as archive:
        print(f"{len(archive.sources.watched())} sources are looked at when they are due.")
        threads.run(keep_fresh(archive, now, contact=settings.contact, snapshots=_limits(settings)))
    return 0


def _refresh(
    archive: Archive,
    settings: Settings,
    sources: Sequence[Source],
    *,
    believe: bool = False,
    by_hand: bool = False,
    hints: Hints | None = None,
) -> list[SourceRound]:
    """Refresh *sources* with a progress bar."""

    async def work(progress: Progress) -> list[SourceRound]:
        with extractor() as processes:
            async with Fetcher(now, contact=settings.contact) as fetcher:
                refresher = Refresher(
                    archive,
                    fetcher,
                    now,
                    processes,
                    progress=progress,
                    by_hand=by_hand,
                    believe=believe,
                    hints=hints or Hints(),
                    snapshots=_limits(settings),
                )
                return await refresher.refresh(sources)

    return output.with_progress("Refreshing", None, lambda progress: threads.run(work(progress)))


def _limits(settings: Settings) -> SnapshotLimits:
    """Return the limits of stored snapshots."""
    return SnapshotLimits(settings.snapshot_days, settings.snapshot_mb)


def add_address(
    archive: Archive, settings: Settings, address: str, hints: Hints
) -> list[SourceRound]:
    """Fetch a page, or each page in a feed or sitemap, once."""
    source = Source(0, pasted_address(address), hints.outlet or "", Permission.UNSTATED, 1, now())
    return _refresh(archive, settings, [source], by_hand=True, hints=hints)


def _report(rounds: Sequence[SourceRound], note: str, *, as_json: bool) -> int:
    """Print the result of each source; return 1 if any of them failed."""
    if as_json:
        results = [
            {
                "source": source_round.source.id,
                "address": source_round.source.address,
                **source_round.counts,
                "problems": [
                    {"name": url, "problem": reason} for url, reason in source_round.failed
                ],
                "warnings": source_round.outcome.warnings,
                "notes": source_round.notes,
                "failure": source_round.failure,
            }
            for source_round in rounds
        ]
        output.print_json({"sources": results, "index": note})
    else:
        for source_round in rounds:
            name = source_round.source.outlet or source_round.source.address
            print(f"{printable(name)}: {_summary(source_round)}")
        print(note)
        for source_round in rounds:
            for line in (
                *source_round.notes,
                *source_round.outcome.warnings,
                *(reason for _, reason in source_round.failed),
            ):
                print(printable(line), file=sys.stderr)
    return 1 if any(source_round.failure or source_round.failed for source_round in rounds) else 0


def _summary(source_round: SourceRound) -> str:
    """Return the result of one source as a sentence."""
    counts = ", ".join(
        f"{number:,} {label}" for label, number in source_round.counts.items() if number
    )
    return printable(source_round.failure or f"{counts or 'nothing is due'}.")
