"""White space, invisible characters and raised signs; the words of a text are never changed."""

from __future__ import annotations

import re
import unicodedata

from ingest.reading.limits import LAYOUT

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f]+")
_GAPS = re.compile(r"\n{3,}")
_MARK = re.compile(
    r"[\[(（]?(?:[*†‡§¶¹²³⁴-⁹]{1,3}|[a-z]|\d{1,2}|(?:注|註|주|※)\s?\d{0,2}|(?:note|nb|n|fn|anm\.?)\s?\d{1,2})"
    r"(?:\s?[,;]\s?(?:[a-z*†‡§]|\d{1,2})){0,4}[\])）]?|\[[a-z][a-z ?]{2,30}\]",
    re.IGNORECASE,
)
"""Text of a raised sign that points at a note."""
_UNIT = re.compile(r"(?<![^\W\d_])(?:[mck]m|in|ft|yd|mi|(?<!\d)[a-z]|(?<=\d)m)$", re.IGNORECASE)
_POWER = re.compile(r"(?<![\d.,])10$")
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_ORDINALS = {
    **dict.fromkeys(("fr", "nl"), frozenset({"e", "d"})),
    **dict.fromkeys(("es", "pt", "it", "ca", "gl"), frozenset({"a", "o"})),
}
"""Raised letters that make a figure an ordinal, by language."""
_PLAIN_SIGN = re.compile(
    r"(?<=[\w%.)”])[⁰¹²³⁴-⁹]{1,3}|(?<=\d)[†‡*]{1,3}(?![\w*†‡])"
    r"|(?<=[\w%％」”])[（(\[【](?:注|註|주|※)\s?\d{0,2}[）)\]】]|(?<=[\w%.,)”])\[\d{1,2}\](?![\w(\[])"
)
"""A raised sign in plain text, after a word or a figure."""
_PLAIN_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_STRUCK_THROUGH = re.compile(r"(?:[^\s\u0335\u0336][\u0335\u0336]{1,2} ?){1,400}")
"""Characters that are struck through one by one."""


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


def inline_sign(sign: str, preceding_text: str, language: str = "", *, linked: bool = False) -> str:
    """Return the inline text for a raised *sign* after the text *preceding_text*.

    A note mark becomes an empty string, an exponent is written in superscript characters, and any
    other sign is unchanged. *linked* is True if the sign is a link to a note.
    """
    if not _MARK.fullmatch(sign):
        return sign
    if linked:
        return ""
    if sign.lower() in _ORDINALS.get(language, ()) and preceding_text[-1:].isalnum():
        return sign
    return sign.translate(_SUPERSCRIPTS) if _is_power(sign, preceding_text) else ""


def without_signs(text: str) -> str:
    """Return plain *text* without the raised signs of notes and without struck characters."""
    text = _STRUCK_THROUGH.sub("", text)
    return _PLAIN_SIGN.sub(
        lambda sign: inline_sign(
            sign[0].translate(_PLAIN_DIGITS), text[max(0, sign.start() - 8) : sign.start()]
        ),
        text,
    )


def _is_power(sign: str, preceding_text: str) -> bool:
    """Return True if a raised figure is an exponent: of a unit, of a letter, or of ten."""
    if not (sign.isascii() and sign.isdigit()):
        return False
    is_power_of_ten = (
        int(sign) >= LAYOUT.power_exponent and _POWER.search(preceding_text[-8:]) is not None
    )
    return is_power_of_ten or _UNIT.search(preceding_text[-8:]) is not None
