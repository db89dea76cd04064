"""JSON, JSON Lines and tables of articles: records, with field names of many kinds."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.errors import NoArticleError, ReadingError, UnreadableError
from ingest.language.datelines import parse_date
from ingest.language.script import UNKNOWN_LANGUAGE
from ingest.model import UNVERIFIED_PASTE, Extract, Header
from ingest.reading.decoding import decode
from ingest.reading.documents import Document, FoundArticle, Parser, Score, broken_file
from ingest.reading.limits import DETECTION, PAGES
from ingest.reading.markup import as_list, is_html, kind, paragraphs_of_html
from ingest.reading.pastes import assemble, sort_lines
from ingest.reading.results.workbooks import delimiter_of
from ingest.reading.text import clean, clean_line, letters_and_digits, paragraphs

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "article", "article_body", "full_text", "paragraphs"),
    "title": ("title", "headline"),
    "outlet": ("outlet", "source", "publisher", "publication", "newspaper", "site"),
    "url": ("url", "link", "permalink"),
    "published": (
        *("published", "published_at", "publish_date", "date_published", "publication_date"),
        *("pub_date", "date"),
    ),
    "authors": ("authors", "author", "byline"),
    "agency": ("agency",),
    "dateline": ("dateline",),
    "kind": ("kind",),
    "language": ("language", "lang"),
}
"""Our field, and the field names that are recognised without a mapping, however they are spelt."""
_SPELLING = {letters_and_digits(name): name for names in _FIELDS.values() for name in names}
_TABLE_ENDINGS = frozenset({".csv", ".tsv"})


class JsonLinesParser(Parser):
    """The parser of JSON Lines."""

    kind = "JSON Lines"
    endings = frozenset({".jsonl", ".ndjson"})
    media_types = frozenset({"application/x-ndjson", "application/jsonl"})
    several = True
    by_lines = True

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by its first line, else by the name."""
        first = document.head.split(b"\n", 1)[0].rstrip()
        is_object = first.startswith((b'{"', b"{ ", b"{}")) and first.endswith(b"}")
        return Score.SURE if is_object and not document.url else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield one article for each line; a broken line does not stop the others."""
        for number, line in enumerate(document.data.split(b"\n"), document.first_line):
            if line.strip():
                yield _read_line(line, f"{document.name} line {number}", document)


class JsonParser(Parser):
    """The parser of JSON: one record, or an array of records."""

    kind = "JSON"
    endings = frozenset({".json"})
    media_types = frozenset({"application/json"})
    several = True

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure if all of it is JSON, else by the name."""
        is_likely_json = document.head[:1] in {b"{", b"["}
        return Score.SURE if is_likely_json and _is_json(document) else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield one article for each record; raise NoArticleError for data from an address."""
        name = document.name
        if document.url:
            raise NoArticleError(f"{name} answers with data for programs (JSON) and no article.")
        try:
            value = json.loads(document.text())
        except (ValueError, RecursionError) as error:
            raise broken_file(name, "JSON") from error
        if not isinstance(value, list):
            value = [value]
        for number, record in enumerate(value, start=1):
            record_name = f"{name} record {number}" if len(value) > 1 else name
            yield _read(record, record_name, document)


class ArticleTableParser(Parser):
    """The parser of tables whose rows are whole articles, as archives and scrapers export them."""

    kind = "tables of articles"
    endings = frozenset()
    several = True

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure if its first row has a long text and a title."""
        if document.ending not in _TABLE_ENDINGS:
            return 0
        try:
            head = decode(
                document.data[: DETECTION.signature_bytes], document.name, document.charset
            )
            record = next(_rows_of(head), {})
        except (ReadingError, csv.Error):
            return 0
        mapping = document.hints.mapping
        has_title = _value(record, "title", mapping) or _value(record, "url", mapping)
        is_article = len(_text_value(record, "text", mapping)) >= PAGES.article_characters
        return Score.SURE if has_title and is_article else 0

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield one article for each row below the headers."""
        try:
            for number, record in enumerate(_rows_of(document.text()), start=2):
                yield _read(record, f"{document.name} row {number}", document)
        except csv.Error as error:
            raise broken_file(document.name, "CSV") from error


def _rows_of(text: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table as records, by the headers in its first row."""
    for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)):
        yield _with_usual_names(
            {header.strip(): cell for header, cell in row.items() if header and cell}
        )


def _with_usual_names(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with its values also under the usual spelling of the names it has."""
    usual = {_SPELLING.get(letters_and_digits(name), name): record[name] for name in record}
    return usual | record


def _is_json(document: Document) -> bool:
    """Return True if the complete document is JSON."""
    try:
        json.loads(document.data)
    except (ValueError, RecursionError):
        return False
    return True


def _read_line(line: bytes, name: str, document: Document) -> FoundArticle:
    """Return the article in one line of JSON Lines, or the error in it."""
    try:
        record = json.loads(decode(line, name))
    except ReadingError as problem:
        return FoundArticle(name, problem=problem)
    except (ValueError, RecursionError):
        sentence = f"{name} is not JSON. The other lines are not affected."
        return FoundArticle(name, problem=UnreadableError(sentence))
    return _read(record, name, document)


def _read(record: object, name: str, document: Document) -> FoundArticle:
    """Return the article in one record, or the error in it."""
    try:
        return FoundArticle(name, _read_record(record, name, document.hints.mapping))
    except ReadingError as problem:
        return FoundArticle(name, problem=problem)


def _read_record(record: object, name: str, mapping: Mapping[str, str]) -> Extract:
    """Return the extract of one record.

    Raises:
        UnreadableError: the record is not an object.
        NoArticleError: the record has no text.
    """
    if not isinstance(record, dict):
        raise UnreadableError(f"{name} is JSON, but no object with fields.")
    record = _with_usual_names(record)
    text = _value(record, "text", mapping)
    if isinstance(text, list) and all(isinstance(paragraph, str) for paragraph in text):
        text = "\n\n".join(text)
    if not isinstance(text, str) or not text.strip():
        lists = [key for key, value in record.items() if isinstance(value, list | dict)]
        if lists and "text" not in mapping:
            raise NoArticleError(
                f"{name} is one object with others in “{', '.join(lists)[:80]}”, and no article. "
                'Give each article as an object of its own, with its text under "text".'
            )
        field = mapping.get("text", "text")
        raise NoArticleError(
            f'{name} has no text under "{field}". If another field holds it, say --map text=FIELD.'
        )
    return _extract(record, text, name, mapping)


def _extract(record: dict[str, Any], text: str, name: str, mapping: Mapping[str, str]) -> Extract:
    """Return the extract of a record; boilerplate lines are removed from its text.

    Raises:
        UnreadableError: its text is HTML with more paragraphs than any article.
    """
    title = clean_line(html.unescape(_text_value(record, "title", mapping)))
    lines = paragraphs_of_html(text, name) if is_html(text) else paragraphs(clean(text))
    agency = _text_value(record, "agency", mapping) or None
    published = parse_date(_text_value(record, "published", mapping))
    extract = assemble(
        title, sort_lines(lines), whole="" if published else "\n".join(lines), agency=agency
    )
    header = Header(
        title=title,
        outlet=_text_value(record, "outlet", mapping) or UNVERIFIED_PASTE,
        url=_text_value(record, "url", mapping) or None,
        authors=tuple(as_list(_value(record, "authors", mapping))) or extract.header.authors,
        agency=extract.header.agency,
        dateline=_text_value(record, "dateline", mapping) or extract.header.dateline,
        published=published or extract.header.published,
        not_before=None if published else extract.header.not_before,
        kind=kind(_text_value(record, "kind", mapping)) or extract.header.kind,
        language=_text_value(record, "language", mapping) or UNKNOWN_LANGUAGE,
    )
    return Extract(header, extract.text, extract.captions, extract.corrections)


def _value(record: dict[str, Any], name: str, mapping: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    """Return the value in *record* for our field *name*."""
    if name in mapping:
        return record.get(mapping[name])
    return next((record[key] for key in _FIELDS[name] if record.get(key)), None)


def _text_value(record: dict[str, Any], name: str, mapping: Mapping[str, str]) -> str:
    """Return a field as text; numbers are formatted, other types give an empty string."""
    value = _value(record, name, mapping)
    if isinstance(value, dict):
        value = value.get("name")
    return str(value) if isinstance(value, str | int | float) else ""
