"""Cut passages into the windows that are read: a few sentences under one heading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from bot.answering.evidence.reader import Readable, Reading, heading_line
from bot.answering.limits import EVIDENCE, ODDS
from ingest.index.cutting import sentences
from ingest.language.lines import BETWEEN, Role, entry_time, roles, speaks_to_a_model
from ingest.language.script import Script
from ingest.language.similarity import containment, shingles
from ingest.model import Evidence, Kind, Passage, Span

_LONGEST = {Script.ALPHABETIC: 480, Script.EAST_ASIAN: 200}
"""Characters of a window; a longer sentence is a window by itself."""
ASKING = ("?", "？")
"""Ends of a sentence that asks: a question answers nothing."""


@dataclass(frozen=True, slots=True)
class PassageSentences:
    """The sentences of a passage: which can be cited, under which heading, of which entry.

    ``times`` are the times of the entries of a live page, at the sentence that begins each.
    """

    spans: tuple[Span, ...]
    quotes: tuple[str, ...]
    citable: tuple[bool, ...]
    headings: tuple[str, ...]
    times: tuple[datetime | None, ...]

    def share_heading(self, first: int, second: int) -> bool:
        """Return True if two neighbours are text of one entry under one heading.

        A table's row stands alone.
        """
        if not 0 <= first < second < len(self.quotes) or self.times[second]:
            return False
        are_text = self.citable[first] and self.citable[second]
        return are_text and not self.row(first) and not self.row(second)

    def row(self, place: int) -> bool:
        """Return True if the sentence is a row of a table."""
        return BETWEEN in self.quotes[place]

    def table(self, place: int) -> tuple[int, int]:
        """Return the first and the last row of the table that holds the row at *place*.

        A question of the page with its answer is a row by itself.
        """
        first = last = place
        if self.question(place):
            return place, place
        while first > 0 and self.row(first - 1) and not self.question(first - 1):
            first -= 1
        while last + 1 < len(self.quotes) and self.row(last + 1) and not self.question(last + 1):
            last += 1
        return first, last

    def question(self, place: int) -> str:
        """Return the question of the page that the row at *place* answers; empty if none."""
        question, between, answer = self.quotes[place].partition(BETWEEN)
        return question if between and answer and question.endswith(ASKING) else ""


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences ``first`` to ``last`` of a passage, with their scores.

    ``words`` is the share of the question's words that they mention under their title,
    ``mentioning`` the sentence that has most of them, and ``time`` how well they fit in time.
    ``earlier`` is True if a question without a year is answered by one before the article's.
    """

    evidence: Evidence
    sentences: PassageSentences
    first: int
    last: int
    words: float = 0.0
    mentioning: int | None = None
    time: float = 0.0
    earlier: bool = False
    reading: Reading | None = None
    score: float = 0.0

    @property
    def passage(self) -> Passage:
        """The passage that the window is cut from."""
        return self.evidence.passage

    @property
    def span(self) -> Span:
        """The window's characters in its passage."""
        spans = self.sentences.spans
        return Span(spans[self.first].start, spans[self.last].end)

    @property
    def heading(self) -> str:
        """The heading that it stands under; empty without one."""
        return self.sentences.headings[self.first]

    @property
    def entry_time(self) -> datetime | None:
        """The time of the entry of a live page that the window is of; ``None`` elsewhere."""
        times_before = reversed(self.sentences.times[: self.first + 1])
        return next((time for time in times_before if time), None)

    @property
    def readable(self) -> Readable:
        """The window as the reader sees it."""
        header = self.passage.header
        text = self.passage.text[self.span.start : self.span.end]
        return Readable(heading_line(header.title, header.day, self.heading), text)

    @property
    def answering(self) -> int:
        """The place of the sentence that the reader points at, or else of that with most words."""
        answer = self.reading.answer if self.reading else None
        if answer is None and self.mentioning is not None:
            return self.mentioning
        places = range(self.first, self.last + 1)
        statements = [i for i in places if not self.sentences.quotes[i].endswith(ASKING)]
        if answer is None:
            return (statements or list(places))[0]
        position = self.span.start + answer.start
        holder = next((i for i in places if position < self.sentences.spans[i].end), self.last)
        return min(statements or list(places), key=lambda i: (abs(i - holder), -i))

    @property
    def quote(self) -> str:
        """The sentence that answers, letter by letter."""
        return self.sentences.quotes[self.answering]

    @property
    def answered(self) -> str:
        """The words that the reader points at; the whole sentence where it points at none."""
        answer = self.reading.answer if self.reading else None
        return self.readable.text[answer.start : answer.end] if answer else self.quote

    def read(self, reading: Reading, score: float) -> Window:
        """Return this window with its *reading* and *score*."""
        return replace(self, reading=reading, score=score)


def windows_of(evidence: Evidence) -> Iterator[Window]:
    """Yield the windows of one passage; each sentence that can be cited is in exactly one."""
    parts = sentences_of(evidence.passage)
    longest = _LONGEST[Script.of_text(evidence.passage.text)]
    for run in _runs(parts):
        length = parts.spans[run[-1]].end - parts.spans[run[0]].start
        count = max(-(-len(run) // EVIDENCE.window_sentences), -(-length // longest))
        for number in range(count):
            run_part = run[number * len(run) // count : (number + 1) * len(run) // count]
            if run_part:
                yield Window(evidence, parts, run_part[0], run_part[-1])


def _runs(parts: PassageSentences) -> list[list[int]]:
    """Return the places of sentences that stand together under one heading."""
    runs: list[list[int]] = []
    for place, citable in enumerate(parts.citable):
        if not citable:
            continue
        is_joined = runs and runs[-1][-1] == place - 1 and parts.share_heading(place - 1, place)
        if is_joined:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


@lru_cache(maxsize=1024)
def sentences_of(passage: Passage) -> PassageSentences:
    """Return the sentences of *passage*; headings, boilerplate and orders to a model not citable.

    A question is citable, for what stands behind it may need it, but it never answers.
    """
    spans = sentences(passage.text, passage.header.language)
    quotes = tuple(passage.text[span.start : span.end] for span in spans)
    quote_roles = roles(quotes)
    headings, heading = [], ""
    for quote, role in zip(quotes, quote_roles, strict=True):
        heading = quote if role is Role.HEADING else heading
        headings.append(heading)
    citable = tuple(
        role is Role.TEXT and not speaks_to_a_model(quote)
        for quote, role in zip(quotes, quote_roles, strict=True)
    )
    is_live = passage.header.kind is Kind.LIVE
    times = tuple(entry_time(quote) if is_live else None for quote in quotes)
    return PassageSentences(spans, quotes, citable, tuple(headings), times)


def alike(first: str, second: str) -> bool:
    """Return True if two sentences are copies of each other."""
    return first == second or containment(shingles(first), shingles(second)) >= ODDS.same_sentence


def same_article(window: Window, windows: Sequence[Window]) -> bool:
    """Return True if any of *windows* is of the article of *window*."""
    return any(candidate.passage.article_id == window.passage.article_id for candidate in windows)
