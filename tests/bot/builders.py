"""Builders of a desk: over a real one with other models, or over an archive without an index."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime

import numpy as np

from bot.answering.proving.verifiers import IdentityVerifier
from bot.answering.writing.drafting import Models
from bot.desk import Desk, open_desk
from bot.evaluating import SAMPLE_QUESTIONS, read_question_set
from bot.settings import SAMPLE_COVERAGE, BotSettings
from ingest import adding
from ingest.archive import Archive
from ingest.reading import Hints, read_path
from tests.builders import NOW


class NoIndex:
    """An index that holds nothing, for tests of whatever does not search."""

    by_words = False

    def serving(self):
        return self

    active = serving

    @property
    def upkeep(self):
        return self

    def is_behind(self):
        return False

    def catch_up_words(self):
        return None

    def alike(self, texts):
        return np.eye(len(texts), dtype=np.float32)


def written_by(desk, *writers, verifier=None):
    """Return *desk* with these writers, or with a reader of claims alone."""
    return replace(
        desk,
        models=Models(writers, writers[0].verifier if writers else verifier or IdentityVerifier()),
    )


def a_desk(archive, *, now=NOW, index=None, settings=None, fetcher=None):
    """Build a desk over an open archive; *now* is a moment, or what tells the time."""
    clock = now if callable(now) else lambda: now
    return Desk.of(archive, index or NoIndex(), settings or BotSettings.of({}), clock, fetcher)


@contextmanager
def a_desk_in(folder, **more):
    """Open an empty archive in *folder* with a desk over it."""
    settings = more.pop("settings", None) or BotSettings.of({"DATA_DIR": str(folder)})
    with Archive.open(f"sqlite:///{folder / 'archive.sqlite3'}") as archive:
        yield a_desk(archive, settings=settings, **more)


def scripted(desk, outcome, asked=None):
    """Return *desk* with *outcome* for every question, or raising it; *asked* collects them."""

    async def answer(question, watch=None, *, member="", before=None, edition=None, as_of=None):
        if asked is not None:
            asked.append(question)
        if isinstance(outcome, BaseException):
            raise outcome
        return replace(outcome, question=question)

    return answering(desk, answer)


def answering(desk, answer):
    """Return *desk* with *answer* in the place of its own."""

    class Scripted(Desk):
        async def answer(self, question, watch=None, *, member="", before=None, **_):
            return await answer(question, watch, member=member, before=before)

    return Scripted(**{each.name: getattr(desk, each.name) for each in fields(desk)})


def open_in(folder, *, now=NOW, holder="a test", **environment):
    """Open the desk of *folder*, with these settings."""
    settings = BotSettings.of({"DATA_DIR": str(folder), **environment})
    return open_desk(settings, holder=holder, clock=now if callable(now) else lambda: now)


def read_sample_into(folder, *, now=None, **environment):
    """Read the sample coverage into the desk of *folder*, with these settings, by default now."""
    now = now or datetime.now(UTC)
    with open_in(folder, now=now, **environment) as desk:
        outcome = adding.add(read_path(SAMPLE_COVERAGE, Hints()), desk.archive, now=now)
        assert outcome.problems == []
        desk.coverage.catch_up()


def told_in(desk, folder):
    """Return *desk* as if nothing were known of what Discord was told: the file is in *folder*."""
    return replace(desk, settings=desk.settings.model_copy(update={"data_dir": folder}))


_LARGE, _EVERY = 20, 4
"""Of a kind with more questions than these, one in so many is asked; of the others each."""


def some_questions():
    """Return those of our own questions that tests ask: each takes a second of reading.

    Of the 160 three in five are of two kinds, of which fewer show the same.
    """
    kinds = defaultdict(list)
    for question in read_question_set(SAMPLE_QUESTIONS):
        kinds[question.kind].append(question)
    return [
        question
        for questions in kinds.values()
        for question in questions[:: _EVERY if len(questions) > _LARGE else 1]
    ]
