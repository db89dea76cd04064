"""What a page says of itself: every declaration is heard, and what agrees is believed."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from ingest.identity import clean_url
from ingest.language.datelines import stated
from ingest.language.detecting import UNKNOWN_LANGUAGE
from ingest.model import Header, Kind, Moment, day_of
from ingest.reading.elements import Element
from ingest.reading.text import clean_line

_ARTICLE_TYPES = frozenset(
    {"NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting", "BackgroundNewsArticle"}
    | {"AdvertiserContentArticle"}
)
_KINDS = {
    "OpinionNewsArticle": Kind.OPINION,
    "AnalysisNewsArticle": Kind.ANALYSIS,
    "LiveBlogPosting": Kind.LIVE,
}
_ELSEWHERE = frozenset(
    {"itemListElement", "isPartOf", "mentions", "citation", "isBasedOn", "relatedLink", "comment"}
    | {"liveBlogUpdate", "hasPart", "publisher", "author", "potentialAction", "video"}
)
"""Properties of a page's data below which other pages and parts are described."""
APART = "ancestor::header|ancestor::nav|ancestor::footer|ancestor::aside|ancestor::form"
_LINKED = "ancestor::a|descendant::a[@href]"
_BODY = "ancestor::article|ancestor::main"
_has_figure = re.compile(r"[\d〇一二三四五六七八九]").search
DATED = re.compile(
    r"(?:^|[\s_-])(?:date|dates?line|datetime|time|timestamp|published|pubdate|publish|posted|byline"
    r"|released?|公開日?|配信日?|日時)(?:$|[\s_-])",
    re.IGNORECASE,
)
_UPDATED = re.compile(r"updat|modif|更新|aktualis|mis à jour", re.IGNORECASE)
_PUBLISHED_META = (
    *("article:published_time", "og:published_time", "article:published", "datePublished", "date"),
    *("pubdate", "publishdate", "publish-date", "publish_date", "dc.date", "dc.date.issued"),
    *("dcterms.created", "dcterms.issued", "parsely-pub-date", "sailthru.date", "cXenseParse:time"),
    *("citation_publication_date", "article_date_original", "release_date"),
)
_IN_ADDRESS = re.compile(
    r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?:[/_-]|$)"
)
_NEITHER = frozenset(
    {"log in", "login", "sign in", "subscribe", "home", "menu", "search", "news", "article"}
    | {"share", "newsletter", "most popular", "trending", "advertisement", "related", "comments"}
    | {"live", "ログイン", "ホーム", "メニュー", "ニュース", "検索", "トップ"}
)
"""First headings of pages that are no titles."""
_ALIKE = 0.6
"""Share of the words of the shorter of two titles at which they are of one article."""
_FIRST_YEAR = 1994
"""The year before which no newspaper was on the web."""
_AHEAD = timedelta(days=1)
"""How far a date may lie after the page was read: clocks and zones differ."""
_DATE_LINE = 60
"""Characters of the longest line that states a page's date."""

Data = dict[str, Any]


@dataclass(frozen=True)
class Declared:
    """A page and where and when it was read, as far as that is known."""

    page: Element
    url: str | None = None
    now: datetime | None = None

    @cached_property
    def data(self) -> list[Any]:
        """Everything that the page says in JSON-LD."""
        found = []
        for script in self.page.xpath('//script[contains(@type, "ld+json")]'):
            try:
                found.append(json.loads(script.text_content(), strict=False))
            except (ValueError, RecursionError):
                continue
        return found

    @cached_property
    def article(self) -> Data:
        """The object of the JSON-LD that is about this page; empty without one."""
        found = [each for value in self.data for each in _objects(value) if _is_article(each)]
        own = [each for each in found if self._names(each) is not False or self._titled(each)]
        return max(own, key=self._fits, default={})

    @cached_property
    def heading(self) -> str:
        """The first heading of the page that is no logo and no other box's."""
        found = self.page.xpath("//h1") or self.page.xpath("//article//h2|//main//h2")
        inside = [each for each in found if each.xpath(_BODY)]
        for each in [*inside, *found]:
            said = clean_line(each.text_content())
            logo = each.xpath("ancestor::nav|ancestor::footer|descendant::a[@href='/']")
            if said and not logo and _plain(said) not in _NEITHER and said not in self._called:
                return said
        return ""

    @cached_property
    def sites(self) -> frozenset[str]:
        """What the site calls itself."""
        return self._called | frozenset(
            filter(None, [declared_text(self.article.get("publisher"))])
        )

    def meta(self, name: str) -> str:
        """Return the content of a meta tag by its name or property, in any case."""
        return self._metas.get(name.lower(), "")

    @cached_property
    def _metas(self) -> dict[str, str]:
        """Every meta tag's content by name and property; of several the first."""
        found: dict[str, str] = {}
        for each in self.page.iter("meta"):
            for name in ("name", "property", "itemprop"):
                if key := each.get(name):
                    found.setdefault(key.lower(), clean_line(each.get("content") or ""))
        return found

    @cached_property
    def _called(self) -> frozenset[str]:
        """What the site calls itself in its meta tags and in its address."""
        host = urlsplit(self.url or "").hostname or ""
        told = (self.meta("og:site_name"), self.meta("application-name"), host)
        return frozenset(filter(None, told))

    @cached_property
    def canonical(self) -> str | None:
        """The address that the page calls its own."""
        written = next(iter(self.page.xpath('//link[@rel="canonical"]/@href')), "")
        url = urljoin(self.url or "", str(written).strip() or self.meta("og:url"))
        return url if url.startswith(("http://", "https://")) else None

    def header(self) -> Header:
        """Return the metadata that the page's declarations agree on."""
        about = self.article
        outlet = declared_text(about.get("publisher")) or self.meta("og:site_name")
        authors = [*_names(about.get("author")), *([] if about else [self.meta("author")])]
        return Header(
            title=self.title(),
            outlet=outlet,
            url=self.canonical,
            authors=tuple(each for each in authors or [self.meta("author")] if self._person(each)),
            published=self.published(),
            modified=self._moment(about.get("dateModified"), self.meta("article:modified_time")),
            section=declared_text(about.get("articleSection"))
            or self.meta("article:section")
            or None,
            kind=next((_KINDS[each] for each in types(about) if each in _KINDS), Kind.NEWS),
            language=(self.page.get("lang") or "").split("-")[0].lower() or UNKNOWN_LANGUAGE,
        )

    def title(self) -> str:
        """Return the title that most declarations agree on; of equals the earlier here."""
        written = next(iter(self.page.xpath("//head/title/text()|//title/text()")), "")
        told = (
            (declared_text(self.article.get("headline")), 3),
            (self.heading, 3),
            (self.meta("og:title"), 2),
            (str(written), 2),
            (self.meta("twitter:title"), 1),
        )
        found = [(_without_site(each, self.sites), weight) for each, weight in told if each.strip()]
        usable = [(t, w) for t, w in found if _plain(t) not in _NEITHER and t not in self.sites]
        usable = usable or found
        return max(
            (title for title, _ in usable),
            key=lambda title: sum(weight for other, weight in usable if _agree(title, other)),
            default="",
        )

    def published(self) -> Moment | None:
        """Return when the page says that it was published: what agrees, is near and is possible."""
        told = self._dated(self._declared()) or self._dated(self._shown())
        if not told:
            return None
        told += self._dated(self._in_address())
        days = [day_of(moment) for moment, _ in told]
        weights = {
            day: sum(w for (_, w), other in zip(told, days, strict=True) if other == day)
            for day in dict.fromkeys(days)
        }
        best = max(weights, key=lambda day: weights[day])
        same = [moment for moment, _ in told if day_of(moment) == best]
        return next((each for each in same if isinstance(each, datetime)), same[0])

    @property
    def following(self) -> str | None:
        """The address that the page calls the next one: of this article, or another article's."""
        if self.url is None:
            return None
        for each in self.page.xpath("//link[@rel='next']/@href|//a[@rel='next']/@href"):
            url = urljoin(self.url, str(each))
            if url.startswith(("http://", "https://")):
                return url
        return None

    @property
    def paid_for(self) -> bool:
        """Whether the page says that the whole article is not free."""
        closed = any(map(_is_closed, [self.article, *_several(self.article.get("hasPart"))]))
        return closed or self.meta("article:content_tier") in {"locked", "metered"}

    @property
    def closed_parts(self) -> Iterator[str]:
        """The classes of what is not free on this page."""
        for each in filter(_is_closed, _several(self.article.get("hasPart"))):
            yield from re.findall(r"\.([\w-]+)", str(each.get("cssSelector") or ""))

    def _names(self, about: Data) -> bool | None:
        """Tell whether an object of the page's data is about this page; ``None`` where open."""
        own = {clean_url(each) for each in (self.url, self.canonical) if each}
        named = [about.get("url"), about.get("@id"), about.get("mainEntityOfPage")]
        given = [_address_of(each, self.url or self.canonical or "") for each in named]
        addresses = {clean_url(each) for each in given if each}
        if not own or not addresses:
            return None
        if own & addresses:
            return True
        return None if any(urlsplit(each).path.strip("/") == "" for each in addresses) else False

    def _fits(self, about: Data) -> tuple[int, bool, bool]:
        """Weigh an object: it names this page, its title is the page's, it has a date."""
        named = 2 * (self._names(about) is True) + 2 * self._titled(about)
        return named, "datePublished" in about, "headline" in about

    def _titled(self, about: Data) -> bool:
        """Tell whether an object has the title of this page."""
        headline = declared_text(about.get("headline"))
        return any(_agree(headline, each) for each in (self.heading, self.meta("og:title")))

    def _dated(self, written: Iterable[tuple[str, int]]) -> list[tuple[Moment, int]]:
        """Read the dates of what is *written*, those that are possible, each with its weight."""
        found = [(stated(text), weight) for text, weight in written if text]
        return [(day, weight) for day, weight in found if day and self._possible(day)]

    def _declared(self) -> Iterator[tuple[str, int]]:
        """Yield what the page's data and meta tags say of its date."""
        yield declared_text(self.article.get("datePublished")), 5
        yield from ((self.meta(name), 4) for name in _PUBLISHED_META)

    def _in_address(self) -> Iterator[tuple[str, int]]:
        """Yield the day that stands in the address."""
        path = urlsplit(self.url or self.canonical or "").path
        yield from (("-".join(found.groups()), 2) for found in _IN_ADDRESS.finditer(path + "/"))

    def _shown(self) -> Iterator[tuple[str, int]]:
        """Yield what the page shows as its date, near its text and not in another box."""
        for each in self.page.iter("time"):
            if each.xpath(APART) or each.xpath(_LINKED):
                continue
            label = f"{each.get('itemprop') or ''} {_around(each)}"
            weight = 1 if _UPDATED.search(label) else 3 if each.xpath(_BODY) else 2
            yield each.get("datetime") or clean_line(each.text_content()), weight
        for each in self.page.iter("p", "span", "div", "li"):
            label = f"{each.get('class') or ''} {each.get('id') or ''}"
            if DATED.search(label) and not each.xpath(APART) and not each.xpath(_LINKED):
                line = clean_line(each.text_content())
                if len(line) <= _DATE_LINE and _has_figure(line):
                    yield line, 1 if _UPDATED.search(f"{label} {line}") else 2

    def _possible(self, moment: Moment) -> bool:
        """Tell whether a page can have been published then."""
        return moment.year >= _FIRST_YEAR and not is_ahead(moment, self.now)

    def _moment(self, *written: object) -> Moment | None:
        """Return the first of some dates that is one and is possible."""
        told = (stated(text) for each in written if (text := declared_text(each)))
        return next((each for each in told if each and self._possible(each)), None)

    def _person(self, name: str) -> bool:
        """Tell whether an author is somebody rather than the site or an address."""
        return bool(name) and name not in self.sites and "://" not in name


def _objects(value: object) -> Iterator[Data]:
    """Yield every object inside *value* that may describe a page, outer ones first."""
    if isinstance(value, dict):
        yield value
        for key, inner in value.items():
            if key not in _ELSEWHERE and isinstance(inner, dict | list):
                yield from _objects(inner)
    elif isinstance(value, list):
        for each in value:
            yield from _objects(each)


def _is_article(about: Data) -> bool:
    """Tell whether an object is an article."""
    return any(each in _ARTICLE_TYPES or each in _KINDS for each in types(about))


def types(about: Data) -> list[Any]:
    """Return the types of an object."""
    return _several(about.get("@type"))


def _several(value: object) -> list[Any]:
    """Return what a property holds, one or several, as a list."""
    return value if isinstance(value, list) else [value]


def _is_closed(part: object) -> bool:
    """Tell whether a page, or a part of it, is not free."""
    return isinstance(part, dict) and str(part.get("isAccessibleForFree")).lower() == "false"


def is_ahead(moment: Moment, now: datetime | None) -> bool:
    """Tell whether *moment* had not come yet when a page was read."""
    return now is not None and day_of(moment) > (now + _AHEAD).date()


def _address_of(value: object, base: str) -> str | None:
    """Return the address that a property holds, if it is one."""
    written = value.get("@id") or value.get("url") if isinstance(value, dict) else value
    if not isinstance(written, str) or not written.strip() or written.startswith("#"):
        return None
    try:
        url = urljoin(base, written.strip())
        return url if urlsplit(url).hostname else None
    except ValueError:
        return None


def _around(element: Element) -> str:
    """Return the words that stand about an element in its own line."""
    parent = element.getparent()
    line = "" if parent is None else clean_line(parent.text_content())
    return line if len(line) <= _DATE_LINE else ""


def _agree(one: str, other: str) -> bool:
    """Tell whether two titles are of one article: equal, one in the other, or mostly the same."""
    first, second = _plain(one), _plain(other)
    if not first or not second:
        return False
    if first in second or second in first:
        return True
    words = [set(each.split()) for each in (first, second)]
    return len(words[0] & words[1]) >= _ALIKE * min(map(len, words))


def _plain(title: str) -> str:
    """Return a title in small letters without signs."""
    return " ".join(re.sub(r"[^\w]+", " ", html.unescape(title).casefold()).split())


def _without_site(title: str, sites: Sequence[str] | frozenset[str]) -> str:
    """Return a title without the name of the site beside it, and with its characters resolved."""
    whole = clean_line(html.unescape(title))
    for site in sites:
        name = re.escape(site)
        if found := re.fullmatch(rf"(.+?)\s*[-–—|｜:：]\s*{name}|{name}\s*[|｜:：]\s*(.+)", whole):
            return found[1] or found[2]
    return whole


def declared_text(value: object) -> str:
    """Return a JSON-LD value as text: a text, an object's name, or the first of a list."""
    if isinstance(value, list):
        return declared_text(value[0]) if value else ""
    if isinstance(value, dict):
        return declared_text(value.get("name") or value.get("@value"))
    return clean_line(html.unescape(value)) if isinstance(value, str) else ""


def _names(value: object) -> list[str]:
    """Return each author's name."""
    return [name for name in map(declared_text, _several(value)) if name]
