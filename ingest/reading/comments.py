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

KNOWN = words()["comments"]
NAMED = re.compile(
    rf"(?:^|[\s_-])(?:{'|'.join(KNOWN['classes'].split())})(?:$|[\s_-])"
    rf"|{'|'.join(KNOWN['services'].split())}",
    re.IGNORECASE,
)
"""Classes, ids and labels of comments, in the languages of the web, and services that hold them."""
MAYBE = re.compile(
    rf"(?:^|[\s_-])(?:{'|'.join(KNOWN['maybe'].split())})(?:$|[\s_-])", re.IGNORECASE
)
"""Those that a part of an article may have as well: only with comments' structure they are."""
HEADED = re.compile(
    rf"(?:^|\b|\d)(?:{'|'.join(KNOWN['headings'])})(?:$|\b)|{'|'.join(KNOWN['headings_ja'])}",
    re.IGNORECASE,
)
"""What stands above comments."""
ALONE = re.compile(
    rf"\W{{0,3}}(?:\d{{1,5}}\W{{0,3}})?(?:{'|'.join(KNOWN['alone'])})\W{{0,3}}"
    r"(?:\d{1,5}\W{0,3}件?\W{0,3})?",
    re.IGNORECASE,
)
"""What a heading says that stands above nothing else."""
HEADINGS = ("h2", "h3", "h4", "h5", "h6")
CONTROL = re.compile(
    rf"^(?:{'|'.join(KNOWN['controls'])})(?:\s*\(?\d*\)?)?$|{'|'.join(KNOWN['controls_ja'])}",
    re.IGNORECASE,
)
"""What a reader can do to a comment: reply, like, report."""
USER = re.compile(r"@?[\w.-]{1,40}")
MIXED = re.compile(r"[a-z][A-Z0-9_]|\d|^@")
NAME = 40
"""Characters of the longest name of a commenter."""
HEADING = 60
"""Characters of the longest heading of comments."""
TOP = 4
"""Elements at the top of a box among which its heading stands; the box itself is the first."""
TOLD = 20
"""Characters that a comment has at least."""
FEW = 2
"""Comments that are told by their structure."""
CONTAINERS = ("div", "section", "ul", "ol", "aside", "article", "footer", "details", "table", "dl")
HOLDS = "descendant-or-self::h1|descendant-or-self::main|descendant-or-self::body"
LABELS = ("class", "id", "aria-label", "data-module")
SCHEMA = "//*[contains(@itemtype, 'schema.org/Comment') or @itemprop='comment']"


def drop_comments(page: Element, declared: Iterable[Any]) -> None:
    """Take out of *page* what its readers wrote.

    That is told by names of classes in many languages, by schema.org's markup, by the texts that
    the *declared* data call comments, and by structure: boxes of one kind in a row, each with a
    name and a text, under a heading that says so or with a reader's controls.
    """
    every = (*page.xpath(SCHEMA), *named(page), *told_by_structure(page), *below_headings(page))
    for each in every:
        if each.getparent() is not None and not each.xpath(HOLDS):
            each.drop_tree()
    said = set(comment_texts(declared))
    for each in list(page.iter("p", "div", "li", "blockquote")) if said else []:
        if each.getparent() is not None and not len(each) and clean_line(text(each)) in said:
            each.drop_tree()


def named(page: Element) -> Iterator[Element]:
    """Yield the boxes that are called comments.

    An opinion may be called so too: it is most of what is said, and loses the name, by which the
    extractors would drop it.
    """
    whole: int | None = None
    for each in page.iter(*CONTAINERS):
        label = " ".join(filter(None, map(each.get, LABELS)))
        name = kind_of(label) if label else ""
        if not name:
            continue
        whole = said_in(page) if whole is None else whole
        small = name == "comments" and 2 * said_in(each) <= whole
        if small or any(repeated(inner) for inner in each.iter(*CONTAINERS)):
            yield each
        elif name == "comments":
            for key in LABELS:
                each.attrib.pop(key, None)


@lru_cache(maxsize=8192)
def kind_of(label: str) -> str:
    """Tell whether a class, an id or a label is one of comments; a site's pages share most."""
    return "comments" if NAMED.search(label) else "maybe" if MAYBE.search(label) else ""


def said_in(element: Element) -> int:
    """Return how many characters stand in paragraphs."""
    return sum(len(each.text_content()) for each in element.iter("p"))


def told_by_structure(page: Element) -> Iterator[Element]:
    """Yield the boxes that hold several comments, each with its writer."""
    for each in page.iter(*CONTAINERS):
        likes = repeated(each)
        if len(likes) < FEW:
            continue
        if headed(each, likes[0]) or all(spoken(like) for like in likes):
            yield from ([each] if holds_nothing_else(each, likes) else likes)


def below_headings(page: Element) -> Iterator[Element]:
    """Yield what stands below a heading of nothing but comments, up to the next heading."""
    for heading in page.iter(*HEADINGS):
        said = clean_line(heading.text_content())
        if len(said) <= HEADING and ALONE.fullmatch(said):
            yield heading
            for each in heading.itersiblings():
                if each.tag in HEADINGS[: HEADINGS.index(heading.tag) + 1]:
                    break
                yield each


def repeated(box: Element) -> list[Element]:
    """Return the boxes of one tag and class inside *box* that have a name and a text each."""
    if len(box) < FEW:
        return []
    inner = [each for each in box if isinstance(each.tag, str)]
    kinds: dict[tuple[str, str], list[Element]] = {}
    for each in inner:
        kinds.setdefault((each.tag, each.get("class") or ""), []).append(each)
    most = max(kinds.values(), key=len, default=[])
    return most if len(most) >= FEW and all(name_of(each) for each in most) else []


def name_of(box: Element) -> str:
    """Return the short line that opens *box* before a longer one; nothing without both."""
    name, said = "", 0
    for each in box.iter():
        if line := own(each).strip():
            if not name and len(line) > NAME:
                return ""
            said += len(line) if name else 0
            name = name or clean_line(line)
        if said >= TOLD:
            return name
    return ""


def own(element: Element) -> str:
    """Return the text of an element itself, and nothing of comments in the markup."""
    return (element.text or "") if isinstance(element.tag, str) else ""


def headed(box: Element, first: Element) -> bool:
    """Tell whether a heading before *box*, or at its top before the *first* comment, says so."""
    inside = (each for each in box.iter() if each is not first and isinstance(each.tag, str))
    before = box.getprevious()
    near = [*islice(inside, 1, TOP), *([] if before is None else [before])]
    lines = [clean_line(text(each)) for each in near]
    return any(line and len(line) <= HEADING and HEADED.search(line) for line in lines)


def spoken(box: Element) -> bool:
    """Tell whether a box has what only a reader's comment has: a control, or a user's name."""
    lines = [clean_line(own(each)) for each in box.iter()]
    acted = any(CONTROL.search(line) for line in lines if line and len(line) <= NAME)
    return acted or is_user(name_of(box))


def is_user(name: str) -> bool:
    """Tell whether *name* is one that no passport has: harbour_fan, user7, @someone."""
    mixed = USER.fullmatch(name) and MIXED.search(name)
    return bool(mixed) and any(char.isalpha() for char in name)


def holds_nothing_else(box: Element, likes: list[Element]) -> bool:
    """Tell whether besides the comments *box* has a heading at most."""
    rest = len(text(box)) - sum(len(text(each)) for each in likes)
    return rest <= 3 * HEADING and not box.xpath(HOLDS)


def comment_texts(declared: Iterable[Any]) -> Iterator[str]:
    """Yield the text of every comment in the page's linked data."""
    for each in declared:
        if isinstance(each, dict):
            if "Comment" in types(each):
                yield clean_line(str(each.get("text") or ""))
            yield from comment_texts(each.values())
        elif isinstance(each, list):
            yield from comment_texts(each)
