"""The reading room: from bytes to :class:`~ingest.model.Extract`, clean text with its metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from ingest.errors import ReadingError, UnreadableError
from ingest.fetching.identities import identity_of
from ingest.language.similarity import sketch
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
            documents = _documents_of(file, hints)
            yield from _refuse_replacements(chain.from_iterable(map(_read_with_limits, documents)))
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
    yield from _refuse_replacements(read(Document(data, name, hints, pasted=not Path(name).suffix)))


def _refuse_replacements(articles: Iterable[FoundArticle]) -> Iterator[FoundArticle]:
    """Yield the articles of one file, but refuse one that would replace another as its version.

    It would if it has the other's address (or, without an address, its outlet and title) and no
    run of words in common with it. Up to ``FILES.compared_articles`` are remembered.
    """
    first: dict[str, tuple[str, frozenset[int]]] = {}
    for article in articles:
        if article.extract is None:
            yield article
            continue
        header, text = article.extract.header, article.extract.text
        marks = frozenset((*sketch(text), hash(text)))
        if len(first) >= FILES.compared_articles:
            del first[next(iter(first))]
        first_name, first_marks = first.setdefault(identity_of(header), (article.name, marks))
        if first_name == article.name or not first_marks.isdisjoint(marks):
            yield article
            continue
        sentence = (
            f"{article.name} has the address of {first_name} and another text, "
            "so it was not added. Give each its own address."
            if header.url
            else f"{article.name} has the outlet and the title of {first_name} and another text, "
            "so it was not added. Give each its own title."
        )
        yield FoundArticle(article.name, problem=UnreadableError(sentence))


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
