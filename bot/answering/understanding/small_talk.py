"""Read a message without its markup, and recognise small talk: hello, help, "true?"; and "why?"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from ingest.language.languages import Language, phrase_pattern, table

_MARKUP = re.compile(
    r"<a?:\w+:\d+>|<(?:@[!&]?|#|/[\w -]+:)\d+>|<t:-?\d+(?::\w)?>|<id:\w+>"
    r"|<?https?://\S+|(?<!\w):[a-z0-9_+-]{2,32}:(?!\w)"
    r"|^[ \t]{0,8}(?:>>> |> |#{1,3} |[-*] )|[`*_~|]{2,}|`",
    re.IGNORECASE | re.MULTILINE,
)
"""Markup of Discord: emoji, mentions, channels, times, links, formatting."""
_SYMBOL_CATEGORIES = {"So", "Sk", "Cn", "Co", "Me"}
_SELECTORS = dict.fromkeys([*range(0xFE00, 0xFE10), 0x200D])
"""Variation selectors of emoji, and the joiner of two."""
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_FILLER, _BARE = "beside", "bare"
_KINDS = (
    *("privacy", "help", "stop", "wrong", "reword"),
    *("check", "news", "aside", "thanks", "hello"),
)
"""Kinds of small talk; a message with several is answered by the first of these."""


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """The kind of a message, such as ``help``, ``stop``, ``thanks`` or ``hello``, and its language.

    ``check`` refers to another text that is to be checked: "is this true?", "source?". ``reword``
    asks for another wording of an answer: "shorter", "translate that". ``follow`` asks to be told
    of news later. ``news`` asks for the latest news, on ``topic`` if there is one; ``wrong``
    complains, and ``aside`` asks for something that no coverage has. ``privacy`` asks for one's own
    data, or for its deletion.
    """

    kind: str
    language: Language
    topic: str = ""


def strip_markup(text: str) -> str:
    """Return *text* without emoji, mentions, links and formatting marks."""
    without_markup = _MARKUP.sub(" ", text).translate(_SELECTORS)
    words = "".join(
        " " if unicodedata.category(c) in _SYMBOL_CATEGORIES else c for c in without_markup
    )
    return " ".join(words.split())


def small_talk_in(text: str) -> SmallTalk | None:
    """Return the small talk that *text* consists of; ``None`` if it may be a question."""
    return next(iter(_small_talk_of(text)), None)


def languages_of_small_talk(text: str) -> tuple[Language, ...]:
    """Return the languages in which *text* is small talk; "stop" is in several."""
    return tuple(small_talk.language for small_talk in _small_talk_of(text))


@lru_cache(maxsize=1024)
def _small_talk_of(text: str) -> tuple[SmallTalk, ...]:
    """Return the small talk that *text* consists of in each language that has it."""
    words = _words_of(text)
    kinds_by_language = {language: _kinds_in(words, _phrases(language)) for language in Language}
    return tuple(
        SmallTalk(next(kind for kind in _KINDS if kind in kinds), language)
        for language, kinds in kinds_by_language.items()
        if _BARE not in kinds and not kinds.isdisjoint(_KINDS)
    )


@lru_cache(maxsize=1024)
def languages_of_bare_question(text: str) -> tuple[Language, ...]:
    """Return the languages in which *text* is a question word alone, such as "why?".

    Such a question means something only after another one.
    """
    words = _words_of(text)
    return tuple(language for language in Language if _BARE in _kinds_in(words, _phrases(language)))


def news_request_in(text: str) -> SmallTalk | None:
    """Return the request for news on a topic in *text*: "the latest on the ferries"."""
    for language, match in _requests_in(text, "news_of"):
        return SmallTalk("news", language, match["topic"].strip())
    return None


def follow_request_in(text: str) -> SmallTalk | None:
    """Return the request to be told of news later in *text*: "follow Marrowen", "remind me"."""
    for language, _ in _requests_in(text, "follow_of"):
        return SmallTalk("follow", language)
    return None


def _requests_in(text: str, name: str) -> Iterator[tuple[Language, re.Match[str]]]:
    """Yield where *text* matches the pattern *name* of a language, with that language."""
    text = strip_markup(text)
    for language in Language:
        pattern = _pattern(language, name)
        if match := pattern and pattern.search(text):
            yield language, match


@cache
def _pattern(language: Language, name: str) -> re.Pattern[str] | None:
    """Compile the pattern *name* of requests in *language*, if there is one."""
    pattern = table(f"{language}/questions").get("talk", {}).get(name)
    return phrase_pattern([pattern]) if pattern else None


def _words_of(text: str) -> tuple[str, ...]:
    """Return the words of *text* in lower case, without markup and punctuation."""
    plain_text = unicodedata.normalize("NFKC", strip_markup(text)).casefold().replace("’", "'")
    return tuple(WORD.findall(plain_text))


def _kinds_in(words: Sequence[str], phrases: Mapping[tuple[str, ...], str]) -> set[str]:
    """Split *words* into phrases, the longest first; return their kinds, none if a word is left."""
    kinds: set[str] = set()
    start = 0
    while start < len(words):
        ends = range(len(words), start, -1)
        end = next((end for end in ends if tuple(words[start:end]) in phrases), None)
        if end is None:
            return set()
        kinds.add(phrases[tuple(words[start:end])])
        start = end
    return kinds


@cache
def _phrases(language: Language) -> dict[tuple[str, ...], str]:
    """Return the kind of each small-talk phrase of *language*, by its words."""
    phrases: Mapping[str, Sequence[str]] = table(f"{language}/questions").get("talk", {})
    return {
        tuple(WORD.findall(phrase)): kind
        for kind in (*_KINDS, _BARE, _FILLER)
        for phrase in phrases.get(kind, ())
    }
