"""Raised signs behind words and figures: marks of notes, exponents, ordinals."""

from __future__ import annotations

import re

_MARK = re.compile(
    r"[\[(]?(?:[*†‡§¶¹²³⁴-⁹]{1,3}|[a-z]|\d{1,2}|注\d{0,2}|※\d{0,2})"
    r"(?:\s?[,;]\s?(?:[a-z*†‡§]|\d{1,2})){0,4}[\])]?",
    re.IGNORECASE,
)
"""What a raised sign that points at a note says."""
_UNIT = re.compile(r"(?<![^\W_])(?:[mck]m|in|ft|yd|mi|[a-z])$", re.IGNORECASE)
_POWER = re.compile(r"(?<![\d.,])10$")
_LEAST_POWER = 3
"""The exponent of ten from which it is one: “10” with a lower sign is a figure with a note."""
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_ORDINALS = {
    **dict.fromkeys(("fr", "nl"), frozenset({"e", "d"})),
    **dict.fromkeys(("es", "pt", "it", "ca", "gl"), frozenset({"a", "o"})),
}
"""Raised letters that make a figure an ordinal, by language."""


def lowered(sign: str, before: str, language: str = "", *, linked: bool = False) -> str:
    """Return what stands in a line for a raised *sign* behind *before*.

    A mark of a note is nothing, an exponent is written as one, all else as it is. One that is
    *linked* points at something.
    """
    if not _MARK.fullmatch(sign):
        return sign
    if linked:
        return ""
    if sign.lower() in _ORDINALS.get(language, ()) and before[-1:].isalnum():
        return sign
    return sign.translate(_RAISED) if _is_power(sign, before) else ""


def _is_power(sign: str, before: str) -> bool:
    """Return True if a raised figure is an exponent: of a unit, of one letter, or of ten."""
    if not (sign.isascii() and sign.isdigit()):
        return False
    ten = int(sign) >= _LEAST_POWER and _POWER.search(before[-8:]) is not None
    return ten or _UNIT.search(before[-8:]) is not None
