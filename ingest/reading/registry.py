"""The registry of parsers, and the single entry to reading: from a document to its articles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points

from ingest.errors import NoArticleError, ReadingError, UnreadableError
from ingest.model import Extract
from ingest.reading.books import BookParser
from ingest.reading.calendars import CalendarParser
from ingest.reading.captions import CaptionsParser
from ingest.reading.documents import Document, Parser
from ingest.reading.feedfiles import FeedParser
from ingest.reading.found import FoundArticle, apply_hints
from ingest.reading.jsonl import JsonLinesParser, JsonParser
from ingest.reading.mail import MailParser, SavedPageParser
from ingest.reading.markdown import MarkdownParser
from ingest.reading.office import OpenDocumentParser, WordParser
from ingest.reading.opml import FeedListParser
from ingest.reading.pages import PageParser
from ingest.reading.pastes import TextParser
from ingest.reading.pdf import PdfParser
from ingest.reading.placing import with_address, with_listing_metadata
from ingest.reading.rtf import RichTextParser
from ingest.reading.sheets import ResultsParser, SheetParser, WorkbookParser
from ingest.reading.webarchives import WebArchiveParser

LARGEST = 50 * 2**20
"""Bytes of the largest document; each parser limits its text further."""
_ENTRY_POINT_GROUP = "election_desk.parsers"
"""Group of entry points in which other packages register a :class:`Parser` class."""
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
    CalendarParser(),
)
ENDINGS = frozenset().union(*(parser.endings for parser in _PARSERS))
"""File endings that are read without a further package."""


@cache
def parsers() -> Sequence[Parser]:
    """Return all parsers: first those in this package, then those from entry points."""
    plugins = sorted(entry_points(group=_ENTRY_POINT_GROUP), key=lambda point: point.name)
    return (*_PARSERS, *(point.load()() for point in plugins))


def parser_of(document: Document) -> Parser:
    """Return the parser with the highest score for *document*; the first of equal ones.

    Raises:
        NoArticleError: no parser reads a document from an address.
        UnreadableError: no parser reads it; the message lists the kinds that are read.
    """
    best = max(parsers(), key=lambda parser: parser.score(document))
    if best.score(document):
        return best
    if document.url:
        media_type = document.content_type or "no type"
        raise NoArticleError(f"{document.name} is neither a page nor text ({media_type}).")
    raise UnreadableError(
        f"{document.name} cannot be read. What can be read: {_list_kinds()}. "
        "If it holds an article, paste its text."
    )


def read(document: Document) -> tuple[FoundArticle, ...]:
    """Return the articles in *document*, or the error that explains why there are none.

    Arguments and result can be pickled, so this can run in a separate process.
    """
    try:
        if len(document.data) > LARGEST:
            raise too_large(document.name, len(document.data))
        parser = parser_of(document)
        hints = document.hints
        if parser.several:
            document = replace(document, hints=replace(hints, url=None, title=None))
        articles = tuple(_with_metadata(article, document) for article in parser.parse(document))
    except ReadingError as problem:
        return (FoundArticle(document.name, problem=problem),)
    return articles or (FoundArticle(document.name, problem=_empty_document(document)),)


def read_single(document: Document) -> Extract:
    """Return the single article in *document*.

    Raises:
        ReadingError: the document holds no article, or several.
    """
    article, *further_articles = read(document)
    if article.problem:
        raise article.problem
    if further_articles or article.extract is None:
        raise NoArticleError(
            f"{document.name} holds {1 + len(further_articles)} articles, not one. "
            "Save it as a file and add the file."
        )
    return article.extract


def too_large(name: str, size: int) -> UnreadableError:
    """Return the error for a document of too many bytes."""
    return UnreadableError(
        f"{name} has {size / 2**20:.0f} MB; at most {LARGEST // 2**20} MB are read. "
        "Split it, or give JSON Lines."
    )


def _with_metadata(article: FoundArticle, document: Document) -> FoundArticle:
    """Return an article with its address, listing metadata and hints applied, or with the error."""
    if article.extract is None:
        return article
    try:
        extract, header = article.extract, article.extract.header
        if document.url:
            header = with_address(header, document.url)
        hints, announced = document.hints, document.announced
        if announced:
            header = with_listing_metadata(header, announced, document.now)
            if announced.outlet or announced.foreign:
                hints = replace(hints, outlet=announced.outlet or None)
        return replace(
            article, extract=apply_hints(replace(extract, header=header), hints, article.name)
        )
    except ReadingError as problem:
        return FoundArticle(article.name, problem=problem)


def _empty_document(document: Document) -> UnreadableError:
    """Return the error for an empty document."""
    return UnreadableError(f"{document.name} is empty. Nothing was added from it.")


def _list_kinds() -> str:
    """Return the kinds of documents that are read, each with its endings."""
    return ", ".join(
        f"{parser.kind} ({', '.join(sorted(parser.endings))})" for parser in _parsers_with_endings()
    )


def _parsers_with_endings() -> Iterator[Parser]:
    """Yield the parsers that have file endings."""
    yield from (parser for parser in parsers() if parser.endings)
