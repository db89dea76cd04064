"""Pick the sentences of the coverage that answer a question."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bot.answering.need import Need, Words
from ingest.index.passages import sentences
from ingest.index.reranking import sentence_terms
from ingest.likeness import containment, shingles
from ingest.model import Evidence, Passage, Span
from ingest.reading.instructions import speaks_to_a_model

PASSAGES = 10
"""Passages whose sentences are looked at."""
CLOSELY = 5
"""Sentences that are compared by meaning as well as by words; each costs about 1 ms."""
BESIDE = 0.5
"""Worth of a term that stands in the sentence before or behind."""
ELSEWHERE = 0.3
"""Worth of a term that stands elsewhere in the passage, its title or its outlet."""
LONGEST = 360
"""Characters of the longest quotation; a longer sentence is cut at a clause."""
ASKING = ("?", "？")
"""Ends of a sentence that asks itself: a headline's question is no answer."""
SAME = 0.7
"""Share of 5-grams at which two sentences are one."""

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, and what speaks for it; every figure lies in [0, 1]."""

    evidence: Evidence
    span: Span
    coverage: float
    support: float
    matter: float
    manner: float
    wording: float
    freshness: float = 0.0
    cosine: float = 0.0
    unsettled: bool = False

    @property
    def passage(self) -> Passage:
        """The passage the sentence stands in."""
        return self.evidence.passage

    @property
    def quote(self) -> str:
        """The sentence, letter by letter."""
        return self.passage.text[self.span.start : self.span.end]

    @property
    def score(self) -> float:
        """How well the sentence answers: words first, then meaning, its passage, its age.

        The weights were compared by the sentence that comes first on MultiHop-RAG, JSQuAD and
        ClapNQ; a fitted model was no better.
        """
        words = 0.50 * self.coverage + 0.20 * self.wording + 0.15 * self.cosine
        words += 0.15 * min(1.0, self.evidence.score) + 0.05 * self.freshness
        return words * (0.7 + 0.3 * self.manner) * math.sqrt(self.evidence.fit)


def candidates(
    need: Need, question: NDArray[np.float32], evidence: Sequence[Evidence], embed: Embed
) -> list[Candidate]:
    """Return the sentences of *evidence*, best first; the first few compared by meaning."""
    looked = evidence[:PASSAGES]
    ages = sorted({each.passage.header.day for each in looked if each.passage.header.day})
    every = [c for each in looked for c in sentences_of(each, need, freshness(each, ages))]
    rough = sorted(every, key=lambda c: -c.score)
    close, rest = rough[:CLOSELY], rough[CLOSELY:]
    if not close:
        return []
    cosines = embed([c.quote for c in close]) @ question
    judged = [replace(c, cosine=max(0.0, float(x))) for c, x in zip(close, cosines, strict=True)]
    return sorted(judged, key=lambda c: -c.score) + rest


def freshness(evidence: Evidence, days: Sequence[date]) -> float:
    """Place the evidence's day among *days*, the newest at 1; without a day 0."""
    day = evidence.passage.header.day
    return (days.index(day) + 1) / len(days) if day else 0.0


def sentences_of(evidence: Evidence, need: Need, fresh: float) -> list[Candidate]:
    """Measure each sentence of one passage against what the question needs."""
    passage = evidence.passage
    around = Words.of(passage.context)
    support, matter = need.coverage((around, 1.0)), need.matter(around)
    spans = sentences(passage.text, passage.header.language)
    terms = sentence_terms(passage.text, passage.header.language)
    quotes = [passage.text[span.start : span.end] for span in spans]
    texts = [Words.of(quote, found) for quote, found in zip(quotes, terms, strict=True)]
    found = []
    for i, span in enumerate(spans):
        if quotes[i].endswith(ASKING) or speaks_to_a_model(quotes[i]):
            continue
        beside = ((words, BESIDE) for words in (*texts[max(0, i - 1) : i], *texts[i + 1 : i + 2]))
        found.append(
            Candidate(
                evidence,
                span,
                need.coverage((texts[i], 1.0), *beside, (around, ELSEWHERE))
                if need.terms
                else need.manner(texts[i].text),
                support,
                matter,
                need.manner(texts[i].text),
                need.worded(terms[i]),
                fresh,
                unsettled=need.unsettled(texts[i].text),
            )
        )
    return found


def choose(
    ranked: Sequence[Candidate],
    *,
    most: int,
    an_article: int,
    share: float,
    outlets: Sequence[str] = (),
) -> list[Candidate]:
    """Take the best *most*: none twice, few of one article, none far below the best.

    *share* is the least part of the best score that a sentence needs. Each of *outlets*, which
    the question names, has its best sentence in front.
    """
    best = (next((c for c in ranked if c.passage.header.outlet == each), None) for each in outlets)
    chosen = sorted(filter(None, best), key=lambda c: -c.score)[:most]
    for candidate in ranked:
        if len(chosen) == most or candidate.score < share * ranked[0].score:
            break
        article = [c for c in chosen if c.passage.article_id == candidate.passage.article_id]
        if len(article) < an_article and not any(alike(c, candidate) for c in chosen):
            chosen.append(candidate)
    return chosen


def alike(one: Candidate, other: Candidate) -> bool:
    """Tell whether two sentences are copies of each other."""
    if one.quote == other.quote:
        return True
    return containment(shingles(one.quote), shingles(other.quote)) >= SAME


def shorten(text: str, need: Need) -> Span:
    """Return the part of *text* to quote: all of it, or the run of clauses that says most."""
    if len(text) <= LONGEST:
        return Span(0, len(text))
    cuts = [0, *(i + 1 for i, c in enumerate(text) if c in ",;:—、；："), len(text)]
    runs = [
        Span(start, end)
        for i, start in enumerate(cuts)
        for end in cuts[i + 1 :]
        if 0 < end - start <= LONGEST
    ]
    if not runs:
        return Span(0, text.rfind(" ", 0, LONGEST) if " " in text[:LONGEST] else LONGEST)
    best = max(
        runs,
        key=lambda r: (need.coverage((Words.of(text[r.start : r.end]), 1.0)), r.end - r.start),
    )
    return trimmed(text, best)


def trimmed(text: str, span: Span) -> Span:
    """Leave out the white space and the separators at both ends of *span*."""
    start, end = span.start, span.end
    while start < end and text[start] in " \t\n":
        start += 1
    while end > start and text[end - 1] in " \t\n,;:—、；：":
        end -= 1
    return Span(start, end)
