"""HTML inside other formats, such as Markdown and JSON: its visible text as paragraphs."""

from __future__ import annotations

import re

from lxml.etree import strip_elements

from ingest.errors import NoArticleError
from ingest.reading.page_tables import write_tables
from ingest.reading.pages import parse_page
from ingest.reading.paragraphs import paragraphs
from ingest.reading.text import clean
from ingest.reading.visible import reduce_to_visible

_BLOCKS = (
    *("p", "div", "section", "article", "aside", "figure", "figcaption", "blockquote", "pre"),
    *("ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "details", "summary"),
)
_BLOCK_END = re.compile(
    r"</(?:p|div|h[1-6]|li|blockquote|section)\s{0,9}>|<br\s{0,9}/?>", re.IGNORECASE
)


def is_html(text: str) -> bool:
    """Return True if *text* is marked up: one of its paragraphs or lines ends by a tag."""
    return _BLOCK_END.search(text) is not None


def paragraphs_of_html(html: str, name: str) -> list[str]:
    """Return the visible paragraphs of a piece of HTML; *name* is shown in messages about it.

    Raises:
        UnreadableError: it has more paragraphs than any article.
    """
    return paragraphs(text_of_html(html, name))


def text_of_html(html: str, name: str) -> str:
    """Return the visible text of a piece of HTML, with an empty line between its paragraphs.

    Raises:
        UnreadableError: it has more paragraphs than any article.
    """
    try:
        page = parse_page(html.replace("\n", " "), name)
    except NoArticleError:
        return ""
    reduce_to_visible(page)
    strip_elements(page, "script", "style", "template", "noscript", with_tail=False)
    write_tables(page)
    for block in page.iter(*_BLOCKS):
        block.text, block.tail = f"\n\n{block.text or ''}", f"\n\n{block.tail or ''}"
    for line_break in page.iter("br"):
        line_break.tail = f"\n{line_break.tail or ''}"
    return clean(page.text_content())
