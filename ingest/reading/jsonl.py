"""JSON Lines: an article a line, under whatever names its maker gave the fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ingest.errors import NoArticleError, UnreadableError
from ingest.language.datelines import stated
from ingest.language.detecting import UNKNOWN_LANGUAGE
from ingest.model import UNVERIFIED_PASTE, Extract, Header
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


def read_record(line: str, name: str, mapping: Mapping[str, str]) -> Extract:
    """Understand one line.

    Raises:
        UnreadableError: it is no JSON object.
        NoArticleError: it has no text.
    """
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"{name} is not JSON. The other lines are not affected.") from error
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
