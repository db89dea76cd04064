"""Digests of a period for a server, and notices that newer coverage answers a question."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.answering.answer import answer_now
from bot.answering.coverage import Coverage
from bot.answering.understanding.followup import stands_alone
from bot.answering.understanding.question import ask
from bot.answering.values import Answer, Citation, Level, UnaskableError
from bot.community.limits import INTERVALS, MEMBERS, UPDATES
from bot.community.news import Stories, Story, citable_article, new_coverage
from bot.community.rules import DigestPlan, ServerRules
from bot.ledger import Ledger
from bot.ledger.outbox import ChangeConsumer
from bot.ledger.records import FeedbackVerdict, NoticeKey, NoticeKind, ShownAnswer
from bot.outcomes import cited_range
from ingest.archive import Archive
from ingest.index.cutting import first_sentence
from ingest.model import EVERYBODY, Article, Edition
from ingest.process.threads import in_thread


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
            since = last_due(rules.digest, rules.timezone, at - timedelta.resolution)
            digest = self._build(place, rules, rules.digest, since, at)
            if digest.is_empty or self.clock() - at > INTERVALS.digest_delay:
                self.ledger.digests.mark(place, at, now=self.clock())
            else:
                due_digests.append(digest)
        return due_digests

    @in_thread
    def preview(self, place: int, rules: ServerRules, plan: DigestPlan) -> Digest:
        """Return the digest that a server would get now."""
        until, days = self.clock(), 1 if plan.weekday is None else 7
        return self._build(str(place), rules, plan, until - timedelta(days=days), until)

    @in_thread
    def mark_posted(self, digest: Digest, *, reached: bool = True) -> bool:
        """Record that a digest was posted, or cannot be.

        Returns False if the server gets no more, because too many in a row reached nobody.
        """
        self.ledger.digests.mark(digest.place, digest.until, now=self.clock())
        rules = ServerRules.of(self.ledger.rules.get(digest.place))
        plan = rules.digest
        if plan is None or plan.channel != digest.channel:
            return True
        failures = 0 if reached else plan.failures + 1
        goes_on = failures < MEMBERS.unreached_messages
        if failures != plan.failures:
            plan = replace(plan, failures=failures) if goes_on else None
            self.ledger.rules.set(digest.place, replace(rules, digest=plan).values())
        return goes_on

    def _build(
        self, place: str, rules: ServerRules, plan: DigestPlan, since: datetime, until: datetime
    ) -> Digest:
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
            tuple(stories),
            tuple(corrected),
            gaps,
        )


@dataclass(frozen=True, slots=True)
class DoubtedAnswer:
    """A shown answer that one of the articles *newer* may answer differently.

    For a known live page, only its new *entries* count.
    """

    shown: ShownAnswer
    newer: frozenset[int]
    entries: Mapping[int, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class _NewerCoverage:
    """A shown answer, and a citation of newer coverage that answers its question."""

    shown: ShownAnswer
    citation: Citation

    @property
    def key(self) -> NoticeKey:
        """Return the identity of the notice."""
        passage = self.citation.passage
        number = self.shown.answer_id
        return NoticeKey(number, passage.article_id, passage.version, NoticeKind.NEWER)


@dataclass(frozen=True, slots=True)
class Outdated:
    """Search for newer coverage of shown answers not older than *lasting*.

    ``checked`` are the answers of the current batch that need no further check.
    """

    archive: Archive
    ledger: Ledger
    coverage: Coverage
    clock: Callable[[], datetime]
    lasting: timedelta
    checked: set[DoubtedAnswer] = field(default_factory=set)

    @in_thread
    def doubted(self) -> tuple[list[DoubtedAnswer], int | None]:
        """Return (unchecked answers that new articles may concern, last change of the batch).

        The change is ``None`` if there are no new articles.
        """
        position = self.ledger.positions.upto(ChangeConsumer.ANSWERS)
        recent = new_coverage(self.archive, self.coverage, position, self.clock())
        if recent is None:
            return [], None
        articles_by_answer: dict[ShownAnswer, set[int]] = {}
        for article in recent.articles if self.ledger.notices.shown_after(self._since) else ():
            for answer in self._concerned(article, recent.entries.get(article.id, ())):
                articles_by_answer.setdefault(answer, set()).add(article.id)
        doubted = [
            DoubtedAnswer(answer, frozenset(ids), recent.entries)
            for answer, ids in articles_by_answer.items()
        ]
        return [answer for answer in doubted if answer not in self.checked], recent.upto

    @in_thread
    def newer(
        self, doubted: DoubtedAnswer, question: str, edition: Edition = EVERYBODY
    ) -> _NewerCoverage | None:
        """Ask *question* again; return its first citation if it is newer coverage."""
        if not stands_alone(question):
            return None
        try:
            parsed_question = ask(question, now=self.clock(), language=doubted.shown.language)
        except UnaskableError:
            return None
        outcome = answer_now(parsed_question, replace(self.coverage.serving, edition=edition))
        if not isinstance(outcome, Answer) or outcome.level is not Level.SAYS:
            return None
        passage = outcome.excerpts[0].citation.passage
        if passage.article_id not in doubted.newer:
            return None
        entries = doubted.entries.get(passage.article_id)
        if entries and not any(outcome.excerpts[0].parts[1] in entry for entry in entries):
            return None
        return _NewerCoverage(doubted.shown, Citation.of(outcome.excerpts[0].parts[1], passage))

    @in_thread
    def mark_given(self, coverage: _NewerCoverage, *, reached: bool) -> None:
        """Record that a notice was delivered or could not be; an answer gets only one.

        The answer then cites what the notice quotes, so that a correction of that concerns it too.
        """
        if reached:
            self.ledger.answers.cite(coverage.shown.answer_id, cited_range(coverage.citation))
        self.ledger.notices.mark_given(coverage.key, now=self.clock(), reached=reached)

    @in_thread
    def mark_checked(self, upto: int) -> None:
        """Record that all answers of the batch up to *upto* were checked."""
        self.checked.clear()
        self.ledger.positions.note(ChangeConsumer.ANSWERS, upto)

    @property
    def _since(self) -> datetime:
        return self.clock() - self.lasting

    def _concerned(self, article: Article, entries: Sequence[str]) -> Iterator[ShownAnswer]:
        """Yield answers that cite passages similar to *article*, of other stories and not newer.

        New *entries* of a live page may concern answers that cite its older ones.
        """
        passages = self.archive.passages.of_article(article.id)
        if not passages:
            return
        query = f"{article.header.title}\n{first_sentence(passages[0])}"
        if entries:
            query = "\n".join(entries)[: UPDATES.entries_characters]
        evidence = self.coverage.serving.search(query, limit=UPDATES.similar_passages)
        cited_ids = {item.passage.article_id for item in evidence}
        cited_ids = cited_ids | {article.id} if entries else cited_ids - {article.id}
        for answer in self.ledger.notices.citing(cited_ids, self._since, UPDATES.checked_answers):
            cited_articles = [
                source
                for citation in self.ledger.answers.cited(answer.answer_id)
                if (source := citable_article(self.archive, citation.article_id))
            ]
            stories = {source.story or source.id for source in cited_articles}
            newest = max(map(_day, cited_articles), default=date.min)
            is_other_story = entries or (article.story or article.id) not in stories
            if is_other_story and _day(article) >= newest:
                yield answer


def _day(article: Article) -> date:
    """Return the day of an article, the earliest date if it has none."""
    return article.header.day or date.min
