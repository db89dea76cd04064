"""The declarations of a page about itself, combined by agreement."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from ingest.fetching.identities import WEB_SCHEMES, clean_url, resolved
from ingest.language.datelines import parse_date
from ingest.language.languages import words
from ingest.language.limits import DATES
from ingest.language.script import UNKNOWN_LANGUAGE, has_digit
from ingest.model import Header, Kind, Moment, day_of
from ingest.reading.elements import Element, class_pattern
from ingest.reading.limits import DECLARATIONS
from ingest.reading.text import clean_line, ends_sentence

_ARTICLE_TYPES = frozenset(
    {"NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting", "BackgroundNewsArticle"}
    | {"AdvertiserContentArticle"}
)
_AGGREGATORS = frozenset(words()["outlets"]["aggregators"])
_SOURCES = ("provider", "sourceOrganization", "copyrightHolder")
"""Properties of an article that name the outlet it was taken from."""
_ORGANISATIONS = ("Organization", "NewsMediaOrganization")
_KINDS = {
    "OpinionNewsArticle": Kind.OPINION,
    "AnalysisNewsArticle": Kind.ANALYSIS,
    "LiveBlogPosting": Kind.LIVE,
}
_RELATED_PROPERTIES = frozenset(
    {"itemListElement", "isPartOf", "mentions", "citation", "isBasedOn", "relatedLink", "comment"}
    | {"liveBlogUpdate", "hasPart", "publisher", "author", "potentialAction", "video"}
)
"""Properties of a page's data that describe other pages and parts."""
OUTSIDE_ARTICLE = "ancestor::header|ancestor::nav|ancestor::footer|ancestor::aside|ancestor::form"
_LINKED = "ancestor::a|descendant::a[@href]"
_BODY = "ancestor::article|ancestor::main"
_KANJI_DIGITS = frozenset("〇一二三四五六七八九")
DATE_CLASS = class_pattern(
    "date dates?line datetime time timestamp published pubdate publish posted byline released?"
    " 公開日? 配信日? 日時"
)
_TO_DIVIDERS = str.maketrans("|•∙", "···")
"""Signs between the dates of a line, as of publication and update."""
_UPDATE_WORDS = (
    *("updat", "modif", "更新", "aktualis", "stand:", "mis à jour", "actualiz", "atualiz"),
    *("aggiorna", "수정", "تحديث"),
)
_PUBLISHED_META = (
    *("article:published_time", "og:published_time", "article:published", "datePublished", "date"),
    *("pubdate", "publishdate", "publish-date", "publish_date", "dc.date", "dc.date.issued"),
    *("dcterms.created", "dcterms.issued", "parsely-pub-date", "sailthru.date", "cXenseParse:time"),
    *("citation_publication_date", "article_date_original", "release_date"),
)
_SEPARATORS_BEHIND = tuple("|｜:：")
"""Marks between the name of a site and the title behind it."""
_SEPARATORS = (*"-–—", *_SEPARATORS_BEHIND)
"""Marks between a title and the name of a site behind it."""
_IN_ADDRESS = re.compile(
    r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?:[/_-]|$)"
)
_NOT_TITLES = frozenset(
    {"log in", "login", "sign in", "subscribe", "home", "menu", "search", "news", "article"}
    | {"share", "newsletter", "most popular", "trending", "advertisement", "related", "comments"}
    | {"live", "ログイン", "ホーム", "メニュー", "ニュース", "検索", "トップ"}
)
"""First headings of pages that are not titles."""

Data = dict[str, Any]


@dataclass(frozen=True)
class Declared:
    """A page with the address and time of its reading, if these are known."""

    page: Element
    url: str | None = None
    now: datetime | None = None

    @cached_property
    def data(self) -> list[Any]:
        """Return all JSON-LD values of the page."""
        values = []
        for script in self.page.xpath('//script[contains(@type, "ld+json")]'):
            try:
                values.append(json.loads(script.text_content(), strict=False))
            except (ValueError, RecursionError):
                continue
        return values

    @cached_property
    def article(self) -> Data:
        """Return the JSON-LD object about this page; empty if there is none."""
        articles = [
            article for value in self.data for article in _objects(value) if _is_article(article)
        ]
        candidates = [
            article
            for article in articles
            if self._has_page_address(article) is not False or self._has_page_title(article)
        ]
        return max(candidates, key=self._weight_of, default={})

    @cached_property
    def claim_reviews(self) -> list[Data]:
        """Return the JSON-LD objects by which this page reviews claims of others."""
        return [
            about
            for value in self.data
            for about in _objects(value)
            if "ClaimReview" in types(about) and self._has_page_address(about) is not False
        ]

    @property
    def body(self) -> str:
        """Return the text of the article in the page's data, plain or HTML; empty if none."""
        value = self.article.get("articleBody")
        parts = [part for part in _as_list(value) if isinstance(part, str)]
        text = "\n\n".join(parts).strip()
        return text if "</" in text else html.unescape(text)

    @cached_property
    def heading(self) -> str:
        """Return the first heading that is not a logo, a site name or in another box."""
        headings = self.page.xpath("//h1") or self.page.xpath("//article//h2|//main//h2")
        body_headings = [heading for heading in headings if heading.xpath(_BODY)]
        for heading in [*body_headings, *headings]:
            text = clean_line(heading.text_content())
            is_logo = heading.xpath("ancestor::nav|ancestor::footer|descendant::a[@href='/']")
            if (
                text
                and not is_logo
                and _plain_title(text) not in _NOT_TITLES
                and text not in self._site_names
            ):
                return text
        return ""

    @cached_property
    def page_title(self) -> str:
        """Return the title in the head of the page, often with the name of the site."""
        return str(next(iter(self.page.xpath("//head/title/text()|//title/text()")), ""))

    @cached_property
    def sites(self) -> frozenset[str]:
        """Return the names of the site."""
        return self._site_names | frozenset(
            filter(None, [declared_text(self.article.get("publisher"))])
        )

    def meta(self, name: str) -> str:
        """Return the content of a meta tag by its name or property, in any case."""
        return self._metas.get(name.lower(), "")

    @cached_property
    def _metas(self) -> dict[str, str]:
        """Return the content of each meta tag by name and property; the first of equal ones."""
        contents: dict[str, str] = {}
        for meta in self.page.iter("meta"):
            for name in ("name", "property", "itemprop"):
                if key := meta.get(name):
                    contents.setdefault(key.lower(), clean_line(meta.get("content") or ""))
        return contents

    @cached_property
    def _site_names(self) -> frozenset[str]:
        """Return the names of the site in its meta tags and in its address."""
        host = urlsplit(self.url or "").hostname or ""
        names = (self.meta("og:site_name"), self.meta("application-name"), host)
        return frozenset(filter(None, names))

    @cached_property
    def canonical(self) -> str | None:
        """Return the canonical address of the page."""
        link = next(iter(self.page.xpath('//link[@rel="canonical"]/@href')), "")
        url = resolved(self.url or "", str(link).strip() or self.meta("og:url"))
        return url if url.startswith(WEB_SCHEMES) else None

    def header(self) -> Header:
        """Return the metadata that the page's declarations agree on."""
        about = self.article
        outlet = declared_text(about.get("publisher")) or self.meta("og:site_name")
        if not outlet or outlet in _AGGREGATORS:
            outlet = self._source_of(about) or outlet
        authors = [*_author_names(about.get("author")), *([] if about else [self.meta("author")])]
        return Header(
            title=self.title(),
            outlet=outlet,
            url=self.canonical,
            authors=tuple(
                author for author in authors or [self.meta("author")] if self._is_person(author)
            ),
            published=self.published(),
            modified=self._moment(about.get("dateModified"), self.meta("article:modified_time")),
            section=declared_text(about.get("articleSection"))
            or self.meta("article:section")
            or None,
            kind=next((_KINDS[name] for name in types(about) if name in _KINDS), Kind.NEWS),
            language=(self.page.get("lang") or "").split("-")[0].lower() or UNKNOWN_LANGUAGE,
        )

    def _source_of(self, about: Data) -> str:
        """Return the outlet that an aggregator's page names as the source; empty without one."""
        organisations = (
            author
            for author in _as_list(about.get("author"))
            if isinstance(author, dict) and any(kind in types(author) for kind in _ORGANISATIONS)
        )
        names = (about.get(name) for name in _SOURCES)
        candidates = map(declared_text, (*names, *organisations))
        return next((name for name in candidates if name and name not in _AGGREGATORS), "")

    def title(self) -> str:
        """Return the title that most declarations agree on; the first of equally good ones."""
        declarations = (
            (declared_text(self.article.get("headline")), 3),
            (self.heading, 3),
            (self.meta("og:title"), 2),
            (self.page_title, 2),
            (self.meta("twitter:title"), 1),
        )
        titles = [
            (_without_site(declaration, self.sites), weight)
            for declaration, weight in declarations
            if declaration.strip()
        ]
        title_candidates = [
            (title, weight)
            for title, weight in titles
            if _plain_title(title) not in _NOT_TITLES and title not in self.sites
        ]
        title_candidates = title_candidates or titles
        return max(
            (title for title, _ in title_candidates),
            key=lambda title: sum(
                weight
                for other_title, weight in title_candidates
                if _is_same_title(title, other_title)
            ),
            default="",
        )

    def published(self) -> Moment | None:
        """Return the publication date with the most weight, if it is possible."""
        dates = self._possible_dates(self._declared_dates()) or self._possible_dates(
            self._shown_dates()
        )
        if not dates:
            return None
        dates += self._possible_dates(self._dates_in_address())
        days = [day_of(moment) for moment, _ in dates]
        weights = {
            day: sum(
                weight
                for (_, weight), other_day in zip(dates, days, strict=True)
                if other_day == day
            )
            for day in dict.fromkeys(days)
        }
        best = max(weights, key=lambda day: weights[day])
        moments = [moment for moment, _ in dates if day_of(moment) == best]
        return next((moment for moment in moments if isinstance(moment, datetime)), moments[0])

    @property
    def following(self) -> str | None:
        """Return the address of the next page of this article, or of another article."""
        if self.url is None:
            return None
        for address in self.page.xpath("//link[@rel='next']/@href|//a[@rel='next']/@href"):
            url = resolved(self.url, str(address))
            if url.startswith(WEB_SCHEMES):
                return url
        return None

    @property
    def paid_for(self) -> bool:
        """Return True if the page declares that the complete article is not free."""
        is_closed = any(map(_is_closed, [self.article, *_as_list(self.article.get("hasPart"))]))
        return is_closed or self.meta("article:content_tier") in {"locked", "metered"}

    @property
    def closed_parts(self) -> Iterator[str]:
        """Yield the classes of the elements that are not free."""
        for part in filter(_is_closed, _as_list(self.article.get("hasPart"))):
            yield from re.findall(r"\.([\w-]+)", str(part.get("cssSelector") or ""))

    def _has_page_address(self, about: Data) -> bool | None:
        """Return True if *about* has this page's address, False if another; else ``None``."""
        page_addresses = {clean_url(address) for address in (self.url, self.canonical) if address}
        values = [about.get("url"), about.get("@id"), about.get("mainEntityOfPage")]
        declared_addresses = [
            _address_of(value, self.url or self.canonical or "") for value in values
        ]
        addresses = {clean_url(address) for address in declared_addresses if address}
        if not page_addresses or not addresses:
            return None
        if page_addresses & addresses:
            return True
        return (
            None if any(urlsplit(address).path.strip("/") == "" for address in addresses) else False
        )

    def _weight_of(self, about: Data) -> tuple[int, bool, bool]:
        """Return the weight of an object: it has this page's address or title, and a date."""
        address_weight = 2 * (self._has_page_address(about) is True) + 2 * self._has_page_title(
            about
        )
        return address_weight, "datePublished" in about, "headline" in about

    def _has_page_title(self, about: Data) -> bool:
        """Return True if an object has the title of this page."""
        headline = declared_text(about.get("headline"))
        return any(
            _is_same_title(headline, title) for title in (self.heading, self.meta("og:title"))
        )

    def _possible_dates(self, texts: Iterable[tuple[str, int]]) -> list[tuple[Moment, int]]:
        """Return the possible dates in *texts* with their weights."""
        dates = [(parse_date(text), weight) for text, weight in texts if text]
        return [(day, weight) for day, weight in dates if day and self._is_possible(day)]

    def _declared_dates(self) -> Iterator[tuple[str, int]]:
        """Yield the dates in the page's data and meta tags."""
        yield declared_text(self.article.get("datePublished")), 5
        yield from (
            (declared_text(review.get("datePublished")), 4) for review in self.claim_reviews
        )
        yield from ((self.meta(name), 4) for name in _PUBLISHED_META)

    def _dates_in_address(self) -> Iterator[tuple[str, int]]:
        """Yield the date in the address."""
        path = urlsplit(self.url or self.canonical or "").path
        yield from (("-".join(match.groups()), 2) for match in _IN_ADDRESS.finditer(path + "/"))

    def _shown_dates(self) -> Iterator[tuple[str, int]]:
        """Yield the dates that the page shows near its text and not in another box."""
        for element in self.page.iter("time"):
            if (
                element.xpath(OUTSIDE_ARTICLE)
                or element.xpath(_LINKED)
                or is_part_of_sentence(element)
            ):
                continue
            label = f"{element.get('itemprop') or ''} {_line_around(element)}"
            weight = 1 if _is_update(label) else 3 if element.xpath(_BODY) else 2
            yield element.get("datetime") or clean_line(element.text_content()), weight
        for element in self.page.iter("p", "span", "div", "li"):
            label = f"{element.get('class') or ''} {element.get('id') or ''}"
            if (
                DATE_CLASS.search(label)
                and not element.xpath(OUTSIDE_ARTICLE)
                and not element.xpath(_LINKED)
            ):
                line = clean_line(element.text_content())
                if len(line) <= 2 * DATES.line_characters and (
                    has_digit(line) or not _KANJI_DIGITS.isdisjoint(line)
                ):
                    for part in line.translate(_TO_DIVIDERS).split("·"):
                        if len(part) <= DATES.line_characters:
                            yield part, 1 if _is_update(f"{label} {part}") else 2

    def _is_possible(self, moment: Moment) -> bool:
        """Return True if a page can have been published at *moment*."""
        return moment.year >= DECLARATIONS.first_year and not is_in_future(moment, self.now)

    def _moment(self, *values: object) -> Moment | None:
        """Return the first possible date in *values*."""
        moments = (parse_date(text) for value in values if (text := declared_text(value)))
        return next((moment for moment in moments if moment and self._is_possible(moment)), None)

    def _is_person(self, name: str) -> bool:
        """Return True if *name* is not empty, the site's name or an address."""
        return bool(name) and name not in self.sites and "://" not in name


def _objects(value: object) -> Iterator[Data]:
    """Yield every object inside *value* that can describe a page, outer objects first."""
    if isinstance(value, dict):
        yield value
        for key, inner_value in value.items():
            if key not in _RELATED_PROPERTIES and isinstance(inner_value, dict | list):
                yield from _objects(inner_value)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)


def _is_article(about: Data) -> bool:
    """Return True if *about* is an article."""
    return any(name in _ARTICLE_TYPES or name in _KINDS for name in types(about))


def is_part_of_sentence(element: Element) -> bool:
    """Return True if *element* is a part of a sentence of the text, and no date line."""
    paragraph = next(element.iterancestors("p"), None)
    if paragraph is None:
        return False
    text, part = clean_line(paragraph.text_content()), clean_line(element.text_content())
    return len(text) - len(part) >= DECLARATIONS.standfirst_min_characters and ends_sentence(text)


def types(about: Data) -> list[Any]:
    """Return the types of an object."""
    return _as_list(about.get("@type"))


def _as_list(value: object) -> list[Any]:
    """Return the value of a property as a list."""
    return value if isinstance(value, list) else [value]


def _is_closed(part: object) -> bool:
    """Return True if a page, or a part of it, is not free."""
    return isinstance(part, dict) and str(part.get("isAccessibleForFree")).lower() == "false"


def is_in_future(moment: Moment, now: datetime | None) -> bool:
    """Return True if *moment* was still ahead when the page was read."""
    return now is not None and day_of(moment) > (now + DECLARATIONS.date_ahead).date()


def _address_of(value: object, base: str) -> str | None:
    """Return the address in a property; ``None`` if there is none."""
    address = value.get("@id") or value.get("url") if isinstance(value, dict) else value
    if not isinstance(address, str) or not address.strip() or address.startswith("#"):
        return None
    url = resolved(base, address.strip())
    return url if urlsplit(url).hostname else None


def _line_around(element: Element) -> str:
    """Return the text of the line around *element*; empty if it is long."""
    parent = element.getparent()
    line = "" if parent is None else clean_line(parent.text_content())
    return line if len(line) <= DATES.line_characters else ""


def _is_same_title(title: str, other_title: str) -> bool:
    """Return True if two titles are equal, one contains the other, or most words are common."""
    plain_title, other_plain_title = _plain_title(title), _plain_title(other_title)
    if not plain_title or not other_plain_title:
        return False
    if plain_title in other_plain_title or other_plain_title in plain_title:
        return True
    words = [set(text.split()) for text in (plain_title, other_plain_title)]
    return len(words[0] & words[1]) >= DECLARATIONS.title_overlap * min(map(len, words))


def _is_update(label: str) -> bool:
    """Return True if *label* names the time of an update, not of the publication."""
    folded_label = label.casefold()
    return any(word in folded_label for word in _UPDATE_WORDS)


def _plain_title(title: str) -> str:
    """Return *title* in lower case without punctuation."""
    folded_title = html.unescape(title).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in folded_title).split())


def _without_site(title: str, sites: Sequence[str] | frozenset[str]) -> str:
    """Return *title* with its entities resolved and without the name of the site."""
    full_title = clean_line(html.unescape(title))
    for site in sites:
        before = full_title.removesuffix(site).rstrip()
        behind = full_title.removeprefix(site).lstrip()
        if site and before != full_title and before.endswith(_SEPARATORS) and before[1:]:
            return before[:-1].rstrip()
        if site and behind != full_title and behind.startswith(_SEPARATORS_BEHIND) and behind[1:]:
            return behind[1:].lstrip()
    return full_title


def declared_text(value: object) -> str:
    """Return a JSON-LD value as text: a string, an object's name, or the first item of a list."""
    if isinstance(value, list):
        return declared_text(value[0]) if value else ""
    if isinstance(value, dict):
        return declared_text(value.get("name") or value.get("@value"))
    return clean_line(html.unescape(value)) if isinstance(value, str) else ""


def _author_names(value: object) -> list[str]:
    """Return the name of each author."""
    return [name for name in map(declared_text, _as_list(value)) if name]
