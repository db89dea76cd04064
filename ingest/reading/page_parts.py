"""Parts of a page that extractors lose or mix up: standfirsts, live entries, questions.

A standfirst is the summary, or the key points, that a page shows between its heading and its text;
extractors drop it with the heading's box, although it is the outlet's own words. Entries of a live
page are returned each under its time, from the page's data or from the page. Questions of
explainers, interviews and details that open on a click are joined with their answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice, takewhile

from ingest.language.datelines import is_date_line, parse_date, starts_with_dateline
from ingest.language.dates import clocks_in
from ingest.language.languages import words
from ingest.language.lines import BETWEEN, ENTRY_TIME, authors_in
from ingest.reading.declarations import DATE_CLASS, OUTSIDE_ARTICLE, Data, Declared, declared_text
from ingest.reading.elements import Element, class_pattern, classes, text
from ingest.reading.limits import ASIDES, DECLARATIONS, PAGES
from ingest.reading.pastes import is_about_article
from ingest.reading.text import clean_line, letters_and_digits

_STANDFIRST_CLASS = class_pattern(words()["pages"]["standfirsts"])
_DESCRIPTIONS = ("description", "og:description", "twitter:description")
_BLOCKS = ("p", "li", "div", "h2", "h3", "h4")
_NESTED_BLOCK = ".//p|.//div|.//li|.//h2|.//h3|.//h4|.//ul|.//section|.//form"
_OUTSIDE = (
    "ancestor-or-self::figure|ancestor::figcaption|ancestor::nav|ancestor::aside|ancestor::footer"
    "|ancestor::form|ancestor::button|ancestor::table|ancestor::a"
)
_STAMPS = ("time", "span", "div", "p", "b", "strong", "h3", "h4", "a")
_Entry = tuple[datetime, str]
_QUESTIONS = "//h2|//h3|//h4|//h5|//h6|//p[strong or b or em or i]|//div[@class][not(*)]"
_QUESTION_MARK = re.compile(r"[?？;؟]\W{0,2}$|(?:です|ます|でしょう)か。?$")
_BEFORE_ANSWERS = "//p/strong[1]|//p/b[1]|//p/em[1]"
_QUESTION_CLASS = class_pattern("q questions? frage pregunta")
_OPENERS = (
    "//summary|//button|//label[@for]|//div/*[self::strong or self::b or self::span][@class]"
    "|//*[contains(@itemtype, 'schema.org/Question')]/*[@itemprop='name']"
)
_OPENING_TAGS = frozenset({"button", "label"})
_WRAPPERS = frozenset({"div", "section"})
_CLAIM_LABELS = words()["claims"]
"""The words for a claim and for the verdict on it, by language."""
_CLAIM_END = " .。।۔"


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
    descriptions = descriptions_of(declared)
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


def lines_about(declared: Declared, title: str, body: Sequence[str]) -> list[str]:
    """Return the byline and the date line between the heading and the text, if *body* has none.

    Extractors drop those that have no class by which they are known.
    """
    heading = _heading(declared.page, title)
    if heading is None or any(map(is_about_article, body[: ASIDES.standfirst_lines])):
        return []
    blocks = islice(_blocks_after(declared.page, heading), DECLARATIONS.byline_blocks)
    above_text = takewhile(lambda line: line not in body, map(text, blocks))
    lines = [line for line in above_text if is_about_article(line)]
    bylines = [line for line in lines if not is_date_line(line)]
    dates = [line for line in lines if is_date_line(line)]
    return [*bylines[:1], *dates[:1]]


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


def descriptions_of(declared: Declared) -> list[str]:
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
        or authors_in(line) != ()
        or starts_with_dateline(line)
    )


def live_updates(
    page: Element, declared: Data, day: date | None, text_of: Callable[[str], str]
) -> str:
    """Return the entries of a live page, newest first, each under its time; empty without times.

    The data often hold only the newest entries, so the longer list of the two is used. *day* is
    the date of times on the page without a date; *text_of* returns the text of markup.
    """
    data_entries, page_entries = (
        list(_entries_in_data(declared, text_of)),
        list(_entries_on_page(page, day)),
    )
    longer_list = page_entries if len(page_entries) > len(data_entries) else data_entries
    entries = sorted(longer_list, key=lambda entry: entry[0].isoformat(), reverse=True)
    return "\n\n".join(f"{moment:{ENTRY_TIME}} {entry_text}" for moment, entry_text in entries)


def _entries_in_data(declared: Data, text_of: Callable[[str], str]) -> Iterator[_Entry]:
    """Yield the entries in the page's structured data."""
    entries = declared.get("liveBlogUpdate")
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict):
            body = declared_text(entry.get("articleBody"))
            plain_body = clean_line(text_of(body)) if "<" in body else body
            entry_text = f"{declared_text(entry.get('headline'))} {plain_body}".strip()
            moment = parse_date(declared_text(entry.get("datePublished")))
            if entry_text and isinstance(moment, datetime):
                yield moment, entry_text


def _entries_on_page(page: Element, day: date | None) -> Iterator[_Entry]:
    """Yield the entries that the page shows: neighbouring boxes with one time each."""
    times = [time for time in _stamps(page) if not time.xpath(OUTSIDE_ARTICLE)]
    boxes = [(box, time) for time in times if (box := _box_of(time, times)) is not None]
    if len({id(box) for box, _ in boxes}) < PAGES.live_entries:
        return
    seen_boxes: set[int] = set()
    for box, time in boxes:
        moment = _moment_of(time, day)
        if id(box) in seen_boxes or moment is None:
            continue
        seen_boxes.add(id(box))
        time_text = clean_line(text(time))
        entry_text = " ".join(filter(None, (clean_line(text(part)) for part in _parts_of(box))))
        if entry_text and entry_text != time_text:
            yield moment, entry_text


def _stamps(page: Element) -> list[Element]:
    """Return the elements that show a time: ``time``, or elements of such a class with a clock."""
    elements = list(page.iter("time"))
    if len(elements) >= PAGES.live_entries:
        return elements
    candidates = (
        element for element in page.iter(*_STAMPS) if DATE_CLASS.search(element.get("class") or "")
    )
    with_text = ((element, clean_line(text(element))) for element in candidates)
    return [
        element
        for element, element_text in with_text
        if len(element_text) <= PAGES.time_line_characters and clocks_in(element_text)
    ]


def _box_of(time: Element, times: list[Element]) -> Element | None:
    """Return the largest box with *time* and no other time, if its neighbours have one too."""
    box, time_ids = time, {id(stamp) for stamp in times}
    while (parent := box.getparent()) is not None:
        if sum(id(element) in time_ids for element in parent.iter(*_STAMPS)) > 1:
            return None if box is time else box
        box = parent
    return None


def _parts_of(box: Element) -> Iterator[Element]:
    """Yield the paragraphs, headings and list items of an entry."""
    parts = list(box.iter("p", "h2", "h3", "h4", "li", "blockquote"))
    yield from (part for part in parts if not part.xpath(".//p|.//li"))


def _moment_of(time: Element, day: date | None) -> datetime | None:
    """Return the time of an entry: its full date and time, or its clock on *day*."""
    time_text = time.get("datetime") or clean_line(text(time))
    moment = parse_date(time_text)
    if isinstance(moment, datetime):
        return moment
    clocks = clocks_in(time_text) if len(time_text) <= PAGES.time_line_characters or moment else []
    date_of_clock = moment or day
    if not clocks or date_of_clock is None:
        return None
    hour, minute, *_ = clocks[0]
    return datetime(date_of_clock.year, date_of_clock.month, date_of_clock.day, hour % 24, minute)  # noqa: DTZ001 - as it is shown


def write_claims(declared: Declared) -> None:
    """Write each claim that the page reviews, where it is shown, on one line with its verdict.

    Without that, it reads as if the outlet had said so itself.
    """
    if not declared.claim_reviews:
        return
    language = (declared.page.get("lang") or "").lower()
    labels = _CLAIM_LABELS.get(language) or _CLAIM_LABELS.get(language.split("-")[0])
    claim_label, verdict_label = labels or _CLAIM_LABELS["en"]
    blocks = [
        (block, letters_and_digits(block.text_content()))
        for block in declared.page.iter(*_BLOCKS, "blockquote")
    ]
    for review in declared.claim_reviews[: DECLARATIONS.claims]:
        claim, rating = declared_text(review.get("claimReviewed")), review.get("reviewRating")
        verdict = declared_text(rating.get("alternateName")) if isinstance(rating, dict) else ""
        claim_letters = letters_and_digits(claim)
        claim_blocks = [block for block, letters in blocks if letters and letters == claim_letters]
        for block in reversed(claim_blocks):  # the innermost of nested ones first
            if letters_and_digits(block.text_content()) == claim_letters:
                box = _box_with_verdict(block, claim_letters, verdict)
                shown_verdict = "" if box is None else f"{BETWEEN}{verdict_label}: {verdict}"
                holder = block if box is None else box
                holder.clear(keep_tail=True)
                holder.tag = "p"
                holder.text = f"{claim_label}: {claim.rstrip(_CLAIM_END)}{shown_verdict}"


def _box_with_verdict(block: Element, claim_letters: str, verdict: str) -> Element | None:
    """Return the box around the *block* of a claim that has little more than its verdict."""
    verdict_letters = letters_and_digits(verdict)
    most = len(claim_letters) + len(verdict_letters) + ASIDES.label_characters
    for box in islice(block.iterancestors(), DECLARATIONS.claim_box_levels):
        if len(letters_and_digits(box.text_content())) > most or box.find(".//h1") is not None:
            return None
        values = (piece.replace("：", ":").rpartition(":")[2] for piece in box.itertext())
        if verdict_letters and verdict_letters in map(letters_and_digits, values):
            return box
    return None


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
        if not (is_question(question) and _is_bold(heading)):
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


def is_question(line: str) -> bool:
    """Return True if *line* is no longer than a question and ends with its mark."""
    return len(line) <= DECLARATIONS.question_characters and _QUESTION_MARK.search(line) is not None


def _show_details(page: Element) -> None:
    """Make headings of the lines that open collapsed details, and show the details.

    Questions by their markup, a class or schema.org's, become headings as well.
    """
    for summary in page.xpath(_OPENERS):
        is_asked = is_question(clean_line(summary.text_content()))
        is_marked = summary.tag in _OPENING_TAGS or summary.get("itemprop") == "name"
        if summary.tag == "summary" or (
            is_asked and (is_marked or _QUESTION_CLASS.search(summary.get("class") or ""))
        ):
            for heading in summary.xpath(".//h2|.//h3|.//h4|.//h5|.//h6|.//div|.//p"):
                heading.drop_tag()
            summary.tag = "h3"
            if is_asked and (summary.tail or "").strip():
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
