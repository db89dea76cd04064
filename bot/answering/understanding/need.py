"""The content words of a question or a topic, and how far a text mentions them.

What answers is decided by reading (:mod:`bot.answering.evidence`). Words serve where nothing is
asked: timelines, what people follow, claims that are looked up, and where no reader is installed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from bot.answering.limits import QUESTIONS
from bot.answering.understanding.lexicon import EMPTY, SCRIPT_WORD, Forms, Lexicon, lexicon_for
from ingest.index.cutting import terms
from ingest.language.script import (
    ARABIC,
    CJK,
    HANGUL,
    HIRAGANA,
    KANJI,
    KATAKANA,
    has_hangul,
    has_japanese,
)
from ingest.language.sounds import (
    RUN,
    beginnings,
    english_places,
    likeness,
    read_aloud,
    sounds_like,
    spellings,
)

_SPACED_WORD = re.compile(rf"[{HANGUL}]{{2,}}|[^\W_{CJK}]+(?:[’'][^\W_{CJK}]+)?")
_AFFIXES = f"[{HANGUL}{ARABIC}]*"
"""Particles, articles and endings that are written together with a word."""
_ARABIC_MARKS = dict.fromkeys([*range(0x064B, 0x0653), 0x0640])
"""The marks of short vowels and the sign that lengthens a word, which few people write."""
_CONTRACTIONS = ("n't", "n’t")
_SCRIPT_RUN = re.compile(f"[{KANJI}]{{2,}}|[{KATAKANA}]{{2,}}")
_VERB_KANJI = re.compile(f"[{KANJI}](?=[{HIRAGANA}])")
"""The kanji of a verb, whose ending changes with its form."""


class _Vocabulary(Protocol):
    """The terms of the coverage and their frequencies."""

    def rarity(self, term: str) -> float:
        """Return the rarity of a term; higher for a rarer one."""
        ...

    def frequency(self, term: str) -> int:
        """Return the number of passages with a term."""
        ...

    def terms_from(self, letter: str) -> Sequence[tuple[str, int]]:
        """Return the terms that begin with *letter*, each with its number of passages."""
        ...


@lru_cache(maxsize=4096)
def _reading_stems(text: str) -> frozenset[str]:
    """Return the stems of the readings of the kanji in *text*."""
    return frozenset(term for spelling in read_aloud(text) for term in terms(spelling))


def _latin_forms(run: str, lexicon: Lexicon, vocabulary: _Vocabulary) -> frozenset[str]:
    """Return the stems of the Latin words that may stand for *run* in the coverage.

    These are the name of a country, or the spelling of a reading. A name in katakana is compared
    with the words of the coverage; the most similar and most frequent ones are returned.
    """
    if place := english_places().get(run):
        return frozenset(terms(place)[-1:])
    if not RUN.fullmatch(run):
        readings = (
            stem for stem in _reading_stems(run) if len(stem) >= QUESTIONS.latin_name_letters
        )
        return frozenset(stem for stem in readings if vocabulary.frequency(stem))
    frequencies = {
        word: count for letter in beginnings(run) for word, count in vocabulary.terms_from(letter)
    }
    similarities = {
        word: likeness(run, word)
        for word in frequencies
        if spellings(run).fullmatch(word) and word not in lexicon.stopwords
    }
    threshold = max(similarities.values(), default=0.0) - QUESTIONS.spelling_margin
    scores = {
        word: x + QUESTIONS.frequency_weight * math.log10(frequencies[word])
        for word, x in similarities.items()
        if x >= threshold
    }
    return frozenset(sorted(scores, key=lambda word: -scores[word])[: QUESTIONS.spellings])


@dataclass(frozen=True, slots=True)
class _Term:
    """One content word, in every form in which a text may mention it, and its weight."""

    key: str
    forms: Forms
    weight: float


@dataclass(frozen=True, slots=True)
class TextTerms:
    """A text as terms look at it: its stems, and its letters folded."""

    text: str
    stems: frozenset[str]

    @classmethod
    @lru_cache(maxsize=1024)
    def of(cls, text: str) -> TextTerms:
        """Fold the case and width of *text*, and stem its words."""
        folded = unicodedata.normalize("NFKC", text).casefold()
        return cls(folded, frozenset(terms(text)))

    def sound(self, key: str) -> bool:
        """Return True if a Latin name stands here in katakana, or in kanji that are read so."""
        if (
            len(key) < QUESTIONS.latin_name_letters
            or not key.isascii()
            or not has_japanese(self.text)
        ):
            return False
        runs = RUN.findall(self.text)
        return key in _reading_stems(self.text) or any(sounds_like(run, key) for run in runs)

    def hold(self, forms: Forms) -> bool:
        """Return True if any of *forms* stands here."""
        return bool(self.stems & forms.stems) or any(word in self.text for word in forms.scripts)


@dataclass(frozen=True, slots=True)
class Need:
    """The content words of a question; ``strange`` are those that no coverage has.

    ``latest`` says that the newest is asked for, of whatever is named.
    """

    terms: tuple[_Term, ...]
    strange: tuple[str, ...]
    latest: bool

    @classmethod
    def of(cls, question: str, vocabulary: _Vocabulary) -> Need:
        """Read *question*, its words weighed by how rare they are in the coverage."""
        lexicon = lexicon_for(question)
        script_terms, remaining = _script_terms(question, lexicon, vocabulary)
        spaced_terms = _spaced_terms(remaining, lexicon, vocabulary)
        strange = tuple(word for word, forms in spaced_terms.items() if forms is None)
        known_terms = {key: forms for key, forms in spaced_terms.items() if forms is not None}
        known_terms |= script_terms
        weighed_terms = tuple(
            _Term(key, forms, _weight(key, forms, vocabulary)) for key, forms in known_terms.items()
        )
        return cls(weighed_terms, strange, lexicon.asks("latest", question))

    @property
    def familiar(self) -> float:
        """Return the share of the question's content words that the coverage has; names doubly."""
        known_count = len(self.terms)
        strange_count = sum(2 if word[0].isupper() else 1 for word in self.strange)
        return known_count / (known_count + strange_count or 1)

    def is_topic_of(self, text: str, title: str) -> bool:
        """Return True if *text* has a content word itself, or *title* one of a similar meaning.

        In the text a word of a similar meaning may be said by the way: a rowing boat is no ferry.
        """
        words = TextTerms.of(text)
        has_word = any(
            term.key in (words.text if SCRIPT_WORD.fullmatch(term.key) else words.stems)
            for term in self.terms
        )
        return has_word or self.share(title) > 0

    def share(self, text: str, title: str = "") -> float:
        """Return the weighted share of terms that *text*, or the *title* above, mentions.

        A name that no coverage has counts as the rarest term: it may stand here in another script.
        Where letters have no case, every word that no coverage has may be a name.
        """
        words, title_words = TextTerms.of(text), TextTerms.of(title)
        total = sum(term.weight for term in self.terms)
        mentioned = sum(
            term.weight
            for term in self.terms
            if words.hold(term.forms) or title_words.hold(term.forms)
        )
        greatest = max((term.weight for term in self.terms), default=1.0)
        for word in self.strange:
            sounds_here = any(map(words.sound, terms(word)))
            may_be_name = word[0].isalpha() and not word[0].islower()
            total += greatest * (sounds_here or may_be_name)
            mentioned += greatest * sounds_here
        return mentioned / total if total else 0.0


def _weight(key: str, forms: Forms, vocabulary: _Vocabulary) -> float:
    """Weigh one term by how rare it is.

    One in another script has several index terms, of which the rarest counts; it is no rarer than
    what stands for it in Latin letters. A Latin one is a stem, and stemmed again it may be another:
    the name Ilse would be "il", and so rare as if nobody bore it.
    """
    if not SCRIPT_WORD.fullmatch(key):
        return vocabulary.rarity(key)
    known_stems = [stem for stem in forms.stems if vocabulary.frequency(stem)]
    rarest = max(map(vocabulary.rarity, terms(key) or [key]))
    return min([rarest, *map(vocabulary.rarity, known_stems)])


def _spaced_terms(
    question: str, lexicon: Lexicon, vocabulary: _Vocabulary
) -> dict[str, Forms | None]:
    """Return the content words of scripts with spaces by stem, each with its forms.

    Of a Korean word the first two syllables count: what follows is mostly a particle or an ending.
    A word that no coverage has is ``None``. A figure is what is asked about, no condition: "was
    turnout 63%?" is answered by 62.7 per cent. A number that begins
    with 0 is a name: "Tarn 02".
    """
    forms_by_term: dict[str, Forms | None] = {}
    for match in _SPACED_WORD.finditer(question):
        word = match.group()
        if word.lower().endswith(_CONTRACTIONS):
            continue
        for key in terms(word)[: 1 if has_hangul(word) else None]:
            is_year = len(key) == len("2026") and key.startswith(("19", "20"))
            figure = key.isdigit() and not is_year and not key.startswith("0")
            if figure or key in lexicon.stopwords or word.casefold() in lexicon.stopwords:
                continue
            forms = lexicon.groups.get(key, Forms()) | Forms(frozenset({key}), EMPTY)
            is_known = forms.scripts or any(map(vocabulary.frequency, forms.stems))
            forms_by_term[key if is_known else word] = forms if is_known else None
    return forms_by_term


def _script_terms(
    question: str, lexicon: Lexicon, vocabulary: _Vocabulary
) -> tuple[dict[str, Forms], str]:
    """Return the words that are found inside others, and what remains of *question* without them.

    These are the words of the lexicon first, then runs of kanji or katakana. Without any, what is
    asked for in Japanese is the verb: 「誰が勝ちましたか」.
    """
    forms_by_term: dict[str, Forms] = {}
    remaining = unicodedata.normalize("NFKC", question).translate(_ARABIC_MARKS)
    known_keys = (key for key in lexicon.groups if key in remaining and SCRIPT_WORD.fullmatch(key))
    for key in sorted(known_keys, key=len, reverse=True):
        if key in remaining:
            forms_by_term[key] = lexicon.groups[key]
            if len(key) > 1:
                remaining = re.sub(f"{_AFFIXES}{key}{_AFFIXES}", "\n", remaining)
    for word in lexicon.script_stopwords:
        remaining = remaining.replace(word, "\n")
    for run in _SCRIPT_RUN.findall(remaining):
        forms_by_term[run] = Forms(_latin_forms(run, lexicon, vocabulary), frozenset({run}))
    forms_by_term = forms_by_term or {
        kanji: Forms(EMPTY, frozenset({kanji})) for kanji in _VERB_KANJI.findall(remaining)
    }
    return forms_by_term, remaining
