"""What rules can decide for certain of a drafted sentence, held against what it cites.

Meaning is not judged here: who did what to whom, claim or fact, all or some is for a reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.answering.model import Failing
from bot.answering.proving.days import moved_date
from bot.answering.proving.figures import Derived, figures
from bot.answering.proving.ground import CitedGround, Draft, title_of
from bot.answering.proving.quotations import locate, quoted_in
from ingest.language.instructions import speaks_to_a_model
from ingest.model import Kind

_REFERENCE = re.compile(r"\[\s*\^?\d+\s*\]|【[^】]*】|\bP\d+\b|\(source \d+\)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"https?://\S+|\bwww\.\S+|(?<![\w-])[\w-]{1,63}\.(?:com|net|org|xyz|io|info)\b", re.I
)
_OPINION = ("opinion", "column", "論説", "意見", "寄稿")
_LEAK = 6
"""Words in a row that a sentence may not share with the instructions."""
_Gate = Callable[[Draft, CitedGround], str | None]


@dataclass(frozen=True, slots=True)
class Stopped:
    """The gate that stops a sentence, and the words that show why."""

    failing: Failing
    words: str


def gated(draft: Draft, ground: CitedGround) -> Stopped | tuple[Derived, ...]:
    """Return what stops *draft*, or the figures it derives from those that it cites."""
    for failing, gate in _GATES.items():
        found = gate(draft, ground)
        if found is not None:
            return Stopped(failing, found)
    unstated, derived = figures(draft, ground)
    return Stopped(Failing.FIGURE, unstated) if unstated is not None else tuple(derived)


def _address(draft: Draft, _: CitedGround) -> str | None:
    """Find an address; links come from the sources block alone."""
    found = _ADDRESS.search(draft.text)
    return found.group() if found else None


def _instruction(draft: Draft, ground: CitedGround) -> str | None:
    """Find an instruction: in the sentence itself, or as what it rests on."""
    return next((text for text in (draft.text, *ground.cited) if speaks_to_a_model(text)), None)


def _asking(draft: Draft, _: CitedGround) -> str | None:
    """Find a question: an answer states."""
    return draft.text if draft.text.rstrip("”\"' 」").endswith(("?", "？")) else None


def _unmarked_opinion(draft: Draft, ground: CitedGround) -> str | None:
    """Find a sentence that rests on opinion alone and does not say whose."""
    headers = [passage.header for passage in ground.passages]
    if any(header.kind is not Kind.OPINION for header in headers):
        return None
    said = draft.text.casefold()
    whose = [name.split()[-1].casefold() for header in headers for name in header.authors]
    return None if any(name in said for name in (*_OPINION, *whose)) else draft.text


def _loose_reference(draft: Draft, _: CitedGround) -> str | None:
    """Find a number in brackets or a key: the desk numbers citations, nobody else."""
    found = _REFERENCE.search(draft.text)
    return found.group() if found else None


def _altered_words(draft: Draft, ground: CitedGround) -> str | None:
    """Find words between quotation marks that no cited sentence and no title has."""
    texts = [*ground.cited, *(title_of(passage) for passage in ground.passages)]
    for quote in quoted_in(draft.text):
        if quote and not any(locate(quote, text, any_case=True) for text in texts):
            return quote
    return None


def _leaked(draft: Draft, ground: CitedGround) -> str | None:
    """Find a run of words that stands in the instructions and not in what is cited."""
    said = draft.text.casefold().split()
    cited = " ".join(" ".join(ground.cited).casefold().split())
    told = " ".join(ground.instructions.casefold().split())
    for i in range(len(said) - _LEAK + 1):
        run = " ".join(said[i : i + _LEAK])
        if run in told and run not in cited:
            return run
    return None


_GATES: Mapping[Failing, _Gate] = {
    Failing.ADDRESS: _address,
    Failing.INSTRUCTION: _instruction,
    Failing.QUESTION: _asking,
    Failing.OPINION: _unmarked_opinion,
    Failing.REFERENCE: _loose_reference,
    Failing.QUOTED_WORDS: _altered_words,
    Failing.DATE: moved_date,
    Failing.PROMPT: _leaked,
}
