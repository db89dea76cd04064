"""How people ask and what answers them, by the language of the question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.answering.understanding.question import language_read
from ingest.index.analysis import terms
from ingest.language.languages import Language
from ingest.language.script import JAPANESE
from ingest.language.words import languages, table

CJK_WORD = re.compile(f"[{JAPANESE}]+")
EMPTY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of one meaning: Latin stems, and CJK words and signs found as substrings."""

    stems: frozenset[str] = EMPTY
    scripts: frozenset[str] = EMPTY

    def __or__(self, other: Forms) -> Forms:
        """Join two meanings."""
        return Forms(self.stems | other.stems, self.scripts | other.scripts)


@dataclass(frozen=True, slots=True)
class _Meanings:
    """Words that mean the same, whatever language they are of."""

    groups: Mapping[str, Forms]

    @classmethod
    @cache
    def load(cls) -> _Meanings:
        """Read ``same.toml``, and what each language adds to its groups."""
        same = table("same")
        added: dict[str, list[str]] = {}
        for each in languages():
            for head, words in table(f"{each}/questions").get("same", {}).items():
                added.setdefault(head, []).extend(words.split())
        groups: dict[str, Forms] = {}
        for group in [*same["groups"], *(each.split() for each in same["irregular"])]:
            forms = _forms_of([*group, *added.get(group[0], ())])
            for key in forms.stems | forms.scripts:
                groups[key] = groups.get(key, Forms()) | forms
        return cls(groups)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What a question of one language is read by.

    Stop words, cues and chat words are of the language and of those in the other script, for a
    question may mix scripts; a word of one alphabet's languages means something else in another.
    Sentences that answer, and questions that are declined, are told in every language.
    """

    meanings: _Meanings
    stopwords: frozenset[str]
    script_stopwords: tuple[str, ...]
    cues: Mapping[str, re.Pattern[str]]
    markers: Mapping[str, re.Pattern[str]]
    guards: Mapping[str, re.Pattern[str]]
    follow_up: Mapping[str, tuple[re.Pattern[str], ...]]

    @classmethod
    @cache
    def of(cls, language: Language) -> Lexicon:
        """Read the folders once a process."""
        own = [table(f"{each}/questions") for each in _read_beside(language)]
        every = [table(f"{each}/questions") for each in languages()]
        stop = [word for each in own for word in each["stopwords"].split()]
        latin = [word for word in stop if not CJK_WORD.search(word)]
        scripts = {word for word in stop if CJK_WORD.search(word)}
        hows = {key for each in own for key in each["follow_up"]}
        return cls(
            _Meanings.load(),
            frozenset(map(_stem, latin)) | frozenset(latin),
            tuple(sorted(scripts, key=len, reverse=True)),
            _joined(own, "cues"),
            _joined(every, "markers"),
            _joined(every, "guard"),
            {
                how: tuple(_compiled(p) for each in own for p in each["follow_up"].get(how, ()))
                for how in hows
            },
        )

    @property
    def groups(self) -> Mapping[str, Forms]:
        """The forms of each meaning, by every one of them."""
        return self.meanings.groups

    def asks(self, cue: str, question: str) -> bool:
        """Tell whether *question* asks in the manner of *cue*."""
        return bool(self.cues[cue].search(question))

    def shows(self, marker: str, sentence: str) -> bool:
        """Tell whether *sentence* has what a question of that manner wants."""
        return bool(self.markers[marker].search(sentence))

    def opened(self, text: str) -> str:
        """Leave out the "and", "but" or "so" that *text* opens with."""
        opening = self.goes_on("opens", text)
        return text[opening.end() :] if opening else text

    def goes_on(self, how: str, text: str) -> re.Match[str] | None:
        """Return where *text* goes on from a question before, in the way that *how* names."""
        found = (pattern.search(text) for pattern in self.follow_up.get(how, ()))
        return next(filter(None, found), None)


def lexicon_for(text: str) -> Lexicon:
    """Return what *text*, as somebody asked it, is read by."""
    return Lexicon.of(language_read(text))


def _read_beside(language: Language) -> tuple[str, ...]:
    """Return the languages whose words a question of *language* may hold, its own first."""
    if language is Language.JAPANESE:
        return str(language), str(Language.ENGLISH)
    return str(language), str(Language.JAPANESE)


def _joined(tables: Sequence[Mapping[str, Any]], section: str) -> dict[str, re.Pattern[str]]:
    """Compile each expression of a section, any language's alternatives in one."""
    names = dict.fromkeys(name for each in tables for name in each.get(section, {}))
    return {
        name: _compiled("|".join(e[section][name] for e in tables if name in e.get(section, {})))
        for name in names
    }


def _compiled(text: str) -> re.Pattern[str]:
    """Compile an expression of a word list; case tells nothing."""
    return re.compile(text, re.IGNORECASE)


def _forms_of(group: Sequence[str]) -> Forms:
    """Split one group into Latin stems, and CJK words and signs."""
    scripts = frozenset(word for word in group if CJK_WORD.fullmatch(word) or not terms(word))
    return Forms(frozenset(_stem(w) for w in group if w not in scripts), scripts)


def _stem(word: str) -> str:
    """Return the stem of one Latin word, as the index stems it."""
    return terms(word)[0]
