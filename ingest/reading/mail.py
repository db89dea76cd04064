"""Mail (newsletters that somebody got) and pages saved as mail is written (MHTML)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parseaddr

from ingest.errors import NoArticleError
from ingest.language.datelines import stated
from ingest.language.words import words
from ingest.model import Extract
from ingest.reading.decoding import damage, decode
from ingest.reading.documents import SURE, Document, Parser, broken
from ingest.reading.found import FoundArticle
from ingest.reading.pages import read_page
from ingest.reading.pastes import read_paste
from ingest.reading.text import clean_line

_HEADERS = re.compile(
    rb"(?:^|\n)(?:message-id|received|mime-version|dkim-signature|delivered-to):[ \t]",
    re.IGNORECASE,
)
_SENDER = re.compile(rb"(?:^|\n)from:[ \t]", re.IGNORECASE)
_FIRST = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]|From \S{1,200} ")
_RELATED = re.compile(rb"(?:^|\n)content-type:[ \t]{0,8}multipart/related\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_CALL = re.compile(rf"\W{{0,5}}(?:{'|'.join(words()['notes']['letters'])})", re.IGNORECASE)
"""What letters say at their ends: how to get no more of them, or where to see this one."""
_SHORT = 200
"""Characters of a line that goes with the address in it: it says to whom this was sent."""
_BROKEN = (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError)
"""What broken mail makes the standard library raise."""
_EML, _MHTML = "EML", "MHTML"
"""What the files are called where one is broken."""
_PARTS = 500
"""Parts of a mail that are looked at."""


class MailParser(Parser):
    """Mail: a newsletter is its sender's, of the day that it was sent."""

    kind = "mail"
    endings = frozenset({".eml"})
    media_types = frozenset({"message/rfc822"})

    def score(self, document: Document) -> int:
        """Tell mail by its header, or by the name."""
        head = document.head
        told = _FIRST.match(head) and _HEADERS.search(head) and _SENDER.search(head)
        return SURE if told and not document.url else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read one letter; no address of a person is kept."""
        message = _parsed(document, _EML)
        extract = _letter(message, document)
        name, address = parseaddr(_header(message, "From"))
        outlet = clean_line(name) or address.rpartition("@")[2]
        header = replace(
            extract.header,
            title=clean_line(_header(message, "Subject")) or extract.header.title,
            outlet=outlet if "@" not in outlet else outlet.rpartition("@")[2],
            published=stated(_header(message, "Date")),
            not_before=None,
            authors=tuple(each for each in extract.header.authors if "@" not in each),
        )
        mine = {each.lower() for each in _recipients(message)}
        text = "\n\n".join(_without_addresses(extract.text.split("\n\n"), mine))
        yield FoundArticle(document.name, replace(extract, header=header, text=text))


class SavedPageParser(Parser):
    """Pages saved with everything inside (MHTML)."""

    kind = "saved pages"
    endings = frozenset({".mhtml", ".mht"})
    media_types = frozenset({"multipart/related", "application/x-mimearchive"})

    def score(self, document: Document) -> int:
        """Tell MHTML by the first lines of its header, or by the name."""
        head = document.head
        told = _FIRST.match(head) and _HEADERS.search(head) and _RELATED.search(head)
        named = Parser.score(self, document)
        return SURE + 1 if told and (named or b"-Content-Location:" in head) else named

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read the page, which stands where it was saved from."""
        message = _parsed(document, _MHTML)
        parts = _texts(message, "text/html")
        if not parts:
            raise broken(document.name, _MHTML)
        text = _text_of(parts[0], document.name, _MHTML)
        told = _header(message, "Snapshot-Content-Location") or _header(
            parts[0], "Content-Location"
        )
        url = told.strip() if told.strip().startswith(("http://", "https://")) else None
        extract = read_page(text, document.name, url=url, now=document.now)
        header = replace(extract.header, url=extract.header.url or url)
        yield FoundArticle(document.name, replace(extract, header=header, notes=damage(text)))


def _parsed(document: Document, kind: str) -> Message:
    """Parse a mail, or a page of that *kind* of file.

    Raises:
        UnreadableError: it is broken.
    """
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(document.data)
        if not message.keys():
            raise ValueError
    except _BROKEN as error:
        raise broken(document.name, kind) from error
    return message


def _letter(message: Message, document: Document) -> Extract:
    """Read what a mail says: its page, or its plain text where that is none.

    Raises:
        NoArticleError: it says nothing.
    """
    pages, plain = _texts(message, "text/html"), _texts(message, "text/plain")
    for part in pages[:1]:
        text = _text_of(part, document.name, _EML)
        try:
            return replace(read_page(text, document.name, now=document.now), notes=damage(text))
        except NoArticleError:
            if not plain:
                raise
    if not plain:
        raise NoArticleError(f"{document.name} holds no text. Nothing was added.")
    text = _text_of(plain[0], document.name, _EML)
    subject = clean_line(_header(message, "Subject"))
    return replace(read_paste(f"{subject}\n\n{text}"), notes=damage(text))


def _texts(message: Message, kind: str) -> list[Message]:
    """Return the parts of one kind that are no attachments, in order."""
    found = []
    try:
        for count, part in enumerate(message.walk()):
            if count >= _PARTS:
                break
            attached = part.get_content_disposition() == "attachment"
            if part.get_content_type() == kind and not part.is_multipart() and not attached:
                found.append(part)
    except _BROKEN:
        return found
    return found


def _text_of(part: Message, name: str, kind: str) -> str:
    """Return the text of a part, by its own encoding.

    Raises:
        UnreadableError: it is empty or no text.
    """
    try:
        data = part.get_payload(decode=True)
        charset = part.get_content_charset()
    except _BROKEN as error:
        raise broken(name, kind) from error
    return decode(data if isinstance(data, bytes) else b"", name, charset)


def _header(message: Message, name: str) -> str:
    """Return a header with its encoded words read."""
    try:
        return str(policy.default.header_factory(name, str(message.get(name) or "")))
    except _BROKEN:
        return ""


def _recipients(message: Message) -> Iterator[str]:
    """Yield the addresses that a mail was sent to."""
    for name in ("To", "Cc", "Delivered-To", "X-Original-To"):
        yield from (address for _, address in getaddresses([_header(message, name)]) if address)


def _without_addresses(lines: list[str], mine: set[str]) -> Iterator[str]:
    """Yield the lines without addresses of people, and without calls that only a letter has."""
    for line in lines:
        if len(line) <= _SHORT and _CALL.fullmatch(line):
            continue
        held = _ADDRESS.findall(line)
        if held and (len(line) <= _SHORT or mine & {each.lower() for each in held}):
            continue
        yield _ADDRESS.sub("[…]", line) if held else line
