"""What was fetched from an address, as an article."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from ingest.errors import NoArticleError
from ingest.model import Extract, Header
from ingest.reading.decoding import decode
from ingest.reading.found import Hints, settled
from ingest.reading.listings import Entry
from ingest.reading.pages import read_page
from ingest.reading.pastes import read_paste
from ingest.reading.pdf import read_pdf

HTML = frozenset({"text/html", "application/xhtml+xml"})


def read_fetched(
    data: bytes,
    url: str,
    content_type: str,
    charset: str | None,
    hints: Hints,
    announced: Entry | None = None,
) -> Extract:
    """Understand what *url* holds; what its listing *announced* fills the gaps.

    Raises:
        ReadingError: it holds no article, or asks not to be kept.
    """
    extract = understood(data, url, content_type, charset)
    header = placed(extract.header, url)
    if announced is not None:
        header = replace(
            header,
            title=header.title or announced.title,
            published=header.published or announced.published,
        )
    return settled(replace(extract, header=header), hints, url)


def understood(data: bytes, url: str, content_type: str, charset: str | None) -> Extract:
    """Read PDF, plain text or a page."""
    if data.startswith(b"%PDF-") or content_type == "application/pdf":
        return read_pdf(data, url)
    text = decode(data, url, charset)
    if content_type == "text/plain":
        return read_paste(text)
    if content_type not in HTML and "<" not in text[:2000]:
        raise NoArticleError(f"{url} is neither a page nor text ({content_type or 'no type'}).")
    return read_page(text, url)


def placed(header: Header, url: str) -> Header:
    """Say where an article stands: at its canonical address if that is of the same site.

    A canonical address of another site is the original's; the article is a copy that was taken
    over, and stays where it was found.
    """
    canonical = urljoin(url, header.url) if header.url else url
    if site(canonical) == site(url):
        return replace(header, url=canonical if has_path(canonical, url) else url)
    return replace(header, url=url, original=canonical)


def site(url: str) -> str:
    """Return the host without what only tells its machines apart."""
    host = (urlsplit(url).hostname or "").lower()
    return host.removeprefix("www.").removeprefix("m.").removeprefix("amp.")


def has_path(canonical: str, url: str) -> bool:
    """Tell whether a canonical address names a page, where *url* does: not just the front page."""
    front = urlsplit(canonical).path.strip("/") == ""
    return not front or urlsplit(url).path.strip("/") == ""
