"""Mail (newsletters), and pages saved as mail (MHTML) or as a web archive."""

from __future__ import annotations

import plistlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from email import policy
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parseaddr
from itertools import takewhile
from xml.parsers.expat import ExpatError

from ingest.errors import NoArticleError
from ingest.fetching.identities import WEB_SCHEMES
from ingest.language.datelines import parse_date
from ingest.language.languages import phrase_pattern, words
from ingest.model import Extract, Header
from ingest.reading.decoding import damage_notes, decode
from ingest.reading.documents import Document, FoundArticle, Parser, Score, broken_file
from ingest.reading.limits import ASIDES, FILES, PAGES
from ingest.reading.markup import text_of_mail
from ingest.reading.pages import read_page
from ingest.reading.pastes import read_paste
from ingest.reading.text import clean, clean_line, ends_sentence

_MAIL_FIELDS = ("Message-ID", "Received", "MIME-Version", "DKIM-Signature", "Delivered-To")
"""Fields of a header, at least one of which every mail and saved page has."""
_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_LINK_NOTE = re.compile(r" ?(?:\[https?://[^\s\[\]]{1,2000}\]|<https?://[^\s<>]{1,2000}>)")
"""The address of a link, which programs write behind its words in plain text."""
_NEWSLETTER_LINE = phrase_pattern(words()["notes"]["letters"], before=r"\W{0,5}")
"""Lines at the end of newsletters: how to unsubscribe, or where to read it in a browser."""
_MAIL_ERRORS = (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError)
"""Errors that the standard library raises for broken mail."""
_EML, _MHTML = "EML", "MHTML"
"""Names of the file formats in messages about broken files."""
_HEAD_LINE = re.compile(r"[\s>*]{0,6}[^\W\d_][\w -]{0,20}\*?\s?[:：]\*?\s{1,4}(?=\S)")
"""A label and the beginning of its value in the header of a forwarded mail."""
_FORWARDED_LINE = re.compile(r"\s{0,4}[-_]{3,40}(?:[^-_\n]{1,60}[-_]{3,40})?\s{0,4}")
"""The line above the header of another mail."""
_REPLY_MARKS = re.compile(
    r"(?:(?:re|fwd?|aw|antw|wg|tr|rv|res|enc|sv|vs|回复|答复|转发|轉寄|회신|전달)\s?[:：]\s{0,3}){1,9}",
    re.IGNORECASE,
)
"""Marks that programs put before the subject of an answer or of a forwarded mail."""
PLIST_ERRORS = (
    *(plistlib.InvalidFileException, ExpatError, ValueError, TypeError, LookupError),
    *(OverflowError, RecursionError, AttributeError, MemoryError),
)
"""Errors that the standard library raises for broken property lists."""


class MailParser(Parser):
    """The parser of mail: a newsletter is published by its sender on the day it was sent."""

    kind = "mail"
    endings = frozenset({".eml"})
    media_types = frozenset({"message/rfc822"})

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by its header, else by the name."""
        is_mail = "From" in _fields_of(document)
        return Score.SURE if is_mail and not document.url else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the article of one mail, without addresses of people."""
        message = _forwarded_message(_parse_message(document, _EML))
        letter, own_text = _letter_below_text(message, document.name)
        if letter:
            text = "\n\n".join(_without_addresses(letter.text.split("\n\n"), set()))
            yield FoundArticle(document.name, replace(letter, text=text))
            return
        extract = _article_of(message, document, own_text)
        name, address = parseaddr(_header(message, "From"))
        outlet = clean_line(name) or address.rpartition("@")[2]
        header = replace(
            extract.header,
            title=_subject_of(message) or extract.header.title,
            outlet=outlet if "@" not in outlet else outlet.rpartition("@")[2],
            published=parse_date(_header(message, "Date")),
            not_before=None,
            authors=tuple(author for author in extract.header.authors if "@" not in author),
        )
        recipients = {recipient.lower() for recipient in _recipients(message)}
        text = "\n\n".join(_without_addresses(extract.text.split("\n\n"), recipients))
        yield FoundArticle(document.name, replace(extract, header=header, text=text))


class SavedPageParser(Parser):
    """The parser of pages saved with their pictures in one file (MHTML)."""

    kind = "saved pages"
    endings = frozenset({".mhtml", ".mht"})
    media_types = frozenset({"multipart/related", "application/x-mimearchive"})

    def score(self, document: Document) -> int:
        """Return the score of *document*: by the first lines of its header, else by the name."""
        fields, score = _fields_of(document), Parser.score(self, document)
        is_mhtml = fields.get_content_type() == "multipart/related"
        is_page = score or "Snapshot-Content-Location" in fields
        return Score.SURE + 1 if is_mhtml and is_page else score

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the article of the page at the address it was saved from."""
        message = _parse_message(document, _MHTML)
        parts = _texts(message, "text/html")
        if not parts:
            raise broken_file(document.name, _MHTML)
        text = _text_of(parts[0], document.name, _MHTML)
        location = _header(message, "Snapshot-Content-Location") or _header(
            parts[0], "Content-Location"
        )
        url = location.strip() if location.strip().startswith(WEB_SCHEMES) else None
        extract = read_page(text, document.name, url=url, now=document.now)
        header = replace(extract.header, url=extract.header.url or url)
        yield FoundArticle(document.name, replace(extract, header=header, notes=damage_notes(text)))


def _fields_of(document: Document) -> Message:
    """Return the header of a mail or a saved page; without fields for any other document."""
    message = BytesParser(policy=policy.compat32).parsebytes(document.head, headersonly=True)
    return message if any(field in message for field in _MAIL_FIELDS) else Message()


def _parse_message(document: Document, kind: str) -> Message:
    """Return the message in a mail or a saved page; *kind* is the format for the error.

    Raises:
        UnreadableError: the message is broken.
    """
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(document.data)
        if not message.keys():
            raise ValueError
    except _MAIL_ERRORS as error:
        raise broken_file(document.name, kind) from error
    return message


def _forwarded_message(message: Message) -> Message:
    """Return the message that *message* forwards as an attachment, else *message*."""
    try:
        for count, part in enumerate(message.walk()):
            if count >= FILES.mail_parts:
                break
            inner = part.get_payload() if part.get_content_type() == "message/rfc822" else None
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                return inner[0]
    except _MAIL_ERRORS:
        pass
    return message


def _letter_below_text(message: Message, name: str) -> tuple[Extract | None, str]:
    """Return the letter that a mail forwards in its text, or its own text above the other mail.

    Programs write the sender, day and subject of the other mail on lines of a label and a value,
    in any language. The longer text is the letter: a reply quotes a shorter one, a forwarded
    newsletter has a word above it. One that is only quoted is the letter if the text above it is
    too short for an article. Both results are empty if there is no other mail.
    """
    plain, pages = _texts(message, "text/plain")[:1], _texts(message, "text/html")[:1]
    for part in plain or pages:
        text, is_marked = _text_of(part, name, _EML).replace("\r\n", "\n"), False
        if not plain:
            text, is_marked = text_of_mail(text, name)
        own_text = _without_replies(text)
        lines = text.split("\n")
        for start, line in enumerate(lines[: FILES.forwarded_head_lines]):
            if _HEAD_LINE.match(line):
                head = list(takewhile(_HEAD_LINE.match, lines[start:]))
                fields = [_HEAD_LINE.sub("", field) for field in head]
                letter = _letter_below(fields, _subject_of(message))
                if letter is None:
                    continue
                above = [line for line in lines[:start] if not _FORWARDED_LINE.fullmatch(line)]
                below = [line.removeprefix(">").strip() for line in lines[start + len(head) :]]
                if len(clean("\n".join(above))) > len(clean("\n".join(below))):
                    return None, _without_replies("\n".join(above)).text
                body = read_paste("\n".join([letter.title, "", *below]))
                return replace(body, header=letter), ""
        quoted_lines = [line.removeprefix(">").strip() for line in lines if line.startswith(">")]
        if quoted_lines and len(clean(own_text.text)) < PAGES.article_characters:
            introduction = own_text.introduction
            if _is_introduction(quoted_lines[0]):
                introduction = quoted_lines.pop(0)
            letter = _quoted_letter(introduction, _subject_of(message))
            body = read_paste("\n".join([letter.title, "", *quoted_lines]))
            return replace(body, header=letter), ""
        if own_text.introduction or is_marked:
            return None, own_text.text
    return None, ""


def _letter_below(fields: Sequence[str], subject: str) -> Header | None:
    """Return the metadata in the *fields* of a mail's header, the first address its sender.

    *subject* is that of the mail around it, which repeats the title unless a person changed it.
    """
    senders = [field for field in fields if _ADDRESS.search(field)]
    days = [day for field in fields if (day := parse_date(field))]
    titles = [field for field in fields if not (_ADDRESS.search(field) or parse_date(field))]
    if not (senders and days and titles):
        return None
    name, address = parseaddr(senders[0].replace("[mailto:", "<").replace("]", ">"))
    outlet = clean_line(name) or address.rpartition("@")[2]
    title = max(titles, key=lambda field: (clean_line(field) in subject, len(field)))
    return Header(title=_without_marks(title), outlet=outlet, published=days[0])


def _quoted_letter(introduction: str, subject: str) -> Header:
    """Return the metadata of a quoted mail: its sender and day stand in its *introduction*."""
    address = _ADDRESS.search(introduction)
    outlet = address[0].rpartition("@")[2] if address else ""
    return Header(title=subject, outlet=outlet, published=parse_date(introduction))


def _subject_of(message: Message) -> str:
    """Return the subject of a mail without the marks of replies."""
    return _without_marks(_header(message, "Subject"))


def _without_marks(subject: str) -> str:
    """Return a subject on one line, without the marks of replies before it."""
    subject = clean_line(subject)
    mark = _REPLY_MARKS.match(subject)
    return subject[mark.end() :] if mark else subject


@dataclass(frozen=True, slots=True)
class _OwnText:
    """The plain text of a mail without quoted mails, and the last introduction of one of them."""

    text: str
    introduction: str = ""


def _without_replies(text: str) -> _OwnText:
    """Return the plain *text* of a mail without quoted mails and without the signature.

    The paragraph that introduces a quoted mail has its sender or its day, and ends with a colon.
    """
    last_introduction = ""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n-- \n")[0].split("\n"):
        if not line.startswith(">"):
            lines.append(line)
            continue
        while lines and not lines[-1].strip():
            lines.pop()
        start = len(lines)
        while start and len(lines) - start < 3 and lines[start - 1].strip():
            start -= 1
        introduction = " ".join(lines[start:])
        if _is_introduction(introduction):
            del lines[start:]
            last_introduction = introduction
        lines.append("")
    return _OwnText("\n".join(lines), last_introduction)


def _is_introduction(text: str) -> bool:
    """Return True if *text* introduces a quoted mail: it has its sender or day, and a colon."""
    is_short = len(text) <= 3 * ASIDES.mail_address_line_characters
    has_colon = text.rstrip().endswith((":", "："))
    return is_short and has_colon and bool(_ADDRESS.search(text) or parse_date(text))


def _article_of(message: Message, document: Document, own_text: str) -> Extract:
    """Return the article of a mail: from its HTML part, or from its plain text if that has none.

    *own_text* is the text of a reply without the mail that it answers, and takes precedence.

    Raises:
        NoArticleError: the mail holds no text.
    """
    pages, plain = _texts(message, "text/html"), _texts(message, "text/plain")
    if own_text:
        return read_paste(f"{_subject_of(message)}\n\n{own_text}")
    for part in pages[:1]:
        text = _text_of(part, document.name, _EML)
        try:
            return replace(
                read_page(text, document.name, now=document.now), notes=damage_notes(text)
            )
        except NoArticleError:
            if not plain:
                raise
    if not plain:
        raise NoArticleError(f"{document.name} holds no text. Nothing was added.")
    text = _text_of(plain[0], document.name, _EML)
    letter = read_paste(f"{_subject_of(message)}\n\n{_without_replies(text).text}")
    return replace(letter, notes=damage_notes(text))


def _texts(message: Message, kind: str) -> list[Message]:
    """Return the parts of one media type that are not attachments, in order."""
    parts = []
    try:
        for count, part in enumerate(message.walk()):
            if count >= FILES.mail_parts:
                break
            is_attachment = part.get_content_disposition() == "attachment"
            if part.get_content_type() == kind and not part.is_multipart() and not is_attachment:
                parts.append(part)
    except _MAIL_ERRORS:
        return parts
    return parts


def _text_of(part: Message, name: str, kind: str) -> str:
    """Return the text of *part*, decoded by its own charset.

    Raises:
        UnreadableError: it is empty or no text.
    """
    try:
        data = part.get_payload(decode=True)
        charset = part.get_content_charset()
    except _MAIL_ERRORS as error:
        raise broken_file(name, kind) from error
    return decode(data if isinstance(data, bytes) else b"", name, charset)


def _header(message: Message, name: str) -> str:
    """Return the beginning of a header with its encoded words decoded."""
    try:
        value = str(message.get(name) or "")[: FILES.mail_header_characters]
        return str(policy.default.header_factory(name, value))
    except _MAIL_ERRORS:
        return ""


def _recipients(message: Message) -> Iterator[str]:
    """Yield the addresses that a mail was sent to."""
    for name in ("To", "Cc", "Delivered-To", "X-Original-To"):
        yield from (address for _, address in getaddresses([_header(message, name)]) if address)


def _without_addresses(lines: list[str], recipients: set[str]) -> Iterator[str]:
    """Yield *lines* without addresses of people, and without what only newsletters have.

    That is lines about the letter, and the addresses of links behind their words.
    """
    for line in filter(None, (_LINK_NOTE.sub("", line).strip() for line in lines)):
        if len(line) <= ASIDES.mail_address_line_characters and _NEWSLETTER_LINE.fullmatch(line):
            continue
        addresses = _ADDRESS.findall(line)
        is_note = len(line) <= ASIDES.mail_address_line_characters and not ends_sentence(line)
        if addresses and (is_note or recipients & {address.lower() for address in addresses}):
            continue
        yield _ADDRESS.sub("[…]", line) if addresses else line


class WebArchiveParser(Parser):
    """The parser of pages saved by Safari."""

    kind = "web archives"
    endings = frozenset({".webarchive"})
    media_types = frozenset({"application/x-webarchive"})

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by its main resource, else by the name."""
        data = document.data
        is_archive = data.startswith(b"bplist00") and b"WebMainResource" in data
        return Score.SURE if is_archive else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the article of the page at the address it was saved from."""
        try:
            main = plistlib.loads(document.data)["WebMainResource"]
            data, url = bytes(main["WebResourceData"]), str(main.get("WebResourceURL") or "")
            charset = str(main.get("WebResourceTextEncodingName") or "") or None
        except PLIST_ERRORS as error:
            raise broken_file(document.name, "webarchive") from error
        text = decode(data, document.name, charset)
        page_url = url if url.startswith(WEB_SCHEMES) else None
        extract = read_page(text, document.name, url=page_url, now=document.now)
        header = replace(extract.header, url=extract.header.url or page_url)
        yield FoundArticle(document.name, replace(extract, header=header, notes=damage_notes(text)))
