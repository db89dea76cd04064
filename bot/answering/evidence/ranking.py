"""Pick the sentences of the coverage that answer a question."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial

from bot.answering.understanding.need import Mentions, Need, TextTerms
from ingest.index.passages import sentences
from ingest.index.recurring import Recurs
from ingest.index.reranking import sentence_terms
from ingest.language.instructions import speaks_to_a_model
from ingest.language.lines import BETWEEN, Role, roles
from ingest.likeness import containment, shingles
from ingest.model import Evidence, Kind, Passage, Span

_PASSAGES = 12
"""Passages whose sentences are looked at."""
_FRESH, _LATEST = 0.15, 0.4
"""What the newest passage gains on the oldest, and where a question asks for the latest."""
_TITLE = 0.8
"""Worth of a term that stands in the title above a window."""
_NEWEST = 1.0
"""Freshness of the newest passages."""
_OPENING = 0.5
"""What the first sentence of an article gains where its news is asked for: that stands there."""
_BESIDE = 0.5
"""Worth of a term that stands in the sentence before or behind."""
_ELSEWHERE = 0.3
"""Worth of a term that stands elsewhere in the passage, its title or its outlet."""
_SHOWN = 6
"""Windows of which one may be shown: the first of each excerpt, and what it may be passed over
for."""
_LONGEST = 360
"""Characters of the longest line of a timeline; a longer sentence is cut at a clause."""
_FOUND = 0.3
"""Worth of a passage's own score beside that of its best window."""
_DENIAL = 1.2
"""Manner of a sentence that denies what is taken for granted: it comes before any reason."""
_FULL_NAME = re.compile(
    r"\b[A-Z][\w’'-]{1,30} (?:[A-Z]\. )?[A-Z][\w’'-]{1,30}|[ァ-ヴー]{2,20}・[ァ-ヴー]{2,20}"
)
_NAMED = 0.05
"""What a sentence gains that names somebody in full where a person is asked for."""
_OPINED = 0.9
"""Worth of an opinion beside a report that answers as well."""
ASKING = ("?", "？")
"""Ends of a sentence that asks itself: a headline's question is no answer."""
_SAME = 0.7
"""Share of 5-grams at which two sentences are one."""

_Likeness = Callable[[Sequence[str]], Sequence[float]]
"""Tells how like a question each text is, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, and what speaks for it; every figure lies in [0, 1].

    It is that at ``place`` among the ``parts`` of its passage; ``window`` is the sentence with one
    on either side. ``coverage`` and ``wording`` are the sentence's, ``window_coverage`` (under the
    title) and ``window_wording`` the window's; ``unsettled`` says that its telling sentence only
    foresees what the question takes for done, ``denied`` that it denies what the question may
    take for granted.
    """

    evidence: Evidence
    parts: PassageSentences
    place: int
    span: Span
    window: Span
    coverage: float
    window_coverage: float
    support: float
    manner: float
    wording: float
    window_wording: float
    freshness: float = 0.0
    meaning: float = 0.0
    unsettled: bool = False
    denied: bool = False

    @property
    def passage(self) -> Passage:
        """The passage the sentence stands in."""
        return self.evidence.passage

    @property
    def quote(self) -> str:
        """The sentence, letter by letter."""
        return self.passage.text[self.span.start : self.span.end]

    @property
    def heading(self) -> str:
        """The heading it stands under; empty without one."""
        return self.parts.headings[self.place]

    @property
    def in_window(self) -> str:
        """The window under its title and heading, as its meaning is compared."""
        above = ". ".join(filter(None, [self.passage.header.title, self.heading]))
        return f"{above}. {self.passage.text[self.window.start : self.window.end]}"

    @property
    def score(self) -> float:
        """How well the window answers: words first, then meaning, its passage, its age.

        A sentence torn from its neighbours is ranked badly: on real questions the window holds
        what answers in a third more leads. The weights are near the middle of a wide plateau of
        ``make benchmark WHAT=asked``.
        """
        words = 0.40 * self.window_coverage + 0.30 * self.window_wording + 0.40 * self.meaning
        words += 0.10 * min(1.0, self.evidence.score) + self.freshness
        manner = _DENIAL if self.denied else self.manner
        kind = _OPINED if self.passage.header.kind is Kind.OPINION else 1.0
        return words * (0.7 + 0.3 * manner) * math.sqrt(self.evidence.fit) * kind


def candidates(
    need: Need, evidence: Sequence[Evidence], likeness: _Likeness, windows: int
) -> list[Candidate]:
    """Return the sentences of *evidence*, best first; the first *windows* compared by meaning.

    The others count as like the question as their passage is.
    """
    looked = evidence[:_PASSAGES]
    ages = sorted({each.passage.header.day for each in looked if each.passage.header.day})
    every = [c for each in looked for c in sentences_of(each, need, freshness(each, ages))]
    rough = sorted(every, key=lambda c: -c.score)
    close, rest = rough[:windows], rough[windows:]
    if not close:
        return []
    like = likeness([c.in_window for c in close])
    judged = [replace(c, meaning=x) for c, x in zip(close, like, strict=True)]
    return sorted(judged, key=lambda c: -c.score) + rest


def by_windows(evidence: Sequence[Evidence], ranked: Sequence[Candidate]) -> list[Evidence]:
    """Order the passages by their best window and by how they were found.

    On real questions the one that answers is then among the first four in 90 %, before in 83 %.
    """
    best: dict[str, float] = {}
    for each in ranked:
        best[each.passage.id] = max(best.get(each.passage.id, 0.0), each.score)
    return sorted(evidence, key=lambda e: -(best.get(e.passage.id, 0.0) + _FOUND * e.score))


def without_recurring(ranked: Sequence[Candidate], recurs: Recurs) -> list[Candidate]:
    """Leave out what recurs in many articles of its outlet, of those that may be shown."""
    marked = [
        replace(c, parts=c.parts.without(c.place, partial(recurs, c.passage.header.outlet)))
        for c in ranked[:_SHOWN]
    ]
    return [*(c for c in marked if c.parts.told[c.place]), *ranked[_SHOWN:]]


def freshness(evidence: Evidence, days: Sequence[date]) -> float:
    """Place the evidence's day among *days*, the newest at 1; without a day 0."""
    day = evidence.passage.header.day
    return (days.index(day) + 1) / len(days) if day else 0.0


def _worth_of_age(need: Need) -> float:
    """Return what the newest passage gains: much where the latest is asked for."""
    return _LATEST if need.latest or not need.terms else _FRESH


def sentences_of(evidence: Evidence, need: Need, fresh: float) -> list[Candidate]:
    """Measure each sentence of one passage, in its window, against what the question needs."""
    passage = evidence.passage
    context = need.mentioned(TextTerms.of(passage.context))
    support = need.coverage((context, 1.0))
    spans = sentences(passage.text, passage.header.language)
    terms = sentence_terms(passage.text, passage.header.language)
    quotes = [passage.text[span.start : span.end] for span in spans]
    texts = [TextTerms.of(quote, found) for quote, found in zip(quotes, terms, strict=True)]
    said = [need.mentioned(words) for words in texts]
    own = [need.coverage((each, 1.0)) for each in said]
    parts = _parts_of(passage)
    above = {
        each: need.mentioned(TextTerms.of(f"{passage.header.title}\n{each}"))
        for each in set(parts.headings)
    }
    begins = parts.told.index(True) if any(parts.told) else 0
    found = []
    for i, span in enumerate(spans):
        if quotes[i].endswith(ASKING) or not parts.told[i]:
            continue
        title = above[parts.headings[i]]
        first, last = parts.window(i)
        window = Span(spans[first].start, spans[last].end)
        run = slice(first, last + 1)
        mentioned = need.coverage((Mentions.together(said[run]), 1.0), (title, _TITLE))
        news = fresh == _NEWEST and _opens(need, passage, i, begins)
        told = max(range(first, last + 1), key=lambda j: (own[j], j == i))
        beside = ((each, _BESIDE) for each in (*said[max(0, i - 1) : i], *said[i + 1 : i + 2]))
        manner = texts[told].text if "who" in need.cues else "\n".join(w.text for w in texts[run])
        found.append(
            Candidate(
                evidence,
                parts,
                i,
                span,
                window,
                need.coverage((said[i], 1.0), *beside, (context, _ELSEWHERE))
                if need.terms
                else need.manner(texts[i].text),
                mentioned,
                support,
                need.manner(manner) * need.placed(quotes[told]),
                need.worded(terms[i]),
                need.worded(frozenset().union(*terms[run])),
                _named(need, quotes[i])
                + fresh * _worth_of_age(need)
                + news * _OPENING * (mentioned if need.terms else 1.0),
                unsettled=need.unsettled(texts[told].text),
                denied=need.denied(texts[told].text),
            )
        )
    return found


def _named(need: Need, quote: str) -> float:
    """Return what a sentence gains because it names somebody, where that is asked."""
    return _NAMED if "person" in need.asked and _FULL_NAME.search(quote) else 0.0


def _opens(need: Need, passage: Passage, place: int, begins: int) -> bool:
    """Tell whether an article's text begins here, where its news is asked for and nothing else."""
    news = need.latest or not (need.terms or need.cues)
    return news and passage.order == 0 and place == begins


@dataclass(frozen=True, slots=True)
class PassageSentences:
    """The sentences of a passage: which of them tell anything, and under which heading."""

    quotes: tuple[str, ...]
    told: tuple[bool, ...]
    headings: tuple[str, ...]

    def window(self, place: int) -> tuple[int, int]:
        """Return the first and the last sentence of the window around one, under its heading."""
        first = place - 1 if place > 0 and self.together(place - 1, place) else place
        last = place + 1 if self.together(place, place + 1) else place
        return first, last

    def without(self, place: int, furniture: Callable[[str], bool]) -> PassageSentences:
        """Return these with the sentences around *place* that are *furniture* told from text."""
        first, last = self.window(place)
        told = [
            told and not (first <= i <= last and furniture(self.quotes[i]))
            for i, told in enumerate(self.told)
        ]
        return replace(self, told=tuple(told))

    def together(self, one: int, other: int) -> bool:
        """Tell whether two sentences side by side are both text, with nothing between them.

        A row of a table stands alone: what its neighbours say is not said of it.
        """
        beside = other < len(self.told) and self.told[one] and self.told[other]
        return beside and not self.row(one) and not self.row(other)

    def row(self, place: int) -> bool:
        """Tell whether a sentence is a row of a table."""
        return BETWEEN in self.quotes[place]

    def table(self, place: int) -> tuple[int, int]:
        """Return the first and the last row of the table that one row is of."""
        first = last = place
        while first > 0 and self.row(first - 1):
            first -= 1
        while last + 1 < len(self.quotes) and self.row(last + 1):
            last += 1
        return first, last


@lru_cache(maxsize=1024)
def _parts_of(passage: Passage) -> PassageSentences:
    """Tell the text of *passage* from its headings, its furniture and orders to a model."""
    spans = sentences(passage.text, passage.header.language)
    quotes = tuple(passage.text[span.start : span.end] for span in spans)
    found = roles(quotes)
    headings, heading = [], ""
    for quote, role in zip(quotes, found, strict=True):
        heading = quote if role is Role.HEADING else heading
        headings.append(heading)
    told = tuple(
        role is Role.TEXT and not speaks_to_a_model(quote)
        for quote, role in zip(quotes, found, strict=True)
    )
    return PassageSentences(quotes, told, tuple(headings))


def alike(one: Candidate, other: Candidate) -> bool:
    """Tell whether two sentences are copies of each other."""
    if one.quote == other.quote:
        return True
    return containment(shingles(one.quote), shingles(other.quote)) >= _SAME


def shorten(text: str, need: Need) -> Span:
    """Return the part of *text* to quote: all of it, or the run of clauses that says most."""
    if len(text) <= _LONGEST:
        return Span(0, len(text))
    cuts = [0, *(i + 1 for i, c in enumerate(text) if c in ",;:—、；："), len(text)]
    runs = [
        Span(start, end)
        for i, start in enumerate(cuts)
        for end in cuts[i + 1 :]
        if 0 < end - start <= _LONGEST
    ]
    if not runs:
        return Span(0, text.rfind(" ", 0, _LONGEST) if " " in text[:_LONGEST] else _LONGEST)
    best = max(
        runs,
        key=lambda r: (need.share(text[r.start : r.end]), r.end - r.start),
    )
    return _trimmed(text, best)


def _trimmed(text: str, span: Span) -> Span:
    """Leave out the white space and the separators at both ends of *span*."""
    start, end = span.start, span.end
    while start < end and text[start] in " \t\n":
        start += 1
    while end > start and text[end - 1] in " \t\n,;:—、；：":
        end -= 1
    return Span(start, end)
