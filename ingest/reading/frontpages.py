"""Front pages and sections: lists of teasers, none of them an article."""

from __future__ import annotations

from urllib.parse import urljoin

from ingest.reading.declarations import Declared
from ingest.reading.elements import Element

_FEW = 4
"""Teasers that a page has at least to be a list of them."""
_SHARE = 0.8
"""Share of a list's text that stands in its teasers."""
_TOLD = 250
"""Characters of paragraphs under a heading of their own that are an article, beside any teasers."""
_PARAGRAPH = 40
"""Characters of the shortest paragraph that is counted."""
_HEADINGS = "//h2[a]|//h3[a]|//h4[a]|//a[h2 or h3 or h4]"
_BOXES = ("article", "li", "section", "div")
_FEEDS = "//link[contains(@rel, 'alternate')][contains(@type, 'rss') or contains(@type, 'atom') \
or contains(@type, 'feed+json')]/@href"


def front_page(declared: Declared, name: str) -> str | None:
    """Say that a page only lists articles, and name its feed; ``None`` where it may be one."""
    page = declared.page
    if declared.article or declared.meta("og:type").lower() == "article":
        return None
    boxes = {id(box): box for each in page.xpath(_HEADINGS) if (box := _teaser(each)) is not None}
    if len(boxes) < _FEW:
        return None
    lines = [each for each in page.iter("p") if len(each.text_content()) >= _PARAGRAPH]
    inside = sum(len(p.text_content()) for p in lines if _within(p, boxes))
    outside = sum(len(p.text_content()) for p in lines) - inside
    if inside < _SHARE * (inside + outside) or (declared.heading and outside >= _TOLD):
        return None
    feeds = _feeds_of(declared)
    way = f"Watch its feed instead: {feeds[0]}" if feeds else "Give the address of one article."
    return f"{name} lists {len(boxes)} articles and is none itself. {way}"


def _teaser(heading: Element) -> Element:
    """Return the box of one teaser: the largest around its heading that holds no other's."""
    box = None
    for each in heading.iterancestors(*_BOXES):
        if len(each.xpath(f".{_HEADINGS.replace('|', '|.')}")) > 1 or each.xpath(".//h1"):
            break
        box = each
    return box


def _within(element: Element, boxes: dict[int, Element]) -> bool:
    """Tell whether *element* stands in one of *boxes*."""
    return any(id(each) in boxes for each in element.iterancestors())


def _feeds_of(declared: Declared) -> list[str]:
    """Return the addresses of the feeds that a page names."""
    return [urljoin(declared.url or "", str(each)) for each in declared.page.xpath(_FEEDS)]
