"""Figures in cells of result files: thousands in every style, shares, kanji units."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

EMPTY_CELL = "—"
"""The text of an empty cell: there is no figure, and the figure of the row above does not apply."""
_NO_FIGURE = frozenset({"", "-", "–", "—", "*", "**", "n/a", "na", "x", ".", "…", "..."})
"""Texts of cells without a figure; a star marks a count that is withheld."""
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:([,.'’  ])\d{3})(?:\1\d{3}){0,5}(?:[.,]\d{1,6})?")
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2}){1,5},\d{3}")
_PLAIN = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,9})?")
_KANJI_UNITS = re.compile(r"(?:(\d{1,6})億)?(?:(\d{1,6})万)?(\d[\d,]{0,9})?")
_DECIMALS = re.compile(r"\d[.,]\d{1,2}$")
_UNITS = ("票", "人", "議席", "名", "%", "표", "명")


def _without_unit(cell: str) -> str:
    """Return a cell in half width, without its unit and footnote marks."""
    text = unicodedata.normalize("NFKC", cell).strip().rstrip("*†‡").strip()
    for unit in _UNITS:
        text = text.removesuffix(unit).strip()
    return text


def is_figure(cell: str) -> bool:
    """Return True if a cell is only a figure."""
    text = _without_unit(cell)
    return bool(text) and any(
        pattern.fullmatch(text) is not None
        for pattern in (_PLAIN, _THOUSANDS, _INDIAN, _KANJI_UNITS)
    )


def is_fraction(cell: str) -> bool:
    """Return True if a cell is a share or has one or two decimals, so it is not a vote count."""
    text = unicodedata.normalize("NFKC", cell).strip()
    return is_figure(cell) and (text.endswith("%") or _DECIMALS.search(text) is not None)


def is_empty(cell: str) -> bool:
    """Return True if a cell has no figure."""
    return cell.strip().casefold() in _NO_FIGURE


def figure(cell: str, *, decimal: bool = False) -> Decimal | None:
    """Return the value of a cell; ``None`` if it holds no figure.

    A separator before the last three digits is one of thousands, unless the cell is *decimal* as
    shares are; before any other number of digits it is the decimal separator.
    """
    text = _without_unit(cell)
    if not text or not is_figure(cell):
        return None
    if (kanji_match := _KANJI_UNITS.fullmatch(text)) and ("万" in text or "億" in text):
        hundred_millions, ten_thousands, units = kanji_match.groups()
        return Decimal(
            int(hundred_millions or 0) * 10**8
            + int(ten_thousands or 0) * 10**4
            + int((units or "0").replace(",", ""))
        )
    if _INDIAN.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if decimal and _PLAIN.fullmatch(text):
        return Decimal(text.replace(",", "."))
    if match := _THOUSANDS.fullmatch(text):
        digits = text.replace(match.group(1), "")
        return Decimal(digits.replace(",", "."))
    return Decimal(text.replace(",", "."))
