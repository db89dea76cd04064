"""Composition root: every component of the bot is built here."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Self

from bot.answering.answer import answer, answer_now
from bot.answering.coverage import Coverage
from bot.answering.evidence.ranking import shipped_weights
from bot.answering.evidence.reader import window_reader
from bot.answering.lookup import look_up, look_up_one
from bot.answering.proving.verifiers import IdentityVerifier
from bot.answering.timeline import Timeline, latest, timeline
from bot.answering.understanding.followup import complete_question
from bot.answering.values import (
    Abstention,
    Answer,
    Exchange,
    LookedUpClaim,
    LookUp,
    Meter,
    Question,
    Reason,
    Trouble,
    Usage,
    Watch,
)
from bot.answering.writing.drafting import Models
from bot.community.budget import Budget
from bot.community.contests import ContestIndex
from bot.community.corrections import Corrections
from bot.community.curating import Curator
from bot.community.digests import Digests, Outdated
from bot.community.followed_changes import FollowedChanges
from bot.community.following import Following
from bot.community.jobs import Jobs, ProcessLease
from bot.community.members import Community
from bot.community.news import Stories
from bot.community.previewing import Previewer
from bot.community.quiet import Quiet
from bot.community.reviewing import Catalogue, Reviewer
from bot.community.rules import DESK, DeskRules, Home
from bot.community.suggested_questions import SuggestedQuestions
from bot.ledger import Ledger
from bot.metrics import Metrics
from bot.outcomes import answer_key_text, answer_page, level_of, record_of
from bot.settings import BotSettings
from ingest.archive import Archive
from ingest.embedding.embedder import embedder, weakness_message
from ingest.errors import ArchiveError, IngestError
from ingest.fetching.fetcher import Fetcher
from ingest.index.index import Index
from ingest.model import EVERYBODY, Edition, Progress, SnapshotLimits
from ingest.process import logs
from ingest.process.isolation import end_isolated
from ingest.process.starting import as_called
from ingest.process.threads import in_search_thread, in_thread
from ingest.refresh import keep_fresh

logger = logging.getLogger(__name__)

_Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _News:
    """The services that find and send news."""

    stories: Stories
    following: Following
    followed_changes: FollowedChanges
    digests: Digests
    outdated: Outdated
    corrections: Corrections
    quiet: Quiet
    contests: ContestIndex

    @classmethod
    def of(
        cls,
        archive: Archive,
        ledger: Ledger,
        coverage: Coverage,
        clock: Callable[[], datetime],
        lasting: timedelta,
    ) -> Self:
        """Build the services over an open archive; what is older than *lasting* gets no notices."""
        stories = Stories(archive)
        contests = ContestIndex(archive, ledger, coverage, clock)
        return cls(
            stories,
            Following(archive, ledger, coverage, contests, clock),
            FollowedChanges(archive, ledger, clock, lasting),
            Digests(archive, ledger, stories, clock),
            Outdated(archive, ledger, coverage, clock, lasting),
            Corrections(archive, ledger, clock, lasting),
            Quiet(archive, ledger, clock),
            contests,
        )


@dataclass(frozen=True, slots=True)
class Desk:
    """An open archive and its index, with the services for members and moderators."""

    archive: Archive
    ledger: Ledger
    coverage: Coverage
    models: Models
    settings: BotSettings
    clock: _Clock
    budget: Budget
    metrics: Metrics
    community: Community
    suggested_questions: SuggestedQuestions
    curator: Curator
    previewer: Previewer
    catalogue: Catalogue
    reviewer: Reviewer
    lease: ProcessLease
    jobs: Jobs
    news: _News

    @classmethod
    def of(
        cls,
        archive: Archive,
        index: Index,
        settings: BotSettings,
        clock: _Clock,
        fetcher: Callable[[], Fetcher] | None = None,
    ) -> Self:
        """Build all components over an open *archive* and *index*; *fetcher* creates Fetchers."""
        ledger = Ledger.of(archive)
        coverage = Coverage(archive, index, window_reader(settings), shipped_weights())
        lasting = timedelta(days=settings.corrections_for_days)
        lease = ProcessLease(ledger, clock, alone=settings.chroma_url is None)
        fetcher = fetcher or partial(Fetcher, clock, contact=settings.contact)
        return cls(
            archive,
            ledger,
            coverage,
            Models.of(settings),
            settings,
            clock,
            Budget(ledger, settings),
            Metrics(),
            Community(archive, ledger, clock, lease.owner),
            SuggestedQuestions(
                archive, lambda question: answer_now(question, coverage.serving), clock
            ),
            Curator(archive, ledger, clock, Home(ledger)),
            Previewer(archive, fetcher),
            Catalogue(
                archive,
                ledger,
                lambda text, edition: replace(coverage.serving, edition=edition).search(text),
            ),
            Reviewer(ledger, clock, lambda texts: coverage.serving.alike(texts)),
            lease,
            Jobs(archive, ledger, clock, lease),
            _News.of(archive, ledger, coverage, clock, lasting),
        )

    async def answer(
        self,
        question: Question,
        watch: Watch | None = None,
        *,
        member: str = "",
        before: Exchange | None = None,
        edition: Edition = EVERYBODY,
        as_of: datetime | None = None,
    ) -> Answer | Abstention:
        """Answer *question* of *member* from the archive, or abstain; the outcome is stored.

        A follow-up is understood with the exchange *before*. *watch* receives the progress. Only
        articles of *edition* are cited. With *as_of*, only versions read by that moment are cited,
        and the question is understood as if asked then. The stored record does not name the member.
        """
        start, meter = time.perf_counter(), Meter()
        with logs.request():
            asked_at = question.asked_at
            today = asked_at.astimezone(UTC).date()
            if as_of is not None:
                question = replace(question, asked_at=as_of, past=True)
            writers = self.models.writers
            trouble = await self._refuses(member, today) if writers else None
            rewriting = writers[0].chat if writers and trouble is None else None
            outcome = await answer(
                await complete_question(question, before, rewriting, meter),
                await self._coverage(edition, as_of),
                writers=writers,
                trouble=trouble,
                watch=watch,
                meter=meter,
            )
            outcome = await self._store(outcome, member, asked_at, meter)
            outcome = await self._with_page(outcome)
            seconds = time.perf_counter() - start
            self.metrics.answered(outcome, seconds)
            self.models.state.note(outcome.written, asked_at)
            self.metrics.called(meter.calls, meter.usage)
            logger.info("Answered: %s in %.2f s.", level_of(outcome), seconds)
        return outcome

    async def look_up(self, text: str, *, member: str = "", edition: Edition = EVERYBODY) -> LookUp:
        """Look up the claims of *text*; only the usage of models is stored."""
        now = self.clock()
        today = now.astimezone(UTC).date()
        refused = await self._refuses(member, today)
        verifier = IdentityVerifier() if refused else self.models.verifier
        meter = Meter()
        coverage = await self._coverage(edition)
        lookup = await look_up(text, coverage, verifier, now=now, meter=meter)
        self.metrics.called(meter.calls, meter.usage)
        await self._count(today, meter.usage)
        return lookup

    async def look_up_one(self, claim: str) -> LookedUpClaim:
        """Look up one claim without splitting it."""
        coverage, verifier = await self._coverage(), self.models.verifier
        return await look_up_one(claim, coverage, verifier, now=self.clock(), meter=Meter())

    @in_search_thread
    def timeline(
        self, topic: str, *, edition: Edition = EVERYBODY, newest: bool = False
    ) -> Timeline:
        """Return a timeline of the reports on *topic*; nothing is stored.

        With *newest*, only the newest lines that are about it, the newest first.
        """
        draw = latest if newest else timeline
        return draw(topic, self._serving(edition), now=self.clock())

    def _voting_link(self) -> str | None:
        """Return the election authority's page, as set in Discord or else in the settings."""
        rules = DeskRules.of(self.ledger.rules.get(DESK))
        return rules.voting_link or self.settings.voting_link

    async def close(self) -> None:
        """Close the chat models, in the event loop that used them, and end what is being read."""
        if self.coverage.reader is not None:
            self.coverage.reader.end()
        end_isolated()
        await self.models.close()

    def keep_house(self, progress: Progress | None = None) -> None:
        """Run the periodic tasks: delete expired records, update the index, look for news.

        An error in one task does not stop the others; the first error is raised at the end.
        *progress* is called before each task, and may stop the rest.
        """
        errors: list[IngestError] = []
        for task in (
            self._expire,
            lambda: self.coverage.catch_up(progress),
            self.news.contests.keep,
            self.news.following.catch_up,
            self.curator.home.read,
            self.news.quiet.look,
        ):
            if progress is not None:
                progress(0, 0)
            try:
                task()
            except IngestError as error:
                errors.append(error)
        if errors:
            raise errors[0]

    async def keep_fresh(self) -> None:
        """Fetch sources that are due until cancelled; do nothing if REFRESH is off."""
        if not self.settings.refresh:
            return
        await keep_fresh(
            self.archive,
            self.clock,
            contact=self.settings.contact,
            snapshots=self._snapshot_limits,
            wake=self.curator.wake,
        )

    def _expire(self) -> None:
        self.community.expire(self._snapshot_limits)

    @property
    def _snapshot_limits(self) -> SnapshotLimits:
        """Return the limits of snapshots, as set."""
        return SnapshotLimits(self.settings.snapshot_days, self.settings.snapshot_mb)

    @in_thread
    def _coverage(self, edition: Edition = EVERYBODY, as_of: datetime | None = None) -> Coverage:
        coverage = self._serving(edition)
        return coverage if as_of is None else coverage.as_of(as_of)

    def _serving(self, edition: Edition) -> Coverage:
        """Return the coverage of one edition as it is served now."""
        return replace(self.coverage.serving, edition=edition)

    @in_thread
    def _refuses(self, member: str, today: date) -> Trouble | None:
        return self.budget.refuses(member, today)

    @in_thread
    def _count(self, today: date, usage: Usage) -> None:
        if usage != Usage():
            self.budget.count("", today, usage)

    async def _with_page(self, outcome: Answer | Abstention) -> Answer | Abstention:
        """Return *outcome* with the address of its page, if it has one."""
        base, number = self.settings.verify_url, outcome.number
        if base is None or number is None or isinstance(outcome, Abstention):
            return outcome
        key = await self.community.hashed(answer_key_text(number))
        return replace(outcome, page=answer_page(base, number, key))

    @in_thread
    def _store(
        self, outcome: Answer | Abstention, member: str, asked_at: datetime, meter: Meter
    ) -> Answer | Abstention:
        """Store an answer and its usage; a failure to store it is noted in the outcome."""
        today = asked_at.astimezone(UTC).date()
        if outcome.written.writer is not None:
            self.budget.count(member, today, meter.usage)
        elif meter.usage != Usage():
            self.budget.count("", today, meter.usage)
        number = None
        try:
            record = record_of(outcome, keep_question=self.settings.keep_questions)
            number = self.ledger.answers.add(replace(record, asked_at=asked_at))
        except ArchiveError as error:
            logger.warning("Answer shown but not stored: %s", error)
        if isinstance(outcome, Abstention) and outcome.reason is Reason.HOW_TO_VOTE:
            outcome = replace(outcome, link=self._voting_link())
        provenance = replace(outcome.written, unkept=number is None)
        return replace(outcome, number=number, written=provenance)


@contextmanager
def open_desk(settings: BotSettings, *, holder: str, clock: _Clock) -> Iterator[Desk]:
    """Open all components for answering, and close them afterwards.

    Raises:
        IngestError: the archive, the index, the embedder or the chat model cannot be opened; the
            message says what to do.
    """
    with (
        Archive.open(settings.archive_url) as archive,
        Index.open(
            archive,
            embedder(settings, archive.generations.serving_model()),
            settings,
            holder=holder,
            now=clock(),
        ) as index,
    ):
        if warning := weakness_message(index.generation.model, settings):
            logger.warning(as_called(warning))
        yield Desk.of(archive, index, settings, clock)
