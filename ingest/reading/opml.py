"""Lists of feeds (OPML): the error message lists their feeds, because none is an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from ingest.errors import NoArticleError, UnreadableError
from ingest.reading.documents import SURE, Document, Parser, broken_file
from ingest.reading.found import FoundArticle
from ingest.reading.text import clean_line

_OPML_START = re.compile(
    rb"\A(?:<\?xml[^>]{0,200}>\s*|<!--.{0,2000}?-->\s*)*<opml\b", re.IGNORECASE | re.DOTALL
)
_LISTED_FEEDS = 20
"""Feeds that the message lists at most."""


class FeedListParser(Parser):
    """The parser of lists of feeds."""

    kind = "lists of feeds"
    endings = frozenset({".opml"})
    media_types = frozenset({"text/x-opml", "application/x-opml+xml"})

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by its first tag, else by the name."""
        return SURE if _OPML_START.match(document.head) else Parser.score(self, document)

    def parse(self, document: Document) -> Iterable[FoundArticle]:
        """Raise NoArticleError with the addresses of the feeds, so that people can add them."""
        if b"<!ENTITY" in document.data:
            raise UnreadableError(f"{document.name} declares entities of its own and was not read.")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
        try:
            root = etree.fromstring(document.data, parser)
        except (etree.LxmlError, ValueError) as error:
            raise broken_file(document.name, "OPML") from error
        feeds = {} if root is None else dict(_feeds_of(root))
        if not feeds:
            raise NoArticleError(f"{document.name} lists no feeds. Nothing was added.")
        listed_feeds = ", ".join(
            f"{url} ({name})" for url, name in [*feeds.items()][:_LISTED_FEEDS]
        )
        ellipsis = ", …" if len(feeds) > _LISTED_FEEDS else ""
        raise NoArticleError(
            f"{document.name} is a list of feeds ({len(feeds)}) and no article. Watch the feeds "
            f"instead: {listed_feeds}{ellipsis}."
        )


def _feeds_of(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield the address and the name of each feed."""
    for outline in root.iter("{*}outline"):
        url = clean_line(str(outline.get("xmlUrl") or outline.get("xmlurl") or ""))
        if url.startswith(("http://", "https://")):
            yield (
                url[:300],
                clean_line(str(outline.get("text") or outline.get("title") or ""))[:80] or url,
            )
