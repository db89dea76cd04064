"""The composition root: every client of the bot is built here, nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.answering.answer import answer
from bot.answering.calibration import OWN, Calibration, Judge, shipped
from bot.answering.model import Abstention, Answer, Question
from bot.settings import Settings
from ingest.archive import Archive
from ingest.index.embedding import embedder
from ingest.index.index import Index
from ingest.model import Progress


@dataclass(frozen=True, slots=True)
class Desk:
    """An open archive and its index, ready to answer."""

    archive: Archive
    index: Index
    judge: Judge

    async def answer(self, question: Question) -> Answer | Abstention:
        """Answer *question* from the archive, or say why not."""
        return await answer(question, self.archive, self.index, self.judge)

    def catch_up(self, progress: Progress | None = None) -> None:
        """Bring the index up to the archive, whoever saved what; cheap when nothing changed."""
        if self.index.behind():
            self.index.catch_up(progress)


@contextmanager
def open_desk(settings: Settings, *, holder: str, now: datetime) -> Iterator[Desk]:
    """Open everything that answering needs, and close it again.

    Raises:
        IngestError: the archive, the index or the embedder cannot be opened; the message says
            what to do.
    """
    with (
        Archive.open(settings.archive_url) as archive,
        Index.open(archive, embedder(settings), settings, holder=holder, now=now) as index,
    ):
        yield Desk(archive, index, judge(settings))


def judge(settings: Settings) -> Judge:
    """Return who decides whether evidence is enough: by this desk's own calibration, if any."""
    own = settings.data_dir / OWN
    calibration = Calibration.read(own) if own.exists() else shipped()
    return Judge.of(calibration, settings.decline_at_most)
