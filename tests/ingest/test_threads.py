"""Work in threads that nobody waits for when the process ends."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError

import pytest

from ingest.process.threads import DetachedExecutor


def test_whoever_waits_for_a_cancelled_call_learns_of_it():
    """A call that never runs does not let its caller wait for ever."""
    executor, started, going_on = DetachedExecutor(1, "one"), threading.Event(), threading.Event()

    def wait():
        started.set()
        return going_on.wait()

    first, second = executor.submit(wait), executor.submit(str, "never")
    started.wait()
    executor.shutdown(cancel_futures=True)
    going_on.set()
    assert first.result(60) is True
    with pytest.raises(CancelledError):
        second.result(60)
