"""Hold one drafted sentence against the words it cites."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.answering.attribution import speaker, speaker_in
from bot.answering.checking.binding import moved_date, unknown_figure
from bot.answering.checking.ground import Draft, Ground, about, around, reliable
from bot.answering.checking.names import has_name, names_in, translated
from bot.answering.checking.polarity import (
    KNOWN,
    reversed_across,
    reversed_in,
    reversed_in_japanese,
    shared,
    tokens,
)
from bot.answering.checking.quotations import locate, quoted_in
from bot.answering.lexicon import Lexicon
from bot.answering.model import Failing
from ingest.index.analysis import terms
from ingest.index.script import EAST_ASIAN, Script
from ingest.model import Kind
from ingest.reading.instructions import speaks_to_a_model

REFERENCE = re.compile(r"\[\s*\^?\d+\s*\]|【[^】]*】|\bP\d+\b|\(source \d+\)", re.IGNORECASE)
ADDRESS = re.compile(r"https?://\S+|\bwww\.\S+|\b[\w-]+\.(?:com|net|org|xyz|io|info)\b", re.I)
SUPPORT = 0.6
"""Least share of a sentence's own words that the cited sentences must have; below it people found
most sentences of QAGS unfaithful (``make benchmark WHAT=verifying``)."""
SUPPORT_CJK = 0.3
"""The same for bigrams of Japanese, whose particles and endings differ more."""
LEAK = 6
"""Words in a row that a sentence may not share with the instructions."""
AROUND = 2
"""Sentences before a cited one in which its speaker may be named."""
Check = Callable[["Draft", "Ground"], str | None]


def failing(draft: Draft, ground: Ground) -> tuple[Failing, str] | None:
    """Return what is wrong with *draft* and the words that show it; ``None`` for nothing."""
    for kind, check in CHECKS.items():
        found = check(draft, ground)
        if found is not None:
            return kind, found
    return None


def loose_reference(draft: Draft, _: Ground) -> str | None:
    """Find a number in brackets or a key: the desk numbers citations, nobody else."""
    found = REFERENCE.search(draft.text)
    return found.group() if found else None


def followed(draft: Draft, ground: Ground) -> str | None:
    """Find an instruction: in the sentence itself, or as what it rests on."""
    cited = [text for c in ground.citations for text in around(c, 0)]
    return next((text for text in (draft.text, *cited) if speaks_to_a_model(text)), None)


def asking(draft: Draft, _: Ground) -> str | None:
    """Find a question: an answer states."""
    return draft.text if draft.text.rstrip("”\"' 」").endswith(("?", "？")) else None


def unmarked_opinion(draft: Draft, ground: Ground) -> str | None:
    """Find a sentence that rests on opinion alone and does not say whose."""
    headers = [passage.header for passage in ground.passages]
    if any(header.kind is not Kind.OPINION for header in headers):
        return None
    said = draft.text.casefold()
    whose = ["opinion", "column", "論説", "意見", "寄稿"]
    whose += [name.split()[-1].casefold() for header in headers for name in header.authors]
    return None if any(name in said for name in whose) else draft.text


def address(draft: Draft, _: Ground) -> str | None:
    """Find an address; links come from the sources block alone."""
    found = ADDRESS.search(draft.text)
    return found.group() if found else None


def altered_words(draft: Draft, ground: Ground) -> str | None:
    """Find words between quotation marks that no cited passage has."""
    texts = [p.text for p in ground.passages] + [p.header.title for p in ground.passages]
    for quote in quoted_in(draft.text):
        if quote and not any(locate(quote, text) for text in (*texts, ground.question)):
            return quote
    return None


def wrong_speaker(draft: Draft, ground: Ground) -> str | None:
    """Find a speaker whom the cited sentences do not name, or who says something else there."""
    who = speaker(draft.text)
    if who is None:
        return None
    for citation in ground.citations:
        near = around(citation, AROUND if ground.shares_script(draft.text) else 1)
        cited = around(citation, 0)
        said = speaker_in(" ".join(cited)) or None
        if said is not None and not has_name(who, said) and not has_name(said, who):
            others = speakers(" ".join(cited))
            if not any(has_name(who, each) or has_name(each, who) for each in others):
                continue
        header = citation.passage.header
        known = " ".join([*near, header.outlet, header.agency or "", *header.authors])
        if has_name(surname(who), known):
            return None
    return who


def speakers(text: str) -> list[str]:
    """Return everyone who speaks in *text*."""
    found = [speaker_in(text), speaker_in(text, last=True)]
    return [each for each in found if each]


def surname(name: str) -> str:
    """Return the last word of a Latin name; others are whole."""
    return name.split()[-1] if name.isascii() else name


def unknown_name(draft: Draft, ground: Ground) -> str | None:
    """Find a name that the passages do not have in any script."""
    return next((name for name in names_in(draft.own) if not has_name(name, ground.text)), None)


def reversal(draft: Draft, ground: Ground) -> str | None:
    """Find what the draft affirms and the cited sentences deny, or the other way round."""
    if not ground.shares_script(draft.text):
        return reversed_across(draft.own, ground.cited)
    if Script.of_question(draft.text) is Script.EAST_ASIAN:
        source = "".join(s for s in ground.cited.splitlines() if EAST_ASIAN.search(s))
        return reversed_in_japanese(draft.own, source) if source else None
    names = {term for name in names_in(draft.text) for term in terms(name)}
    passage = "\n".join(map(reliable, ground.passages))
    return reversed_in(draft.own, passage, ground.cited, leaving=names)


def unsupported(draft: Draft, ground: Ground) -> str | None:
    """Find a sentence whose own words the cited sentences do not carry.

    Across scripts, one whose words have translations none of which stands there.
    """
    if not ground.shares_script(draft.text):
        known = f"{ground.question}\n{ground.cited}"
        told = [translated(word, known) for word in translatable(draft.text)]
        return draft.text if told and not any(told) else None
    known = "\n".join([ground.question, ground.cited, *(about(p) for p in ground.passages)])
    if Script.of_question(draft.text) is Script.EAST_ASIAN:
        return draft.text if shared(terms(draft.text), terms(known)) < SUPPORT_CJK else None
    words = [word for word in content(draft.text) if word not in KNOWN.reporting]
    return draft.text if shared(words, content(known)) < SUPPORT else None


def translatable(text: str) -> list[str]:
    """Return the words of *text* that the lexicon has in the other script."""
    groups = Lexicon.load().groups
    if Script.of_question(text) is Script.EAST_ASIAN:
        return [
            key
            for key, forms in groups.items()
            if EAST_ASIAN.search(key) and key in text and forms.stems
        ]
    return [word for word in content(text) if word in groups and groups[word].scripts]


def leaked(draft: Draft, ground: Ground) -> str | None:
    """Find a run of words that stands in the instructions and not in what is cited."""
    words, cited = draft.text.casefold().split(), " ".join(ground.text.casefold().split())
    told = " ".join(ground.instructions.casefold().split())
    for i in range(len(words) - LEAK + 1):
        run = " ".join(words[i : i + LEAK])
        if run in told and run not in cited:
            return run
    return None


def content(text: str) -> list[str]:
    """Return the content stems of a Latin text."""
    return [t for t in tokens(text) if t[0].isalpha() and t not in KNOWN.empty]


CHECKS: dict[Failing, Check] = {
    Failing.ADDRESS: address,
    Failing.INSTRUCTION: followed,
    Failing.QUESTION: asking,
    Failing.OPINION: unmarked_opinion,
    Failing.REFERENCE: loose_reference,
    Failing.QUOTED_WORDS: altered_words,
    Failing.SPEAKER: wrong_speaker,
    Failing.FIGURE: unknown_figure,
    Failing.DATE: moved_date,
    Failing.NAME: unknown_name,
    Failing.REVERSED: reversal,
    Failing.UNSUPPORTED: unsupported,
    Failing.PROMPT: leaked,
}
