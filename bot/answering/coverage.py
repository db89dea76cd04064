"""The one front to what is known: an archive and its index, looked at for a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bot.answering.evidence.calibration import Judge
from bot.answering.evidence.confidence import judged, worth_writing
from bot.answering.evidence.ranking import Candidate, by_windows, candidates, without_recurring
from bot.answering.model import Level, Question, Reason
from bot.answering.understanding.lexicon import lexicon_for
from bot.answering.understanding.need import Need
from bot.answering.understanding.question import language_read
from bot.answering.understanding.typed import heard
from ingest.archive import Archive
from ingest.index.analysis import terms
from ingest.index.index import Index
from ingest.index.outlets import absent
from ingest.index.recurring import recurrence
from ingest.index.scope import NOTHING, Asked, asked
from ingest.index.search import Stopwatch, both, search
from ingest.model import EVERYBODY, Edition, Evidence, Progress, Scope

_LOOKED = 12
"""Passages whose sentences are looked at: two of them may be of the other script."""
_FOUND = 10
"""Passages of a search that measures no sentences."""
_NEWEST = 2
"""Articles of the newest day that are opened where the latest is asked for."""


@dataclass(frozen=True, slots=True)
class View:
    """What a question needs, what was found for it, and its sentences, best first."""

    need: Need
    names: Asked
    evidence: Sequence[Evidence]
    ranked: Sequence[Candidate]
    timings: Mapping[str, float]
    absent: tuple[str, ...] = ()
    """Outlets whose report is asked for and that are not kept."""

    @property
    def period(self) -> bool:
        """Tell whether the days of reports are asked about: "what happened yesterday?"."""
        return self.names.bound is not None or bool(self.names.days)


@dataclass(frozen=True, slots=True)
class Coverage:
    """An archive, its index, and who tells whether what is found is enough; everything blocks.

    Nothing but the articles of *edition* is looked at, with *since* nothing of before that day.
    """

    archive: Archive
    index: Index
    judge: Judge
    edition: Edition = EVERYBODY
    since: date | None = None

    @property
    def serving(self) -> Coverage:
        """Hold on to the generation that serves now, from the beginning of an answer to its end."""
        return replace(self, index=self.index.serving())

    @property
    def by_words(self) -> bool:
        """Whether words alone are searched, because what tells meaning cannot be reached."""
        return self.index.by_words

    def look(self, question: Question, *, names: Asked | None = None, limit: int = _LOOKED) -> View:
        """Find *limit* passages for *question* and measure their sentences.

        Unless *names* says what it names, that is read in it.
        """
        timings: dict[str, float] = {}
        clock = Stopwatch(timings)
        outlets = self.archive.outlets.names(self.edition)
        scope = self._scope
        language = str(language_read(question.text))
        missing = absent(question.text, outlets, language)
        text = self._heard(question.text, missing, outlets)
        names = names or asked(text, outlets, question.asked_at.date(), language)
        need = Need.of(names.topic, self.index)
        clock.lap("understand")
        meaning = self.index.question(text)
        clock.lap("embed")
        found = search(
            self.index,
            self.archive,
            _without_age(text),
            names=names,
            limit=limit,
            also=need.words,
            scope=scope,
            meaning=meaning,
            timings=timings,
        )
        clock = Stopwatch(timings)
        shown = {each.passage.header.outlet for each in found}
        for outlet in (each for each in names.outlets if each not in shown):
            own = both(scope, Scope(outlets=(outlet,)))
            found += search(
                self.index, self.archive, text, names=names, limit=1, scope=own, meaning=meaning
            )
        if need.latest:
            found = [*openings(found, self.archive), *found]
        evidence = [each for each in found if names.admits(each.passage)]
        texts = [each.passage.text for each in evidence]
        need = need.explained(texts).heard_in(texts)
        likeness = partial(self.index.likeness, meaning)
        ranked = candidates(need, evidence, likeness, self.index.embedder.windows)
        ranked = without_recurring(ranked, recurrence(self.index, self.archive))
        evidence = by_windows(evidence, ranked)
        clock.lap("sentences")
        if missing:
            agencies = [each.passage.header.agency or "" for each in found]
            missing = absent(question.text, [*outlets, *agencies], language)
        return View(need, names, evidence, ranked, timings, missing)

    def level(self, view: View) -> Level | Reason:
        """Return how sure it is that a view answers, or why nothing of it is shown."""
        return judged(view.need, view.ranked, view.evidence, self.judge, period=view.period)

    def worth_writing(self, view: View) -> bool:
        """Tell whether a model, which may decline by itself, should look at a view at all."""
        return worth_writing(view.need, view.ranked, view.evidence, self.judge)

    def search(
        self, text: str, *, names: Asked | None = None, limit: int = _FOUND
    ) -> list[Evidence]:
        """Return the *limit* passages most likely to answer *text*, best first."""
        names = names or NOTHING
        return search(self.index, self.archive, text, names=names, limit=limit, scope=self._scope)

    def alike(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return how like each text is to each: shape (texts, texts), from 0 to 1."""
        return self.index.alike(texts)

    def behind(self) -> bool:
        """Tell whether the archive has changes that the index does not hold."""
        return self.index.active().behind()

    def catch_up(self, progress: Progress | None = None) -> None:
        """Bring the index up to the archive, whoever saved what; cheap when nothing changed."""
        if self.behind():
            self.index.active().catch_up(progress)

    def catch_up_words(self) -> None:
        """Let words find what is kept; meaning follows with :meth:`catch_up`."""
        self.index.active().catch_up_words()

    @property
    def _scope(self) -> Scope | None:
        """What is looked at, ``None`` for everything."""
        withheld = self.archive.editions.withheld(self.edition.place)
        scope = Scope(self.edition.outlets, self.since, without=withheld)
        return None if scope == Scope() else scope

    def newer(self, day: date) -> Coverage:
        """Look at nothing of before *day*; what is undated has no place there."""
        return replace(self, since=day)

    def _heard(self, text: str, missing: Sequence[str], outlets: Sequence[str]) -> str:
        """Return *text* as coverage words it, without the outlets that are *missing*."""
        papers = {term for outlet in outlets for term in terms(outlet)}
        for outlet in missing:
            text = text.replace(outlet, " ")
        return heard(text, lambda term: self.index.frequency(term) or int(term in papers))


def openings(found: Sequence[Evidence], archive: Archive) -> list[Evidence]:
    """Return where the newest articles *found* begin, if that was not found: news stands there."""
    newest = max((str(each.passage.header.day or "") for each in found), default="")
    best: dict[int, Evidence] = {}
    for each in found:
        if str(each.passage.header.day or "") == newest:
            best.setdefault(each.passage.article_id, each)
    known = {each.passage.article_id for each in found if each.passage.order == 0}
    return [
        replace(each, passage=archive.passages.of_article(article_id)[0])
        for article_id, each in list(best.items())[:_NEWEST]
        if article_id not in known
    ]


def _without_age(text: str) -> str:
    """Leave "the latest news on" out of *text*: it asks for an age, not for those words."""
    rest = lexicon_for(text).cues["latest"].sub(" ", text)
    return rest if terms(rest) else text
