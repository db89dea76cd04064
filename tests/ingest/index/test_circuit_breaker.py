"""What is far away is asked with patience, left alone after it failed, and asked again."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from ingest.errors import EmbeddingError, IndexUnavailableError
from ingest.index import stores, vectors
from ingest.process.threads import DetachedExecutor


def test_what_comes_late_ends_the_absence(monkeypatch):
    """A server that reads its vectors first is asked again as soon as it has answered."""
    monkeypatch.setattr(stores, "PATIENCE", replace(stores.PATIENCE, question_seconds=0.01))
    breaker, come = stores.CircuitBreaker(), threading.Event()

    def slow():
        assert come.wait(30)
        return "vectors"

    assert breaker.call(slow, "words", is_remote=True) == "words"
    assert breaker.is_open
    assert breaker.call(lambda: "vectors", "words", is_remote=True) == "words"
    come.set()
    until = time.monotonic() + 30
    while breaker.is_open and time.monotonic() < until:
        time.sleep(0.01)
    monkeypatch.setattr(stores, "PATIENCE", replace(stores.PATIENCE, question_seconds=30.0))
    assert breaker.call(lambda: "vectors", "words", is_remote=True) == "vectors"
    breaker.close()


def test_what_fails_late_stays_left_alone(monkeypatch):
    """An error that comes after everybody went on without it is no answer."""
    monkeypatch.setattr(stores, "PATIENCE", replace(stores.PATIENCE, question_seconds=0.01))
    breaker, come, failed = stores.CircuitBreaker(), threading.Event(), threading.Event()

    def broken():
        assert come.wait(30)
        failed.set()
        raise EmbeddingError("gone")

    assert breaker.call(broken, "words", is_remote=True) == "words"
    come.set()
    assert failed.wait(30)
    breaker.close()
    assert breaker.is_open


def test_a_chroma_server_that_stands_still_is_not_waited_for(monkeypatch, tmp_path):
    """It takes connections and says nothing: whoever asks goes on without it after seconds."""
    monkeypatch.setattr(vectors, "PATIENCE", replace(vectors.PATIENCE, connect_seconds=0.3))
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(IndexUnavailableError, match="does not answer"):
            vectors.client_of(tmp_path, url)
        assert time.monotonic() - began < 20


def test_a_call_that_never_returns_keeps_no_process_from_ending():
    """At its end a process waits for its threads, and not for these."""
    program = (
        "import threading\n"
        "from ingest.process.threads import DetachedExecutor\n"
        "calls = DetachedExecutor(2, 'far')\n"
        "calls.submit(threading.Event().wait)\n"
        "print(calls.submit(str, 7).result())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=120, check=True
    )
    assert done.stdout.split() == [b"7"]


def test_calls_are_done_by_few_threads_and_their_errors_raised():
    """After the shutdown what was taken is done, unless it is cancelled; more is not taken."""
    calls = DetachedExecutor(2, "few")
    done = [calls.submit(int, text) for text in (*"123", "x")]
    assert [each.result(60) for each in done[:3]] == [1, 2, 3]
    with pytest.raises(ValueError, match="x"):
        done[3].result(60)
    assert len([t for t in threading.enumerate() if t.name == "few"]) <= 2
    last = calls.submit(int, "4")
    calls.shutdown()
    assert last.result(60) == 4
    with pytest.raises(RuntimeError):
        calls.submit(int, "5")
