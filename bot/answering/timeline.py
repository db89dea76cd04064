"""What was reported on a topic, day by day, each line a quotation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.answering.coverage import Coverage
from bot.answering.evidence.ranking import Candidate, alike, freshness, sentences_of, shorten
from bot.answering.model import Citation, Question, Reason
from bot.answering.understanding.need import Need
from bot.answering.understanding.question import language_asked
from ingest.language.script import Script

_PASSAGES = 40
"""Passages looked at."""
MOST_LINES = 12
"""Lines of one timeline."""
_SHARE = 0.55
"""Least part of the best sentence's score that a line needs."""
_ON_TOPIC = 0.6
"""Least share of the topic that a line has in its own words; its passage's count little."""
_SHORTEST = 16
"""Bytes of the shortest line: headings within a text are shorter, and a CJK letter has three."""
_AN_OUTLET_AND_DAY = 2
"""Lines of one outlet on one day."""


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """What one article reported on its day."""

    day: date
    citation: Citation


@dataclass(frozen=True, slots=True)
class Timeline:
    """Dated lines, oldest first; nothing where the coverage has nothing on the topic."""

    topic: str
    as_of: datetime
    lines: tuple[TimelineLine, ...] = ()


def timeline(topic: str, coverage: Coverage, *, now: datetime) -> Timeline:
    """Draw up what was reported on *topic*; coverage without a day has no place in it."""
    need, ranked = _ranked(topic, coverage, now)
    lines = [_line_of(each, need) for each in _chosen(ranked)]
    return Timeline(topic, now, tuple(sorted(lines, key=lambda each: each.day)))


def reported(
    topic: str, coverage: Coverage, among: Collection[int], *, now: datetime
) -> dict[int, Citation]:
    """Quote what each of the articles *among* reports on *topic*, if it does."""
    need, ranked = _ranked(topic, coverage, now)
    best: dict[int, Candidate] = {}
    for each in ranked:
        if each.passage.article_id in among and _is_long_enough(each):
            best.setdefault(each.passage.article_id, each)
    return {article: _line_of(each, need).citation for article, each in best.items()}


def _ranked(topic: str, coverage: Coverage, now: datetime) -> tuple[Need, list[Candidate]]:
    """Return the dated sentences on *topic*, best first, and what it needs."""
    view = coverage.look(Question(topic, now, language_asked(topic)), limit=_PASSAGES)
    need, evidence = view.need, view.evidence
    if not need.terms or isinstance(coverage.level(view), Reason):
        return need, []
    days = sorted({each.passage.header.day for each in evidence if each.passage.header.day})
    every = [c for each in evidence for c in sentences_of(each, need, freshness(each, days))]
    script = Script.of_question(topic)
    dated = [c for c in every if c.passage.header.day is not None and _on_topic(c, script)]
    return need, sorted(dated, key=lambda c: -c.score)


def _is_long_enough(candidate: Candidate) -> bool:
    """Tell a sentence from a heading within a text."""
    return len(candidate.quote.encode()) >= _SHORTEST


def _on_topic(candidate: Candidate, script: Script) -> bool:
    """Tell whether a sentence itself has the topic; in the topic's script, by its own words."""
    worded = candidate.wording > 0 or Script.of_text(candidate.passage.text) is not script
    return worded and candidate.coverage >= _ON_TOPIC


def _chosen(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Take the best sentence of each article, none twice, few of one outlet and day."""
    taken: list[Candidate] = []
    for each in ranked:
        if len(taken) == MOST_LINES or each.score < _SHARE * ranked[0].score:
            break
        header = each.passage.header
        same_article = any(c.passage.article_id == each.passage.article_id for c in taken)
        beside = [
            c
            for c in taken
            if (c.passage.header.outlet, c.passage.header.day) == (header.outlet, header.day)
        ]
        crowded = len(beside) >= _AN_OUTLET_AND_DAY
        if not _is_long_enough(each):
            continue
        if not same_article and not crowded and not any(alike(c, each) for c in taken):
            taken.append(each)
    return taken


def _line_of(candidate: Candidate, need: Need) -> TimelineLine:
    """Quote the part of a sentence that says most."""
    part = shorten(candidate.quote, need)
    day = candidate.passage.header.day
    assert day is not None
    return TimelineLine(day, Citation.of(candidate.quote[part.start : part.end], candidate.passage))
