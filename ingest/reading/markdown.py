"""Markdown with front matter: metadata between two ``---`` lines, then the body."""

from __future__ import annotations

import re
from typing import Any

import yaml

from ingest.errors import UnreadableError
from ingest.language.datelines import stated
from ingest.model import Extract, Header, Kind, Moment
from ingest.reading.pastes import assembled, sort
from ingest.reading.text import clean

FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
MARKUP = re.compile(r"(?<!\w)(\*\*|__|\*|_|~~|`)(?=\S)(.+?)(?<=\S)\1(?!\w)")
QUOTE = re.compile(r"^>\s?", re.MULTILINE)


def read_markdown(text: str, name: str) -> Extract:
    """Understand a Markdown article; its front matter wins over what the body says.

    Raises:
        UnreadableError: the front matter cannot be read.
    """
    front = FRONT.match(text)
    given = metadata(front[1], name) if front else {}
    body = plain(text[front.end() :] if front else text)
    heading = HEADING.search(body)
    title = str(given.get("title") or (heading[1] if heading else ""))
    lines = [HEADING.sub(r"\1", line) for line in clean(body).split("\n") if line]
    if lines and lines[0] == clean(title):
        lines = lines[1:]
    read = assembled(title, sort(lines), whole=body, agency=given.get("agency") or None)
    corrections = (*as_list(given.get("corrections")), *read.corrections)
    return Extract(merged(read.header, given), read.text, read.captions, corrections)


def metadata(front: str, name: str) -> dict[str, Any]:
    """Read the front matter; every value as the text it was written as."""
    try:
        values = yaml.load(front, yaml.BaseLoader)  # noqa: S506 - builds strings alone
    except yaml.YAMLError as error:
        raise UnreadableError(
            f"{name}: the lines between --- are no front matter. Write `key: value`."
        ) from error
    return values if isinstance(values, dict) else {}


def plain(body: str) -> str:
    """Take the markup off; the words stay."""
    return MARKUP.sub(r"\2", LINK.sub(r"\1", QUOTE.sub("", body)))


def merged(read: Header, given: dict[str, Any]) -> Header:
    """Lay what the front matter says over what the body said."""
    published = moment(given.get("published") or given.get("date"))
    return Header(
        title=read.title,
        outlet=str(given.get("outlet") or read.outlet),
        url=given.get("url") or None,
        authors=tuple(as_list(given.get("authors") or given.get("author"))) or read.authors,
        agency=given.get("agency") or read.agency,
        dateline=given.get("dateline") or read.dateline,
        published=published or read.published,
        not_before=None if published else read.not_before,
        kind=kind(given.get("kind")) or read.kind,
        language=str(given.get("language") or read.language),
    )


def as_list(value: object) -> list[str]:
    """Return a list of texts, one text, or nothing as a list."""
    if not value:
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def moment(value: object) -> Moment | None:
    """Read a date; what is none stays missing."""
    return stated(str(value)) if value else None


def kind(value: object) -> Kind | None:
    """Read a kind of coverage; an unknown one is not guessed."""
    try:
        return Kind(str(value)) if value else None
    except ValueError:
        return None
