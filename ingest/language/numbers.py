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

WORDS = words()
SCALES = {name: Decimal(value) for name, value in WORDS["scales"].items()}
UNITS = {word: unit for unit, text in WORDS["units"].items() for word in entries(text)}
FRACTIONS: dict[str, int] = WORDS["fractions"]
MULTIPLES: dict[str, int] = WORDS["multiples"]
VAGUE: dict[str, int] = WORDS["vague"]
BOUNDS = {
    side: (
        re.compile(rf"(?:{one_of(entries(WORDS['bounds'][side]))})[\s,]*(?:an? )?$", re.IGNORECASE),
        re.compile(rf"\s?(?:{one_of(entries(WORDS['bounds'][f'{side}_behind']))})", re.IGNORECASE),
    )
    for side in ("least", "most", "about")
}
UNIT = rf"(?:{one_of(UNITS)})"
SCALE = one_of(SCALES)
MONEY = r"(?:US\$|R\$|A\$|[$€£¥₩₹])"
KANJI_NUMBER = "〇一二三四五六七八九十百千万億兆"
GREAT = "万億兆"
COUNTED = "人名票議席つ割分倍か月年日時党戸隻件歳回位区町村%パポ円ド"
SPELT = re.compile(r"[a-z]+|[^a-z\s]+", re.IGNORECASE)
NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
DIGITS = re.compile(
    rf"(?<![\w.])(?P<money>{MONEY}) ?(?P<paid>{NUMBER})(?: ?(?P<paid_scale>{SCALE}))?"
    rf"|(?<![A-Za-z0-9_.,-])(?P<sign>[+-])?(?P<number>{NUMBER})(?P<ordinal>(?:st|nd|rd|th)\b)?(?!\d|,\d{{3}}|\.\d)"
    rf"(?:[ -]?(?P<scale>{SCALE}))?(?![A-Za-z])|(?<![A-Za-z0-9_.,-])(?P<glued>{NUMBER})"
    rf"(?P<glued_scale>bn|tn|mn|m|k)\b",
    re.IGNORECASE,
)
RATE = re.compile(
    rf"(?P<number>(?<![\d.])[\d.]{{1,20}}|(?<![{KANJI_NUMBER}])[{KANJI_NUMBER}]{{1,20}})割(?:(?P<tenths>[\d一二三四五六七八九])分)?"
)
PARTS_JA = re.compile(
    rf"(?<![\d{KANJI_NUMBER}])(?P<of>[\d{KANJI_NUMBER}]{{1,20}})分の(?P<part>[\d{KANJI_NUMBER}]{{1,20}})"
    r"|(?P<half>半数|半分)"
)
JAPANESE = re.compile(
    rf"(?<![\d.,])(?:\d[\d,]{{0,20}}(?:\.\d{{1,9}})?[千百]?[{GREAT}千百]){{1,6}}(?:\d[\d,]{{0,20}})?"
    rf"|(?<![{CJK}])[{KANJI_NUMBER}]{{1,24}}(?=[{COUNTED}])"
    rf"|(?=[{KANJI_NUMBER}]{{0,20}}[{GREAT}百千十])[{KANJI_NUMBER}]{{1,24}}(?=[{COUNTED}])"
    rf"|[一二三四五六七八九](?=つの|人|票|議席|割|倍|か月|年|時間|党|戸|隻|件|回|位|度|円)"
)
TIMES_JA = re.compile(
    rf"(?P<number>(?<![\d.])[\d.]{{1,20}}|(?<![{KANJI_NUMBER}])[{KANJI_NUMBER}]{{1,20}})倍"
)
TIMES = re.compile(
    r"(?<!\d)(?P<number>\d{1,20}(?:\.\d{1,9})?)"
    r"(?: times\b(?! (?:he|she|they|it|in|on|during))|-?fold\b)",
    re.I,
)
HALVES = "|".join(FRACTIONS)
FRACTION = re.compile(
    rf"\b(?:(?P<part>an?|one|two|three|four|five|seven|\d{{1,2}})[ -])?(?P<of>{HALVES})\b"
    r"(?! (?:party|time|reading|term|round|place|attempt|place|day|week|month|year|quarter))",
    re.IGNORECASE,
)
OPENS_FRACTION = re.compile(
    r"^ ?(?:[.,;:)%]|$|(?:of|the|that|more|less|in favou?r|would|will|were|was|are|is|have|had"
    r"|voted|said)\b)"
)
ONE_IN = re.compile(
    r"(?P<part>\d{1,2}) (?:in|out of|of every|in every) (?P<of>\d{1,3})\b(?! ?(?:%|per))"
)
VAGUE_AMOUNT = re.compile(
    r"\b(?:(?P<many>tens|dozens|hundreds|thousands) of )?"
    rf"(?P<size>{'|'.join(k for k in VAGUE if k.isascii())})\b|\b(?:several|a few|many) "
    r"(?P<few>dozen|hundred|thousand|million)\b",
    re.IGNORECASE,
)
DOZEN = re.compile(r"\b(?P<how>half a|a|\d+) dozen\b", re.IGNORECASE)
HALF_SCALE = re.compile(rf"\bhalf an? (?P<scale>{SCALE})", re.IGNORECASE)
PARTS = {
    "a half": Decimal("0.5"),
    "a quarter": Decimal("0.25"),
    "three quarters": Decimal("0.75"),
}
AND_A_HALF = re.compile(
    r"(?<!\d)(?P<number>\d{1,20})(?: (?P<scale>million|billion))? and "
    rf"(?P<part>{'|'.join(PARTS)})\b(?: (?P<behind>{SCALE}))?",
    re.IGNORECASE,
)
MULTIPLE = re.compile(rf"\b(?:{'|'.join(MULTIPLES)})\b", re.IGNORECASE)
BESIDE = re.compile(
    rf"^(?:[ -]?{UNIT}|(?: [a-z]+(?: [a-z]+)?)? (?P<counter>seats?|votes?|ballots?)\b)",
    re.IGNORECASE,
)
BETWEEN = re.compile(r" ?(?:to|and|or|-|から|対|と|、|,) ?(?:from |about |just )?")
LOOSE = re.compile(r"\s{0,9}(?:[.,;:)]|and\b|to\b|in\b|for\b|に|だ|で|。|、|$)")
GROUPED = re.compile(r"\b(?:thousand|[mb]illion|trillion)$", re.IGNORECASE)
GROUP = re.compile(
    r" [a-z]{1,20}(?:-[a-z]{1,20})?(?: [a-z]{1,20}){0,5} (?:hundred|thousand|million)\b", re.I
)
NUMBERED = re.compile(r"\b(?:first|second|other|1st|2nd) $", re.IGNORECASE)
PRONOUN = "one"
VULGAR = {"½": ".5", "¼": ".25", "¾": ".75", "⅓": "one third", "⅔": "two thirds", "⅕": "one fifth"}
ALONE = {"½": "half", "¼": "one quarter", "¾": "three quarters"}


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
    for sign, digits in VULGAR.items():
        if digits.startswith("."):
            text = re.sub(rf"(?<=\d) ?{sign}", digits, text).replace(sign, ALONE[sign])
        else:
            text = text.replace(sign, digits)
    folded = unicodedata.normalize("NFKC", text)
    return folded.replace("–", "-").replace("—", " - ").replace("−", "-").replace("‑", "-")


def figures_in(text: str) -> list[Figure]:
    """Return the figures of *text* (already :func:`plain`), dates and times of day left out.

    A bare "one" is more often a pronoun, and "first" and "second" more often an order than a
    count: they are read only where a unit, a scale or digits say so.
    """
    taken = [(d.start, d.end) for d in days_in(text)]
    taken += [(start, end) for _, _, start, end in clocks_in(text)]
    found: list[Figure] = []
    for figure in candidates(text):
        if not any(figure.start < end and start < figure.end for start, end in taken):
            taken.append((figure.start, figure.end))
            found.append(bound(measured(figure, text), text))
    return together(sorted(found, key=lambda f: f.start), text)


def candidates(text: str) -> Iterator[Figure]:
    """Yield what may be a figure, the most telling readings first; words are read as digits."""
    yield from japanese(text)
    spelled, places = in_digits(text)
    for figure in latin(spelled):
        yield replace(figure, start=places[figure.start][0], end=places[figure.end - 1][1])


def japanese(text: str) -> Iterator[Figure]:
    """Yield shares, multiples, sizes and numbers as Japanese writes them."""
    for m in RATE.finditer(text):
        value = 10 * of_kanji(m["number"]) + (of_kanji(m["tenths"]) if m["tenths"] else 0)
        yield Figure(value, "share", *m.span())
    for m in PARTS_JA.finditer(text):
        share = Decimal(50) if m["half"] else 100 * of_kanji(m["part"]) / of_kanji(m["of"])
        yield Figure(share, "share", *m.span())
    for m in TIMES_JA.finditer(text):
        yield Figure(of_kanji(m["number"]), "multiple", *m.span())
    for m in re.finditer(r"数[十百千万億]+", text):
        yield Figure(of_kanji(f"一{m.group()[1:]}"), "vague", *m.span())
    for m in JAPANESE.finditer(text):
        if m.group() == "十" and text[m.end()] == "分":
            continue
        value = of_kanji(m.group())
        step = scale_of(m.group()) if m.group()[-1] in GREAT else Decimal(1)
        yield Figure(value, "count", *m.span(), step=step / decimals(m.group()))


def latin(text: str) -> Iterator[Figure]:
    """Yield shares, multiples, sizes and numbers as English writes them, words in digits."""
    yield from parts(text)
    yield from (Figure(size_of(m), "vague", *m.span()) for m in VAGUE_AMOUNT.finditer(text))
    for m in TIMES.finditer(text):
        yield Figure(Decimal(m["number"]), "multiple", *m.span())
    for m in MULTIPLE.finditer(text):
        yield Figure(Decimal(MULTIPLES[m.group().lower()]), "multiple", *m.span())
    for m in DIGITS.finditer(text):
        written = m["paid"] or m["number"] or m["glued"]
        scale = scaled(m["paid_scale"] or m["scale"] or m["glued_scale"])
        value, step = Decimal(written.replace(",", "")) * scale, scale / decimals(written)
        kind = "ordinal" if m["ordinal"] else "count"
        unit = UNITS.get((m["money"] or "").lower(), "")
        yield Figure(value, kind, *m.span(), unit=unit, step=step)


def parts(text: str) -> Iterator[Figure]:
    """Yield what is told by halves, dozens and fractions: half a million, one in five."""
    for m in AND_A_HALF.finditer(text):
        value = Decimal(m["number"]) + PARTS[m["part"].lower()]
        yield Figure(value * scaled(m["scale"] or m["behind"]), "count", *m.span())
    for m in HALF_SCALE.finditer(text):
        scale = scaled(m["scale"])
        yield Figure(scale / 2, "count", *m.span(), step=scale / 10)
    for m in DOZEN.finditer(text):
        how = {"a": Decimal(1), "half a": Decimal("0.5")}.get(m["how"].lower())
        yield Figure(12 * (how or Decimal(m["how"])), "count", *m.span())
    for m in ONE_IN.finditer(text):
        if 0 < int(m["part"]) < int(m["of"]):
            yield Figure(100 * Decimal(m["part"]) / Decimal(m["of"]), "share", *m.span())
    for m in FRACTION.finditer(text):
        if share := fraction(m, text):
            yield Figure(share, "share", *m.span())


def scaled(written: str | None) -> Decimal:
    """Return the value of a scale word, 1 without one."""
    return SCALES[written.lower()] if written else Decimal(1)


def fraction(m: re.Match[str], text: str) -> Decimal | None:
    """Return the share that "two-thirds", "a quarter of" or "half of" means, in per cent."""
    of, part = FRACTIONS[m["of"].lower()], (m["part"] or "").lower()
    opens = OPENS_FRACTION.match(text[m.end() :])
    plural = m["of"].lower().endswith("s")
    is_half = of == FRACTIONS["half"]
    if (is_half and not (part or opens)) or (not is_half and not (part and (plural or opens))):
        return None
    if NUMBERED.search(text[: m.start()]):
        return None
    value = Decimal(int(part)) if part.isdigit() else Decimal(1)
    return 100 * value / of


def size_of(m: re.Match[str]) -> Decimal:
    """Return the least that "tens of thousands" may mean."""
    if m["few"]:
        return Decimal(VAGUE.get(f"{m['few'].lower()}s", 1))
    many = {"tens": 10, "dozens": 12, "hundreds": 100, "thousands": 1000}
    return Decimal(VAGUE[m["size"].lower()] * many.get((m["many"] or "").lower(), 1))


def of_kanji(written: str) -> Decimal:
    """Return the value of a number in kanji, digits or both: 1億2千万, 二百五十三, 3.5."""
    bare = written.replace(",", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", bare):
        return Decimal(bare)
    return Decimal(str(kanji2number(bare)))


def scale_of(written: str) -> Decimal:
    """Return the scale that a Japanese number ends with."""
    tail = re.search(rf"[{GREAT}百千十]+$", written)
    return of_kanji(f"一{tail.group()}" if tail else "一")


def decimals(written: str) -> Decimal:
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


def in_digits(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Write number words as digits; the list says what each character stands for in *text*."""
    spans = [m.span() for m in SPELT.finditer(text) if not joins(m, text)]
    tokens = [Word(text[start:end]) for start, end in spans]
    out: list[str] = []
    places: list[tuple[int, int]] = []
    at = 0
    for found in find_numbers(tokens, "en", 0.0):
        start, end = spans[found.start][0], spans[found.end - 1][1]
        if skipped(text[start:end].lower(), text[:start].lower(), text[end:].lower()):
            continue
        out += [text[at:start], found.text]
        places += [(i, i + 1) for i in range(at, start)] + [(start, end)] * len(found.text)
        at = end
    out.append(text[at:])
    places += [(i, i + 1) for i in range(at, len(text))]
    return "".join(out), places


def joins(token: re.Match[str], text: str) -> bool:
    """Tell whether a comma only divides the groups of one number: one thousand, two hundred."""
    return (
        token.group() == ","
        and bool(GROUPED.search(text[: token.start()]))
        and bool(GROUP.match(text[token.end() :]))
    )


def skipped(said: str, before: str, behind: str) -> bool:
    """Tell whether a number word is none by itself: a pronoun, an order, a part, a size."""
    if said in FRACTIONS:
        return said.endswith("s") or bool(re.search(r"(?:\ban? |\bone |\d[ -]|[a-z]-)$", before))
    if said in SCALES:
        return re.search(r"(?<!half )\ba $", before) is None
    if said == PRONOUN:
        scaled = (
            rf"[ -](?:{SCALE}|{UNIT}|in [a-z\d]|out of|of every|(?:third|quarter|half|fifth)\b)"
        )
        return re.match(scaled, behind) is None
    return said in VAGUE or said in {"first", "second", "zero", "o", "tens"}


def measured(figure: Figure, text: str) -> Figure:
    """Give *figure* the unit that stands behind it, and the kind that the unit makes of it."""
    behind = text[figure.end :]
    found = BESIDE.match(behind)
    if not found or figure.kind in {"multiple", "vague", "ordinal"} or figure.unit:
        return figure
    word = re.sub(r"^[ -]|[\s]+$", "", found.group()).lower().replace("-", " ")
    word = re.sub(r"\s+", " ", found["counter"] or word).lower()
    unit = UNITS.get(word, "")
    if unit == "percent":
        return replace(figure, kind="share", end=figure.end + found.end())
    if unit == "points":
        return replace(figure, kind="points", end=figure.end + found.end())
    if figure.kind == "share":
        return figure
    return replace(figure, unit=unit)


def bound(figure: Figure, text: str) -> Figure:
    """Note what is told of the figure's exactness: a least, a most, an estimate."""
    before, behind = text[max(0, figure.start - 24) : figure.start], text[figure.end :]
    behind = re.sub(rf"^ ?{UNIT}", "", behind, flags=re.IGNORECASE) if figure.unit else behind
    for side, (ahead, after) in BOUNDS.items():
        if ahead.search(before) or after.match(behind.lstrip(COUNTED)):
            return replace(figure, bound=side)
    return figure


def together(figures: list[Figure], text: str) -> list[Figure]:
    """Give both figures of "from 18 to 15 per cent" and "$4 to 5 million" what one of them says."""
    for i, (one, other) in reversed(list(enumerate(pairwise(figures)))):
        if not BETWEEN.fullmatch(text[one.end : other.start]) or one.unit:
            continue
        if one.kind == "count" and other.kind in {"share", "points"}:
            figures[i] = replace(one, kind=other.kind)
        elif one.kind == other.kind == "count" and other.unit:
            figures[i] = replace(one, unit=other.unit)
    return figures


def loose(figure: Figure, text: str) -> bool:
    """Tell whether nothing that is counted stands behind *figure*: its unit was told before."""
    return bool(LOOSE.match(text[figure.end :]))
