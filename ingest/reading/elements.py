"""Elements of a page: what they say, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.reading.text import clean_line

Element = Any
"""An lxml element; lxml ships no types."""

_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "cite", "em", "font", "i", "mark", "q", "s", "small", "span"}
    | {"strong", "sub", "sup", "time", "u", "wbr"}
)
"""What stands in the middle of a line."""


def text(element: Element) -> str:
    """Return the text of an element, with white space where a box or a line ends."""
    return clean_line("".join(_pieces(element)))


def _pieces(element: Element) -> Iterator[str]:
    """Yield the text inside *element*, with white space where a box or a line ends."""
    yield element.text or ""
    for inner in element:
        gap = "" if inner.tag in _INLINE else " "
        yield gap
        if isinstance(inner.tag, str):
            yield from _pieces(inner)
        yield gap
        yield inner.tail or ""


def classes(element: Element) -> str:
    """Return the names of an element's classes, and its id."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"
