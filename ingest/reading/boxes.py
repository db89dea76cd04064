"""Boxes inside an article that are not part of it: about its writers, and teasers of others."""

from __future__ import annotations

from functools import lru_cache

from ingest.language.words import words
from ingest.reading.elements import Element, class_pattern, classes

_BOX_CLASS = class_pattern(words()["pages"]["boxes"])
_BOX_CHARACTERS = 2000
"""Characters of the largest box."""
_ARTICLE_SHARE = 0.25
"""Share of the page's paragraph text from which a box may be the article."""


def drop_boxes(page: Element) -> None:
    """Remove the boxes about the writers of an article and the teasers of other articles."""
    page_characters: int | None = None
    for box in list(page.iter()):
        if box.getparent() is None or not isinstance(box.tag, str) or not _is_box(classes(box)):
            continue
        if page_characters is None:
            page_characters = _paragraph_characters(page)
        text = box.text_content()
        if (
            len(text) <= _BOX_CHARACTERS
            and _paragraph_characters(box) <= _ARTICLE_SHARE * page_characters
            and not box.xpath("descendant-or-self::h1|descendant-or-self::body")
        ):
            box.drop_tree()


@lru_cache(maxsize=8192)
def _is_box(label: str) -> bool:
    """Return True if the class or id *label* belongs to such a box; cached across pages."""
    return _BOX_CLASS.search(label) is not None


def _paragraph_characters(element: Element) -> int:
    """Return the number of characters in paragraphs."""
    own_characters = len(element.text_content()) if element.tag == "p" else 0
    return own_characters or sum(len(paragraph.text_content()) for paragraph in element.iter("p"))
