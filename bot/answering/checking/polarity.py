"""Whether two texts affirm or deny the same things, as far as rules can tell."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from bot.answering.checking.words import Words
from ingest.index.analysis import stems

TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|[.,;:!?\"“”]")
STOPS = frozenset('.;:!?"“”')
BREAKS = frozenset({"and", "but", *stems(["said", "reported", "according"])})
"""Words behind which "not" no longer holds."""
REACH = 4
"""Content words that "not" reaches ahead."""
FAR = 9
"""Content words that "denied that" reaches ahead."""
NOT_JA = re.compile(
    r"([一-龯ぁ-んァ-ヴ]{2})(?:ない|なかった|なく|ません|ず|ぬ)(?![一-龯])|(否定|拒否|拒ん|反対|見送)"
)
STRONG = re.compile(
    r"\b(?:would|will|did|does|do|has|have|had|is|was|were|are|could|can|may) not\b|n[’']t\b"
    r"|\bcannot\b|\b(?:denied|rejected)\b|(?:ない|なかった|ません(?:でした)?|せず)(?:と|。|」|$)|否定し",
    re.IGNORECASE,
)
ANY = re.compile(
    r"\b(?:no|not|never|nor|none|nobody|nothing|without|cannot|den(?:y|ied|ies)|reject\w*|declin\w*"
    r"|refus\w*|fewer|less|below|un\w+|rule[ds]? out)\b|n[’']t\b"
    r"|な[いかく]|ません|ず|否|拒|反対|未|無|不",
    re.IGNORECASE,
)


KNOWN = Words.load()


def tokens(text: str) -> list[str]:
    """Return stems, negations and stops of *text* in order; "won't" is "will" and a negation."""
    found: list[str] = []
    for word in TOKEN.findall(text.replace("’", "'").lower()):
        if word.endswith("n't") or word == "cannot":
            found += [*stems([word.removesuffix("n't").removesuffix("not")]), "not"]
        elif word in KNOWN.negations or not word[0].isalpha():
            found.append(word)
        else:
            found += stems([word.removesuffix("'s")])
    return found


def denied(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the content stems that *text* denies, and those that it affirms."""
    against: set[str] = set()
    plain: set[str] = set()
    reach = 0
    for token in tokens(text):
        if token in KNOWN.negations:
            reach = REACH
        elif not token[0].isalpha():
            reach = 0 if token in STOPS else reach
        elif token in BREAKS:
            reach = 0
        elif token in KNOWN.denials:
            reach = FAR
        elif token in KNOWN.refusals:
            reach = REACH
        elif token not in KNOWN.empty:
            (against if reach else plain).add(token)
            reach -= reach > 0
    return frozenset(against), frozenset(plain)


def reversed_in(
    claim: str, passage: str, cited: str, *, leaving: Collection[str] = ()
) -> str | None:
    """Return what *claim* says the other way round than its source, or ``None``.

    A word that the one denies and all of the *passage* only affirms, or the other way round; or a
    word of direction whose opposite stands in the *cited* sentences instead. What is in *leaving*,
    such as names, cannot be turned round.
    """
    here_not, here = denied(claim)
    there_not, there = denied(passage)
    flipped = ((here - here_not) & (there_not - there)) | ((here_not - here) & (there - there_not))
    if flipped := flipped - set(leaving):
        return sorted(flipped)[0]
    ours, theirs = set(tokens(claim)), set(tokens(cited))
    if here_not or denied(cited)[0]:
        ours, theirs = ours & KNOWN.denials, theirs & KNOWN.denials
    for one, other in KNOWN.opposed:
        for side, opposite in ((one, other), (other, one)):
            mine = (ours & side) - opposite
            if mine and not theirs & side and theirs & opposite:
                return sorted(mine)[0]
    return None


def reversed_in_japanese(claim: str, source: str) -> str | None:
    """Return the letters before a negation that only one of the two Japanese texts has."""
    here, there = negated_ja(claim), negated_ja(source)
    for stem in here - there:
        if stem in source:
            return stem
    for stem in there - here:
        if stem in claim:
            return stem
    return None


def reversed_across(claim: str, source: str) -> str | None:
    """Return the negation that only one of an English and a Japanese text has, or ``None``.

    What the source's verb denies the claim denies somehow; and the claim's verb denies nothing
    where the source has no denial at all.
    """
    strong = STRONG.search(source)
    if strong and not ANY.search(claim):
        return strong.group()
    strong = STRONG.search(claim)
    return strong.group() if strong and not ANY.search(source) else None


def negated_ja(text: str) -> set[str]:
    """Return the letters before each negation of a Japanese text."""
    return {m[1] or m[2] for m in NOT_JA.finditer(text)}


def shared(one: Sequence[str], other: Sequence[str]) -> float:
    """Return the share of *one*'s distinct items that *other* has; 1 for none."""
    mine = set(one)
    return len(mine & set(other)) / len(mine) if mine else 1.0
