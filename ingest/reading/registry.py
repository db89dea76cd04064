"""The registry of parsers: from a document, or from what was fetched or kept, to its articles."""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import entry_points

import lxml.html
from lxml.etree import ParserError, XMLSyntaxError

from ingest.errors import NoArticleError, ReadingError, UnreadableError
from ingest.fetching.fetcher import Fetched
from ingest.fetching.identities import clean_url, resolved
from ingest.model import Extract, Snapshot
from ingest.reading.books import BookParser
from ingest.reading.calendars import CalendarParser
from ingest.reading.captions import CaptionsParser
from ingest.reading.documents import (
    Document,
    Entry,
    FoundArticle,
    Hints,
    Parser,
    apply_hints,
    encrypted_file,
)
from ingest.reading.feedfiles import (
    FeedListParser,
    FeedParser,
    ShortcutParser,
    item_of,
    with_address,
    with_listing_metadata,
    without_suffix,
)
from ingest.reading.jsonl import ArticleTableParser, JsonLinesParser, JsonParser
from ingest.reading.limits import FILES, PAGES
from ingest.reading.mail import MailParser, SavedPageParser, WebArchiveParser
from ingest.reading.markup import MarkdownParser
from ingest.reading.office import OpenDocumentParser, WordParser
from ingest.reading.pages import PageParser
from ingest.reading.pastes import TextParser
from ingest.reading.pdf import PdfParser
from ingest.reading.rtf import RichTextParser
from ingest.reading.sheets import ResultsParser, SheetParser, WorkbookParser

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
    ArticleTableParser(),
    WorkbookParser(),
    ResultsParser(),
    FeedListParser(),
    ShortcutParser(),
    WebArchiveParser(),
    CalendarParser(),
)
ENDINGS = frozenset().union(*(parser.endings for parser in _PARSERS))
"""File endings that are read without a further package."""
_READABLE_ENDING = {
    **dict.fromkeys((".ods", ".numbers", ".xlsb", ".xls"), ".xlsx"),
    **dict.fromkeys((".pages", ".fodt", ".wpd", ".doc"), ".docx"),
    **dict.fromkeys((".odp", ".pptx", ".ppt", ".key", ".xps"), ".pdf"),
    **dict.fromkeys((".ass", ".ssa", ".ttml"), ".srt"),
    **dict.fromkeys((".mobi", ".azw3", ".fb2"), ".epub"),
    **dict.fromkeys((".mbox", ".msg", ".emlx"), ".eml"),
    **dict.fromkeys((".rst", ".adoc", ".asciidoc", ".org", ".textile", ".tex"), ".html"),
}
"""Endings that are not read, with one that the same programs write and that is read."""
_OLD_CONTAINER = bytes.fromhex("d0cf11e0a1b11ae1")
"""Signature of the container of old Office formats, of Outlook messages and of encrypted files."""
_OLD_PARTS = {"WordDocument": ".doc", "Workbook": ".xls", "__substg1.0": ".msg"}
"""Names of parts in such a container, with the ending of its files."""
_ENCRYPTED_PART = "EncryptedPackage"
_IN_NOSCRIPT = "ancestor::noscript"
_REFRESH = re.compile(
    r"(\d{1,3})(?:\.\d{0,3})?\s{0,5}[;,]\s{0,5}url\s{0,5}=\s{0,5}(\S.*)", re.I | re.S
)
_PAGE_SUFFIX = re.compile(
    r"/(?:page/)?\d{1,2}|[?&](?:page|p|pg)=\d{1,2}|[-_](?:p|page)?\d{1,2}(?:\.html?)?"
)
"""Suffix that the address of a further page has after the address of the first."""


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
    if ending := _READABLE_ENDING.get(document.ending):
        raise UnreadableError(f"{document.name} cannot be read. Save it as {ending}.")
    raise UnreadableError(
        f"{document.name} cannot be read. What can be read: {_list_kinds()}. "
        "If it holds an article, paste its text."
    )


def _check_container(document: Document) -> None:
    """Check that a document is neither empty nor a container that no parser opens.

    Raises:
        UnreadableError: it is empty, encrypted or in an old format; the message says what to do.
    """
    data, name = document.data, document.name
    if not data.strip():
        raise UnreadableError(f"{name} is empty. Nothing was added from it.")
    if not data.startswith(_OLD_CONTAINER):
        return
    if _ENCRYPTED_PART.encode("utf-16-le") in data:
        raise encrypted_file(name)
    endings = (ending for part, ending in _OLD_PARTS.items() if part.encode("utf-16-le") in data)
    ending = _READABLE_ENDING[next(endings, ".ppt")]
    raise UnreadableError(f"{name} cannot be read. Save it as {ending}.")


def read(document: Document) -> tuple[FoundArticle, ...]:
    """Return the articles in *document*, or the error that explains why there are none.

    Arguments and result can be pickled, so this can run in a separate process.
    """
    try:
        if len(document.data) > FILES.document_bytes:
            raise too_large(document.name, len(document.data))
        _check_container(document)
        parser = parser_of(document)
        hints = document.hints
        if parser.several:
            document = replace(document, hints=replace(hints, url=None, title=None))
        articles = tuple(_with_metadata(article, document) for article in parser.parse(document))
    except ReadingError as problem:
        return (FoundArticle(document.name, problem=problem),)
    return articles or (FoundArticle(document.name, problem=_without_articles(document)),)


def _read_single(document: Document) -> Extract:
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
        f"{name} has {size / 2**20:.0f} MB; at most {FILES.document_bytes // 2**20} MB are read. "
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


def _without_articles(document: Document) -> NoArticleError:
    """Return the error for a document in which nothing is an article."""
    return NoArticleError(f"{document.name} holds no text. Nothing was added.")


def _list_kinds() -> str:
    """Return the kinds of documents that are read, each with its endings."""
    return ", ".join(
        f"{parser.kind} ({', '.join(sorted(parser.endings))})" for parser in _parsers_with_endings()
    )


def _parsers_with_endings() -> Iterator[Parser]:
    """Yield the parsers that have file endings."""
    yield from (parser for parser in parsers() if parser.endings)


def read_fetched(
    data: bytes,
    url: str,
    content_type: str,
    charset: str | None,
    hints: Hints,
    announced: Entry | None = None,
    now: datetime | None = None,
) -> Extract:
    """Return the article at *url*; gaps are filled from its *announced* entry in a listing.

    Raises:
        ReadingError: the document holds no article, or opts out of archiving.
    """
    return _read_single(
        Document(
            data,
            url,
            hints,
            content_type=content_type,
            charset=charset,
            url=url,
            announced=announced,
            now=now,
        )
    )


def read_item(announced: Entry, feed: str, hints: Hints, now: datetime | None = None) -> Extract:
    """Return an article that its *feed* carries.

    Raises:
        ReadingError: the item holds no article.
    """
    return _read_single(replace(item_of(announced, feed), hints=hints, now=now))


def redirect_target(data: bytes, url: str) -> str | None:
    """Return the target of a page's redirect (``<meta http-equiv="refresh">``), if there is one."""
    try:
        head = lxml.html.document_fromstring(data[: PAGES.redirect_head_bytes])
    except (ParserError, XMLSyntaxError, ValueError):
        return None
    contents = [
        (meta.get("content") or "").strip()
        for meta in head.iter("meta")
        if (meta.get("http-equiv") or "").lower() == "refresh" and not meta.xpath(_IN_NOSCRIPT)
    ]
    target = _REFRESH.match(contents[0]) if contents else None
    if target is None or int(target[1]) > PAGES.redirect_seconds:
        return None
    redirect_url = resolved(url, target[2].strip(" '\""))
    return redirect_url if redirect_url and clean_url(redirect_url) != clean_url(url) else None


def one_after_another(pages: Sequence[Extract]) -> Extract:
    """Return one extract of the pages of an article; repeated paragraphs are left out."""
    first_page = pages[0]
    if len(pages) == 1:
        return first_page
    paragraphs: dict[str, None] = {}
    for page in pages:
        paragraphs |= dict.fromkeys(page.text.split("\n\n"))
    return replace(
        first_page,
        text="\n\n".join(paragraphs),
        captions=tuple(dict.fromkeys(caption for page in pages for caption in page.captions)),
        corrections=tuple(dict.fromkeys(note for page in pages for note in page.corrections)),
        notes=tuple(note for page in pages for note in page.notes),
    )


def is_next_page(url: str, first_url: str) -> bool:
    """Return True if *url* can only be a further page of the article that begins at *first_url*."""
    base_url, page_url = clean_url(first_url), clean_url(url)
    base_urls = {base_url, without_suffix(base_url)}
    return page_url != base_url and any(
        page_url.startswith(prefix) and _PAGE_SUFFIX.fullmatch(page_url[len(prefix) :])
        for prefix in base_urls
    )


@dataclass(frozen=True, slots=True)
class _SnapshotPage:
    """One fetched page in a snapshot."""

    url: str
    content_type: str
    charset: str | None
    data: bytes


def snapshot_of(pages: Sequence[Fetched], now: datetime) -> Snapshot | None:
    """Write the pages fetched at *now* as one gzipped WARC file; None if it is too large.

    Bodies are decoded, and only the headers needed to read them are kept.
    """
    from warcio.statusandheaders import StatusAndHeaders  # takes a fifth of a second
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    timestamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for page in pages:
        charset = f"; charset={page.charset}" if page.charset else ""
        values = {
            "Content-Type": f"{page.content_type or 'application/octet-stream'}{charset}",
            "Content-Length": str(len(page.data)),
            "ETag": page.validators.etag,
            "Last-Modified": page.validators.last_modified,
        }
        headers = [(name, value) for name, value in values.items() if value]
        record = writer.create_warc_record(
            page.url,
            "response",
            payload=io.BytesIO(page.data),
            length=len(page.data),
            http_headers=StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": timestamp},
        )
        writer.write_record(record)
    warc = out.getvalue()
    return (
        Snapshot(warc, hashlib.sha256(warc).hexdigest())
        if len(warc) <= FILES.snapshot_bytes
        else None
    )


def pages_of(warc: bytes) -> list[_SnapshotPage]:
    """Return the pages of a WARC file.

    Raises:
        UnreadableError: it is damaged or too large.
    """
    from warcio.exceptions import ArchiveLoadFailed

    try:
        return list(_pages(warc))
    except (ArchiveLoadFailed, EOFError, ValueError, zlib.error) as error:
        raise UnreadableError("This snapshot is damaged; nothing can be proven by it.") from error


def _pages(warc: bytes) -> Iterator[_SnapshotPage]:
    """Yield the responses of a WARC file; check their digests."""
    from warcio.archiveiterator import ArchiveIterator

    room = FILES.snapshot_unpacked_bytes
    for record in ArchiveIterator(io.BytesIO(warc), check_digests="raise"):
        if record.rec_type != "response":
            continue
        data = record.content_stream().read(room + 1)
        room -= len(data)
        if room < 0:
            raise UnreadableError(
                f"The snapshot has more than {FILES.snapshot_unpacked_bytes // 2**20} MB."
            )
        kind, _, parameters = record.http_headers.get_header("Content-Type", "").partition(";")
        charset = parameters.partition("charset=")[2].strip() or None
        yield _SnapshotPage(
            record.rec_headers.get_header("WARC-Target-URI"), kind.strip(), charset, data
        )


def text_of(warc: bytes) -> str:
    """Return the text of the article in a snapshot, extracted again.

    Arguments and result can be pickled, so that this may run in another process.

    Raises:
        ReadingError: it is damaged, or has no article.
    """
    pages = pages_of(warc)
    if not pages:
        raise UnreadableError("This snapshot holds no page.")
    results = [
        read_fetched(page.data, page.url, page.content_type, page.charset, Hints())
        for page in pages
    ]
    return one_after_another(results).text
