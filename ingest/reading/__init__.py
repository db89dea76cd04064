"""The reading room: from bytes to :class:`~ingest.model.Extract`, clean text with its metadata."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.errors import ReadingError, UnreadableError
from ingest.process.isolation import isolated
from ingest.reading.documents import Document, FoundArticle, Hints, Parser
from ingest.reading.limits import DETECTION, FILES
from ingest.reading.registry import ENDINGS, parser_of, parsers, read, too_large

__all__ = [
    "ENDINGS",
    "Document",
    "FoundArticle",
    "Hints",
    "Parser",
    "parsers",
    "read",
    "read_bytes",
    "read_path",
]


_PLAIN_ENDINGS = frozenset({".txt", ".md", ".markdown", ".jsonl", ".ndjson"})
"""Endings of files that are read in linear time, so they need no separate process."""


def read_path(path: Path, hints: Hints) -> Iterator[FoundArticle]:
    """Yield the articles of a file, or of every file in a folder in order, without hidden ones.

    A file that cannot be read is yielded with its error and does not stop the others.
    """
    try:
        files = _files_of(path)
    except ReadingError as problem:
        yield FoundArticle(str(path), problem=problem)
        return
    for file in files:
        try:
            for document in _documents_of(file, hints):
                yield from _read_with_limits(document)
        except ReadingError as problem:
            yield FoundArticle(str(file), problem=problem)


def _read_with_limits(document: Document) -> tuple[FoundArticle, ...]:
    """Return the articles of a document; plain text is read here, other kinds in a limited process.

    Raises:
        UnreadableError: a limit was reached.
    """
    if document.ending in _PLAIN_ENDINGS:
        return read(document)
    return isolated(document.name, read, document)


def read_bytes(data: bytes, name: str, hints: Hints) -> Iterator[FoundArticle]:
    """Yield the articles in bytes without a file; a *name* without an ending is that of a paste."""
    yield from read(Document(data, name, hints, pasted=not Path(name).suffix))


def _files_of(path: Path) -> list[Path]:
    """Return the files at *path*.

    Raises:
        UnreadableError: the path does not exist, or the folder holds no files.
    """
    if path.is_file():
        return [path]
    if not path.exists():
        raise UnreadableError(f"{path} does not exist. Check the path.")
    if not path.is_dir():
        raise UnreadableError(f"{path} is neither a file nor a folder. Pipe it in: add - < PATH")
    paths = sorted(file for file in path.rglob("*") if file.is_file())
    files = [
        file
        for file in paths
        if not any(part.startswith(".") for part in file.relative_to(path).parts)
    ]
    if not files:
        raise UnreadableError(f"The folder {path} holds no files. Nothing was added from it.")
    return files


def _documents_of(file: Path, hints: Hints) -> Iterator[Document]:
    """Yield a file as one document, or in parts if each line is an article.

    Raises:
        UnreadableError: the file cannot be opened, is too large, or no parser reads it.
    """
    name = str(file)
    try:
        with file.open("rb") as stream:
            head = stream.read(DETECTION.file_head_bytes)
            stream.seek(0)
            by_lines = parser_of(Document(head, name, hints)).by_lines
            if not by_lines or len(head) < DETECTION.file_head_bytes:
                size = file.stat().st_size
                if size > FILES.document_bytes:
                    raise too_large(name, size)
                yield Document(stream.read(FILES.document_bytes + 1), name, hints)
                return
            first_line_number = 1
            while lines := stream.readlines(FILES.line_chunk_bytes):
                yield Document(b"".join(lines), name, hints, first_line=first_line_number)
                first_line_number += len(lines)
    except OSError as error:
        raise UnreadableError(
            f"{file} cannot be read ({error.strerror}). Check its permissions."
        ) from error
