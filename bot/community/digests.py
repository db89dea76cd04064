"""Digests: the news of a period, posted in a server at a time that it chose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.community.news import Stories, Story
from bot.community.rules import DigestPlan, ServerRules
from bot.ledger import Ledger
from bot.ledger.model import FeedbackVerdict
from ingest.archive import Archive
from ingest.language.languages import Language
from ingest.model import Article
from ingest.process.threads import in_thread

_LATEST_DELAY = timedelta(hours=12)
"""Maximum delay of a digest, if the bot was not running at its time."""


@dataclass(frozen=True, slots=True)
class Digest:
    """The news of a server between two moments.

    ``corrected`` are articles with the last correction of each; ``gaps`` counts the questions that
    members reported as not answered by the coverage.
    """

    place: str
    channel: int
    since: datetime
    until: datetime
    language: Language | None
    stories: tuple[Story, ...] = ()
    corrected: tuple[tuple[Article, str], ...] = ()
    gaps: int = 0

    @property
    def is_empty(self) -> bool:
        """Return True if there are no stories and no corrections."""
        return not (self.stories or self.corrected)

    @property
    def nonce(self) -> str:
        """Return Discord's nonce of the message, so that resending it creates no duplicate."""
        return f"d{int(self.place) % 10**10}.{int(self.until.timestamp())}"


def last_due(plan: DigestPlan, zone: str, now: datetime) -> datetime:
    """Return the latest moment up to *now* at which a digest was due, in the timezone *zone*."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date()
    if local.time() < time(plan.hour):
        day -= timedelta(days=1)
    if plan.weekday is not None:
        day -= timedelta(days=(day.weekday() - plan.weekday) % 7)
    return datetime.combine(day, time(plan.hour), ZoneInfo(zone)).astimezone(now.tzinfo)


@dataclass(frozen=True, slots=True)
class Digests:
    """The digests of all servers. Its methods do not block the event loop."""

    archive: Archive
    ledger: Ledger
    stories: Stories
    clock: Callable[[], datetime]

    @in_thread
    def due(self, rules_by_server: Mapping[str, ServerRules]) -> list[Digest]:
        """Return the digests that are to be posted now, by the rules of every server.

        An empty digest is skipped and recorded as posted.
        """
        due_digests = []
        for place, rules in rules_by_server.items():
            if rules.digest is None:
                continue
            at = last_due(rules.digest, rules.timezone, self.clock())
            if at <= rules.digest.set_at or self.ledger.digests.done(place, at):
                continue
            digest = self._build(place, rules, rules.digest, at)
            if digest.is_empty or self.clock() - at > _LATEST_DELAY:
                self.ledger.digests.mark(place, at, now=self.clock())
            else:
                due_digests.append(digest)
        return due_digests

    @in_thread
    def preview(self, place: int, rules: ServerRules, plan: DigestPlan) -> Digest:
        """Return the digest that a server would get now."""
        return self._build(str(place), rules, plan, self.clock())

    @in_thread
    def mark_posted(self, digest: Digest) -> None:
        """Record that a digest was posted, or cannot be."""
        self.ledger.digests.mark(digest.place, digest.until, now=self.clock())

    def _build(self, place: str, rules: ServerRules, plan: DigestPlan, until: datetime) -> Digest:
        since = until - timedelta(days=1 if plan.weekday is None else 7)
        stories = [
            story
            for story in self.stories.added(since, rules.edition(place))
            if story.article.added_at <= until
        ]
        corrected = self.archive.articles.corrected(since, until, rules.edition(place))
        unanswered = self.ledger.feedback.open([FeedbackVerdict.MISSING], places=[place])
        gaps = sum(1 for report in unanswered if report.at > since)
        return Digest(
            place,
            plan.channel,
            since,
            until,
            rules.language,
            tuple(stories),
            tuple(corrected),
            gaps,
        )
