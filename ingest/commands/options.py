"""Options shared by the commands of both packages, and the code that runs commands."""

from __future__ import annotations

import ast
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache, wraps
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, ParamSpec, TypeVar

import typer
from dotenv import load_dotenv
from typer.core import TyperCommand, TyperGroup

from ingest.commands.output import printable
from ingest.environment import Settings
from ingest.errors import IngestError
from ingest.language.dates import typed_moment
from ingest.model import parse_moment
from ingest.process import ending, logs
from ingest.process.starting import (
    SIGNALLED,
    as_called,
    importing,
    release,
    return_freed_memory,
)

if TYPE_CHECKING:
    from typer._click import Command, Context

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


class _Unloaded(TyperCommand):
    """A command whose module has not been imported: most of them take seconds to import."""

    def __init__(self, name: str, target: str) -> None:
        """Name the command and its function, as ``module:function``."""
        super().__init__(name)
        self._target = target

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first line of the function's docstring, read from its source."""
        module, _, function = self._target.partition(":")
        self.help = _docstrings(module).get(function)
        return super().get_short_help_str(limit)

    def load(self) -> Command:
        """Import the function, and return the command that runs it and exits with its code."""
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(self.name)(_with_exit_code(command_function(self._target)))
        return typer.main.get_command(app)


class _LazyGroup(TyperGroup):
    """A group whose commands are imported once they are called or asked for their own help."""

    targets: Mapping[str, str] = MappingProxyType({})
    """Each command's name with its function, as ``module:function``."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - typer's own
        """Hold every command in its unloaded form."""
        super().__init__(**attributes)
        for name, target in self.targets.items():
            self.add_command(_Unloaded(name, target))

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, Command | None, list[str]]:
        """Return the name, the loaded command and the remaining arguments."""
        name, command, remaining = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, _Unloaded) else command, remaining


def command_function(target: str) -> Callable[..., int]:
    """Import the function of a command, named as ``module:function``."""
    module, _, function = target.partition(":")
    with importing():
        command: Callable[..., int] = getattr(import_module(module), function)
    return command


@cache
def _docstrings(module: str) -> Mapping[str, str]:
    """Return the docstrings of a module's functions, without importing it."""
    spec = find_spec(module)
    source = Path(spec.origin) if spec and spec.origin else None
    statements = ast.parse(source.read_bytes()).body if source else []
    return {
        statement.name: ast.get_docstring(statement) or ""
        for statement in statements
        if isinstance(statement, ast.FunctionDef)
    }


def make_app(
    text: str,
    commands: Mapping[str, str],
    *,
    epilog: str | None = None,
    runs_alone: bool = False,
) -> typer.Typer:
    """Return an app with *commands*, each ``module:function``; a function returns an exit code.

    Without a command it shows its help, unless *runs_alone* is set.
    """
    app = typer.Typer(
        cls=type("_Commands", (_LazyGroup,), {"targets": commands}),
        help=text,
        epilog=epilog,
        no_args_is_help=not runs_alone,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

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
READ_MINUTE = _parsing(typed_moment, "is no moment such as 2024-11-05T23:00Z.")
READ_COUNTRY = _parsing(_country, "is no country code such as JP.")
READ_MAPPING = _parsing(_mapping, "is not of the form text=body,outlet=source.")
