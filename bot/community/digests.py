"""A digest: what is new in a period, posted in a server at a time that it chose."""

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
from ingest.threads import in_thread

_LATE = timedelta(hours=12)
"""How late a digest is still posted, if the bot was away at its time."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What is new between two moments, for the server *place*.

    ``corrected`` are articles with the last correction of each; ``gaps`` counts the questions that
    members sent along because the coverage does not answer them.
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
        """Tell whether nothing is new."""
        return not (self.stories or self.corrected)

    @property
    def nonce(self) -> str:
        """Name the message, so that Discord takes it once however often it is sent."""
        return f"d{int(self.place) % 10**10}.{int(self.until.timestamp())}"


def last_due(plan: DigestPlan, zone: str, now: datetime) -> datetime:
    """Return the last moment up to *now* at which a digest was due, by the clock of *zone*."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date()
    if local.time() < time(plan.hour):
        day -= timedelta(days=1)
    if plan.weekday is not None:
        day -= timedelta(days=(day.weekday() - plan.weekday) % 7)
    return datetime.combine(day, time(plan.hour), ZoneInfo(zone)).astimezone(now.tzinfo)


@dataclass(frozen=True, slots=True)
class Digests:
    """The digests of all servers; nothing here blocks the event loop."""

    archive: Archive
    ledger: Ledger
    stories: Stories
    clock: Callable[[], datetime]

    @in_thread
    def due(self, every: Mapping[str, ServerRules]) -> list[Digest]:
        """Return the digests that are to be posted now, by the rules of every server.

        One in which nothing is new is skipped.
        """
        found = []
        for place, rules in every.items():
            if rules.digest is None:
                continue
            at = last_due(rules.digest, rules.timezone, self.clock())
            if at <= rules.digest.set_at or self.ledger.digests.done(place, at):
                continue
            made = self._made(place, rules, rules.digest, at)
            if made.is_empty or self.clock() - at > _LATE:
                self.ledger.digests.mark(place, at, now=self.clock())
            else:
                found.append(made)
        return found

    @in_thread
    def preview(self, place: int, rules: ServerRules, plan: DigestPlan) -> Digest:
        """Return what a server's digest would have now."""
        return self._made(str(place), rules, plan, self.clock())

    @in_thread
    def mark_posted(self, digest: Digest) -> None:
        """Record that a digest was posted, or cannot be."""
        self.ledger.digests.mark(digest.place, digest.until, now=self.clock())

    def _made(self, place: str, rules: ServerRules, plan: DigestPlan, until: datetime) -> Digest:
        since = until - timedelta(days=1 if plan.weekday is None else 7)
        stories = [
            each
            for each in self.stories.added(since, rules.edition(place))
            if each.article.added_at <= until
        ]
        corrected = self.archive.articles.corrected(since, until, rules.edition(place))
        told = self.ledger.feedback.open([FeedbackVerdict.MISSING], places=[place])
        gaps = sum(1 for each in told if each.at > since)
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
