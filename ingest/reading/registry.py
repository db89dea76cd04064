"""The kinds of documents that are read, and the one way in: a document becomes articles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points

from ingest.errors import NoArticleError, ReadingError, UnreadableError
from ingest.model import Extract
from ingest.reading.books import BookParser
from ingest.reading.captions import CaptionsParser
from ingest.reading.documents import Document, Parser
from ingest.reading.feedfiles import FeedParser
from ingest.reading.found import FoundArticle, hinted
from ingest.reading.jsonl import JsonLinesParser, JsonParser
from ingest.reading.mail import MailParser, SavedPageParser
from ingest.reading.markdown import MarkdownParser
from ingest.reading.office import OpenDocumentParser, WordParser
from ingest.reading.opml import FeedListParser
from ingest.reading.pages import PageParser
from ingest.reading.pastes import TextParser
from ingest.reading.pdf import PdfParser
from ingest.reading.placing import placed, supplemented
from ingest.reading.rtf import RichTextParser
from ingest.reading.sheets import ResultsParser, SheetParser, WorkbookParser
from ingest.reading.webarchives import WebArchiveParser

LARGEST = 50 * 2**20
"""Bytes of the largest document; its text is bounded by its parser."""
_GROUP = "election_desk.parsers"
"""Entry points under which other packages name a class of :class:`Parser`."""
_PARSERS: tuple[Parser, ...] = (
    PageParser(),
    TextParser(),
    MarkdownParser(),
    PdfParser(),
    JsonLinesParser(),
    JsonParser(),
    FeedParser(),
    CaptionsParser(),
    MailParser(),
    SavedPageParser(),
    WordParser(),
    OpenDocumentParser(),
    BookParser(),
    RichTextParser(),
    SheetParser(),
    WorkbookParser(),
    ResultsParser(),
    FeedListParser(),
    WebArchiveParser(),
)
ENDINGS = frozenset().union(*(parser.endings for parser in _PARSERS))
"""How the names of files end that are read without a further package."""


@cache
def parsers() -> Sequence[Parser]:
    """Return every parser: ours, then those that other packages add."""
    added = sorted(entry_points(group=_GROUP), key=lambda point: point.name)
    return (*_PARSERS, *(point.load()() for point in added))


def parser_of(document: Document) -> Parser:
    """Return the parser that is surest of *document*; of equals the first.

    Raises:
        UnreadableError: none reads it; the sentence lists what is read.
    """
    best = max(parsers(), key=lambda parser: parser.score(document))
    if best.score(document):
        return best
    if document.url:
        what = document.content_type or "no type"
        raise NoArticleError(f"{document.name} is neither a page nor text ({what}).")
    raise UnreadableError(
        f"{document.name} cannot be read. What can be read: {_listed()}. "
        "If it holds an article, paste its text."
    )


def read(document: Document) -> tuple[FoundArticle, ...]:
    """Read *document*: an article for each that it holds, or the sentence that says why not.

    Arguments and result can be pickled, so this may run in a process of its own.
    """
    try:
        if len(document.data) > LARGEST:
            raise too_large(document.name, len(document.data))
        parser = parser_of(document)
        hints = document.hints
        if parser.several:
            document = replace(document, hints=replace(hints, url=None, title=None))
        found = tuple(_settled(each, document) for each in parser.parse(document))
    except ReadingError as problem:
        return (FoundArticle(document.name, problem=problem),)
    return found or (FoundArticle(document.name, problem=_nothing(document)),)


def only(document: Document) -> Extract:
    """Read a *document* that holds one article.

    Raises:
        ReadingError: it holds none, or several.
    """
    first, *more = read(document)
    if first.problem:
        raise first.problem
    if more or first.extract is None:
        raise NoArticleError(
            f"{document.name} holds {1 + len(more)} articles, not one. "
            "Save it as a file and add the file."
        )
    return first.extract


def too_large(name: str, size: int) -> UnreadableError:
    """Return the sentence for a document of too many bytes."""
    return UnreadableError(
        f"{name} has {size / 2**20:.0f} MB; at most {LARGEST // 2**20} MB are read. "
        "Split it, or give JSON Lines."
    )


def _settled(found: FoundArticle, document: Document) -> FoundArticle:
    """Apply where an article was found and what was said of it; a refusal is part of the result."""
    if found.extract is None:
        return found
    try:
        extract, header = found.extract, found.extract.header
        if document.url:
            header = placed(header, document.url)
        hints, announced = document.hints, document.announced
        if announced:
            header = supplemented(header, announced, document.now)
            if announced.outlet or announced.foreign:
                hints = replace(hints, outlet=announced.outlet or None)
        return replace(found, extract=hinted(replace(extract, header=header), hints, found.name))
    except ReadingError as problem:
        return FoundArticle(found.name, problem=problem)


def _nothing(document: Document) -> UnreadableError:
    """Return the sentence for a document without anything in it."""
    return UnreadableError(f"{document.name} is empty. Nothing was added from it.")


def _listed() -> str:
    """Return the kinds that are read, each with its endings."""
    return ", ".join(f"{each.kind} ({', '.join(sorted(each.endings))})" for each in _named())


def _named() -> Iterator[Parser]:
    """Yield the parsers whose kind can be told by an ending."""
    yield from (parser for parser in parsers() if parser.endings)
