"""Look up what somebody claims: does the coverage say so, say otherwise, or not say?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bot.answering.answer import look, nearest_coverage
from bot.answering.checking.binding import moved_date, unknown_figure
from bot.answering.checking.figures import Figure, days_in, figures_in, plain
from bot.answering.checking.ground import Draft, Ground
from bot.answering.checking.names import has_name, names_in, translated
from bot.answering.checking.polarity import shared
from bot.answering.checking.sentence import (
    altered_words,
    content,
    reversal,
    translatable,
    unknown_name,
    unsupported,
)
from bot.answering.model import Citation, Question
from bot.answering.question import language_of
from bot.answering.quoting import Candidate, alike
from ingest.archive import Archive
from ingest.index.analysis import terms
from ingest.index.index import Index
from ingest.index.passages import sentences
from ingest.index.script import Script
from ingest.model import Header, Kind

CLAIMS = 3
"""Sentences of one message that are looked up."""
LONGEST = 500
"""Characters of a sentence; the rest of a longer one is left out."""
LOOKED = 12
"""Sentences of the coverage that a claim is held against."""
MOST = 3
"""Quotations on one side."""
SAME_MATTER = 0.6
"""Share of a claim's words that a sentence needs to speak of the same matter."""
SAME_MATTER_CJK = 0.5
"""The same for pairs of East Asian letters."""
WORDS = 2
"""Content terms from which a sentence claims anything."""


class Finding(StrEnum):
    """What the coverage has to say of a claim."""

    SUPPORTED = "supported"
    DISPUTED = "disputed"
    CONTESTED = "contested"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Looked:
    """One claim, the quotations that say so, those that say otherwise, and what came near."""

    claim: str
    supporting: tuple[Citation, ...] = ()
    disputing: tuple[Citation, ...] = ()
    nearest: tuple[Header, ...] = ()

    @property
    def finding(self) -> Finding:
        """Sum it up; where the coverage disagrees with itself the claim is contested."""
        if self.supporting:
            return Finding.CONTESTED if self.disputing else Finding.SUPPORTED
        return Finding.DISPUTED if self.disputing else Finding.NOT_FOUND


def look_up(text: str, archive: Archive, index: Index, *, now: datetime) -> list[Looked]:
    """Look up each of the first :data:`CLAIMS` sentences of *text* that claim something."""
    return [look_up_one(each, archive, index, now=now) for each in claims_in(text)]


def claims_in(text: str) -> list[str]:
    """Return the sentences of *text* that claim something: no question, no greeting."""
    line = " ".join(text.split())
    language = language_of(line)
    said = [line[s.start : s.end].strip()[:LONGEST] for s in sentences(line, language)]
    stated = [s for s in said if not s.endswith(("?", "？")) and len(terms(s)) >= WORDS]
    return stated[:CLAIMS]


def look_up_one(claim: str, archive: Archive, index: Index, *, now: datetime) -> Looked:
    """Hold one claim against the sentences that come nearest to it."""
    view = look(Question(claim, now, language_of(claim)), archive, index, {})
    supporting: list[Candidate] = []
    disputing: list[Candidate] = []
    for each in view.ranked[:LOOKED]:
        finding = held_against(claim, each)
        side = {Finding.SUPPORTED: supporting, Finding.DISPUTED: disputing}.get(finding)
        if side is not None and len(side) < MOST and not any(alike(c, each) for c in side):
            side.append(each)
    return Looked(
        claim,
        tuple(Citation.of(c.quote, c.passage) for c in supporting),
        tuple(Citation.of(c.quote, c.passage) for c in not_overtaken(disputing, supporting)),
        nearest_coverage(view.evidence),
    )


def not_overtaken(
    disputing: Sequence[Candidate], supporting: Sequence[Candidate]
) -> list[Candidate]:
    """Leave out what an article said before the day on which another one came to say the claim."""
    days = [c.passage.header.day for c in supporting if c.passage.header.day]
    newest = max(days, default=date.min)
    return [c for c in disputing if (c.passage.header.day or date.max) >= newest]


def held_against(claim: str, candidate: Candidate) -> Finding:
    """Tell whether one sentence of the coverage says *claim*, says otherwise, or neither.

    It says otherwise only of the same matter: the names are there, most words are shared, and a
    figure, a date or a denial differs. An opinion supports nothing.
    """
    draft = Draft(claim, language_of(claim))
    ground = Ground([Citation.of(candidate.quote, candidate.passage)], "")
    if unknown_name(draft, ground) is not None or not on_the_matter(claim, candidate.quote):
        return Finding.NOT_FOUND
    if reversal(draft, ground) is not None or differs(draft, ground, candidate.quote):
        beside = f"{candidate.passage.header.title}\n{candidate.quote}"
        named = all(has_name(name, beside) for name in names_in(claim))
        return Finding.DISPUTED if named and not candidate.unsettled else Finding.NOT_FOUND
    doubts = (unknown_figure, moved_date, altered_words, unsupported)
    if unstated(claim, candidate.quote) or any(check(draft, ground) for check in doubts):
        return Finding.NOT_FOUND
    opinion = candidate.passage.header.kind is Kind.OPINION
    return Finding.NOT_FOUND if opinion else Finding.SUPPORTED


def differs(draft: Draft, ground: Ground, quote: str) -> bool:
    """Tell whether *quote* states another figure or another day where the claim states one."""
    said = plain(quote)
    there = figures_in(said)
    for figure in unstated(draft.text, quote):
        if any(f.kind == figure.kind and figure.unit in {"", f.unit} for f in there):
            return True
    return moved_date(draft, ground) is not None and any(d.day for d in days_in(said))


def unstated(claim: str, quote: str) -> list[Figure]:
    """Return the figures of *claim* that *quote* itself does not state, be it in a date."""
    said = plain(quote)
    there = {f.value for f in figures_in(said)}
    there |= {Decimal(n) for d in days_in(said) for n in (d.day, d.year) if n}
    return [each for each in figures_in(plain(claim)) if each.value not in there]


def on_the_matter(claim: str, quote: str) -> bool:
    """Tell whether *quote* shares enough of the claim's words to be about the same.

    Across scripts half of its names and of the words that have translations, at least two if it
    has two, have to stand there.
    """
    script = Script.of_question(claim)
    if Script.of_text(quote) is not script:
        words = translatable(claim)
        whole = [w for w in words if not any(w != other and w in other for other in words)]
        known = [translated(word, quote) for word in whole]
        known += [has_name(name, quote) for name in names_in(claim)]
        return bool(known) and sum(known) >= max(min(2, len(known)), len(known) / 2)
    if script is Script.EAST_ASIAN:
        return shared(letters(terms(claim)), terms(quote)) >= SAME_MATTER_CJK
    return shared(content(claim), content(quote)) >= SAME_MATTER


def letters(found: Sequence[str]) -> list[str]:
    """Leave out what holds a digit: a figure that differs is not another matter."""
    return [each for each in found if not any(c.isdigit() for c in each)]
