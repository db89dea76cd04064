"""Order the windows of the passages by how likely each answers.

There is one measure: the reader's log odds, beside how well the passage was found, how many of the
question's words the window mentions, and how well it fits in time. The three weights, the line that
makes a probability of a window's score, and those of the certainty that the best one answers, were
fitted by ``python -m training fit`` and stand in ``weights.json``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime
from functools import cache
from itertools import chain
from pathlib import Path

from bot.answering.evidence.reader import Readable, Reading, WindowReader
from bot.answering.evidence.windows import ASKING, Window, same_article, windows_of
from bot.answering.limits import EVIDENCE, ODDS
from bot.answering.understanding.lexicon import lexicon_for
from bot.answering.understanding.need import Need
from ingest.index.cutting import terms
from ingest.index.limits import RANKING
from ingest.index.search import freshness
from ingest.language.script import Script
from ingest.model import Evidence

FITTED = Path(__file__).with_name("weights.json")
"""Made by ``python -m training fit``, which writes its provenance beside the numbers."""
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_CLAUSE_ENDS = re.compile(r"[,;:]\s|\s[–—-]\s|[、；]")


@dataclass(frozen=True, slots=True)
class LeadFeatures:
    """The figures of the best window from which the certainty that it answers is computed.

    ``margin`` is by how much its score exceeds that of the best window with another answer,
    and ``words`` its share of the question's words.
    """

    score: float
    margin: float
    words: float


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of a window's score, and the probability that a score stands for.

    The score is ``odds + passage · p + words · w + time · t``: the reader's log odds, the score
    of the passage, the share of the question's words, and how well the window fits in time, from
    0 to 1 each. The probability that a window answers is the logistic of ``slope · score + bias``;
    from ``closest`` on it is shown. The certainty that the best one does is the logistic of
    ``lead`` times its features plus ``lead_bias``; from ``says`` on, the coverage says it.
    """

    passage: float
    words: float
    time: float
    slope: float
    bias: float
    lead: LeadFeatures
    lead_bias: float
    says: float
    closest: float

    def probability(self, score: float) -> float:
        """Return the probability that a window of *score* answers, where it is the best one."""
        return logistic(self.slope * score + self.bias)

    def certainty(self, features: LeadFeatures) -> float:
        """Return the certainty, from 0 to 1, that the best window answers."""
        pairs = zip(astuple(self.lead), astuple(features), strict=True)
        return logistic(self.lead_bias + sum(weight * value for weight, value in pairs))

    def answer_too(self, windows: Sequence[Window], least: float = ODDS.also_answers) -> list[bool]:
        """Return for each of *windows* True if it answers too, beside the best one.

        *least* is the part of the best one's probability that it needs.
        """
        probabilities = [self.probability(window.score) for window in windows]
        bound = least * max(probabilities, default=0.0)
        return [probability >= bound for probability in probabilities]


@cache
def shipped_weights() -> Weights:
    """Read the weights that come with the program."""
    values = json.loads(FITTED.read_text(encoding="utf-8"))
    weights = values["weights"]
    return Weights(**{**weights, "lead": LeadFeatures(**weights["lead"])})


def logistic(odds: float) -> float:
    """Return the probability that log odds stand for."""
    return 1.0 / (1.0 + math.exp(-max(-ODDS.log_odds, min(ODDS.log_odds, odds))))


def names_year(question: str) -> bool:
    """Return True if *question* names a year, so that not the newest contest is meant."""
    return YEAR.search(question) is not None


def read_windows(
    need: Need,
    question: str,
    evidence: Sequence[Evidence],
    reader: WindowReader,
    weights: Weights,
    *,
    timed: bool,
    in_english: bool,
) -> list[Window]:
    """Return the windows of *evidence*, read for *question*, the best first.

    The first few are read at first, and the others if none of these is likely enough to answer.

    *timed* says that the question names a day, which counts in the fit of each passage already.
    *in_english* says that it is asked in English, which the reader learnt together with Japanese.
    """
    chosen = _chosen(question, _promising(need, evidence))
    read: list[Window] = []
    windows: list[Window] = []
    first = EVIDENCE.windows_read_first
    for part in filter(None, (chosen[:first], chosen[first:])):
        read += _read(question, part, need, reader)
        windows = _scored(question, read, weights, timed=timed, in_english=in_english)
        if any(weights.probability(window.score) >= ODDS.enough for window in windows):
            break
    windows = _best_read_twice(question, windows, reader)
    windows = _scored(question, windows, weights, timed=timed, in_english=in_english)
    ranked = _ordered(_own_answers_first(question, _rows_by_label(question, windows)))
    return _newest_entry_first(ranked, weights)


def _read(
    question: str, windows: Sequence[Window], need: Need, reader: WindowReader
) -> list[Window]:
    """Return *windows* with their readings for *question*."""
    readings = reader.read(question, [window.readable for window in windows])
    return [
        (window if reading.answer else _mentioning(window, need)).read(reading, window.score)
        for window, reading in zip(windows, readings, strict=True)
    ]


def _best_read_twice(
    question: str, windows: Sequence[Window], reader: WindowReader
) -> list[Window]:
    """Return *windows*; the odds of the best are of two readings, one of them without its title.

    A title may name what the window does not, and what a live page is about is not what each of its
    entries is about. Of 297 questions 157 lead with the right one, 152 where each is read once.
    """
    ranked = _ordered(windows)
    best, others = ranked[: EVIDENCE.windows_read_twice], ranked[EVIDENCE.windows_read_twice :]
    readings = reader.read(question, [Readable("", window.readable.text) for window in best])
    return [
        *(_with_both(window, reading) for window, reading in zip(best, readings, strict=True)),
        *others,
    ]


def _with_both(window: Window, bare: Reading) -> Window:
    """Return *window* with the weighted mean of the odds of its reading and of a *bare* one."""
    titled = window.reading
    assert titled is not None
    odds = titled.odds + ODDS.without_title * (bare.odds - titled.odds)
    return replace(window, reading=replace(titled, odds=odds))


def _scored(
    question: str, windows: Sequence[Window], weights: Weights, *, timed: bool, in_english: bool
) -> list[Window]:
    """Return *windows*, which were read, with how well each fits in time and with their scores."""
    times = [0.0] * len(windows) if timed else timeliness(windows, question)
    is_dated = timed or names_year(question)
    timed_windows = [
        replace(window, time=time, earlier=not is_dated and _of_earlier_year(window))
        for window, time in zip(windows, times, strict=True)
    ]
    return [
        replace(
            window,
            score=_score(window, weights) - _overrating(window, question, in_english=in_english),
        )
        for window in timed_windows
    ]


def _rows_by_label(question: str, windows: Sequence[Window]) -> list[Window]:
    """Let those rows of a table stand first in it that have most of the question's words.

    What tells rows apart are their labels ("Tarn 01", "Tarn 02"), which reading weighs too little.
    Words of every question tell none apart: a row may be a question of the page with its answer.
    """
    question_terms = frozenset(terms(question)) - lexicon_for(question).stopwords
    rows: dict[str, list[Window]] = {}
    for window in windows:
        if window.sentences.row(window.first):
            rows.setdefault(window.passage.id, []).append(window)
    new_scores: dict[int, float] = {}
    for table in rows.values():
        scores = sorted((row.score for row in table), reverse=True)
        table.sort(
            key=lambda row: (-len(question_terms.intersection(terms(row.quote))), -row.score)
        )
        new_scores |= {id(row): score for row, score in zip(table, scores, strict=True)}
    return [replace(window, score=new_scores.get(id(window), window.score)) for window in windows]


def _own_answers_first(question: str, windows: Sequence[Window]) -> list[Window]:
    """Let the answer that a page gives to the same question stand before its other windows.

    The page may ask it in fewer words: what it leaves out stands in its title.
    """
    stopwords = lexicon_for(question).stopwords
    question_terms = frozenset(terms(question)) - stopwords
    best_scores: dict[int, float] = {}
    for window in windows:
        article = window.passage.article_id
        best_scores[article] = max(window.score, best_scores.get(article, window.score))
    return [
        replace(window, score=best_scores[window.passage.article_id] + ODDS.own_answer)
        if _answers_same(window, question_terms, stopwords)
        else window
        for window in windows
    ]


def _newest_entry_first(ranked: list[Window], weights: Weights) -> list[Window]:
    """Let the newest entry of a live page lead if an older one leads and it answers too.

    A live page says itself what has changed since: its older entries are overtaken.
    """
    if not ranked or ranked[0].entry_time is None:
        return ranked
    lead = ranked[0]
    entries = [
        (window.entry_time, window)
        for window, answers_too in zip(ranked, weights.answer_too(ranked), strict=True)
        if answers_too and window.entry_time and same_article(window, [lead])
    ]
    newest = max(entries, key=lambda entry: entry[0])[1]
    if newest.entry_time == lead.entry_time:
        return ranked
    rest_of_windows = [window for window in ranked if window is not newest]
    return [replace(newest, score=lead.score), *rest_of_windows]


def _answers_same(
    window: Window, question_terms: frozenset[str], stopwords: frozenset[str]
) -> bool:
    """Return True if *window* is a question of its page, asked in *question_terms*, answered."""
    page_question = window.sentences.question(window.answering)
    page_terms = frozenset(terms(page_question)) - stopwords
    if not page_terms or not page_terms <= question_terms:
        return False
    return question_terms - page_terms <= frozenset(terms(window.passage.header.title))


def _chosen(question: str, windows: Sequence[Window]) -> list[Window]:
    """Return the first windows, as many as are read, first those that are read at first.

    Words hardly cross scripts, so that those of the other script have places of their own in both:
    as large a share as of the passages that were found, and a few at least.
    """
    script = Script.of_question(question)
    same_script: list[Window] = []
    other_script: list[Window] = []
    for window in windows:
        is_same = Script.of_text(window.passage.text) is script
        (same_script if is_same else other_script).append(window)
    if not same_script:
        return other_script[: EVIDENCE.foreign_windows_read]
    passages, other_passages = (
        len({window.passage.id for window in items}) for items in (windows, other_script)
    )

    def places(all_places: int) -> int:
        fair_places = round(all_places * other_passages / passages)
        return min(len(other_script), max(EVIDENCE.other_script_windows, fair_places))

    chosen: list[Window] = []
    for number in (EVIDENCE.windows_read_first, EVIDENCE.windows_read):
        best = [*same_script[: number - places(number)], *other_script[: places(number)]]
        chosen += [window for window in best if window not in chosen]
    return chosen[: EVIDENCE.windows_read]


def readable_first(question: str, windows: list[Window], weights: Weights) -> list[Window]:
    """Let a window in the alphabet of *question* lead if it answers too (:meth:`answer_too`).

    Japanese windows are left out then: asked in German, the reader takes Japanese text for an
    answer, which few who ask can check.
    """
    if Script.of_question(question) is Script.EAST_ASIAN:
        return windows
    readable = [
        (window, answers_too)
        for window, answers_too in zip(windows, weights.answer_too(windows), strict=True)
        if Script.of_text(window.passage.text) is Script.ALPHABETIC
    ]
    lead = next((window for window, answers_too in readable if answers_too), None)
    if lead is None:
        return windows
    return [lead, *(window for window, _ in readable if window is not lead)]


def lead_features(ranked: Sequence[Window], without: Collection[int] = ()) -> LeadFeatures | None:
    """Return the features of the best window of *ranked*; ``None`` without any.

    What articles *without* answer does not count beside it.
    """
    if not ranked:
        return None
    others = (window for window in ranked[1:] if window.passage.article_id not in without)
    answers = [(window.score, answer_terms(window)) for window in (ranked[0], *others)]
    return LeadFeatures(ranked[0].score, lead_margin(answers), ranked[0].words)


def lead_margin(answers: Sequence[tuple[float, frozenset[str]]]) -> float:
    """Return by how much the first score exceeds the best one of another answer, at most 5.

    *answers* are the scores of windows with the terms of their answers; it is another answer if it
    has less than half of the first one's terms.
    """
    score, lead_terms = answers[0]
    other_scores = [
        score_of_other
        for score_of_other, stems_of_other in answers[1:]
        if len(lead_terms & stems_of_other) < ODDS.same_answer * len(lead_terms)
    ]
    return min(ODDS.margin, score - max(other_scores, default=-math.inf))


def answer_terms(window: Window) -> frozenset[str]:
    """Return the terms of the words that answer in *window*."""
    return frozenset(terms(window.answered))


def newest_windows(need: Need, evidence: Sequence[Evidence]) -> list[Window]:
    """Return the windows that mention the terms of *need*, newest first.

    This serves whoever asks for the latest: nothing in particular is asked that could be read.
    """
    windows = plain_windows(need, evidence)
    most_words = max((window.words for window in windows), default=0.0)
    fresh = dict(zip(map(id, windows), timeliness(windows), strict=True))
    mentioning = [window for window in windows if window.words >= most_words]
    on_topic = [
        window
        for window in mentioning
        if need.is_topic_of(window.readable.text, window.passage.header.title)
    ]
    return sorted(
        (
            replace(window, score=window.words + fresh[id(window)])
            for window in on_topic or mentioning
        ),
        key=lambda window: (-window.score, window.passage.id, window.passage.order, window.first),
    )


def _score(window: Window, weights: Weights) -> float:
    """Return the score of a window that was read, by the *weights*."""
    assert window.reading is not None
    passage = weights.passage * min(1.0, window.evidence.score)
    scope_score = ODDS.named * math.log(window.evidence.fit)
    evidence_score = passage + weights.words * window.words + weights.time * window.time
    return window.reading.odds + evidence_score + scope_score


def _overrating(window: Window, question: str, *, in_english: bool) -> float:
    """Return the log odds by which the reader overrates *window* for its script.

    It learnt English questions together with Japanese text, and overrates the text for them only as
    far as the window lacks their words.
    """
    is_foreign = Script.of_text(window.passage.text) is Script.EAST_ASIAN
    if not is_foreign or Script.of_question(question) is Script.EAST_ASIAN:
        return 0.0
    return ODDS.overrated * (1.0 - window.words) if in_english else ODDS.overrated


def plain_windows(need: Need, evidence: Sequence[Evidence]) -> list[Window]:
    """Return the windows of *evidence* by the words that they mention, the best first.

    This serves claims, which ask nothing, and a machine on which no reader can be installed.
    """
    return [_mentioning(window, need) for window in _promising(need, evidence)]


def _promising(need: Need, evidence: Sequence[Evidence]) -> list[Window]:
    """Return the windows of *evidence* with their share of the words, the best first."""
    windows = chain.from_iterable(map(windows_of, evidence))
    return _ordered(
        _with_word_share(window, need) for window in windows if not _has_only_questions(window)
    )


def _with_word_share(window: Window, need: Need) -> Window:
    """Return *window* with the share of words that it mentions and its plain score.

    Words that only the title above it mentions count half in that score, as they do for every
    window of the article.
    """
    title = f"{window.passage.header.title}\n{window.heading}"
    text, evidence = window.readable.text, window.evidence
    words = need.share(text, title)
    passage_score = min(1.0, evidence.score) + RANKING.freshness * evidence.freshness
    return replace(window, words=words, score=((words + need.share(text)) / 2 + passage_score) / 2)


def _mentioning(window: Window, need: Need) -> Window:
    """Return *window* with the sentence that mentions most, where no reader points at one."""
    quotes = window.sentences.quotes
    places = [i for i in range(window.first, window.last + 1) if not quotes[i].endswith(ASKING)]
    return replace(window, mentioning=max(places, key=lambda place: need.share(quotes[place])))


def by_windows(evidence: Sequence[Evidence], ranked: Sequence[Window]) -> list[Evidence]:
    """Order the passages by their best window; a model is given the first of them."""
    places: dict[str, int] = {}
    for place, window in enumerate(ranked):
        places.setdefault(window.passage.id, place)
    return sorted(evidence, key=lambda item: places.get(item.passage.id, len(ranked)))


def _has_only_questions(window: Window) -> bool:
    """Return True if every sentence of *window* is a question."""
    return all(
        quote.endswith(ASKING) for quote in window.sentences.quotes[window.first : window.last + 1]
    )


def timeliness(windows: Sequence[Window], question: str = "") -> list[float]:
    """Return how well each of *windows* fits *question* in time, from 0 to 1.

    A question that names a year means what is told of that year: 1 for windows whose sentence names
    it or tells of it. One without a year means the newest contest: 1 for what is as new as the
    newest window that may answer, 0.9 for a week before that, 0.7 for a month, 0.4 for a year, and
    0 for ten. An article of today that says who won in 2016 tells of 2016: an earlier year beside
    the answer, or in the title, counts.
    """
    moments = [_moment_of(window) for window in windows]
    if years := set(map(int, YEAR.findall(question))):
        return [
            float(not years.isdisjoint(_years_told(window, moment)))
            for window, moment in zip(windows, moments, strict=True)
        ]
    likely = _may_answer(windows)
    newest = max(
        (m for m, answers in zip(moments, likely, strict=True) if m and answers), default=None
    )
    if newest is None:
        return [0.0] * len(moments)
    return [freshness(newest - moment) if moment else 0.0 for moment in moments]


def _may_answer(windows: Sequence[Window]) -> list[bool]:
    """Return for each of *windows* True if its odds come close to the best; True if none is read.

    Where many windows have nothing to do with the question, their days say nothing of its contest.
    """
    odds = [window.reading.odds if window.reading else 0.0 for window in windows]
    bound = max(odds, default=0.0) - ODDS.may_answer
    return [value >= bound for value in odds]


def _years_told(window: Window, moment: datetime | None) -> set[int]:
    """Return the years that the answer's sentence names, and that of the *moment* it tells of."""
    years = set(map(int, YEAR.findall(window.quote)))
    return years | {moment.year} if moment else years


def _moment_of(window: Window) -> datetime | None:
    """Return the moment that the answer of *window* tells of: an entry's time, or else a day."""
    day, entry_time = _reported_day(window), window.entry_time
    if day is None or (day == window.passage.header.day and entry_time):
        return entry_time
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - as it is shown


def _of_earlier_year(window: Window) -> bool:
    """Return True if the words around the answer tell of an earlier year than its article's."""
    day, reported = window.passage.header.day, _reported_day(window)
    return day is not None and reported is not None and reported.year < day.year


def _reported_day(window: Window) -> date | None:
    """Return the day of the article, or the last earlier year beside the answer or in the title.

    A missing day stays missing. A comparison in the same sentence does not count: "62.7 per cent,
    above the 58.9 of 2022".
    """
    header = window.passage.header
    if header.day is None:
        return None
    years = YEAR.findall(_around_answer(window)) or YEAR.findall(header.title)
    year = max(map(int, years), default=header.day.year)
    return header.day if year >= header.day.year else date(year, 12, 31)


def _around_answer(window: Window) -> str:
    """Return the clause of the answer, as far as it stands near; the sentence if none is known."""
    answer = window.reading.answer if window.reading else None
    at = window.sentences.spans[window.answering].start - window.span.start
    quote = window.quote
    if answer is None or not 0 <= answer.start - at < len(quote):
        return quote
    start, end = answer.start - at, answer.end - at
    before = [mark.end() for mark in _CLAUSE_ENDS.finditer(quote, 0, start)]
    behind = _CLAUSE_ENDS.search(quote, end)
    clause_start = max([start - EVIDENCE.year_distance, 0, *before])
    clause_end = behind.start() if behind else len(quote)
    return quote[clause_start : min(clause_end, end + EVIDENCE.year_distance)]


def _ordered(windows: Iterable[Window]) -> list[Window]:
    """Order by score; of equals the newer stands first, then by id."""
    return sorted(
        windows,
        key=lambda window: (-window.score, -_ordinal(window), window.passage.id, window.first),
    )


def _ordinal(window: Window) -> int:
    """Return the number of a window's day; 0 without one."""
    day = window.passage.header.day
    return day.toordinal() if day else 0
