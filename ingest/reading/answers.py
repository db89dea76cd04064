"""Questions and their answers on pages: explainers, interviews, details that open on a click."""

from __future__ import annotations

import re

from ingest.language.lines import BETWEEN
from ingest.reading.elements import Element
from ingest.reading.limits import DECLARATIONS
from ingest.reading.text import clean_line

_QUESTIONS = "//h2|//h3|//h4|//h5|//h6|//p[strong or b or em or i]|//div[@class][not(*)]"
_QUESTION_MARK = re.compile(r"[?？;؟]\W{0,2}$|(?:です|ます|でしょう)か。?$")
_BEFORE_ANSWERS = "//p/strong[1]|//p/b[1]|//p/em[1]"
_QUESTION_CLASS = re.compile(
    r"(?:^|[\s_-])(?:q|questions?|frage|pregunta)(?:$|[\s_-])", re.IGNORECASE
)
_WRAPPERS = frozenset({"div", "section"})


def write_answers(page: Element) -> None:
    """Join each question of *page* with the paragraph that answers it; show collapsed details."""
    _show_details(page)
    for question in page.xpath(_BEFORE_ANSWERS):
        if not (question.getparent().text or "").strip() and _QUESTION_MARK.search(
            question.text_content().strip()
        ):
            _separate_answer(question)
    for heading in page.xpath(_QUESTIONS):
        question = clean_line(heading.text_content())
        is_question = len(question) <= DECLARATIONS.question_characters and _QUESTION_MARK.search(
            question
        )
        if not (is_question and _is_bold(heading)):
            continue
        answer = _answer_to(heading, question)
        if answer is None:
            continue
        answer_text = clean_line(answer.text_content())
        if not answer_text or _QUESTION_MARK.search(answer_text):
            continue
        between = BETWEEN if len(answer_text) <= DECLARATIONS.inline_answer_characters else " "
        answer.text = f"{question}{between}{(answer.text or '').lstrip()}"
        answer.tag = "p"
        heading.drop_tree()


def _show_details(page: Element) -> None:
    """Make headings of the lines that open collapsed details, and show the details."""
    for summary in page.xpath("//summary|//button"):
        is_question = _QUESTION_MARK.search(summary.text_content().strip())
        if summary.tag == "summary" or is_question:
            for heading in summary.xpath(".//h2|.//h3|.//h4|.//h5|.//h6|.//div|.//p"):
                heading.drop_tag()
            summary.tag = "h3"
            if is_question and (summary.tail or "").strip():
                answer = summary.makeelement("p")
                answer.text, summary.tail = summary.tail, None
                summary.addnext(answer)
    for element in page.xpath("//details"):
        element.tag = "div"


def _separate_answer(question: Element) -> None:
    """Separate a question at the start of a paragraph from its answer behind it."""
    following = question.getnext()
    if following is not None and following.tag == "br" and not (question.tail or "").strip():
        question.tail = following.tail
        question.getparent().remove(following)
    if (question.tail or "").strip():
        question.tail = f"{BETWEEN}{question.tail.lstrip()}"


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
    """Return True for a heading or a question's box, and for a paragraph that is all bold."""
    if element.tag == "div":
        return _QUESTION_CLASS.search(element.get("class") or "") is not None
    if element.tag != "p":
        return True
    bold = "".join(piece.text_content() for piece in element.iter("strong", "b", "em", "i"))
    return clean_line(bold) == clean_line(element.text_content())
