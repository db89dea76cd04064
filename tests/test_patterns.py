"""No expression of the project takes long over hostile text: it would hold up everybody else."""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
import time
from contextlib import contextmanager

import pytest

import bot
import ingest
from bot.answering.understanding.lexicon import Lexicon
from ingest.language.languages import Language

LENGTH, TIMES = 1_000, 4
"""Characters of a text, and by how much a longer one is longer."""
GROWTH = 8.0
"""Times as many seconds for the longer text: 4 if they grow as it does, 16 with its square."""
SHORT = 0.001
"""Seconds of a search over the shorter text below which no growth can be measured, or matters."""
PATIENCE = 10.0
"""Seconds after which a search is stopped: it would take for ever."""
UNITS = (
    *("a", "A", "1", " ", "\n", "[", "(", "“", "「", ".", ",", "-", ":", "<", "*", "_", "一", "あ"),
    *(
        "a ",
        "A b ",
        "1,",
        "1.",
        "a-",
        "a.",
        "Ab ",
        "[a](",
        "<!--",
        "一億",
        "the ",
        "1 ",
        "、",
        "\n\n",
    ),
)


@contextmanager
def patience(pattern, unit):
    """Stop a search that would take for ever; the expression engine looks for signals."""

    def late(*_):
        pytest.fail(f"{pattern.pattern[:120]!r} does not end over {unit!r} × {LENGTH}.")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def seconds(pattern, unit, length):
    """Return the processor's seconds of a search over *unit*, repeated."""
    text = (unit * length)[:length] + "\x00"
    hostile = text.encode() if isinstance(pattern.pattern, bytes) else text
    with patience(pattern, unit):
        began = time.thread_time()
        pattern.search(hostile)
        pattern.fullmatch(hostile)
        return time.thread_time() - began


def grows_too_fast(pattern, unit):
    """Return True if a search takes far longer over a longer text, in each of three trials."""
    for _ in range(3):
        short = seconds(pattern, unit, LENGTH)
        if short < SHORT or seconds(pattern, unit, TIMES * LENGTH) < GROWTH * short:
            return False
    return True


def patterns_in(value, depth=0):
    """Yield the expressions in a module's constant, in its tables too."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and isinstance(value, dict):
        for each in value.values():
            yield from patterns_in(each, depth + 1)
    elif depth < 3 and isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from patterns_in(each, depth + 1)
    elif isinstance(getattr(value, "__self__", None), re.Pattern):
        yield value.__self__


def every_pattern():
    """Collect the expressions of both packages and of the lexicon."""
    found = {}
    for package in (ingest, bot):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" in info.name or info.name.endswith("__main__"):
                continue
            for value in vars(importlib.import_module(info.name)).values():
                found |= {(each.pattern, each.flags): each for each in patterns_in(value)}
    for lexicon in (Lexicon.of(each) for each in Language if each.is_read):
        read = (lexicon.cues, lexicon.markers, lexicon.guards, lexicon.follow_up)
        for table in read:
            found |= {(each.pattern, each.flags): each for each in patterns_in(table)}
    return list(found.values())


def test_every_expression_grows_as_the_text_does():
    """Whatever it is asked to do, over text that nearly matches again and again."""
    every = every_pattern()
    assert len(every) > 200
    slow = [
        (each.pattern[:120], unit) for each in every for unit in UNITS if grows_too_fast(each, unit)
    ]
    assert slow == []


def test_an_expression_that_grows_with_the_square_is_found():
    """The test above can fail."""
    assert grows_too_fast(re.compile(r"(?:a|b)+:"), "a")
