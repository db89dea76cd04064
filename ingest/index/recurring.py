"""Sentences that recur in many articles of one outlet, which makes them boilerplate."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ingest.archive import Archive
from ingest.index.index import Index

_LEAST_STORIES = 5
"""Minimum number of stories with the sentence; copies of one story count once."""
_LEAST_SHARE = 0.05
"""Minimum share of an outlet's articles with the sentence. In 2,600 real articles no sentence of
news was so frequent; appeals, offers and terms of use were."""

_Recurs = Callable[[str, str], bool]
"""A function that returns True if a sentence (second argument) recurs in an outlet (first)."""


def recurrence(index: Index, archive: Archive) -> _Recurs:
    """Return a function that detects the recurring sentences of an outlet."""
    sizes = cache(archive.outlets.articles)

    @cache
    def recurs(outlet: str, sentence: str) -> bool:
        article_ids = index.articles_with(sentence, outlet, _LEAST_STORIES)
        if len(article_ids) < _LEAST_STORIES:
            return False
        minimum = max(_LEAST_STORIES, _LEAST_SHARE * sizes().get(outlet, 0))
        return (
            len(article_ids) >= minimum and archive.articles.stories_among(article_ids) >= minimum
        )

    return recurs
