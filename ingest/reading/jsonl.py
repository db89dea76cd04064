"""JSON and JSON Lines: records of articles, under whatever names their maker gave the fields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.errors import NoArticleError, ReadingError, UnreadableError
from ingest.language.datelines import stated
from ingest.language.detecting import UNKNOWN_LANGUAGE
from ingest.model import UNVERIFIED_PASTE, Extract, Header
from ingest.reading.decoding import decode
from ingest.reading.documents import SURE, Document, Parser, broken
from ingest.reading.found import FoundArticle
from ingest.reading.markdown import as_list, kind
from ingest.reading.paragraphs import paragraphs
from ingest.reading.pastes import assembled, sort
from ingest.reading.text import clean, clean_line

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "article"),
    "title": ("title", "headline"),
    "outlet": ("outlet", "source", "publisher", "site"),
    "url": ("url", "link"),
    "published": ("published", "published_at", "publish_date", "date", "datePublished"),
    "authors": ("authors", "author", "byline"),
    "agency": ("agency",),
    "dateline": ("dateline",),
    "kind": ("kind",),
    "language": ("language", "lang"),
}
"""Our field, and the names that are understood without being told."""


class JsonLinesParser(Parser):
    """JSON Lines."""

    kind = "JSON Lines"
    endings = frozenset({".jsonl", ".ndjson"})
    media_types = frozenset({"application/x-ndjson", "application/jsonl"})
    several = True
    by_lines = True

    def score(self, document: Document) -> int:
        """Tell JSON Lines by the first of them, or by the name."""
        first = document.head.split(b"\n", 1)[0].rstrip()
        whole = first.startswith((b'{"', b"{ ", b"{}")) and first.endswith(b"}")
        return SURE if whole and not document.url else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read an article a line; a broken one costs no other."""
        for number, line in enumerate(document.data.split(b"\n"), document.first_line):
            if line.strip():
                yield _read_line(line, f"{document.name} line {number}", document)


class JsonParser(Parser):
    """JSON: one record, or an array of them."""

    kind = "JSON"
    endings = frozenset({".json"})
    media_types = frozenset({"application/json"})
    several = True

    def score(self, document: Document) -> int:
        """Tell JSON by all of it, or by the name."""
        opens = document.head[:1] in {b"{", b"["}
        return SURE if opens and _is_json(document) else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read an article a record; at an address there is none, only data for programs."""
        name = document.name
        if document.url:
            raise NoArticleError(f"{name} answers with data for programs (JSON) and no article.")
        try:
            value = json.loads(document.text())
        except (ValueError, RecursionError) as error:
            raise broken(name, "JSON") from error
        if not isinstance(value, list):
            value = [value]
        for number, record in enumerate(value, start=1):
            of = f"{name} record {number}" if len(value) > 1 else name
            yield _read(record, of, document)


def _is_json(document: Document) -> bool:
    """Tell whether a document is JSON as a whole."""
    try:
        json.loads(document.data)
    except (ValueError, RecursionError):
        return False
    return True


def _read_line(line: bytes, name: str, document: Document) -> FoundArticle:
    """Read one line of JSON Lines; what goes wrong is the result."""
    try:
        record = json.loads(decode(line, name))
    except ReadingError as problem:
        return FoundArticle(name, problem=problem)
    except (ValueError, RecursionError):
        sentence = f"{name} is not JSON. The other lines are not affected."
        return FoundArticle(name, problem=UnreadableError(sentence))
    return _read(record, name, document)


def _read(record: object, name: str, document: Document) -> FoundArticle:
    """Read one record; what goes wrong is the result."""
    try:
        return FoundArticle(name, _read_record(record, name, document.hints.mapping))
    except ReadingError as problem:
        return FoundArticle(name, problem=problem)


def _read_record(record: object, name: str, mapping: Mapping[str, str]) -> Extract:
    """Understand one record.

    Raises:
        UnreadableError: it is no object.
        NoArticleError: it has no text.
    """
    if not isinstance(record, dict):
        raise UnreadableError(f"{name} is JSON, but no object with fields.")
    text = _value(record, "text", mapping)
    if isinstance(text, list) and all(isinstance(each, str) for each in text):
        text = "\n\n".join(text)
    if not isinstance(text, str) or not text.strip():
        wanted = mapping.get("text", "text")
        raise NoArticleError(
            f'{name} has no text under "{wanted}". If another field holds it, say --map text=FIELD.'
        )
    return _extract(record, text, mapping)


def _extract(record: dict[str, Any], text: str, mapping: Mapping[str, str]) -> Extract:
    """Build the extract; a record's body is cleaned of noise lines and keeps the rest."""
    title = clean_line(_word(record, "title", mapping))
    lines = paragraphs(clean(text))
    agency = _word(record, "agency", mapping) or None
    published = stated(_word(record, "published", mapping))
    read = assembled(title, sort(lines), whole="" if published else text, agency=agency)
    header = Header(
        title=title,
        outlet=_word(record, "outlet", mapping) or UNVERIFIED_PASTE,
        url=_word(record, "url", mapping) or None,
        authors=tuple(as_list(_value(record, "authors", mapping))) or read.header.authors,
        agency=read.header.agency,
        dateline=_word(record, "dateline", mapping) or read.header.dateline,
        published=published or read.header.published,
        not_before=None if published else read.header.not_before,
        kind=kind(_word(record, "kind", mapping)) or read.header.kind,
        language=_word(record, "language", mapping) or UNKNOWN_LANGUAGE,
    )
    return Extract(header, read.text, read.captions, read.corrections)


def _value(record: dict[str, Any], name: str, mapping: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    """Return what *record* has for our field *name*."""
    if name in mapping:
        return record.get(mapping[name])
    return next((record[key] for key in _FIELDS[name] if record.get(key)), None)


def _word(record: dict[str, Any], name: str, mapping: Mapping[str, str]) -> str:
    """Return a field as text; numbers are written out, the rest is nothing."""
    found = _value(record, name, mapping)
    if isinstance(found, dict):
        found = found.get("name")
    return str(found) if isinstance(found, str | int | float) else ""
