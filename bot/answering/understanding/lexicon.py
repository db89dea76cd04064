"""The words that interpret questions and the sentences that answer them, by language."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from typing import Any

from bot.answering.understanding.question import language_asked
from ingest.index.cutting import terms
from ingest.language.languages import Language, entries, languages, phrase_pattern, table
from ingest.language.script import ARABIC, CJK, has_japanese

SCRIPT_WORD = re.compile(f"[{CJK}{ARABIC} ]+")
"""A word in a script whose words are looked for inside longer ones: nothing separates them, or
particles and articles are written together with them."""
EMPTY: frozenset[str] = frozenset()
_reading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of one meaning: stems, and words of other scripts and signs, found inside words."""

    stems: frozenset[str] = EMPTY
    scripts: frozenset[str] = EMPTY

    def __or__(self, other: Forms) -> Forms:
        """Return the union of two meanings."""
        return Forms(self.stems | other.stems, self.scripts | other.scripts)


@dataclass(frozen=True, slots=True)
class _Meanings:
    """The groups of words with the same meaning, in all languages."""

    groups: Mapping[str, Forms]
    matters: Forms
    """What can be asked of any election, such as the turnout."""

    @classmethod
    @cache
    def load(cls) -> _Meanings:
        """Read ``same.toml`` and the additions of each language to its groups."""
        groups_file = table("same")
        additions: dict[str, list[str]] = {}
        for language in Language:
            for head, words in table(f"{language}/questions").get("same", {}).items():
                additions.setdefault(head, []).extend(entries(words))
        groups: dict[str, Forms] = {}
        for group in [
            *groups_file["groups"],
            *(forms.split() for forms in groups_file["irregular"]),
        ]:
            forms = _forms_of([*group, *additions.get(group[0], ())])
            for key in forms.stems | forms.scripts:
                groups[key] = groups.get(key, Forms()) | forms
        matters = (groups[_stem(head)] for head in groups_file["matters"].split())
        return cls(groups, reduce(or_, matters))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words that interpret a question in one language.

    Stop words, cues and chat words are those of the language and of languages in the other script,
    for a question may mix scripts, while a word means something else in another language with the
    same alphabet. Markers of answering sentences cover every language that is read, and guards
    every language that the desk speaks.
    """

    meanings: _Meanings
    stopwords: frozenset[str]
    script_stopwords: tuple[str, ...]
    cues: Mapping[str, re.Pattern[str]]
    markers: Mapping[str, re.Pattern[str]]
    guards: Mapping[str, re.Pattern[str]]
    follow_up: Mapping[str, tuple[re.Pattern[str], ...]]

    @classmethod
    def of(cls, language: Language) -> Lexicon:
        """Return the lexicon of *language*, read once; threads wait for the first to read it."""
        with _reading:
            return cls._read(language)

    @classmethod
    @cache
    def _read(cls, language: Language) -> Lexicon:
        tables = [table(f"{code}/questions") for code in _mixed_languages(language)]
        all_tables = [table(f"{code}/questions") for code in languages()]
        spoken_tables = [table(f"{code}/questions") for code in Language]
        stop = [word for words in tables for word in words["stopwords"].split()]
        spaced = [word for word in stop if not has_japanese(word)]
        scripts = {word for word in stop if has_japanese(word)}
        kinds = {kind for words in tables for kind in words.get("follow_up", {})}
        return cls(
            _Meanings.load(),
            frozenset(map(_stem, spaced)) | frozenset(spaced),
            tuple(sorted(scripts, key=len, reverse=True)),
            _compile_section(tables, "cues"),
            _compile_section(all_tables, "markers"),
            _compile_section(spoken_tables, "guard"),
            {
                kind: tuple(
                    phrase_pattern([pattern])
                    for words in tables
                    for pattern in words.get("follow_up", {}).get(kind, ())
                )
                for kind in kinds
            },
        )

    @property
    def groups(self) -> Mapping[str, Forms]:
        """Return the forms of each meaning, by each of its forms."""
        return self.meanings.groups

    def content_terms(self, text: str) -> list[str]:
        """Return the terms of *text* that are no stop words."""
        return [term for term in terms(text) if term not in self.stopwords]

    def is_matter(self, topic: str) -> bool:
        """Return True if *topic* is what can be asked of any election, such as the turnout."""
        matters = self.meanings.matters
        words = self.content_terms(topic)
        return topic.strip() in matters.scripts or (bool(words) and matters.stems.issuperset(words))

    def asks(self, cue: str, question: str) -> bool:
        """Return True if *question* has a word of *cue*."""
        return bool(self.cues[cue].search(question))

    def shows(self, marker: str, sentence: str, question: str = "") -> bool:
        """Return True if *sentence* has a word of *marker* that is no word of *question*."""
        asked = {*self.content_terms(question)}
        return any(
            asked.isdisjoint(terms(match[0])) for match in self.markers[marker].finditer(sentence)
        )

    def without_opening(self, text: str) -> str:
        """Return *text* without an opening "and", "but" or "so"."""
        opening = self.match_follow_up("opens", text)
        return text[opening.end() :] if opening else text

    def match_follow_up(self, kind: str, text: str) -> re.Match[str] | None:
        """Return the match of a follow-up pattern of *kind* in *text*, or ``None``."""
        matches = (pattern.search(text) for pattern in self.follow_up.get(kind, ()))
        return next(filter(None, matches), None)


def lexicon_for(text: str) -> Lexicon:
    """Return the lexicon for the language of *text*."""
    return Lexicon.of(language_asked(text))


def _mixed_languages(language: Language) -> tuple[str, ...]:
    """Return the languages that a question of *language* may mix, its own first.

    One without word lists for reading leaves the cues and the follow-ups to English.
    """
    if language is Language.JAPANESE:
        return str(language), str(Language.ENGLISH)
    if not language.is_read:
        return str(language), str(Language.ENGLISH), str(Language.JAPANESE)
    return str(language), str(Language.JAPANESE)


def _compile_section(
    tables: Sequence[Mapping[str, Any]], section: str
) -> dict[str, re.Pattern[str]]:
    """Compile each pattern of *section*, with the alternatives of all languages."""
    names = dict.fromkeys(name for words in tables for name in words.get(section, {}))
    return {
        name: phrase_pattern(
            words[section][name] for words in tables if name in words.get(section, {})
        )
        for name in names
    }


def _forms_of(group: Sequence[str]) -> Forms:
    """Split a group into stems, and words of other scripts and signs."""
    scripts = frozenset(word for word in group if SCRIPT_WORD.fullmatch(word) or not terms(word))
    return Forms(frozenset(_stem(w) for w in group if w not in scripts), scripts)


def _stem(word: str) -> str:
    """Return the stem of one Latin word, as the index stems it."""
    return terms(word)[0]
