"""What the commands of both packages take, and how they are run."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar

import typer
from dotenv import load_dotenv

from ingest import logs, stopping
from ingest.calling import as_called, release
from ingest.errors import IngestError
from ingest.model import parse_moment
from ingest.settings import Settings
from ingest.showing import printable

_MISUSED = 2
"""The exit code of a command that cannot be meant so."""

_NOBODY_ELSE = 0o077
"""What is written is nobody else's to read: questions, hashes and pastes are in the archive."""
_STATE = ("archive.sqlite3*", "index", "models")
"""What of the state folder earlier releases let everybody read."""
_INTERRUPTED = 130
"""The exit code of what Ctrl-C ended."""

_Given = ParamSpec("_Given")
_Configured = TypeVar("_Configured", bound=Settings)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Batch = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help='JSON Lines of {"question": …}; "-" for standard input.'),
]
Numbers = Annotated[list[int], typer.Argument(metavar="NUMBER", help="Numbers in `list`.")]
ShowVersion = Annotated[
    bool,
    typer.Option(
        "--version", is_eager=True, callback=lambda wanted: _show_version(wanted), help="Say which."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without being asked again.")]


def make_app(
    text: str,
    commands: Mapping[str, Callable[..., int]],
    *,
    epilog: str | None = None,
    alone: bool = False,
) -> typer.Typer:
    """Make a group of *commands*, each of which returns its exit code.

    Without a command it shows its help, unless it does something *alone*.
    """
    app = typer.Typer(
        help=text,
        epilog=epilog,
        no_args_is_help=not alone,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for name, command in commands.items():
        app.command(name)(_exiting(command))

    @app.callback(invoke_without_command=alone, help=text)
    def _(version: ShowVersion = False) -> None: ...

    return app


def _show_version(wanted: bool) -> None:
    """Say which release this is, and end."""
    if wanted:
        print(f"election-desk {release()}")
        raise typer.Exit


def _exiting(command: Callable[_Given, int]) -> Callable[_Given, None]:
    """Let a command end with the code that it returns."""

    @wraps(command)
    def ended(*given: _Given.args, **named: _Given.kwargs) -> None:
        raise typer.Exit(command(*given, **named))

    return ended


def run_app(
    app: typer.Typer,
    arguments: Sequence[str] | None,
    name: str,
    said: Callable[[Exception], str | None] = lambda _error: None,
) -> int:
    """Run the command that *arguments* name, and return its exit code; every error is one sentence.

    *said* has the sentences for errors that are not of this package; for what has none, this tells
    how it is reported.
    """
    load_dotenv(Path.cwd() / ".env")
    os.umask(_NOBODY_ELSE)
    try:
        with stopping.as_ctrl_c():
            return _run(app, arguments, name)
    except KeyboardInterrupt:
        print("\nStopped. What was saved stays; run it again to go on.", file=sys.stderr)
        return _INTERRUPTED
    except Exception as error:
        sentence = str(error) if isinstance(error, IngestError) else said(error)
        if sentence is None:
            return _unexpected(error)
        print(printable(as_called(sentence)), file=sys.stderr)
        return 1


def _run(app: typer.Typer, arguments: Sequence[str] | None, name: str) -> int:
    """Run a command; misuse is told.

    Raises:
        KeyboardInterrupt: somebody pressed Ctrl-C.
    """
    try:
        app(args=arguments, prog_name=name)
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            raise KeyboardInterrupt from None
        return end.code if isinstance(end.code, int) else 0
    return 0


def configured(kind: type[_Configured]) -> _Configured:
    """Read the settings from the environment, and let the logs be as they say.

    Raises:
        SettingsError: a setting cannot be meant so.
    """
    settings = kind.of(os.environ)
    logs.configure(settings)
    for each in (found for name in _STATE for found in settings.data_dir.glob(name)):
        with suppress(OSError):  # somebody else's
            each.chmod(each.stat().st_mode & ~_NOBODY_ELSE)
    return settings


def now() -> datetime:
    """Read the clock; the only place of the commands of both packages that does."""
    return datetime.now(UTC)


def misused(text: str) -> int:
    """Say how a command is used, and return the code for that."""
    print(as_called(text), file=sys.stderr)
    return _MISUSED


def _unexpected(error: Exception) -> int:
    """Say that this is a fault of the program, and where its details are."""
    print(
        f"Something went wrong that should not have ({type(error).__name__}). What was saved "
        "stays. Run it again with ELECTION_DESK_DEBUG=1 and report what it prints.",
        file=sys.stderr,
    )
    if os.environ.get("ELECTION_DESK_DEBUG"):
        traceback.print_exception(error)
    return 1


def _parsing(parse: Callable[[str], object], wrong: str) -> Callable[[str], object]:
    """Let what *parse* refuses be misuse; *wrong* says why, with the text before it."""

    def parsed(text: str) -> object:
        try:
            return parse(text)
        except ValueError as error:
            raise typer.BadParameter(f"{text} {wrong}") from error

    return parsed


def _country(text: str) -> str:
    """Read the two letters of a country (ISO 3166-1)."""
    if len(text) == len("JP") and text.isascii() and text.isalpha():
        return text.upper()
    raise ValueError(text)


def _mapping(text: str) -> dict[str, str]:
    """Read ``ours=theirs,…``."""
    pairs = [pair.partition("=") for pair in text.split(",")]
    if not all(ours and theirs for ours, _, theirs in pairs):
        raise ValueError(text)
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


READ_MOMENT = _parsing(parse_moment, "is no date such as 2026-10-26.")
READ_COUNTRY = _parsing(_country, "is no country code such as JP.")
READ_MAPPING = _parsing(_mapping, "is not of the form text=body,outlet=source.")
