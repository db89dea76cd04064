"""What the maintainers' commands take."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from ingest.commands import archive, articles, indexing, searching, sources
from ingest.model import Moment, Ownership, Permission, parse_moment

Command: TypeAlias = Callable[..., argparse.ArgumentParser]

EXAMPLES = """\
examples:
  python -m ingest add article.txt --outlet "The Daily Ledger" --published 2026-10-26
  python -m ingest add articles.jsonl --map text=body,outlet=source
  python -m ingest add https://daily-ledger.example/politics/2026/final-count
  python -m ingest watch https://daily-ledger.example/feed.xml --outlet "The Daily Ledger"
  pbpaste | python -m ingest add -
  python -m ingest search "How many seats did they win?"
"""
HOUR = 60


def parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    top = argparse.ArgumentParser(
        prog="python -m ingest",
        description="Keep the coverage that the desk may cite.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="print one JSON object")
    every = top.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, work: object, text: str) -> argparse.ArgumentParser:
        made = every.add_parser(name, parents=[shared], help=text, description=text)
        made.set_defaults(command=work)
        return made

    describe_articles(command)
    describe_sources(command)
    describe_search(command("search", searching.search, "show the evidence for a question"))
    describe_upkeep(command)
    return top


def describe_articles(command: Command) -> None:
    """Describe the commands about single articles."""
    describe_add(command("add", articles.add, "read coverage and save it"))
    listing = command("list", articles.list_articles, "list what is kept, newest first")
    listing.add_argument("--outlet", help="only this outlet's")
    listing.add_argument("--removed", action="store_true", help="only what is not cited any more")
    listing.add_argument("--quarantined", action="store_true", help="only what is in quarantine")
    listing.add_argument("--limit", type=positive, help="at most this many")
    showing = command("show", articles.show, "show one article")
    showing.add_argument("number", type=int, help="the article's number in `list`")
    showing.add_argument("--version", type=int, help="an older version")
    showing.add_argument("--diff", action="store_true", help="what it changed of the one before")
    for name, work, text in (
        ("remove", articles.remove, "take articles out of every answer"),
        ("erase", articles.erase, "delete every word of articles for good"),
    ):
        made = command(name, work, text)
        made.add_argument("numbers", type=int, nargs="+", metavar="NUMBER")
        if name == "erase":
            made.add_argument("--yes", action="store_true", help="yes, it cannot be undone")


def describe_add(adding: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``add``."""
    adding.add_argument(
        "paths", nargs="+", metavar="PATH", help='files, folders, addresses of the web, or "-"'
    )
    adding.add_argument("--outlet", help="who published it")
    adding.add_argument("--url", help="where it stands")
    adding.add_argument("--title", help="its title")
    adding.add_argument("--published", type=moment, help="its date, such as 2026-10-26")
    adding.add_argument(
        "--map", type=mapping, metavar="OURS=THEIRS,…", help="names of fields in JSON Lines"
    )


def describe_sources(command: Command) -> None:
    """Describe the commands about what is watched."""
    watching = command("watch", sources.watch, "look at a feed, a sitemap or a page regularly")
    watching.add_argument("address", help="where it stands on the web")
    watching.add_argument("--outlet", required=True, help="who publishes it")
    watching.add_argument(
        "--permission",
        choices=[str(each) for each in Permission],
        default=str(Permission.UNSTATED),
        help="on what basis its text is kept (default unstated)",
    )
    watching.add_argument(
        "--every", type=positive, default=HOUR, metavar="MINUTES", help="default 60"
    )
    watching.add_argument("--country", type=country, help="where the outlet is, such as JP")
    watching.add_argument(
        "--ownership",
        choices=[str(each) for each in Ownership],
        type=Ownership,
        help="who stands behind the outlet; answers show it",
    )
    unwatching = command("unwatch", sources.unwatch, "look at a source no more")
    unwatching.add_argument("number", type=int, help="the source's number in `sources`")
    command("sources", sources.list_sources, "list what is watched, and how it went last")
    refreshing = command("refresh", sources.refresh, "look at sources now")
    refreshing.add_argument("numbers", type=int, nargs="*", metavar="SOURCE", help="default all")
    refreshing.add_argument(
        "--believe", action="store_true", help="remove what is gone, however much it is"
    )


def describe_search(searching: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``search``."""
    searching.add_argument("question", nargs="?")
    searching.add_argument(
        "--batch", type=Path, metavar="FILE", help='JSON Lines of {"question": …}; "-" for stdin'
    )
    searching.add_argument("--outlet", action="append", help="only this outlet's; may be repeated")
    searching.add_argument("--since", type=moment, help="only from this day on")
    searching.add_argument("--until", type=moment, help="only up to this day")
    searching.add_argument("--today", type=moment, help="the day to count back from")
    searching.add_argument("--limit", type=positive, default=10, help="passages (default 10)")


def describe_upkeep(command: Command) -> None:
    """Describe the commands that keep the whole in order."""
    command("status", archive.status, "show what is kept and how fresh it is")
    copying = command("copy", archive.copy, "copy the archive into another, empty database")
    copying.add_argument("database", help="its address, postgresql://… or sqlite:///…")
    backing = command(
        "backup", archive.back_up, "write the archive into one file, while it is used"
    )
    backing.add_argument("file", type=Path, help="a new file")
    restoring = command(
        "restore",
        archive.restore,
        "let removed or quarantined articles be cited again; or take a backup back",
    )
    restoring.add_argument(
        "what",
        nargs="+",
        metavar="NUMBER|FILE",
        help="numbers of articles, or the file of a backup",
    )
    restoring.add_argument("--yes", action="store_true", help="yes, replace what is there")
    command("index", indexing.index, "let the index catch up with the archive")
    command("rebuild", indexing.rebuild, "make the index anew, for another model")
    command("rollback", indexing.rollback, "let the index serve that served before the rebuild")
    checking = command("check", indexing.check, "compare the index with the archive")
    checking.add_argument("--repair", action="store_true", help="mend what differs")


def positive(text: str) -> int:
    """Read how many are wanted."""
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no number from 1 upwards.")


def country(text: str) -> str:
    """Read the two letters of a country (ISO 3166-1)."""
    if len(text) == len("JP") and text.isascii() and text.isalpha():
        return text.upper()
    raise argparse.ArgumentTypeError(f"{text} is no country code such as JP.")


def moment(text: str) -> Moment:
    """Read a date argument."""
    try:
        return parse_moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no date such as 2026-10-26.") from error


def mapping(text: str) -> dict[str, str]:
    """Read ``ours=theirs,…``."""
    pairs = [pair.partition("=") for pair in text.split(",")]
    if not all(ours and theirs for ours, _, theirs in pairs):
        raise argparse.ArgumentTypeError(f"{text} is not of the form text=body,outlet=source.")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
