"""The way this process was started, for messages that name a command."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

INSTALLED = "election-desk"
"""The command of an installed desk, with the subcommands of both packages."""
_FROM_SOURCE = re.compile(r"python -m (?P<package>bot|ingest)\b")


def as_called(text: str, program: str | None = None) -> str:
    """Replace the commands in *text* by those of *program*, by default the running one."""
    name = Path(program if program is not None else sys.argv[0]).stem
    return _FROM_SOURCE.sub(INSTALLED, text) if name == INSTALLED else text


def release() -> str:
    """Return the version of the source tree, or of the installed package."""
    source = Path(__file__).parents[2] / "pyproject.toml"
    try:
        if source.exists():
            return str(tomllib.loads(source.read_text(encoding="utf-8"))["project"]["version"])
        return version(INSTALLED)
    except PackageNotFoundError:
        return "unknown"
