"""Read whatever somebody hands over: files, folders, bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.errors import ReadingError, UnreadableError
from ingest.isolation import isolated
from ingest.reading.documents import Document
from ingest.reading.found import FoundArticle, Hints
from ingest.reading.registry import LARGEST, parser_of, read, too_large

_HEAD = 64 * 1024
"""Bytes at the start of a file by which its kind is told before it is read."""
_PLAIN = frozenset({".txt", ".md", ".markdown", ".jsonl", ".ndjson"})
"""How the names of files end whose reading costs no more than their length."""
_PART = 2**20
"""Bytes of the lines that are read together of a file of any size."""


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
        try:
            for document in _documents_of(file, hints):
                yield from _bounded(document)
        except ReadingError as problem:
            yield FoundArticle(str(file), problem=problem)


def _bounded(document: Document) -> tuple[FoundArticle, ...]:
    """Read a document of a file; what is no plain text in a process with limits.

    Raises:
        UnreadableError: a limit was reached.
    """
    if document.ending in _PLAIN:
        return read(document)
    return isolated(document.name, read, document)


def read_bytes(data: bytes, name: str, hints: Hints) -> Iterator[FoundArticle]:
    """Read bytes that came without a file; a *name* without an ending is that of a paste."""
    yield from read(Document(data, name, hints, pasted=not Path(name).suffix))


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


def _documents_of(file: Path, hints: Hints) -> Iterator[Document]:
    """Yield a file as one document, or in parts where each line is an article by itself.

    Raises:
        UnreadableError: it cannot be opened, is too large, or is of no kind that is read.
    """
    name = str(file)
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD)
            opened.seek(0)
            by_lines = parser_of(Document(head, name, hints)).by_lines
            if not by_lines or len(head) < _HEAD:
                size = file.stat().st_size
                if size > LARGEST:
                    raise too_large(name, size)
                yield Document(opened.read(LARGEST + 1), name, hints)
                return
            first = 1
            while lines := opened.readlines(_PART):
                yield Document(b"".join(lines), name, hints, first_line=first)
                first += len(lines)
    except OSError as error:
        raise UnreadableError(
            f"{file} cannot be read ({error.strerror}). Check its permissions."
        ) from error
