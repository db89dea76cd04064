"""The maintainers' commands: ``python -m ingest COMMAND``."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from dotenv import load_dotenv

from ingest import commands
from ingest.errors import IngestError
from ingest.model import Moment, parse_moment
from ingest.settings import Settings
from ingest.showing import plain

EXAMPLES = """\
examples:
  python -m ingest add article.txt --outlet "The Daily Ledger" --published 2026-10-26
  python -m ingest add articles.jsonl --map text=body,outlet=source
  pbpaste | python -m ingest add -
  python -m ingest search "How many seats did they win?"
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every error is one sentence."""
    load_dotenv(Path.cwd() / ".env")
    options = parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        code: int = options.command(Settings.of(os.environ), options)
    except IngestError as error:
        print(plain(str(error)), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "\nStopped. What was saved stays; the same command goes on from there.", file=sys.stderr
        )
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return unexpected(error)
    return code


def unexpected(error: Exception) -> int:
    """Say that this is a fault of the program, and where its details are."""
    print(
        f"Something went wrong that should not have ({type(error).__name__}). What was saved "
        "stays. Run it again with ELECTION_DESK_DEBUG=1 and report what it prints.",
        file=sys.stderr,
    )
    if os.environ.get("ELECTION_DESK_DEBUG"):
        traceback.print_exception(error)
    return 1


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

    describe_add(command("add", commands.add, "read coverage and save it"))
    listing = command("list", commands.list_articles, "list what is kept, newest first")
    listing.add_argument("--outlet", help="only this outlet's")
    listing.add_argument("--removed", action="store_true", help="only what was removed")
    listing.add_argument("--limit", type=positive, help="at most this many")
    showing = command("show", commands.show, "show one article")
    showing.add_argument("number", type=int, help="the article's number in `list`")
    showing.add_argument("--version", type=int, help="an older version")
    removing = command("remove", commands.remove, "take articles out of every answer")
    removing.add_argument("numbers", type=int, nargs="+", metavar="NUMBER")
    searching = command("search", commands.search, "show the evidence for a question")
    searching.add_argument("question", nargs="?")
    searching.add_argument(
        "--batch", type=Path, metavar="FILE", help='JSON Lines of {"question": …}; "-" for stdin'
    )
    searching.add_argument("--outlet", action="append", help="only this outlet's; may be repeated")
    searching.add_argument("--since", type=moment, help="only from this day on")
    searching.add_argument("--until", type=moment, help="only up to this day")
    searching.add_argument("--today", type=moment, help="the day to count back from")
    searching.add_argument("--limit", type=positive, default=10, help="passages (default 10)")
    copying = command("copy", commands.copy, "copy the archive into another, empty database")
    copying.add_argument("database", help="its address, postgresql://… or sqlite:///…")
    log = command(
        "answers", commands.answers, "show the last answers, their cost, what was dropped"
    )
    log.add_argument("--limit", type=positive, default=20, help="how many (default 20)")
    command("status", commands.status, "show what is kept and how fresh it is")
    command("index", commands.index, "let the index catch up with the archive")
    command("rebuild", commands.rebuild, "make the index anew, for another model")
    return top


def describe_add(adding: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``add``."""
    adding.add_argument("paths", nargs="+", metavar="PATH", help='files, folders, or "-"')
    adding.add_argument("--outlet", help="who published it")
    adding.add_argument("--url", help="where it stands")
    adding.add_argument("--title", help="its title")
    adding.add_argument("--published", type=moment, help="its date, such as 2026-10-26")
    adding.add_argument(
        "--map", type=mapping, metavar="OURS=THEIRS,…", help="names of fields in JSON Lines"
    )


def positive(text: str) -> int:
    """Read how many are wanted."""
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no number from 1 upwards.")


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


if __name__ == "__main__":
    sys.exit(main())
