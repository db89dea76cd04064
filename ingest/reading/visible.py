"""The page as its reader sees it: one step before anything else looks at it.

What is not shown, or is struck out, is not there; signs of notes stick to no figure; what is quoted
has its marks; what others posted stands apart; a question stands with its answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from ingest.language.datelines import stated
from ingest.language.lines import BETWEEN
from ingest.language.words import words
from ingest.reading.declarations import DATED
from ingest.reading.elements import Element, classes
from ingest.reading.signs import lowered
from ingest.reading.text import clean_line

_PAGE = words()["pages"]
_HIDDEN = re.compile(rf"(?:^|\s)(?:{'|'.join(_PAGE['hidden'].split())})(?:\s|$)", re.IGNORECASE)
_UNHIDDEN = re.compile(
    r"(?:^|\s)(?:[a-z]{1,4}:|d-[a-z]{2,3}-)(?:block|flex|grid|inline\S*|table\S*|contents)(?:\s|$)"
)
"""A class that shows on a wider screen what is hidden on a narrow one."""
_STRUCK = re.compile(r"(?:^|\s)(?:line-through|struck|strikethrough|strike-through)(?:\s|$)", re.I)
_NOT_SHOWN = re.compile(
    r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}(?:hidden|collapse)", re.I
)
_CROSSED = re.compile(r"text-decoration[\w-]{0,8}\s{0,3}:[^;]{0,40}line-through", re.IGNORECASE)
_MOST = 0.5
"""Share of a page's paragraphs from which a hidden box is the article: a script will show it."""
_LINKED = "descendant::a[contains(@href, '#')]|ancestor::a[contains(@href, '#')]"
_MARKS = {
    "de": "„“", "cs": "„“", "sk": "„“", "sl": "„“", "bg": "„“", "is": "„“", "lt": "„“",
    "pl": "„”", "ro": "„”", "hu": "„”", "hr": "„”", "sr": "„”",
    "fr": "«»", "es": "«»", "it": "«»", "pt": "«»", "ru": "«»", "uk": "«»", "el": "«»", "no": "«»",
    "nb": "«»", "ca": "«»", "fa": "«»", "ja": "「」", "sv": "””", "fi": "””",
}  # fmt: skip
"""Quotation marks by language; elsewhere “ and ”."""
_INNER = {"「」": "『』", "«»": "“”"}
_OPENING = "“„«「『\"”‘'"
_QUESTIONS = "//h2|//h3|//h4|//h5|//h6|//p[strong or b]"
_ASKED = re.compile(r"[?？;؟]\W{0,2}$")
_LONGEST_QUESTION = 250
_IN_A_ROW = 400
"""Characters of the longest answer that stands in one line with its question."""
_POSTS = re.compile(
    rf"(?:^|[\s_-])(?:{'|'.join(_PAGE['posts'].split())})(?:$|[\s_-])", re.IGNORECASE
)
_BOXES = ("blockquote", "div", "figure", "section", "aside")
_WRAPPERS = frozenset({"div", "section"})
_LABEL = 120
"""Characters of the longest box of a label and its figure."""
_LETTER, _FIGURE = re.compile(r"[^\W\d_]"), re.compile(r"\d")
_PIECES = frozenset({"span", "b", "strong", "em", "i", "small", "data"})


def as_seen(page: Element) -> tuple[str, ...]:
    """Change *page* to what its reader sees, and return the posts of others that it embeds."""
    language = str(page.get("lang") or "").lower()[:2]
    _drop_hidden(page)
    _drop_struck(page)
    posts = tuple(_posts_of(page))
    _lower_signs(page, language)
    _write_marks(page, language)
    _write_boxes(page)
    _join_answers(page)
    return posts


def _drop(element: Element) -> None:
    """Take an element out, and keep what stands behind it."""
    if element.getparent() is not None:
        element.drop_tree()


def _drop_hidden(page: Element) -> None:
    """Take out what the page hides, but for an article that waits for its script."""
    whole: int | None = None
    for each in page.xpath("//body//*[@hidden or @style or @class or self::dialog[not(@open)]]"):
        if not _is_hidden(each):
            continue
        if whole is None:
            whole = _paragraphs_in(page)
        if _paragraphs_in(each) <= _MOST * whole:
            _drop(each)


def _is_hidden(element: Element) -> bool:
    """Return True if the element's markup hides it."""
    hidden = element.get("hidden")
    if (hidden is not None and hidden.lower() != "until-found") or element.tag == "dialog":
        return True
    if _NOT_SHOWN.search(element.get("style") or ""):
        return True
    named = element.get("class") or ""
    return _HIDDEN.search(named) is not None and not _UNHIDDEN.search(named)


def _paragraphs_in(element: Element) -> int:
    """Return how many characters stand in paragraphs."""
    own = len(element.text_content()) if element.tag == "p" else 0
    return own or sum(len(each.text_content()) for each in element.iter("p"))


def _drop_struck(page: Element) -> None:
    """Take out what the page strikes."""
    for each in page.xpath("//del|//s|//strike|//body//*[@style or @class]"):
        if (
            each.tag in {"del", "s", "strike"}
            or _CROSSED.search(each.get("style") or "")
            or _STRUCK.search(each.get("class") or "")
        ):
            _drop(each)


def _lower_signs(page: Element, language: str) -> None:
    """Take out raised signs that point at notes; write exponents as such."""
    for each in page.xpath("//sup"):
        said = clean_line(each.text_content())
        told = lowered(said, _before(each), language, linked=bool(each.xpath(_LINKED)))
        if not told:
            _drop(each)
        elif told != said:
            for inner in list(each):
                inner.drop_tree()
            each.text = told
            each.drop_tag()


def _before(element: Element) -> str:
    """Return the text that stands before an element, in its parent or the piece before it."""
    previous = element.getprevious()
    if previous is None:
        parent = element.getparent()
        own = "" if parent is None else parent.text or ""
        return own or ("" if parent is None or parent.tag not in _PIECES else _before(parent))
    return str(previous.tail or previous.text_content())


def _write_marks(page: Element, language: str) -> None:
    """Write the quotation marks that browsers draw around ``q``."""
    outer = _MARKS.get(language, "“”")
    for each in page.xpath("//q"):
        inside = bool(each.xpath("ancestor::q"))
        if clean_line(each.text_content())[:1] not in _OPENING:
            opening, closing = tuple(_INNER.get(outer, "‘’") if inside else outer)
            each.text = opening + (each.text or "")
            if len(each):
                each[-1].tail = (each[-1].tail or "") + closing
            else:
                each.text += closing
    for each in page.xpath("//q|//wbr"):
        each.drop_tag()


def _write_boxes(page: Element) -> None:
    """Let a box of a label and its figure be a line; let what opens on a click be open."""
    for each in page.xpath("//div[count(*) > 1 and not(.//p) and not(.//div)]"):
        pieces = list(each)
        bare = not any((text or "").strip() for text in (each.text, *(p.tail for p in pieces)))
        said = each.text_content()
        told = len(said) <= _LABEL and _LETTER.search(said) and _FIGURE.search(said)
        if not told or stated(clean_line(" ".join(each.itertext()))):
            continue
        if (
            bare
            and told
            and all(p.tag in _PIECES for p in pieces)
            and not DATED.search(classes(each))
        ):
            _part(pieces)
            each.tag = "p"
    for each in page.xpath("//details|//summary"):
        each.tag = "div" if each.tag == "details" else "h3"


def _part(pieces: Sequence[Element]) -> None:
    """Write what parts the pieces of a box: a label and its figure are no heading."""
    for one, other in pairwise(pieces):
        label, behind = one.text_content(), other.text_content()
        if label[-1:].isalpha() or behind[:1].isalpha():
            labelled = one is pieces[0] and not _FIGURE.search(label) and _FIGURE.search(behind)
            one.tail = BETWEEN if labelled else " "


def _join_answers(page: Element) -> None:
    """Put each question that is a heading before the paragraph that answers it."""
    for each in page.xpath(_QUESTIONS):
        said = clean_line(each.text_content())
        if not _ASKED.search(said) or len(said) > _LONGEST_QUESTION or not _is_bold(each):
            continue
        answer = _answer_to(each, said)
        if answer is None:
            continue
        told = clean_line(answer.text_content())
        if not told or _ASKED.search(told):
            continue
        between = BETWEEN if len(told) <= _IN_A_ROW else " "
        answer.text = f"{said}{between}{(answer.text or '').lstrip()}"
        answer.tag = "p"
        _drop(each)


def _answer_to(question: Element, said: str) -> Element | None:
    """Return the paragraph behind a question, out of the boxes around both, if there is one."""
    box = question
    while box.getnext() is None and box.getparent() is not None:
        if clean_line(box.getparent().text_content()) != said:
            return None
        box = box.getparent()
    answer = box.getnext()
    while answer is not None and answer.tag in _WRAPPERS:
        if (answer.text or "").strip() or not answer.xpath(
            "*[self::p or self::div or self::section]"
        ):
            return answer
        answer = answer[0]
    return answer if answer is not None and answer.tag == "p" else None


def _is_bold(element: Element) -> bool:
    """Return True if a paragraph is bold as a whole; headings are."""
    if element.tag != "p":
        return True
    bold = "".join(each.text_content() for each in element.iter("strong", "b"))
    return clean_line(bold) == clean_line(element.text_content())


def _posts_of(page: Element) -> Iterator[str]:
    """Take out the posts of others that are embedded, and yield what they say."""
    whole: int | None = None
    for each in list(page.iter(*_BOXES)):
        if each.getparent() is not None and _is_post(classes(each)):
            whole = _paragraphs_in(page) if whole is None else whole
            if _paragraphs_in(each) <= _MOST * whole and not each.xpath("descendant::h1"):
                if said := clean_line(" ".join(each.itertext())):
                    yield said
                _drop(each)


@lru_cache(maxsize=8192)
def _is_post(label: str) -> bool:
    """Return True if a class or an id is one of an embedded post; a site's pages share most."""
    return _POSTS.search(label) is not None
