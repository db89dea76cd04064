"""White space and invisible characters; the words of a text are never changed."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f]+")
_GAPS = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """Return *text* in NFC with plain spaces, no invisible characters, at most one empty line."""
    text = _INVISIBLE.sub("", _BREAKS.sub("\n", unicodedata.normalize("NFC", text)))
    lines = [line.strip() for line in _SPACES.sub(" ", text).split("\n")]
    return _GAPS.sub("\n\n", "\n".join(lines)).strip()


def clean_line(text: str) -> str:
    """Return *text* cleaned and on one line."""
    return " ".join(clean(text).split())


def letters_and_digits(text: str) -> str:
    """Return the letters and digits of *text* in lower case, to compare texts by their words."""
    return "".join(filter(str.isalnum, text)).casefold()
