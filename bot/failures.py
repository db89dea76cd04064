"""Translation of error messages of sources into the reader's language.

The packages of ``ingest`` write them in English, and so they are stored. Here the English sentence
is matched against a catalogue; an unknown one stays as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache

from bot.wording import WORDS, Wording
from ingest.language.languages import Language

_ESCAPED_PLACEHOLDER = re.compile(r"\\{(\w+)\\}")
"""A placeholder in an escaped sentence."""


def translated_failure(sentence: str, words: Wording) -> str:
    """Return an English error message in the language of *words*, unchanged if unknown."""
    if words.language is Language.ENGLISH:
        return sentence
    for pattern, translations in _translations():
        if match := pattern.fullmatch(sentence):
            return translations[str(words.language)].format(**match.groupdict())
    return sentence


@cache
def _translations() -> Sequence[tuple[re.Pattern[str], Mapping[str, str]]]:
    """Return (pattern, translations) pairs, those with the most literal text first."""
    catalogue = tomllib.loads((WORDS / "errors.toml").read_text(encoding="utf-8"))
    sentences = sorted(
        catalogue.items(), key=lambda item: -len(_ESCAPED_PLACEHOLDER.sub("", re.escape(item[0])))
    )
    return [(_pattern(sentence), translations) for sentence, translations in sentences]


def _pattern(sentence: str) -> re.Pattern[str]:
    """Compile an English sentence with placeholders to a pattern."""
    return re.compile(_ESCAPED_PLACEHOLDER.sub(r"(?P<\1>.+?)", re.escape(sentence)), re.DOTALL)
