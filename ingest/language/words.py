"""The words of numbers, dates and speech, read from ``words.toml`` beside this."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ingest.language.script import has_cjk


@cache
def words() -> Mapping[str, Any]:
    """Read the file once a process."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def listed(text: str) -> list[str]:
    """Return the entries of a list; a dash inside one stands for a space."""
    return [entry.replace("-", " ") for entry in text.split()]


def one_of(entries: Iterable[str]) -> str:
    """Return an expression for any of *entries*, the longest first; Latin ones as whole words."""
    ordered = sorted(entries, key=lambda entry: (-len(entry), entry))
    return "|".join(bounded(entry) for entry in ordered)


def bounded(entry: str) -> str:
    """Escape one entry, and let no letter touch it where it is spelt in Latin letters."""
    escaped = re.escape(entry).replace(r"\ ", r"[\s-]+")
    if has_cjk(entry) or not entry[-1].isalpha():
        return escaped
    return rf"(?<![a-z]){escaped}(?![a-z])" if entry[0].isalpha() else rf"{escaped}(?![a-z])"
