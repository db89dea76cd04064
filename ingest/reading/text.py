"""White space, invisible characters, raised signs, and paragraphs of lines that were wrapped.

The words of a text are never changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby, pairwise, takewhile
from string import ascii_lowercase

from ingest.language.dates import word_before
from ingest.language.languages import words
from ingest.language.lines import SENTENCE_MARKS
from ingest.language.script import CJK, HIRAGANA, character_in
from ingest.reading.limits import LAYOUT

_INVISIBLE = (
    *(*range(0x09), *range(0x0E, 0x20), 0x7F, 0xAD, 0x200B, 0x200E, 0x200F),
    *(*range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF, *range(0xD800, 0xE000)),
)
"""Controls, marks of direction and of possible line ends, and halves of characters."""
_SPACES = (0x09, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F)
_PLAIN = {**dict.fromkeys(_INVISIBLE, ""), **dict.fromkeys(_SPACES, " ")}
_MARK = re.compile(
    r"[\[(（]?(?:[*†‡§¶¹²³⁴-⁹]{1,3}|[a-z]|\d{1,2}|(?:注|註|주|※)\s?\d{0,2}|(?:note|nb|n|fn|anm\.?)\s?\d{1,2})"
    r"(?:\s?[,;]\s?(?:[a-z*†‡§]|\d{1,2})){0,4}[\])）]?|\[[a-z][a-z ?]{2,30}\]",
    re.IGNORECASE,
)
"""Text of a raised sign that points at a note."""
_UNIT = re.compile(r"(?<![^\W\d_])(?:[mck]m|in|ft|yd|mi|(?<!\d)[a-z]|(?<=\d)m)$", re.IGNORECASE)
_FRACTION_BARS = ("/", "⁄")
_CURRENCIES = tuple("$€£¥₩₹₽")
_CURRENCY_WORDS = frozenset({*_CURRENCIES, "euro", "euros", "eur", "usd", "dollars", "kč", "zł"})
_POINT_LANGUAGES = frozenset({"", "en", "ja", "ko", "zh", "th", "he", "hi"})
"""Languages that write cents behind a point."""
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
_SENTENCE_MARKS = (*SENTENCE_MARKS, "；")
_CLOSING_MARKS = "”\"'’」』)]）】*_"
_CJK_CLOSING_MARKS = tuple("」』】")
"""Closing marks that end a line without a full stop before them."""
EAST_ASIAN_EDGE = character_in(f"{CJK}、，「『（")
_KANJI_NUMERALS = "〇一二三四五六七八九十百千万億兆"
_NUMERAL_END = re.compile(rf"[\d{_KANJI_NUMERALS}][.,．，]?$|[^\W\d_][.,]\d+$")
_CONTINUING_MARKS = tuple(",،;)]”’»")
_OPEN_MARKS = tuple(",،–—([“«&")
_CASELESS = ("\u05d0", "\u0dff")
"""First and last letter of scripts with spaces and without capitals, from Hebrew to Sinhala."""
_OPEN_WORDS = frozenset(
    {"the", "a", "an", "of", "and", "or", "to", "in", "on", "at", "by", "for", "with", "from"}
    | {"that", "which", "who", "his", "her", "its", "their", "as", "is", "was", "were", "are"}
    | {"had", "has", "have", "mr", "mrs", "ms", "dr", "st"}
)
"""Words that no sentence ends with."""
_TITLES = frozenset(
    {"mr", "mrs", "ms", "dr", "prof", "sen", "rep", "gov", "gen", "st", "no", "vs"}
    | set(ascii_lowercase)
)
"""Words and initials whose full stop ends no sentence."""
_LIST_ITEM = re.compile(r"(?:[-–—•*·●▪■□◆◇▼►]|\(?\d{1,2}[.)]|\d{1,2}[:.]\d\d\b)\s|[●▪■□◆◇▼►]")
"""Start of an item of a list or of a live page."""
_SENTENCE_INSIDE = re.compile(r"(?<!\b\d)(?<!\b\d\d)[.!?…][”\"'’)]*\s+[A-ZÀ-Þ“\"‘(]|[。！？]")
"""End of a sentence within a line, and no ordinal: the sentence after it must end as well."""
OPEN_END = re.compile(rf"(?:^|[\s(“\"‘])[a-z\d][\w’'.,-]*$|[{HIRAGANA}]$")
_UNDONE_JA = tuple("はがをの、，（「")
"""Ends of a line in Japanese that the next line has to continue."""
_CONJUNCTIONS = frozenset({"and", "or", "und", "oder", "bzw", "sowie"})
"""Words before the rest of a compound that shares its end: "Bundes- und Landtagswahl"."""
_SOLID_PARTS = frozenset(
    {"after", "back", "down", "ever", "every", "fore", "here", "over", "self", "selves", "some"}
    | {"their", "them", "there", "thing", "under", "what", "when", "where", "with", "your"}
    | {"durch", "fest", "hinter", "nach", "nieder", "statt", "teil", "unter", "vorher", "voll"}
    | {"weiter", "wider", "wieder", "zurück", "zusammen", "über"}
)
"""Words that form others without a hyphen: "under-" and "stand", "zurück-" and "treten"."""
_NUMBER_PARTS = frozenset(
    {"first", "second", "third", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
    | {"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "well"}
)
"""Words before a hyphen that stays: "two-thirds", "twenty-one", "first-time", "well-known"."""
_NUMBER_ENDINGS = ("teen", "tie", "ty", "ary", "fold", "some", "ly")
"""What follows them without a hyphen: "six-" and "teen", "two-" and "fold"."""
_OPENING_MARKS = "“”\"'‘„«»「『([（"
_HYPHENS = ("-", "\u2010")
_PAIR = re.compile(r"(?<![^\W\d_])(?=([^\W\d_]{1,80}-[^\W\d_]{1,80}))")


def clean(text: str) -> str:
    """Return *text* in NFC with plain spaces, no invisible characters, at most one empty line."""
    plain = "\n".join(unicodedata.normalize("NFC", text).splitlines()).translate(_PLAIN)
    lines = (" ".join(filter(None, line.split(" "))).strip() for line in plain.split("\n"))
    cleaned = "\n".join(lines)
    while "\n\n\n" in cleaned:
        cleaned = cleaned.replace("\n\n\n", "\n\n")
    return cleaned.strip()


def clean_line(text: str) -> str:
    """Return *text* cleaned and on one line."""
    return " ".join(clean(text).split())


def letters_and_digits(text: str) -> str:
    """Return the letters and digits of *text* in lower case, to compare texts by their words."""
    return "".join(filter(str.isalnum, text)).casefold()


def inline_sign(
    sign: str,
    preceding_text: str,
    language: str = "",
    *,
    linked: bool = False,
    following_text: str = "",
) -> str:
    """Return the inline text for a raised *sign* between *preceding_text* and *following_text*.

    A note mark becomes an empty string, an exponent is written in superscript characters, the cents
    of a price behind a decimal sign, and any other sign is unchanged; a fraction is separated from
    the figure before it. *linked* is True if the sign is a link to a note.
    """
    if sign and following_text.startswith(_FRACTION_BARS):
        return f" {sign}" if preceding_text[-1:].isdecimal() else sign
    if not _MARK.fullmatch(sign):
        return sign
    if linked:
        return ""
    if sign.lower() in _ORDINALS.get(language, ()) and preceding_text[-1:].isalnum():
        return sign
    if _is_cents(sign, preceding_text, following_text):
        is_divided = preceding_text.endswith((".", ","))
        return sign if is_divided else f"{'.' if language in _POINT_LANGUAGES else ','}{sign}"
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


def _is_cents(sign: str, preceding_text: str, following_text: str) -> bool:
    """Return True if a raised figure is the cents of a price: "$1" and "50"."""
    amount = preceding_text.removesuffix(".").removesuffix(",")
    before = amount.rstrip("0123456789")
    words_behind = following_text.split(maxsplit=1)
    word_behind = words_behind[0].strip(".,;:!?").casefold() if words_behind else ""
    return (
        len(sign) == 2
        and sign.isdecimal()
        and 0 < len(amount) - len(before) <= LAYOUT.price_digits
        and not _is_in_number(before[-1:])
        and (before.rstrip().endswith(_CURRENCIES) or word_behind in _CURRENCY_WORDS)
        and word_behind not in words()["scales"]
    )


def _is_power(sign: str, preceding_text: str) -> bool:
    """Return True if a raised figure is an exponent: of a unit, of a letter, or of ten."""
    if not (sign.isascii() and sign.isdigit()):
        return False
    is_ten = preceding_text.endswith("10") and not _is_in_number(preceding_text[-3:-2])
    is_power_of_ten = int(sign) >= LAYOUT.power_exponent and is_ten
    return is_power_of_ten or _UNIT.search(preceding_text[-8:]) is not None


def _is_in_number(character: str) -> bool:
    """Return True if *character* is a digit or a separator of one."""
    return character.isdecimal() or character in {".", ","}


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of *text*; an empty line always separates two."""
    joined_lines: list[str] = []
    for has_text, block in groupby(map(str.strip, text.split("\n")), key=bool):
        if has_text:
            lines = list(block)
            joined_lines += join_lines(lines, find_joins(lines), text)
    return joined_lines


def join_lines(
    lines: Sequence[str], is_joined_to_previous: Sequence[bool], full_text: str
) -> list[str]:
    """Return *lines* joined where the value in *is_joined_to_previous* is True.

    A hyphen at the end of a line is removed unless *full_text* has the word with it elsewhere.
    """
    groups = [[line] for line in lines[:1]]
    for line, is_joined in zip(lines[1:], is_joined_to_previous, strict=True):
        if is_joined:
            text = join_parts(groups[-1][-1], line, full_text)
            groups[-1][-1:] = [text[: -len(line)], line]
        else:
            groups.append([line])
    return ["".join(pieces) for pieces in groups]


def join_parts(start: str, continuation: str, full_text: str) -> str:
    """Return two parts of a paragraph as one text."""
    if ends_with_hyphen(start) and continuation[:1].isalnum():
        return _join_at_hyphen(start, continuation, full_text)
    is_east_asian = EAST_ASIAN_EDGE.match(start[-1:]) or EAST_ASIAN_EDGE.match(continuation[:1])
    is_unspaced = is_east_asian and not (start[-1:].isascii() and continuation[:1].isascii())
    return start + continuation if is_unspaced else f"{start} {continuation}"


def _join_at_hyphen(start: str, continuation: str, full_text: str) -> str:
    """Return two parts as one text; the hyphen between them stays if it belongs to the word.

    It does before a capital or a figure ("SPD-Politiker"), behind a number ("two-thirds"), and
    where *full_text* has the word with the hyphen, or both of its halves as words and never the
    word without it.
    """
    first_part = _first_word(start[-LAYOUT.last_word_characters : -1][::-1])[::-1]
    second_part = _first_word(continuation)
    if second_part in _CONJUNCTIONS and continuation.startswith(f"{second_part} "):
        return f"{start} {continuation}"
    parts = (first_part.casefold(), second_part)
    full_words = _full_words(full_text)
    has_both_parts = (
        full_words.issuperset(parts)
        and _SOLID_PARTS.isdisjoint(parts)
        and min(map(len, parts)) >= LAYOUT.compound_part_letters
        and full_words.isdisjoint({first_part + second_part, parts[0] + second_part})
    )
    is_compound = (
        not continuation[:1].islower()
        or (parts[0] in _NUMBER_PARTS and not second_part.startswith(_NUMBER_ENDINGS))
        or f"{first_part}-{second_part}" in _hyphenated_pairs(full_text)
        or has_both_parts
    )
    return (start if is_compound else start[:-1]) + continuation


def _first_word(text: str) -> str:
    """Return the letters that *text* begins with."""
    return "".join(takewhile(str.isalpha, text))


def ends_sentence(line: str) -> bool:
    """Return True if *line* ends a sentence or introduces the next line."""
    return line.rstrip(_CLOSING_MARKS).endswith(_SENTENCE_MARKS) or line.endswith(
        _CJK_CLOSING_MARKS
    )


def ends_with_hyphen(line: str) -> bool:
    """Return True if *line* ends with a hyphen after a letter."""
    return line.endswith(_HYPHENS) and line[-2:-1].isalpha()


def continues_sentence(line: str) -> bool:
    """Return True if *line* begins as only the rest of a sentence does: with a small letter."""
    return line[:1].islower() or line.startswith(_CONTINUING_MARKS)


@lru_cache(maxsize=4)
def _full_words(full_text: str) -> frozenset[str]:
    """Return the words of a text, but for the halves of those that line ends divide."""
    return frozenset(
        _first_word(word.lstrip(_OPENING_MARKS))
        for previous, word in pairwise(["", *full_text.split()])
        if not ends_with_hyphen(previous) and not ends_with_hyphen(word)
    )


@lru_cache(maxsize=4)
def _hyphenated_pairs(full_text: str) -> frozenset[str]:
    """Return the pairs of words in a text that are joined by a hyphen."""
    return frozenset(_PAIR.findall(full_text))


def find_joins(lines: Sequence[str]) -> list[bool]:
    """Return for each two neighbours in *lines* (none of them empty) True if they are one."""
    if len(lines) < 2:
        return []
    is_wrapped = _is_wrapped(lines)
    width = max(map(len, lines))
    return [
        _continues(line, next_line, width, is_wrapped=is_wrapped)
        for line, next_line in pairwise(lines)
    ]


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Return True if *lines* end because the next word had no room."""
    width = max(map(len, lines))
    is_east_asian = sum(bool(EAST_ASIAN_EDGE.search(line)) for line in lines) > len(lines) / 2
    min_width, max_width = (
        (LAYOUT.narrow_cjk_characters, LAYOUT.wide_cjk_characters)
        if is_east_asian
        else (LAYOUT.narrow_characters, LAYOUT.wide_characters)
    )
    if not min_width <= width <= max_width:
        return False
    full_lines = [_is_full(line, next_line, width) for line, next_line in pairwise(lines)]
    first_letter, last_letter = _CASELESS
    is_prose = ends_sentence(lines[-1])
    broken_sentences = [
        not ends_sentence(line_before)
        and (
            is_east_asian
            or continues_sentence(line_after)
            or (is_prose and first_letter <= line_after[:1] <= last_letter)
        )
        for line_before, line_after in pairwise(lines)
    ]
    return sum(full_lines) >= LAYOUT.wrapped_share * len(full_lines) and any(broken_sentences)


def _is_full(line: str, next_line: str, width: int) -> bool:
    """Return True if the start of *next_line* would not have had room on the line *line*."""
    if EAST_ASIAN_EDGE.search(line):
        return len(line) >= width - LAYOUT.kinsoku_characters
    return len(line) + 1 + len(next_line.split(" ", 1)[0]) > width


def _continues(line: str, next_line: str, width: int, *, is_wrapped: bool) -> bool:
    """Return True if *next_line* continues the sentence or the paragraph of *line*."""
    if _LIST_ITEM.match(next_line):
        return False
    continues_number = next_line[:1].isdecimal() or next_line[:1] in _KANJI_NUMERALS
    if continues_number and _NUMERAL_END.search(line) and EAST_ASIAN_EDGE.search(line):
        return True
    is_after_title = word_before(line, len(line), ".").lower() in _TITLES
    if ends_sentence(line) and not is_after_title:
        return is_wrapped and _is_full(line, next_line, width)
    if _SENTENCE_INSIDE.search(line) and OPEN_END.search(line):
        return True
    if EAST_ASIAN_EDGE.search(line[-1:]) or EAST_ASIAN_EDGE.search(next_line[:1]):
        return line.endswith(_UNDONE_JA) or (is_wrapped and _is_full(line, next_line, width))
    is_hyphenated = ends_with_hyphen(line) and next_line[:1].isalnum()
    is_open = line.endswith(_OPEN_MARKS) or line.rpartition(" ")[2].lower() in _OPEN_WORDS
    if is_hyphenated or is_open or is_after_title:
        return True
    if (
        len(line) < LAYOUT.item_characters
        and len(next_line) < LAYOUT.item_characters
        and not is_wrapped
    ):
        return False
    if continues_sentence(next_line):
        return True
    return is_wrapped and _is_full(line, next_line, width)
