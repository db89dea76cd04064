"""Marked-up text: HTML inside other formats, and Markdown with its front matter.

Front matter is metadata between two ``---`` or ``+++`` lines above the body.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import yaml
from lxml.etree import strip_elements
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.errors import NoArticleError, UnreadableError
from ingest.language.datelines import is_date_line, parse_date
from ingest.language.lines import authors_in
from ingest.model import Extract, Header, Kind, Moment
from ingest.reading.decoding import damage_notes
from ingest.reading.documents import Document, FoundArticle, Parser, Score
from ingest.reading.elements import Element, text_in_blocks
from ingest.reading.limits import FILES
from ingest.reading.page_tables import Cell, TableRows, lines_of, write_tables
from ingest.reading.pages import parse_page
from ingest.reading.pastes import BOILERPLATE, assemble, sort_lines
from ingest.reading.text import clean_line, ends_sentence, join_lines, paragraphs
from ingest.reading.visible import reduce_to_visible

_QUOTE_CLASSES = frozenset(
    {"gmail_quote", "gmail_attr", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote"}
)
"""Classes by which programs mark the mail that is answered, and the line that introduces it."""
_BLOCK_END = re.compile(
    r"</(?:p|div|h[1-6]|li|blockquote|section)\s{0,9}>|<br\s{0,9}/?>", re.IGNORECASE
)
_FRONT = re.compile(r"\A(---|\+\+\+)[ \t]*\r?\n(.*?)\r?\n\1[ \t]*(?:\r?\n|\Z)", re.DOTALL)
"""Front matter in YAML or in TOML."""
_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_STRIKE_OPEN, _STRIKE_CLOSE = (
    re.compile(rf"<{slash}(?:del|s|strike)\b", re.IGNORECASE) for slash in ("", "/")
)
_NOTE_SIGN = re.compile(r"\[\^[^\]\s]{1,40}\](?::[ \t]{0,9})?")
"""A sign that points at a note, and the sign before the note itself."""


def is_html(text: str) -> bool:
    """Return True if *text* is marked up: one of its paragraphs or lines ends by a tag."""
    return _BLOCK_END.search(text) is not None


def paragraphs_of_html(html: str, name: str) -> list[str]:
    """Return the visible paragraphs of a piece of HTML; *name* is shown in messages about it.

    Raises:
        UnreadableError: it has more paragraphs than any article.
    """
    return paragraphs(text_in_blocks(_visible_page(html, name)))


def text_of_mail(html: str, name: str) -> tuple[str, bool]:
    """Return the visible text of a mail, and whether it quotes another one.

    The lines of the other mail begin with ">", as in plain mails.

    Raises:
        UnreadableError: it has more paragraphs than any article.
    """
    page = _visible_page(html, name)
    quotes, inside = [], set()
    for element in page.iter():
        if element.getparent() in inside:
            inside.add(element)
        elif _is_quoted_mail(element):
            quotes.append(element)
            inside.add(element)
    for quote in quotes:
        lines = text_in_blocks(quote).split("\n")
        quote.clear(keep_tail=True)
        quote.tag = "div"
        quote.text = "\n".join(f"> {line}" for line in lines if line.strip())
    return text_in_blocks(page), bool(quotes)


def _visible_page(html: str, name: str) -> Element:
    """Return what a reader sees of a piece of HTML, with its tables as lines."""
    try:
        page = parse_page(html.replace("\n", " "), name)
    except NoArticleError:
        page = parse_page("<p></p>", name)
    reduce_to_visible(page)
    strip_elements(page, "script", "style", "template", "noscript", with_tail=False)
    write_tables(page)
    return page


def _is_quoted_mail(element: Element) -> bool:
    """Return True if a program marked an element as a mail that is answered or forwarded."""
    if element.tag == "blockquote" and element.get("type") == "cite":
        return True
    return not _QUOTE_CLASSES.isdisjoint((element.get("class") or "").split())


class MarkdownParser(Parser):
    """The parser of Markdown, with or without front matter."""

    kind = "Markdown"
    endings = frozenset({".md", ".markdown"})
    media_types = frozenset({"text/markdown"})

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by its front matter, else by the name."""
        front = not document.url and document.head.startswith((b"---", b"+++"))
        if front and _FRONT.match(document.text()):
            return Score.SURE
        return Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the one article of *document*."""
        text = document.text()
        extract = _read_markdown(text, document.name)
        yield FoundArticle(document.name, replace(extract, notes=damage_notes(text)))


def _read_markdown(text: str, name: str) -> Extract:
    """Return the article in a Markdown *text*; its front matter takes precedence over its body.

    Raises:
        UnreadableError: the front matter cannot be read.
    """
    front = _FRONT.match(text)
    metadata = _metadata(front[2], front[1], name) if front else {}
    blocks = list(_blocks_of(text[front.end() :] if front else text, name))
    heading = next((block.text for block in blocks if block.kind == "heading"), "")
    title = str(metadata.get("title") or heading)
    lines = [clean_line(block.text) for block in blocks if block.kind != "picture"]
    if lines and lines[0] == clean_line(title):
        lines = lines[1:]
    body = "\n\n".join(lines)
    extract = assemble(title, sort_lines(lines), whole=body, agency=metadata.get("agency") or None)
    corrections = (*as_list(metadata.get("corrections")), *extract.corrections)
    captions = (
        *(clean_line(block.text) for block in blocks if block.kind == "picture"),
        *extract.captions,
    )
    return Extract(_merge(extract.header, metadata), extract.text, captions, corrections)


def _metadata(front: str, mark: str, name: str) -> dict[str, Any]:
    """Return the front matter between two lines of *mark*, with each value as text."""
    front = front.replace("\r\n", "\n")
    try:
        values = _yaml_values(front) if mark == "---" else tomllib.loads(front)
    except (yaml.YAMLError, tomllib.TOMLDecodeError, RecursionError) as error:
        example = 'title: "The count: day two"' if mark == "---" else 'title = "The count"'
        raise UnreadableError(
            f"{name}: the lines between {mark} cannot be read as front matter. Write each value"
            f" beside its name, in quotation marks if it has other signs: `{example}`."
        ) from error
    return values if isinstance(values, dict) else {}


def _yaml_values(front: str) -> object:
    """Return the values of a YAML text, whose titles may have colons and quotation marks.

    Raises:
        yaml.YAMLError: it is not YAML even with such values in quotation marks.
    """
    try:
        return yaml.load(front, yaml.BaseLoader)  # noqa: S506 - builds strings alone
    except yaml.YAMLError:
        return yaml.load("\n".join(map(_with_quoted_value, front.split("\n"))), yaml.BaseLoader)  # noqa: S506


def _with_quoted_value(line: str) -> str:
    """Return a line of YAML with its value in quotation marks, if it is none without them."""
    name, colon, value = line.partition(": ")
    if not colon or name != name.strip():
        return line
    try:
        yaml.load(line, yaml.BaseLoader)  # noqa: S506 - builds strings alone
    except yaml.YAMLError:
        return f"{name}: {json.dumps(value.strip(), ensure_ascii=False)}"
    return line


@dataclass(frozen=True, slots=True)
class _Block:
    """A heading, a paragraph, a row of a table, or the words under a picture."""

    kind: str
    text: str


def _tokens_of(text: str, name: str) -> list[Token]:
    """Return the tokens of a Markdown text.

    Raises:
        UnreadableError: it has more blocks of HTML than are read.
    """
    tokens = _PARSER.parse(_NOTE_SIGN.sub("", text))
    if sum(token.type == "html_block" for token in tokens) > FILES.markdown_html_blocks:
        raise UnreadableError(
            f"{name} has more than {FILES.markdown_html_blocks} paragraphs, so it was not read. "
            "Paste the part that matters."
        )
    return tokens


def _blocks_of(text: str, name: str) -> Iterator[_Block]:
    """Yield the blocks of a Markdown text (CommonMark and its tables), without markup.

    Raises:
        UnreadableError: HTML in it has more paragraphs than any article.
    """
    open_tags: set[str] = set()
    item = ""
    rows: TableRows = []
    for token in _tokens_of(text, name):
        tag, _, suffix = token.type.rpartition("_")
        if suffix in {"open", "close"}:
            (open_tags.add if suffix == "open" else open_tags.discard)(tag)
        if token.type == "list_item_open":
            item = f"{token.info}. " if token.info else "- "
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            yield from (_Block("row", line) for line in lines_of("", rows))
            rows = []
        elif token.type in {"fence", "code_block"}:
            yield from (_Block("text", line) for line in paragraphs(token.content))
        elif token.type == "html_block":
            yield from (_Block("text", line) for line in paragraphs_of_html(token.content, name))
        elif token.type == "inline" and "tr" in open_tags:
            rows[-1].append(Cell(" ".join(_lines_and_pictures(token)[0]), "thead" in open_tags))
        elif token.type == "inline":
            yield from _blocks_in(token, "heading" if "heading" in open_tags else "text", item)
            item = ""


def _blocks_in(token: Token, kind: str, item: str) -> Iterator[_Block]:
    """Yield the pictures and the lines of one block; *item* is the mark before the first line."""
    lines, pictures = _lines_and_pictures(token)
    yield from (_Block("picture", picture) for picture in pictures if picture)
    yield from (
        _Block(kind, (item if not index else "") + line) for index, line in enumerate(lines)
    )


def _lines_and_pictures(token: Token) -> tuple[list[str], list[str]]:
    """Return the lines of a block, with wrapped lines joined, and the captions of its pictures.

    A line break within a sentence is white space, unless one of the lines is a date or a byline.
    """
    lines, pictures = [""], []
    is_hard_break: list[bool] = []
    strike_depth = 0
    for child in token.children or []:
        tag = child.content if child.type == "html_inline" else ""
        strike_depth += child.type == "s_open" or _STRIKE_OPEN.match(tag) is not None
        strike_depth -= child.type == "s_close" or _STRIKE_CLOSE.match(tag) is not None
        if strike_depth:
            continue
        if child.type in {"softbreak", "hardbreak"}:
            lines.append("")
            is_hard_break.append(child.type == "hardbreak")
        elif child.type == "image":
            pictures.append(child.content)
        elif child.type in {"text", "code_inline"}:
            lines[-1] += child.content
    stripped = [
        (line.strip(), is_hard)
        for line, is_hard in zip(lines, [*is_hard_break, False], strict=True)
    ]
    texts = [line for line, _ in stripped]
    is_joined = [
        bool(
            line
            and next_line
            and not is_hard
            and not ends_sentence(line)
            and not _is_separate(line, next_line)
        )
        for (line, is_hard), (next_line, _) in pairwise(stripped)
    ]
    return [line for line in join_lines(texts, is_joined, token.content) if line], pictures


def _is_separate(*lines: str) -> bool:
    """Return True if one of the lines is a date, a byline or boilerplate."""
    return any(
        is_date_line(line) or authors_in(line) or BOILERPLATE.fullmatch(line) for line in lines
    )


def _merge(header: Header, metadata: dict[str, Any]) -> Header:
    """Return the header from the body, overridden by the front matter."""
    published = _moment(metadata.get("published") or metadata.get("date"))
    return Header(
        title=header.title,
        outlet=str(metadata.get("outlet") or header.outlet),
        url=metadata.get("url") or None,
        authors=tuple(as_list(metadata.get("authors") or metadata.get("author"))) or header.authors,
        agency=metadata.get("agency") or header.agency,
        dateline=metadata.get("dateline") or header.dateline,
        published=published or header.published,
        not_before=None if published else header.not_before,
        kind=kind(metadata.get("kind")) or header.kind,
        language=str(metadata.get("language") or header.language),
    )


def as_list(value: object) -> list[str]:
    """Return a list of texts, a single text, or ``None`` as a list; objects by their names."""
    items = value if isinstance(value, list) else [value]
    names = [item.get("name") if isinstance(item, dict) else item for item in items]
    return [str(name) for name in names if name]


def _moment(value: object) -> Moment | None:
    """Return the date in *value*; ``None`` if there is none."""
    return parse_date(str(value)) if value else None


def kind(value: object) -> Kind | None:
    """Return the kind of coverage in *value*; ``None`` for an unknown one."""
    try:
        return Kind(str(value)) if value else None
    except ValueError:
        return None
