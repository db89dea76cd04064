"""Check a drafted sentence, and turn the finding of the verifier into a claim."""

from __future__ import annotations

from collections.abc import Mapping

from bot.answering.model import (
    Citation,
    Claim,
    DraftQuote,
    Dropped,
    Failing,
    Question,
    Sentence,
)
from bot.answering.proving.gates import Stopped, run_gates
from bot.answering.proving.ground import CitedGround, Draft
from bot.answering.proving.quotations import locate
from bot.answering.proving.verifier import Finding, ProposedClaim
from ingest.index.analysis import terms
from ingest.model import Evidence

_UNIQUE_QUOTE_BYTES = 30
"""Shortest quotation that identifies its passage: five words, or ten CJK characters."""
_MAX_CITATIONS = 3
"""Citations of one sentence."""
_FAILING_OF = {
    Finding.CONTRADICTED: Failing.CONTRADICTED,
    Finding.CLAIMED: Failing.CLAIMED,
    Finding.NOT_STATED: Failing.NOT_STATED,
}


def propose(
    sentence: Sentence,
    passages: Mapping[str, Evidence],
    question: Question,
    *,
    instructions: str = "",
) -> ProposedClaim | Dropped:
    """Run the checks on one drafted sentence; return it for verification, or why it fails.

    *passages* are by the keys that the model was given; *instructions* is the prompt, which no
    sentence may repeat. A sentence that only repeats the question is no answer.
    """
    citations = [
        citation for quote in sentence.quotes if (citation := _cite(quote, passages)) is not None
    ]
    if not citations and not any(quote.key in passages for quote in sentence.quotes):
        keys = ", ".join(quote.key for quote in sentence.quotes) or "none"
        return Dropped(sentence.text, Failing.KEY, keys)
    if terms(sentence.text) == terms(question.text):
        return Dropped(sentence.text, Failing.QUESTION, sentence.text)
    if key := next((key for key in passages if key in sentence.text), None):
        return Dropped(sentence.text, Failing.REFERENCE, key)
    if not citations:
        return Dropped(sentence.text, Failing.QUOTATION, sentence.quotes[0].quote)
    used = list(dict.fromkeys(citations))[:_MAX_CITATIONS]
    outcome = run_gates(Draft(sentence.text, question.language), CitedGround(used, instructions))
    if isinstance(outcome, Stopped):
        return Dropped(sentence.text, outcome.failing, outcome.words)
    copies = [
        header
        for evidence in passages.values()
        for header in evidence.copies
        if any(evidence.passage == citation.passage for citation in used)
    ]
    return ProposedClaim(Claim(sentence.text, tuple(used), tuple(dict.fromkeys(copies))), outcome)


def _cite(quote: DraftQuote, passages: Mapping[str, Evidence]) -> Citation | None:
    """Cite the quotation in the passage with its key, or in the only passage that contains it.

    Small models mix up keys; a run of words that one passage alone contains identifies it as
    well.
    """
    evidence = passages.get(quote.key)
    if evidence is not None and (wording := locate(quote.quote, evidence.passage.text)) is not None:
        return Citation.of(wording, evidence.passage)
    if len(quote.quote.encode()) < _UNIQUE_QUOTE_BYTES:
        return None
    citations = [
        Citation.of(wording, candidate.passage)
        for candidate in passages.values()
        if (wording := locate(quote.quote, candidate.passage.text)) is not None
    ]
    return citations[0] if len(citations) == 1 else None


def apply_finding(proposed: ProposedClaim, finding: Finding | None) -> Claim | Dropped:
    """Return the claim if *finding* supports it; otherwise the dropped sentence."""
    if finding is Finding.SUPPORTED:
        return proposed.claim
    failing = _FAILING_OF[finding] if finding is not None else Failing.UNREAD
    return Dropped(proposed.claim.text, failing, "")
