"""Paid posts: pages that look like articles and are advertising."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.language.languages import words
from ingest.reading.declarations import Declared, declared_text, types
from ingest.reading.elements import Element, classes
from ingest.reading.text import clean_line

_NOTES = words()["notes"]
_LABEL = re.compile(rf"\W{{0,3}}(?:{'|'.join(_NOTES['paid'])})", re.IGNORECASE)
"""Text of a label that only paid posts have."""
_AMBIGUOUS_LABEL = re.compile(
    rf"\W{{0,3}}(?:{'|'.join(_NOTES['paid_alone'])})\W{{0,3}}", re.IGNORECASE
)
"""Text of a label that paid posts share with boxes for advertisements."""
_KICKER = re.compile(
    r"(?:^|[\s_-])(?:label|kicker|eyebrow|overline|topline|badge|flag|tag|roofline|dachzeile|surtitre"
    r"|antetitulo|etiqueta|section|category)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_TITLE_LABEL = re.compile(
    rf"(?:{'|'.join(_NOTES['paid_alone'])}|ad|paid (?:content|post)|advertorial|publireportage)"
    rf"\s*[:：|]|[\[【](?:{'|'.join(_NOTES['paid_alone'])})[\]】]",
    re.IGNORECASE,
)
_DECLARED_KINDS = (
    *("article:section", "article.type", "content-type", "article:content_type", "og:type"),
    *("article:tag", "content_tier", "dc.type", "genre", "keywords"),
)
"""Meta tags that state what kind of page it is."""
_DECLARED_PAID = frozenset({"true", "yes", "1"})
"""Values of a meta tag ``sponsored`` that mark a paid post."""
_LABEL_CHARACTERS = 100
"""Characters of the longest label."""
_PARAGRAPH_CHARACTERS = 80
"""Characters from which a paragraph belongs to the article; labels below it are ignored."""
_LABEL_LINES = 4
"""Lines above and below the heading that are searched for a label."""


def paid_post(declared: Declared, title: str) -> str | None:
    """Return the label that marks a page as a paid post; ``None`` if there is none."""
    if "AdvertiserContentArticle" in types(declared.article):
        return "AdvertiserContentArticle"
    fields = (
        *(declared.meta(name) for name in _DECLARED_KINDS),
        declared_text(declared.article.get("articleSection")),
        declared_text(declared.article.get("genre")),
    )
    label = next(
        (field for field in fields if _LABEL.fullmatch(field) or _AMBIGUOUS_LABEL.fullmatch(field)),
        None,
    )
    if declared.meta("sponsored").lower() in _DECLARED_PAID:
        return "sponsored"
    if label or _TITLE_LABEL.match(title):
        return label or title
    return next(_labels(declared.page), None)


def _labels(page: Element) -> Iterator[str]:
    """Yield the labels around the heading of a page that mark it as paid for."""
    for heading in list(page.iter("h1"))[:1]:
        lines = list(page.iter("p", "div", "span", "a", "strong", "h1", "h2", "h3", "small", "li"))
        position = next(place for place, line in enumerate(lines) if line is heading)
        lines_above = [
            line for line in lines[max(0, position - 4 * _LABEL_LINES) : position] if not len(line)
        ]
        yield from _labels_in(lines_above[-_LABEL_LINES:])
        lines_below: list[Element] = []
        for line in lines[position + 1 :]:
            if len(clean_line(line.text_content())) >= _PARAGRAPH_CHARACTERS and line.tag == "p":
                break
            if not line.xpath(".//p|.//div"):
                lines_below.append(line)
        yield from _labels_in(lines_below[:_LABEL_LINES])


def _labels_in(boxes: Sequence[Element]) -> Iterator[str]:
    """Yield the text of the *boxes* that are labels of paid posts."""
    for box in boxes:
        text = clean_line(box.text_content())
        if len(text) > _LABEL_CHARACTERS:
            continue
        kicker = _AMBIGUOUS_LABEL.fullmatch(text) and _KICKER.search(classes(box))
        if _LABEL.fullmatch(text) or kicker:
            yield text
