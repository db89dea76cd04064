"""HTML pages: remove parts outside the article, extract its body, check that it is an article."""

from __future__ import annotations

import copy
import html
import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

import lxml.html
from lxml.etree import ParserError, SubElement, XMLSyntaxError, strip_elements, strip_tags

from ingest.errors import NoArticleError, NotAllowedError, UnreadableError
from ingest.fetching.addresses import AGENT
from ingest.fetching.identities import resolved
from ingest.language.datelines import is_date_line, parse_date, without_unclear_days
from ingest.language.dates import clocks_in
from ingest.language.script import Script, has_digit, has_letter
from ingest.model import Extract, Kind, Moment, day_of
from ingest.reading.boilerplate import (
    COMMENT_COUNT,
    drop_boxes,
    drop_comments,
    drop_repeated_quotes,
)
from ingest.reading.declarations import Declared, declared_text, is_part_of_sentence
from ingest.reading.decoding import damage_notes, decode
from ingest.reading.documents import Document, FoundArticle, Parser, Score, kind_by_address
from ingest.reading.elements import Element, class_pattern, text_in_blocks
from ingest.reading.limits import ASIDES, DECLARATIONS, DETECTION, FILES, PAGES, TABLES
from ingest.reading.no_article import (
    CLOSED,
    SIGNS,
    feeds_of,
    front_page,
    is_unshown,
    no_article,
    paid_post,
    wall_of,
)
from ingest.reading.page_parts import (
    descriptions_of,
    lines_about,
    live_updates,
    standfirst_of,
    write_claims,
)
from ingest.reading.page_tables import write_tables
from ingest.reading.pastes import BOILERPLATE, assemble, kind_of, sort_lines
from ingest.reading.text import (
    EAST_ASIAN_EDGE,
    clean,
    clean_line,
    ends_sentence,
    find_joins,
    letters_and_digits,
    paragraphs,
)
from ingest.reading.visible import INLINE_TAGS, reduce_to_visible, text_before, text_behind

_COUNT_OF_BLOCKS = "count(//p) + count(//div) + count(//li) + count(//br)"
_BLOCK_TAGS = ("<p>", "<p ", "</p>", "<br", "</div>", "</li>")
_GAP = "   "
"""Spaces between the cells of a row in typed text."""
_POST = "Embedded post"
"""Prefix of an embedded post among the captions."""
_BODY_CLASS = class_pattern(
    "(?:post|entry|article|story)(?:[_-]?(?:body|content|text))?", whole=True
)
"""Classes by which the extractor finds the body of an article."""
_WORD_TAGS = ("time", "output", "label", "legend", "progress", "blink", "button", "object")
"""Elements that may be words of a sentence, and that the extractor drops."""
_TALL_FORMULAS = frozenset(
    ("msup", "msub", "msubsup", "mover", "munder", "munderover", "msqrt", "mroot", "mtable")
)
"""Parts of formulas that have no form on one line."""
_LINKED_BLOCKS = "//p[.//a][not(.//img)]|//div[a][not(.//img or p or div or ul or ol or table)]"
_UNIT_SIGNS = tuple("%‰°€$£¥")
_ARTICLE_BOXES = "//article|//main|//*[@role='main' or @itemprop='articleBody']"
_SUBHEADINGS = ("h2", "h3", "h4")
_HEADINGS = ("h1", *_SUBHEADINGS, "h5", "h6")
_LIST_MARKS = ":：,，、"
_FULL_STOPS = tuple(".!。．！۔।")
"""Marks that end a statement; a teaser asks, breaks off, or has none."""
_CLOSING_MARKS = "”\"’'»」』)）"
_ARROWS = " →»›>⟶➔"
"""Signs behind the words of a link that leads to the whole article."""
_PRUNED = ["//figcaption"]
_PAGE_FRAME = "//header[not(ancestor::article)]|//nav|//footer|//aside"
_INVISIBLE = (
    *("script", "style", "svg", "template", "iframe", "noscript", "nav"),
    *("amp-ad", "amp-embed", "amp-sidebar", "amp-list", "amp-consent", "amp-sticky-ad"),
    *("amp-twitter", "amp-facebook", "amp-instagram", "amp-tiktok", "amp-reddit", "amp-vk"),
)
"""Elements without article text; they are removed first to save time."""
_JOINERS = str.maketrans("\u200c\u200d", "\u034f\u17b4")
_STAND_INS = str.maketrans("\u034f\u17b4", "\u200c\u200d")
"""Signs between letters, as in Persian words, which the extractor removes, and what it keeps."""
_MONTH_OR_DAY_FIRST = frozenset({"en", "en-us", "en-ca", "en-ph"})
"""Languages of pages on which 11/02 can be a day of February or of November."""
_KEEP_OUT = frozenset({"noindex", "none", "noai"})

_LIKE_A_PAGE = re.compile(
    rb"\A(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.I | re.S
)
_SAVED_FROM = re.compile(
    r"<!--\s{0,9}(?:saved from url=\(\d{1,6}\)|Page saved with SingleFile\s{1,9}url:\s{0,9})"
    r"(https?://\S{1,2000})"
)
"""The comment in which a browser notes the address of a saved page."""
_DATA_URL = re.compile(rb"data:[\w/+.-]{1,100}(?:;[\w=-]{1,60}){0,4};base64,[A-Za-z0-9+/=%]{64,}")
"""Pictures and fonts that are embedded in a saved page."""


_XML_CONTROL_CHARACTERS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))
"""Characters that HTML allows and an XML tree does not."""


class PageParser(Parser):
    """HTML pages."""

    kind = "pages"
    endings = frozenset({".html", ".htm", ".xhtml"})
    media_types = frozenset({"text/html", "application/xhtml+xml"})

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by its first tag, else by name or any tag."""
        if _LIKE_A_PAGE.match(document.head):
            return Score.SURE
        fetched = document.url is not None and b"<" in document.data[: DETECTION.tag_characters]
        return Parser.score(self, document) or Score.POSSIBLE * fetched

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the one article of *document*; embedded pictures of a large page are left out."""
        data = document.data
        if len(data) > FILES.article_bytes:
            data = _DATA_URL.sub(b"data:,", data)
        text = decode(data, document.name, document.charset)
        saved_from = None if document.url else _SAVED_FROM.search(text[: DETECTION.tag_characters])
        url = document.url or (saved_from[1] if saved_from else None)
        extract = read_page(text, document.name, url=url, now=document.now)
        if saved_from and not extract.header.url:
            extract = replace(extract, header=replace(extract.header, url=url))
        yield FoundArticle(
            document.name, replace(extract, notes=(*extract.notes, *damage_notes(text)))
        )


def parse_page(text: str, name: str) -> Element:
    """Return the tree of a page of at most ``PAGES.blocks`` blocks.

    Raises:
        UnreadableError: it has more paragraphs.
        NoArticleError: it has no content.
    """
    try:
        page = lxml.html.document_fromstring(
            text.translate(_XML_CONTROL_CHARACTERS).encode(), parser=_parser()
        )
    except (ParserError, XMLSyntaxError) as error:
        raise NoArticleError(f"{name} is a page without content. Nothing was added.") from error
    if page.xpath(_COUNT_OF_BLOCKS) > PAGES.blocks:
        raise UnreadableError(
            f"{name} has more than {PAGES.blocks} paragraphs, so it was not read. "
            "Paste the part that matters."
        )
    return page


def read_page(
    text: str, name: str, *, url: str | None = None, now: datetime | None = None
) -> Extract:
    """Return the article of a page that was read at *url* at the time *now*, if these are known.

    Raises:
        UnreadableError: it has more paragraphs than any article.
        NotAllowedError: it asks not to be kept.
        NoArticleError: it is a front page, a wall or a notice, or neither extractor finds a body.
    """
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("readability").setLevel(logging.CRITICAL)
    page = parse_page(text, name)
    url = resolved("", url or "") or None
    declared = Declared(page, url, now)
    if signal := _opt_out_tag(declared):
        raise NotAllowedError(f"{name} asks not to be kept ({signal}). Nothing was added.")
    posts = reduce_to_visible(page)
    feeds = feeds_of(declared)
    if sentence := front_page(declared, name):
        raise NoArticleError(sentence)
    header = declared.header()
    if label := paid_post(declared, header.title):
        raise NoArticleError(
            f"{name} is a paid post ({label[:80]}), not coverage. Nothing was added."
        )
    is_paid_for = declared.paid_for
    captions = _captions(page)
    strip_elements(page, *_INVISIBLE, with_tail=False)
    drop_comments(page, declared.data)
    _drop_offers(declared)
    write_claims(declared)
    drop_boxes(page)
    drop_repeated_quotes(page)
    if header.published is None:
        header = replace(header, published=_date_of(page, now))
    updates = ""
    if Kind.LIVE in {header.kind, kind_of(header.title, ""), kind_by_address(url)}:
        day = day_of(header.published) if header.published else None
        updates = live_updates(page, declared.article, day, partial(_text_of_markup, name=name))
    _unlink_sections(page)
    write_tables(page)
    _help_extractor(page)
    body = _body_of(page)
    if not updates and is_unshown(clean(body)):
        body = _declared_body(declared, name) or body
    if updates:
        body = _with_updates(body, updates)
    if not body:
        raise NoArticleError(no_article(name, feeds))
    lines = [line for line in clean(body).split("\n") if line]
    if notice := wall_of(header.title, "\n".join(lines)):
        raise NoArticleError(f"{name} holds no article: it {notice}. Nothing was added.")
    titles = _titles_of(declared, header.title)
    open_lines = _before_offer(lines)
    body_lines = _without_notes(open_lines, header.authors)
    parts = sort_lines(
        [
            *lines_about(declared, header.title, body_lines),
            *(line for line in body_lines if letters_and_digits(line) not in titles),
        ]
    )
    standfirst = [] if updates else standfirst_of(declared, header.title, parts.body)
    parts.body = [line for line in parts.body if line not in standfirst]
    extract = assemble(header.title, parts, whole="" if header.published else body)
    merged = replace(
        header,
        agency=header.agency or extract.header.agency,
        dateline=header.dateline or extract.header.dateline,
        published=header.published or extract.header.published,
        not_before=None if header.published else extract.header.not_before,
        authors=header.authors or extract.header.authors,
        kind=extract.header.kind if header.kind is Kind.NEWS else header.kind,
        preview=len(body) < PAGES.preview_characters
        and (is_paid_for or len(open_lines) < len(lines) or _closes(page)),
    )
    return Extract(
        merged,
        "\n\n".join([*standfirst, extract.text]),
        (*captions, *extract.captions, *(f"{_POST}: {post}" for post in posts)),
        extract.corrections,
        follows=declared.following,
    )


def _titles_of(declared: Declared, title: str) -> set[str]:
    """Return the letters of the titles of a page and of its site."""
    titles = (
        title,
        declared.heading,
        declared_text(declared.article.get("alternativeHeadline")),
        *declared.sites,
    )
    letters = set(map(letters_and_digits, titles))
    letters.add(letters_and_digits(declared.page_title).replace(letters_and_digits(title), ""))
    return letters


def _parser() -> lxml.html.HTMLParser:
    """Build a parser for text that was decoded already, so the page's own charset is ignored.

    Comments in the markup split the text around them, so the parser removes them.
    """
    return lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


def _drop_offers(declared: Declared) -> None:
    """Remove elements that are not free if they are empty or hold an offer to subscribe."""
    for class_name in declared.closed_parts:
        for box in declared.page.find_class(class_name):
            text = clean(box.text_content())
            if not text or wall_of("", text):
                box.drop_tree()


def _with_updates(body: str, updates: str) -> str:
    """Put the updates of a live page, newest first, above the other lines of *body*."""
    known_text = letters_and_digits(updates)
    lines = [
        line
        for line in body.split("\n")
        if len(line) > PAGES.time_line_characters and letters_and_digits(line) not in known_text
    ]
    return "\n\n".join([updates, *lines])


def _help_extractor(page: Element) -> None:
    """Change what would make the extractor drop, or divide, parts of the article in *page*."""
    _keep_words(page)
    for speaker in page.xpath("//blockquote//footer"):
        speaker.tag = "p"
    _write_typed_prose(page)
    _join_wrapped_lines(page)
    _unlink_names(page)
    _unlink_results(page)
    _unlink_prose(page)
    _unlink_sentences(page)
    _unname_parts(page)


def _keep_words(page: Element) -> None:
    """Make plain text of the elements of *page* that are words of a sentence.

    The extractor drops them with their words, unless they are of the kinds it knows.
    """
    with_formulas = {box for formula in page.iter("math") for box in formula.iterancestors()}
    for element in page.xpath("//*[@aria-hidden]"):
        if element.tag not in INLINE_TAGS or element.getparent() in with_formulas:
            continue
        text = element.text_content()
        is_letter_of_word = text[-1:].isalpha() and text_behind(element)[:1].isalpha()
        is_unit = text[:1] in _UNIT_SIGNS or text[:1].isalpha()
        if (
            has_digit(text)
            or is_letter_of_word
            or (is_unit and text_before(element)[-1:].isdecimal())
        ):
            element.attrib.pop("aria-hidden")  # hidden from screen readers alone
    _write_formulas(page)
    has_words: dict[Element, bool] = {}
    for element in list(page.iter(*_WORD_TAGS)):
        parent = element.getparent()
        if parent is None:
            continue
        if parent not in has_words:
            has_words[parent] = any(map(has_letter, parent.xpath("text()")))
        if (
            has_words[parent]
            and (element.tag != "button" or _stands_in_sentence(element))
            and not (element.tag == "object" and element.get("data"))
        ):
            element.tag = "words"
    strip_tags(page, "words")  # all at once: one at a time, long lines are copied for each


def _write_formulas(page: Element) -> None:
    """Write the formulas of *page* that stand on one line, and fractions of two figures, as text.

    Other formulas are left to the extractor, which drops them.
    """
    for formula in list(page.iter("math")):
        strip_elements(formula, "annotation", "annotation-xml", with_tail=False)
        fractions = list(formula.iter("mfrac"))
        is_simple = all(len(part) == 2 and not len(part[0]) + len(part[1]) for part in fractions)
        if is_simple and not any(part.tag in _TALL_FORMULAS for part in formula.iter()):
            for part in formula.iterdescendants():
                part.text, part.tail = clean_line(part.text or ""), ""
            for fraction in fractions:
                fraction.text, fraction[0].tail = " ", "/"
            formula.text = clean_line(formula.text_content())
            for part in list(formula):
                formula.remove(part)
            formula.tag = "output"


def _stands_in_sentence(button: Element) -> bool:
    """Return True if a sentence goes on behind a *button*, and has begun before or in it."""
    before, behind = text_before(button).strip(), (button.tail or "").strip()
    has_begun = bool(before) and not ends_sentence(before)
    return bool(behind) and (has_begun or behind[0].islower())


def _unlink_names(page: Element) -> None:
    """Remove the links of names that a paragraph lists or has among its words.

    The extractor takes a short paragraph of links for a menu, and drops it.
    """
    for paragraph in page.xpath("//p[preceding-sibling::*[1][self::p]][.//a]"):
        names = [clean_line(link.text_content()) for link in paragraph.iter("a")]
        if (
            any(letter.isalnum() or letter in _LIST_MARKS for letter in _unlinked_text(paragraph))
            and max(map(len, names)) <= ASIDES.linked_name_characters
        ):
            _unlink(paragraph)


def _unlink_results(page: Element) -> None:
    """Remove the links of names that a list has each with a figure behind it.

    The extractor takes such a list for a menu. Lists of articles with their comments are removed.
    """
    for box in page.xpath("(//ul|//ol)[li//a][not(.//ul or .//ol)]"):
        values = [_text_behind_name(item) for item in box.iter("li")]
        if len(values) > 1 and all(map(_is_about_link, values)):
            box.drop_tree()
        elif len(values) > 1 and all(map(_is_figure, values)):
            _unlink(box)


def _text_behind_name(item: Element) -> str:
    """Return the text behind the name at the start of *item* that is its link; empty without."""
    link = item.find(".//a")
    name = "" if link is None else clean_line(link.text_content())
    line = clean_line(item.text_content())
    is_name = name and line.startswith(name) and len(name) <= ASIDES.linked_name_characters
    return line.removeprefix(name).strip(" :：–—-|·") if is_name else ""


def _is_about_link(text: str) -> bool:
    """Return True for a count of comments or of minutes behind the title of an article."""
    return bool(COMMENT_COUNT.fullmatch(text) or BOILERPLATE.fullmatch(text))


def _is_figure(text: str) -> bool:
    """Return True if *text* has a figure and neither a time nor only a date."""
    return has_digit(text) and not clocks_in(text) and not is_date_line(text)


def _unlink_prose(page: Element) -> None:
    """Remove the links among the words of paragraphs of sentences.

    The extractor drops a box that holds one short paragraph with a link.
    """
    for paragraph in page.xpath("//p[.//a]"):
        line = clean_line(paragraph.text_content())
        if (
            line.rstrip(_CLOSING_MARKS).endswith(_FULL_STOPS)
            and len(_unlinked_text(paragraph)) > DECLARATIONS.linked_share * len(line)
            and not BOILERPLATE.fullmatch(line)
        ):
            _unlink(paragraph)


def _unlink_sections(page: Element) -> None:
    """Remove the links of cells that hold a section of a newsletter, and “Read more” behind it.

    The extractor drops some of them, as it does lists of other articles.
    """
    for cell in page.xpath("//td[.//a][not(.//table)]"):
        links = list(cell.iter("a"))
        if (
            len(links) <= TABLES.section_links
            and len(_unlinked_text(cell)) >= ASIDES.labelled_paragraph_characters
        ):
            for link in links:
                if BOILERPLATE.fullmatch(clean_line(link.text_content()).rstrip(_ARROWS)):
                    link.drop_tree()
            _unlink(cell)


def _unlink(element: Element) -> None:
    """Remove the links in *element*, and keep their words."""
    strip_tags(element, "a")


def _unlinked_text(element: Element) -> str:
    """Return the text of *element* outside links, on one line."""
    return clean_line("".join(element.xpath(".//text()[not(ancestor::a)]")))


def _unlink_sentences(page: Element) -> None:
    """Remove the link of a paragraph that is a sentence among the paragraphs of an article.

    The extractor drops a paragraph that is only a link. A teaser of another article ends without a
    full stop, begins with a label, stands beside another teaser, or below the article.
    """
    for paragraph in page.xpath(_LINKED_BLOCKS):
        line = clean_line(paragraph.text_content())
        if (
            len(line) >= DECLARATIONS.standfirst_min_characters
            and _is_only_link(paragraph)
            and line.rstrip(_CLOSING_MARKS).endswith(_FULL_STOPS)
            and not line.endswith("...")
            and not BOILERPLATE.fullmatch(line)
            and _stands_in_prose(paragraph)
        ):
            _unlink(paragraph)


def _is_only_link(block: Element) -> bool:
    """Return True if a block has links and no letter outside them."""
    return block.find(".//a") is not None and not any(map(str.isalnum, _unlinked_text(block)))


def _stands_in_prose(paragraph: Element) -> bool:
    """Return True if *paragraph* is above one of prose, and no block beside it is only a link."""
    above, below = paragraph.getprevious(), paragraph.getnext()
    return (
        below is not None
        and below.tag == paragraph.tag
        and ends_sentence(clean_line(below.text_content()))
        and not any(_is_only_link(block) for block in (above, below) if block is not None)
    )


def _unname_parts(page: Element) -> None:
    """Remove the class of the parts of an article that share one, such as posts of one evening.

    The extractor takes the first of them for the article.
    """
    parts = [
        (part, (part.getparent(), part.get("class")))
        for part in page.xpath("//article[.//h1]//div[@class]|//article[.//h1]//section[@class]")
        if _BODY_CLASS.search(part.get("class"))
    ]
    counts = Counter(place for _, place in parts)
    for part, place in parts:
        if counts[place] > 1:
            part.attrib.pop("class")


def _write_typed_prose(page: Element) -> None:
    """Make paragraphs of the text of ``pre``, whose lines end where a typist ended them.

    Lines with gaps within them are the rows of a table, and stay lines.
    """
    for box in list(page.iter("pre")):
        blocks = [block.strip("\n") for block in box.text_content().split("\n\n")]
        box.clear(keep_tail=True)
        box.tag = "div"
        for block in filter(None, blocks):
            has_gaps = any(_GAP in line.strip().expandtabs() for line in block.split("\n"))
            for line in block.split("\n") if has_gaps else paragraphs(clean(block)):
                SubElement(box, "p").text = line


def _join_wrapped_lines(page: Element) -> None:
    """Join lines that ``<br>`` wraps within a sentence or a heading; keep other line breaks."""
    for box in {
        id(line_break.getparent()): line_break.getparent() for line_break in page.iter("br")
    }.values():
        breaks = [line_break for line_break in box if line_break.tag == "br"]
        lines = _lines_between(box)
        if len(lines) != len(breaks) + 1 or not all(lines[:-1]):
            lines = [line or "." for line in lines]
        for line_break, is_joined in zip(breaks, find_joins(lines), strict=False):
            if is_joined or box.tag in _HEADINGS:
                gap = "" if EAST_ASIAN_EDGE.match((line_break.tail or "").strip()[:1]) else " "
                line_break.tail = gap + (line_break.tail or "").lstrip()
                line_break.drop_tag()


def _lines_between(box: Element) -> list[str]:
    """Return the text of *box* split at its line breaks."""
    lines = [box.text or ""]
    for child in box:
        if child.tag == "br":
            lines.append(child.tail or "")
        elif isinstance(child.tag, str):
            lines[-1] += child.text_content() + (child.tail or "")
        else:
            lines[-1] += child.tail or ""
    return [clean_line(line) for line in lines]


def _body_of(page: Element) -> str:
    """Return the article's text: from trafilatura, else from readability, else an empty string."""
    if any(joiner in page.text_content() for joiner in "\u200c\u200d"):
        _translate(page, _JOINERS)
        body = _extracted(page).translate(_STAND_INS)
        _translate(page, _STAND_INS)
        return body
    return _extracted(page)


def _translate(page: Element, table: Mapping[int, int]) -> None:
    """Translate the characters of *page* by a *table*."""
    for element in page.iter():
        element.text = element.text and element.text.translate(table)
        element.tail = element.tail and element.tail.translate(table)


def _extracted(page: Element) -> str:
    """Return the text that one of the extractors finds in *page*; empty if none does."""
    text = _extract(page, favor_precision=True)
    if len(text) < PAGES.precise_characters and len(
        longer_text := _extract(page, favor_precision=False)
    ) > PAGES.recall_factor * len(text):
        text = longer_text
    if text:
        return text if page.xpath(_ARTICLE_BOXES) else _with_headings(text, page)
    from readability import Document as Readable
    from readability.readability import Unparseable

    try:
        markup = lxml.html.tostring(page, encoding="unicode")
        summary = lxml.html.document_fromstring(Readable(markup).summary())
    except (Unparseable, ParserError, XMLSyntaxError):
        return ""
    paragraphs = [" ".join(paragraph.text_content().split()) for paragraph in summary.iter("p")]
    return "\n".join(paragraph for paragraph in paragraphs if paragraph)


def _with_headings(body: str, page: Element) -> str:
    """Return *body* with the headings of *page* that stand above its paragraphs.

    The extractor loses them where the article stands in no box of its own, as in mails.
    """
    lines = body.split("\n")
    letters = [letters_and_digits(line) for line in lines]
    places = {line: number for number, line in reversed(list(enumerate(letters)))}
    headings: dict[int, str] = {}
    heading = ""
    for element in page.iter(*_SUBHEADINGS, "p", "li"):
        text = clean_line(element.text_content())
        if element.tag in _SUBHEADINGS:
            heading = text
        elif text:
            place = places.get(letters_and_digits(text))
            if heading and place is not None and letters_and_digits(heading) not in places:
                headings.setdefault(place, heading)
            heading = ""
    return "\n".join(
        text
        for number, line in enumerate(lines)
        for text in (headings.get(number), line)
        if text is not None
    )


def _declared_body(declared: Declared, name: str) -> str:
    """Return the article's text from the page's data; empty if it is not free or not complete."""
    markup = declared.body
    shortest = (
        PAGES.item_article_characters
        if Script.of_text(markup) is Script.ALPHABETIC
        else PAGES.east_asian_body_characters
    )
    if declared.paid_for or len(markup) < shortest:
        return ""
    body = _text_of_markup(markup, name)
    last_line = body.rpartition("\n")[2]
    is_cut = last_line.rstrip("])）］").endswith(("…", "...")) or (
        len(last_line) >= DECLARATIONS.first_paragraph_characters and not ends_sentence(last_line)
    )
    letters = letters_and_digits(body)
    is_summary = any(letters in line for line in descriptions_of(declared))
    is_short = len(body) < shortest
    return "" if is_short or is_cut or is_summary else body


def _text_of_markup(markup: str, name: str) -> str:
    """Return the text that a reader sees of *markup*, or of plain text, a line a paragraph."""
    if any(tag in markup.casefold() for tag in _BLOCK_TAGS):
        markup = markup.replace("\n", " ")
    else:
        markup = "".join(
            f"<p>{line if '</' in line else html.escape(line, quote=False)}</p>"
            for line in paragraphs(clean(markup))
        )
    page = parse_page(f"<main><article>{markup}</article></main>", name)
    reduce_to_visible(page)
    strip_elements(page, *_INVISIBLE, "figure", with_tail=False)
    drop_boxes(page)
    write_tables(page)
    return "\n".join(paragraphs(text_in_blocks(page)))


def _extract(page: Element, *, favor_precision: bool) -> str:
    """Return the text that trafilatura extracts, without comments, tables and captions."""
    import trafilatura  # takes a tenth of a second

    text = trafilatura.extract(
        page,
        favor_precision=favor_precision,
        include_comments=False,
        include_tables=False,
        prune_xpath=_PRUNED,
    )
    return str(text or "")


def _before_offer(lines: list[str]) -> list[str]:
    """Return *lines* up to a sentence near the end that closes the rest of the article."""
    start = max(0, len(lines) - 2 * ASIDES.last_lines)
    for number, line in enumerate(lines[start:], start):
        if len(line) <= ASIDES.offer_characters and CLOSED.search(line):
            return lines[:number]
    return lines


def _closes(page: Element) -> bool:
    """Return True if a heading or a paragraph of *page* closes the rest of its article."""
    lines = (clean_line(block.text_content()) for block in page.iter(*_SUBHEADINGS, "p"))
    return any(len(line) <= ASIDES.offer_characters and CLOSED.search(line) for line in lines)


def _without_notes(lines: list[str], authors: tuple[str, ...]) -> list[str]:
    """Return *lines* without notes on the authors and offers to subscribe at the end."""
    about = tuple(f"{name} {verb} " for name in authors if name for verb in ("is", "was", "writes"))
    last_lines = [
        line
        for line in lines[-ASIDES.last_lines :]
        if not (about and line.startswith(about))
        and not (len(line) <= ASIDES.offer_characters and SIGNS["login"].search(line))
    ]
    return lines[: -ASIDES.last_lines] + last_lines


def _date_of(page: Element, now: datetime | None) -> Moment | None:
    """Return the date in the address or markup of the page, by htmldate's conservative search."""
    copied_page = copy.deepcopy(page)
    for element in copied_page.xpath(_PAGE_FRAME):
        element.drop_tree()
    for stamp in list(copied_page.iter("time")):
        if is_part_of_sentence(stamp):
            stamp.drop_tag()
    markup = lxml.html.tostring(copied_page, encoding="unicode")
    if (page.get("lang") or "en").casefold() in _MONTH_OR_DAY_FIRST:
        markup = without_unclear_days(markup)
    import htmldate

    date = htmldate.find_date(markup, extensive_search=False, original_date=True, max_date=now)
    return parse_date(date) if date else None


def _opt_out_tag(declared: Declared) -> str | None:
    """Return the meta tag by which a page opts out of archiving, if there is one."""
    for name in ("robots", AGENT.lower()):
        directives = declared.meta(name).lower()
        if _KEEP_OUT & {word.strip() for word in directives.split(",")}:
            return f"{name}: {directives[:40]}"
    return "tdm-reservation: 1" if declared.meta("tdm-reservation") == "1" else None


def _captions(page: Element) -> tuple[str, ...]:
    """Return the captions of the page's figures, except those of tables."""
    captions = [
        clean_line(figcaption.text_content())
        for figcaption in page.xpath("//figcaption[not(ancestor::figure//table)]")
    ]
    return tuple(dict.fromkeys(figcaption for figcaption in captions if figcaption))
