"""Pages that are no article: front pages, walls, and paid posts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ingest.fetching.identities import WEB_SCHEMES, resolved
from ingest.language.languages import phrase_pattern, words
from ingest.reading.declarations import Declared, declared_text, types
from ingest.reading.elements import Element, class_pattern, classes
from ingest.reading.limits import ASIDES, PAGES
from ingest.reading.text import clean_line

_FRONT_PAGE_HEADINGS = "//h2[a]|//h3[a]|//h4[a]|//a[h2 or h3 or h4]"
_BOXES = ("article", "li", "section", "div")
_FEEDS = "//link[contains(@rel, 'alternate')][contains(@type, 'rss') or contains(@type, 'atom') \
or contains(@type, 'feed+json')]/@href"
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*|\n+")
SIGNS: Mapping[str, re.Pattern[str]] = {
    kind: phrase_pattern(signs) for kind, signs in words()["walls"].items() if kind != "titles"
}
_TITLES: Mapping[str, re.Pattern[str]] = {
    kind: phrase_pattern(
        [rf"\W*(?:{'|'.join(signs)})\W*$", rf"(?:{'|'.join(signs)})\s*[-–—|:：]"], before="^"
    )
    for kind, signs in words()["walls"]["titles"].items()
}
_DESCRIPTIONS = {
    "consent": "asks for consent to cookies",
    "missing": "says that the page does not exist",
    "robot": "asks whether a robot is reading",
    "login": "asks for a login or a subscription",
    "maintenance": "says that the site is being worked on",
    "moved": "says that the page has moved",
}
_NOTES = words()["notes"]
CLOSED = phrase_pattern(_NOTES["closed"])
"""A sentence that closes the rest of an article to those who do not pay or log in."""
_LABEL = phrase_pattern(_NOTES["paid"], before=r"\W{0,3}")
"""Text of a label that only paid posts have."""
_AMBIGUOUS_LABEL = phrase_pattern(_NOTES["paid_alone"], before=r"\W{0,3}", behind=r"\W{0,3}")
"""Text of a label that paid posts share with boxes for advertisements."""
_KICKER = class_pattern(
    "label kicker eyebrow overline topline badge flag tag roofline dachzeile surtitre antetitulo"
    " etiqueta section category"
)
_PAID = "|".join(_NOTES["paid_alone"])
_TITLE_LABEL = phrase_pattern(
    [
        rf"(?:{_PAID}|ad|paid (?:content|post)|advertorial|publireportage)\s*[:：|]",
        rf"[\[【](?:{_PAID})[\]】]",
    ]
)
_DECLARED_KINDS = (
    *("article:section", "article.type", "content-type", "article:content_type", "og:type"),
    *("article:tag", "content_tier", "dc.type", "genre", "keywords"),
)
"""Meta tags that state what kind of page it is."""
_DECLARED_PAID = frozenset({"true", "yes", "1"})
"""Values of a meta tag ``sponsored`` that mark a paid post."""


def front_page(declared: Declared, name: str) -> str | None:
    """Return the message that a page only lists articles, with its feed; else ``None``."""
    page = declared.page
    if declared.article or declared.meta("og:type").lower() == "article":
        return None
    boxes = {
        id(box): box
        for heading in page.xpath(_FRONT_PAGE_HEADINGS)
        if (box := _teaser(heading)) is not None
    }
    if len(boxes) < ASIDES.teasers:
        return None
    lines = [
        line
        for line in page.iter("p")
        if len(line.text_content()) >= ASIDES.beside_teasers_paragraph_characters
    ]
    teaser_characters = sum(len(line.text_content()) for line in lines if _is_within(line, boxes))
    other_characters = sum(len(line.text_content()) for line in lines) - teaser_characters
    if teaser_characters < ASIDES.teaser_share * (teaser_characters + other_characters) or (
        declared.heading and other_characters >= ASIDES.beside_teasers_characters
    ):
        return None
    feeds = feeds_of(declared)
    advice = f"Watch its feed instead: {feeds[0]}" if feeds else "Give the address of one article."
    return f"{name} lists {len(boxes)} articles and is none itself. {advice}"


def no_article(name: str, feeds: Sequence[str]) -> str:
    """Return the message that a page has no article, with the first of its *feeds*, if any."""
    advice = f"Paste its text, or watch its feed: {feeds[0]}" if feeds else "Paste its text."
    return f"{name} is a page in which no article was found. {advice}"


def _teaser(heading: Element) -> Element:
    """Return the box of one teaser: the largest around *heading* without another heading."""
    box = None
    for ancestor in heading.iterancestors(*_BOXES):
        if len(ancestor.xpath(f".{_FRONT_PAGE_HEADINGS.replace('|', '|.')}")) > 1 or ancestor.xpath(
            ".//h1"
        ):
            break
        box = ancestor
    return box


def _is_within(element: Element, boxes: dict[int, Element]) -> bool:
    """Return True if *element* is inside one of *boxes*."""
    return any(id(ancestor) in boxes for ancestor in element.iterancestors())


def feeds_of(declared: Declared) -> list[str]:
    """Return the addresses of the feeds in the page's ``link`` elements."""
    addresses = (resolved(declared.url or "", str(a)) for a in declared.page.xpath(_FEEDS))
    return [address for address in addresses if address.startswith(WEB_SCHEMES)]


def wall_of(title: str, text: str) -> str | None:
    """Return the description of the wall or notice on a page; ``None`` for a possible article."""
    if len(text) > ASIDES.notice_characters:
        return None
    text = text.replace("’", "'")
    for kind, pattern in _TITLES.items():
        if pattern.search(title.strip()):
            return _DESCRIPTIONS[kind]
    sentences = [sentence for sentence in _SENTENCE.split(text) if sentence.strip()]
    size = sum(map(len, sentences))
    sizes = {
        kind: sum(len(sentence) for sentence in sentences if pattern.search(sentence))
        for kind, pattern in SIGNS.items()
    }
    matching_sentences = [
        sentence
        for sentence in sentences
        if any(pattern.search(sentence) for pattern in SIGNS.values())
    ]
    if not size or sum(map(len, matching_sentences)) < ASIDES.notice_share * size:
        return None
    return _DESCRIPTIONS[max(sizes, key=lambda kind: sizes[kind])]


def is_unshown(text: str) -> bool:
    """Return True if a page shows no article but at most a line, or a notice to browsers.

    Such notices ask to agree to cookies or to run the script that draws the article.
    """
    notices = (_DESCRIPTIONS["consent"], _DESCRIPTIONS["robot"])
    return len(text) < PAGES.article_characters or wall_of("", text) in notices


def paid_post(declared: Declared, title: str) -> str | None:
    """Return the label that marks a page as a paid post; ``None`` if there is none."""
    if "AdvertiserContentArticle" in types(declared.article):
        return "AdvertiserContentArticle"
    fields = (
        *(declared.meta(name) for name in _DECLARED_KINDS),
        declared_text(declared.article.get("articleSection")),
        declared_text(declared.article.get("genre")),
    )
    label = next(
        (field for field in fields if _LABEL.fullmatch(field) or _AMBIGUOUS_LABEL.fullmatch(field)),
        None,
    )
    if declared.meta("sponsored").lower() in _DECLARED_PAID:
        return "sponsored"
    if label or _TITLE_LABEL.match(title):
        return label or title
    return next(_labels(declared.page), None)


def _labels(page: Element) -> Iterator[str]:
    """Yield the labels around the heading of a page that mark it as paid for."""
    for heading in list(page.iter("h1"))[:1]:
        lines = list(page.iter("p", "div", "span", "a", "strong", "h1", "h2", "h3", "small", "li"))
        position = next(place for place, line in enumerate(lines) if line is heading)
        lines_above = [
            line
            for line in lines[max(0, position - 4 * ASIDES.label_lines) : position]
            if not len(line)
        ]
        yield from _labels_in(lines_above[-ASIDES.label_lines :])
        lines_below: list[Element] = []
        for line in lines[position + 1 :]:
            if (
                len(clean_line(line.text_content())) >= ASIDES.labelled_paragraph_characters
                and line.tag == "p"
            ):
                break
            if not line.xpath(".//p|.//div"):
                lines_below.append(line)
        yield from _labels_in(lines_below[: ASIDES.label_lines])


def _labels_in(boxes: Sequence[Element]) -> Iterator[str]:
    """Yield the text of the *boxes* that are labels of paid posts."""
    for box in boxes:
        text = clean_line(box.text_content())
        if len(text) > ASIDES.label_characters:
            continue
        kicker = _AMBIGUOUS_LABEL.fullmatch(text) and _KICKER.search(classes(box))
        if _LABEL.fullmatch(text) or kicker:
            yield text
