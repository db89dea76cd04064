"""Look up what somebody claims: what the coverage says of it, and the sentences that come closest.

A verdict takes a reader. Without one there is none, but for a claim that a sentence of the
coverage makes in the same words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.answering.chat.meter import Meter
from bot.answering.coverage import Coverage
from bot.answering.evidence.windows import Window, alike
from bot.answering.model import Citation, Claim, Question, Reason, Verdict
from bot.answering.proving.gates import Stopped, gated
from bot.answering.proving.ground import CitedGround, Draft, in_context
from bot.answering.proving.reader import Finding, Proposed, Reader, UnreadClaimsError
from bot.answering.understanding.question import language_asked
from ingest.index.analysis import terms
from ingest.index.passages import sentences
from ingest.index.scope import QuestionScope
from ingest.model import Kind

CLAIMS = 3
"""Sentences of one message that are looked up."""
_LONGEST = 500
"""Characters of a sentence; the rest of a longer one is left out."""
_READ = 6
"""Sentences of the coverage that a claim is held against."""
_MOST = 3
"""Sentences that are shown for one claim."""
_NEAR = 0.5
"""Score by words from which a sentence is near a claim at all."""
_WORDS = 2
"""Content terms from which a sentence claims anything."""
_VERDICTS = {
    Finding.SUPPORTED: Verdict.SAYS,
    Finding.CONTRADICTED: Verdict.OTHERWISE,
    Finding.CLAIMED: Verdict.CLAIMED,
}


@dataclass(frozen=True, slots=True)
class ClosestSentence:
    """A sentence of the coverage, in its context, and what it says of the claim."""

    citation: Citation
    context: str
    verdict: Verdict = Verdict.NONE


@dataclass(frozen=True, slots=True)
class LookedUpClaim:
    """One claim and the sentences that decide it, or that come closest; best first.

    *read* tells whether somebody who can read looked at all: without that, silence is no finding.
    """

    claim: str
    closest: tuple[ClosestSentence, ...] = ()
    read: bool = False

    @property
    def verdict(self) -> Verdict:
        """Sum it up: what the newest sentence that says anything says; a report before a claim."""
        for wanted in ((Verdict.SAYS, Verdict.OTHERWISE), (Verdict.CLAIMED,)):
            said = [each for each in self.closest if each.verdict in wanted]
            if said:
                return max(said, key=lambda c: c.citation.header.day or date.min).verdict
        return Verdict.NONE


@dataclass(frozen=True, slots=True)
class LookUp:
    """The claims of a message that were looked up, and those that were not."""

    looked: tuple[LookedUpClaim, ...] = ()
    left_out: tuple[str, ...] = ()


async def look_up(
    text: str, coverage: Coverage, reader: Reader, *, now: datetime, meter: Meter
) -> LookUp:
    """Look up the first :data:`CLAIMS` sentences of *text* that claim something."""
    claims = await asyncio.to_thread(claims_in, text)
    found = [
        await look_up_one(each, coverage, reader, now=now, meter=meter) for each in claims[:CLAIMS]
    ]
    return LookUp(tuple(found), tuple(claims[CLAIMS:]))


def claims_in(text: str) -> list[str]:
    """Return the sentences of *text* that claim something: no question, no greeting."""
    line = " ".join(text.split())
    language = language_asked(line)
    said = [line[s.start : s.end].strip()[:_LONGEST] for s in sentences(line, language)]
    return [s for s in said if not s.endswith(("?", "？")) and len(terms(s)) >= _WORDS]


async def look_up_one(
    claim: str, coverage: Coverage, reader: Reader, *, now: datetime, meter: Meter
) -> LookedUpClaim:
    """Have the sentences that come nearest to one claim read; one that is too long is cut."""
    claim = claim[:_LONGEST]
    found = await asyncio.to_thread(_nearest, claim, coverage, now)
    proposed = [Proposed(Claim(claim, (citation,))) for citation in found]
    try:
        readings = await reader.read(proposed, meter) if proposed else []
    except UnreadClaimsError:
        return LookedUpClaim(
            claim, _one_an_article([ClosestSentence(c, in_context(c)) for c in found])
        )
    closest = [
        ClosestSentence(citation, in_context(citation), _verdict_of(claim, citation, reading))
        for citation, reading in zip(found, readings, strict=True)
    ]
    telling = [each for each in closest if each.verdict is not Verdict.NONE]
    read = reader.judges and any(reading is not None for reading in readings)
    return LookedUpClaim(claim, _one_an_article(telling or closest), read)


def _one_an_article(found: Sequence[ClosestSentence]) -> tuple[ClosestSentence, ...]:
    """Return the best sentence of each article, of the best articles alone."""
    best: dict[int, ClosestSentence] = {}
    for each in found:
        best.setdefault(each.citation.passage.article_id, each)
    return tuple(best.values())[:_MOST]


def _nearest(claim: str, coverage: Coverage, now: datetime) -> list[Citation]:
    """Return the sentences of the coverage that come nearest to *claim*, none twice.

    Nothing is near that has few of its words.
    """
    question = Question(claim, now, language_asked(claim))
    states = QuestionScope(topic=claim)
    view = coverage.look(question, names=states, read=False)
    if isinstance(coverage.level(view), Reason):
        return []
    chosen: list[Window] = []
    for window in (each for each in view.ranked if each.score >= _NEAR):
        if len(chosen) == _READ:
            break
        if not any(alike(window.quote, other.quote) for other in chosen):
            chosen.append(window)
    return [Citation.of(window.quote, window.passage) for window in chosen]


def _verdict_of(claim: str, citation: Citation, reading: Finding | None) -> Verdict:
    """Return what one sentence says: a yes has to pass the gates.

    An opinion says nothing, and neither does what nobody has verified.
    """
    header = citation.header
    if reading is None or header.kind is Kind.OPINION or header.unverified:
        return Verdict.NONE
    if reading is Finding.SUPPORTED and _stopped(claim, citation):
        return Verdict.NONE
    return _VERDICTS.get(reading, Verdict.NONE)


def _stopped(claim: str, citation: Citation) -> bool:
    """Tell whether a gate stops *claim* over one citation."""
    found = gated(Draft(claim, language_asked(claim)), CitedGround((citation,)))
    return isinstance(found, Stopped)
