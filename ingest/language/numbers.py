"""Figures as texts write them, in words, digits and kanji: one reading for the whole project."""

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
from ingest.language.script import CJK
from ingest.language.words import entries, one_of, words

_WORDS = words()
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
_KANJI_NUMBER = "〇一二三四五六七八九十百千万億兆"
_GREAT = "万億兆"
_COUNTED = "人名票議席つ割分倍か月年日時党戸隻件歳回位区町村%パポ円ド"
_SPELT = re.compile(r"[a-z]+|[^a-z\s]+", re.IGNORECASE)
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?|\d+(?:\.\d+)?"
_DIGITS = re.compile(
    rf"(?<![\w.])(?P<money>{_MONEY}) ?(?P<paid>{_NUMBER})(?: ?(?P<paid_scale>{_SCALE}))?"
    rf"|(?<![A-Za-z0-9_.,-])(?P<sign>[+-])?(?P<number>{_NUMBER})(?P<ordinal>(?:st|nd|rd|th)\b)?(?!\d|,\d{{3}}|\.\d)"
    rf"(?:[ -]?(?P<scale>{_SCALE}))?(?![A-Za-z])|(?<![A-Za-z0-9_.,-])(?P<glued>{_NUMBER})"
    rf"(?P<glued_scale>bn|tn|mn|m|k)\b",
    re.IGNORECASE,
)
_SCORE = re.compile(
    rf"(?<![\w.,/:+-])(?P<one>{_NUMBER})-(?P<other>{_NUMBER})(?![\w-]|[.,/:]\d)", re.IGNORECASE
)
"""Two figures with a dash between them: votes, seats, a range; a year with the next is none."""
_YEAR, _SHORT_YEAR = 4, 2
"""Digits of a year, and of the one behind it."""
_RATIO = re.compile(r"(?<![\w-])(?P<one>\d{1,2})-to-(?P<other>1)(?![\w-])")
_DECADE = re.compile(
    r"\b(?P<part>low|early|mid|high|upper|late)[ -](?:to[ -](?:high|upper|late)[ -])?"
    r"(?P<tens>twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties|[2-9]0s)\b",
    re.IGNORECASE,
)
"""A share or a figure told by its tens: in the mid-fifties."""
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
_WITHIN = {"low": 2, "early": 2, "mid": 5, "high": 8, "upper": 8, "late": 8}
_RATE = re.compile(
    rf"(?P<number>(?<![\d.])[\d.]{{1,20}}|(?<![{_KANJI_NUMBER}])[{_KANJI_NUMBER}]{{1,20}})割(?:(?P<tenths>[\d一二三四五六七八九])分)?"
)
_PARTS_JA = re.compile(
    rf"(?<![\d{_KANJI_NUMBER}])(?P<of>[\d{_KANJI_NUMBER}]{{1,20}})分の(?P<part>[\d{_KANJI_NUMBER}]{{1,20}})"
    r"|(?P<half>半数|半分)"
)
_JAPANESE = re.compile(
    rf"(?<![\d.,])(?:\d[\d,]{{0,20}}(?:\.\d{{1,9}})?[千百]?[{_GREAT}千百]){{1,6}}(?:\d[\d,]{{0,20}})?"
    rf"|(?<![{CJK}])[{_KANJI_NUMBER}]{{1,24}}(?=[{_COUNTED}])"
    rf"|(?=[{_KANJI_NUMBER}]{{0,20}}[{_GREAT}百千十])[{_KANJI_NUMBER}]{{1,24}}(?=[{_COUNTED}])"
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
_PARTS = {
    "a half": Decimal("0.5"),
    "a quarter": Decimal("0.25"),
    "three quarters": Decimal("0.75"),
}
_AND_A_HALF = re.compile(
    r"(?<!\d)(?P<number>\d{1,20})(?: (?P<scale>million|billion))? and "
    rf"(?P<part>{'|'.join(_PARTS)})\b(?: (?P<behind>{_SCALE}))?",
    re.IGNORECASE,
)
_MULTIPLE = re.compile(rf"\b(?:{'|'.join(_MULTIPLES)})\b", re.IGNORECASE)
_BESIDE = re.compile(
    rf"^(?:[ -]?{_UNIT}|(?: [a-z]+(?: [a-z]+)?)? (?P<counter>seats?|votes?|ballots?)\b)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r" ?(?:to|and|or|-|から|対|と|、|,) ?(?:from |about |just )?")
_LOOSE = re.compile(r"\s{0,9}(?:[.,;:)]|and\b|to\b|in\b|for\b|に|だ|で|。|、|$)")
_GROUPED = re.compile(r"\b(?:thousand|[mb]illion|trillion)$", re.IGNORECASE)
_GROUP = re.compile(
    r" [a-z]{1,20}(?:-[a-z]{1,20})?(?: [a-z]{1,20}){0,5} (?:hundred|thousand|million)\b", re.I
)
_NUMBERED = re.compile(r"\b(?:first|second|other|1st|2nd) $", re.IGNORECASE)
_NEAR = 120
"""Characters beside a number in which the words stand that belong to it."""
_PRONOUN = "one"
_VULGAR = {"½": ".5", "¼": ".25", "¾": ".75", "⅓": "one third", "⅔": "two thirds", "⅕": "one fifth"}
_ALONE = {"½": "half", "¼": "one quarter", "¾": "three quarters"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as a text states it, ``text[start:end]``.

    ``kind`` is "count", "share" (in per cent), "points" (percentage points), "ordinal",
    "multiple" or "vague" (only the size is told); ``unit`` what it measures, as ``reading.toml``
    names it, or nothing; ``bound`` is "least", "most", "about" or nothing; ``step`` the value of
    its last stated digit.
    """

    value: Decimal
    kind: str
    start: int
    end: int
    unit: str = ""
    bound: str = ""
    step: Decimal = Decimal(1)


def plain(text: str) -> str:
    """Return *text* in NFKC with plain dashes and vulgar fractions as figures or words."""
    for sign, digits in _VULGAR.items():
        if digits.startswith("."):
            text = re.sub(rf"(?<=\d) ?{sign}", digits, text).replace(sign, _ALONE[sign])
        else:
            text = text.replace(sign, digits)
    folded = unicodedata.normalize("NFKC", text)
    return folded.replace("–", "-").replace("—", " - ").replace("−", "-").replace("‑", "-")


def figures_in(text: str) -> list[Figure]:
    """Return the figures of *text* (already :func:`plain`), dates and times of day left out.

    A bare "one" is more often a pronoun, and "first" and "second" more often an order than a
    count: they are read only where a unit, a scale or digits say so.
    """
    read = bytearray(len(text))
    for start, end in (
        *((d.start, d.end) for d in days_in(text)),
        *((start, end) for _, _, start, end in clocks_in(text)),
    ):
        read[start:end] = bytes([1]) * (end - start)
    found: list[Figure] = []
    for figure in _candidates(text):
        if not any(read[figure.start : figure.end]):
            read[figure.start : figure.end] = bytes([1]) * (figure.end - figure.start)
            found.append(_bound(_measured(figure, text), text))
    return _together(sorted(found, key=lambda f: f.start), text)


def _candidates(text: str) -> Iterator[Figure]:
    """Yield what may be a figure, the most telling readings first; words are read as digits."""
    yield from _japanese(text)
    spelled, places = _in_digits(text)
    for figure in _latin(spelled):
        yield replace(figure, start=places[figure.start][0], end=places[figure.end - 1][1])


def _japanese(text: str) -> Iterator[Figure]:
    """Yield shares, multiples, sizes and numbers as Japanese writes them."""
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
        step = _scale_of(m.group()) if m.group()[-1] in _GREAT else Decimal(1)
        yield Figure(value, "count", *m.span(), step=step / _decimals(m.group()))


def _latin(text: str) -> Iterator[Figure]:
    """Yield shares, multiples, sizes and numbers as English writes them, words in digits."""
    yield from _parts(text)
    yield from _pairs(text)
    yield from (Figure(_size_of(m), "vague", *m.span()) for m in _VAGUE_AMOUNT.finditer(text))
    for m in _TIMES.finditer(text):
        yield Figure(Decimal(m["number"]), "multiple", *m.span())
    for m in _MULTIPLE.finditer(text):
        yield Figure(Decimal(_MULTIPLES[m.group().lower()]), "multiple", *m.span())
    for m in _DIGITS.finditer(text):
        written = m["paid"] or m["number"] or m["glued"]
        scale = _scaled(m["paid_scale"] or m["scale"] or m["glued_scale"])
        value, step = Decimal(written.replace(",", "")) * scale, scale / _decimals(written)
        kind = "ordinal" if m["ordinal"] else "count"
        unit = _UNITS.get((m["money"] or "").lower(), "")
        yield Figure(value, kind, *m.span(), unit=unit, step=step)


def _pairs(text: str) -> Iterator[Figure]:
    """Yield the second figure of a score, a ratio, and tens of which a part is told."""
    for m in _DECADE.finditer(text):
        told = m["tens"].lower()
        tens = _TENS[told] if told in _TENS else Decimal(told[:2])
        value = tens + _WITHIN[m["part"].lower()]
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
        if not year and not telephone:
            step = 1 / _decimals(m["other"])
            yield Figure(Decimal(m["other"].replace(",", "")), "count", *m.span("other"), step=step)


def _parts(text: str) -> Iterator[Figure]:
    """Yield what is told by halves, dozens and fractions: half a million, one in five."""
    for m in _AND_A_HALF.finditer(text):
        value = Decimal(m["number"]) + _PARTS[m["part"].lower()]
        yield Figure(value * _scaled(m["scale"] or m["behind"]), "count", *m.span())
    for m in _HALF_SCALE.finditer(text):
        scale = _scaled(m["scale"])
        yield Figure(scale / 2, "count", *m.span(), step=scale / 10)
    for m in _DOZEN.finditer(text):
        how = {"a": Decimal(1), "half a": Decimal("0.5")}.get(m["how"].lower())
        yield Figure(12 * (how or Decimal(m["how"])), "count", *m.span())
    for m in _ONE_IN.finditer(text):
        if 0 < int(m["part"]) < int(m["of"]):
            yield Figure(100 * Decimal(m["part"]) / Decimal(m["of"]), "share", *m.span())
    for m in _FRACTION.finditer(text):
        if share := _fraction(m, text):
            yield Figure(share, "share", *m.span())


def _scaled(written: str | None) -> Decimal:
    """Return the value of a scale word, 1 without one."""
    return _SCALES[written.lower()] if written else Decimal(1)


def _fraction(m: re.Match[str], text: str) -> Decimal | None:
    """Return the share that "two-thirds", "a quarter of" or "half of" means, in per cent."""
    of, part = _FRACTIONS[m["of"].lower()], (m["part"] or "").lower()
    opens = _OPENS_FRACTION.match(text, m.end())
    plural = m["of"].lower().endswith("s")
    is_half = of == _FRACTIONS["half"]
    if (is_half and not (part or opens)) or (not is_half and not (part and (plural or opens))):
        return None
    if _NUMBERED.search(text, max(0, m.start() - _NEAR), m.start()):
        return None
    value = Decimal(int(part)) if part.isdigit() else Decimal(1)
    return 100 * value / of


def _size_of(m: re.Match[str]) -> Decimal:
    """Return the least that "tens of thousands" may mean."""
    if m["few"]:
        return Decimal(_VAGUE.get(f"{m['few'].lower()}s", 1))
    many = {"tens": 10, "dozens": 12, "hundreds": 100, "thousands": 1000}
    return Decimal(_VAGUE[m["size"].lower()] * many.get((m["many"] or "").lower(), 1))


def _of_kanji(written: str) -> Decimal:
    """Return the value of a number in kanji, digits or both: 1億2千万, 二百五十三, 3.5."""
    bare = written.replace(",", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", bare):
        return Decimal(bare)
    return Decimal(str(kanji2number(bare)))


def _scale_of(written: str) -> Decimal:
    """Return the scale that a Japanese number ends with."""
    tail = re.search(rf"[{_GREAT}百千十]+$", written)
    return _of_kanji(f"一{tail.group()}" if tail else "一")


def _decimals(written: str) -> Decimal:
    """Return ten to the power of the decimals that *written* has."""
    behind = re.search(r"\.(\d+)", written)
    return Decimal(10) ** (len(behind[1]) if behind else 0)


class Word(str):
    """A token as text2num wants it."""

    def text(self) -> str:
        """Return the token."""
        return str(self)

    def text_lowercase(self) -> str:
        """Return it in lower case."""
        return self.lower()

    def nt_separated(self, _previous: object) -> bool:
        """Words that punctuation does not divide belong together."""
        return False

    def not_a_number_part(self) -> bool:
        """Every word may be a number's."""
        return False


def _in_digits(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Write number words as digits; the list says what each character stands for in *text*."""
    spans = [m.span() for m in _SPELT.finditer(text) if not _joins(m, text)]
    tokens = [Word(text[start:end]) for start, end in spans]
    out: list[str] = []
    places: list[tuple[int, int]] = []
    at = 0
    for found in find_numbers(tokens, "en", 0.0):
        start, end = spans[found.start][0], spans[found.end - 1][1]
        before, behind = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
        if _skipped(text[start:end].lower(), before.lower(), behind.lower()):
            continue
        out += [text[at:start], found.text]
        places += [(i, i + 1) for i in range(at, start)] + [(start, end)] * len(found.text)
        at = end
    out.append(text[at:])
    places += [(i, i + 1) for i in range(at, len(text))]
    return "".join(out), places


def _joins(token: re.Match[str], text: str) -> bool:
    """Tell whether a comma only divides the groups of one number: one thousand, two hundred."""
    return (
        token.group() == ","
        and bool(_GROUPED.search(text, max(0, token.start() - _NEAR), token.start()))
        and bool(_GROUP.match(text, token.end()))
    )


def _skipped(said: str, before: str, behind: str) -> bool:
    """Tell whether a number word is none by itself: a pronoun, an order, a part, a size."""
    if said in _FRACTIONS:
        return said.endswith("s") or bool(re.search(r"(?:\ban? |\bone |\d[ -]|[a-z]-)$", before))
    if said in _SCALES:
        return re.search(r"(?<!half )\ba $", before) is None
    if said == _PRONOUN:
        scaled = (
            rf"[ -](?:{_SCALE}|{_UNIT}|in [a-z\d]|out of|of every"
            r"|and (?:a half|a quarter|three quarters)\b|(?:third|quarter|half|fifth)\b)"
        )
        return re.match(scaled, behind) is None and not before.endswith("-to-")
    return said in _VAGUE or said in {"first", "second", "zero", "o", "tens"}


def _measured(figure: Figure, text: str) -> Figure:
    """Give *figure* the unit that stands behind it, and the kind that the unit makes of it."""
    found = _BESIDE.match(text[figure.end : figure.end + _NEAR])
    if not found or figure.kind in {"multiple", "vague", "ordinal"} or figure.unit:
        return figure
    word = re.sub(r"^[ -]|[\s]+$", "", found.group()).lower().replace("-", " ")
    word = re.sub(r"\s+", " ", found["counter"] or word).lower()
    unit = _UNITS.get(word, "")
    if unit == "percent":
        return replace(figure, kind="share", end=figure.end + found.end())
    if unit == "points":
        return replace(figure, kind="points", end=figure.end + found.end())
    if figure.kind == "share":
        return figure
    return replace(figure, unit=unit)


def _bound(figure: Figure, text: str) -> Figure:
    """Note what is told of the figure's exactness: a least, a most, an estimate."""
    before = text[max(0, figure.start - 24) : figure.start]
    behind = text[figure.end : figure.end + _NEAR]
    behind = re.sub(rf"^ ?{_UNIT}", "", behind, flags=re.IGNORECASE) if figure.unit else behind
    for side, (ahead, after) in _BOUNDS.items():
        if ahead.search(before) or after.match(behind.lstrip(_COUNTED)):
            return replace(figure, bound=side)
    return figure


def _together(figures: list[Figure], text: str) -> list[Figure]:
    """Give both figures of "from 18 to 15 per cent" and "$4 to 5 million" what one of them says."""
    for i, (one, other) in reversed(list(enumerate(pairwise(figures)))):
        if not _BETWEEN.fullmatch(text[one.end : other.start]) or one.unit:
            continue
        if one.kind == "count" and other.kind in {"share", "points"}:
            figures[i] = replace(one, kind=other.kind)
        elif one.kind == other.kind == "count" and other.unit:
            figures[i] = replace(one, unit=other.unit)
    return figures


def loose(figure: Figure, text: str) -> bool:
    """Tell whether nothing that is counted stands behind *figure*: its unit was told before."""
    return bool(_LOOSE.match(text, figure.end))
