"""What readers wrote below an article: never the outlet's words, so never kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from ingest.language.words import words
from ingest.reading.declarations import types
from ingest.reading.elements import Element, text
from ingest.reading.text import clean_line

_KNOWN = words()["comments"]
_NAMED = re.compile(
    rf"(?:^|[\s_-])(?:{'|'.join(_KNOWN['classes'].split())})(?:$|[\s_-])"
    rf"|{'|'.join(_KNOWN['services'].split())}",
    re.IGNORECASE,
)
"""Classes, ids and labels of comments, in the languages of the web, and services that hold them."""
_MAYBE = re.compile(
    rf"(?:^|[\s_-])(?:{'|'.join(_KNOWN['maybe'].split())})(?:$|[\s_-])", re.IGNORECASE
)
"""Those that a part of an article may have as well: only with comments' structure they are."""
_HEADED = re.compile(
    rf"(?:^|\b|\d)(?:{'|'.join(_KNOWN['headings'])})(?:$|\b)|{'|'.join(_KNOWN['headings_ja'])}",
    re.IGNORECASE,
)
"""What stands above comments."""
_ALONE = re.compile(
    rf"\W{{0,3}}(?:\d{{1,5}}\W{{0,3}})?(?:{'|'.join(_KNOWN['alone'])})\W{{0,3}}"
    r"(?:\d{1,5}\W{0,3}件?\W{0,3})?",
    re.IGNORECASE,
)
"""What a heading says that stands above nothing else."""
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_CONTROL = re.compile(
    rf"^(?:{'|'.join(_KNOWN['controls'])})(?:\s*\(?\d*\)?)?$|{'|'.join(_KNOWN['controls_ja'])}",
    re.IGNORECASE,
)
"""What a reader can do to a comment: reply, like, report."""
_USER = re.compile(r"@?[\w.-]{1,40}")
_MIXED = re.compile(r"[a-z][A-Z0-9_]|\d|^@")
_NAME = 40
"""Characters of the longest name of a commenter."""
_HEADING = 60
"""Characters of the longest heading of comments."""
_TOP = 4
"""Elements at the top of a box among which its heading stands; the box itself is the first."""
_TOLD = 20
"""Characters that a comment has at least."""
_FEW = 2
"""Comments that are told by their structure."""
_CONTAINERS = ("div", "section", "ul", "ol", "aside", "article", "footer", "details", "table", "dl")
_HOLDS = "descendant-or-self::h1|descendant-or-self::main|descendant-or-self::body"
_LABELS = ("class", "id", "aria-label", "data-module")
_SCHEMA = "//*[contains(@itemtype, 'schema.org/Comment') or @itemprop='comment']"


def drop_comments(page: Element, declared: Iterable[Any]) -> None:
    """Take out of *page* what its readers wrote.

    That is told by names of classes in many languages, by schema.org's markup, by the texts that
    the *declared* data call comments, and by structure: boxes of one kind in a row, each with a
    name and a text, under a heading that says so or with a reader's controls.
    """
    every = (*page.xpath(_SCHEMA), *_named(page), *_told_by_structure(page), *_below_headings(page))
    for each in every:
        if each.getparent() is not None and not each.xpath(_HOLDS):
            each.drop_tree()
    said = set(_comment_texts(declared))
    for each in list(page.iter("p", "div", "li", "blockquote")) if said else []:
        if each.getparent() is not None and not len(each) and clean_line(text(each)) in said:
            each.drop_tree()


def _named(page: Element) -> Iterator[Element]:
    """Yield the boxes that are called comments.

    An opinion may be called so too: it is most of what is said, and loses the name, by which the
    extractors would drop it.
    """
    whole: int | None = None
    for each in page.iter(*_CONTAINERS):
        label = " ".join(filter(None, map(each.get, _LABELS)))
        name = _kind_of(label) if label else ""
        if not name:
            continue
        whole = _said_in(page) if whole is None else whole
        small = name == "comments" and 2 * _said_in(each) <= whole
        if small or any(_repeated(inner) for inner in each.iter(*_CONTAINERS)):
            yield each
        elif name == "comments":
            for key in _LABELS:
                each.attrib.pop(key, None)


@lru_cache(maxsize=8192)
def _kind_of(label: str) -> str:
    """Tell whether a class, an id or a label is one of comments; a site's pages share most."""
    return "comments" if _NAMED.search(label) else "maybe" if _MAYBE.search(label) else ""


def _said_in(element: Element) -> int:
    """Return how many characters stand in paragraphs."""
    return sum(len(each.text_content()) for each in element.iter("p"))


def _told_by_structure(page: Element) -> Iterator[Element]:
    """Yield the boxes that hold several comments, each with its writer."""
    for each in page.iter(*_CONTAINERS):
        likes = _repeated(each)
        if len(likes) < _FEW:
            continue
        if _headed(each, likes[0]) or all(_spoken(like) for like in likes):
            yield from ([each] if _holds_nothing_else(each, likes) else likes)


def _below_headings(page: Element) -> Iterator[Element]:
    """Yield what stands below a heading of nothing but comments, up to the next heading."""
    for heading in page.iter(*_HEADINGS):
        said = clean_line(heading.text_content())
        if len(said) <= _HEADING and _ALONE.fullmatch(said):
            yield heading
            for each in heading.itersiblings():
                if each.tag in _HEADINGS[: _HEADINGS.index(heading.tag) + 1]:
                    break
                yield each


def _repeated(box: Element) -> list[Element]:
    """Return the boxes of one tag and class inside *box* that have a name and a text each."""
    if len(box) < _FEW:
        return []
    inner = [each for each in box if isinstance(each.tag, str)]
    kinds: dict[tuple[str, str], list[Element]] = {}
    for each in inner:
        kinds.setdefault((each.tag, each.get("class") or ""), []).append(each)
    most = max(kinds.values(), key=len, default=[])
    return most if len(most) >= _FEW and all(_name_of(each) for each in most) else []


def _name_of(box: Element) -> str:
    """Return the short line that opens *box* before a longer one; nothing without both."""
    name, said = "", 0
    for each in box.iter():
        if line := _own(each).strip():
            if not name and len(line) > _NAME:
                return ""
            said += len(line) if name else 0
            name = name or clean_line(line)
        if said >= _TOLD:
            return name
    return ""


def _own(element: Element) -> str:
    """Return the text of an element itself, and nothing of comments in the markup."""
    return (element.text or "") if isinstance(element.tag, str) else ""


def _headed(box: Element, first: Element) -> bool:
    """Tell whether a heading before *box*, or at its top before the *first* comment, says so."""
    inside = (each for each in box.iter() if each is not first and isinstance(each.tag, str))
    before = box.getprevious()
    near = [*islice(inside, 1, _TOP), *([] if before is None else [before])]
    lines = [clean_line(text(each)) for each in near]
    return any(line and len(line) <= _HEADING and _HEADED.search(line) for line in lines)


def _spoken(box: Element) -> bool:
    """Tell whether a box has what only a reader's comment has: a control, or a user's name."""
    lines = [clean_line(_own(each)) for each in box.iter()]
    acted = any(_CONTROL.search(line) for line in lines if line and len(line) <= _NAME)
    return acted or _is_user(_name_of(box))


def _is_user(name: str) -> bool:
    """Tell whether *name* is one that no passport has: harbour_fan, user7, @someone."""
    mixed = _USER.fullmatch(name) and _MIXED.search(name)
    return bool(mixed) and any(char.isalpha() for char in name)


def _holds_nothing_else(box: Element, likes: list[Element]) -> bool:
    """Tell whether besides the comments *box* has a heading at most."""
    rest = len(text(box)) - sum(len(text(each)) for each in likes)
    return rest <= 3 * _HEADING and not box.xpath(_HOLDS)


def _comment_texts(declared: Iterable[Any]) -> Iterator[str]:
    """Yield the text of every comment in the page's linked data."""
    for each in declared:
        if isinstance(each, dict):
            if "Comment" in types(each):
                yield clean_line(str(each.get("text") or ""))
            yield from _comment_texts(each.values())
        elif isinstance(each, list):
            yield from _comment_texts(each)
