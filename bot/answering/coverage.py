"""Search an archive and its index for the windows that may answer a question."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from bot.answering.evidence.ranking import (
    Weights,
    by_windows,
    lead_features,
    names_year,
    newest_windows,
    plain_windows,
    read_windows,
    readable_first,
)
from bot.answering.evidence.reader import WindowReader
from bot.answering.evidence.windows import Window
from bot.answering.limits import EVIDENCE, ODDS
from bot.answering.resting import RankedSource, fetched_first
from bot.answering.understanding.guard import classifier_for, guard
from bot.answering.understanding.lexicon import lexicon_for
from bot.answering.understanding.need import Need
from bot.answering.understanding.normalising import (
    bare_question,
    normalise_query,
    read_form,
    without_markup,
)
from bot.answering.understanding.question import (
    asked_in_english,
    language_asked,
    language_read,
)
from bot.answering.values import Level, Question, Reason
from ingest.archive import Archive
from ingest.archive.past import PastArchive
from ingest.index.cutting import terms
from ingest.index.index import Index
from ingest.index.past_index import PastIndex
from ingest.index.scope import NO_SCOPE, QuestionScope, absent_outlets, question_scope
from ingest.index.search import Stopwatch, both, recurrence, search
from ingest.language.languages import Language
from ingest.model import EVERYBODY, Edition, Evidence, Passage, Progress, Scope


@dataclass(frozen=True, slots=True)
class View:
    """The passages of a search for a question, and their windows, best first."""

    need: Need
    names: QuestionScope
    evidence: Sequence[Evidence]
    ranked: Sequence[Window]
    timings: Mapping[str, float]
    read: bool
    """Whether the reader read the windows; without it words alone order them."""
    absent: tuple[str, ...] = ()
    """Outlets whose report is asked for and that are not kept."""
    wording: str = ""
    """The question as the windows were read for it; empty where they were not."""

    @property
    def has_unknown_words(self) -> bool:
        """Return True if no coverage has a word of the question, though some is in its language.

        That word may name a place or a person that nothing of what was read is about.
        """
        language = language_asked(self.wording)
        languages_found = {window.passage.header.language for window in self.ranked}
        return bool(self.need.strange) and language in languages_found

    @property
    def period(self) -> bool:
        """Return True if the question asks about a period: "What happened yesterday?"."""
        return self.names.bound is not None


@dataclass(frozen=True, slots=True)
class Coverage:
    """An archive, its index and the reader of its windows; all methods block.

    Nothing but the articles of *edition* is looked at, with *since* nothing of before that day.
    """

    archive: Archive
    index: Index
    reader: WindowReader | None
    weights: Weights
    edition: Edition = EVERYBODY
    since: date | None = None

    @property
    def serving(self) -> Coverage:
        """Hold on to the generation that serves now, from the beginning of an answer to its end."""
        return replace(self, index=self.index.serving())

    def as_of(self, moment: datetime) -> Coverage:
        """Return the coverage as it was at *moment*: the versions that had been read by then."""
        past = PastArchive(self.archive.engine, moment)
        return replace(self, archive=past, index=PastIndex(self.index.serving(), past))

    @property
    def by_words(self) -> bool:
        """True while vector search is disabled and only words are searched."""
        return self.index.by_words

    def declined(self, question: Question) -> Reason | None:
        """Return the reason to decline *question* before any search, or ``None``.

        Phrases decline it, or its meaning where the embedder is the one that was taught for that.
        """
        if reason := guard(question):
            return reason
        classifier = classifier_for(self.index.embedder.model)
        if classifier is None:
            return None
        return classifier.reason(self.index.question(without_markup(question.text)).vector)

    def look(
        self,
        question: Question,
        *,
        names: QuestionScope | None = None,
        limit: int = EVIDENCE.passages,
        read: bool = True,
    ) -> View:
        """Find *limit* passages for *question* and rank their windows.

        Unless *names* says what it names, that is read in it. What asks nothing, a topic or a
        claim, is not *read* for: words rank its windows.
        """
        timings: dict[str, float] = {}
        clock = Stopwatch(timings)
        outlets = self.archive.outlets.names(self.edition)
        limits = self._scope
        language = str(language_read(question.text))
        own_language = language_asked(question.text).code
        absent = absent_outlets(question.text, outlets, language)
        wording = self._wording(question.text, outlets)
        text = wording
        for outlet in absent:
            text = text.replace(outlet, " ")
        names = names or question_scope(text, outlets, question.asked_at.date(), language)
        need = Need.of(names.topic, self.index)
        clock.lap("understand")
        meaning = self.index.question(text)
        clock.lap("embed")
        evidence = search(
            self.index,
            self.archive,
            _without_age(text),
            names=names,
            limit=limit,
            scope=limits,
            meaning=meaning,
            language=own_language,
            newest=read and not (names.days or names.bound or names_year(text)),
            timings=timings,
        )
        clock = Stopwatch(timings)
        outlets_found = {item.passage.header.outlet for item in evidence}
        for outlet in (item for item in names.outlets if item not in outlets_found):
            only_outlet = both(limits, Scope(outlets=(outlet,)))
            evidence += search(
                self.index,
                self.archive,
                text,
                names=names,
                limit=1,
                scope=only_outlet,
                meaning=meaning,
                language=own_language,
            )
        if need.latest:
            evidence = [*opening_passages(evidence, self.archive), *evidence]
        asked = ""
        reader = self.reader if read and not need.latest else None
        if reader is not None:
            asked = read_form(wording, (item.passage.text for item in evidence))
            in_english = asked_in_english(question.text)
            ranked = read_windows(
                *(need, asked, evidence, reader, self.weights),
                timed=bool(names.days),
                in_english=in_english,
            )
            ranked = self._fetched_first(ranked)
            # Much that is asked in English is reported in Japanese alone: the reader's order stays.
            if not in_english:
                ranked = readable_first(asked, ranked, self.weights)
        elif need.latest:
            ranked = newest_windows(need, evidence)
        else:
            ranked = plain_windows(need, evidence)
        clock.lap("read")
        ranked = self._without_recurring(ranked)
        ordered = by_windows(evidence, ranked)
        clock.lap("sentences")
        if absent:
            agencies = [item.passage.header.agency or "" for item in evidence]
            absent = absent_outlets(question.text, [*outlets, *agencies], language)
        was_read = reader is not None
        return View(need, names, ordered, ranked, timings, was_read, absent, asked)

    def certainty(self, view: View, contradicting: Collection[int] = ()) -> float:
        """Return the certainty, from 0 to 1, that the first window of *view* answers its question.

        A lead is no less sure for the articles *contradicting* it that are shown beside it: both
        are what the coverage says. Where nothing was read, nothing is certain.
        """
        features = lead_features(view.ranked, contradicting) if view.read else None
        return self.weights.certainty(features) if features else 0.0

    def level(self, view: View, certainty: float = 0.0) -> Level | Reason:
        """Return how sure it is that a view answers, or why nothing of it is shown.

        *certainty* is that of :meth:`certainty`; without it a view that was read is never sure.

        A question without a content word asks about the news: only a period or the latest makes
        that definite. Where nothing was read, nothing is ever sure; nor is the figure of an earlier
        contest that an article recalls, where the question names no year, nor what is found for a
        word that no coverage has. Nothing is shown for such words alone.
        """
        need, ranked = view.need, view.ranked
        if not ranked:
            return Reason.NOT_COVERED
        if not need.terms and not need.strange:
            one_story = len({window.passage.article_id for window in ranked}) == 1
            return Level.CLOSEST if one_story or view.period or need.latest else Reason.TOO_VAGUE
        if not view.read:
            share_mentioned = ranked[0].words * need.familiar
            if need.latest and share_mentioned >= ODDS.latest_words and not view.absent:
                return Level.SAYS
            return Level.CLOSEST if share_mentioned >= ODDS.shown_words else Reason.NOT_COVERED
        if not need.terms and view.has_unknown_words:
            return Reason.NOT_COVERED
        probability = self.weights.probability(ranked[0].score)
        is_limited = ranked[0].earlier or view.absent or view.has_unknown_words
        if certainty >= self.weights.says and not is_limited:
            return Level.SAYS
        return Level.CLOSEST if probability >= self.weights.closest else Reason.NOT_COVERED

    def ranked_sources(self, view: View, lead: int) -> list[RankedSource]:
        """Return the articles that were ranked for a view, best first, the article *lead* leading.

        Each with its copies, and whether it would be shown if it led.
        """
        best_windows: dict[int, Window] = {}
        for window in view.ranked:
            best_windows.setdefault(window.passage.article_id, window)
        ordered = sorted(best_windows.items(), key=lambda pair: pair[0] != lead)
        return [
            RankedSource(
                window.passage.header,
                window.evidence.copies,
                not isinstance(self.level(replace(view, ranked=[window])), Reason),
            )
            for _, window in ordered
        ]

    def _fetched_first(self, ranked: Sequence[Window]) -> list[Window]:
        """Order *ranked* so that a paste leads only if no fetched article answers too.

        A window that is less likely to says nothing on the question, and would hide the report
        that does (:meth:`Weights.answer_too`).
        """
        decisions = list(zip(ranked, self.weights.answer_too(ranked), strict=True))
        likely = [window for window, answers_too in decisions if answers_too]
        unlikely = [window for window, answers_too in decisions if not answers_too]
        return [*fetched_first(likely, lambda window: window.passage.header.unverified), *unlikely]

    def _without_recurring(self, ranked: Sequence[Window]) -> list[Window]:
        """Return *ranked* without the sentences that many articles of their outlet repeat."""
        recurs = recurrence(self.index, self.archive)
        distinct = [
            window
            for window in ranked[: EVIDENCE.windows_shown]
            if not recurs(window.passage.header.outlet, window.quote)
        ]
        return [*distinct, *ranked[EVIDENCE.windows_shown :]]

    def search(
        self,
        text: str,
        *,
        names: QuestionScope | None = None,
        limit: int = EVIDENCE.unmeasured_passages,
    ) -> list[Evidence]:
        """Return the *limit* passages most likely to answer *text*, best first."""
        return search(
            self.index,
            self.archive,
            text,
            names=names or NO_SCOPE,
            limit=limit,
            scope=self._scope,
            language=language_asked(text).code,
        )

    def alike(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return how like each text is to each: shape (texts, texts), from 0 to 1."""
        return self.index.alike(texts)

    def passages_of(self, articles: Iterable[int]) -> Iterator[list[Passage]]:
        """Yield the passages of each of *articles* that stands and may be cited."""
        scope = self._scope or Scope()
        for number in articles:
            passages = self.archive.passages.of_article(number)
            if not passages or number in scope.without or not scope.holds(passages[0].header):
                continue
            if self.archive.articles.get(number).removed_at is None:
                yield passages

    def is_behind(self) -> bool:
        """Return True if the archive has changes that are not indexed."""
        return self.index.active().upkeep.is_behind()

    def catch_up(self, progress: Progress | None = None) -> None:
        """Index all changes of the archive, of any process; cheap without changes."""
        if self.is_behind():
            self.index.active().upkeep.catch_up(progress)

    def catch_up_words(self) -> None:
        """Index all changes for word search; :meth:`catch_up` adds their vectors."""
        self.index.active().upkeep.catch_up_words()

    @property
    def _scope(self) -> Scope | None:
        """The scope of each search, ``None`` without a limit."""
        scope = replace(self.archive.editions.scope(self.edition), since=self.since)
        return None if scope == Scope() else scope

    def _wording(self, text: str, outlets: Sequence[str]) -> str:
        """Return *text* without its framing ("can you tell me …") and with its typos corrected.

        Only English is corrected: a word of another language may be one letter from an English one.
        """
        if language_asked(text) is not Language.ENGLISH:
            return bare_question(without_markup(text))
        papers = {term for outlet in outlets for term in terms(outlet)}
        return normalise_query(text, lambda term: self.index.frequency(term) or int(term in papers))


def opening_passages(evidence: Sequence[Evidence], archive: Archive) -> list[Evidence]:
    """Return the first passages of the newest articles in *evidence*, where news stands.

    Those that *evidence* has already are left out.
    """
    newest = max((str(item.passage.header.day or "") for item in evidence), default="")
    best: dict[int, Evidence] = {}
    for item in evidence:
        if str(item.passage.header.day or "") == newest:
            best.setdefault(item.passage.article_id, item)
    opened = {item.passage.article_id for item in evidence if item.passage.order == 0}
    return [
        replace(item, passage=archive.passages.of_article(article_id)[0])
        for article_id, item in list(best.items())[: EVIDENCE.newest_articles]
        if article_id not in opened
    ]


def _without_age(text: str) -> str:
    """Leave "the latest news on" out of *text*: it asks for an age, not for those words."""
    remaining = lexicon_for(text).cues["latest"].sub(" ", text)
    return remaining if terms(remaining) else text
