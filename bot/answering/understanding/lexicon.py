"""The words of election coverage, read from ``prompts/lexicon.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingest.index.analysis import terms
from ingest.language.script import JAPANESE

FILE = Path(__file__).parents[3] / "prompts" / "lexicon.toml"
CJK_WORD = re.compile(f"[{JAPANESE}]+")


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of one meaning: Latin stems, and CJK words and signs found as substrings."""

    stems: frozenset[str]
    scripts: frozenset[str]

    def __or__(self, other: Forms) -> Forms:
        """Join two meanings."""
        return Forms(self.stems | other.stems, self.scripts | other.scripts)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Groups of equivalents, stop words, and how questions ask and sentences answer."""

    groups: Mapping[str, Forms]
    opposites: Mapping[str, Forms]
    speech: frozenset[str]
    stopwords: frozenset[str]
    japanese_stopwords: tuple[str, ...]
    cues: Mapping[str, re.Pattern[str]]
    markers: Mapping[str, re.Pattern[str]]
    guards: Mapping[str, re.Pattern[str]]
    chat: Mapping[str, str]

    @classmethod
    @cache
    def load(cls) -> Lexicon:
        """Read the file once a process."""
        data = tomllib.loads(FILE.read_text(encoding="utf-8"))
        words: dict[str, Forms] = {}
        for group in [*data["groups"], *(each.split() for each in data["irregular"])]:
            forms = forms_of(group)
            for key in forms.stems | forms.scripts:
                words[key] = words[key] | forms if key in words else forms
        opposites: dict[str, Forms] = {}
        for one, other in data["opposites"]:
            for here, there in ((one, other), (other, one)):
                meaning = words[stem(here)]
                for key in meaning.stems | meaning.scripts:
                    opposites[key] = words[stem(there)] | opposites.get(key, Forms(EMPTY, EMPTY))
        stop = data["stopwords"]
        return cls(
            words,
            opposites,
            frozenset(stem(word) for word in data["speech"]),
            frozenset(stem(w) for w in stop["en"].split()) | frozenset(stop["en"].split()),
            tuple(sorted(stop["ja"].split(), key=len, reverse=True)),
            patterns(data["cues"]),
            patterns(data["markers"]),
            patterns(data["guard"]),
            data["chat"],
        )

    def asks(self, cue: str, question: str) -> bool:
        """Tell whether *question* asks in the manner of *cue*."""
        return bool(self.cues[cue].search(question))

    def shows(self, marker: str, sentence: str) -> bool:
        """Tell whether *sentence* has what a question of that manner wants."""
        return bool(self.markers[marker].search(sentence))


EMPTY: frozenset[str] = frozenset()


def patterns(section: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    """Compile the expressions of one section."""
    return {name: re.compile(text, re.IGNORECASE) for name, text in section.items()}


def forms_of(group: list[str]) -> Forms:
    """Split one group into Latin stems, and CJK words and signs."""
    scripts = frozenset(word for word in group if CJK_WORD.fullmatch(word) or not terms(word))
    return Forms(frozenset(stem(w) for w in group if w not in scripts), scripts)


def stem(word: str) -> str:
    """Return the stem of one Latin word, as the index stems it."""
    return terms(word)[0]
