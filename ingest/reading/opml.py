"""Lists of feeds (OPML): their feeds are offered, none is an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from ingest.errors import NoArticleError, UnreadableError
from ingest.reading.documents import SURE, Document, Parser, broken
from ingest.reading.found import FoundArticle
from ingest.reading.text import clean_line

_OPENS = re.compile(
    rb"\A(?:<\?xml[^>]{0,200}>\s*|<!--.{0,2000}?-->\s*)*<opml\b", re.IGNORECASE | re.DOTALL
)
_SHOWN = 20
"""Feeds that are named."""


class FeedListParser(Parser):
    """Lists of feeds."""

    kind = "lists of feeds"
    endings = frozenset({".opml"})
    media_types = frozenset({"text/x-opml", "application/x-opml+xml"})

    def score(self, document: Document) -> int:
        """Tell a list by how it begins, or by the name."""
        return SURE if _OPENS.match(document.head) else Parser.score(self, document)

    def parse(self, document: Document) -> Iterable[FoundArticle]:
        """Name the feeds, so that each can be watched."""
        if b"<!ENTITY" in document.data:
            raise UnreadableError(f"{document.name} declares entities of its own and was not read.")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
        try:
            root = etree.fromstring(document.data, parser)
        except (etree.LxmlError, ValueError) as error:
            raise broken(document.name, "OPML") from error
        feeds = {} if root is None else dict(_feeds_of(root))
        if not feeds:
            raise NoArticleError(f"{document.name} lists no feeds. Nothing was added.")
        told = ", ".join(f"{url} ({name})" for url, name in [*feeds.items()][:_SHOWN])
        more = ", …" if len(feeds) > _SHOWN else ""
        raise NoArticleError(
            f"{document.name} lists {len(feeds)} feeds and is no article itself. Watch the "
            f"feeds instead: {told}{more}."
        )


def _feeds_of(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield the address and the name of each feed."""
    for each in root.iter("{*}outline"):
        url = clean_line(str(each.get("xmlUrl") or each.get("xmlurl") or ""))
        if url.startswith(("http://", "https://")):
            yield (
                url[:300],
                clean_line(str(each.get("text") or each.get("title") or ""))[:80] or url,
            )
