"""Elements of a page: their text and their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest.reading.text import clean_line

Element = Any
"""An lxml element; lxml ships no types."""

_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "cite", "em", "font", "i", "mark", "q", "s", "small", "span"}
    | {"strong", "sub", "sup", "time", "u", "wbr"}
)
"""Elements that do not break a line."""


def text(element: Element) -> str:
    """Return the text of an element, with white space at the end of each box or line."""
    return clean_line("".join(_pieces(element)))


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
    return re.compile(rf"(?:^|{edge})(?:{'|'.join(names.split())})(?:$|{edge})", re.IGNORECASE)


def classes(element: Element) -> str:
    """Return the class names and the id of an element."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"
