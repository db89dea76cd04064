"""Documents that are packed as ZIP archives: their parts, each within a limit."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lxml import etree

from ingest.errors import UnreadableError
from ingest.reading.documents import Document, broken
from ingest.reading.elements import Element

_LARGEST = 20 * 2**20
"""Bytes that a part may unpack to; its text is bounded again."""
_MOST = 5000
"""Parts of the largest package."""
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError),
    *(RuntimeError, ValueError, LookupError, TypeError, OSError, etree.LxmlError, AttributeError),
)
"""What broken packages make the libraries raise."""


@dataclass(frozen=True, slots=True)
class Package:
    """An open package; *name* stands in sentences about it."""

    archive: zipfile.ZipFile
    name: str

    def data(self, part: str) -> bytes:
        """Return one part unpacked.

        Raises:
            UnreadableError: it unpacks to too much.
            KeyError: there is none of that name.
        """
        with self.archive.open(part) as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise UnreadableError(f"{self.name} unpacks to more than {_LARGEST // 2**20} MB.")
        return data

    def xml(self, part: str) -> Element:
        """Return the root of a part that is XML, without comments; entities are not resolved.

        Raises:
            UnreadableError: it unpacks to too much, or declares entities.
        """
        data = self.data(part)
        if b"<!ENTITY" in data:
            raise UnreadableError(f"{self.name} declares entities of its own and was not read.")
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
        )
        return etree.fromstring(data, parser)


@contextmanager
def unzipped(document: Document, kind: str) -> Iterator[Package]:
    """Open a package to read from it; whatever is broken in it is one sentence.

    Raises:
        UnreadableError: it is no package of this *kind*, is broken, encrypted or too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(document.data)) as archive:
            if len(archive.infolist()) > _MOST:
                raise UnreadableError(f"{document.name} has more than {_MOST:,} parts. Split it.")
            yield Package(archive, document.name)
    except _BROKEN as error:
        raise broken(document.name, kind) from error
