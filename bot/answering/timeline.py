"""A timeline of the reports on a topic, day by day; each line is a quotation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.answering.coverage import Coverage
from bot.answering.evidence.windows import ASKING, alike, sentences_of
from bot.answering.limits import TIMELINES
from bot.answering.understanding.need import Need
from bot.answering.understanding.question import language_asked
from bot.answering.values import Citation, Question
from ingest.model import Evidence, Span


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """A quotation of one article, with its day."""

    day: date
    citation: Citation


@dataclass(frozen=True, slots=True)
class Timeline:
    """Dated lines, the oldest first; empty if the coverage has nothing on the topic.

    ``more`` is True if further articles mention it.
    """

    topic: str
    as_of: datetime
    lines: tuple[TimelineLine, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class _Mention:
    """A sentence that mentions the topic; *worth* is its share of the topic plus its score."""

    evidence: Evidence
    quote: str
    worth: float

    @property
    def day(self) -> date:
        """Return the day of the article; those without one are left out before."""
        day = self.evidence.passage.header.day
        assert day is not None
        return day


def timeline(topic: str, coverage: Coverage, *, now: datetime) -> Timeline:
    """Return the timeline of *topic*, without articles that have no day."""
    need, mentions = _mentions(topic, coverage, now)
    chosen = _select_lines(mentions, TIMELINES.lines + 1)
    lines = [_line_of(mention, need) for mention in chosen[: TIMELINES.lines]]
    more = len(chosen) > TIMELINES.lines
    return Timeline(topic, now, tuple(sorted(lines, key=lambda line: line.day)), more)


def latest(topic: str, coverage: Coverage, *, now: datetime) -> Timeline:
    """Return the newest lines that are about *topic*, the newest first."""
    need, mentions = _mentions(topic, coverage, now)
    on_topic = [
        mention
        for mention in mentions
        if need.is_topic_of(mention.quote, mention.evidence.passage.header.title)
    ]
    newest = sorted(on_topic or mentions, key=lambda mention: mention.day, reverse=True)
    chosen = _select_lines(newest, TIMELINES.newest_lines)
    return Timeline(topic, now, tuple(_line_of(mention, need) for mention in chosen))


def reported(
    topic: str, coverage: Coverage, among: Collection[int], *, now: datetime
) -> dict[int, Citation]:
    """Return the best quotation on *topic* of each article in *among* that mentions it."""
    need, mentions = _mentions(topic, coverage, now)
    best: dict[int, _Mention] = {}
    for mention in mentions:
        if mention.evidence.passage.article_id in among:
            best.setdefault(mention.evidence.passage.article_id, mention)
    return {article: _line_of(mention, need).citation for article, mention in best.items()}


def _mentions(topic: str, coverage: Coverage, now: datetime) -> tuple[Need, list[_Mention]]:
    """Return the terms of *topic*, and the dated sentences that mention it, the best first."""
    question = Question(topic, now, language_asked(topic))
    view = coverage.look(question, limit=TIMELINES.passages, read=False)
    need = view.need
    mentions = []
    for evidence in view.evidence if need.terms else ():
        if evidence.passage.header.day is None:
            continue
        parts = sentences_of(evidence.passage)
        for quote, citable in zip(parts.quotes, parts.citable, strict=True):
            if not citable or quote.endswith(ASKING) or len(quote.encode()) < TIMELINES.line_bytes:
                continue
            share = need.share(quote) * need.familiar
            if share >= TIMELINES.topic_share:
                mentions.append(_Mention(evidence, quote, share + evidence.score))
    return need, sorted(mentions, key=lambda mention: -mention.worth)


def _select_lines(mentions: Sequence[_Mention], limit: int) -> list[_Mention]:
    """Return the best sentences, one of each article and few of one outlet and day.

    Duplicates are left out.
    """
    chosen: list[_Mention] = []
    for mention in mentions:
        if len(chosen) == limit:
            break
        passage = mention.evidence.passage
        header = passage.header
        same_article = any(m.evidence.passage.article_id == passage.article_id for m in chosen)
        headers = [m.evidence.passage.header for m in chosen]
        same_outlet_and_day = [
            h for h in headers if (h.outlet, h.day) == (header.outlet, header.day)
        ]
        copied = any(alike(m.quote, mention.quote) for m in chosen)
        if (
            not same_article
            and not copied
            and len(same_outlet_and_day) < TIMELINES.lines_by_outlet_and_day
        ):
            chosen.append(mention)
    return chosen


def _line_of(mention: _Mention, need: Need) -> TimelineLine:
    """Quote the part of the sentence that mentions the topic best."""
    part = _best_clauses(mention.quote, need)
    quote = mention.quote[part.start : part.end]
    return TimelineLine(mention.day, Citation.of(quote, mention.evidence.passage))


def _best_clauses(text: str, need: Need) -> Span:
    """Return the part of *text* to quote: all of it, or the clauses with the best mention."""
    if len(text) <= TIMELINES.line_characters:
        return Span(0, len(text))
    bounds = [0, *(i + 1 for i, c in enumerate(text) if c in ",;:—、；："), len(text)]
    runs = [_longest_run(bounds, start) for start in bounds[:-1]]
    fitting = [run for run in runs if 0 < run.end - run.start <= TIMELINES.line_characters]
    if not fitting:
        space = text.rfind(" ", 0, TIMELINES.line_characters)
        return Span(0, space if space >= 0 else TIMELINES.line_characters)
    best = max(
        fitting, key=lambda run: (need.share(text[run.start : run.end]), run.end - run.start)
    )
    return _trim(text, best)


def _longest_run(bounds: Sequence[int], start: int) -> Span:
    """Return as many clauses from *start* on as fit into one line; at least one."""
    ends = [bound for bound in bounds if start < bound]
    fitting_ends = [end for end in ends if end - start <= TIMELINES.line_characters]
    return Span(start, fitting_ends[-1] if fitting_ends else ends[0])


def _trim(text: str, span: Span) -> Span:
    """Return *span* without white space and separators at its ends."""
    start, end = span.start, span.end
    while start < end and text[start] in " \t\n":
        start += 1
    while end > start and text[end - 1] in " \t\n,;:—、；：":
        end -= 1
    return Span(start, end)
