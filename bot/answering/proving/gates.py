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
from ingest.model import Kind
from ingest.reading.instructions import speaks_to_a_model

REFERENCE = re.compile(r"\[\s*\^?\d+\s*\]|【[^】]*】|\bP\d+\b|\(source \d+\)", re.IGNORECASE)
ADDRESS = re.compile(
    r"https?://\S+|\bwww\.\S+|(?<![\w-])[\w-]{1,63}\.(?:com|net|org|xyz|io|info)\b", re.I
)
OPINION = ("opinion", "column", "論説", "意見", "寄稿")
LEAK = 6
"""Words in a row that a sentence may not share with the instructions."""
Gate = Callable[[Draft, CitedGround], str | None]


@dataclass(frozen=True, slots=True)
class Stopped:
    """The gate that stops a sentence, and the words that show why."""

    failing: Failing
    words: str


def gated(draft: Draft, ground: CitedGround) -> Stopped | tuple[Derived, ...]:
    """Return what stops *draft*, or the figures it derives from those that it cites."""
    for failing, gate in GATES.items():
        found = gate(draft, ground)
        if found is not None:
            return Stopped(failing, found)
    unstated, derived = figures(draft, ground)
    return Stopped(Failing.FIGURE, unstated) if unstated is not None else tuple(derived)


def address(draft: Draft, _: CitedGround) -> str | None:
    """Find an address; links come from the sources block alone."""
    found = ADDRESS.search(draft.text)
    return found.group() if found else None


def instruction(draft: Draft, ground: CitedGround) -> str | None:
    """Find an instruction: in the sentence itself, or as what it rests on."""
    return next((text for text in (draft.text, *ground.cited) if speaks_to_a_model(text)), None)


def asking(draft: Draft, _: CitedGround) -> str | None:
    """Find a question: an answer states."""
    return draft.text if draft.text.rstrip("”\"' 」").endswith(("?", "？")) else None


def unmarked_opinion(draft: Draft, ground: CitedGround) -> str | None:
    """Find a sentence that rests on opinion alone and does not say whose."""
    headers = [passage.header for passage in ground.passages]
    if any(header.kind is not Kind.OPINION for header in headers):
        return None
    said = draft.text.casefold()
    whose = [name.split()[-1].casefold() for header in headers for name in header.authors]
    return None if any(name in said for name in (*OPINION, *whose)) else draft.text


def loose_reference(draft: Draft, _: CitedGround) -> str | None:
    """Find a number in brackets or a key: the desk numbers citations, nobody else."""
    found = REFERENCE.search(draft.text)
    return found.group() if found else None


def altered_words(draft: Draft, ground: CitedGround) -> str | None:
    """Find words between quotation marks that no cited sentence and no title has."""
    texts = [*ground.cited, *(title_of(passage) for passage in ground.passages)]
    for quote in quoted_in(draft.text):
        if quote and not any(locate(quote, text, any_case=True) for text in texts):
            return quote
    return None


def leaked(draft: Draft, ground: CitedGround) -> str | None:
    """Find a run of words that stands in the instructions and not in what is cited."""
    said = draft.text.casefold().split()
    cited = " ".join(" ".join(ground.cited).casefold().split())
    told = " ".join(ground.instructions.casefold().split())
    for i in range(len(said) - LEAK + 1):
        run = " ".join(said[i : i + LEAK])
        if run in told and run not in cited:
            return run
    return None


GATES: Mapping[Failing, Gate] = {
    Failing.ADDRESS: address,
    Failing.INSTRUCTION: instruction,
    Failing.QUESTION: asking,
    Failing.OPINION: unmarked_opinion,
    Failing.REFERENCE: loose_reference,
    Failing.QUOTED_WORDS: altered_words,
    Failing.DATE: moved_date,
    Failing.PROMPT: leaked,
}
