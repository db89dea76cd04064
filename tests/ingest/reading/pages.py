"""Pages of newspapers for tests, in the markup that newspapers write."""

from __future__ import annotations

import json

from ingest.errors import ReadingError
from ingest.reading.documents import Hints
from ingest.reading.registry import read_fetched

URL = "https://courier.example/politics/holm-count"
FIRST = (
    "The count in the island district of Holm ended at two on Monday morning, the returning "
    "officer said in the old customs house."
)
SECOND = (
    "Volunteers carried the last boxes up from the ferry by hand, because the lift had stopped "
    "working an hour before."
)
THIRD = (
    "The district has changed hands at four of the last five elections, and both leaders spent the "
    "final week of the campaign there."
)
STORY = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
JAPANESE = (
    "<p>北斗町の開票は月曜日の午前二時に終わり、選挙管理委員会が旧税関で結果を発表した。</p>"
    "<p>最後の投票箱は、昇降機が止まったため、船着き場から人の手で運ばれた。</p>"
)


def a_page(body=STORY, *, title="Holm counted by two", head="", lang="en", h1=None, around=""):
    """Write a page: its head, its heading, its body, and what stands around the article."""
    heading = f"<h1>{title}</h1>" if h1 is None else h1
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
        f"{head}</head><body>{around}<main><article>{heading}{body}</article></main>"
        "<footer><p>All rights reserved.</p></footer></body></html>"
    )


def linked(**about):
    """Write linked data as a script."""
    data = {"@context": "https://schema.org", "@type": "NewsArticle", **about}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def read(page, url=URL, *, now=None, content_type="text/html", charset=None):
    """Read a page as if it had been fetched."""
    data = page if isinstance(page, bytes) else page.encode()
    return read_fetched(data, url, content_type, charset, Hints(), None, now)


def refused(page, url=URL):
    """Return the sentence by which a page is refused; nothing if it is read."""
    try:
        read(page, url)
    except ReadingError as problem:
        return str(problem)
    return ""


def lines(page, **more):
    """Return the paragraphs of what is read from a page."""
    return read(page, **more).text.split("\n\n")
