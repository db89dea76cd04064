"""HTML pages: body by trafilatura, then readability; metadata by the page's own declarations."""

from __future__ import annotations

import html
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import htmldate
import lxml.html
import trafilatura
from lxml.etree import ParserError, XMLSyntaxError
from readability import Document
from readability.readability import Unparseable

from ingest.errors import NoArticleError, NotAllowedError
from ingest.fetching.robots import AGENT
from ingest.language.datelines import stated
from ingest.model import Extract, Header, Kind, Moment
from ingest.reading.pastes import assembled, sort
from ingest.reading.text import clean, clean_line

ARTICLE_TYPES = ("NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting")
KINDS = {
    "OpinionNewsArticle": Kind.OPINION,
    "AnalysisNewsArticle": Kind.ANALYSIS,
    "LiveBlogPosting": Kind.LIVE,
}
PREVIEW = 1500
"""Characters below which a page that is paid for shows no more than its beginning."""
SUSPICIOUS = 1000
"""Characters below which the precise extraction may have lost the article."""
MORE = 4
"""How many times as much the other one must have found to be believed instead."""
NOTES = 4
"""Lines at the end among which notes on the authors stand."""
APART = ["//figcaption", "//blockquote[contains(@class, 'twitter-tweet')]"]
KEEP_OUT = frozenset({"noindex", "none", "noai"})

Page = Any
"""An lxml element; lxml ships no types."""


def read_page(text: str, name: str) -> Extract:
    """Understand a page.

    Raises:
        NotAllowedError: it asks not to be kept.
        NoArticleError: neither extractor finds a body.
    """
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("readability").setLevel(logging.CRITICAL)
    try:
        page = lxml.html.document_fromstring(text.encode(), parser=parser())
    except (ParserError, XMLSyntaxError) as error:
        raise NoArticleError(f"{name} is a page without content. Nothing was added.") from error
    if signal := opted_out(page):
        raise NotAllowedError(f"{name} asks not to be kept ({signal}). Nothing was added.")
    declared = linked_data(page)
    header = header_of(page, declared)
    if header.published is None:
        header = replace(header, published=shown(text))
    body = live_updates(declared) or body_of(text)
    if not body:
        raise NoArticleError(f"{name} is a page in which no article was found. Paste its text.")
    lines = [line for line in clean(body).split("\n") if line]
    repeated = {clean_line(header.title), clean_line(str(declared.get("alternativeHeadline")))}
    wanted = without_author_notes(lines, header.authors)
    parts = sort([line for line in wanted if clean_line(line) not in repeated])
    read = assembled(header.title, parts, whole="" if header.published else body)
    merged = replace(
        header,
        agency=header.agency or read.header.agency,
        dateline=header.dateline or read.header.dateline,
        published=header.published or read.header.published,
        not_before=None if header.published else read.header.not_before,
        authors=header.authors or read.header.authors,
        kind=read.header.kind if header.kind is Kind.NEWS else header.kind,
        preview=len(body) < PREVIEW and paid_for(page, declared),
    )
    return Extract(merged, read.text, (*captions(page), *read.captions), read.corrections)


def parser() -> Any:  # noqa: ANN401 - lxml ships no types
    """Build a parser for text that is UTF-8 by now, whatever the page declares."""
    return lxml.html.HTMLParser(encoding="utf-8")


def body_of(text: str) -> str:
    """Return the article's text, by the first extractor that finds one."""
    found = extracted(text, precisely=True)
    if len(found) < SUSPICIOUS and len(more := extracted(text, precisely=False)) > MORE * len(
        found
    ):
        found = more
    if found:
        return found
    try:
        summary = lxml.html.document_fromstring(Document(text).summary())
    except (Unparseable, ParserError, XMLSyntaxError):
        return ""
    paragraphs = [" ".join(p.text_content().split()) for p in summary.iter("p")]
    return "\n".join(each for each in paragraphs if each)


def extracted(text: str, *, precisely: bool) -> str:
    """Return what trafilatura finds; posts and captions on the page are not the article."""
    found = trafilatura.extract(
        text,
        favor_precision=precisely,
        include_comments=False,
        include_tables=False,
        prune_xpath=APART,
    )
    return str(found or "")


def without_author_notes(lines: list[str], authors: tuple[str, ...]) -> list[str]:
    """Leave out what stands at the end about the authors themselves."""
    about = tuple(f"{name} {verb} " for name in authors if name for verb in ("is", "was", "writes"))
    last = lines[-NOTES:]
    return lines[:-NOTES] + [line for line in last if not about or not line.startswith(about)]


def linked_data(page: Page) -> dict[str, Any]:
    """Return the page's JSON-LD object of an article; empty if it has none."""
    for script in page.xpath('//script[@type="application/ld+json"]'):
        try:
            value = json.loads(script.text_content(), strict=False)
        except ValueError:
            continue
        for found in objects(value):
            kinds = found.get("@type")
            named = kinds if isinstance(kinds, list) else [kinds]
            if any(kind in ARTICLE_TYPES or kind in KINDS for kind in named):
                return found
    return {}


def objects(value: object) -> Iterator[dict[str, Any]]:
    """Yield every object inside *value*, outer ones first."""
    if isinstance(value, dict):
        yield value
        yield from objects(value.get("@graph", []))
    elif isinstance(value, list):
        for each in value:
            yield from objects(each)


def header_of(page: Page, declared: dict[str, Any]) -> Header:
    """Read the metadata: JSON-LD first, then meta tags, then the page itself."""
    url = first(page.xpath('//link[@rel="canonical"]/@href')) or meta(page, "og:url")
    heading = first([clean_line(h.text_content()) for h in page.xpath("//h1")])
    title = text_of(declared.get("headline")) or heading or meta(page, "og:title")
    site = meta(page, "og:site_name")
    outlet = text_of(declared.get("publisher")) or site
    return Header(
        title=without_site(title or first(page.xpath("//title/text()")), {site, outlet}),
        outlet=outlet,
        url=url if url.startswith(("http://", "https://")) else None,
        authors=tuple(names(declared.get("author"))) or tuple(filter(None, [meta(page, "author")])),
        published=published(page, declared),
        modified=modified(page, declared),
        section=text_of(declared.get("articleSection")) or meta(page, "article:section") or None,
        kind=kind_of(declared),
        language=(page.get("lang") or "").split("-")[0].lower() or "und",
    )


def without_site(title: str, sites: set[str]) -> str:
    """Return a title without the name of the site behind it, and with its characters resolved."""
    whole = clean_line(html.unescape(title))
    for site in filter(None, sites):
        if found := re.fullmatch(rf"(.+?)\s*[-–—|｜:：]\s*{re.escape(site)}", whole):
            return found[1]
    return whole


def published(page: Page, declared: dict[str, Any]) -> Moment | None:
    """Return when the page says that it was published; ``None`` if it does not say."""
    for written in (
        text_of(declared.get("datePublished")),
        meta(page, "article:published_time"),
        meta(page, "date"),
        meta(page, "pubdate"),
        first(page.xpath("//time/@datetime")),
    ):
        if written and (moment := stated(written)):
            return moment
    return None


def shown(text: str) -> Moment | None:
    """Return the day that the page shows in its address or its markup, searched conservatively."""
    found = htmldate.find_date(text, extensive_search=False, original_date=True)
    return stated(found) if found else None


def modified(page: Page, declared: dict[str, Any]) -> Moment | None:
    """Return when the page says that it was last changed."""
    written = text_of(declared.get("dateModified")) or meta(page, "article:modified_time")
    return stated(written) if written else None


def paid_for(page: Page, declared: dict[str, Any]) -> bool:
    """Tell whether the page says that the whole article is not free."""
    free = str(declared.get("isAccessibleForFree", "")).lower()
    return free == "false" or meta(page, "article:content_tier") in {"locked", "metered"}


def opted_out(page: Page) -> str | None:
    """Return the tag by which a page asks not to be kept, if it does."""
    for name in ("robots", AGENT.lower()):
        asked = meta(page, name).lower()
        if KEEP_OUT & {word.strip() for word in asked.split(",")}:
            return f"{name}: {asked[:40]}"
    return "tdm-reservation: 1" if meta(page, "tdm-reservation") == "1" else None


def live_updates(declared: dict[str, Any]) -> str:
    """Return a live page's entries, oldest first, each under its time; nothing without times."""
    entries = declared.get("liveBlogUpdate")
    told = []
    for each in entries if isinstance(entries, list) else []:
        if not isinstance(each, dict):
            return ""
        words = " ".join(text_of(each.get(k)) for k in ("headline", "articleBody")).strip()
        at = stated(text_of(each.get("datePublished")))
        if not words or at is None:
            return ""
        told.append((at.isoformat(), f"{at:%Y-%m-%d %H:%M} {words}"))
    return "\n".join(words for _, words in sorted(told))


def kind_of(declared: dict[str, Any]) -> Kind:
    """Return the kind that the page declares."""
    kinds = declared.get("@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    return next((KINDS[each] for each in named if each in KINDS), Kind.NEWS)


def meta(page: Page, name: str) -> str:
    """Return the content of a meta tag by its name or property."""
    return clean_line(
        first(page.xpath("//meta[@name=$n or @property=$n or @itemprop=$n]/@content", n=name))
    )


def first(values: list[Any]) -> str:
    """Return the first of *values* as text, or nothing."""
    return str(values[0]).strip() if values else ""


def text_of(value: object) -> str:
    """Return a JSON-LD value as text: a text, an object's name, or the first of a list."""
    if isinstance(value, list):
        return text_of(value[0]) if value else ""
    if isinstance(value, dict):
        return text_of(value.get("name"))
    return clean_line(value) if isinstance(value, str) else ""


def names(value: object) -> list[str]:
    """Return each author's name."""
    every = value if isinstance(value, list) else [value]
    return [name for name in map(text_of, every) if name]


def captions(page: Page) -> tuple[str, ...]:
    """Return the captions of the page's figures."""
    found = [clean_line(each.text_content()) for each in page.xpath("//figcaption")]
    return tuple(dict.fromkeys(each for each in found if each))
