"""No expression of the project takes long over hostile text: it would hold up everybody else."""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
from contextlib import contextmanager

import pytest

import bot
import ingest
from bot.answering.understanding.lexicon import Lexicon
from ingest.language.languages import Language

LENGTH = 8_000
"""Characters at which what grows with the square of its length takes a tenth of a second."""
PATIENCE = 0.15
"""Seconds of the processor that one search may take; most take less than a thousandth."""
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
    """Stop a search that takes too long; the expression engine looks for signals."""

    def late(*_):
        pytest.fail(f"{pattern.pattern[:120]!r} takes too long over {unit!r} × {LENGTH}.")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


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


def test_every_expression_is_fast_over_hostile_repetitions():
    """Whatever it is asked to do, over text that nearly matches again and again."""
    every = every_pattern()
    assert len(every) > 200
    for pattern in every:
        for unit in UNITS:
            text = (unit * LENGTH)[:LENGTH] + "\x00"
            hostile = text.encode() if isinstance(pattern.pattern, bytes) else text
            with patience(pattern, unit):
                pattern.search(hostile)
                pattern.fullmatch(hostile)
