"""Who says a sentence, as far as its own words and those before it tell."""

from __future__ import annotations

import re

from ingest.language.script import KANJI, KATAKANA
from ingest.language.words import words

SPEECH = rf"(?:{'|'.join(words()['speech']['en'].split())})"
TITLE = rf"(?:(?:{'|'.join(words()['speech']['titles_en'].split())})\.? )?"
TITLE_JA = rf"(?:{'|'.join(words()['speech']['titles_ja'].split())})"
NAME = rf"{TITLE}[A-Z][\w’'-]+(?: (?:[a-z]{{2,3}} )?[A-Z][\w’'-]+){{0,3}}"
BEFORE_VERB = re.compile(
    rf"\b({NAME})(?:, (?:({NAME})|[^,“\"]{{2,60}}),)?"
    rf" (?:also |later |then )?{SPEECH}\b"
)
AFTER_VERB = re.compile(rf"[,”\"] {SPEECH} ({NAME})")
JAPANESE = re.compile(rf"([{KANJI}{KATAKANA}・A-Za-z]{{2,14}}{TITLE_JA})[はも]")
OPENS_QUOTED = re.compile(r"^\s*[“\"「『]")
QUOTED = re.compile(r"[“\"「『]")
PART_OF = re.compile(r"\b(?:leader|head|chief|member|director) of (?:the )?(?:[A-Z]\S* )*$")
"""What makes a name that of somebody's party or office, not of who speaks."""
NOBODY = frozenset(
    {"He", "She", "They", "It", "We", "I", "The", "But", "And", "Asked", "This", "That"}
)


def speaker(sentence: str, before: str = "") -> str | None:
    """Name who says *sentence*; one that only continues a quotation takes *before*'s speaker."""
    named = speaker_in(sentence)
    if named is None and OPENS_QUOTED.match(sentence):
        return speaker_in(before, last=True)
    return named


def speaker_in(text: str, *, last: bool = False) -> str | None:
    """Find a name beside a verb of speech; the last one if *last*."""
    spoken = BEFORE_VERB.finditer(text)
    found = [m[2] or m[1] for m in spoken if m[2] or not PART_OF.search(text[: m.start()])]
    found += [m[1] for m in AFTER_VERB.finditer(text)]
    if QUOTED.search(text):
        found += [m.group(1) for m in JAPANESE.finditer(text)]
    people = [name for name in found if name.split()[0] not in NOBODY]
    if not people:
        return None
    return people[-1] if last else people[0]
