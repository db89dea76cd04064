"""The names of a text, and whether another text has them, in its own script or another."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

from bot.answering.checking.words import Words
from bot.answering.lexicon import Lexicon
from ingest.index.analysis import terms

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
START = re.compile(r"(?:^|[.!?:;]\s+|[“\"‘(\[]\s*|\n)$")
KATAKANA = re.compile(r"[ァ-ヴー・]{3,}")
HONOURED = re.compile(r"([一-龯々]{2,5})(?=氏|さん|首相|大統領|知事|市長|党首|幹事長|教授)")
KNOWN = Words.load()

ROMAJI = {
    **dict(zip("アイウエオァィゥェォ", "aiueoaiueo", strict=True)),
    **dict(zip("カキクケコガギグゲゴ", ["k"] * 5 + ["g"] * 5, strict=True)),
    **dict(zip("サシスセソザジズゼゾ", ["s"] * 5 + ["z"] * 5, strict=True)),
    **dict(zip("タチツテトダヂヅデド", ["t", "t", "t", "t", "t"] + ["d"] * 5, strict=True)),
    **dict(zip("ナニヌネノ", "nnnnn", strict=True)),
    **dict(zip("ハヒフヘホバビブベボパピプペポ", ["h"] * 5 + ["b"] * 5 + ["p"] * 5, strict=True)),
    **dict(zip("マミムメモ", "mmmmm", strict=True)),
    **dict(zip("ラリルレロ", "rrrrr", strict=True)),
    "フ": "h",
    "ヴ": "b",
    "ン": "n",
    "ワ": "w",
}
LATIN_SOUNDS = (
    ("ph", "h"),
    ("th", "s"),
    ("sch", "s"),
    ("sh", "s"),
    ("ch", "t"),
    ("ck", "k"),
    ("qu", "k"),
    ("x", "ks"),
    ("c", "k"),
    ("q", "k"),
    ("l", "r"),
    ("v", "b"),
    ("f", "h"),
    ("j", "z"),
)


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
    return word.group().casefold() not in KNOWN.plain


def named(words: list[re.Match[str]], i: int, text: str) -> bool:
    """Tell whether the word at *i* begins a name."""
    word = words[i].group()
    if not word[0].isupper() or not lasting(words[i]) or word.casefold() in KNOWN.links:
        return False
    if not START.search(text[: words[i].start()]):
        return True
    if i + 1 == len(words):
        return False
    following = words[i + 1].group()
    capital = following[0].isupper() and following.casefold() not in KNOWN.plain | KNOWN.links
    known = any(w.group() == word and not START.search(text[: w.start()]) for w in words)
    return capital or known or following in KNOWN.verbs or word.endswith(("'s", "’s"))


def script_names(text: str) -> Iterator[str]:
    """Yield katakana runs that are no common loan words, and kanji before a title."""
    for match in KATAKANA.finditer(text):
        for part in match.group().split("・"):
            if len(part.strip("ー")) > 2 and part not in KNOWN.loans:
                yield part
    for match in HONOURED.finditer(text):
        yield match.group(1)


def has_name(name: str, text: str) -> bool:
    """Tell whether *text* has every word of *name*, or its sounds in another script."""
    if KATAKANA.fullmatch(name):
        return name in text or any(sounds_like(name, word) for word in sound_groups(text))
    if not name.isascii() and name in text:
        return True
    held = set(terms(text))
    bare = [w for w in re.split(r"[ -]", name) if w.casefold() not in KNOWN.links | KNOWN.plain]
    wanted = {t for word in bare for t in terms(word.removesuffix("'s").removesuffix("’s"))}
    if wanted <= held:
        return True
    heard = KATAKANA.findall(text)
    return bool(heard) and all(
        set(terms(w)) & held or translated(w, text) or any(sounds_like(k, w) for k in heard)
        for w in bare
    )


def translated(word: str, text: str) -> bool:
    """Tell whether *text* has a word of the lexicon that means *word*: Alliance and 同盟."""
    groups = Lexicon.load().groups
    found = [groups[key] for key in (word, *terms(word)) if key in groups]
    held = set(terms(text))
    return any(
        bool(forms.stems & held) or any(form in text for form in forms.scripts) for forms in found
    )


def sound_groups(text: str) -> Iterator[str]:
    """Yield the capitalised Latin words of *text*, alone and two together."""
    words = [m.group() for m in WORD.finditer(text) if m.group()[0].isupper()]
    yield from words
    yield from (f"{one}{other}" for one, other in itertools.pairwise(words))


def sounds_like(katakana: str, latin: str) -> bool:
    """Compare the consonants of both: アークウェル and Arkwell, but not Marrowen."""
    one, other = skeleton(katakana), latin_skeleton(latin)
    if not one or not other:
        return False
    away = distance(one, other)
    return away <= max(len(one), len(other)) // 4


def skeleton(katakana: str) -> str:
    """Return the consonants that a katakana word is read with."""
    sounds = [ROMAJI.get(char, "") for char in katakana]
    return re.sub(r"(.)\1+", r"\1", "".join(s for s in sounds if s and s not in "aiueow"))


def latin_skeleton(word: str) -> str:
    """Return the consonants of a Latin word as katakana would write them."""
    bare = unicodedata.normalize("NFD", word.casefold())
    bare = "".join(c for c in bare if c.isalpha() and not unicodedata.combining(c))
    for sound, other in LATIN_SOUNDS:
        bare = bare.replace(sound, other)
    bare = re.sub(r"r(?=[^aeiouyr]|$)", "", bare)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouyw]", "", bare))


def distance(one: str, other: str) -> int:
    """Return the Levenshtein distance."""
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, with_ in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (char != with_))
    return row[-1]
