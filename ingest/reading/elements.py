"""Elements of a page: their text and their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest.language.languages import phrase_pattern
from ingest.reading.text import clean, clean_line

Element = Any
"""An lxml element; lxml ships no types."""

_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "cite", "em", "font", "i", "mark", "q", "s", "small", "span"}
    | {"strong", "sub", "sup", "time", "u", "wbr"}
)
"""Elements that do not break a line."""
_BLOCKS = (
    *("p", "div", "section", "article", "aside", "figure", "figcaption", "blockquote", "pre"),
    *("ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "details", "summary"),
)


def text(element: Element) -> str:
    """Return the text of an element, with white space at the end of each box or line."""
    return clean_line("".join(_pieces(element)))


def text_in_blocks(page: Element) -> str:
    """Return the text of *page*, with an empty line between its paragraphs."""
    for block in page.iter(*_BLOCKS):
        block.text, block.tail = f"\n\n{block.text or ''}", f"\n\n{block.tail or ''}"
    for line_break in page.iter("br"):
        line_break.tail = f"\n{line_break.tail or ''}"
    return clean(page.text_content())


def _pieces(element: Element) -> Iterator[str]:
    """Yield the text inside *element*, with white space at the end of each box or line."""
    yield element.text or ""
    for child in element:
        gap = "" if child.tag in _INLINE else " "
        yield gap
        if isinstance(child.tag, str):
            yield from _pieces(child)
        yield gap
        yield child.tail or ""


def class_pattern(names: str, *, whole: bool = False) -> re.Pattern[str]:
    """Return a pattern that finds one of *names* among classes; each may be an expression.

    A name may be a part of a class, set apart by a dash, unless it has to be a *whole* class.
    """
    edge = r"\s" if whole else r"[\s_-]"
    return phrase_pattern(names.split(), before=f"(?:^|{edge})", behind=f"(?:$|{edge})")


def classes(element: Element) -> str:
    """Return the class names and the id of an element."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"
