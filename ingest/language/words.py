"""The words of each language, read from the folders beside this, and those of pages in any.

``LANGUAGE/reading.toml`` says how figures, days and names are written, ``LANGUAGE/questions.toml``
how people ask (of a language that is only spoken, how they greet), ``same.toml`` which words mean
the same, ``pages.toml`` what is page, not text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ingest.language.script import has_cjk

_FOLDER = Path(__file__).parent
READ_AS_THEY_ARE = ("en", "ja")
"""Languages with readers of their own; every other one is read as English, word for word."""


@cache
def words() -> Mapping[str, Any]:
    """Return the words of the languages that are read as they are, and those of pages."""
    found: dict[str, Any] = {}
    for name in (*(f"{each}/reading" for each in READ_AS_THEY_ARE), "pages"):
        found = _merged(found, table(name))
    return found


@cache
def table(name: str) -> Mapping[str, Any]:
    """Read one file by its name without the ending, once a process."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def languages() -> tuple[str, ...]:
    """Return the codes (ISO 639-1) of the languages that are read, English first."""
    found = sorted(each.parent.name for each in _FOLDER.glob("*/reading.toml"))
    return ("en", *(each for each in found if each != "en"))


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Join two tables: texts word by word, lists entry by entry, tables key by key."""
    found = dict(one)
    for key, value in other.items():
        before = found.get(key)
        if isinstance(before, dict):
            found[key] = _merged(before, value)
        elif isinstance(before, str):
            found[key] = f"{before} {value}"
        elif isinstance(before, list):
            found[key] = [*before, *value]
        else:
            found[key] = value
    return found


def entries(text: str) -> list[str]:
    """Return the entries of a list; a dash inside one stands for a space."""
    return [entry.replace("-", " ") for entry in text.split()]


def one_of(entries: Iterable[str]) -> str:
    """Return an expression for any of *entries*, the longest first; Latin ones as whole words."""
    ordered = sorted(entries, key=lambda entry: (-len(entry), entry))
    return "|".join(_bounded(entry) for entry in ordered)


def _bounded(entry: str) -> str:
    """Escape one entry, and let no letter touch it where it is spelt in Latin letters."""
    escaped = re.escape(entry).replace(r"\ ", r"[\s-]+")
    if has_cjk(entry) or not entry[-1].isalpha():
        return escaped
    return rf"(?<![a-z]){escaped}(?![a-z])" if entry[0].isalpha() else rf"{escaped}(?![a-z])"
