"""What was reported on a topic, day by day, each line a quotation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.answering.coverage import Coverage
from bot.answering.evidence.windows import ASKING, alike, sentences_of
from bot.answering.model import Citation, Question
from bot.answering.understanding.need import Need
from bot.answering.understanding.question import language_asked
from ingest.model import Evidence, Span

_PASSAGES = 40
"""Passages looked at."""
MOST_LINES = 12
"""Lines of one timeline."""
_ON_TOPIC = 0.6
"""Least share of the topic that a line has in its own words."""
_SHORTEST = 16
"""Bytes of the shortest line: headings within a text are shorter, and a CJK letter has three."""
_LONGEST = 360
"""Characters of the longest line; a longer sentence is cut at a clause."""
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


@dataclass(frozen=True, slots=True)
class _Mention:
    """A sentence that mentions the topic, and how well: by its own words, then its passage."""

    evidence: Evidence
    quote: str
    worth: float


def timeline(topic: str, coverage: Coverage, *, now: datetime) -> Timeline:
    """Draw up what was reported on *topic*; coverage without a day has no place in it."""
    need, mentions = _mentions(topic, coverage, now)
    lines = [_line_of(mention, need) for mention in _chosen(mentions)]
    return Timeline(topic, now, tuple(sorted(lines, key=lambda line: line.day)))


def reported(
    topic: str, coverage: Coverage, among: Collection[int], *, now: datetime
) -> dict[int, Citation]:
    """Quote what each of the articles *among* reports on *topic*, if it does."""
    need, mentions = _mentions(topic, coverage, now)
    best: dict[int, _Mention] = {}
    for mention in mentions:
        if mention.evidence.passage.article_id in among:
            best.setdefault(mention.evidence.passage.article_id, mention)
    return {article: _line_of(mention, need).citation for article, mention in best.items()}


def _mentions(topic: str, coverage: Coverage, now: datetime) -> tuple[Need, list[_Mention]]:
    """Return the dated sentences that mention *topic*, best first, and what it needs."""
    question = Question(topic, now, language_asked(topic))
    view = coverage.look(question, limit=_PASSAGES, read=False)
    need = view.need
    found = []
    for evidence in view.evidence if need.terms else ():
        if evidence.passage.header.day is None:
            continue
        parts = sentences_of(evidence.passage)
        for quote, citable in zip(parts.quotes, parts.citable, strict=True):
            if not citable or quote.endswith(ASKING) or len(quote.encode()) < _SHORTEST:
                continue
            share = need.share(quote) * need.familiar
            if share >= _ON_TOPIC:
                found.append(_Mention(evidence, quote, share + evidence.score))
    return need, sorted(found, key=lambda mention: -mention.worth)


def _chosen(mentions: Sequence[_Mention]) -> list[_Mention]:
    """Take the best sentence of each article, none twice, few of one outlet and day."""
    taken: list[_Mention] = []
    for mention in mentions:
        if len(taken) == MOST_LINES:
            break
        passage = mention.evidence.passage
        header = passage.header
        same_article = any(m.evidence.passage.article_id == passage.article_id for m in taken)
        others = [m.evidence.passage.header for m in taken]
        beside = [h for h in others if (h.outlet, h.day) == (header.outlet, header.day)]
        copied = any(alike(m.quote, mention.quote) for m in taken)
        if not same_article and not copied and len(beside) < _AN_OUTLET_AND_DAY:
            taken.append(mention)
    return taken


def _line_of(mention: _Mention, need: Need) -> TimelineLine:
    """Quote the part of a sentence that says most."""
    passage = mention.evidence.passage
    part = shortened(mention.quote, need)
    day = passage.header.day
    assert day is not None
    return TimelineLine(day, Citation.of(mention.quote[part.start : part.end], passage))


def shortened(text: str, need: Need) -> Span:
    """Return the part of *text* to quote: all of it, or the clauses that mention most."""
    if len(text) <= _LONGEST:
        return Span(0, len(text))
    cuts = [0, *(i + 1 for i, c in enumerate(text) if c in ",;:—、；："), len(text)]
    runs = [_longest_run(cuts, start) for start in cuts[:-1]]
    fitting = [run for run in runs if 0 < run.end - run.start <= _LONGEST]
    if not fitting:
        return Span(0, text.rfind(" ", 0, _LONGEST) if " " in text[:_LONGEST] else _LONGEST)
    best = max(
        fitting, key=lambda run: (need.share(text[run.start : run.end]), run.end - run.start)
    )
    return _trimmed(text, best)


def _longest_run(cuts: Sequence[int], start: int) -> Span:
    """Return the clauses from *start* on that fit into one line; one clause at least."""
    ends = [cut for cut in cuts if start < cut]
    fitting = [cut for cut in ends if cut - start <= _LONGEST]
    return Span(start, fitting[-1] if fitting else ends[0])


def _trimmed(text: str, span: Span) -> Span:
    """Leave out the white space and the separators at both ends of *span*."""
    start, end = span.start, span.end
    while start < end and text[start] in " \t\n":
        start += 1
    while end > start and text[end - 1] in " \t\n,;:—、；：":
        end -= 1
    return Span(start, end)
