"""New coverage by story; a story counts once, even if several outlets carry it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.answering.coverage import Coverage
from bot.community.limits import LIKENESS, UPDATES
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.language.lines import ENTRY_TIME_CHARACTERS
from ingest.language.similarity import units
from ingest.model import EVERYBODY, Article, Edition, Kind, Version
from ingest.process.threads import in_thread

_ENTRY_SEPARATOR = "\n\n"
"""Separator of the entries of a live page in its stored text."""


@dataclass(frozen=True, slots=True)
class Story:
    """The first article with a story, and the other articles that carry its text."""

    article: Article
    copies: tuple[Article, ...] = ()

    @property
    def outlets(self) -> tuple[str, ...]:
        """Return the outlets that carry the story, each once, the first one first."""
        articles = (self.article, *self.copies)
        fetched_articles = [article for article in articles if not article.header.pasted]
        return tuple(dict.fromkeys(article.header.outlet for article in fetched_articles))


@dataclass(frozen=True, slots=True)
class Stories:
    """Queries for new stories."""

    archive: Archive

    @in_thread
    def latest(self, limit: int, edition: Edition = EVERYBODY) -> list[Story]:
        """Return the newest stories of one edition, by the day of their articles."""
        return self.newest(limit, edition)

    def newest(self, limit: int, edition: Edition = EVERYBODY) -> list[Story]:
        """Do the same as :meth:`latest`; it blocks."""
        return _stories_of(
            self.archive.articles.listed(edition=edition, limit=UPDATES.grouped_articles)
        )[:limit]

    def added(self, since: datetime, edition: Edition = EVERYBODY) -> list[Story]:
        """Return the stories whose first article was added after *since*; it blocks.

        Live pages with new entries are included.
        """
        articles = self.archive.articles.listed(edition=edition, since=since)
        article_ids = {article.id for article in articles}
        live_articles = self.archive.articles.updated_live(since, edition)
        live_stories = [
            Story(article) for article in live_articles if article.id not in article_ids
        ]
        story_ids = {article.id for article in articles if article.story in {None, article.id}}
        return live_stories + _stories_of(
            [article for article in articles if (article.story or article.id) in story_ids]
        )


def _stories_of(articles: Sequence[Article]) -> list[Story]:
    """Group *articles* into stories, in the order of their newest article."""
    groups: dict[int, list[Article]] = {}
    for article in articles:
        groups.setdefault(article.story or article.id, []).append(article)
    return [_story(group) for group in groups.values()]


def _story(articles: Sequence[Article]) -> Story:
    """Build a story from its first article and its copies."""
    original, *copies = sorted(
        articles,
        key=lambda article: (article.header.unverified, article.header.day or date.max, article.id),
    )
    return Story(original, tuple(copies))


@dataclass(frozen=True, slots=True)
class Appeared:
    """New articles, and the last change of the batch.

    ``entries`` are the new entries of known live pages, by article; ``changed`` are known articles
    with a new version, by the version that was there before.
    """

    articles: Sequence[Article]
    upto: int
    entries: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    changed: Mapping[int, Version] = field(default_factory=dict)


def new_coverage(
    archive: Archive, coverage: Coverage, position: int | None, now: datetime
) -> Appeared | None:
    """Return the articles added after change *position*; ``None`` if there are none.

    Changes that the index does not have yet are left to a later call. Articles of long ago are left
    out. If *position* is ``None``, the result is empty but states the last change. It blocks.
    """
    last_change = archive.changes.last()
    if position is None:
        return Appeared((), last_change)
    if position >= last_change or coverage.is_behind():
        return None
    article_ids, upto = archive.changes.after(position, UPDATES.batch_changes)
    oldest = (now - UPDATES.article_age).date()
    articles = [
        article for article_id in article_ids if (article := citable_article(archive, article_id))
    ]
    recent = [article for article in articles if (article.header.day or oldest) >= oldest]
    last_time = archive.changes.at(position)
    position_time = last_time or datetime.min.replace(tzinfo=now.tzinfo)
    changed = {
        article.id: old_version
        for article in articles
        if article.versions > 1
        and (old_version := archive.articles.version_before(article.id, position_time))
        and old_version.number < article.versions
    }
    entries = {
        article.id: new_entries
        for article in recent
        if article.id in changed
        and (new_entries := _new_entries(archive, article, changed[article.id]))
    }
    new_articles = [
        article
        for article in recent
        if article.versions == 1
        or article.id in entries
        or (last_time is not None and article.added_at > last_time)
    ]
    return Appeared(new_articles, upto, entries, changed)


def _new_entries(archive: Archive, article: Article, old_version: Version) -> tuple[str, ...]:
    """Return the entries that a live page did not have in its *old_version*; it blocks."""
    if article.header.kind is not Kind.LIVE:
        return ()
    old_entries = old_version.extract.text.split(_ENTRY_SEPARATOR)
    last = datetime.max.replace(tzinfo=old_version.read_at.tzinfo)
    newest = archive.articles.version_before(article.id, last)
    entries = newest.extract.text.split(_ENTRY_SEPARATOR) if newest else []
    unchanged = set(old_entries)
    by_time = {entry[:ENTRY_TIME_CHARACTERS]: entry for entry in old_entries}
    return tuple(
        entry
        for entry in entries
        if entry not in unchanged
        and not _is_edit(entry, by_time.get(entry[:ENTRY_TIME_CHARACTERS]))
    )


def _is_edit(entry: str, old_entry: str | None) -> bool:
    """Return True if *entry* is an edited form of *old_entry*, which has the same time."""
    words, old_words = set(units(entry)), set(units(old_entry or ""))
    return len(words & old_words) >= LIKENESS.entry_words * max(len(words), len(old_words))


def citable_article(archive: Archive, number: int) -> Article | None:
    """Return an article if it is citable, else ``None``; it blocks."""
    try:
        article = archive.articles.get(number)
    except ArticleNotFoundError:
        return None
    return article if article.removal is None else None
