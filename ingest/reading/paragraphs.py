"""Rebuild paragraphs whose lines were wrapped at a width: a line end is no sentence end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from ingest.language.script import CJK

ENDED = re.compile(r"[.!?…。！？:：;；][”\"'’」』)\]）】*_]*$|[」』】]$")
"""How a line ends that ends a sentence, or announces what stands below."""
EAST = re.compile(f"[{CJK}、，「『（]")
_NUMERAL_END = re.compile(r"[\d〇一二三四五六七八九十百千万億兆][.,．，]?$|[^\W\d_][.,]\d+$")
_NUMERAL = re.compile(r"[\d〇一二三四五六七八九十百千万億兆]")
LOWER = re.compile(r"[a-zß-öø-ÿ]|[,;)\]”’»]")
_OPEN = re.compile(
    r"(?:[,–—(\[“«&]|(?:^|\s)(?:the|a|an|of|and|or|to|in|on|at|by|for|with|from|that|which|who|his|her"
    r"|its|their|as|is|was|were|are|had|has|have|mr|mrs|ms|dr|st))$",
    re.IGNORECASE,
)
_TITLES = re.compile(r"\b(?:mr|mrs|ms|dr|prof|sen|rep|gov|gen|st|no|vs|[A-Z])\.$", re.IGNORECASE)
_ITEM = re.compile(r"(?:[-–—•*·●▪■□◆◇▼►]|\(?\d{1,2}[.)]|\d{1,2}[:.]\d\d\b)\s|[●▪■□◆◇▼►]")
"""How an entry of a list, or of a live report, begins."""
_INSIDE = re.compile(r"[.!?…][”\"'’)]*\s+[A-ZÀ-Þ“\"‘(]|[。！？]")
"""A sentence that ends inside a line: what stands behind it there has to end as well."""
UNDONE = re.compile(r"(?:^|[\s(“\"‘])[a-z\d][\w’'.,-]*$|[ぁ-ん]$")
_UNDONE_JA = re.compile(r"[はがをの]$")
HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010]$")
_WORD = 80
"""Characters at the end of a line among which its last word stands."""
_LAST_WORD, _FIRST_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]+$"), re.compile(r"[^\W\d_]+")
_PAIR = re.compile(r"(?<![^\W\d_])(?=([^\W\d_]{1,80}-[^\W\d_]{1,80}))")
_NARROW, _WIDE = 30, 110
"""Characters of the least and the greatest width at which text is wrapped."""
_NARROW_CJK, _WIDE_CJK = 8, 60
_FULL = 0.7
"""Share of line ends, from which a block is wrapped, where the next word had no room."""
_SHORT = 25
"""Characters below which two lines in a row are entries of a list."""
_KINSOKU = 3
"""Characters that a line of Japanese may lack, because no line may begin with what comes next."""


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of *text*; an empty line always parts two."""
    found: list[str] = []
    for block in re.split(r"\n[ \t]*\n", text):
        lines = [line for each in block.split("\n") if (line := each.strip())]
        found += joined(lines, joins(lines), text)
    return found


def joined(lines: Sequence[str], together: Sequence[bool], whole: str) -> list[str]:
    """Join each of *lines* to the one before it where *together* says so.

    A hyphen at a line's end goes unless *whole* writes the word with it elsewhere.
    """
    found = [[line] for line in lines[:1]]
    for line, join in zip(lines[1:], together, strict=True):
        if join:
            both = glued(found[-1][-1], line, whole)
            found[-1][-1:] = [both[: -len(line)], line]
        else:
            found.append([line])
    return ["".join(pieces) for pieces in found]


def glued(one: str, other: str, whole: str) -> str:
    """Write two parts of a paragraph as one."""
    if HYPHEN.search(one[-2:]) and other[:1].islower():
        head = _LAST_WORD.search(one[-_WORD:-1])
        tail = _FIRST_WORD.match(other)
        word = f"{head[0] if head else ''}-{tail[0] if tail else ''}"
        return one + other if word in _hyphenated(whole) else one[:-1] + other
    beside = EAST.match(one[-1:]) or EAST.match(other[:1])
    close = beside and not (one[-1:].isascii() and other[:1].isascii())
    return one + other if close else f"{one} {other}"


@lru_cache(maxsize=4)
def _hyphenated(whole: str) -> frozenset[str]:
    """Return the words of a text that are written with a hyphen, pair by pair."""
    return frozenset(_PAIR.findall(whole))


def joins(lines: Sequence[str]) -> list[bool]:
    """Tell of each two neighbours among *lines*, none of them empty, whether they are one."""
    if len(lines) < 2:
        return []
    wrapped = _is_wrapped(lines)
    width = max(map(len, lines))
    return [_continues(one, other, width, wrapped=wrapped) for one, other in pairwise(lines)]


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Tell whether *lines* end where the next word had no room, rather than where they are done."""
    width = max(map(len, lines))
    east = sum(bool(EAST.search(line)) for line in lines) > len(lines) / 2
    least, most = (_NARROW_CJK, _WIDE_CJK) if east else (_NARROW, _WIDE)
    if not least <= width <= most:
        return False
    full = [_is_full(one, other, width) for one, other in pairwise(lines)]
    broken = [not ENDED.search(a) and (east or bool(LOWER.match(b))) for a, b in pairwise(lines)]
    return sum(full) >= _FULL * len(full) and any(broken)


def _is_full(one: str, other: str, width: int) -> bool:
    """Tell whether what follows would not have had room on the line before it."""
    if EAST.search(one):
        return len(one) >= width - _KINSOKU
    return len(one) + 1 + len(other.split(" ", 1)[0]) > width


def _continues(one: str, other: str, width: int, *, wrapped: bool) -> bool:
    """Tell whether *other* goes on with the sentence or the paragraph of *one*."""
    if _ITEM.match(other):
        return False
    if _NUMERAL_END.search(one) and _NUMERAL.match(other) and EAST.search(one):
        return True
    if ENDED.search(one) and not _TITLES.search(one):
        return wrapped and _is_full(one, other, width)
    if _INSIDE.search(one) and UNDONE.search(one):
        return True
    if EAST.search(one[-1:]) or EAST.search(other[:1]):
        return (
            bool(_UNDONE_JA.search(one))
            or (wrapped and _is_full(one, other, width))
            or one.endswith(("、", "，", "（", "「"))
        )
    divided = HYPHEN.search(one) and other[:1].islower()
    if divided or _OPEN.search(one) or _TITLES.search(one):
        return True
    if len(one) < _SHORT and len(other) < _SHORT and not wrapped:
        return False
    if LOWER.match(other):
        return True
    return wrapped and _is_full(one, other, width)
