"""Sentences that recur in many articles of one outlet: furniture by that fact."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ingest.archive import Archive
from ingest.index.index import Index

_MANY = 5
"""Stories in which a sentence has to stand: copies of one story share what it tells."""
_SHARE = 0.05
"""Share of an outlet's articles in which it has to stand. Of 2,600 real articles no sentence that
told anything was so frequent; calls, offers and terms of use were."""

_Recurs = Callable[[str, str], bool]
"""Tells of an outlet and a sentence whether it recurs there."""


def recurrence(index: Index, archive: Archive) -> _Recurs:
    """Return what tells the recurring sentences of an outlet, as the index stands."""
    sizes = cache(archive.outlets.articles)

    @cache
    def recurs(outlet: str, sentence: str) -> bool:
        found = index.articles_with(sentence, outlet, _MANY)
        if len(found) < _MANY:
            return False
        least = max(_MANY, _SHARE * sizes().get(outlet, 0))
        return len(found) >= least and archive.articles.stories_among(found) >= least

    return recurs
