"""The words of checking, read from ``prompts/checking.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingest.index.analysis import stems

FILE = Path(__file__).parents[3] / "prompts" / "checking.toml"


@dataclass(frozen=True, slots=True)
class Words:
    """Numerals by value, English words by Japanese counter, what names nobody, what denies.

    ``denials``, ``refusals``, ``reporting`` and ``opposed`` are stems.
    """

    small: tuple[str, ...]
    tens: tuple[str, ...]
    ordinals: tuple[str, ...]
    units: Mapping[str, frozenset[str]]
    links: frozenset[str]
    plain: frozenset[str]
    verbs: frozenset[str]
    loans: frozenset[str]
    negations: frozenset[str]
    denials: frozenset[str]
    refusals: frozenset[str]
    empty: frozenset[str]
    reporting: frozenset[str]
    loaded: frozenset[str]
    opposed: tuple[tuple[frozenset[str], frozenset[str]], ...]

    @classmethod
    @cache
    def load(cls) -> Words:
        """Read the file once a process."""
        data = tomllib.loads(FILE.read_text(encoding="utf-8"))
        numerals, names, polarity = data["numerals"], data["names"], data["polarity"]
        return cls(
            small=tuple(numerals["small"].split()),
            tens=tuple(numerals["tens"].split()),
            ordinals=tuple(numerals["ordinals"].split()),
            units={key: frozenset(text.split()) for key, text in data["units"].items()},
            links=frozenset(names["links"].split()),
            plain=frozenset(names["plain"].split()),
            verbs=frozenset(names["verbs"].split()),
            loans=frozenset(names["loans"].split()),
            negations=frozenset(polarity["negations"].split()),
            denials=stemmed(polarity["denials"]),
            refusals=stemmed(polarity["refusals"]),
            empty=frozenset(polarity["empty"].split()),
            reporting=stemmed(polarity["reporting"]),
            loaded=frozenset(data["editorial"]["loaded"].split()),
            opposed=tuple((stemmed(one), stemmed(other)) for one, other in polarity["opposed"]),
        )


def stemmed(words: str) -> frozenset[str]:
    """Return the stems of *words*."""
    return frozenset(stems(words.split()))
