"""Work for processes of their own, in a module that loads at once: each of them imports it."""

from __future__ import annotations

import os
import signal

from ingest.errors import UnreadableError
from ingest.process.isolation import isolated


def takes_memory():
    return bytes(2**30)


def takes_time():
    while True:
        pass


def stops():
    """Use no processor, as if every other process came first."""
    os.kill(os.getpid(), signal.SIGSTOP)


def holds_much():
    return b"x" * 2**21


def crashes():
    os._exit(3)


def raises():
    raise UnreadableError("ferry.txt is empty.")


def says(text):
    return text


class StubbornError(Exception):
    def __init__(self, one, two):
        super().__init__(f"{one} {two}")


def raises_what_cannot_travel():
    raise StubbornError(1, 2)


def pid_of_isolated():
    return isolated("a.txt", os.getpid) == os.getpid()
