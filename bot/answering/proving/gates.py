"""The checks of a drafted sentence against its citations that rules can decide with certainty.

They do not judge meaning: roles, claim or fact, all or some are left to the verifier.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.answering.limits import PROOFS
from bot.answering.proving.figures import Derived, check_figures, unstated_date
from bot.answering.proving.ground import CitedGround, Draft, locate, quotations_in, title_of
from bot.answering.proving.verifiers import Finding, ProposedClaim
from bot.answering.values import (
    Citation,
    Claim,
    DraftQuote,
    Dropped,
    Failing,
    Question,
    Sentence,
)
from ingest.index.cutting import terms
from ingest.language.lines import speaks_to_a_model
from ingest.model import Evidence, Kind

_REFERENCE = re.compile(r"\[\s*\^?\d+\s*\]|【[^】]*】|\bP\d+\b|\(source \d+\)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"https?://\S+|\bwww\.\S+|(?<![\w-])[\w-]{1,63}\.(?:com|net|org|xyz|io|info)\b", re.I
)
_OPINION_WORDS = ("opinion", "column", "論説", "意見", "寄稿")
_Gate = Callable[[Draft, CitedGround], str | None]
_FAILING_OF = {
    Finding.CONTRADICTED: Failing.CONTRADICTED,
    Finding.CLAIMED: Failing.CLAIMED,
    Finding.NOT_STATED: Failing.NOT_STATED,
}


@dataclass(frozen=True, slots=True)
class Stopped:
    """The check that rejects a sentence, and the words that fail it."""

    failing: Failing
    words: str


def run_gates(draft: Draft, ground: CitedGround) -> Stopped | tuple[Derived, ...]:
    """Return the first failed check of *draft*, or the derived figures if it passes all."""
    for failing, gate in _GATES.items():
        failing_words = gate(draft, ground)
        if failing_words is not None:
            return Stopped(failing, failing_words)
    figure, derived = check_figures(draft, ground)
    return Stopped(Failing.FIGURE, figure) if figure is not None else tuple(derived)


def _find_address(draft: Draft, _: CitedGround) -> str | None:
    """Return a web address in *draft*; links belong to the source list only."""
    match = _ADDRESS.search(draft.text)
    return match.group() if match else None


def _find_instruction(draft: Draft, ground: CitedGround) -> str | None:
    """Return the text that speaks to a model: *draft* itself or a cited sentence."""
    return next(
        (text for text in (draft.text, *ground.cited_texts) if speaks_to_a_model(text)), None
    )


def _find_question(draft: Draft, _: CitedGround) -> str | None:
    """Return *draft* if it is a question; an answer has to state."""
    return draft.text if draft.text.rstrip("”\"' 」").endswith(("?", "？")) else None


def _find_unmarked_opinion(draft: Draft, ground: CitedGround) -> str | None:
    """Return *draft* if it cites opinion pieces only and names neither author nor genre."""
    headers = [passage.header for passage in ground.passages]
    if any(header.kind is not Kind.OPINION for header in headers):
        return None
    text = draft.text.casefold()
    surnames = [name.split()[-1].casefold() for header in headers for name in header.authors]
    return None if any(name in text for name in (*_OPINION_WORDS, *surnames)) else draft.text


def _find_reference(draft: Draft, _: CitedGround) -> str | None:
    """Return a citation number or a key in *draft*; only the desk numbers citations."""
    match = _REFERENCE.search(draft.text)
    return match.group() if match else None


def _find_altered_quotation(draft: Draft, ground: CitedGround) -> str | None:
    """Return a quotation in *draft* that no cited sentence and no title contains."""
    texts = [*ground.cited_texts, *(title_of(passage) for passage in ground.passages)]
    for quote in quotations_in(draft.text):
        if quote and not any(locate(quote, text, any_case=True) for text in texts):
            return quote
    return None


def _find_leak(draft: Draft, ground: CitedGround) -> str | None:
    """Return a run of words that the instructions contain and the citations do not."""
    words = draft.text.casefold().split()
    cited_text = " ".join(" ".join(ground.cited_texts).casefold().split())
    instructions = " ".join(ground.instructions.casefold().split())
    for i in range(len(words) - PROOFS.leaked_words + 1):
        run = " ".join(words[i : i + PROOFS.leaked_words])
        if run in instructions and run not in cited_text:
            return run
    return None


_GATES: Mapping[Failing, _Gate] = {
    Failing.ADDRESS: _find_address,
    Failing.INSTRUCTION: _find_instruction,
    Failing.QUESTION: _find_question,
    Failing.OPINION: _find_unmarked_opinion,
    Failing.REFERENCE: _find_reference,
    Failing.QUOTED_WORDS: _find_altered_quotation,
    Failing.DATE: unstated_date,
    Failing.PROMPT: _find_leak,
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
    used = list(dict.fromkeys(citations))[: PROOFS.citations]
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
    if len(quote.quote.encode()) < PROOFS.unique_quotation_bytes:
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
