"""Actions of members and their stored traces, by ids and hashes, never by name."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Self

from bot.answering.proving.archived import text_around
from bot.answering.values import Exchange
from bot.community.limits import INTERVALS, MEMBERS
from bot.community.rules import DESK, DeskRules, ServerRules
from bot.ledger import Ledger
from bot.ledger.records import CitedRange, Feedback, FeedbackVerdict, PendingQuestion, Suggestion
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.language.languages import Language
from ingest.model import EVERYBODY, Article, Edition, Header, SnapshotLimits, Summary, Version
from ingest.process.threads import in_thread


@dataclass(frozen=True, slots=True)
class QuotationShown:
    """A quotation with the text before and after it in its article.

    ``current`` is true if the article is citable and its newest version contains the quotation.
    """

    header: Header
    before: str
    quote: str
    after: str
    current: bool

    @classmethod
    def of(cls, cited: CitedRange, article: Article, versions: Sequence[Version]) -> Self | None:
        """Return the quotation of a citation, or ``None`` if its version was erased."""
        version, quote = cited.version_in(versions), cited.quote_in(versions)
        if version is None:
            return None
        before, after = text_around(version.extract.text, cited.start_at, cited.end_at)
        is_current = article.removal is None and quote in versions[-1].extract.text
        return cls(version.extract.header, before, quote, after, is_current)


@dataclass(frozen=True, slots=True)
class CoverageOverview:
    """Coverage in figures, with the newest article of each outlet and the articles per day."""

    summary: Summary
    newest: Mapping[str, Article]
    by_day: Mapping[date, int]

    @property
    def first(self) -> date | None:
        """Return the earliest day with coverage among the counted days."""
        return min(self.by_day, default=None)

    @property
    def last(self) -> date | None:
        """Return the last day with coverage."""
        return max(self.by_day, default=None)


@dataclass(slots=True)
class Community:
    """Actions of members on an open archive. Its methods do not block the event loop."""

    archive: Archive
    ledger: Ledger
    clock: Callable[[], datetime]
    owner: str = ""
    _secret: str = ""
    _expired_at: datetime | None = None
    _rules: dict[str, tuple[datetime, ServerRules]] = field(default_factory=dict)

    @in_thread
    def quotations(self, number: int) -> tuple[list[QuotationShown], datetime | None]:
        """Return the quotations of an answer, each once, with the text around them.

        The second value is the past moment that the answer is about, or ``None``.
        """
        citations = dict.fromkeys(self.ledger.answers.cited(number))
        quotations = [
            quotation for citation in citations if (quotation := self._quotation_of(citation))
        ]
        return quotations, self.ledger.answers.as_of(number)

    @in_thread
    def exchange(self, number: int, question: str) -> Exchange | None:
        """Rebuild an answer's exchange from its id and its question.

        Returns ``None`` if the answer has no citations or an article was erased.
        """
        article_ids = dict.fromkeys(
            citation.article_id for citation in self.ledger.answers.cited(number)
        )
        try:
            headers = [self.archive.articles.get(article_id).header for article_id in article_ids]
        except ArticleNotFoundError:
            return None
        titles = tuple(header.title for header in headers)
        return Exchange(question, titles) if titles else None

    @in_thread
    def say(
        self,
        number: int,
        verdict: FeedbackVerdict,
        member: int,
        *,
        question: str | None = None,
        comment: str | None = None,
        place: int | None = None,
    ) -> int | None:
        """Store a member's feedback on an answer, and return its id.

        Returns ``None`` if there is no such answer.
        """
        hashed, server = self._hashed(member), str(place or "")
        report = Feedback(self.clock(), number, verdict, hashed, question, comment or None, server)
        return self.ledger.feedback.add(report)

    @in_thread
    def begin(
        self,
        question: str,
        language: Language,
        member: int,
        channel: int | None,
        *,
        token: str | None = None,
        message: int | None = None,
        as_of: datetime | None = None,
    ) -> PendingQuestion:
        """Store a question until it is answered, in case the bot is stopped meanwhile.

        *channel* is ``None`` if only the member sees the answer.
        """
        pending = PendingQuestion(
            self.clock(),
            str(channel or ""),
            question,
            language,
            self._hashed(member),
            token,
            str(message) if message else None,
            owner=self.owner,
            as_of=as_of,
        )
        return replace(pending, id=self.ledger.questions.add(pending))

    @in_thread
    def note_progress(self, number: int, message: int) -> None:
        """Record the message that shows the progress of a question."""
        self.ledger.questions.note_shown(number, str(message))

    @in_thread
    def finish(self, number: int) -> None:
        """Delete a question whose answer is shown."""
        self.ledger.questions.remove(number)

    @in_thread
    def take(self, number: int) -> PendingQuestion | None:
        """Delete and return an interrupted question; ``None`` if it was taken before."""
        return self.ledger.questions.take(number)

    @in_thread
    def give_back(self, question: PendingQuestion) -> None:
        """Store a taken question again, because it could not be answered now."""
        self.ledger.questions.put_back(question)

    @in_thread
    def may_suggest(self, member: int) -> bool:
        """Return True if a member may make another suggestion today."""
        return self._count_suggestions(self._hashed(member)) < MEMBERS.suggestions_per_day

    def _count_suggestions(self, hashed: str) -> int:
        return self.ledger.suggestions.count_since(hashed, self.clock() - timedelta(days=1))

    @in_thread
    def suggest(
        self, address: str, outlet: str | None, note: str | None, member: int, place: int
    ) -> int | None:
        """Store a suggestion and return its id; ``None`` above the daily maximum."""
        hashed, now = self._hashed(member), self.clock()
        if self._count_suggestions(hashed) >= MEMBERS.suggestions_per_day:
            return None
        return self.ledger.suggestions.add(
            Suggestion(now, str(place), hashed, address, address=address, outlet=outlet, note=note)
        )

    @in_thread
    def forget(self, member: int) -> int:
        """Delete a member's data; return the number of deleted records."""
        return self.ledger.forget(self._hashed(member))

    def expire(self, snapshots: SnapshotLimits) -> None:
        """Delete expired records, and snapshots beyond their limits; at most once an hour.

        It blocks.
        """
        now = self.clock()
        if self._expired_at is not None and now - self._expired_at < INTERVALS.expiry:
            return
        self.ledger.expire(now)
        self.archive.snapshots.expire(snapshots, now=now)
        self._expired_at = now

    @in_thread
    def hashed(self, value: int | str) -> str:
        """Return the hash of a member's number, or of a text, that nobody else can compute."""
        return self._hashed(value)

    def _hashed(self, value: int | str) -> str:
        if not self._secret:
            self._secret = self.ledger.rules.secret()
        return hmac.new(self._secret.encode(), str(value).encode(), hashlib.sha256).hexdigest()

    async def rules(self, server: int | None) -> ServerRules:
        """Return the rules of a server; the default rules for direct messages."""
        place = str(server) if server else DESK
        if place == DESK:
            return ServerRules()
        read_at, rules = self._rules.get(place, (None, ServerRules()))
        if read_at is None or self.clock() - read_at > INTERVALS.cached_rules:
            rules = ServerRules.of(await self._stored_rules(place))
            self._rules[place] = (self.clock(), rules)
        return rules

    async def edition(self, server: int | None) -> Edition:
        """Return the edition that answers in *server* may cite."""
        return (await self.rules(server)).edition(server)

    @in_thread
    def note_welcome(self, server: int, *, welcomed: bool) -> bool:
        """Record that a server was welcomed, or has to be again; return True if that is new.

        Its other rules stay as they are.
        """
        place = str(server)
        values = self.ledger.rules.get(place)
        if bool(values.get("welcomed")) is welcomed:
            return False
        self.ledger.rules.set(place, ServerRules.of({**values, "welcomed": welcomed}).values())
        self._rules.clear()
        return True

    @in_thread
    def all_rules(self) -> dict[str, ServerRules]:
        """Return the rules of each server by its number."""
        return {place: ServerRules.of(values) for place, values in self.ledger.rules.all().items()}

    async def desk_rules(self) -> DeskRules:
        """Return the rules of the whole desk."""
        return DeskRules.of(await self._stored_rules(DESK))

    @in_thread
    def _stored_rules(self, place: str) -> Mapping[str, Any]:
        return self.ledger.rules.get(place)

    def rules_changed(self) -> None:
        """Clear the cache of rules."""
        self._rules.clear()

    @in_thread
    def known(self, edition: Edition = EVERYBODY) -> CoverageOverview:
        """Return an overview of one edition's coverage."""
        summary = self.archive.summary(edition)
        newest = {}
        for outlet in summary.outlets[: MEMBERS.overview_outlets]:
            outlet_edition = replace(edition, outlets=(outlet.outlet,))
            for article in self.archive.articles.listed(edition=outlet_edition, limit=1):
                newest[outlet.outlet] = article
        return CoverageOverview(
            summary, newest, self.archive.articles.by_day(MEMBERS.overview_days, edition)
        )

    @in_thread
    def note_shown(
        self, number: int, channel: int, message: int, language: Language, server: int | None = None
    ) -> None:
        """Record the message of an answer, so that its readers get notices of corrections."""
        values = (number, str(channel), str(message), language)
        self.ledger.notices.note_shown(*values, now=self.clock(), place=str(server or ""))

    def _quotation_of(self, citation: CitedRange) -> QuotationShown | None:
        """Return a citation's quotation, or ``None`` if its text was erased."""
        try:
            article = self.archive.articles.get(citation.article_id)
            versions = self.archive.articles.versions(citation.article_id)
        except ArticleNotFoundError:
            return None
        return QuotationShown.of(citation, article, versions)
