"""Questions from a file of JSON Lines: one object with a ``question`` on each line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ingest.errors import ReadingError, UnreadableError

_LONGEST_LINE_BYTES = 100_000
"""Maximum length of a line; a question has 500 characters, a claim with quotations some more."""


class BadLineError(ReadingError):
    """A line without a question; other lines are not affected."""


def questions(path: Path) -> Iterator[tuple[int, str | BadLineError]]:
    """Yield the number of each line of *path* that is not empty, with its question or its error.

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
    """Yield the lines of *path*, or of standard input for ``-``; long lines are truncated.

    A truncated line is no JSON, so it is reported as an error.

    Raises:
        UnreadableError: there is no such file, or it cannot be read.
    """
    if str(path) == "-":
        yield from _bounded_lines(sys.stdin.buffer)
        return
    try:
        with path.open("rb") as file:
            yield from _bounded_lines(file)
    except OSError as error:
        raise UnreadableError(f"{path} could not be read ({error.strerror}).") from error


def _bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield each line of *file*, truncated to :data:`_LONGEST_LINE_BYTES`."""
    while line := file.readline(_LONGEST_LINE_BYTES):
        piece = line
        while len(piece) == _LONGEST_LINE_BYTES and not piece.endswith(b"\n"):
            piece = file.readline(_LONGEST_LINE_BYTES)
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
