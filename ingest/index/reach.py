"""Whether what tells meaning can be reached: while it cannot, words alone are searched."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from typing import TypeVar

from ingest.errors import EmbeddingError, IndexReplacedError, IndexUnavailableError
from ingest.threads import DetachedExecutor

logger = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds that a question waits for an endpoint or a server; words answer at once."""
LEFT_ALONE_FOR = 30.0
"""Seconds for which one that failed is not asked again."""
_AT_ONCE = 8
"""Questions that may wait; those behind them have words alone."""

_Result = TypeVar("_Result")


class Reach:
    """Asks what is far away, with patience, and leaves it alone for a while after it failed."""

    def __init__(self) -> None:
        """Nothing has failed yet."""
        self._calls = DetachedExecutor(_AT_ONCE, "reach")
        self._until = 0.0

    @property
    def lost(self) -> bool:
        """Whether meaning is not searched at the moment."""
        return time.monotonic() < self._until

    def ask(self, work: Callable[[], _Result], otherwise: _Result, *, far: bool) -> _Result:
        """Return what *work* returns in time, or *otherwise*; why not stands in the log.

        What is not *far* is waited for: it answers at once, or fails. A server's first answer comes
        late that has a million vectors to read; once it came, it is asked again.

        Raises:
            IndexReplacedError: waiting would not help.
        """
        if self.lost:
            return otherwise
        call: Future[_Result] | None = None
        try:
            call = self._calls.submit(work) if far else None
            return call.result(PATIENCE) if call else work()
        except IndexReplacedError:
            raise
        except (Late, EmbeddingError, IndexUnavailableError) as error:
            self._until = time.monotonic() + LEFT_ALONE_FOR
            why = str(error) or f"nothing came for {PATIENCE:.0f} seconds"
            logger.warning("Meaning is not searched for %.0f seconds: %s", LEFT_ALONE_FOR, why)
            if call is not None:
                call.add_done_callback(self._came)
            return otherwise

    def _came(self, call: Future[_Result]) -> None:
        """Ask again what answered after all."""
        if not call.cancelled() and call.exception() is None:
            self._until = 0.0

    def close(self) -> None:
        """Let the threads go; one that still waits is not waited for."""
        self._calls.shutdown(cancel_futures=True)
