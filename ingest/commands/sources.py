"""Sources: watch them, list them, look at them now."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from ingest import showing
from ingest.archive import Archive
from ingest.calling import as_called
from ingest.commands.indexing import catch_up
from ingest.commands.options import READ_COUNTRY, AsJson, configured, misused, now
from ingest.fetching import Fetcher
from ingest.fetching.addresses import checked
from ingest.model import Ownership, Permission, Progress, SnapshotLimits, Source
from ingest.reading import Hints
from ingest.refresh import Refresher, SourceRound
from ingest.refreshing.extracting import extractor
from ingest.schedule import keep_fresh
from ingest.settings import Settings
from ingest.showing import printable, sources_table

_HOUR = 60
_NOTHING = "Nothing is watched. `python -m ingest watch ADDRESS --outlet NAME` begins."


def watch_command(
    address: Annotated[str, typer.Argument(help="Where it stands on the web.")],
    outlet: Annotated[str, typer.Option(help="Who publishes it.")],
    permission: Annotated[
        Permission, typer.Option(help="On what basis its text is kept.")
    ] = Permission.UNSTATED,
    every: Annotated[int, typer.Option(min=1, metavar="MINUTES", help="How often.")] = _HOUR,
    country: Annotated[
        str | None,
        typer.Option(parser=READ_COUNTRY, metavar="CODE", help="Where the outlet is: JP."),
    ] = None,
    ownership: Annotated[
        Ownership | None, typer.Option(help="Who stands behind the outlet; answers show it.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Look at a feed, a sitemap or a page again and again."""
    with Archive.open(configured(Settings).archive_url) as archive:
        source = archive.sources.watch(checked(address), outlet, permission, every, now=now())
        archive.outlets.describe(outlet, country=country, ownership=ownership)
    if as_json:
        showing.print_json({"source": asdict(source)})
    else:
        look = as_called(f"`python -m ingest refresh {source.id}` looks at it now.")
        print(
            f"Source {source.id} is {printable(source.outlet)}, {printable(source.address)}, every "
            f"{source.every} minutes. {look}"
        )
    return 0


def unwatch_command(
    number: Annotated[int, typer.Argument(help="The source's number in `sources`.")],
    as_json: AsJson = False,
) -> int:
    """Look at a source no more; its articles stay."""
    with Archive.open(configured(Settings).archive_url) as archive:
        source = archive.sources.unwatch(number)
    if as_json:
        showing.print_json({"source": asdict(source)})
    else:
        print(f"{printable(source.address)} is looked at no more. Its articles stay.")
    return 0


def sources_command(as_json: AsJson = False) -> int:
    """List what is watched, and how it went last."""
    with Archive.open(configured(Settings).archive_url) as archive:
        found = archive.sources.watched()
    if as_json:
        showing.print_json({"sources": [asdict(each) for each in found]})
    elif found:
        Console().print(sources_table(found))
    else:
        print(as_called(_NOTHING))
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
    """Look at sources now: fetch what is new or due, and let the index catch up."""
    settings = configured(Settings)
    if keep:
        return _kept_fresh(settings, numbers)
    with Archive.open(settings.archive_url) as archive:
        every = archive.sources.watched()
        chosen = [archive.sources.get(each) for each in numbers or ()] or every
        if not chosen:
            print(as_called(_NOTHING))
            return 0
        rounds = _look(archive, settings, chosen, believe=believe)
        note = catch_up(settings, archive)
    return _report(rounds, note, as_json=as_json)


def _kept_fresh(settings: Settings, numbers: Sequence[int] | None) -> int:
    """Refresh what is due until the process is stopped; whoever answers lets the index catch up."""
    if numbers:
        return misused("--keep looks at every source when it is due. Leave the numbers out.")
    with Archive.open(settings.archive_url) as archive:
        print(f"{len(archive.sources.watched())} sources are looked at when they are due.")
        asyncio.run(keep_fresh(archive, now, contact=settings.contact, snapshots=_limits(settings)))
    return 0


def _look(
    archive: Archive,
    settings: Settings,
    sources: Sequence[Source],
    *,
    believe: bool = False,
    by_hand: bool = False,
    hints: Hints | None = None,
) -> list[SourceRound]:
    """Look at *sources* under a progress bar."""

    async def work(told: Progress) -> list[SourceRound]:
        with extractor() as processes:
            async with Fetcher(now, contact=settings.contact) as fetcher:
                refresher = Refresher(
                    archive,
                    fetcher,
                    now,
                    processes,
                    progress=told,
                    by_hand=by_hand,
                    believe=believe,
                    hints=hints or Hints(),
                    snapshots=_limits(settings),
                )
                return await refresher.refresh(sources)

    return showing.with_progress("Refreshing", None, lambda told: asyncio.run(work(told)))


def _limits(settings: Settings) -> SnapshotLimits:
    """Return how much of what is fetched is kept as it was fetched."""
    return SnapshotLimits(settings.snapshot_days, settings.snapshot_mb)


def add_address(
    archive: Archive, settings: Settings, address: str, hints: Hints
) -> list[SourceRound]:
    """Fetch a page, or each page that a feed or a sitemap lists, once."""
    once = Source(0, checked(address), hints.outlet or "", Permission.UNSTATED, 1, now())
    return _look(archive, settings, [once], by_hand=True, hints=hints)


def _report(rounds: Sequence[SourceRound], note: str, *, as_json: bool) -> int:
    """Print what was found at each source; 1 if any of it failed."""
    if as_json:
        told = [
            {
                "source": each.source.id,
                "address": each.source.address,
                **each.counts,
                "problems": [{"name": url, "problem": why} for url, why in each.failed],
                "warnings": each.outcome.warnings,
                "notes": each.notes,
                "failure": each.failure,
            }
            for each in rounds
        ]
        showing.print_json({"sources": told, "index": note})
    else:
        for each in rounds:
            print(f"{printable(each.source.outlet or each.source.address)}: {_in_words(each)}")
        print(note)
        for each in rounds:
            for line in (*each.notes, *each.outcome.warnings, *(why for _, why in each.failed)):
                print(printable(line), file=sys.stderr)
    return 1 if any(each.failure or each.failed for each in rounds) else 0


def _in_words(told: SourceRound) -> str:
    """Say what one round found."""
    counts = ", ".join(f"{number:,} {what}" for what, number in told.counts.items() if number)
    return printable(told.failure or f"{counts or 'nothing is due'}.")
