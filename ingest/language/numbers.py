"""Figures in texts, in words, digits and kanji: one parser for the whole project.

Each form of a figure is a function below that reads one pattern. The forms are tried in the order
in which they stand, the most specific first; text that one form has read is not read again.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import TypeAlias

from kanjize import kanji2number
from text_to_num import find_numbers

from ingest.language.dates import clocks_in, days_in, word_before
from ingest.language.languages import entries, one_of, phrase_pattern, rewritings, table, words
from ingest.language.limits import DATES
from ingest.language.script import CJK, character_in

_WORDS, _NUMERALS = words(), table("numerals")
_SIGNS = str.maketrans(_NUMERALS["signs"]["from"], _NUMERALS["signs"]["to"])
_DASHES = str.maketrans({"–": "-", "—": " - ", "−": "-", "‑": "-"})
_OTHER_NUMERALS = character_in(f"{CJK}\u0600-\u06ff")
"""Letters of the scripts that ``numerals.toml`` rewrites; typographic quotation marks are none."""
_EVERYWHERE, _IN_OTHER_NUMERALS = map(rewritings, (_NUMERALS["everywhere"], _NUMERALS["turns"]))
_SCALES = {name: Decimal(value) for name, value in _WORDS["scales"].items()}
_UNITS = {word: unit for unit, text in _WORDS["units"].items() for word in entries(text)}
_FRACTIONS: dict[str, int] = _WORDS["fractions"]
_MULTIPLES: dict[str, int] = _WORDS["multiples"]
_VAGUE: dict[str, int] = _WORDS["vague"]
_BOUNDS = {
    side: (
        phrase_pattern([one_of(entries(text))], behind=r"[\s,]*(?:an? )?$"),
        phrase_pattern([one_of(entries(_WORDS["bounds"][f"{side}_behind"]))], before=r"\s?"),
    )
    for side, text in _WORDS["bounds"].items()
    if not side.endswith("_behind")
}
_UNIT = rf"(?:{one_of(_UNITS)})"
_SCALE = one_of(_SCALES)
_MONEY = r"(?:US\$|R\$|A\$|[$€£¥₩₹])"
_LARGE = (10**9, 10**6)
"""Numbers whose half is meant by "a million and a half"."""
_KANJI_NUMBER = "〇一二三四五六七八九十百千万億兆"
_KANJI_SCALES = "万億兆"
_KANJI_UNITS = "人名票議席つ割分倍か月年日時党戸隻件歳回位区町村%パポ円ド"
_SPELT_TOKEN = re.compile(r"[a-z]+|[^a-z\s]+", re.IGNORECASE)
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER_JA = rf"(?<![\d.])[\d.]{{1,20}}|(?<![{_KANJI_NUMBER}])[{_KANJI_NUMBER}]{{1,20}}"
_YEAR, _SHORT_YEAR = 4, 2
"""Digits of a year, and of the short year after it."""
_DECADES = (
    "twenties",
    "thirties",
    "forties",
    "fifties",
    "sixties",
    "seventies",
    "eighties",
    "nineties",
)
_TENS = {name: Decimal(10 * tens) for tens, name in enumerate(_DECADES, start=2)}
_DECADE_OFFSETS = {"low": 2, "early": 2, "mid": 5, "high": 8, "upper": 8, "late": 8}
_FRACTION_WORDS = "|".join(_FRACTIONS)
_OPENS_FRACTION = re.compile(
    r" ?(?:[.,;:)%]|$|(?:of|the|that|more|less|in favou?r|would|will|were|was|are|is|have|had"
    r"|voted|said)\b)"
)
_PART_COUNTS = {"two": 2, "2": 2, "three": 3, "3": 3}
_UNIT_AFTER = re.compile(
    rf"^(?:[ -]?{_UNIT}|(?: [a-z]+(?: [a-z]+)?)? (?P<counter>seats?|votes?|ballots?)\b)",
    re.IGNORECASE,
)
_RANGE_WORDS = re.compile(r" ?(?:to|and|or|-|から|対|と|、|,) ?(?:from |about |just )?")
_NO_UNIT = re.compile(r"\s{0,9}(?:[.,;:)]|and\b|to\b|in\b|for\b|に|だ|で|。|、|$)")
_GROUP_ENDS = ("thousand", "million", "billion", "trillion")
_GROUP = re.compile(
    r" [a-z]{1,20}(?:-[a-z]{1,20})?(?: [a-z]{1,20}){0,5} (?:hundred|thousand|million)\b", re.I
)
_ORDINALS_BEFORE = {"first", "second", "other", "1st", "2nd"}
_COUNT_BEFORE = re.compile(r"(?:\ban? |\bone |\d[ -]|[a-z]-)$")
_PRONOUN = "one"
_COUNTED_AFTER = re.compile(
    rf"[ -](?:{_SCALE}|{_UNIT}|in [a-z\d]|out of|of every"
    r"|and (?:a half|a quarter|three[ -]quarters?)\b|(?:third|quarter|half|fifth)\b)"
)
"""Text after "one" where it is a number."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number at ``text[start:end]``.

    ``kind`` is "count", "share" (in per cent), "points" (percentage points), "ordinal",
    "multiple" or "vague" (only an order of magnitude); ``unit`` is its unit in ``reading.toml``, or
    empty; ``bound`` is "least", "most", "about" or empty; ``step`` is the value of its last digit.
    """

    value: Decimal
    kind: str
    start: int
    end: int
    unit: str = ""
    bound: str = ""
    step: Decimal = Decimal(1)


_Reader: TypeAlias = Callable[[re.Match[str]], Figure | None]
_Forms: TypeAlias = list[tuple[re.Pattern[str], _Reader]]
_JAPANESE_FORMS: _Forms = []
_ENGLISH_FORMS: _Forms = []


def _form(forms: _Forms, pattern: str) -> Callable[[_Reader], _Reader]:
    """Add the decorated function to *forms*, as the one that reads matches of *pattern*."""

    def add(reader: _Reader) -> _Reader:
        forms.append((re.compile(pattern, re.IGNORECASE), reader))
        return reader

    return add


def normalise(text: str) -> str:
    """Return *text* in NFKC with plain dashes, and vulgar fractions as figures or words."""
    for pattern, replacement in _EVERYWHERE:
        text = pattern.sub(replacement, text)
    text = ascii_numerals(unicodedata.normalize("NFKC", text))
    if _OTHER_NUMERALS.search(text):
        for pattern, replacement in _IN_OTHER_NUMERALS:
            text = pattern.sub(replacement, text)
    return text.translate(_DASHES)


def ascii_numerals(text: str) -> str:
    """Return *text* with the digits and separators of other scripts as those of ASCII."""
    return text if text.isascii() else text.translate(_SIGNS)


def figures_in(text: str) -> list[Figure]:
    """Return the figures in *text* (already :func:`normalise`), without dates and times of day.

    "one" is usually a pronoun, and "first" and "second" are usually an order and not a count, so
    they are figures only next to a unit, a scale or digits.
    """
    is_matched = bytearray(len(text))
    for start, end in (
        *((day.start, day.end) for day in days_in(text)),
        *((start, end) for _, _, start, end in clocks_in(text)),
    ):
        is_matched[start:end] = bytes([1]) * (end - start)
    figures: list[Figure] = []
    for figure in _candidates(text):
        if not any(is_matched[figure.start : figure.end]):
            is_matched[figure.start : figure.end] = bytes([1]) * (figure.end - figure.start)
            figures.append(_with_bound(_with_unit(figure, text), text))
    return _share_units(sorted(figures, key=lambda figure: figure.start), text)


def _candidates(text: str) -> Iterator[Figure]:
    """Yield possible figures, the most specific forms first; number words are read as digits."""
    if _OTHER_NUMERALS.search(text):
        yield from _read(_JAPANESE_FORMS, text)
    spelled, places = _in_digits(text)
    for figure in _read(_ENGLISH_FORMS, spelled):
        yield replace(figure, start=places[figure.start][0], end=places[figure.end - 1][1])


def _read(forms: _Forms, text: str) -> Iterator[Figure]:
    """Yield the figures of all *forms* in *text*; a match that has no value is none: 万 alone."""
    for pattern, reader in forms:
        for match in pattern.finditer(text):
            try:
                figure = reader(match)
            except (ValueError, ArithmeticError):
                continue
            if figure is not None:
                yield figure


@_form(_JAPANESE_FORMS, rf"(?P<number>{_NUMBER_JA})割(?:(?P<tenths>[\d一二三四五六七八九])分)?")
def _rate(m: re.Match[str]) -> Figure:
    """Read "3割5分", a share in tenths and hundredths."""
    value = 10 * _of_kanji(m["number"]) + (_of_kanji(m["tenths"]) if m["tenths"] else 0)
    return Figure(value, "share", *m.span())


@_form(
    _JAPANESE_FORMS,
    rf"(?<![\d{_KANJI_NUMBER}])(?P<of>[\d{_KANJI_NUMBER}]{{1,20}})(?:分の|(?P<people>人に))"
    rf"(?P<part>[\d{_KANJI_NUMBER}]{{1,20}})(?(people)人(?!ずつ))|(?P<half>半数|半分)",
)
def _part_ja(m: re.Match[str]) -> Figure:
    """Read "五分の一", "5人に1人" and "半数"."""
    share = Decimal(50) if m["half"] else 100 * _of_kanji(m["part"]) / _of_kanji(m["of"])
    return Figure(share, "share", *m.span())


@_form(_JAPANESE_FORMS, rf"(?P<number>{_NUMBER_JA})倍")
def _times_ja(m: re.Match[str]) -> Figure:
    """Read "2倍"."""
    return Figure(_of_kanji(m["number"]), "multiple", *m.span())


@_form(_JAPANESE_FORMS, "数(?P<scale>[十百千万億]+)")
def _vague_ja(m: re.Match[str]) -> Figure:
    """Read "数千", some thousands."""
    return Figure(_of_kanji(f"一{m['scale']}"), "vague", *m.span())


@_form(
    _JAPANESE_FORMS,
    rf"(?<![\d.,])(?:\d[\d,]{{0,20}}(?:\.\d{{1,9}})?[千百]?[{_KANJI_SCALES}千百]){{1,6}}(?:\d[\d,]{{0,20}})?"
    rf"|(?<![{CJK}])[{_KANJI_NUMBER}]{{1,24}}(?=[{_KANJI_UNITS}])"
    rf"|(?=[{_KANJI_NUMBER}]{{0,20}}[{_KANJI_SCALES}百千十])[{_KANJI_NUMBER}]{{1,24}}(?=[{_KANJI_UNITS}])"
    rf"|[一二三四五六七八九](?=つの|人|票|議席|割|倍|か月|年|時間|党|戸|隻|件|回|位|度|円)",
)
def _count_ja(m: re.Match[str]) -> Figure | None:
    """Read "1億2千万", "二百五十三人" and "三つの"; "十分" means enough."""
    number = m.group()
    if number == "十" and m.string[m.end()] == "分":
        return None
    step = _scale_of(number) if number[-1] in _KANJI_SCALES else Decimal(1)
    return Figure(_of_kanji(number), "count", *m.span(), step=step / _decimals(number))


@_form(
    _ENGLISH_FORMS,
    r"(?<!\d)(?P<number>\d{1,20})(?: (?P<scale>million|billion))? and "
    rf"(?P<part>an?|one|three|[13])[ -](?P<of>half|quarters?)\b(?: (?P<behind>{_SCALE}))?",
)
def _and_a_half(m: re.Match[str]) -> Figure:
    """Read "3 and a half million" and "a million and a half"."""
    number, scale = Decimal(m["number"]), _scale_value(m["scale"] or m["behind"])
    part = _part_of(m)
    if scale == 1:
        part *= next((unit for unit in _LARGE if number and number % unit == 0), 1)
    return Figure((number + part) * scale, "count", *m.span())


@_form(
    _ENGLISH_FORMS,
    rf"\b(?:(?P<part>an?|one|two|three|\d{{1,2}})[ -])?(?P<of>{_FRACTION_WORDS})"
    rf" of an? (?P<scale>{_SCALE}|1000(?:000){{0,3}})\b",
)
def _part_of_scale(m: re.Match[str]) -> Figure:
    """Read "three quarters of a million"."""
    scale = Decimal(m["scale"]) if m["scale"].isdigit() else _scale_value(m["scale"])
    return Figure(_part_of(m) * scale, "count", *m.span(), step=scale / 10)


@_form(_ENGLISH_FORMS, rf"\bhalf an? (?P<scale>{_SCALE})")
def _half_scale(m: re.Match[str]) -> Figure:
    """Read "half a million"."""
    scale = _scale_value(m["scale"])
    return Figure(scale / 2, "count", *m.span(), step=scale / 10)


@_form(_ENGLISH_FORMS, r"\b(?P<how>half a|a|\d+) dozen\b")
def _dozens(m: re.Match[str]) -> Figure:
    """Read "2 dozen" and "half a dozen"."""
    factor = {"a": Decimal(1), "half a": Decimal("0.5")}.get(m["how"].lower())
    return Figure(12 * (factor or Decimal(m["how"])), "count", *m.span())


@_form(
    _ENGLISH_FORMS,
    r"(?P<part>\d{1,2}) (?:in|out of|of every|in every) (?P<of>\d{1,3})\b(?! ?(?:%|per))",
)
def _one_in(m: re.Match[str]) -> Figure | None:
    """Read "1 in 5" and "7 out of 10"."""
    if not 0 < int(m["part"]) < int(m["of"]):
        return None
    return Figure(100 * Decimal(m["part"]) / Decimal(m["of"]), "share", *m.span())


@_form(
    _ENGLISH_FORMS,
    rf"\b(?:(?P<part>an?|one|two|three|four|five|seven|\d{{1,2}})[ -])?(?P<of>{_FRACTION_WORDS})\b"
    r"(?! (?:party|time|reading|term|round|place|attempt|place|day|week|month|year|quarter))",
)
def _fraction(m: re.Match[str]) -> Figure | None:
    """Read "two-thirds", "a quarter of" and "half of"."""
    text, of, part = m.string, _FRACTIONS[m["of"].lower()], (m["part"] or "").lower()
    is_at_end = _OPENS_FRACTION.match(text, m.end())
    is_plural = m["of"].lower().endswith("s")
    is_half = of == _FRACTIONS["half"]
    if (is_half and not (part or is_at_end)) or (
        not is_half and not (part and (is_plural or is_at_end))
    ):
        return None
    if word_before(text, m.start()).casefold() in _ORDINALS_BEFORE:
        return None
    share = 100 * (Decimal(int(part)) if part.isdigit() else Decimal(1)) / of
    return Figure(share, "share", *m.span()) if share else None


@_form(
    _ENGLISH_FORMS,
    r"\b(?P<part>low|early|mid|high|upper|late)[ -](?:to[ -](?:high|upper|late)[ -])?"
    rf"(?P<tens>{'|'.join(_TENS)}|[2-9]0s)\b",
)
def _decade(m: re.Match[str]) -> Figure:
    """Read a share or a figure given by its tens, as in "the mid-fifties"."""
    tens_word = m["tens"].lower()
    tens = _TENS[tens_word] if tens_word in _TENS else Decimal(tens_word[:2])
    value = tens + _DECADE_OFFSETS[m["part"].lower()]
    return Figure(value, "count", *m.span(), bound="about", step=Decimal(5))


@_form(_ENGLISH_FORMS, r"(?<![\w-])(?P<one>\d{1,2})-to-(?P<other>1)(?![\w-])")
def _ratio(m: re.Match[str]) -> Figure:
    """Read "3-to-1"."""
    return Figure(Decimal(m["one"]), "multiple", *m.span())


@_form(
    _ENGLISH_FORMS,
    rf"(?<![\w.,/:+-])(?P<one>{_NUMBER})-(?P<to>to-)?(?P<other>{_NUMBER})(?![\w-]|[.,/:]\d)",
)
def _second_of_score(m: re.Match[str]) -> Figure | None:
    """Read the second of two figures with a dash between them: votes, seats or a range.

    A span of years, a telephone number and a ratio are none.
    """
    one, other = m["one"], m["other"]
    is_span = len(one) == _YEAR and one.isdigit() and len(other) in {_SHORT_YEAR, _YEAR}
    is_telephone = other.isdigit() and len(other) > len(one) > _SHORT_YEAR
    if is_span or is_telephone or (m["to"] and other == "1"):
        return None
    value = Decimal(other.replace(",", ""))
    return Figure(value, "count", *m.span("other"), step=1 / _decimals(other))


@_form(
    _ENGLISH_FORMS,
    r"\b(?:(?P<many>tens|dozens|hundreds|thousands) of )?"
    rf"(?P<size>{'|'.join(size for size in _VAGUE if size.isascii())})\b|\b(?:several|a few|many) "
    r"(?P<few>dozen|hundred|thousand|million)\b",
)
def _vague_amount(m: re.Match[str]) -> Figure:
    """Read "tens of thousands" as the smallest number that it can mean."""
    if m["few"]:
        return Figure(Decimal(_VAGUE.get(f"{m['few'].lower()}s", 1)), "vague", *m.span())
    factors = {"tens": 10, "dozens": 12, "hundreds": 100, "thousands": 1000}
    size = _VAGUE[m["size"].lower()] * factors.get((m["many"] or "").lower(), 1)
    return Figure(Decimal(size), "vague", *m.span())


@_form(
    _ENGLISH_FORMS,
    r"(?<!\d)(?P<number>\d{1,20}(?:\.\d{1,9})?)"
    r"(?: times\b(?! (?:he|she|they|it|in|on|during))|-?fold\b)",
)
def _times(m: re.Match[str]) -> Figure:
    """Read "3 times" and "threefold"."""
    return Figure(Decimal(m["number"]), "multiple", *m.span())


@_form(_ENGLISH_FORMS, rf"\b(?:{'|'.join(_MULTIPLES)})\b")
def _multiple(m: re.Match[str]) -> Figure:
    """Read "tripled"."""
    return Figure(Decimal(_MULTIPLES[m.group().lower()]), "multiple", *m.span())


@_form(
    _ENGLISH_FORMS,
    rf"(?<![\w.])(?P<money>{_MONEY}) ?(?P<paid>{_NUMBER})(?: ?(?P<paid_scale>{_SCALE}))?"
    rf"|(?<![A-Za-z0-9_.,-])(?P<sign>[+-])?(?P<number>{_NUMBER})(?P<ordinal>(?:st|nd|rd|th)\b)?(?!\d|,\d{{3}}|\.\d)"
    rf"(?:[ -]?(?P<scale>{_SCALE}))?(?![A-Za-z])|(?<![A-Za-z0-9_.,-])(?P<glued>{_NUMBER})"
    rf"(?P<glued_scale>bn|tn|mn|m|k)\b",
)
def _digits(m: re.Match[str]) -> Figure:
    """Read "12,408", "£2bn", "3.8 million" and "42nd"."""
    number = m["paid"] or m["number"] or m["glued"]
    scale = _scale_value(m["paid_scale"] or m["scale"] or m["glued_scale"])
    value, step = Decimal(number.replace(",", "")) * scale, scale / _decimals(number)
    unit = _UNITS.get((m["money"] or "").lower(), "")
    return Figure(value, "ordinal" if m["ordinal"] else "count", *m.span(), unit=unit, step=step)


def _part_of(m: re.Match[str]) -> Decimal:
    """Return the fraction in "a half" or "three quarters"."""
    count = (m["part"] or "").lower()
    return Decimal(_PART_COUNTS.get(count, 1)) / _FRACTIONS[m["of"].lower()]


def _scale_value(word: str | None) -> Decimal:
    """Return the value of a scale word; 1 without one."""
    return _SCALES[word.lower()] if word else Decimal(1)


def _of_kanji(number: str) -> Decimal:
    """Return the value of a number in kanji, digits or both: 1億2千万, 二百五十三, 3.5.

    Raises:
        ValueError: it has no value, such as 万 without a figure before it.
        ArithmeticError: it has two decimal points.
    """
    digits = number.replace(",", "")
    if digits.isdecimal():
        return Decimal(digits)
    amount = digits.rstrip(f"{_KANJI_SCALES}百千")
    if "." in amount:
        return Decimal(amount) * _scale_of(digits)
    return Decimal(str(kanji2number(digits)))


def _scale_of(number: str) -> Decimal:
    """Return the value of the scale at the end of a Japanese number."""
    return _of_kanji(f"一{number[len(number.rstrip(f'{_KANJI_SCALES}百千十')) :]}")


def _decimals(number: str) -> Decimal:
    """Return ten to the power of the number of decimals in *number*."""
    behind = number.partition(".")[2]
    return Decimal(10) ** (len(behind) - len(behind.lstrip(string.digits)))


class Word(str):
    """A token with the interface that text2num needs."""

    def text(self) -> str:
        """Return the token."""
        return str(self)

    def text_lowercase(self) -> str:
        """Return the token in lower case."""
        return self.lower()

    def nt_separated(self, _previous: object) -> bool:
        """Return False: words without punctuation between them belong together."""
        return False

    def not_a_number_part(self) -> bool:
        """Return False: every word can be part of a number."""
        return False


def _in_digits(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return *text* with number words as digits, and for each character its span in *text*."""
    spans = [m.span() for m in _SPELT_TOKEN.finditer(text) if not _is_group_comma(m, text)]
    tokens = [Word(text[start:end]) for start, end in spans]
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    position = 0
    for number in find_numbers(tokens, "en", 0.0):
        start, end = spans[number.start][0], spans[number.end - 1][1]
        text_before, text_behind = (
            text[max(0, start - DATES.around_number_characters) : start],
            text[end : end + DATES.around_number_characters],
        )
        if _is_no_number(text[start:end].lower(), text_before.lower(), text_behind.lower()):
            continue
        parts += [text[position:start], number.text]
        places += [(i, i + 1) for i in range(position, start)] + [(start, end)] * len(number.text)
        position = end
    parts.append(text[position:])
    places += [(i, i + 1) for i in range(position, len(text))]
    return "".join(parts), places


def _is_group_comma(token: re.Match[str], text: str) -> bool:
    """Return True if a comma only separates the groups of one number: one thousand, two hundred."""
    text_before = text[max(0, token.start() - DATES.around_number_characters) : token.start()]
    return (
        token.group() == ","
        and text_before.lower().endswith(_GROUP_ENDS)
        and bool(_GROUP.match(text, token.end()))
    )


def _is_no_number(word: str, text_before: str, text_behind: str) -> bool:
    """Return True if a number word is not a number here: a pronoun, an order, a part or a size."""
    if word in _FRACTIONS:
        return word.endswith("s") or bool(_COUNT_BEFORE.search(text_before))
    if word in _SCALES:
        is_counted = word_before(text_before, len(text_before)) == "a"
        return not is_counted or text_before.endswith("half a ")
    if word == _PRONOUN:
        return not (_COUNTED_AFTER.match(text_behind) or text_before.endswith("-to-"))
    return word in _VAGUE or word in {"first", "second", "zero", "o", "tens"}


def _with_unit(figure: Figure, text: str) -> Figure:
    """Return *figure* with the unit after it, and with the kind that follows from the unit."""
    match = _UNIT_AFTER.match(text[figure.end : figure.end + DATES.around_number_characters])
    if not match or figure.kind in {"multiple", "vague", "ordinal"} or figure.unit:
        return figure
    word = match["counter"] or match.group().replace("-", " ")
    unit = _UNITS.get(" ".join(word.lower().split()), "")
    if unit == "percent":
        return replace(figure, kind="share", end=figure.end + match.end())
    if unit == "points":
        return replace(figure, kind="points", end=figure.end + match.end())
    if figure.kind == "share":
        return figure
    return replace(figure, unit=unit)


def _with_bound(figure: Figure, text: str) -> Figure:
    """Return *figure* with its bound from the words around it: least, most or about."""
    text_before = text[max(0, figure.start - 24) : figure.start]
    text_behind = text[figure.end : figure.end + DATES.around_number_characters]
    if figure.unit and (unit := _UNIT_AFTER.match(text_behind)):
        text_behind = text_behind[unit.end() :]
    text_behind = text_behind.lstrip(_KANJI_UNITS)
    for side, (pattern_before, pattern_after) in _BOUNDS.items():
        if pattern_before.search(text_before) or pattern_after.match(text_behind):
            return replace(figure, bound=side)
    return figure


def _share_units(figures: list[Figure], text: str) -> list[Figure]:
    """Return *figures* with the unit or kind shared by both, as in "from 18 to 15 per cent"."""
    for index, (figure, next_figure) in reversed(list(enumerate(pairwise(figures)))):
        if not _RANGE_WORDS.fullmatch(text[figure.end : next_figure.start]) or figure.unit:
            continue
        if figure.kind == "count" and next_figure.kind in {"share", "points"}:
            figures[index] = replace(figure, kind=next_figure.kind)
        elif figure.kind == next_figure.kind == "count" and next_figure.unit:
            figures[index] = replace(figure, unit=next_figure.unit)
    return figures


def lacks_unit(figure: Figure, text: str) -> bool:
    """Return True if no counted noun follows *figure*, so its unit was mentioned before."""
    return bool(_NO_UNIT.match(text, figure.end))
