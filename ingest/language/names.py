"""Names of people, places and parties in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from ingest.language.languages import words
from ingest.language.limits import FORMS
from ingest.language.script import KANJI
from ingest.language.script import KATAKANA as KANA

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ELIDED = re.compile(r"(?<![^\W_])(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu|L|Qu)['’](?=[^\W\d_a-zà-ÿ])")
"""An article or a preposition that French joins to a name: "l’Alliance", "d’Ilse"."""
_START = re.compile(r"(?:^|[.!?:;]\s+|[“\"‘(\[]\s*|\n)$")
_NAMES = words()["names"]
_LINKS = frozenset(_NAMES["links"].split())
_PLAIN = frozenset(_NAMES["plain"].split())
_VERBS = frozenset([*words()["speech"]["verbs"].split(), *_NAMES["verbs"].split()])
_LOANS = frozenset(_NAMES["loans"].split())
_TITLES = "|".join(words()["speech"]["titles"].split())
_KATAKANA = re.compile(rf"[{KANA}・]{{3,}}")
_NAME_BEFORE_TITLE = re.compile(rf"([{KANJI}]{{2,5}}?)(?={_TITLES})")


def names_in(text: str) -> list[str]:
    """Return the names in *text*, each once: capitalised words, katakana, kanji before titles."""
    return list(dict.fromkeys([*_latin_names(text), *_script_names(text)]))


def _latin_names(text: str) -> Iterator[str]:
    """Yield runs of capitalised words; a single word at a sentence start needs more evidence."""
    text = _ELIDED.sub(lambda match: " " * len(match.group()), text)
    words = list(_WORD.finditer(text))
    inner_words = {word.group() for word in words if not _opens_sentence(word, text)}
    index = 0
    while index < len(words):
        run = [words[index]] if _begins_name(words, index, text, inner_words) else []
        while run and index + 1 < len(words):
            is_adjacent = text[words[index].end() : words[index + 1].start()] in {" ", ". ", " & "}
            if not (
                is_adjacent
                and words[index + 1].group()[0].isupper()
                and _can_be_name(words[index + 1])
            ):
                break
            index += 1
            run.append(words[index])
        if run:
            yield " ".join(word.group() for word in run)
        index += 1


def _can_be_name(word: re.Match[str]) -> bool:
    """Return True if a capitalised word can be part of a name."""
    return word.group().casefold() not in _PLAIN


def _opens_sentence(word: re.Match[str], text: str) -> bool:
    """Return True if *word* opens a sentence or a quotation."""
    return (
        _START.search(text, max(0, word.start() - FORMS.before_name_characters), word.start())
        is not None
    )


def _begins_name(words: list[re.Match[str]], index: int, text: str, inner_words: Set[str]) -> bool:
    """Return True if the word at *index* begins a name.

    *inner_words* are words that also appear within a sentence.
    """
    word = words[index].group()
    if not word[0].isupper() or not _can_be_name(words[index]) or word.casefold() in _LINKS:
        return False
    if not _opens_sentence(words[index], text):
        return True
    if index + 1 == len(words):
        return False
    next_word = words[index + 1].group()
    next_is_name = next_word[0].isupper() and next_word.casefold() not in _PLAIN | _LINKS
    return next_is_name or word in inner_words or next_word in _VERBS or word.endswith(("'s", "’s"))


def _script_names(text: str) -> Iterator[str]:
    """Yield katakana runs that are not common loan words, and kanji before a title."""
    for match in _KATAKANA.finditer(text):
        for part in match.group().split("・"):
            if len(part.strip("ー")) > 2 and part not in _LOANS:
                yield part
    for match in _NAME_BEFORE_TITLE.finditer(text):
        yield match.group(1)
