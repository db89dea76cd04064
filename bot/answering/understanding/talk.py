"""What people say to a bot that is no question: hello, help, stop, "true?", "news?"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.answering.understanding.markup import bare
from ingest.language.languages import Language
from ingest.language.words import table

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_BESIDE = "beside"
_TURNS = ("privacy", "help", "stop", "wrong", "check", "news", "aside", "thanks", "hello")
"""What is answered where one message says several, the first of these."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said, ``help``, ``stop``, ``thanks`` or ``hello``, and in which language.

    ``check`` points to something else that is to be answered or checked: "is this true?".
    ``news`` asks what is new, of ``topic`` where that is named; ``wrong`` complains, and ``aside``
    wants something that no coverage has. ``privacy`` asks what is kept of oneself, or that it goes.
    """

    said: str
    language: Language
    topic: str = ""


def talk_in(text: str) -> Talk | None:
    """Return what *text* says when it says nothing else; ``None`` when it may ask something."""
    said = unicodedata.normalize("NFKC", bare(text)).casefold().replace("’", "'")
    words = tuple(_WORD.findall(said))
    for language in Language:
        found = _said_in(words, _phrases(language))
        for turn in _TURNS:
            if turn in found:
                return Talk(turn, language)
    return None


def news_in(text: str) -> Talk | None:
    """Return of what *text* wants the news: "the latest on the ferries"."""
    text = bare(text)
    for language in Language:
        pattern = _news_pattern(language)
        if found := pattern and pattern.search(text):
            return Talk("news", language, found["topic"].strip())
    return None


@cache
def _news_pattern(language: Language) -> re.Pattern[str] | None:
    """Compile how news of something are asked for in *language*."""
    written = table(f"{language}/questions").get("talk", {}).get("news_of")
    return re.compile(written, re.IGNORECASE) if written else None


def _said_in(words: Sequence[str], phrases: Mapping[tuple[str, ...], str]) -> set[str]:
    """Take *words* apart into phrases, the longest first; nothing if one word is left over."""
    said: set[str] = set()
    at = 0
    while at < len(words):
        ends = range(len(words), at, -1)
        end = next((end for end in ends if tuple(words[at:end]) in phrases), None)
        if end is None:
            return set()
        said.add(phrases[tuple(words[at:end])])
        at = end
    return said


@cache
def _phrases(language: Language) -> dict[tuple[str, ...], str]:
    """Read what is said in *language*, each phrase by its words."""
    listed: Mapping[str, Sequence[str]] = table(f"{language}/questions").get("talk", {})
    return {
        tuple(_WORD.findall(phrase)): said
        for said in (*_TURNS, _BESIDE)
        for phrase in listed.get(said, ())
    }
