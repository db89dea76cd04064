"""The circuit breaker for the embedder and the vector store: after a failure, words only."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from typing import TypeVar

from ingest.errors import EmbeddingError, IndexReplacedError, IndexUnavailableError
from ingest.process.threads import DetachedExecutor

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 2.0
"""Seconds that a question waits for an endpoint or a server."""
RETRY_SECONDS = 30.0
"""Seconds after a failure during which no call is made."""
_WAITING_QUESTIONS = 8
"""Questions that may wait at the same time; further ones use words only."""

_Result = TypeVar("_Result")


class CircuitBreaker:
    """Calls remote services with a timeout, and skips calls for a while after a failure."""

    def __init__(self) -> None:
        """Start with no failure."""
        self._calls = DetachedExecutor(_WAITING_QUESTIONS, "circuit-breaker")
        self._until = 0.0

    @property
    def is_open(self) -> bool:
        """True while calls are skipped after a failure."""
        return time.monotonic() < self._until

    def call(self, work: Callable[[], _Result], default: _Result, *, is_remote: bool) -> _Result:
        """Return the result of *work*, or *default* if it fails or is late; log the reason.

        A local call has no timeout. If a late call answers after all, for instance once a server
        has loaded a million vectors, calls are made again.

        Raises:
            IndexReplacedError: another process replaced the index; a retry would not help.
        """
        if self.is_open:
            return default
        future: Future[_Result] | None = None
        try:
            future = self._calls.submit(work) if is_remote else None
            return future.result(TIMEOUT_SECONDS) if future else work()
        except IndexReplacedError:
            raise
        except (Late, EmbeddingError, IndexUnavailableError) as error:
            self._until = time.monotonic() + RETRY_SECONDS
            reason = str(error) or f"no answer within {TIMEOUT_SECONDS:.0f} s"
            logger.warning("Vector search disabled for %.0f s: %s", RETRY_SECONDS, reason)
            if future is not None:
                future.add_done_callback(self._retry_after_answer)
            return default

    def _retry_after_answer(self, future: Future[_Result]) -> None:
        """Make calls again after a late answer."""
        if not future.cancelled() and future.exception() is None:
            self._until = 0.0

    def close(self) -> None:
        """Shut the threads down without waiting for running calls."""
        self._calls.shutdown(cancel_futures=True)
