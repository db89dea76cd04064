"""PDF: the text of its pages."""

from __future__ import annotations

import io
import logging

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from ingest.errors import NoArticleError, UnreadableError
from ingest.model import Extract
from ingest.reading.pastes import read_paste

PAGES = 100
"""Pages of the longest PDF that is read."""


def read_pdf(data: bytes, name: str) -> Extract:
    """Understand a PDF as if its text had been pasted.

    Raises:
        UnreadableError: broken, encrypted, or too long.
        NoArticleError: its pages are pictures.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data))
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = 0 if locked else len(reader.pages)
        wanted = [] if locked or pages > PAGES else reader.pages
        text = "\n\n".join(page.extract_text() for page in wanted)
    except DependencyError as error:
        raise UnreadableError(f"{name} is encrypted. Save it without a password.") from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableError(
            f"{name} is a broken PDF. Open it, save it anew, or paste its text."
        ) from error
    if locked:
        raise UnreadableError(f"{name} is encrypted. Save it without a password.")
    if pages > PAGES:
        raise UnreadableError(f"{name} has {pages} pages; {PAGES} are the most. Split it.")
    if not text.strip():
        raise NoArticleError(f"{name} holds pictures of pages and no text. Paste the text instead.")
    return read_paste(text)
