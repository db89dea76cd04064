"""Snapshots of fetched pages as WARC files (ISO 28500): writing and reading."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.errors import UnreadableError
from ingest.fetching.fetcher import Fetched
from ingest.model import Snapshot
from ingest.reading.fetched import one_after_another, read_fetched
from ingest.reading.found import Hints

_LARGEST_BYTES = 2 * 2**20
"""Maximum size of a snapshot; larger ones are not stored."""
_LARGEST_UNPACKED_BYTES = 32 * 2**20
"""Maximum number of bytes unpacked from one file."""


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
    return Snapshot(warc, hashlib.sha256(warc).hexdigest()) if len(warc) <= _LARGEST_BYTES else None


def pages_of(warc: bytes) -> list[_SnapshotPage]:
    """Return the pages of a WARC file.

    Raises:
        UnreadableError: it is damaged or too large.
    """
    try:
        return list(_pages(warc))
    except (ArchiveLoadFailed, EOFError, ValueError, zlib.error) as error:
        raise UnreadableError("This snapshot is damaged; nothing can be proven by it.") from error


def _pages(warc: bytes) -> Iterator[_SnapshotPage]:
    """Yield the responses of a WARC file; check their digests."""
    room = _LARGEST_UNPACKED_BYTES
    for record in ArchiveIterator(io.BytesIO(warc), check_digests="raise"):
        if record.rec_type != "response":
            continue
        data = record.content_stream().read(room + 1)
        room -= len(data)
        if room < 0:
            raise UnreadableError(
                f"The snapshot has more than {_LARGEST_UNPACKED_BYTES // 2**20} MB."
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
