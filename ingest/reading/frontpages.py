"""Front pages and section pages: lists of teasers, and not articles."""

from __future__ import annotations

from urllib.parse import urljoin

from ingest.reading.declarations import Declared
from ingest.reading.elements import Element

_MIN_TEASERS = 4
"""Teasers that a page must have to count as a list of them."""
_TEASER_SHARE = 0.8
"""Share of the page's text that must be inside teasers."""
_ARTICLE_CHARACTERS = 250
"""Characters of paragraphs outside teasers from which a page with a heading is an article."""
_PARAGRAPH_CHARACTERS = 40
"""Characters of the shortest paragraph that is counted."""
_HEADINGS = "//h2[a]|//h3[a]|//h4[a]|//a[h2 or h3 or h4]"
_BOXES = ("article", "li", "section", "div")
_FEEDS = "//link[contains(@rel, 'alternate')][contains(@type, 'rss') or contains(@type, 'atom') \
or contains(@type, 'feed+json')]/@href"


def front_page(declared: Declared, name: str) -> str | None:
    """Return the message that a page only lists articles, with its feed; else ``None``."""
    page = declared.page
    if declared.article or declared.meta("og:type").lower() == "article":
        return None
    boxes = {
        id(box): box for heading in page.xpath(_HEADINGS) if (box := _teaser(heading)) is not None
    }
    if len(boxes) < _MIN_TEASERS:
        return None
    lines = [line for line in page.iter("p") if len(line.text_content()) >= _PARAGRAPH_CHARACTERS]
    teaser_characters = sum(len(line.text_content()) for line in lines if _is_within(line, boxes))
    other_characters = sum(len(line.text_content()) for line in lines) - teaser_characters
    if teaser_characters < _TEASER_SHARE * (teaser_characters + other_characters) or (
        declared.heading and other_characters >= _ARTICLE_CHARACTERS
    ):
        return None
    feeds = _feeds_of(declared)
    advice = f"Watch its feed instead: {feeds[0]}" if feeds else "Give the address of one article."
    return f"{name} lists {len(boxes)} articles and is none itself. {advice}"


def _teaser(heading: Element) -> Element:
    """Return the box of one teaser: the largest around *heading* without another heading."""
    box = None
    for ancestor in heading.iterancestors(*_BOXES):
        if len(ancestor.xpath(f".{_HEADINGS.replace('|', '|.')}")) > 1 or ancestor.xpath(".//h1"):
            break
        box = ancestor
    return box


def _is_within(element: Element, boxes: dict[int, Element]) -> bool:
    """Return True if *element* is inside one of *boxes*."""
    return any(id(ancestor) in boxes for ancestor in element.iterancestors())


def _feeds_of(declared: Declared) -> list[str]:
    """Return the addresses of the feeds in the page's ``link`` elements."""
    return [urljoin(declared.url or "", str(address)) for address in declared.page.xpath(_FEEDS)]
