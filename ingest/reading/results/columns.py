"""The columns of a result file: what a header names, and which figure a cell holds."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from importlib.resources import files
from itertools import product

from ingest.language.numbers import ascii_numerals
from ingest.language.script import EAST_ASIAN

EMPTY_CELL = "—"
"""The text of an empty cell: there is no figure, and the figure of the row above does not apply."""
_NO_FIGURE = frozenset({"", "-", "–", "—", "*", "**", "n/a", "na", "x", ".", "…", "..."})
"""Texts of cells without a figure; a star marks a count that is withheld."""
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:([,.'’  ])\d{3})(?:\1\d{3}){0,5}(?:[.,]\d{1,6})?")
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2}){1,5},\d{3}")
_PLAIN = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,9})?")
_KANJI_UNITS = re.compile(r"(?:(\d{1,6})億)?(?:(\d{1,6})万)?(\d[\d,]{0,9})?")
_UNITS = ("票", "人", "議席", "名", "%", "표", "명")
_HEADERS = tomllib.loads(files(__package__).joinpath("headers.toml").read_text(encoding="utf-8"))
_TOTAL_WORDS = frozenset(_HEADERS["place"]["words"])
_OPENINGS = tuple(_HEADERS["place"]["openings"])
_POLL_WORDS = frozenset(_HEADERS["polls"]["words"])
_POLL_PARTS = tuple(_HEADERS["polls"]["parts"])


def _without_unit(cell: str) -> str:
    """Return a cell in half width, without its unit and footnote marks."""
    text = ascii_numerals(unicodedata.normalize("NFKC", cell)).strip().rstrip("*†‡").strip()
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


def is_data(cell: str) -> bool:
    """Return True if a cell is a figure and not a year."""
    return is_figure(cell) and not _is_year(cell)


def _is_year(cell: str) -> bool:
    """Return True if a cell is a year, as in headers."""
    return len(cell) == 4 and cell.isdecimal() and "1900" <= cell <= "2100"


def is_fraction(cell: str) -> bool:
    """Return True if a cell is a share or has one or two decimals, so it is not a vote count."""
    text = unicodedata.normalize("NFKC", cell).strip()
    _, separator, decimals = text.replace(",", ".").rpartition(".")
    has_decimals = bool(separator) and decimals.isdecimal() and len(decimals) <= 2
    return is_figure(cell) and (text.endswith("%") or has_decimals)


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


class Field(StrEnum):
    """The kind of values in a column of a result file."""

    PLACE = "place"
    OFFICE = "office"
    CANDIDATE = "candidate"
    PARTY = "party"
    VOTES = "votes"
    SHARE = "share"
    SEATS = "seats"
    STATUS = "status"
    COUNTED = "counted"
    MOMENT = "moment"
    POLLSTER = "pollster"
    DAYS = "days"
    SAMPLE = "sample"
    METHOD = "method"
    ERROR = "error"
    """The margin of error of a poll."""
    LEAD = "lead"
    """The distance between the first two candidates, which is no figure of either."""
    OTHER = "other"


MEASURES = frozenset({Field.VOTES, Field.SHARE, Field.SEATS})
_FIELD_OF = {
    header: Field(field) for field, headers in _HEADERS["fields"].items() for header in headers
}
_WHOLE_NAMES = frozenset(
    whole
    for family, given in product(_HEADERS["names"]["family"], _HEADERS["names"]["given"])
    for whole in (f"{family} {given}", f"{given} {family}")
)
"""Headers of two columns with the parts of a name, as one."""
_EAST_ASIAN_CODES = ("cp932", "euc_jp", "gb18030", "big5", "cp949")
_EAST_ASIAN_HEADERS = tuple(
    header for header in (*_FIELD_OF, *_OPENINGS) if len(header) > 1 and EAST_ASIAN.search(header)
)
AROUND_NAMES = " ()（）:·-–_"
"""Signs between a name and its measure in a header."""
_MEASURE_HEADERS = sorted(
    (header for header, measure in _FIELD_OF.items() if measure in MEASURES), key=len, reverse=True
)
POLL_FIELDS = frozenset({Field.POLLSTER, Field.SAMPLE, Field.ERROR})
"""Columns that only polls have."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its number, header (outer header first), field, and candidate.

    ``of`` is the candidate or party that the figures belong to, in a table with one column for
    each candidate.
    """

    number: int
    header: str
    field: Field
    of: str = ""


def field_of(header: str) -> Field | None:
    """Return the field that a header names."""
    plain = _plain(header)
    field = _FIELD_OF.get(plain) or _FIELD_OF.get(plain.rstrip(".:*"))
    return field or (Field.CANDIDATE if plain in _WHOLE_NAMES else None)


def is_whole_name(first: str, second: str) -> bool:
    """Return True if two columns beside each other have the parts of a name."""
    return f"{_plain(first)} {_plain(second)}" in _WHOLE_NAMES


def _plain(header: str) -> str:
    """Return a header in small letters, with single spaces between its words."""
    return " ".join(header.replace("_", " ").replace("-", " ").casefold().split())


def name_and_measure(header: str) -> tuple[str, Field] | None:
    """Return the name and the measure that a header joins; ``None`` for any other header.

    "Farr votes", "Anteil Farr", "青木得票数".
    """
    plain = header.casefold()
    if len(plain) != len(header):
        return None
    for measure in _MEASURE_HEADERS:
        if plain.startswith(measure):
            name, edge = header[len(measure) :], header[len(measure) : len(measure) + 1]
        elif plain.endswith(measure):
            name, edge = header[: -len(measure)], header[: -len(measure)][-1:]
        else:
            continue
        owner = name.strip(AROUND_NAMES)
        is_apart = EAST_ASIAN.search(measure) or not edge.isalnum()
        if (
            is_apart
            and any(map(str.isalpha, owner))
            and not field_of(owner)
            and not is_general(owner)
        ):
            return owner, _FIELD_OF[measure]
    return None


def encoding_of(head: bytes) -> str | None:
    """Return the East Asian encoding in which the first bytes of a table name known columns.

    Such tables are too short, and have too many names, for statistics of their letters.
    """
    counts = {
        code: sum(header in text for header in _EAST_ASIAN_HEADERS)
        for code in _EAST_ASIAN_CODES
        if (text := head.decode(code, "ignore"))
    }
    best = max(counts, key=lambda code: counts[code], default=None)
    return best if best and counts[best] > 1 else None


def names_poll(text: str) -> bool:
    """Return True if a caption, a heading or the name of a file calls its table a poll."""
    plain = text.casefold()
    words = "".join(sign if sign.isalpha() else " " for sign in plain).split()
    return not _POLL_WORDS.isdisjoint(words) or any(part in plain for part in _POLL_PARTS)


def is_general(header: str) -> bool:
    """Return True if a column holds a total of the place."""
    words = header.replace("_", " ").casefold().split()
    return not _TOTAL_WORDS.isdisjoint(words) or header.startswith(_OPENINGS)
