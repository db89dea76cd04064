"""The names of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.language.script import KANJI
from ingest.language.script import KATAKANA as KANA
from ingest.language.words import words

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
START = re.compile(r"(?:^|[.!?:;]\s+|[“\"‘(\[]\s*|\n)$")
NAMES = words()["names"]
LINKS = frozenset(NAMES["links"].split())
PLAIN = frozenset(NAMES["plain"].split())
VERBS = frozenset([*words()["speech"]["verbs"].split(), *NAMES["verbs"].split()])
LOANS = frozenset(NAMES["loans"].split())
TITLES = "|".join(words()["speech"]["titles"].split())
KATAKANA = re.compile(rf"[{KANA}・]{{3,}}")
HONOURED = re.compile(rf"([{KANJI}]{{2,5}}?)(?={TITLES})")


def names_in(text: str) -> list[str]:
    """Return the names of *text*, each once: runs of capitals, katakana, and honoured kanji."""
    return list(dict.fromkeys([*latin_names(text), *script_names(text)]))


def latin_names(text: str) -> Iterator[str]:
    """Yield runs of capitalised words; a lone one that opens a sentence only if more tells it."""
    words = list(WORD.finditer(text))
    i = 0
    while i < len(words):
        run = [words[i]] if named(words, i, text) else []
        while run and i + 1 < len(words):
            beside = text[words[i].end() : words[i + 1].start()] in {" ", ". ", " & "}
            if not (beside and words[i + 1].group()[0].isupper() and lasting(words[i + 1])):
                break
            i += 1
            run.append(words[i])
        if run:
            yield " ".join(word.group() for word in run)
        i += 1


def lasting(word: re.Match[str]) -> bool:
    """Tell whether a capitalised word may be part of a name."""
    return word.group().casefold() not in PLAIN


def named(words: list[re.Match[str]], i: int, text: str) -> bool:
    """Tell whether the word at *i* begins a name."""
    word = words[i].group()
    if not word[0].isupper() or not lasting(words[i]) or word.casefold() in LINKS:
        return False
    if not START.search(text[: words[i].start()]):
        return True
    if i + 1 == len(words):
        return False
    following = words[i + 1].group()
    capital = following[0].isupper() and following.casefold() not in PLAIN | LINKS
    known = any(w.group() == word and not START.search(text[: w.start()]) for w in words)
    return capital or known or following in VERBS or word.endswith(("'s", "’s"))


def script_names(text: str) -> Iterator[str]:
    """Yield katakana runs that are no common loan words, and kanji before a title."""
    for match in KATAKANA.finditer(text):
        for part in match.group().split("・"):
            if len(part.strip("ー")) > 2 and part not in LOANS:
                yield part
    for match in HONOURED.finditer(text):
        yield match.group(1)
