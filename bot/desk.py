"""The composition root: every client of the bot is built here, nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from bot.answering.answer import answer
from bot.answering.calibration import OWN, Calibration, Judge, shipped
from bot.answering.drafting import ModelWriter, model_writer
from bot.answering.followup import Exchange, understood
from bot.answering.model import Abstention, Answer, Question, Reason
from bot.answering.watching import Watch
from bot.purse import Purse
from bot.reporting import record_of
from bot.settings import Settings
from ingest.archive import Archive
from ingest.index.embedding import embedder
from ingest.index.index import Index
from ingest.model import Progress


@dataclass(frozen=True, slots=True)
class Desk:
    """An open archive and its index, ready to answer, with or without a model that writes."""

    archive: Archive
    index: Index
    judge: Judge
    settings: Settings
    purse: Purse
    writers: tuple[ModelWriter, ...] = ()

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
        today = question.asked_at.astimezone(UTC).date()
        trouble = None
        if self.writers:
            trouble = await asyncio.to_thread(self.purse.refuses, member, today)
        free = self.writers[0] if self.writers and trouble is None else None
        outcome = await answer(
            await understood(question, before, free),
            self.archive,
            await asyncio.to_thread(self.index.serving),
            self.judge,
            writers=self.writers,
            trouble=trouble,
            watch=watch,
        )
        number = await asyncio.to_thread(self._keep, outcome, member, today)
        if isinstance(outcome, Answer):
            return replace(outcome, number=number)
        if outcome.reason is Reason.HOW_TO_VOTE:
            return replace(outcome, link=self.settings.voting_link)
        return outcome

    def note_shown(self, number: int, channel: int, message: int, language: str) -> None:
        """Remember where an answer stands, so that corrections reach its readers."""
        now = datetime.now(UTC)
        self.archive.note_shown(number, str(channel), str(message), language, now=now)

    async def close(self) -> None:
        """Let the models go, in the event loop that asked them."""
        for each in self.writers:
            await each.close()

    def catch_up(self, progress: Progress | None = None) -> None:
        """Bring the index up to the archive, whoever saved what; cheap when nothing changed."""
        index = self.index.active()
        if index.behind():
            index.catch_up(progress)

    def _keep(self, outcome: Answer | Abstention, member: str, today: date) -> int:
        record = record_of(outcome, keep_question=self.settings.keep_questions)
        if outcome.written.writer is not None:
            self.purse.count(member, today, outcome.written.usage)
        return self.archive.record(record)


@contextmanager
def open_desk(settings: Settings, *, holder: str, now: datetime) -> Iterator[Desk]:
    """Open everything that answering needs, and close it again.

    Raises:
        IngestError: the archive, the index, the embedder or the chat model cannot be opened; the
            message says what to do.
    """
    with (
        Archive.open(settings.archive_url) as archive,
        Index.open(archive, embedder(settings), settings, holder=holder, now=now) as index,
    ):
        purse = Purse(archive, settings)
        yield Desk(archive, index, judge(settings), settings, purse, writers(settings))


def writers(settings: Settings) -> tuple[ModelWriter, ...]:
    """Open the chat models of the settings, the first to be asked first."""
    names = filter(None, (settings.chat_model, settings.fallback_model))
    key, base_url = settings.openai_api_key, settings.openai_base_url
    return tuple(model_writer(name, key, base_url) for name in names)


def judge(settings: Settings) -> Judge:
    """Return who decides whether evidence is enough: by this desk's own calibration, if any."""
    own = settings.data_dir / OWN
    calibration = Calibration.read(own) if own.exists() else shipped()
    return Judge.of(calibration, settings.decline_at_most)
