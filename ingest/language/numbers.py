"""Figures in texts, in words, digits and kanji: one parser for the whole project."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from kanjize import kanji2number
from text_to_num import find_numbers

from ingest.language.dates import clocks_in, days_in
from ingest.language.languages import entries, one_of, table, words
from ingest.language.limits import DATES
from ingest.language.script import CJK

_WORDS, _NUMERALS = words(), table("numerals")
_SIGNS = str.maketrans(_NUMERALS["signs"]["from"], _NUMERALS["signs"]["to"])
_OTHER_NUMERALS = re.compile(f"[{CJK}\u0600-\u06ff]")
"""Letters of the scripts that ``numerals.toml`` rewrites; typographic quotation marks are none."""
_LAKH_CRORE = re.compile(r"\blakh[\s-]crores?\b", re.IGNORECASE)
_TURNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(turn["from"]), turn["to"]) for turn in _NUMERALS["turns"]
)
_SCALES = {name: Decimal(value) for name, value in _WORDS["scales"].items()}
_UNITS = {word: unit for unit, text in _WORDS["units"].items() for word in entries(text)}
_FRACTIONS: dict[str, int] = _WORDS["fractions"]
_MULTIPLES: dict[str, int] = _WORDS["multiples"]
_VAGUE: dict[str, int] = _WORDS["vague"]
_BOUNDS = {
    side: (
        re.compile(
            rf"(?:{one_of(entries(_WORDS['bounds'][side]))})[\s,]*(?:an? )?$", re.IGNORECASE
        ),
        re.compile(rf"\s?(?:{one_of(entries(_WORDS['bounds'][f'{side}_behind']))})", re.IGNORECASE),
    )
    for side in ("least", "most", "about")
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
_DIGITS = re.compile(
    rf"(?<![\w.])(?P<money>{_MONEY}) ?(?P<paid>{_NUMBER})(?: ?(?P<paid_scale>{_SCALE}))?"
    rf"|(?<![A-Za-z0-9_.,-])(?P<sign>[+-])?(?P<number>{_NUMBER})(?P<ordinal>(?:st|nd|rd|th)\b)?(?!\d|,\d{{3}}|\.\d)"
    rf"(?:[ -]?(?P<scale>{_SCALE}))?(?![A-Za-z])|(?<![A-Za-z0-9_.,-])(?P<glued>{_NUMBER})"
    rf"(?P<glued_scale>bn|tn|mn|m|k)\b",
    re.IGNORECASE,
)
_SCORE = re.compile(
    rf"(?<![\w.,/:+-])(?P<one>{_NUMBER})-(?:to-)?(?P<other>{_NUMBER})(?![\w-]|[.,/:]\d)",
    re.IGNORECASE,
)
"""Two figures with a dash between them: votes, seats or a range; a span of years is excluded."""
_YEAR, _SHORT_YEAR = 4, 2
"""Digits of a year, and of the short year after it."""
_RATIO = re.compile(r"(?<![\w-])(?P<one>\d{1,2})-to-(?P<other>1)(?![\w-])")
_DECADE = re.compile(
    r"\b(?P<part>low|early|mid|high|upper|late)[ -](?:to[ -](?:high|upper|late)[ -])?"
    r"(?P<tens>twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties|[2-9]0s)\b",
    re.IGNORECASE,
)
"""A share or a figure given by its tens, as in "the mid-fifties"."""
_TENS = {
    name: Decimal(10 * tens)
    for tens, name in enumerate(
        (
            "twenties",
            "thirties",
            "forties",
            "fifties",
            "sixties",
            "seventies",
            "eighties",
            "nineties",
        ),
        start=2,
    )
}
_DECADE_OFFSETS = {"low": 2, "early": 2, "mid": 5, "high": 8, "upper": 8, "late": 8}
_RATE = re.compile(
    rf"(?P<number>(?<![\d.])[\d.]{{1,20}}|(?<![{_KANJI_NUMBER}])[{_KANJI_NUMBER}]{{1,20}})割(?:(?P<tenths>[\d一二三四五六七八九])分)?"
)
_PARTS_JA = re.compile(
    rf"(?<![\d{_KANJI_NUMBER}])(?P<of>[\d{_KANJI_NUMBER}]{{1,20}})(?:分の|(?P<people>人に))"
    rf"(?P<part>[\d{_KANJI_NUMBER}]{{1,20}})(?(people)人(?!ずつ))|(?P<half>半数|半分)"
)
_JAPANESE = re.compile(
    rf"(?<![\d.,])(?:\d[\d,]{{0,20}}(?:\.\d{{1,9}})?[千百]?[{_KANJI_SCALES}千百]){{1,6}}(?:\d[\d,]{{0,20}})?"
    rf"|(?<![{CJK}])[{_KANJI_NUMBER}]{{1,24}}(?=[{_KANJI_UNITS}])"
    rf"|(?=[{_KANJI_NUMBER}]{{0,20}}[{_KANJI_SCALES}百千十])[{_KANJI_NUMBER}]{{1,24}}(?=[{_KANJI_UNITS}])"
    rf"|[一二三四五六七八九](?=つの|人|票|議席|割|倍|か月|年|時間|党|戸|隻|件|回|位|度|円)"
)
_TIMES_JA = re.compile(
    rf"(?P<number>(?<![\d.])[\d.]{{1,20}}|(?<![{_KANJI_NUMBER}])[{_KANJI_NUMBER}]{{1,20}})倍"
)
_TIMES = re.compile(
    r"(?<!\d)(?P<number>\d{1,20}(?:\.\d{1,9})?)"
    r"(?: times\b(?! (?:he|she|they|it|in|on|during))|-?fold\b)",
    re.I,
)
_HALVES = "|".join(_FRACTIONS)
_FRACTION = re.compile(
    rf"\b(?:(?P<part>an?|one|two|three|four|five|seven|\d{{1,2}})[ -])?(?P<of>{_HALVES})\b"
    r"(?! (?:party|time|reading|term|round|place|attempt|place|day|week|month|year|quarter))",
    re.IGNORECASE,
)
_OPENS_FRACTION = re.compile(
    r" ?(?:[.,;:)%]|$|(?:of|the|that|more|less|in favou?r|would|will|were|was|are|is|have|had"
    r"|voted|said)\b)"
)
_ONE_IN = re.compile(
    r"(?P<part>\d{1,2}) (?:in|out of|of every|in every) (?P<of>\d{1,3})\b(?! ?(?:%|per))"
)
_VAGUE_AMOUNT = re.compile(
    r"\b(?:(?P<many>tens|dozens|hundreds|thousands) of )?"
    rf"(?P<size>{'|'.join(k for k in _VAGUE if k.isascii())})\b|\b(?:several|a few|many) "
    r"(?P<few>dozen|hundred|thousand|million)\b",
    re.IGNORECASE,
)
_DOZEN = re.compile(r"\b(?P<how>half a|a|\d+) dozen\b", re.IGNORECASE)
_HALF_SCALE = re.compile(rf"\bhalf an? (?P<scale>{_SCALE})", re.IGNORECASE)
_AND_A_HALF = re.compile(
    r"(?<!\d)(?P<number>\d{1,20})(?: (?P<scale>million|billion))? and "
    rf"(?P<part>an?|one|three|[13])[ -](?P<of>half|quarters?)\b(?: (?P<behind>{_SCALE}))?",
    re.IGNORECASE,
)
_PART_OF_SCALE = re.compile(
    rf"\b(?:(?P<part>an?|one|two|three|\d{{1,2}})[ -])?(?P<of>{'|'.join(_FRACTIONS)})"
    rf" of an? (?P<scale>{_SCALE}|1000(?:000){{0,3}})\b",
    re.IGNORECASE,
)
_PART_COUNTS = {"two": 2, "2": 2, "three": 3, "3": 3}
_MULTIPLE = re.compile(rf"\b(?:{'|'.join(_MULTIPLES)})\b", re.IGNORECASE)
_UNIT_AFTER = re.compile(
    rf"^(?:[ -]?{_UNIT}|(?: [a-z]+(?: [a-z]+)?)? (?P<counter>seats?|votes?|ballots?)\b)",
    re.IGNORECASE,
)
_RANGE_WORDS = re.compile(r" ?(?:to|and|or|-|から|対|と|、|,) ?(?:from |about |just )?")
_NO_UNIT = re.compile(r"\s{0,9}(?:[.,;:)]|and\b|to\b|in\b|for\b|に|だ|で|。|、|$)")
_GROUP_END = re.compile(r"\b(?:thousand|[mb]illion|trillion)$", re.IGNORECASE)
_GROUP = re.compile(
    r" [a-z]{1,20}(?:-[a-z]{1,20})?(?: [a-z]{1,20}){0,5} (?:hundred|thousand|million)\b", re.I
)
_ORDINAL_BEFORE = re.compile(r"\b(?:first|second|other|1st|2nd) $", re.IGNORECASE)
_PRONOUN = "one"
_JAPANESE_POINT, _GROUP_MARK = (
    re.compile(r"(?<=\d)・(?=\d)"),
    re.compile(r"(?<=\d)['’](?=\d{3}(?!\d))"),
)
_VULGAR = {"½": ".5", "¼": ".25", "¾": ".75", "⅓": "one third", "⅔": "two thirds", "⅕": "one fifth"}
_SINGLE_FRACTIONS = {"½": "half", "¼": "one quarter", "¾": "three quarters"}


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


def normalise(text: str) -> str:
    """Return *text* in NFKC with plain dashes, and vulgar fractions as figures or words."""
    for sign, digits in _VULGAR.items():
        if digits.startswith("."):
            text = re.sub(rf"(?<=\d) ?{sign}", digits, text).replace(sign, _SINGLE_FRACTIONS[sign])
        else:
            text = text.replace(sign, digits)
    folded_text = _GROUP_MARK.sub("", _JAPANESE_POINT.sub(".", unicodedata.normalize("NFKC", text)))
    return (
        _in_known_numerals(folded_text)
        .replace("–", "-")
        .replace("—", " - ")
        .replace("−", "-")
        .replace("‑", "-")
    )


def ascii_numerals(text: str) -> str:
    """Return *text* with the digits and separators of other scripts as those of ASCII."""
    return text if text.isascii() else text.translate(_SIGNS)


def _in_known_numerals(text: str) -> str:
    """Return *text* with the figures of other scripts and languages written as the parsers know."""
    text = ascii_numerals(_LAKH_CRORE.sub("trillion", text))
    if not _OTHER_NUMERALS.search(text):
        return text
    for pattern, replacement in _TURNS:
        text = pattern.sub(replacement, text)
    return text


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
    """Yield possible figures, the most specific patterns first; number words are read as digits."""
    yield from _japanese(text)
    spelled, places = _in_digits(text)
    for figure in _latin(spelled):
        yield replace(figure, start=places[figure.start][0], end=places[figure.end - 1][1])


def _japanese(text: str) -> Iterator[Figure]:
    """Yield shares, multiples, sizes and numbers in Japanese notation."""
    if not _OTHER_NUMERALS.search(text):
        return
    for m in _RATE.finditer(text):
        value = 10 * _of_kanji(m["number"]) + (_of_kanji(m["tenths"]) if m["tenths"] else 0)
        yield Figure(value, "share", *m.span())
    for m in _PARTS_JA.finditer(text):
        share = Decimal(50) if m["half"] else 100 * _of_kanji(m["part"]) / _of_kanji(m["of"])
        yield Figure(share, "share", *m.span())
    for m in _TIMES_JA.finditer(text):
        yield Figure(_of_kanji(m["number"]), "multiple", *m.span())
    for m in re.finditer(r"数[十百千万億]+", text):
        yield Figure(_of_kanji(f"一{m.group()[1:]}"), "vague", *m.span())
    for m in _JAPANESE.finditer(text):
        if m.group() == "十" and text[m.end()] == "分":
            continue
        value = _of_kanji(m.group())
        step = _scale_of(m.group()) if m.group()[-1] in _KANJI_SCALES else Decimal(1)
        yield Figure(value, "count", *m.span(), step=step / _decimals(m.group()))


def _latin(text: str) -> Iterator[Figure]:
    """Yield shares, multiples, sizes and numbers in English notation, with words as digits."""
    yield from _parts(text)
    yield from _pairs(text)
    yield from (Figure(_size_of(m), "vague", *m.span()) for m in _VAGUE_AMOUNT.finditer(text))
    for m in _TIMES.finditer(text):
        yield Figure(Decimal(m["number"]), "multiple", *m.span())
    for m in _MULTIPLE.finditer(text):
        yield Figure(Decimal(_MULTIPLES[m.group().lower()]), "multiple", *m.span())
    for m in _DIGITS.finditer(text):
        number = m["paid"] or m["number"] or m["glued"]
        scale = _scale_value(m["paid_scale"] or m["scale"] or m["glued_scale"])
        value, step = Decimal(number.replace(",", "")) * scale, scale / _decimals(number)
        kind = "ordinal" if m["ordinal"] else "count"
        unit = _UNITS.get((m["money"] or "").lower(), "")
        yield Figure(value, kind, *m.span(), unit=unit, step=step)


def _pairs(text: str) -> Iterator[Figure]:
    """Yield the second figure of a score, the figure of a ratio, and decades (mid-fifties)."""
    for m in _DECADE.finditer(text):
        tens_word = m["tens"].lower()
        tens = _TENS[tens_word] if tens_word in _TENS else Decimal(tens_word[:2])
        value = tens + _DECADE_OFFSETS[m["part"].lower()]
        yield Figure(value, "count", *m.span(), bound="about", step=Decimal(5))
    for m in _RATIO.finditer(text):
        yield Figure(Decimal(m["one"]), "multiple", *m.span())
    for m in _SCORE.finditer(text):
        year = (
            len(m["one"]) == _YEAR
            and m["one"].isdigit()
            and len(m["other"]) in {_SHORT_YEAR, _YEAR}
        )
        telephone = m["other"].isdigit() and len(m["other"]) > len(m["one"]) > _SHORT_YEAR
        ratio = m["other"] == "1" and "-to-" in m.group()
        if not (year or telephone or ratio):
            step = 1 / _decimals(m["other"])
            yield Figure(Decimal(m["other"].replace(",", "")), "count", *m.span("other"), step=step)


def _parts(text: str) -> Iterator[Figure]:
    """Yield figures made of halves, dozens and fractions: half a million, one in five."""
    for m in _AND_A_HALF.finditer(text):
        number, scale = Decimal(m["number"]), _scale_value(m["scale"] or m["behind"])
        part = _part_of(m)
        if scale == 1:
            part *= next((unit for unit in _LARGE if number and number % unit == 0), 1)
        yield Figure((number + part) * scale, "count", *m.span())
    for m in _PART_OF_SCALE.finditer(text):
        scale = Decimal(m["scale"]) if m["scale"].isdigit() else _scale_value(m["scale"])
        yield Figure(_part_of(m) * scale, "count", *m.span(), step=scale / 10)
    for m in _HALF_SCALE.finditer(text):
        scale = _scale_value(m["scale"])
        yield Figure(scale / 2, "count", *m.span(), step=scale / 10)
    for m in _DOZEN.finditer(text):
        factor = {"a": Decimal(1), "half a": Decimal("0.5")}.get(m["how"].lower())
        yield Figure(12 * (factor or Decimal(m["how"])), "count", *m.span())
    for m in _ONE_IN.finditer(text):
        if 0 < int(m["part"]) < int(m["of"]):
            yield Figure(100 * Decimal(m["part"]) / Decimal(m["of"]), "share", *m.span())
    for m in _FRACTION.finditer(text):
        if share := _fraction(m, text):
            yield Figure(share, "share", *m.span())


def _part_of(m: re.Match[str]) -> Decimal:
    """Return the fraction in "a half" or "three quarters"."""
    count = (m["part"] or "").lower()
    return Decimal(_PART_COUNTS.get(count, 1)) / _FRACTIONS[m["of"].lower()]


def _scale_value(word: str | None) -> Decimal:
    """Return the value of a scale word; 1 without one."""
    return _SCALES[word.lower()] if word else Decimal(1)


def _fraction(m: re.Match[str], text: str) -> Decimal | None:
    """Return the share in "two-thirds", "a quarter of" or "half of", in per cent."""
    of, part = _FRACTIONS[m["of"].lower()], (m["part"] or "").lower()
    is_at_end = _OPENS_FRACTION.match(text, m.end())
    is_plural = m["of"].lower().endswith("s")
    is_half = of == _FRACTIONS["half"]
    if (is_half and not (part or is_at_end)) or (
        not is_half and not (part and (is_plural or is_at_end))
    ):
        return None
    if _ORDINAL_BEFORE.search(text, max(0, m.start() - DATES.around_number_characters), m.start()):
        return None
    value = Decimal(int(part)) if part.isdigit() else Decimal(1)
    return 100 * value / of


def _size_of(m: re.Match[str]) -> Decimal:
    """Return the smallest number that "tens of thousands" can mean."""
    if m["few"]:
        return Decimal(_VAGUE.get(f"{m['few'].lower()}s", 1))
    factors = {"tens": 10, "dozens": 12, "hundreds": 100, "thousands": 1000}
    return Decimal(_VAGUE[m["size"].lower()] * factors.get((m["many"] or "").lower(), 1))


def _of_kanji(number: str) -> Decimal:
    """Return the value of a number in kanji, digits or both: 1億2千万, 二百五十三, 3.5."""
    digits = number.replace(",", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", digits):
        return Decimal(digits)
    if scaled := re.fullmatch(rf"(\d+\.\d+)([{_KANJI_SCALES}百千]+)", digits):
        return Decimal(scaled[1]) * Decimal(str(kanji2number(f"一{scaled[2]}")))
    return Decimal(str(kanji2number(digits)))


def _scale_of(number: str) -> Decimal:
    """Return the value of the scale at the end of a Japanese number."""
    tail = re.search(rf"[{_KANJI_SCALES}百千十]+$", number)
    return _of_kanji(f"一{tail.group()}" if tail else "一")


def _decimals(number: str) -> Decimal:
    """Return ten to the power of the number of decimals in *number*."""
    decimals = re.search(r"\.(\d+)", number)
    return Decimal(10) ** (len(decimals[1]) if decimals else 0)


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
    return (
        token.group() == ","
        and bool(
            _GROUP_END.search(
                text, max(0, token.start() - DATES.around_number_characters), token.start()
            )
        )
        and bool(_GROUP.match(text, token.end()))
    )


def _is_no_number(word: str, text_before: str, text_behind: str) -> bool:
    """Return True if a number word is not a number here: a pronoun, an order, a part or a size."""
    if word in _FRACTIONS:
        return word.endswith("s") or bool(
            re.search(r"(?:\ban? |\bone |\d[ -]|[a-z]-)$", text_before)
        )
    if word in _SCALES:
        return re.search(r"(?<!half )\ba $", text_before) is None
    if word == _PRONOUN:
        scaled = (
            rf"[ -](?:{_SCALE}|{_UNIT}|in [a-z\d]|out of|of every"
            r"|and (?:a half|a quarter|three[ -]quarters?)\b|(?:third|quarter|half|fifth)\b)"
        )
        return re.match(scaled, text_behind) is None and not text_before.endswith("-to-")
    return word in _VAGUE or word in {"first", "second", "zero", "o", "tens"}


def _with_unit(figure: Figure, text: str) -> Figure:
    """Return *figure* with the unit after it, and with the kind that follows from the unit."""
    match = _UNIT_AFTER.match(text[figure.end : figure.end + DATES.around_number_characters])
    if not match or figure.kind in {"multiple", "vague", "ordinal"} or figure.unit:
        return figure
    word = re.sub(r"^[ -]|[\s]+$", "", match.group()).lower().replace("-", " ")
    word = re.sub(r"\s+", " ", match["counter"] or word).lower()
    unit = _UNITS.get(word, "")
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
    text_behind = (
        re.sub(rf"^ ?{_UNIT}", "", text_behind, flags=re.IGNORECASE) if figure.unit else text_behind
    )
    for side, (pattern_before, pattern_after) in _BOUNDS.items():
        if pattern_before.search(text_before) or pattern_after.match(
            text_behind.lstrip(_KANJI_UNITS)
        ):
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


def loose(figure: Figure, text: str) -> bool:
    """Return True if no counted noun follows *figure*, so its unit was mentioned before."""
    return bool(_NO_UNIT.match(text, figure.end))
