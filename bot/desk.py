"""The composition root: every client of the bot is built here, nowhere else."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from bot.answering.answer import answer, answer_now
from bot.answering.calibration import OWN, Calibration, Judge, shipped
from bot.answering.chat import Chat, Meter, chat_model
from bot.answering.drafting import ModelWriter
from bot.answering.followup import Exchange, understood
from bot.answering.lookup import Coverage, Looked, LookUp, look_up, look_up_one
from bot.answering.model import Abstention, Answer, Question, Reason, Usage
from bot.answering.proving.identity import Identity
from bot.answering.proving.reader import Reader
from bot.answering.reading import ChatReader
from bot.answering.timeline import Timeline, timeline
from bot.answering.watching import Watch
from bot.budget import Budget
from bot.community.rules import DESK, DeskRules
from bot.ledger import Ledger
from bot.metrics import Metrics
from bot.reporting import level_of, record_of
from bot.settings import Settings
from ingest import logs
from ingest.archive import Archive
from ingest.embedding.embedder import embedder
from ingest.errors import ArchiveError
from ingest.index.index import Index
from ingest.index.search import search
from ingest.model import Evidence, Progress

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """An open archive and its index, ready to answer, with or without a model that writes."""

    archive: Archive
    ledger: Ledger
    index: Index
    judge: Judge
    settings: Settings
    budget: Budget
    writers: tuple[ModelWriter, ...] = ()
    chats: tuple[Chat, ...] = ()
    checker: Reader | None = None
    """Who reads claims although no model writes: CHECK_MODEL alone."""
    metrics: Metrics = field(default_factory=Metrics)

    @property
    def reader(self) -> Reader:
        """Who reads a claim against the coverage: a model where there is one, else identity."""
        if self.writers:
            return self.writers[0].reader
        return self.checker or Identity()

    async def answer(
        self,
        question: Question,
        watch: Watch | None = None,
        *,
        member: str = "",
        before: Exchange | None = None,
    ) -> Answer | Abstention:
        """Answer *question* of *member* from the archive, or say why not; both are kept.

        A follow-up is understood from the exchange *before*. *watch* is told what happens
        meanwhile. Nothing kept says who asked.
        """
        began, meter = time.perf_counter(), Meter()
        with logs.request():
            outcome = await self._answered(question, watch, member, before, meter)
            seconds = time.perf_counter() - began
            self.metrics.answered(outcome, seconds)
            self.metrics.called(meter.calls, meter.usage)
            logger.info("Answered: %s in %.2f s.", level_of(outcome), seconds)
        return outcome

    async def _answered(
        self,
        question: Question,
        watch: Watch | None,
        member: str,
        before: Exchange | None,
        meter: Meter,
    ) -> Answer | Abstention:
        today = question.asked_at.astimezone(UTC).date()
        trouble = None
        if self.writers:
            trouble = await asyncio.to_thread(self.budget.refuses, member, today)
        free = self.writers[0] if self.writers and trouble is None else None
        outcome = await answer(
            await understood(question, before, free, meter),
            self.archive,
            await asyncio.to_thread(self.index.serving),
            self.judge,
            writers=self.writers,
            trouble=trouble,
            watch=watch,
            meter=meter,
        )
        number = await asyncio.to_thread(self._keep, outcome, member, today)
        if isinstance(outcome, Abstention) and outcome.reason is Reason.HOW_TO_VOTE:
            outcome = replace(outcome, link=self.link_for_voting())
        written = replace(outcome.written, unkept=number is None)
        return replace(outcome, number=number, written=written)

    def answer_now(self, question: Question) -> Answer | Abstention:
        """Answer in the coverage's own words; it blocks, and keeps nothing."""
        return answer_now(question, self.archive, self.index.serving(), self.judge)

    async def look_up(self, text: str, now: datetime, *, member: str = "") -> LookUp:
        """Look up what *text* claims; nothing of it is kept but what it cost."""
        today = now.astimezone(UTC).date()
        refused = await asyncio.to_thread(self.budget.refuses, member, today)
        reader = Identity() if refused else self.reader
        meter = Meter()
        found = await look_up(text, await self._coverage(), reader, now=now, meter=meter)
        self.metrics.called(meter.calls, meter.usage)
        if meter.usage != Usage():
            await asyncio.to_thread(self.budget.count, "", today, meter.usage)
        return found

    async def look_up_one(self, claim: str, now: datetime) -> Looked:
        """Look up one claim as it stands."""
        coverage = await self._coverage()
        return await look_up_one(claim, coverage, self.reader, now=now, meter=Meter())

    def timeline(self, topic: str, now: datetime) -> Timeline:
        """Draw up what was reported on *topic*; it blocks, and keeps nothing."""
        return timeline(topic, self.archive, self.index.serving(), self.judge, now=now)

    def find(self, text: str) -> list[Evidence]:
        """Search the coverage as a question does; it blocks."""
        return search(self.index.serving(), self.archive, text)

    def alike(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return how like each text is to each, from 0 to 1; it blocks."""
        return self.index.serving().alike(texts)

    def link_for_voting(self) -> str | None:
        """Return the election authority's page: as set in Discord, else by the settings."""
        rules = DeskRules.of(self.ledger.rules.get(DESK))
        return rules.voting_link or self.settings.voting_link

    async def close(self) -> None:
        """Let the models go, in the event loop that asked them."""
        for each in self.chats:
            await each.close()

    def catch_up(self, progress: Progress | None = None) -> None:
        """Bring the index up to the archive, whoever saved what; cheap when nothing changed."""
        index = self.index.active()
        if index.behind():
            index.catch_up(progress)

    def catch_up_words(self) -> None:
        """Let words find what is kept; meaning follows with :meth:`catch_up`."""
        self.index.active().catch_up_words()

    async def _coverage(self) -> Coverage:
        index = await asyncio.to_thread(self.index.serving)
        return Coverage(self.archive, index, self.judge)

    def _keep(self, outcome: Answer | Abstention, member: str, today: date) -> int | None:
        """Keep an answer and what it cost; ``None`` where nothing can be kept at the moment."""
        record = record_of(outcome, keep_question=self.settings.keep_questions)
        written = outcome.written
        if written.writer is not None:
            self.budget.count(member, today, written.usage)
        elif written.usage != Usage():
            self.budget.count("", today, written.usage)
        try:
            return self.ledger.answers.add(record)
        except ArchiveError as error:
            logger.warning("An answer is shown and not kept: %s", error)
            return None


@contextmanager
def open_desk(settings: Settings, *, holder: str, now: datetime) -> Iterator[Desk]:
    """Open everything that answering needs, and close it again.

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
            now=now,
        ) as index,
    ):
        ledger = Ledger.of(archive)
        budget = Budget(ledger, settings)
        writing, reading = chats(settings)
        reader = ChatReader(reading) if reading else None
        tokens = settings.coverage_tokens
        writers = tuple(ModelWriter(each, reader, tokens=tokens) for each in writing)
        every = (*writing, *((reading,) if reading else ()))
        yield Desk(
            archive, ledger, index, judge(settings), settings, budget, writers, every, reader
        )


def chats(settings: Settings) -> tuple[tuple[Chat, ...], Chat | None]:
    """Open the chat models of the settings: those that write, first to last, and the reader's."""
    key, base_url = settings.openai_api_key, settings.openai_base_url
    named = (("CHAT_MODEL", settings.chat_model), ("FALLBACK_MODEL", settings.fallback_model))
    patience = {"patience": settings.chat_patience, "first": settings.chat_patience_first}
    writing = tuple(
        chat_model(name, key, base_url, setting=each, **patience) for each, name in named if name
    )
    if settings.check_model is None:
        return writing, None
    own = settings.check_base_url
    check_key = settings.check_api_key or (None if own else key)
    return writing, chat_model(
        settings.check_model, check_key, own or base_url, setting="CHECK_MODEL", **patience
    )


def reading_chat(settings: Settings) -> Chat | None:
    """Open the model that reads: its own, or the one that writes; ``None`` without either."""
    writing, reading = chats(settings)
    return reading or (writing[0] if writing else None)


def judge(settings: Settings) -> Judge:
    """Return who decides whether evidence is enough: by this desk's own calibration, if any."""
    own = settings.data_dir / OWN
    calibration = Calibration.read(own) if own.exists() else shipped()
    return Judge.of(calibration, settings.decline_at_most)
