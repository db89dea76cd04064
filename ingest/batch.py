"""Questions by the file: JSON Lines, one object with a ``question`` a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ingest.errors import ReadingError, UnreadableError

_LONGEST = 100_000
"""Bytes of the longest line; a question has 500 characters, a claim with quotations some more."""


class BadLineError(ReadingError):
    """A line holds no question; the others are not affected."""


def questions(path: Path) -> Iterator[tuple[int, str | BadLineError]]:
    """Yield the number of each line of *path* that is not empty, and its question or its fault.

    ``-`` is standard input.

    Raises:
        UnreadableError: there is no such file, or it cannot be read.
    """
    for number, line in enumerate(lines(path), start=1):
        if line.strip():
            try:
                yield number, _question_of(line)
            except BadLineError as problem:
                yield number, problem


def lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of *path*, or of standard input for ``-``; of a longer one the beginning.

    The beginning of a line is no JSON, so that is its fault.
    """
    if str(path) == "-":
        yield from _begun(sys.stdin.buffer)
        return
    try:
        with path.open("rb") as file:
            yield from _begun(file)
    except OSError as error:
        raise UnreadableError(f"{path} could not be read ({error.strerror}).") from error


def _begun(file: BinaryIO) -> Iterator[bytes]:
    """Yield each line of *file*, :data:`_LONGEST` bytes of it at most."""
    while line := file.readline(_LONGEST):
        rest = line
        while len(rest) == _LONGEST and not rest.endswith(b"\n"):
            rest = file.readline(_LONGEST)
        yield line


def _question_of(line: bytes) -> str:
    """Return the ``question`` of one JSON line."""
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise BadLineError(f"This line is not JSON ({error.msg}).") from error
    except UnicodeDecodeError as error:
        raise BadLineError("This line is not UTF-8.") from error
    except RecursionError as error:
        raise BadLineError("This line is not a question but nested too deep.") from error
    question = value.get("question") if isinstance(value, dict) else None
    if not isinstance(question, str):
        raise BadLineError('This line has no text under "question".')
    return question
