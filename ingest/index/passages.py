"""Cut a text into sentences, and sentences into passages, by exact offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

import sentencex

from ingest.language.lines import BETWEEN
from ingest.language.script import JAPANESE
from ingest.model import Cut, Passage, Span

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

SPLITTER = 2
"""The version of these rules; a generation records it."""
TARGET = 1200
"""Characters of a passage in Latin script, about 256 tokens: larger ones were found better."""
_TARGET_CJK = 400
"""Characters of a passage in CJK script, about as many tokens."""
_SEPARATORS = ["\n\n", "\n", "。", "！", "？", "．", "、", ", ", " ", ""]

_CJK = re.compile(f"[{JAPANESE}]")
_CONTINUES = re.compile(r"[a-z]|と(?!こ|き|も|は言え)")
_CLOSING = "”\"'’」』)"


def first_sentence(passage: Passage) -> str:
    """Return how *passage* begins: its first sentence, as it stands there."""
    first = sentences(passage.text, passage.header.language)[0]
    return passage.text[first.start : first.end]


@lru_cache(maxsize=256)
def sentences(text: str, language: str) -> tuple[Span, ...]:
    """Return the sentences of *text* without the white space around them, in order.

    Every character that is not white space lies in exactly one of them. A quotation that the
    sentence goes on behind ("…。」と述べた") stays with it. The last few texts are remembered: one
    that is saved is cut twice, one that answers is checked many times.
    """
    spans: list[Span] = []
    row = _Row(text)
    for found in sentencex.get_sentence_boundaries(language, text):
        span = _trimmed(text, found["start_index"], found["end_index"])
        if span is None:
            continue
        row.read_to(span.end)
        if spans and (_continues(text, spans[-1], span) or row.holds(spans[-1])):
            spans[-1] = Span(spans[-1].start, span.end)
        else:
            spans.append(span)
    return tuple(spans)


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """Leave out the white space at both ends; ``None`` where nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _continues(text: str, one: Span, other: Span) -> bool:
    """Tell whether *other* only goes on behind the closing quotation mark of *one*."""
    closed = text[one.end - 1] in _CLOSING
    beside = "\n" not in text[one.end : other.start]
    return closed and beside and _CONTINUES.match(text, other.start) is not None


class _Row:
    """Reads a text once, and knows the line that it is in: no full stop ends a row of a table."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._read = self._line = 0
        self._cells = -1

    def read_to(self, end: int) -> None:
        """Read on to *end*."""
        newline = self._text.rfind("\n", self._read, end)
        self._line = newline + 1 if newline >= 0 else self._line
        between = self._text.rfind(BETWEEN, max(0, self._read - len(BETWEEN) + 1), end)
        self._cells = between if between >= 0 else self._cells
        self._read = end

    def holds(self, span: Span) -> bool:
        """Return True if this line has cells, and *span* and all behind it stand in it."""
        return self._line <= span.start and self._cells >= self._line


def cut(text: str, language: str) -> Cut:
    """Return the passages of *text* as these rules cut them."""
    return Cut(SPLITTER, tuple(split(text, language)))


def split(text: str, language: str) -> list[Span]:
    """Return the passages of *text*: runs of whole sentences, all of about one length.

    They do not overlap, and every character that is not white space lies in exactly one. A short
    rest at the end would rank above its betters, for BM25 prefers what is short.
    """
    target = _TARGET_CJK if _mostly_cjk(text) else TARGET
    parts = list(_pieces(text, language, target))
    if not parts:
        return []
    length = parts[-1].end - parts[0].start
    even = length / max(1, round(length / target))
    together = groupby(parts, key=lambda part: int(((part.start + part.end) / 2) // even))
    runs = [list(run) for _, run in together]
    return [Span(run[0].start, run[-1].end) for run in runs]


def _pieces(text: str, language: str, most: int) -> Iterator[Span]:
    """Yield the sentences; one that is longer than a passage is cut where it breathes."""
    for sentence in sentences(text, language):
        if sentence.end - sentence.start <= most:
            yield sentence
            continue
        whole = text[sentence.start : sentence.end]
        at = 0
        for part in _cutter(most).split_text(whole):
            if span := _trimmed(text, sentence.start + at, sentence.start + at + len(part)):
                yield span
            at += len(part)


def _cutter(most: int) -> RecursiveCharacterTextSplitter:
    """Build the splitter for what no sentence end divides; it loses no character."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # few texts need it

    return RecursiveCharacterTextSplitter(
        separators=_SEPARATORS,
        keep_separator="end",
        chunk_size=most,
        chunk_overlap=0,
        strip_whitespace=False,
    )


def _mostly_cjk(text: str) -> bool:
    """Tell whether a third of the first thousand characters are CJK."""
    head = text[:1000]
    return 3 * len(_CJK.findall(head)) > len(head)
