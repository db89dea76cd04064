"""Posts that somebody paid for: no coverage, however much they look like it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.language.words import words
from ingest.reading.declarations import Declared, declared_text, types
from ingest.reading.elements import Element, classes
from ingest.reading.text import clean_line

_NOTES = words()["notes"]
_LABEL = re.compile(rf"\W{{0,3}}(?:{'|'.join(_NOTES['paid'])})", re.IGNORECASE)
"""What a label says that is nothing else."""
_ALONE = re.compile(rf"\W{{0,3}}(?:{'|'.join(_NOTES['paid_alone'])})\W{{0,3}}", re.IGNORECASE)
"""What the label of a paid post says, and that of a box for advertisements as well."""
_KICKER = re.compile(
    r"(?:^|[\s_-])(?:label|kicker|eyebrow|overline|topline|badge|flag|roofline|dachzeile|section|category)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_TITLED = re.compile(rf"(?:{'|'.join(_NOTES['paid_alone'])})\s*[:：|]", re.IGNORECASE)
_LONGEST = 100
"""Characters of the longest label."""
_PARAGRAPH = 80
"""Characters of a paragraph of the article itself: what stands behind it labels something else."""
_NEAR = 4
"""Lines before and behind the heading among which a label stands."""


def paid_post(declared: Declared, title: str) -> str | None:
    """Return what marks a page as a paid post; ``None`` where nothing does."""
    if "AdvertiserContentArticle" in types(declared.article):
        return "AdvertiserContentArticle"
    told = (
        declared.meta("article:section"),
        declared_text(declared.article.get("articleSection")),
        declared.meta("article.type"),
        declared.meta("content-type"),
        declared.meta("article:content_type"),
        declared.meta("og:type"),
    )
    named = next((each for each in told if _LABEL.fullmatch(each) or _ALONE.fullmatch(each)), None)
    if named or _TITLED.match(title):
        return named or title
    return next(_labels(declared.page), None)


def _labels(page: Element) -> Iterator[str]:
    """Yield the labels about the heading of a page that call it paid for."""
    for heading in list(page.iter("h1"))[:1]:
        lines = list(page.iter("p", "div", "span", "a", "strong", "h1", "h2", "h3", "small", "li"))
        at = next(place for place, each in enumerate(lines) if each is heading)
        before = [each for each in lines[max(0, at - 4 * _NEAR) : at] if not len(each)]
        yield from _said_in(before[-_NEAR:])
        behind: list[Element] = []
        for each in lines[at + 1 :]:
            if len(clean_line(each.text_content())) >= _PARAGRAPH and each.tag == "p":
                break
            if not each.xpath(".//p|.//div"):
                behind.append(each)
        yield from _said_in(behind[:_NEAR])


def _said_in(boxes: Sequence[Element]) -> Iterator[str]:
    """Yield what is a label among short lines."""
    for each in boxes:
        said = clean_line(each.text_content())
        if len(said) > _LONGEST:
            continue
        kicker = _ALONE.fullmatch(said) and _KICKER.search(classes(each))
        if _LABEL.fullmatch(said) or kicker:
            yield said
