"""How this process was called, for sentences that name a command."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

INSTALLED = "election-desk"
"""The command of an installed desk; it has those of both packages."""
_FROM_SOURCE = re.compile(r"python -m (?P<package>bot|ingest)\b")


def as_called(text: str, program: str | None = None) -> str:
    """Name the commands in *text* as *program* has them; without it, the one that runs."""
    name = Path(program if program is not None else sys.argv[0]).stem
    return _FROM_SOURCE.sub(INSTALLED, text) if name == INSTALLED else text


def release() -> str:
    """Return the number of this release, of the installed package or of the source it runs from."""
    source = Path(__file__).parents[1] / "pyproject.toml"
    try:
        if source.exists():
            return str(tomllib.loads(source.read_text(encoding="utf-8"))["project"]["version"])
        return version(INSTALLED)
    except PackageNotFoundError:
        return "unknown"
