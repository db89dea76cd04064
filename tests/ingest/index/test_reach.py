"""What is far away is asked with patience, left alone after it failed, and asked again."""

from __future__ import annotations

import threading
import time

from ingest.errors import EmbeddingError
from ingest.index import reach


def test_what_comes_late_ends_the_absence(monkeypatch):
    """A server that reads its vectors first is asked again as soon as it has answered."""
    monkeypatch.setattr(reach, "PATIENCE", 0.01)
    asked, come = reach.Reach(), threading.Event()

    def slow():
        assert come.wait(30)
        return "vectors"

    assert asked.ask(slow, "words", far=True) == "words"
    assert asked.lost
    assert asked.ask(lambda: "vectors", "words", far=True) == "words"
    come.set()
    until = time.monotonic() + 30
    while asked.lost and time.monotonic() < until:
        time.sleep(0.01)
    monkeypatch.setattr(reach, "PATIENCE", 30.0)
    assert asked.ask(lambda: "vectors", "words", far=True) == "vectors"
    asked.close()


def test_what_fails_late_stays_left_alone(monkeypatch):
    """An error that comes after everybody went on without it is no answer."""
    monkeypatch.setattr(reach, "PATIENCE", 0.01)
    asked, come, failed = reach.Reach(), threading.Event(), threading.Event()

    def broken():
        assert come.wait(30)
        failed.set()
        raise EmbeddingError("gone")

    assert asked.ask(broken, "words", far=True) == "words"
    come.set()
    assert failed.wait(30)
    asked.close()
    assert asked.lost
