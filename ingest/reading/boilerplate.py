"""Parts of a page that do not belong to its article: boxes and comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from ingest.language.dates import clocks_in
from ingest.language.languages import phrase_pattern, words
from ingest.reading.declarations import types
from ingest.reading.elements import Element, class_pattern, classes, text
from ingest.reading.limits import ASIDES, PAGES
from ingest.reading.text import clean_line, letters_and_digits

_BOX_CLASS = class_pattern(words()["pages"]["boxes"])
_WORDS = words()["comments"]
_COMMENT_CLASS = phrase_pattern(
    [class_pattern(_WORDS["classes"]).pattern, *_WORDS["services"].split()]
)
"""Classes, ids and labels of comments in many languages, and names of comment services."""
_AMBIGUOUS_CLASS = class_pattern(_WORDS["maybe"])
"""Classes that comments share with articles: they count only together with the structure."""
_COMMENT_HEADING = phrase_pattern(
    [rf"(?:\b|\d)(?:{'|'.join(_WORDS['headings'])})(?:$|\b)", *_WORDS["headings_ja"]]
)
"""Text in headings of comments."""
COMMENT_COUNT = phrase_pattern(
    _WORDS["alone"],
    before=r"\W{0,3}(?:\d{1,5}\W{0,3})?",
    behind=r"\W{0,3}(?:\d{1,5}\W{0,3}件?\W{0,3})?",
)
"""Complete text, with or without a count, of a heading that is used only for comments."""
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_CONTROL = phrase_pattern(
    [rf"^(?:{'|'.join(_WORDS['controls'])})(?:\s*\(?\d*\)?)?$", *_WORDS["controls_ja"]]
)
"""Controls of a comment, such as reply, like and report."""
_USER = re.compile(r"@?[\w.-]{1,40}")
_MIXED_CHARACTERS = re.compile(r"[a-z][A-Z0-9_]|\d|^@")
_CONTAINERS = ("div", "section", "ul", "ol", "aside", "article", "footer", "details", "table", "dl")
_ARTICLE_ROOTS = "descendant-or-self::h1|descendant-or-self::main|descendant-or-self::body"
_LABELS = ("class", "id", "aria-label", "data-module")
_SET_APART = "//blockquote|//aside|//*[contains(@class, 'pull')]"
_IN_SET_APART = "ancestor-or-self::*[self::blockquote or self::aside or contains(@class, 'pull')]"
_SPEAKER = "ancestor-or-self::cite|ancestor::footer"
_SCHEMA = "//*[contains(@itemtype, 'schema.org/Comment') or @itemprop='comment']"


def drop_boxes(page: Element) -> None:
    """Remove advertisements, teasers of other articles, and boxes about an article's writers."""
    page_characters: int | None = None
    for box in list(page.iter()):
        if box.getparent() is None or not isinstance(box.tag, str) or not _is_box(classes(box)):
            continue
        if page_characters is None:
            page_characters = _paragraph_characters(page)
        text = box.text_content()
        if (
            len(text) <= ASIDES.box_characters
            and _paragraph_characters(box) <= ASIDES.box_article_share * page_characters
            and not box.xpath("descendant-or-self::h1|descendant-or-self::body")
        ):
            box.drop_tree()


def drop_repeated_quotes(page: Element) -> None:
    """Remove quotations that are set apart from a text that has them with their speaker."""
    text_letters = "\n".join(
        letters_and_digits(paragraph.text_content())
        for paragraph in page.iter("p")
        if not paragraph.xpath(_IN_SET_APART)
    )
    for box in page.xpath(_SET_APART)[: PAGES.quotations]:
        parts = [part for part in box.iter("p") if not part.xpath(_SPEAKER)] or [box]
        letters = letters_and_digits(" ".join(part.text_content() for part in parts))
        if len(letters) >= PAGES.quotation_letters and letters in text_letters:
            box.drop_tree()


@lru_cache(maxsize=8192)
def _is_box(label: str) -> bool:
    """Return True if the class or id *label* belongs to such a box; cached across pages."""
    return _BOX_CLASS.search(label) is not None


def _paragraph_characters(element: Element) -> int:
    """Return the number of characters in paragraphs."""
    own_characters = len(element.text_content()) if element.tag == "p" else 0
    return own_characters or sum(len(paragraph.text_content()) for paragraph in element.iter("p"))


def drop_comments(page: Element, declared: Iterable[Any]) -> None:
    """Remove the comments of readers from *page*.

    They are recognised by class names in many languages, by schema.org's markup, by the texts of
    comments in the *declared* data, and by structure: boxes of one kind in a row, each with a name
    and a text, under a heading for comments or with controls such as reply.
    """
    boxes = (
        *page.xpath(_SCHEMA),
        *_boxes_by_class(page),
        *_boxes_by_structure(page),
        *_below_headings(page),
    )
    for box in boxes:
        if box.getparent() is not None and not box.xpath(_ARTICLE_ROOTS):
            box.drop_tree()
    comment_texts = set(_comment_texts(declared))
    for box in list(page.iter("p", "div", "li", "blockquote")) if comment_texts else []:
        if box.getparent() is not None and not len(box) and clean_line(text(box)) in comment_texts:
            box.drop_tree()


def _boxes_by_class(page: Element) -> Iterator[Element]:
    """Yield the boxes that have a class or label of comments.

    An opinion article can have such a class as well. It holds most of the page's text; its class is
    removed, because the extractors would drop the article by it.
    """
    page_characters: int | None = None
    for box in page.iter(*_CONTAINERS):
        label = " ".join(filter(None, map(box.get, _LABELS)))
        name = _kind_of(label) if label else ""
        if not name:
            continue
        page_characters = _comment_characters(page) if page_characters is None else page_characters
        is_small = name == "comments" and 2 * _comment_characters(box) <= page_characters
        if is_small or any(_comments_in(child) for child in box.iter(*_CONTAINERS)):
            yield box
        elif name == "comments":
            for key in _LABELS:
                box.attrib.pop(key, None)


@lru_cache(maxsize=8192)
def _kind_of(label: str) -> str:
    """Return ``comments``, ``maybe`` or an empty string for a class, an id or a label; cached."""
    return (
        "comments"
        if _COMMENT_CLASS.search(label)
        else "maybe"
        if _AMBIGUOUS_CLASS.search(label)
        else ""
    )


def _comment_characters(element: Element) -> int:
    """Return the number of characters in paragraphs."""
    return sum(len(paragraph.text_content()) for paragraph in element.iter("p"))


def _boxes_by_structure(page: Element) -> Iterator[Element]:
    """Yield the boxes that hold several comments, each with its writer."""
    for box in page.iter(*_CONTAINERS):
        comments = _comments_in(box)
        if len(comments) < ASIDES.comments:
            continue
        if _has_comment_heading(box, comments[0]) or all(
            _is_by_user(comment) for comment in comments
        ):
            yield from ([box] if _holds_nothing_else(box, comments) else comments)


def _below_headings(page: Element) -> Iterator[Element]:
    """Yield the elements below a heading of comments, up to the next heading."""
    for heading in page.iter(*_HEADINGS):
        heading_text = clean_line(heading.text_content())
        if len(heading_text) <= ASIDES.comments_heading_characters and COMMENT_COUNT.fullmatch(
            heading_text
        ):
            yield heading
            for sibling in heading.itersiblings():
                if sibling.tag in _HEADINGS[: _HEADINGS.index(heading.tag) + 1]:
                    break
                yield sibling


def _comments_in(box: Element) -> list[Element]:
    """Return the child boxes of one tag and class in *box* if all have a name and a text."""
    if len(box) < ASIDES.comments:
        return []
    children = [child for child in box if isinstance(child.tag, str)]
    kinds: dict[tuple[str, str], list[Element]] = {}
    for child in children:
        kinds.setdefault((child.tag, child.get("class") or ""), []).append(child)
    largest_group = max(kinds.values(), key=len, default=[])
    return (
        largest_group
        if len(largest_group) >= ASIDES.comments and all(_name_of(child) for child in largest_group)
        else []
    )


def _name_of(box: Element) -> str:
    """Return the short line at the start of *box* above a longer text; empty without both."""
    name, characters = "", 0
    for element in box.iter():
        if line := _text_of(element).strip():
            if not name and len(line) > ASIDES.commenter_characters:
                return ""
            characters += len(line) if name else 0
            name = name or clean_line(line)
        if characters >= ASIDES.comment_characters:
            return name
    return ""


def _text_of(element: Element) -> str:
    """Return the text of *element* before its first child; empty for a comment in the markup."""
    return (element.text or "") if isinstance(element.tag, str) else ""


def _has_comment_heading(box: Element, first: Element) -> bool:
    """Return True if a heading of comments is before *box*, or at its top before *first*."""
    elements = (
        element for element in box.iter() if element is not first and isinstance(element.tag, str)
    )
    previous = box.getprevious()
    candidates = [
        *islice(elements, 1, ASIDES.box_top_elements),
        *([] if previous is None else [previous]),
    ]
    lines = [clean_line(text(element)) for element in candidates]
    return any(
        line and len(line) <= ASIDES.comments_heading_characters and _COMMENT_HEADING.search(line)
        for line in lines
    )


def _is_by_user(box: Element) -> bool:
    """Return True if a box has a control of comments, or the name of a user."""
    lines = [clean_line(_text_of(element)) for element in box.iter()]
    has_control = any(
        _CONTROL.search(line) for line in lines if line and len(line) <= ASIDES.commenter_characters
    )
    return has_control or _is_user(_name_of(box))


def _is_user(name: str) -> bool:
    """Return True if *name* looks like a user name (harbour_fan, user7) and not like a time."""
    is_mixed = _USER.fullmatch(name) and _MIXED_CHARACTERS.search(name)
    return bool(is_mixed) and any(map(str.isalpha, name)) and not clocks_in(name)


def _holds_nothing_else(box: Element, comments: list[Element]) -> bool:
    """Return True if *box* holds, besides the comments, no more than a heading."""
    other_characters = len(text(box)) - sum(len(text(comment)) for comment in comments)
    return other_characters <= 3 * ASIDES.comments_heading_characters and not box.xpath(
        _ARTICLE_ROOTS
    )


def _comment_texts(declared: Iterable[Any]) -> Iterator[str]:
    """Yield the text of every comment in the page's linked data."""
    for value in declared:
        if isinstance(value, dict):
            if "Comment" in types(value):
                yield clean_line(str(value.get("text") or ""))
            yield from _comment_texts(value.values())
        elif isinstance(value, list):
            yield from _comment_texts(value)
