"""The names of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from ingest.language.script import KANJI
from ingest.language.script import KATAKANA as KANA
from ingest.language.words import words

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_START = re.compile(r"(?:^|[.!?:;]\s+|[“\"‘(\[]\s*|\n)$")
_BEFORE = 20
"""Characters in which a sentence ends before the word that opens the next one."""
_NAMES = words()["names"]
_LINKS = frozenset(_NAMES["links"].split())
_PLAIN = frozenset(_NAMES["plain"].split())
_VERBS = frozenset([*words()["speech"]["verbs"].split(), *_NAMES["verbs"].split()])
_LOANS = frozenset(_NAMES["loans"].split())
_TITLES = "|".join(words()["speech"]["titles"].split())
_KATAKANA = re.compile(rf"[{KANA}・]{{3,}}")
_HONOURED = re.compile(rf"([{KANJI}]{{2,5}}?)(?={_TITLES})")


def names_in(text: str) -> list[str]:
    """Return the names of *text*, each once: runs of capitals, katakana, and honoured kanji."""
    return list(dict.fromkeys([*_latin_names(text), *_script_names(text)]))


def _latin_names(text: str) -> Iterator[str]:
    """Yield runs of capitalised words; a lone one that opens a sentence only if more tells it."""
    words = list(_WORD.finditer(text))
    inside = {word.group() for word in words if not _opens(word, text)}
    i = 0
    while i < len(words):
        run = [words[i]] if _named(words, i, text, inside) else []
        while run and i + 1 < len(words):
            beside = text[words[i].end() : words[i + 1].start()] in {" ", ". ", " & "}
            if not (beside and words[i + 1].group()[0].isupper() and _lasting(words[i + 1])):
                break
            i += 1
            run.append(words[i])
        if run:
            yield " ".join(word.group() for word in run)
        i += 1


def _lasting(word: re.Match[str]) -> bool:
    """Tell whether a capitalised word may be part of a name."""
    return word.group().casefold() not in _PLAIN


def _opens(word: re.Match[str], text: str) -> bool:
    """Tell whether *word* opens a sentence or a quotation."""
    return _START.search(text, max(0, word.start() - _BEFORE), word.start()) is not None


def _named(words: list[re.Match[str]], i: int, text: str, inside: Set[str]) -> bool:
    """Tell whether the word at *i* begins a name; *inside* are those that open no sentence."""
    word = words[i].group()
    if not word[0].isupper() or not _lasting(words[i]) or word.casefold() in _LINKS:
        return False
    if not _opens(words[i], text):
        return True
    if i + 1 == len(words):
        return False
    following = words[i + 1].group()
    capital = following[0].isupper() and following.casefold() not in _PLAIN | _LINKS
    return capital or word in inside or following in _VERBS or word.endswith(("'s", "’s"))


def _script_names(text: str) -> Iterator[str]:
    """Yield katakana runs that are no common loan words, and kanji before a title."""
    for match in _KATAKANA.finditer(text):
        for part in match.group().split("・"):
            if len(part.strip("ー")) > 2 and part not in _LOANS:
                yield part
    for match in _HONOURED.finditer(text):
        yield match.group(1)
