"""HTML pages: what is not the article goes first, then the body is found, then it is proven one."""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import htmldate
import lxml.html
import trafilatura
from lxml.etree import ParserError, XMLSyntaxError, strip_elements
from readability import Document as Readable
from readability.readability import Unparseable

from ingest.errors import NoArticleError, NotAllowedError, UnreadableError
from ingest.fetching.robots import AGENT
from ingest.language.datelines import stated
from ingest.model import Extract, Kind, Moment, day_of
from ingest.reading.comments import drop_comments
from ingest.reading.declarations import Declared
from ingest.reading.decoding import LARGEST_ARTICLE, damage, decode
from ingest.reading.documents import POSSIBLE, SURE, Document, Parser
from ingest.reading.elements import Element
from ingest.reading.found import FoundArticle, section
from ingest.reading.frontpages import front_page
from ingest.reading.live import CLOCK, live_updates
from ingest.reading.paid import paid_post
from ingest.reading.paragraphs import EAST, joins
from ingest.reading.pastes import assembled, kind_of, sort
from ingest.reading.tables import write_out
from ingest.reading.text import clean, clean_line
from ingest.reading.visible import as_seen
from ingest.reading.walls import SIGNS, wall

_PREVIEW = 1500
"""Characters below which a page that is paid for shows no more than its beginning."""
_SUSPICIOUS = 1000
"""Characters below which the precise extraction may have lost the article."""
_MORE = 4
"""How many times as much the other one must have found to be believed instead."""
_NOTES = 4
"""Lines at the end among which notes on the authors, and offers, stand."""
_PARAGRAPHS = 40_000
"""Paragraphs, and what may be one, of the longest page that is read. What finds the article takes a
fifth of a millisecond for each: far more of them would end at the limit of seconds."""
_BLOCKS = "count(//p) + count(//div) + count(//li) + count(//br)"
_POST = "Embedded post"
"""What stands before a post of somebody else, among the captions."""
_OFFER = 300
"""Characters of the longest offer."""
_APART = ["//figcaption"]
_AROUND = "//header[not(ancestor::article)]|//nav|//footer|//aside"
_UNSEEN = ("script", "style", "svg", "template", "iframe", "noscript", "nav")
"""What holds nothing of an article; without it all that follows is faster."""
_KEEP_OUT = frozenset({"noindex", "none", "noai"})

_LIKE_A_PAGE = re.compile(
    rb"\A(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.I | re.S
)
_SAVED = re.compile(
    r"<!--\s{0,9}(?:saved from url=\(\d{1,6}\)|Page saved with SingleFile\s{1,9}url:\s{0,9})"
    r"(https?://\S{1,2000})"
)
"""Where browsers write that a page was saved from."""
_INSIDE = re.compile(rb"data:[\w/+.-]{1,100}(?:;[\w=-]{1,60}){0,4};base64,[A-Za-z0-9+/=%]{64,}")
"""Pictures and fonts that a saved page holds inside."""
_FAR = 2000
"""Characters at the start of what was fetched in which a page has a tag."""


_NO_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))
"""Signs that HTML passes on and that no tree can be given again."""


class PageParser(Parser):
    """HTML pages."""

    kind = "pages"
    endings = frozenset({".html", ".htm", ".xhtml"})
    media_types = frozenset({"text/html", "application/xhtml+xml"})

    def score(self, document: Document) -> int:
        """Tell a page by how it begins, or by its name; at an address anything with a tag is."""
        if _LIKE_A_PAGE.match(document.head):
            return SURE
        fetched = document.url is not None and b"<" in document.data[:_FAR]
        return Parser.score(self, document) or POSSIBLE * fetched

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read one article; of a large page pictures that are saved inside it are left out."""
        data = document.data
        if len(data) > LARGEST_ARTICLE:
            data = _INSIDE.sub(b"data:,", data)
        text = decode(data, document.name, document.charset)
        saved = None if document.url else _SAVED.search(text[:_FAR])
        url = document.url or (saved[1] if saved else None)
        extract = read_page(text, document.name, url=url, now=document.now)
        if saved and not extract.header.url:
            extract = replace(extract, header=replace(extract.header, url=url))
        yield FoundArticle(document.name, replace(extract, notes=(*extract.notes, *damage(text))))


def _parsed(text: str, name: str) -> Element:
    """Parse a page that is no longer than any article.

    Raises:
        UnreadableError: it has more paragraphs.
        NoArticleError: it has no content.
    """
    try:
        page = lxml.html.document_fromstring(text.translate(_NO_XML).encode(), parser=_parser())
    except (ParserError, XMLSyntaxError) as error:
        raise NoArticleError(f"{name} is a page without content. Nothing was added.") from error
    if page.xpath(_BLOCKS) > _PARAGRAPHS:
        raise UnreadableError(
            f"{name} has more than {_PARAGRAPHS} paragraphs, so it was not read. "
            "Paste the part that matters."
        )
    return page


def read_page(
    text: str, name: str, *, url: str | None = None, now: datetime | None = None
) -> Extract:
    """Understand a page that was read at *url*, *now*, as far as these are known.

    Raises:
        UnreadableError: it has more paragraphs than any article.
        NotAllowedError: it asks not to be kept.
        NoArticleError: it is a front page, a wall or a notice, or neither extractor finds a body.
    """
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("readability").setLevel(logging.CRITICAL)
    page = _parsed(text, name)
    declared = Declared(page, url, now)
    if signal := _opted_out(declared):
        raise NotAllowedError(f"{name} asks not to be kept ({signal}). Nothing was added.")
    posts = as_seen(page)
    if sentence := front_page(declared, name):
        raise NoArticleError(sentence)
    header = declared.header()
    if label := paid_post(declared, header.title):
        raise NoArticleError(
            f"{name} is a paid post ({label[:80]}), not coverage. Nothing was added."
        )
    paid = declared.paid_for
    told = _captions(page)
    strip_elements(page, *_UNSEEN, with_tail=False)
    drop_comments(page, declared.data)
    _drop_offers(declared)
    if header.published is None:
        header = replace(header, published=_shown(page, now))
    updates = ""
    if Kind.LIVE in {header.kind, kind_of(header.title, ""), section(url)}:
        day = day_of(header.published) if header.published else None
        updates = live_updates(page, declared.article, day)
    write_out(page)
    _rebuild(page)
    body = _body_of(page)
    if updates:
        body = _with_updates(body, updates)
    if not body:
        raise NoArticleError(f"{name} is a page in which no article was found. Paste its text.")
    lines = [line for line in clean(body).split("\n") if line]
    if said := wall(header.title, "\n".join(lines)):
        raise NoArticleError(f"{name} holds no article: it {said}. Nothing was added.")
    also = clean_line(str(declared.article.get("alternativeHeadline")))
    wanted = _without_notes(lines, header.authors)
    parts = sort([line for line in wanted if clean_line(line) not in {header.title, also}])
    read = assembled(header.title, parts, whole="" if header.published else body)
    merged = replace(
        header,
        agency=header.agency or read.header.agency,
        dateline=header.dateline or read.header.dateline,
        published=header.published or read.header.published,
        not_before=None if header.published else read.header.not_before,
        authors=header.authors or read.header.authors,
        kind=read.header.kind if header.kind is Kind.NEWS else header.kind,
        preview=len(body) < _PREVIEW and paid,
    )
    return Extract(
        merged,
        read.text,
        (*told, *read.captions, *(f"{_POST}: {each}" for each in posts)),
        read.corrections,
        follows=declared.following,
    )


def _parser() -> lxml.html.HTMLParser:
    """Build a parser for text that is UTF-8 by now, whatever the page declares.

    Comments of the markup part the text around them, and are left out before anything reads it.
    """
    return lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


def _drop_offers(declared: Declared) -> None:
    """Take out what is not free where an offer stands in its place."""
    for each in declared.closed_parts:
        for box in declared.page.find_class(each):
            said = clean(box.text_content())
            if not said or wall("", said):
                box.drop_tree()


def _with_updates(body: str, updates: str) -> str:
    """Put what a live page says besides its entries behind them: what is new opens it."""
    told = _squeezed(updates)
    above = [each for each in body.split("\n") if len(each) > CLOCK and _squeezed(each) not in told]
    return "\n\n".join([updates, *above])


def _squeezed(text: str) -> str:
    """Leave letters and figures."""
    return "".join(char for char in text if char.isalnum())


def _rebuild(page: Element) -> None:
    """Join lines that ``<br>`` wraps in the middle of a sentence; let it part all others."""
    for box in {id(each.getparent()): each.getparent() for each in page.iter("br")}.values():
        breaks = [each for each in box if each.tag == "br"]
        lines = _lines_between(box)
        if len(lines) != len(breaks) + 1 or not all(lines[:-1]):
            lines = [line or "." for line in lines]
        for each, together in zip(breaks, joins(lines), strict=False):
            if together:
                gap = "" if EAST.match((each.tail or "").strip()[:1]) else " "
                each.tail = gap + (each.tail or "").lstrip()
                each.drop_tag()


def _lines_between(box: Element) -> list[str]:
    """Return the text of *box* between its line breaks."""
    lines = [box.text or ""]
    for each in box:
        if each.tag == "br":
            lines.append(each.tail or "")
        elif isinstance(each.tag, str):
            lines[-1] += each.text_content() + (each.tail or "")
        else:
            lines[-1] += each.tail or ""
    return [clean_line(line) for line in lines]


def _body_of(page: Element) -> str:
    """Return the article's text, by the first extractor that finds one."""
    found = _extracted(page, precisely=True)
    if len(found) < _SUSPICIOUS and len(more := _extracted(page, precisely=False)) > _MORE * len(
        found
    ):
        found = more
    if found:
        return found
    try:
        whole = lxml.html.tostring(page, encoding="unicode")
        summary = lxml.html.document_fromstring(Readable(whole).summary())
    except (Unparseable, ParserError, XMLSyntaxError):
        return ""
    paragraphs = [" ".join(p.text_content().split()) for p in summary.iter("p")]
    return "\n".join(each for each in paragraphs if each)


def _extracted(page: Element, *, precisely: bool) -> str:
    """Return what trafilatura finds; posts and captions on the page are not the article."""
    found = trafilatura.extract(
        page,
        favor_precision=precisely,
        include_comments=False,
        include_tables=False,
        prune_xpath=_APART,
    )
    return str(found or "")


def _without_notes(lines: list[str], authors: tuple[str, ...]) -> list[str]:
    """Leave out what stands at the end about the authors themselves, and offers to subscribe."""
    about = tuple(f"{name} {verb} " for name in authors if name for verb in ("is", "was", "writes"))
    last = [
        line
        for line in lines[-_NOTES:]
        if not (about and line.startswith(about))
        and not (len(line) <= _OFFER and SIGNS["login"].search(line))
    ]
    return lines[:-_NOTES] + last


def _shown(page: Element, now: datetime | None) -> Moment | None:
    """Return the day that the page shows in its address or its markup, searched conservatively."""
    bare = copy.deepcopy(page)
    for each in bare.xpath(_AROUND):
        each.drop_tree()
    whole = lxml.html.tostring(bare, encoding="unicode")
    found = htmldate.find_date(whole, extensive_search=False, original_date=True, max_date=now)
    return stated(found) if found else None


def _opted_out(declared: Declared) -> str | None:
    """Return the tag by which a page asks not to be kept, if it does."""
    for name in ("robots", AGENT.lower()):
        asked = declared.meta(name).lower()
        if _KEEP_OUT & {word.strip() for word in asked.split(",")}:
            return f"{name}: {asked[:40]}"
    return "tdm-reservation: 1" if declared.meta("tdm-reservation") == "1" else None


def _captions(page: Element) -> tuple[str, ...]:
    """Return the captions of the page's figures, but for those of tables."""
    found = [
        clean_line(each.text_content())
        for each in page.xpath("//figcaption[not(ancestor::figure//table)]")
    ]
    return tuple(dict.fromkeys(each for each in found if each))
