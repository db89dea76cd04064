"""Documents packed as ZIP archives: their parts, each within a size limit."""

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
from ingest.reading.documents import Document, broken_file, encrypted_file
from ingest.reading.elements import Element
from ingest.reading.limits import FILES

_PACKAGE_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError),
    *(RuntimeError, ValueError, LookupError, TypeError, OSError, etree.LxmlError, AttributeError),
)
"""Errors that the libraries raise for broken packages."""
_WORD = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT_WORD = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
"""The namespace of the same elements in a document that is saved as strict Open XML."""
_KEYS = {"META-INF/manifest.xml": b"encryption-data", "META-INF/encryption.xml": b"html"}
"""Parts that list the encrypted parts, with what they contain if one of those is text.

Books list encrypted fonts as well, which are not read.
"""


@dataclass(frozen=True, slots=True)
class Package:
    """An open package; *name* is shown in messages about it."""

    archive: zipfile.ZipFile
    name: str

    def data(self, part: str) -> bytes:
        """Return one part, unpacked.

        Raises:
            UnreadableError: the part unpacks to more than the limit.
            KeyError: there is no part of that name.
        """
        with self.archive.open(part) as file:
            data = file.read(FILES.package_part_bytes + 1)
        if len(data) > FILES.package_part_bytes:
            raise UnreadableError(
                f"{self.name} unpacks to more than {FILES.package_part_bytes // 2**20} MB."
            )
        return data

    def xml(self, part: str) -> Element:
        """Return the root of a part that is XML, without comments; entities are not resolved.

        Raises:
            UnreadableError: the part unpacks to more than the limit, or declares entities.
        """
        data = self.data(part).replace(_STRICT_WORD, _WORD)
        if b"<!ENTITY" in data:
            raise UnreadableError(f"{self.name} declares entities of its own and was not read.")
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
        )
        return etree.fromstring(data, parser)


def _is_encrypted(package: Package) -> bool:
    """Return True if text of a package cannot be read without a key.

    The first flag of a part says that ZIP itself encrypts it.
    """
    names = {part.filename for part in package.archive.infolist()}
    return any(part.flag_bits & 1 for part in package.archive.infolist()) or any(
        sign in package.data(part) for part, sign in _KEYS.items() if part in names
    )


@contextmanager
def open_package(document: Document, kind: str) -> Iterator[Package]:
    """Open a package for reading; turn any error of the libraries into an UnreadableError.

    Raises:
        UnreadableError: the document is not a package of this *kind*, or is broken, encrypted or
            too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(document.data)) as archive:
            if len(archive.infolist()) > FILES.package_parts:
                raise UnreadableError(
                    f"{document.name} has more than {FILES.package_parts:,} parts. Split it."
                )
            package = Package(archive, document.name)
            if _is_encrypted(package):
                raise encrypted_file(document.name)
            yield package
    except _PACKAGE_ERRORS as error:
        raise broken_file(document.name, kind) from error
