"""PDF: the text of its pages in reading order, their tables as rows."""

from __future__ import annotations

import io
import logging
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pdfplumber
from pdfminer import pdftypes
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import PdfminerException

from ingest.errors import NoArticleError, UnreadableError
from ingest.model import Extract
from ingest.reading.documents import SURE, Document, Parser, broken
from ingest.reading.found import FoundArticle
from ingest.reading.layout import PdfPage, Table, pieces_of, text_in_order
from ingest.reading.pastes import read_paste
from ingest.reading.tables import Cell
from ingest.reading.text import clean_line

_PAGES = 100
"""Pages of the longest PDF that is read."""
_BROKEN = (
    *(PSException, ValueError, LookupError, TypeError, AttributeError),
    *(RecursionError, AssertionError, OverflowError, struct.error, zlib.error),
)
"""What broken files make a parser raise."""
_SLACK = 2
"""Points that letters of one word may stand apart."""
_UNPACKED = 32
"""MB to which one part of a PDF may unpack; pictures are never unpacked."""


class _TooLargeError(Exception):
    """A part unpacks to more than that."""


class _Unpacking:
    """What pdfminer uses of :mod:`zlib`, with a limit: it has none of its own."""

    error = zlib.error

    @staticmethod
    def decompress(data: bytes) -> bytes:
        """Unpack *data*.

        Raises:
            _TooLargeError: there is too much of it.
            zlib.error: it is broken or cut off.
        """
        unpacking = _Unpacking.decompressobj()
        found = unpacking.decompress(data)
        if not unpacking.eof:
            raise zlib.error("incomplete or truncated stream")
        return found

    @staticmethod
    def decompressobj() -> _LimitedUnpacking:
        """Return what unpacks piece by piece."""
        return _LimitedUnpacking()


class _LimitedUnpacking:
    """Unpacks piece by piece, up to a limit in all."""

    def __init__(self) -> None:
        self._packed = zlib.decompressobj()
        self._left = _UNPACKED * 2**20

    @property
    def eof(self) -> bool:
        """Whether the end was reached."""
        return self._packed.eof

    def decompress(self, data: bytes) -> bytes:
        """Unpack one piece."""
        found = self._packed.decompress(data, self._left + 1)
        self._left -= len(found)
        if self._left < 0:
            raise _TooLargeError
        return found


class PdfParser(Parser):
    """PDF."""

    kind = "PDF"
    endings = frozenset({".pdf"})
    media_types = frozenset({"application/pdf"})

    def score(self, document: Document) -> int:
        """Tell a PDF by its first bytes, or by its name."""
        return SURE if document.data.startswith(b"%PDF-") else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read one article."""
        yield FoundArticle(document.name, read_pdf(document.data, document.name))


def read_pdf(data: bytes, name: str) -> Extract:
    """Understand a PDF: columns one behind the other, tables as rows, without heads and numbers.

    Pages that are pictures are said to be.

    Raises:
        UnreadableError: broken, encrypted, or too long.
        NoArticleError: its pages are pictures.
    """
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    vars(pdftypes)["zlib"] = _Unpacking
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            count = len(document.pages)
            pages = [_read_sheet(page) for page in document.pages] if count <= _PAGES else []
    except PdfminerException as error:
        if isinstance(error.args[0] if error.args else None, PDFPasswordIncorrect):
            raise UnreadableError(f"{name} is encrypted. Save it without a password.") from error
        if isinstance(error.__context__, _TooLargeError):
            raise _too_large(name) from error
        raise broken(name, "PDF") from error
    except _TooLargeError as error:
        raise _too_large(name) from error
    except _BROKEN as error:
        raise broken(name, "PDF") from error
    if count > _PAGES:
        raise UnreadableError(f"{name} has {count} pages; {_PAGES} are the most. Split it.")
    if not any(page.pieces or page.tables for page in pages):
        raise NoArticleError(f"{name} holds pictures of pages and no text. Paste the text instead.")
    blank = [place for place, page in enumerate(pages, 1) if page.unread]
    extract = read_paste(text_in_order(pages))
    return replace(extract, notes=_unread(blank, len(pages)))


def _unread(blank: Sequence[int], pages: int) -> tuple[str, ...]:
    """Say which pages are pictures."""
    if not blank:
        return ()
    if len(blank) == 1:
        return (f"Page {blank[0]} of {pages} is a picture without text and was not read.",)
    told = ", ".join(map(str, blank))
    return (f"Pages {told} of {pages} are pictures without text and were not read.",)


def _read_sheet(page: Any) -> PdfPage:  # noqa: ANN401 - pdfplumber has none
    """Read one page: its runs of words, and the tables that lines are drawn around."""
    tables = [
        Table(
            [[Cell(clean_line(cell or "")) for cell in row] for row in found.extract()],
            found.bbox[1],
            found.bbox[0],
            found.bbox[2],
            found.bbox[3],
        )
        for found in page.find_tables()
        if len(found.rows) > 1 and len(found.rows[0].cells) > 1
    ]
    words = page.dedupe_chars().extract_words(x_tolerance=_SLACK, keep_blank_chars=False)
    drawn = bool(page.images or page.rects or page.curves)
    return PdfPage(pieces_of(words), tables, drawn)


def _too_large(name: str) -> UnreadableError:
    """Say that a part of a PDF is a bomb, or as large as one."""
    return UnreadableError(f"{name} unpacks to more than {_UNPACKED} MB, so it was not read.")
