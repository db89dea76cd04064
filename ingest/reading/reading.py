"""Read whatever somebody hands over: files, folders, bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from ingest.errors import ReadingError, UnreadableError
from ingest.isolation import isolated
from ingest.model import Extract
from ingest.reading.decoding import decode
from ingest.reading.found import FoundArticle, Hints, hinted
from ingest.reading.jsonl import read_record
from ingest.reading.markdown import FRONT, read_markdown
from ingest.reading.pages import read_page
from ingest.reading.pastes import read_paste
from ingest.reading.pdf import read_pdf

_LINES = frozenset({".jsonl", ".ndjson"})
_PAGES = frozenset({".html", ".htm", ".xhtml"})
_MARKDOWN = frozenset({".md", ".markdown"})
ENDINGS = _LINES | _PAGES | _MARKDOWN | {".pdf", ".txt"}
"""How the names of files end that are read; what is in them decides how."""
_HTML = re.compile(
    r"\A\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.I | re.S
)


def read_path(path: Path, hints: Hints) -> Iterator[FoundArticle]:
    """Read a file, or every file of a folder in order; hidden ones are passed over.

    What cannot be read is yielded with its problem and stops nothing else.
    """
    try:
        files = _files_of(path)
    except ReadingError as problem:
        yield FoundArticle(str(path), problem=problem)
        return
    for file in files:
        if file.suffix.lower() in _LINES:
            yield from _read_lines(file, hints)
        else:
            yield _one(str(file), lambda f=file: _understood(_load(f), str(f), hints))  # type: ignore[misc]


def read_bytes(data: bytes, name: str, hints: Hints) -> Iterator[FoundArticle]:
    """Read bytes that came without a file, such as standard input."""
    if Path(name).suffix.lower() in _LINES or _looks_like_lines(data):
        for number, line in enumerate(data.split(b"\n"), start=1):
            if line.strip():
                yield _record(line, f"{name} line {number}", hints)
    else:
        yield _one(name, lambda: _understood(data, name, hints))


def count(path: Path) -> int:
    """Return how many times :func:`read_path` will yield for *path*."""
    try:
        files = _files_of(path)
    except ReadingError:
        return 1
    return sum(_lines_in(file) if file.suffix.lower() in _LINES else 1 for file in files)


def _files_of(path: Path) -> list[Path]:
    """Return the files that *path* stands for.

    Raises:
        UnreadableError: there is no such path, or nothing in it.
    """
    if path.is_file():
        return [path]
    if not path.exists():
        raise UnreadableError(f"{path} does not exist. Check the path.")
    if not path.is_dir():
        raise UnreadableError(f"{path} is neither a file nor a folder. Pipe it in: add - < PATH")
    inside = sorted(each for each in path.rglob("*") if each.is_file())
    files = [
        each for each in inside if not any(p.startswith(".") for p in each.relative_to(path).parts)
    ]
    if not files:
        raise UnreadableError(f"The folder {path} holds no files. Nothing was added from it.")
    return files


def _lines_in(file: Path) -> int:
    """Count the lines that hold something."""
    try:
        with file.open("rb") as lines:
            return sum(1 for line in lines if line.strip()) or 1
    except OSError:
        return 1


def _read_lines(file: Path, hints: Hints) -> Iterator[FoundArticle]:
    """Read a JSON Lines file of any size, line by line."""
    try:
        empty = True
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    empty = False
                    yield _record(line, f"{file} line {number}", hints)
    except OSError as error:
        yield FoundArticle(str(file), problem=_unreadable(file, error))
        return
    if empty:
        yield FoundArticle(str(file), problem=UnreadableError(f"{file} is empty."))


def _record(line: bytes, name: str, hints: Hints) -> FoundArticle:
    """Read one line of JSON Lines; an address or a title can only be one article's."""
    own = replace(hints, url=None, title=None)
    return _one(
        name, lambda: hinted(read_record(decode(line, name), name, hints.mapping), own, name)
    )


def _one(name: str, work: Callable[[], Extract]) -> FoundArticle:
    """Do *work*; what goes wrong is the result."""
    try:
        return FoundArticle(name, extract=work())
    except ReadingError as problem:
        return FoundArticle(name, problem=problem)


def _load(file: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        UnreadableError: it cannot be opened.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Path, error: OSError) -> UnreadableError:
    """Say why a file cannot be opened."""
    return UnreadableError(f"{file} cannot be read ({error.strerror}). Check its permissions.")


def _understood(data: bytes, name: str, hints: Hints) -> Extract:
    """Tell the format by content first and by name second, and read it."""
    if data.startswith(b"%PDF-") or name.lower().endswith(".pdf"):
        return hinted(isolated(name, read_pdf, data, name), hints, name)
    text = decode(data, name)
    suffix = Path(name).suffix.lower()
    if suffix in _PAGES or _HTML.match(text[:2000]):
        return hinted(read_page(text, name), hints, name)
    if suffix in _MARKDOWN or FRONT.match(text):
        return hinted(read_markdown(text, name), hints, name)
    return hinted(read_paste(text), hints, name)


def _looks_like_lines(data: bytes) -> bool:
    """Tell whether *data* is JSON Lines: its first line is a JSON object."""
    head = data.lstrip()[:1]
    first = data.lstrip().split(b"\n", 1)[0].rstrip()
    return head == b"{" and first.endswith(b"}")
