"""Paragraphs rebuilt from lines that were wrapped at a width."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from ingest.language.script import CJK, HIRAGANA
from ingest.reading.limits import LAYOUT

SENTENCE_END = re.compile(r"[.!?…。！？:：;；][”\"'’」』)\]）】*_]*$|[」』】]$")
"""End of a line that ends a sentence or introduces the next line."""
EAST_ASIAN_EDGE = re.compile(f"[{CJK}、，「『（]")
_NUMERAL_END = re.compile(r"[\d〇一二三四五六七八九十百千万億兆][.,．，]?$|[^\W\d_][.,]\d+$")
_NUMERAL = re.compile(r"[\d〇一二三四五六七八九十百千万億兆]")
LOWER = re.compile(r"[a-zß-öø-ÿ]|[,;)\]”’»]")
_OPEN = re.compile(
    r"(?:[,–—(\[“«&]|(?:^|\s)(?:the|a|an|of|and|or|to|in|on|at|by|for|with|from|that|which|who|his|her"
    r"|its|their|as|is|was|were|are|had|has|have|mr|mrs|ms|dr|st))$",
    re.IGNORECASE,
)
_TITLES = re.compile(r"\b(?:mr|mrs|ms|dr|prof|sen|rep|gov|gen|st|no|vs|[A-Z])\.$", re.IGNORECASE)
_LIST_ITEM = re.compile(r"(?:[-–—•*·●▪■□◆◇▼►]|\(?\d{1,2}[.)]|\d{1,2}[:.]\d\d\b)\s|[●▪■□◆◇▼►]")
"""Start of an item of a list or of a live page."""
_SENTENCE_INSIDE = re.compile(r"[.!?…][”\"'’)]*\s+[A-ZÀ-Þ“\"‘(]|[。！？]")
"""End of a sentence within a line: the sentence after it must end as well."""
OPEN_END = re.compile(rf"(?:^|[\s(“\"‘])[a-z\d][\w’'.,-]*$|[{HIRAGANA}]$")
_UNDONE_JA = re.compile(r"[はがをの]$")
HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010]$")
_LAST_WORD, _FIRST_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]+$"), re.compile(r"[^\W\d_]+")
_PAIR = re.compile(r"(?<![^\W\d_])(?=([^\W\d_]{1,80}-[^\W\d_]{1,80}))")


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of *text*; an empty line always separates two."""
    joined_lines: list[str] = []
    for block in re.split(r"\n[ \t]*\n", text):
        lines = [line for line_text in block.split("\n") if (line := line_text.strip())]
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
    if HYPHEN.search(start[-2:]) and continuation[:1].islower():
        head = _LAST_WORD.search(start[-LAYOUT.last_word_characters : -1])
        tail = _FIRST_WORD.match(continuation)
        word = f"{head[0] if head else ''}-{tail[0] if tail else ''}"
        return (
            start + continuation
            if word in _hyphenated_pairs(full_text)
            else start[:-1] + continuation
        )
    is_east_asian = EAST_ASIAN_EDGE.match(start[-1:]) or EAST_ASIAN_EDGE.match(continuation[:1])
    is_unspaced = is_east_asian and not (start[-1:].isascii() and continuation[:1].isascii())
    return start + continuation if is_unspaced else f"{start} {continuation}"


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
    broken_sentences = [
        not SENTENCE_END.search(line_before) and (is_east_asian or bool(LOWER.match(line_after)))
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
    if _NUMERAL_END.search(line) and _NUMERAL.match(next_line) and EAST_ASIAN_EDGE.search(line):
        return True
    if SENTENCE_END.search(line) and not _TITLES.search(line):
        return is_wrapped and _is_full(line, next_line, width)
    if _SENTENCE_INSIDE.search(line) and OPEN_END.search(line):
        return True
    if EAST_ASIAN_EDGE.search(line[-1:]) or EAST_ASIAN_EDGE.search(next_line[:1]):
        return (
            bool(_UNDONE_JA.search(line))
            or (is_wrapped and _is_full(line, next_line, width))
            or line.endswith(("、", "，", "（", "「"))
        )
    is_hyphenated = HYPHEN.search(line) and next_line[:1].islower()
    if is_hyphenated or _OPEN.search(line) or _TITLES.search(line):
        return True
    if (
        len(line) < LAYOUT.item_characters
        and len(next_line) < LAYOUT.item_characters
        and not is_wrapped
    ):
        return False
    if LOWER.match(next_line):
        return True
    return is_wrapped and _is_full(line, next_line, width)
