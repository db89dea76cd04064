"""What went wrong with a source, in the language of whoever reads it.

The rooms of ``ingest`` say it in English, and so it is kept with a source and in the quarantine.
Here the English sentence is recognised and said anew; one that is not known is left as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache

from bot.wording import WORDS, Wording
from ingest.language.languages import Language

_HELD = re.compile(r"\\{(\w+)\\}")
"""A placeholder in an escaped sentence."""


def failure_said(sentence: str, words: Wording) -> str:
    """Say in the language of *words* what *sentence* says in English, where that is known."""
    if words.language is Language.ENGLISH:
        return sentence
    for pattern, said in _known():
        if found := pattern.fullmatch(sentence):
            return said[str(words.language)].format(**found.groupdict())
    return sentence


@cache
def _known() -> Sequence[tuple[re.Pattern[str], Mapping[str, str]]]:
    """Read what may be said, what has most words of its own first."""
    read = tomllib.loads((WORDS / "errors.toml").read_text(encoding="utf-8"))
    ordered = sorted(read.items(), key=lambda each: -len(_HELD.sub("", re.escape(each[0]))))
    return [(_pattern(sentence), said) for sentence, said in ordered]


def _pattern(sentence: str) -> re.Pattern[str]:
    """Compile an English sentence; whatever stands in a placeholder's place is taken along."""
    return re.compile(_HELD.sub(r"(?P<\1>.+?)", re.escape(sentence)), re.DOTALL)
