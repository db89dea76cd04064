"""Markdown with front matter: metadata between two ``---`` lines, then the body."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.errors import UnreadableError
from ingest.language.datelines import is_date_line, stated
from ingest.model import Extract, Header, Kind, Moment
from ingest.reading.decoding import damage
from ingest.reading.documents import SURE, Document, Parser
from ingest.reading.found import FoundArticle
from ingest.reading.paragraphs import ENDED, joined, paragraphs
from ingest.reading.pastes import BYLINE, NOISE, assembled, sort
from ingest.reading.tables import Cell, TableRows, lines_of
from ingest.reading.text import clean_line

_FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


class MarkdownParser(Parser):
    """Markdown, with or without front matter."""

    kind = "Markdown"
    endings = frozenset({".md", ".markdown"})
    media_types = frozenset({"text/markdown"})

    def score(self, document: Document) -> int:
        """Tell Markdown by front matter, or by its name."""
        front = not document.url and document.head.startswith(b"---")
        if front and _FRONT.match(document.text()):
            return SURE
        return Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read one article."""
        text = document.text()
        extract = _read_markdown(text, document.name)
        yield FoundArticle(document.name, replace(extract, notes=damage(text)))


def _read_markdown(text: str, name: str) -> Extract:
    """Understand a Markdown article; its front matter wins over what the body says.

    Raises:
        UnreadableError: the front matter cannot be read.
    """
    front = _FRONT.match(text)
    given = _metadata(front[1], name) if front else {}
    blocks = list(_blocks_of(text[front.end() :] if front else text))
    heading = next((each.text for each in blocks if each.kind == "heading"), "")
    title = str(given.get("title") or heading)
    lines = [clean_line(each.text) for each in blocks if each.kind != "picture"]
    if lines and lines[0] == clean_line(title):
        lines = lines[1:]
    body = "\n\n".join(lines)
    read = assembled(title, sort(lines), whole=body, agency=given.get("agency") or None)
    corrections = (*as_list(given.get("corrections")), *read.corrections)
    captions = (*(clean_line(b.text) for b in blocks if b.kind == "picture"), *read.captions)
    return Extract(_merged(read.header, given), read.text, captions, corrections)


def _metadata(front: str, name: str) -> dict[str, Any]:
    """Read the front matter; every value as the text it was written as."""
    try:
        values = yaml.load(front, yaml.BaseLoader)  # noqa: S506 - builds strings alone
    except yaml.YAMLError as error:
        raise UnreadableError(
            f"{name}: the lines between --- are no front matter. Write `key: value`."
        ) from error
    return values if isinstance(values, dict) else {}


@dataclass(frozen=True, slots=True)
class _Block:
    """A heading, a paragraph, a row of a table, or the words under a picture."""

    kind: str
    text: str


def _blocks_of(text: str) -> Iterator[_Block]:
    """Yield the blocks of a Markdown text (CommonMark and its tables), bare of markup."""
    inside: set[str] = set()
    item = ""
    rows: TableRows = []
    for token in _PARSER.parse(text):
        what, _, end = token.type.rpartition("_")
        if end in {"open", "close"}:
            (inside.add if end == "open" else inside.discard)(what)
        if token.type == "list_item_open":
            item = f"{token.info}. " if token.info else "- "
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            yield from (_Block("row", line) for line in lines_of("", rows))
            rows = []
        elif token.type in {"fence", "code_block"}:
            yield from (_Block("text", line) for line in paragraphs(token.content))
        elif token.type == "inline" and "tr" in inside:
            rows[-1].append(Cell(" ".join(_said(token)[0]), "thead" in inside))
        elif token.type == "inline":
            yield from _written(token, "heading" if "heading" in inside else "text", item)
            item = ""


def _written(token: Token, kind: str, item: str) -> Iterator[_Block]:
    """Yield the pictures and the lines of one block, the first as the *item* that it opens."""
    lines, pictures = _said(token)
    yield from (_Block("picture", each) for each in pictures if each)
    yield from (_Block(kind, (item if not at else "") + line) for at, line in enumerate(lines))


def _said(token: Token) -> tuple[list[str], list[str]]:
    """Return the lines of a block, joined where only the file breaks them, and its pictures' words.

    A line break that is no end of a sentence is white space, unless a line is a date or a name.
    """
    lines, pictures = [""], []
    hard: list[bool] = []
    struck = 0
    for inner in token.children or []:
        struck += (inner.type == "s_open") - (inner.type == "s_close")
        if struck:
            continue
        if inner.type in {"softbreak", "hardbreak"}:
            lines.append("")
            hard.append(inner.type == "hardbreak")
        elif inner.type == "image":
            pictures.append(inner.content)
        elif inner.type in {"text", "code_inline"}:
            lines[-1] += inner.content
    told = [(line.strip(), end) for line, end in zip(lines, [*hard, False], strict=True)]
    kept = [line for line, _ in told]
    together = [
        bool(one and two and not end and not ENDED.search(one) and not _parted(one, two))
        for (one, end), (two, _) in pairwise(told)
    ]
    return [line for line in joined(kept, together, token.content) if line], pictures


def _parted(*lines: str) -> bool:
    """Tell whether one of two lines is the page's own: a date, a byline, a call."""
    return any(is_date_line(each) or BYLINE.match(each) or NOISE.fullmatch(each) for each in lines)


def _merged(read: Header, given: dict[str, Any]) -> Header:
    """Lay what the front matter says over what the body said."""
    published = _moment(given.get("published") or given.get("date"))
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


def _moment(value: object) -> Moment | None:
    """Read a date; what is none stays missing."""
    return stated(str(value)) if value else None


def kind(value: object) -> Kind | None:
    """Read a kind of coverage; an unknown one is not guessed."""
    try:
        return Kind(str(value)) if value else None
    except ValueError:
        return None
