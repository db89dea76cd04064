"""HTML pages: body by trafilatura, then readability; metadata by the page's own declarations."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import lxml.html
import trafilatura
from lxml.etree import ParserError, XMLSyntaxError
from readability import Document
from readability.readability import Unparseable

from ingest.errors import NoArticleError
from ingest.model import Extract, Header, Kind, Moment
from ingest.reading.dates import stated
from ingest.reading.pastes import assembled, sort
from ingest.reading.text import clean, clean_line

ARTICLE_TYPES = ("NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting")
KINDS = {
    "OpinionNewsArticle": Kind.OPINION,
    "AnalysisNewsArticle": Kind.ANALYSIS,
    "LiveBlogPosting": Kind.LIVE,
}

Page = Any
"""An lxml element; lxml ships no types."""


def read_page(text: str, name: str) -> Extract:
    """Understand a saved page.

    Raises:
        NoArticleError: neither extractor finds a body.
    """
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("readability").setLevel(logging.CRITICAL)
    try:
        page = lxml.html.document_fromstring(text.encode(), parser=parser())
    except (ParserError, XMLSyntaxError) as error:
        raise NoArticleError(f"{name} is a page without content. Nothing was added.") from error
    declared = linked_data(page)
    header = header_of(page, declared)
    body = body_of(text)
    if not body:
        raise NoArticleError(f"{name} is a page in which no article was found. Paste its text.")
    lines = [line for line in clean(body).split("\n") if line]
    repeated = {clean_line(header.title), clean_line(str(declared.get("alternativeHeadline")))}
    parts = sort([line for line in lines if clean_line(line) not in repeated])
    read = assembled(header.title, parts, whole="" if header.published else body)
    merged = replace(
        header,
        agency=header.agency or read.header.agency,
        dateline=header.dateline or read.header.dateline,
        published=header.published or read.header.published,
        not_before=None if header.published else read.header.not_before,
        authors=header.authors or read.header.authors,
        kind=header.kind if header.kind is not Kind.NEWS else read.header.kind,
    )
    return Extract(merged, read.text, (*captions(page), *read.captions), read.corrections)


def parser() -> Any:  # noqa: ANN401 - lxml ships no types
    """Build a parser for text that is UTF-8 by now, whatever the page declares."""
    return lxml.html.HTMLParser(encoding="utf-8")


def body_of(text: str) -> str:
    """Return the article's text, by the first extractor that finds one."""
    found = trafilatura.extract(
        text, favor_precision=True, include_comments=False, include_tables=False
    )
    if found:
        return str(found)
    try:
        summary = lxml.html.document_fromstring(Document(text).summary())
    except (Unparseable, ParserError, XMLSyntaxError):
        return ""
    paragraphs = [" ".join(p.text_content().split()) for p in summary.iter("p")]
    return "\n".join(each for each in paragraphs if each)


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
    url = meta(page, "og:url") or first(page.xpath('//link[@rel="canonical"]/@href'))
    heading = first([clean_line(h.text_content()) for h in page.xpath("//h1")])
    title = text_of(declared.get("headline")) or heading or meta(page, "og:title")
    return Header(
        title=clean_line(title or first(page.xpath("//title/text()"))),
        outlet=text_of(declared.get("publisher")) or meta(page, "og:site_name"),
        url=url if url.startswith(("http://", "https://")) else None,
        authors=tuple(names(declared.get("author"))) or tuple(filter(None, [meta(page, "author")])),
        published=published(page, declared),
        kind=kind_of(declared),
        language=(page.get("lang") or "").split("-")[0].lower() or "und",
    )


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
