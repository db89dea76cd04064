"""Options shared by the commands of both packages, and the code that runs commands."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Annotated, NoReturn, ParamSpec, TypeVar

import typer
from dotenv import load_dotenv

from ingest.commands.output import printable
from ingest.environment import Settings
from ingest.errors import IngestError
from ingest.model import parse_moment
from ingest.process import ending, logs
from ingest.process.starting import SIGNALLED, as_called, release, return_freed_memory

_USAGE_ERROR = 2
"""The exit code of a command with wrong arguments."""

_UMASK = 0o077
"""No other user may read our files: the archive holds questions, hashes and pastes."""
_PRIVATE_FILES = ("archive.sqlite3*", "index", "models")
"""Files in the data folder that earlier releases left readable to other users."""
_INTERRUPTED = 130
"""The exit code after Ctrl-C."""

_Arguments = ParamSpec("_Arguments")
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
        "--version", is_eager=True, callback=lambda is_set: _show_version(is_set), help="Say which."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without being asked again.")]


def make_app(
    text: str,
    commands: Mapping[str, Callable[..., int]],
    *,
    epilog: str | None = None,
    runs_alone: bool = False,
) -> typer.Typer:
    """Return an app with *commands*, each of which returns its exit code.

    Without a command it shows its help, unless *runs_alone* is set.
    """
    app = typer.Typer(
        help=text,
        epilog=epilog,
        no_args_is_help=not runs_alone,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for name, command in commands.items():
        app.command(name)(_with_exit_code(command))

    @app.callback(invoke_without_command=runs_alone, help=text)
    def _(version: ShowVersion = False) -> None: ...

    return app


def _show_version(is_set: bool) -> None:
    """Print the release and exit."""
    if is_set:
        print(f"election-desk {release()}")
        raise typer.Exit


def _with_exit_code(command: Callable[_Arguments, int]) -> Callable[_Arguments, None]:
    """Return a function that runs *command* and exits with the code it returns."""

    @wraps(command)
    def run_and_exit(*arguments: _Arguments.args, **options: _Arguments.kwargs) -> None:
        raise typer.Exit(command(*arguments, **options))

    return run_and_exit


def run_app(
    app: typer.Typer,
    arguments: Sequence[str] | None,
    name: str,
    describe: Callable[[Exception], str | None] = lambda _error: None,
) -> int:
    """Run the command in *arguments*, and return its exit code; print an error as one sentence.

    *describe* returns the sentence for an error of another package, or None for an unexpected one.
    """
    load_dotenv(Path.cwd() / ".env")
    os.umask(_UMASK)
    return_freed_memory()
    interruption = ending.Interruption()
    try:
        with ending.as_ctrl_c() as interruption:
            return _run(app, arguments, name)
    except KeyboardInterrupt:
        print("\nStopped. What was saved stays; run it again to go on.", file=sys.stderr)
        return interruption.code
    except Exception as error:
        sentence = str(error) if isinstance(error, IngestError) else describe(error)
        if sentence is None:
            return _unexpected(error)
        print(printable(as_called(sentence)), file=sys.stderr)
        return 1


def exit_with(code: int) -> NoReturn:
    """Exit with the status of :func:`run_app`; at once if a signal ended the command."""
    if code > SIGNALLED:
        ending.exit_at_once(code)
    sys.exit(code)


def _run(app: typer.Typer, arguments: Sequence[str] | None, name: str) -> int:
    """Run a command, and return its exit code.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    try:
        app(args=arguments, prog_name=name)
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            raise KeyboardInterrupt from None
        return end.code if isinstance(end.code, int) else 0
    return 0


def configured(kind: type[_Configured]) -> _Configured:
    """Read the settings from the environment, and configure logging.

    Raises:
        SettingsError: a setting is invalid.
    """
    settings = kind.of(os.environ)
    logs.configure(settings)
    for path in (file for name in _PRIVATE_FILES for file in settings.data_dir.glob(name)):
        with suppress(OSError):  # owned by another user
            path.chmod(path.stat().st_mode & ~_UMASK)
    return settings


def now() -> datetime:
    """Return the current time; no other code of the commands reads the clock."""
    return datetime.now(UTC)


def usage_error(text: str) -> int:
    """Print how a command is used, and return the exit code for wrong arguments."""
    print(as_called(text), file=sys.stderr)
    return _USAGE_ERROR


def _unexpected(error: Exception) -> int:
    """Report an error of the program itself, with advice how to get its details."""
    print(
        f"Something went wrong that should not have ({type(error).__name__}). What was saved "
        "stays. Run it again with ELECTION_DESK_DEBUG=1 and report what it prints.",
        file=sys.stderr,
    )
    if os.environ.get("ELECTION_DESK_DEBUG"):
        traceback.print_exception(error)
    return 1


def _parsing(parse: Callable[[str], object], complaint: str) -> Callable[[str], object]:
    """Return a parser that reports a ValueError of *parse* as wrong usage, with *complaint*."""

    def parsed(text: str) -> object:
        try:
            return parse(text)
        except ValueError as error:
            raise typer.BadParameter(f"{text} {complaint}") from error

    return parsed


def _country(text: str) -> str:
    """Parse a country code of two letters (ISO 3166-1)."""
    if len(text) == len("JP") and text.isascii() and text.isalpha():
        return text.upper()
    raise ValueError(text)


def _mapping(text: str) -> dict[str, str]:
    """Parse ``ours=theirs,…``."""
    pairs = [pair.partition("=") for pair in text.split(",")]
    if not all(ours and theirs for ours, _, theirs in pairs):
        raise ValueError(text)
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


READ_MOMENT = _parsing(parse_moment, "is no date such as 2026-10-26.")
READ_MINUTE = _parsing(parse_moment, "is no moment such as 2024-11-05T23:00Z.")
READ_COUNTRY = _parsing(_country, "is no country code such as JP.")
READ_MAPPING = _parsing(_mapping, "is not of the form text=body,outlet=source.")
