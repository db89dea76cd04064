"""Look up claims in the coverage: a verdict on each, and the closest sentences.

A verdict needs a verifier that judges. Without one the only verdict is for a claim whose words a
sentence of the coverage has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bot.answering.coverage import Coverage
from bot.answering.evidence.windows import Window, alike
from bot.answering.limits import LOOKUPS
from bot.answering.proving.gates import Stopped, run_gates
from bot.answering.proving.ground import CitedGround, Draft, citation_context
from bot.answering.proving.verifiers import ClaimVerifier, Finding, ProposedClaim, VerifierError
from bot.answering.understanding.question import language_asked
from bot.answering.values import (
    Citation,
    Claim,
    ClosestSentence,
    LookedUpClaim,
    LookUp,
    Meter,
    Question,
    Reason,
    Verdict,
)
from ingest.index.cutting import sentences, terms
from ingest.index.scope import QuestionScope
from ingest.model import Kind
from ingest.process.threads import in_search_thread

_VERDICTS = {
    Finding.SUPPORTED: Verdict.SAYS,
    Finding.CONTRADICTED: Verdict.OTHERWISE,
    Finding.CLAIMED: Verdict.CLAIMED,
}


async def look_up(
    text: str, coverage: Coverage, verifier: ClaimVerifier, *, now: datetime, meter: Meter
) -> LookUp:
    """Look up the first ``LOOKUPS.claims`` claims of *text*."""
    claims = await asyncio.to_thread(claims_in, text)
    results = [
        await look_up_one(claim, coverage, verifier, now=now, meter=meter)
        for claim in claims[: LOOKUPS.claims]
    ]
    return LookUp(tuple(results), tuple(claims[LOOKUPS.claims :]))


def claims_in(text: str) -> list[str]:
    """Return the sentences of *text* that may be claims: no questions, no greetings."""
    line = " ".join(text.split())
    language = language_asked(line)
    candidates = [
        line[s.start : s.end].strip()[: LOOKUPS.claim_characters] for s in sentences(line, language)
    ]
    return [
        s
        for s in candidates
        if not s.endswith(("?", "？")) and len(terms(s)) >= LOOKUPS.claim_terms
    ]


async def look_up_one(
    claim: str, coverage: Coverage, verifier: ClaimVerifier, *, now: datetime, meter: Meter
) -> LookedUpClaim:
    """Verify *claim* against the closest sentences of the coverage; a long claim is cut off."""
    claim = claim[: LOOKUPS.claim_characters]
    citations = await _nearest(claim, coverage, now)
    proposed = [ProposedClaim(Claim(claim, (citation,))) for citation in citations]
    try:
        findings = await verifier.verify(proposed, meter) if proposed else []
    except VerifierError:
        return LookedUpClaim(
            claim, _best_by_article([ClosestSentence(c, citation_context(c)) for c in citations])
        )
    closest = [
        ClosestSentence(citation, citation_context(citation), _verdict_of(claim, citation, finding))
        for citation, finding in zip(citations, findings, strict=True)
    ]
    deciding = [sentence for sentence in closest if sentence.verdict is not Verdict.NONE]
    judged = verifier.judges and any(finding is not None for finding in findings)
    return LookedUpClaim(claim, _best_by_article(deciding or closest), judged)


def _best_by_article(ranked: Sequence[ClosestSentence]) -> tuple[ClosestSentence, ...]:
    """Return the best sentence of each of the best articles."""
    best: dict[int, ClosestSentence] = {}
    for sentence in ranked:
        best.setdefault(sentence.citation.passage.article_id, sentence)
    return tuple(best.values())[: LOOKUPS.shown_sentences]


@in_search_thread
def _nearest(claim: str, coverage: Coverage, now: datetime) -> list[Citation]:
    """Return the sentences of the coverage closest to *claim*, without duplicates.

    A sentence with few words of the claim is not close.
    """
    question = Question(claim, now, language_asked(claim))
    scope = QuestionScope(topic=claim)
    view = coverage.look(question, names=scope, read=False)
    if isinstance(coverage.level(view), Reason):
        return []
    chosen: list[Window] = []
    for window in (window for window in view.ranked if window.score >= LOOKUPS.candidate_score):
        if len(chosen) == LOOKUPS.candidates:
            break
        if not any(alike(window.quote, candidate.quote) for candidate in chosen):
            chosen.append(window)
    return [Citation.of(window.quote, window.passage) for window in chosen]


def _verdict_of(claim: str, citation: Citation, finding: Finding | None) -> Verdict:
    """Return the verdict of one sentence; support counts only if the claim passes the checks.

    Opinion pieces and unverified articles give no verdict.
    """
    header = citation.header
    if finding is None or header.kind is Kind.OPINION or header.unverified:
        return Verdict.NONE
    if finding is Finding.SUPPORTED and _fails_gate(claim, citation):
        return Verdict.NONE
    return _VERDICTS.get(finding, Verdict.NONE)


def _fails_gate(claim: str, citation: Citation) -> bool:
    """Return True if *claim* fails a check against *citation*."""
    outcome = run_gates(Draft(claim, language_asked(claim)), CitedGround((citation,)))
    return isinstance(outcome, Stopped)
