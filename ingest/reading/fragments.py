"""HTML inside other formats, such as Markdown and JSON: its visible text as paragraphs."""

from __future__ import annotations

import re

from lxml.etree import strip_elements

from ingest.errors import NoArticleError
from ingest.reading.elements import Element
from ingest.reading.page_tables import write_tables
from ingest.reading.pages import parse_page
from ingest.reading.text import clean, paragraphs
from ingest.reading.visible import reduce_to_visible

_BLOCKS = (
    *("p", "div", "section", "article", "aside", "figure", "figcaption", "blockquote", "pre"),
    *("ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "details", "summary"),
)
_QUOTE_CLASSES = frozenset(
    {"gmail_quote", "gmail_attr", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote"}
)
"""Classes by which programs mark the mail that is answered, and the line that introduces it."""
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
    return paragraphs(_text_of(_visible_page(html, name)))


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
        lines = _text_of(quote).split("\n")
        quote.clear(keep_tail=True)
        quote.tag = "div"
        quote.text = "\n".join(f"> {line}" for line in lines if line.strip())
    return _text_of(page), bool(quotes)


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


def _text_of(page: Element) -> str:
    """Return the text of *page*, with an empty line between its paragraphs."""
    for block in page.iter(*_BLOCKS):
        block.text, block.tail = f"\n\n{block.text or ''}", f"\n\n{block.tail or ''}"
    for line_break in page.iter("br"):
        line_break.tail = f"\n{line_break.tail or ''}"
    return clean(page.text_content())
