"""The page as its reader sees it: the first step, before any other code examines the page.

Hidden and struck text is removed, note signs are separated from figures, quotations get their
marks, embedded posts are returned apart, and a question is joined with its answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from ingest.language.datelines import parse_date
from ingest.language.lines import BETWEEN
from ingest.language.words import words
from ingest.reading.declarations import DATE_CLASS
from ingest.reading.elements import Element, class_pattern, classes
from ingest.reading.signs import inline_sign
from ingest.reading.text import clean_line

_PAGE = words()["pages"]
_HIDDEN_CLASS = re.compile(
    rf"(?:^|\s)(?:{'|'.join(_PAGE['hidden'].split())})(?:\s|$)", re.IGNORECASE
)
_WIDE_SCREEN_CLASS = re.compile(
    r"(?:^|\s)(?:[a-z]{1,4}:|d-[a-z]{2,3}-)(?:block|flex|grid|inline\S*|table\S*|contents)(?:\s|$)"
)
"""A class that shows an element on wide screens which is hidden on narrow ones."""
_STRUCK_CLASS = re.compile(
    r"(?:^|\s)(?:line-through|struck|strikethrough|strike-through)(?:\s|$)", re.I
)
_HIDDEN_STYLE = re.compile(
    r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}(?:hidden|collapse)", re.I
)
_STRUCK_STYLE = re.compile(
    r"text-decoration[\w-]{0,8}\s{0,3}:[^;]{0,40}line-through", re.IGNORECASE
)
_ARTICLE_SHARE = 0.5
"""Share of a page's paragraph text above which a hidden box is the article, shown by a script."""
_NOTE_LINK = "descendant::a[contains(@href, '#')]|ancestor::a[contains(@href, '#')]"
_MARKS = {
    "de": "„“", "cs": "„“", "sk": "„“", "sl": "„“", "bg": "„“", "is": "„“", "lt": "„“",
    "pl": "„”", "ro": "„”", "hu": "„”", "hr": "„”", "sr": "„”",
    "fr": "«»", "es": "«»", "it": "«»", "pt": "«»", "ru": "«»", "uk": "«»", "el": "«»", "no": "«»",
    "nb": "«»", "ca": "«»", "fa": "«»", "ja": "「」", "sv": "””", "fi": "””",
}  # fmt: skip
"""Quotation marks by language; other languages use “ and ”."""
_INNER_MARKS = {"「」": "『』", "«»": "“”"}
_OPENING = "“„«「『\"”‘'"
_QUESTIONS = "//h2|//h3|//h4|//h5|//h6|//p[strong or b]"
_QUESTION_MARK = re.compile(r"[?？;؟]\W{0,2}$")
_QUESTION_CHARACTERS = 250
_INLINE_ANSWER_CHARACTERS = 400
"""Characters of the longest answer that is written on one line with its question."""
_POSTS = class_pattern(_PAGE["posts"])
_BOXES = ("blockquote", "div", "figure", "section", "aside")
_WRAPPERS = frozenset({"div", "section"})
_LABEL_BOX_CHARACTERS = 120
"""Characters of the longest box with a label and its figure."""
_LETTER, _FIGURE = re.compile(r"[^\W\d_]"), re.compile(r"\d")
_INLINE_TAGS = frozenset({"span", "b", "strong", "em", "i", "small", "data"})


def reduce_to_visible(page: Element) -> tuple[str, ...]:
    """Change *page* to the text its reader sees, and return the posts of others embedded in it."""
    language = str(page.get("lang") or "").lower()[:2]
    _drop_hidden(page)
    _drop_struck(page)
    posts = tuple(_posts_of(page))
    _drop_icons(page)
    _write_ruby(page)
    _lower_signs(page, language)
    _write_marks(page, language)
    _write_boxes(page)
    _join_answers(page)
    return posts


def _drop(element: Element) -> None:
    """Remove *element* and keep the text after it."""
    if element.getparent() is not None:
        element.drop_tree()


def _drop_hidden(page: Element) -> None:
    """Remove hidden elements, except an article that a script will show."""
    page_characters: int | None = None
    for element in page.xpath("//body//*[@hidden or @style or @class or self::dialog[not(@open)]]"):
        if not _is_hidden(element):
            continue
        if page_characters is None:
            page_characters = _paragraphs_in(page)
        if _paragraphs_in(element) <= _ARTICLE_SHARE * page_characters:
            _drop(element)


def _is_hidden(element: Element) -> bool:
    """Return True if the element's markup hides it."""
    hidden = element.get("hidden")
    if (hidden is not None and hidden.lower() != "until-found") or element.tag == "dialog":
        return True
    if _HIDDEN_STYLE.search(element.get("style") or ""):
        return True
    class_names = element.get("class") or ""
    return _HIDDEN_CLASS.search(class_names) is not None and not _WIDE_SCREEN_CLASS.search(
        class_names
    )


def _paragraphs_in(element: Element) -> int:
    """Return the number of characters in the paragraphs of *element*."""
    own_characters = len(element.text_content()) if element.tag == "p" else 0
    return own_characters or sum(len(paragraph.text_content()) for paragraph in element.iter("p"))


def _drop_struck(page: Element) -> None:
    """Remove text that the page strikes out."""
    for element in page.xpath("//del|//s|//strike|//body//*[@style or @class]"):
        if (
            element.tag in {"del", "s", "strike"}
            or _STRUCK_STYLE.search(element.get("style") or "")
            or _STRUCK_CLASS.search(element.get("class") or "")
        ):
            _drop(element)


def _drop_icons(page: Element) -> None:
    """Remove inline elements without text, which are icons: extractors drop the text behind."""
    for element in list(page.iter(*_INLINE_TAGS)):
        if not len(element) and not (element.text or "").strip():
            element.drop_tag()


def _write_ruby(page: Element) -> None:
    """Write the readings above East Asian words on the line, in the brackets that the page gives.

    A page without brackets has readings for learners above every word; they are removed.
    """
    for ruby in page.xpath("//ruby"):
        has_brackets = ruby.find(".//rp") is not None
        for part in ruby.xpath(".//rb|.//rt|.//rtc|.//rp"):
            part.text = (part.text or "").strip()
            part.tail = (part.tail or "").strip()
            if part.tag == "rt" and not has_brackets:
                _drop(part)
            else:
                part.drop_tag()
        ruby.text = (ruby.text or "").strip()
        ruby.drop_tag()


def _lower_signs(page: Element, language: str) -> None:
    """Remove raised signs that point at notes; write exponents inline."""
    for sup in page.xpath("//sup"):
        text = clean_line(sup.text_content())
        lowered_text = inline_sign(
            text, _text_before(sup), language, linked=bool(sup.xpath(_NOTE_LINK))
        )
        if not lowered_text:
            _drop(sup)
        elif lowered_text != text:
            for child in list(sup):
                child.drop_tree()
            sup.text = lowered_text
            sup.drop_tag()


def _text_before(element: Element) -> str:
    """Return the text before *element*, in its parent or in the inline element before it."""
    previous = element.getprevious()
    if previous is None:
        parent = element.getparent()
        parent_text = "" if parent is None else parent.text or ""
        return parent_text or (
            "" if parent is None or parent.tag not in _INLINE_TAGS else _text_before(parent)
        )
    return str(previous.tail or previous.text_content())


def _write_marks(page: Element, language: str) -> None:
    """Write the quotation marks that browsers draw around ``q``."""
    quote_marks = _MARKS.get(language, "“”")
    for quotation in page.xpath("//q"):
        is_inner = bool(quotation.xpath("ancestor::q"))
        if clean_line(quotation.text_content())[:1] not in _OPENING:
            opening, closing = tuple(
                _INNER_MARKS.get(quote_marks, "‘’") if is_inner else quote_marks
            )
            quotation.text = opening + (quotation.text or "")
            if len(quotation):
                quotation[-1].tail = (quotation[-1].tail or "") + closing
            else:
                quotation.text += closing
    for quotation in page.xpath("//q|//wbr"):
        quotation.drop_tag()


def _write_boxes(page: Element) -> None:
    """Write a box with a label and its figure as one line; show collapsed details."""
    for box in page.xpath("//div[count(*) > 1 and not(.//p) and not(.//div)]"):
        pieces = list(box)
        is_without_text = not any(
            (part or "").strip() for part in (box.text, *(piece.tail for piece in pieces))
        )
        text = box.text_content()
        is_label = (
            len(text) <= _LABEL_BOX_CHARACTERS and _LETTER.search(text) and _FIGURE.search(text)
        )
        if not is_label or parse_date(clean_line(" ".join(box.itertext()))):
            continue
        if (
            is_without_text
            and is_label
            and all(piece.tag in _INLINE_TAGS for piece in pieces)
            and not DATE_CLASS.search(classes(box))
        ):
            _separate_pieces(pieces)
            box.tag = "p"
    for element in page.xpath("//details|//summary"):
        element.tag = "div" if element.tag == "details" else "h3"


def _separate_pieces(pieces: Sequence[Element]) -> None:
    """Write the separators between the *pieces* of a box: a colon after its label, else spaces."""
    for piece, next_piece in pairwise(pieces):
        label, next_text = piece.text_content(), next_piece.text_content()
        if label[-1:].isalpha() or next_text[:1].isalpha():
            labelled = (
                piece is pieces[0] and not _FIGURE.search(label) and _FIGURE.search(next_text)
            )
            piece.tail = BETWEEN if labelled else " "


def _join_answers(page: Element) -> None:
    """Join each question in a heading with the paragraph that answers it."""
    for heading in page.xpath(_QUESTIONS):
        question = clean_line(heading.text_content())
        if (
            not _QUESTION_MARK.search(question)
            or len(question) > _QUESTION_CHARACTERS
            or not _is_bold(heading)
        ):
            continue
        answer = _answer_to(heading, question)
        if answer is None:
            continue
        answer_text = clean_line(answer.text_content())
        if not answer_text or _QUESTION_MARK.search(answer_text):
            continue
        between = BETWEEN if len(answer_text) <= _INLINE_ANSWER_CHARACTERS else " "
        answer.text = f"{question}{between}{(answer.text or '').lstrip()}"
        answer.tag = "p"
        _drop(heading)


def _answer_to(question: Element, question_text: str) -> Element | None:
    """Return the paragraph after *question*, outside the boxes that hold only the question."""
    box = question
    while box.getnext() is None and box.getparent() is not None:
        if clean_line(box.getparent().text_content()) != question_text:
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
    """Return True for a heading, and for a paragraph that is bold from start to end."""
    if element.tag != "p":
        return True
    bold = "".join(piece.text_content() for piece in element.iter("strong", "b"))
    return clean_line(bold) == clean_line(element.text_content())


def _posts_of(page: Element) -> Iterator[str]:
    """Remove the embedded posts of others from *page*, and yield their text."""
    page_characters: int | None = None
    for box in list(page.iter(*_BOXES)):
        if box.getparent() is not None and _is_post(classes(box)):
            page_characters = _paragraphs_in(page) if page_characters is None else page_characters
            if _paragraphs_in(box) <= _ARTICLE_SHARE * page_characters and not box.xpath(
                "descendant::h1"
            ):
                if text := clean_line(" ".join(box.itertext())):
                    yield text
                _drop(box)


@lru_cache(maxsize=8192)
def _is_post(label: str) -> bool:
    """Return True if the class or id *label* belongs to an embedded post; cached across pages."""
    return _POSTS.search(label) is not None
