"""The page as its reader sees it: the first step, before any other code examines the page.

Hidden and struck text is removed, note signs are separated from figures, quotations get their
marks, embedded posts are returned apart, and a question is joined with its answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise, takewhile

from lxml.etree import iterwalk, strip_tags

from ingest.language.datelines import parse_date
from ingest.language.languages import phrase_pattern, words
from ingest.language.lines import BETWEEN
from ingest.language.script import has_digit, has_letter
from ingest.reading.declarations import DATE_CLASS
from ingest.reading.elements import Element, class_pattern, classes
from ingest.reading.limits import PAGES, STYLES
from ingest.reading.page_parts import is_question, write_answers
from ingest.reading.pastes import BOILERPLATE
from ingest.reading.text import clean_line, ends_sentence, inline_sign

_PAGE = words()["pages"]
_HIDDEN_CLASS = class_pattern(_PAGE["hidden"], whole=True)
_WIDE_SCREEN_CLASS = class_pattern(
    r"(?:[a-z]{1,4}:|d-[a-z]{2,3}-)(?:block|flex|grid|inline\S*|table\S*|contents)", whole=True
)
"""A class that shows an element on wide screens which is hidden on narrow ones."""
_STRUCK_CLASS = class_pattern(
    r"[\w-]{0,20}line-?through"
    r" (?:[\w-]{1,20}(?:--?|__?))?(?:struck(?:-?out)?|strike(?:-?through|out)?)"
    " (?:diff|revision)-(?:removed|deleted)"
    " durchgestrichen texte?-barr[ée] tachado riscado barrato",
    whole=True,
)
_HIDDEN_STYLE = re.compile(
    r"display:none|visibility:(?:hidden|collapse)"
    r"|(?:^|;)(?:font-size|opacity):0(?:px|em|rem|pt|%|\.0)?(?:;|!|$)"
    r"|clip:rect\(|(?:text-indent|left|top):-(?:\d{4,5}px|\d{2,5}r?em)"
)
_STYLED = "//body//*[@hidden or @popover or @style or @class or @id or self::dialog[not(@open)]]"
_IN_HEADING = (
    "ancestor-or-self::*[self::h2 or self::h3 or self::h4 or self::h5 or self::h6 or self::dt]"
)
_HIDING = ("hidden", "aria-hidden", "style", "class")
_OTHER_SELECTORS = frozenset("[:>+~*@")
"""Signs of selectors that ask for more than elements, classes, ids and their ancestors."""
_KEY_SIGNS = (".", "#")
_WHOLE_PAGE = frozenset({"html", "body"})
_Selector = tuple[frozenset[str], frozenset[str]]
"""The names of one element that a rule asks for, and those of the elements around it."""
_Rules = Mapping[str, Mapping[_Selector, str]]
_Styles = Mapping[Element, str]
_ANIMATIONS = ("transform", "transition", "animation")
"""Words in the style of an element that a script shows later."""
_VISIBLE_PROPERTIES = (
    *("display", "visibility", "font-size", "opacity", "clip", "position", "left", "top"),
    *("text-indent", "text-decoration", "vertical-align", *_ANIMATIONS),
)
"""Words in the names of the properties that decide how text is shown."""
_RAISED_CLASS = class_pattern(
    "sup super superscript note-?ref footnote-?(?:ref|link|marker|anchor)? fn-?ref", whole=True
)
_NOTE_SIGN = re.compile(r"[\[(]?(?:\d{1,2}|[a-z*†‡§])[\])]?", re.IGNORECASE)
"""Text of a link to a note."""
_NOT_BEFORE_SIGNS = frozenset(["", *"([（“\"‘'«「/|-–—"])
"""Characters behind which a link of one sign is a word, such as the number of a page."""
_STRUCK_STYLE = re.compile(r"text-decoration[\w-]{0,8}:[^;]{0,40}line-through")
_NOTE_LINK = "descendant::a[contains(@href, '#')]|ancestor::a[contains(@href, '#')]"
_NOTES = "//aside[contains(@role, 'note') or contains(@*[name()='epub:type'], 'note')]"
"""Footnotes and endnotes, which extractors take for what stands beside an article."""
_IN_NOTE = "ancestor::*[contains(@class, 'footnote') or contains(@class, 'endnote')]"
_MARKS = {
    "de": "„“", "cs": "„“", "sk": "„“", "sl": "„“", "bg": "„“", "is": "„“", "lt": "„“",
    "pl": "„”", "ro": "„”", "hu": "„”", "hr": "„”", "sr": "„”",
    "fr": "«»", "es": "«»", "it": "«»", "pt": "«»", "ru": "«»", "uk": "«»", "el": "«»", "no": "«»",
    "nb": "«»", "ca": "«»", "fa": "«»", "ja": "「」", "sv": "””", "fi": "””",
}  # fmt: skip
"""Quotation marks by language; other languages use “ and ”."""
_INNER_MARKS = {"「」": "『』", "«»": "“”", "„“": "‚‘", "„”": "«»"}
_OPENING = "“„«「『\"”‘'"
_POSTS = class_pattern(_PAGE["posts"])
_POST_ADDRESS = phrase_pattern(
    map(re.escape, _PAGE["post_hosts"].split()),
    before=r"(?:https?:)?//(?:[\w-]{1,20}\.)?",
    behind="/",
)
_BOXES = ("blockquote", "div", "figure", "section", "aside")
_LABEL_BOXES = (
    "//*[self::div or self::section or self::li or self::p][count(*) > 1 and count(*) < 7]"
    "[not(*/p or */div or */*/p or */*/div)][not(ul or ol or table or h1 or h2 or a or br[2])]"
)
"""Boxes that hold nothing but a few short pieces."""
_LABEL = re.compile(r"[^\W\d_][^\d]{0,60}[^\d\s.。!?]")
_VALUE = re.compile(r"(?!\d{1,2}[:.]\d\d\b)\W{0,3}\d.{0,30}$")
INLINE_TAGS = frozenset({"span", "b", "strong", "em", "i", "small", "data"})
_PIECES = INLINE_TAGS | {"div", "p"}
_RUNNING_TAGS = INLINE_TAGS | {"a", "abbr", "cite", "font", "label", "mark", "output", "time", "u"}
"""Elements that begin no line of their own."""
_ROWS = frozenset({"li", "td", "th", "dt", "dd", "div"})
_FIGURE_ENDS = frozenset("%)")
_FIGURE_STARTS = frozenset("+−±(▲▼")
_IN_FIGURE = frozenset(".,%+−±()▲▼")


_COUNTER_ENDS = ("data-target", "data-count", "data-to", "data-end", "data-value")
_COUNTERS = f"//*[not(*)][normalize-space()='0'][{'|'.join(f'@{name}' for name in _COUNTER_ENDS)}]"
"""Elements that show 0 until a script of the page counts up to a figure."""


def reduce_to_visible(page: Element) -> tuple[str, ...]:
    """Change *page* to the text its reader sees, and return the posts of others embedded in it."""
    language = str(page.get("lang") or "").lower()[:2]
    _show_fallbacks(page)
    styles = _styles_of(page)
    for note in page.xpath(_NOTES):
        note.tag = "div"
    _drop_hidden(page, styles)
    _drop_struck(page, styles)
    _raise_signs(page, styles)
    posts = tuple(_posts_of(page))
    _write_letters(page)
    _drop_icons(page)
    _write_counters(page)
    _write_ruby(page)
    _lower_signs(page, language)
    _write_marks(page, language)
    _write_boxes(page)
    _write_gaps(page)
    write_answers(page)
    return posts


def _show_fallbacks(page: Element) -> None:
    """Show the text of shadow roots, and an article that stands only where no script runs."""
    for box in page.xpath("//template[@shadowrootmode or @shadowroot]"):
        box.tag = "div"
    boxes = [(box, _paragraphs_in(box)) for box in page.iter("noscript")]
    if any(characters >= PAGES.item_article_characters for _, characters in boxes):
        most = PAGES.hidden_article_share * _paragraphs_in(page)
        for box, characters in boxes:
            if characters > most:
                box.tag = "div"


def _drop(element: Element) -> None:
    """Remove *element* and keep the text after it."""
    if element.getparent() is not None:
        element.drop_tree()


def _styles_of(page: Element) -> _Styles:
    """Return the style of each element that has one, by the page's own sheets and its attribute.

    Styles are in lower case and without white space; of several values of a property the last one
    counts. The classes of the whole page do not count, because scripts change them.
    """
    rules = _rules_of(page)
    styles: dict[Element, str] = {}
    around: Counter[str] = Counter()
    open_elements: list[frozenset[str]] = []
    for event, element in iterwalk(page, events=("start", "end")):
        if event == "end":
            around.subtract(open_elements.pop())
            continue
        names = _names_of(element)
        style = ";".join((*_declarations_for(names, around, rules), element.get("style") or ""))
        if style:
            styles[element] = _last_values(style)
        open_elements.append(frozenset() if element.tag in _WHOLE_PAGE else names)
        around.update(open_elements[-1])
    return styles


def _rules_of(page: Element) -> _Rules:
    """Return the rules of the page's own style sheets by one class or id that each asks for.

    Classes and ids that have a rule for some media, such as wide screens, are left out, and so are
    rules for what fades in, and declarations that neither hide nor move text.
    """
    rules: dict[str, dict[_Selector, str]] = {}
    media_names: set[str] = set()
    sheets = "".join(sheet.text or "" for sheet in page.iter("style"))[: STYLES.style_characters]
    depth = 0
    for rule in sheets.split("}"):
        *outer_rules, selectors, written_style = ["", *rule.split("{")]
        depth = max(0, depth + len(outer_rules) - 1)
        declarations = _visible_declarations(written_style)
        for written in selectors.rpartition("*/")[2].split(","):
            *outer_parts, part = [frozenset[str](), *map(_names_in, written.split())]
            name = min(part, default="")
            if depth > 0:
                media_names.add(name)
            elif declarations and name.startswith(_KEY_SIGNS) and all(outer_parts[1:]):
                known_rules = rules.setdefault(name, {})
                selector = part, frozenset().union(*outer_parts)
                room = STYLES.class_style_characters - sum(map(len, known_rules.values()))
                has_place = selector in known_rules or len(known_rules) < STYLES.class_rules
                is_short = sum(map(len, selector)) <= STYLES.selector_names
                if room > 0 and has_place and is_short and "opacity" not in declarations:
                    known_style = known_rules.get(selector, "")
                    known_rules[selector] = f"{known_style};{declarations[:room]}"
    return {name: known for name, known in rules.items() if name not in media_names}


def _visible_declarations(style: str) -> str:
    """Return the declarations of *style* that decide how text is shown."""
    declarations = style.lower().split(";")
    return ";".join(part for part in declarations if _is_visible_property(part.partition(":")[0]))


@lru_cache(maxsize=8192)
def _is_visible_property(name: str) -> bool:
    """Return True if the property *name* decides how text is shown; cached across pages."""
    return any(word in name for word in _VISIBLE_PROPERTIES)


def _names_in(part: str) -> frozenset[str]:
    """Return the element, the classes and the id in a part of a selector; none if it has more."""
    is_plain = _OTHER_SELECTORS.isdisjoint(part)
    return frozenset(part.replace(".", " .").replace("#", " #").split() if is_plain else ())


def _names_of(element: Element) -> frozenset[str]:
    """Return the tag, the classes and the id of *element*, as selectors write them."""
    names = (element.get("class") or "").split()[: STYLES.element_classes]
    key = element.get("id")
    return frozenset((element.tag, *(f".{name}" for name in names), *([f"#{key}"] if key else [])))


def _declarations_for(
    names: frozenset[str], around: Mapping[str, int], rules: _Rules
) -> Iterator[str]:
    """Yield the declarations for an element of *names*; those that ask for more come last."""
    matching_rules = [
        (len(part) + len(outer_names), declarations)
        for name in sorted(names & rules.keys())
        for (part, outer_names), declarations in rules[name].items()
        if part <= names and all(around.get(outer, 0) > 0 for outer in outer_names)
    ]
    for _, declarations in sorted(matching_rules, key=lambda rule: rule[0]):
        yield declarations


def _last_values(style: str) -> str:
    """Return *style* in lower case, without white space, with the last value of each property."""
    declarations = (part.partition(":") for part in "".join(style.lower().split()).split(";"))
    values = {name: value for name, _, value in declarations if value}
    return ";".join(f"{name}:{value}" for name, value in values.items())


def _drop_hidden(page: Element, styles: _Styles) -> None:
    """Remove hidden elements, except an article that a script will show."""
    page_characters: int | None = None
    opened = _opened_ids(page)
    is_asked = cache(_is_asked)
    for element in page.xpath(_STYLED):
        is_hidden = _is_hidden(element, styles.get(element, ""))
        if not is_hidden and element.get("aria-hidden") != "true":
            continue
        question = element.getprevious()
        if (question is not None and is_asked(question)) or (
            element.get("id") in opened
            and (opened[element.get("id")] or ends_sentence(clean_line(element.text_content())))
        ):
            for name in _HIDING:
                element.attrib.pop(name, None)  # extractors go by them as well
            continue
        if not is_hidden:
            continue
        if page_characters is None:
            page_characters = _paragraphs_in(page)
        if _paragraphs_in(element) <= PAGES.hidden_article_share * page_characters:
            _drop(element)


def _opened_ids(page: Element) -> dict[str, bool]:
    """Return the ids of boxes that a heading, a question or “Read more” opens on a click.

    The value is True for those of a question.
    """
    controls = page.xpath("//*[@aria-controls]")
    lines = [(control, clean_line(control.text_content())) for control in controls]
    return {
        control.get("aria-controls"): is_question(line)
        for control, line in lines
        if is_question(line) or BOILERPLATE.fullmatch(line) or control.xpath(_IN_HEADING)
    }


def _is_asked(element: Element) -> bool:
    """Return True if *element* is a question, which opens what stands directly behind it."""
    return is_question(clean_line(element.text_content()))


def _is_hidden(element: Element, style: str) -> bool:
    """Return True if the element's markup or *style* hides it."""
    hidden = element.get("hidden")
    is_closed = hidden is not None and hidden.lower() != "until-found"
    if is_closed or element.tag == "dialog" or element.get("popover") is not None:
        return True
    if style and _HIDDEN_STYLE.search(style) and not any(word in style for word in _ANIMATIONS):
        return True
    class_names = element.get("class") or ""
    return _HIDDEN_CLASS.search(class_names) is not None and not _WIDE_SCREEN_CLASS.search(
        class_names
    )


def _paragraphs_in(element: Element) -> int:
    """Return the number of characters in the paragraphs of *element*."""
    own_characters = len(element.text_content()) if element.tag == "p" else 0
    return own_characters or sum(len(paragraph.text_content()) for paragraph in element.iter("p"))


def _drop_struck(page: Element, styles: _Styles) -> None:
    """Remove text that the page strikes out."""
    for element in page.xpath("//del|//s|//strike|//body//*[@style or @class or @id or @role]"):
        if (
            element.tag in {"del", "s", "strike"}
            or element.get("role") == "deletion"
            or _STRUCK_STYLE.search(styles.get(element, ""))
            or _STRUCK_CLASS.search(element.get("class") or "")
        ):
            _drop(element)


def _raise_signs(page: Element, styles: _Styles) -> None:
    """Make ``sup`` of what is raised by its style; remove the links to notes behind words."""
    for element in page.xpath("//body//span[@style or @class]|//body//small[@style or @class]"):
        style = styles.get(element, "")
        is_raised = "vertical-align:super" in style or (
            "top:-" in style and "position:relative" in style
        )
        if is_raised or _RAISED_CLASS.search(element.get("class") or ""):
            element.tag = "sup"
    for link in page.xpath("//a[contains(@href, '#')][not(ancestor::sup)]"):
        sign = clean_line(link.text_content())
        if _NOTE_SIGN.fullmatch(sign):
            character_before = text_before(link)[-1:]
            is_behind_word = not (
                character_before.isspace() or character_before in _NOT_BEFORE_SIGNS
            )
            if is_behind_word or (not character_before and link.xpath(_IN_NOTE)):
                _drop(link)
        elif sign and link.get("href").startswith("#") and not any(map(str.isalnum, sign)):
            _drop(link)  # an arrow that leads back from a note


def _write_letters(page: Element) -> None:
    """Write the letters at the start of words, and the figures, that a page shows as pictures."""
    has_words: dict[Element, bool] = {}
    pictures = page.xpath("(//img|//amp-img)[normalize-space(@alt)]")
    for picture in pictures[: STYLES.pictures]:
        letters, parent = picture.get("alt").strip(), picture.getparent()
        behind = text_behind(picture)[:1]
        is_initial = len(letters) == 1 and letters.isalpha() and behind.isalpha()
        is_figure = has_digit(letters) and not has_letter(letters + behind)
        if is_figure and parent not in has_words:
            has_words[parent] = any(map(has_letter, parent.xpath("text()")))
        if is_initial or (is_figure and has_words[parent]):
            picture.text, picture.tag = letters, "words"
    strip_tags(page, "words")


def _drop_icons(page: Element) -> None:
    """Remove inline elements without text, which are icons: extractors drop the text behind."""
    for element in list(page.iter(*INLINE_TAGS)):
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
            text,
            text_before(sup),
            language,
            linked=bool(sup.xpath(_NOTE_LINK)),
            following_text=text_behind(sup),
        )
        if not lowered_text:
            _drop(sup)
        elif lowered_text != text:
            for child in list(sup):
                child.drop_tree()
            sup.text = lowered_text
            sup.drop_tag()


def text_before(element: Element) -> str:
    """Return the text before *element*, in its parent or in the inline element before it."""
    previous = element.getprevious()
    if previous is None:
        parent = element.getparent()
        parent_text = "" if parent is None else parent.text or ""
        return parent_text or (
            "" if parent is None or parent.tag not in INLINE_TAGS else text_before(parent)
        )
    return str(previous.tail or previous.text_content())


def text_behind(element: Element) -> str:
    """Return the text behind *element*, in its parent or at the start of the element behind it."""
    following, parent = element.getnext(), element.getparent()
    if element.tail or following is not None:
        return str(element.tail or following.text or "")
    return text_behind(parent) if parent is not None and parent.tag in INLINE_TAGS else ""


def _write_counters(page: Element) -> None:
    """Write the figures to which a script counts up from 0, with the signs beside them."""
    for counter in page.xpath(_COUNTERS):
        ends = (counter.get(name, "").strip() for name in _COUNTER_ENDS)
        figure = next(
            (end for end in ends if end.replace(",", "").replace(".", "").isdecimal()), ""
        )
        if figure:
            signs = (counter.get("data-prefix", ""), figure, counter.get("data-suffix", ""))
            counter.text = "".join(signs)


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
    """Write a box with a label and its figure as one line."""
    for box in page.xpath(_LABEL_BOXES):
        pieces = [piece for piece in box if clean_line(piece.text_content())]
        text = box.text_content()
        is_label = (
            len(text) <= PAGES.labelled_figure_characters and has_letter(text) and has_digit(text)
        )
        if not is_label or DATE_CLASS.search(classes(box)):
            continue
        is_without_text = not any(
            (part or "").strip() for part in (box.text, *(piece.tail for piece in box))
        )
        if not _PIECES.issuperset(piece.tag for piece in box):
            continue
        is_inline = all(piece.tag in INLINE_TAGS for piece in pieces)
        if (
            is_without_text
            and ((is_inline and box.tag not in {"p", "li"}) or _is_pair(pieces))
            and not parse_date(clean_line(" ".join(box.itertext())))
        ):
            for piece in pieces:
                piece.tag = "span"
            _separate_pieces(pieces)
            box.tag = "li" if box.tag == "li" else "p"


def _is_pair(pieces: Sequence[Element]) -> bool:
    """Return True if *pieces* are a label and its figure, in either order."""
    match [clean_line(piece.text_content()) for piece in pieces]:
        case [first, second]:
            return any(
                _LABEL.fullmatch(label) and _VALUE.match(value)
                for label, value in ((first, second), (second, first))
            )
    return False


def _separate_pieces(pieces: Sequence[Element]) -> None:
    """Write the separators between the *pieces* of a box: a colon after its label, else spaces."""
    for piece, next_piece in pairwise(pieces):
        label, next_text = piece.text_content(), next_piece.text_content()
        if label[-1:].isalpha() or next_text[:1].isalpha():
            labelled = piece is pieces[0] and not has_digit(label) and has_digit(next_text)
            piece.tail = BETWEEN if labelled else " "


def _write_gaps(page: Element) -> None:
    """Write a space where a word or a figure ends with an element, and another one begins.

    The markup of names and their votes often has none, because a style sheet sets them apart.
    """
    before, is_closed, is_opened = "", False, False
    for event, element in iterwalk(page, events=("start", "end")):
        is_start = event == "start"
        if element.tag not in _RUNNING_TAGS and "-" not in element.tag:
            before = ""
        is_opened |= is_start
        is_closed |= not is_start
        text = (element.text if is_start else element.tail) or ""
        if not text:
            continue
        is_styled = element.get("class") is not None and _is_in_row(element)
        is_between = is_styled or (is_closed and is_opened)
        if before and _is_gap(before, text, between=is_between):
            if is_start:
                element.text = f" {text}"
            else:
                element.tail = f" {text}"
        before, is_closed, is_opened = text, False, False


def _is_in_row(element: Element) -> bool:
    """Return True if *element* stands directly in a box, an item or a cell."""
    parent = element.getparent()
    return parent is not None and parent.tag in _ROWS


def _is_gap(before: str, text: str, *, between: bool) -> bool:
    """Return True if *before* and *text* can be no parts of one word or figure.

    *between* is True if each of them is the text of an element, or one of them of an element with a
    class in a row. Letters are those of scripts with
    capitals: others may stand beside figures.
    """
    first, last = text[0], before[-1]
    if last.isspace() or first.isspace():
        return False
    word, next_word = _letters_at(reversed(before)), _letters_at(text)
    if len(word) >= PAGES.glued_letters:
        is_camel_case = between and len(next_word) >= PAGES.glued_letters
        return first.isdecimal() or (is_camel_case and last.islower() and first.isupper())
    if not (last.isdecimal() or last in _FIGURE_ENDS):
        return between and last == ":" and first.isalnum()
    if first.isdecimal() or first in _FIGURE_STARTS:
        figure, next_figure = _figure_at(reversed(before)), _figure_at(text)
        return (
            min(len(figure), len(next_figure)) > 1
            and not (figure + next_figure).isdecimal()
            and (last.isdecimal() or first.isdecimal())
        )
    return len(next_word) >= PAGES.glued_letters


def _letters_at(characters: Iterable[str]) -> str:
    """Return the letters of scripts with capitals at the start of *characters*."""
    return "".join(takewhile(lambda letter: letter.lower() != letter.upper(), characters))


def _figure_at(characters: Iterable[str]) -> str:
    """Return the figure at the start of *characters*, with its signs."""
    return "".join(takewhile(lambda sign: sign.isdecimal() or sign in _IN_FIGURE, characters))


def _posts_of(page: Element) -> Iterator[str]:
    """Remove the embedded posts of others from *page*, and yield their text."""
    page_characters: int | None = None
    for box in list(page.iter(*_BOXES)):
        if box.getparent() is not None and (_is_post(classes(box)) or _quotes_post(box)):
            page_characters = _paragraphs_in(page) if page_characters is None else page_characters
            most = PAGES.hidden_article_share * page_characters
            if _paragraphs_in(box) <= most and not box.xpath("descendant::h1"):
                if text := clean_line(" ".join(box.itertext())):
                    yield text
                _drop(box)


def _quotes_post(box: Element) -> bool:
    """Return True if *box* is a quotation whose address, or the last link in it, is a post."""
    if box.tag != "blockquote":
        return False
    links = [link.get("href", "") for link in box.iter("a")][-1:]
    named = any(name.startswith("data-") and name.endswith("permalink") for name in box.attrib)
    return named or any(_POST_ADDRESS.match(link) for link in (box.get("cite", ""), *links))


@lru_cache(maxsize=8192)
def _is_post(label: str) -> bool:
    """Return True if the class or id *label* belongs to an embedded post; cached across pages."""
    return _POSTS.search(label) is not None
