"""Standfirsts: the summary and the key points that a page shows between its heading and its text.

The extractors drop them with the heading's box, although they are the outlet's own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from ingest.language.datelines import BYLINE, is_date_line, starts_with_dateline
from ingest.language.languages import words
from ingest.reading.declarations import Declared, declared_text
from ingest.reading.elements import Element, class_pattern, classes, text
from ingest.reading.limits import DECLARATIONS
from ingest.reading.text import clean_line, letters_and_digits

_STANDFIRST_CLASS = class_pattern(words()["pages"]["standfirsts"])
_DESCRIPTIONS = ("description", "og:description", "twitter:description")
_BLOCKS = ("p", "li", "div", "h2", "h3", "h4")
_NESTED_BLOCK = ".//p|.//div|.//li|.//h2|.//h3|.//h4|.//ul|.//section|.//form"
_OUTSIDE = (
    "ancestor-or-self::figure|ancestor::figcaption|ancestor::nav|ancestor::aside|ancestor::footer"
    "|ancestor::form|ancestor::button|ancestor::table|ancestor::a"
)


def standfirst_of(declared: Declared, title: str, body: Sequence[str]) -> list[str]:
    """Return the paragraphs of the standfirst in the order of the page; *body* may have them too.

    They are between the heading and the first paragraph of *body*: what the page declares as its
    description, what its markup calls a standfirst, and the items of a list.
    """
    heading = _heading(declared.page, title)
    if heading is None:
        return []
    body_letters = letters_and_digits(" ".join(body))
    body_lines = {letters_and_digits(line) for line in body}
    descriptions = _descriptions(declared)
    lines: dict[str, str] = {}
    for block in islice(_blocks_after(declared.page, heading), DECLARATIONS.standfirst_blocks):
        line = text(block)
        letters = letters_and_digits(line)
        is_in_body = letters in body_letters
        is_marked = _is_marked(block) or _is_declared(letters, descriptions)
        if (
            (is_marked or (block.tag == "li" and not is_in_body))
            and (letters in body_lines or not is_in_body)
            and DECLARATIONS.standfirst_min_characters
            <= len(line)
            <= DECLARATIONS.standfirst_characters
            and not block.xpath(_OUTSIDE)
            and not _is_about_article(block, line)
        ):
            lines.setdefault(letters, line)
        elif (
            len(line) >= DECLARATIONS.first_paragraph_characters
            and letters[: DECLARATIONS.first_paragraph_characters] in body_letters
        ):
            return list(lines.values()) if body_lines - set(lines) else []
    return []


def _heading(page: Element, title: str) -> Element | None:
    """Return the heading that has the *title* of the article, else the first one."""
    headings = list(page.iter("h1"))
    return next(
        (heading for heading in headings if clean_line(heading.text_content()) == title),
        headings[0] if headings else None,
    )


def _blocks_after(page: Element, heading: Element) -> Iterator[Element]:
    """Yield the innermost blocks of text behind *heading*."""
    is_after = False
    for element in page.iter("h1", *_BLOCKS):
        if element is heading:
            is_after = True
        elif is_after and element.tag != "h1" and not element.xpath(_NESTED_BLOCK):
            yield element


def _descriptions(declared: Declared) -> list[str]:
    """Return the letters of the descriptions that a page declares."""
    article = declared.article
    descriptions = (
        *(declared.meta(name) for name in _DESCRIPTIONS),
        declared_text(article.get("description")),
        declared_text(article.get("alternativeHeadline")),
    )
    return [letters for description in descriptions if (letters := letters_and_digits(description))]


def _is_declared(letters: str, descriptions: Sequence[str]) -> bool:
    """Return True if a text is one of the *descriptions*, or most of one, or most of it is one."""
    return any(
        (letters in description or description in letters)
        and min(len(letters), len(description))
        >= DECLARATIONS.description_share * max(len(letters), len(description))
        for description in descriptions
    )


def _is_marked(block: Element) -> bool:
    """Return True if the markup of *block* calls it a standfirst."""
    return (
        block.get("itemprop") == "description"
        or _STANDFIRST_CLASS.search(classes(block)) is not None
    )


def _is_about_article(block: Element, line: str) -> bool:
    """Return True for a date line, a byline, a text with a dateline, or mostly with a link."""
    linked_characters = sum(len(clean_line(link.text_content())) for link in block.iter("a"))
    return (
        linked_characters >= DECLARATIONS.linked_share * len(line)
        or is_date_line(line)
        or BYLINE.match(line) is not None
        or starts_with_dateline(line)
    )
