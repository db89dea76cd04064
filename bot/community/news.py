"""What is new, by story: one story is told once, however many outlets carry it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.answering.coverage import Coverage
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.model import EVERYBODY, Article, Edition
from ingest.threads import in_thread

_LOOKED = 60
"""Articles of which the newest stories are made."""
_A_ROUND = 200
"""Changes that are looked through at a time."""
_FRESH = timedelta(days=3)
"""Age of an article from which it is no news when it is added."""


@dataclass(frozen=True, slots=True)
class Story:
    """The article that had a story first, and the others that carry its text."""

    article: Article
    copies: tuple[Article, ...] = ()

    @property
    def outlets(self) -> tuple[str, ...]:
        """Return the outlets that carry it, each once, the first one first."""
        every = (self.article, *self.copies)
        fetched = [each for each in every if not each.header.pasted]
        return tuple(dict.fromkeys(each.header.outlet for each in fetched))


@dataclass(frozen=True, slots=True)
class Stories:
    """Reads what is new."""

    archive: Archive

    @in_thread
    def latest(self, limit: int, edition: Edition = EVERYBODY) -> list[Story]:
        """Return the newest stories of one edition, by the day of their articles."""
        return self.newest(limit, edition)

    def newest(self, limit: int, edition: Edition = EVERYBODY) -> list[Story]:
        """Do the same; it blocks."""
        return _stories_of(self.archive.articles.listed(edition=edition, limit=_LOOKED))[:limit]

    def added(self, since: datetime, edition: Edition = EVERYBODY) -> list[Story]:
        """Return the stories whose first article was added after *since*; it blocks."""
        found = self.archive.articles.listed(edition=edition, since=since)
        new = {each.id for each in found if each.story in {None, each.id}}
        return _stories_of([each for each in found if (each.story or each.id) in new])


def _stories_of(articles: Sequence[Article]) -> list[Story]:
    """Group *articles* by what they carry, in the order of their newest."""
    grouped: dict[int, list[Article]] = {}
    for each in articles:
        grouped.setdefault(each.story or each.id, []).append(each)
    return [_story(each) for each in grouped.values()]


def _story(articles: Sequence[Article]) -> Story:
    """Tell the first article of a story from its copies."""
    first, *copies = sorted(
        articles, key=lambda each: (each.header.unverified, each.header.day or date.max, each.id)
    )
    return Story(first, tuple(copies))


@dataclass(frozen=True, slots=True)
class _Appeared:
    """Articles that are new, and up to which change of the archive that is all."""

    articles: Sequence[Article]
    upto: int


def appeared(
    archive: Archive, coverage: Coverage, seen: int | None, now: datetime
) -> _Appeared | None:
    """Return what is new since change *seen*; ``None`` where there is nothing to look at yet.

    It waits until the index has it too. What is added though it is of long ago is no news, and
    whoever has seen nothing yet, for whom *seen* is ``None``, has no news of before. It blocks.
    """
    last = archive.changes.last()
    if seen is None:
        return _Appeared((), last)
    if seen >= last or coverage.behind():
        return None
    ids, upto = archive.changes.after(seen, _A_ROUND)
    oldest = (now - _FRESH).date()
    articles = [each for number in ids if (each := standing(archive, number))]
    news = [a for a in articles if a.versions == 1 and (a.header.day or oldest) >= oldest]
    return _Appeared(news, upto)


def standing(archive: Archive, number: int) -> Article | None:
    """Return an article that may be cited; it blocks."""
    try:
        article = archive.articles.get(number)
    except ArticleNotFoundError:
        return None
    return article if article.removal is None else None
