"""PDF: the text of its pages in reading order, with tables as rows."""

from __future__ import annotations

import io
import logging
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ingest.errors import NoArticleError, UnreadableError
from ingest.model import Extract
from ingest.reading.documents import (
    Document,
    FoundArticle,
    Parser,
    Score,
    broken_file,
    encrypted_file,
)
from ingest.reading.layout import (
    PdfPage,
    Table,
    align_shifted_letters,
    columns_as_lines,
    pieces_of,
    text_in_order,
    vertical_columns,
)
from ingest.reading.limits import FILES, LAYOUT
from ingest.reading.page_tables import Cell
from ingest.reading.pastes import read_paste
from ingest.reading.text import clean_line

_PDF_ERRORS = (
    *(ValueError, LookupError, TypeError, AttributeError),
    *(RecursionError, AssertionError, OverflowError, struct.error, zlib.error),
)
"""Errors that the parser raises for broken files."""


class _TooLargeError(Exception):
    """A part of a PDF unpacks to more than the limit."""


class _Unpacking:
    """The functions of :mod:`zlib` that pdfminer uses, with a limit on the size of the result."""

    error = zlib.error

    @staticmethod
    def decompress(data: bytes) -> bytes:
        """Return *data* unpacked.

        Raises:
            _TooLargeError: the result is larger than the limit.
            zlib.error: the data is broken or cut off.
        """
        decompressor = _Unpacking.decompressobj()
        unpacked = decompressor.decompress(data)
        if not decompressor.eof:
            raise zlib.error("incomplete or truncated stream")
        return unpacked

    @staticmethod
    def decompressobj() -> _LimitedUnpacking:
        """Return a decompressor with a limit."""
        return _LimitedUnpacking()


class _LimitedUnpacking:
    """A decompressor of pieces of data, with a limit on the total size."""

    def __init__(self) -> None:
        self._packed = zlib.decompressobj()
        self._bytes_left = FILES.pdf_unpacked_mb * 2**20

    @property
    def eof(self) -> bool:
        """Return True if the end of the data was reached."""
        return self._packed.eof

    def decompress(self, data: bytes) -> bytes:
        """Return one piece unpacked."""
        unpacked = self._packed.decompress(data, self._bytes_left + 1)
        self._bytes_left -= len(unpacked)
        if self._bytes_left < 0:
            raise _TooLargeError
        return unpacked


class PdfParser(Parser):
    """The parser of PDF."""

    kind = "PDF"
    endings = frozenset({".pdf"})
    media_types = frozenset({"application/pdf"})

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by its first bytes, else by the name."""
        return Score.SURE if document.data.startswith(b"%PDF-") else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the one article of *document*."""
        yield FoundArticle(document.name, read_pdf(document.data, document.name))


def read_pdf(data: bytes, name: str) -> Extract:
    """Return the article in a PDF: columns in sequence, tables as rows, no headers and numbers.

    The notes list the pages that are only pictures.

    Raises:
        UnreadableError: the PDF is broken, encrypted, or too long.
        NoArticleError: all pages are pictures.
    """
    import pdfplumber  # takes a fifth of a second
    from pdfminer import pdftypes
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import PdfminerException

    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    vars(pdftypes)["zlib"] = _Unpacking
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            count = len(document.pages)
            pages = (
                [list(_read_page(page)) for page in document.pages]
                if count <= FILES.pdf_pages
                else []
            )
    except PdfminerException as error:
        if isinstance(error.args[0] if error.args else None, PDFPasswordIncorrect):
            raise encrypted_file(name) from error
        if isinstance(error.__context__, _TooLargeError):
            raise _too_large(name) from error
        raise broken_file(name, "PDF") from error
    except _TooLargeError as error:
        raise _too_large(name) from error
    except (PSException, *_PDF_ERRORS) as error:
        raise broken_file(name, "PDF") from error
    if count > FILES.pdf_pages:
        raise UnreadableError(
            f"{name} has {count} pages; {FILES.pdf_pages} are the most. Split it."
        )
    parts = [part for page in pages for part in page]
    if not any(part.pieces or part.tables for part in parts):
        raise NoArticleError(f"{name} holds pictures of pages and no text. Paste the text instead.")
    picture_pages = [number for number, page in enumerate(pages, 1) if page[0].unread]
    extract = read_paste(text_in_order(parts))
    return replace(extract, notes=_picture_note(picture_pages, len(pages)))


def _picture_note(picture_pages: Sequence[int], pages: int) -> tuple[str, ...]:
    """Return a note that lists the pages that are pictures."""
    if not picture_pages:
        return ()
    if len(picture_pages) == 1:
        return (f"Page {picture_pages[0]} of {pages} is a picture without text and was not read.",)
    numbers = ", ".join(map(str, picture_pages))
    return (f"Pages {numbers} of {pages} are pictures without text and were not read.",)


def _read_page(page: Any) -> Iterator[PdfPage]:  # noqa: ANN401 - pdfplumber has none
    """Yield one page without the signs of notes: its runs of words, and its ruled tables.

    Behind it comes what is written downwards, turned into lines.
    """
    page = page.dedupe_chars()
    align_shifted_letters(page.chars)
    columns = vertical_columns(page.chars)
    if columns:
        vertical = {id(letter) for column in columns for letter in column}
        page = page.filter(lambda part: id(part) not in vertical)
    tables = [
        Table(
            [[Cell(clean_line(cell or "")) for cell in row] for row in table.extract()],
            table.bbox[1],
            table.bbox[0],
            table.bbox[2],
            table.bbox[3],
        )
        for table in page.find_tables()
        if len(table.rows) > 1 and len(table.rows[0].cells) > 1
    ]
    words = page.extract_words(x_tolerance=LAYOUT.pdf_letter_gap_points, keep_blank_chars=False)
    has_drawings = bool(page.images or page.rects or page.curves)
    yield PdfPage(pieces_of(words), tables, has_drawings and not columns)
    if columns:
        yield PdfPage(columns_as_lines(columns, float(page.width)))


def _too_large(name: str) -> UnreadableError:
    """Return the error for a part of a PDF that unpacks to more than the limit."""
    return UnreadableError(
        f"{name} unpacks to more than {FILES.pdf_unpacked_mb} MB, so it was not read."
    )
