"""What is new, by story: one story is told once, however many outlets carry it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.answering.coverage import Coverage
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.model import EVERYBODY, Article, Edition, Kind
from ingest.similarity import units
from ingest.threads import in_thread

_LOOKED = 60
"""Articles of which the newest stories are made."""
_A_ROUND = 200
"""Changes that are looked through at a time."""
_BETWEEN_ENTRIES = "\n\n"
"""What stands between the entries of a live page, as they are kept."""
ENTRY_TIME = len("YYYY-MM-DD HH:MM")
"""Characters of the time that an entry begins with."""
_SAME_ENTRY = 0.5
"""Share of its words that an entry keeps which was only edited."""
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
        """Return the stories whose first article was added after *since*; it blocks.

        New entries of a live page make it one of them.
        """
        found = self.archive.articles.listed(edition=edition, since=since)
        known = {each.id for each in found}
        live = self.archive.articles.updated_live(since, edition)
        fresh = [Story(each) for each in live if each.id not in known]
        new = {each.id for each in found if each.story in {None, each.id}}
        return fresh + _stories_of([each for each in found if (each.story or each.id) in new])


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
    """Articles that are new, and up to which change of the archive that is all.

    ``entries`` are the new ones of live pages that were there before, by article.
    """

    articles: Sequence[Article]
    upto: int
    entries: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


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
    recent = [each for each in articles if (each.header.day or oldest) >= oldest]
    before = archive.changes.at(seen) or datetime.min.replace(tzinfo=now.tzinfo)
    entries = {
        each.id: found
        for each in recent
        if each.versions > 1 and (found := _new_entries(archive, each, before))
    }
    news = [each for each in recent if each.versions == 1 or each.id in entries]
    return _Appeared(news, upto, entries)


def _new_entries(archive: Archive, article: Article, before: datetime) -> tuple[str, ...]:
    """Return the entries that a live page did not have at the time *before*; it blocks."""
    if article.header.kind is not Kind.LIVE:
        return ()
    old = archive.articles.version_before(article.id, before)
    if old is None:
        return ()
    known = old.extract.text.split(_BETWEEN_ENTRIES)
    now = archive.articles.version_before(article.id, datetime.max.replace(tzinfo=before.tzinfo))
    entries = now.extract.text.split(_BETWEEN_ENTRIES) if now else []
    exact, at = set(known), {each[:ENTRY_TIME]: each for each in known}
    return tuple(e for e in entries if e not in exact and not _is_edit(e, at.get(e[:ENTRY_TIME])))


def _is_edit(entry: str, known: str | None) -> bool:
    """Tell whether an entry is the one *known* of the same minute, in other words."""
    one, other = set(units(entry)), set(units(known or ""))
    return len(one & other) >= _SAME_ENTRY * max(len(one), len(other))


def standing(archive: Archive, number: int) -> Article | None:
    """Return an article that may be cited; it blocks."""
    try:
        article = archive.articles.get(number)
    except ArticleNotFoundError:
        return None
    return article if article.removal is None else None
