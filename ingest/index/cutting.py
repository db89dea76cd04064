"""Splitting of text into sentences, passages (by exact offsets) and search terms."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import sentencex
import Stemmer

from ingest.index.limits import PASSAGES
from ingest.language.abbreviations import OPENING_MARKS, is_continued
from ingest.language.lines import BETWEEN
from ingest.language.script import CJK, JAPANESE_SIGN
from ingest.model import Cut, Generation, Passage, Span

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

SPLITTER = 4
"""The version of the splitting rules; a generation records it."""
_SEPARATORS = ["\n\n", "\n", "。", "！", "？", "．", "、", ", ", " ", ""]

_QUOTED_BEFORE, _OTHER_WORDS = "と", ("こ", "き", "も", "は言え")
"""The particle behind a quotation, and letters that make another word of it: ところ, とき, とも."""
_CLOSING = "”\"'’」』)"
_RUN = re.compile(
    rf"(?P<cjk>[{CJK}]+)|(?P<number>\d+(?:[.,]\d+)*)|(?P<word>[^\W\d_{CJK}][^\W_{CJK}]*)"
)
_RUN_ASCII = re.compile(r"\d+(?:[.,]\d+)*|[a-z][a-z0-9]*")
_COMBINING = dict.fromkeys(range(0x0300, 0x0370))
"""A translation that removes combining accents."""
_POSSESSIVE = re.compile(r"'s\b")
_PUNCTUATION = str.maketrans("‘’“”–—…", "''\"\"--.")
"""Typographic characters of English coverage, and their ASCII forms."""
_thread = threading.local()


def first_sentence(passage: Passage) -> str:
    """Return the first sentence of *passage*."""
    first = sentences(passage.text, passage.header.language)[0]
    return passage.text[first.start : first.end]


@lru_cache(maxsize=256)
def sentences(text: str, language: str) -> tuple[Span, ...]:
    """Return the sentences of *text* without the white space around them, in order.

    Every character that is not white space lies in exactly one sentence. A quotation is not
    separated from the words after it ("…。」と述べた"), nor from the mark that opens it. Results
    are cached: a text is split twice when it is saved, and many times when it is quoted.
    """
    spans: list[Span] = []
    line = _TableLine(text)
    start = 0
    for boundary in sentencex.get_sentence_boundaries(language, text):
        end = boundary["end_index"]
        end -= _ends_with_opening(text, end)
        span = _trimmed(text, start, end)
        start = end
        if span is None:
            continue
        line.read_to(span.end)
        if spans and (_continues(text, spans[-1], span, language) or line.holds(spans[-1])):
            spans[-1] = Span(spans[-1].start, span.end)
        else:
            spans.append(span)
    return tuple(spans)


def _ends_with_opening(text: str, end: int) -> bool:
    """Return True if the character before *end* opens the quotation that begins there."""
    is_inside = 1 < end < len(text) and not text[end].isspace()
    return is_inside and text[end - 1] in OPENING_MARKS and text[end - 2].isspace()


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """Return the span without white space at both ends, or None if nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _continues(text: str, span: Span, following: Span, language: str) -> bool:
    """Return True if *following* continues the sentence *span* in the same line.

    It does so behind a closing quote, and behind a full stop that ends no sentence, such as that
    of an initial ("J.-P.").
    """
    start, end = following.start, span.end
    if "\n" in text[end:start]:
        return False
    if text[end - 1] in _CLOSING:
        is_particle = text.startswith(_QUOTED_BEFORE, start) and not text.startswith(
            _OTHER_WORDS, start + 1
        )
        return is_particle or "a" <= text[start] <= "z"
    if start == end and text[start] == "-":
        return True
    length = PASSAGES.abbreviation_characters
    return is_continued(
        text[max(span.start, end - length) : end],
        text[start : min(following.end, start + length)],
        language,
        lower_case=text[span.start].islower(),
    )


class _TableLine:
    """The current line while a text is read: a full stop in a table row ends no sentence."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._read = self._line = 0
        self._cells = -1

    def read_to(self, end: int) -> None:
        """Read up to *end*."""
        newline = self._text.rfind("\n", self._read, end)
        self._line = newline + 1 if newline >= 0 else self._line
        between = self._text.rfind(BETWEEN, max(0, self._read - len(BETWEEN) + 1), end)
        self._cells = between if between >= 0 else self._cells
        self._read = end

    def holds(self, span: Span) -> bool:
        """Return True if this line has cells and *span* begins in it."""
        return self._line <= span.start and self._cells >= self._line


def cut_by_older_rules(generation: Generation) -> bool:
    """Return True if the passages of *generation* were cut by rules of an earlier release."""
    return generation.splitter < SPLITTER


def cut(text: str, language: str) -> Cut:
    """Return the passages of *text* with the version of the splitting rules."""
    return Cut(SPLITTER, tuple(split(text, language)))


def split(text: str, language: str) -> list[Span]:
    """Return the passages of *text*: runs of whole sentences of about equal length.

    They do not overlap, and every character that is not white space lies in exactly one. Lengths
    are evened out because BM25 would rank a short remainder above better passages.
    """
    target = PASSAGES.cjk_characters if _mostly_cjk(text) else PASSAGES.latin_characters
    pieces = list(_pieces(text, language, target))
    if not pieces:
        return []
    length = pieces[-1].end - pieces[0].start
    run_length = length / max(1, round(length / target))
    groups = groupby(pieces, key=lambda part: int(((part.start + part.end) / 2) // run_length))
    runs = [list(run) for _, run in groups]
    return [Span(run[0].start, run[-1].end) for run in runs]


def _pieces(text: str, language: str, limit: int) -> Iterator[Span]:
    """Yield the sentences of *text*; longer ones than *limit* characters are cut at separators."""
    for sentence in sentences(text, language):
        if sentence.end - sentence.start <= limit:
            yield sentence
            continue
        sentence_text = text[sentence.start : sentence.end]
        offset = 0
        for part in _cutter(limit).split_text(sentence_text):
            if span := _trimmed(text, sentence.start + offset, sentence.start + offset + len(part)):
                yield span
            offset += len(part)


def _cutter(limit: int) -> RecursiveCharacterTextSplitter:
    """Return a splitter for sentences that are too long; it loses no character."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # few texts need it

    return RecursiveCharacterTextSplitter(
        separators=_SEPARATORS,
        keep_separator="end",
        chunk_size=limit,
        chunk_overlap=0,
        strip_whitespace=False,
    )


def _mostly_cjk(text: str) -> bool:
    """Return True if a third of the first thousand characters are CJK."""
    head = text[:1000]
    return 3 * len(JAPANESE_SIGN.findall(head)) > len(head)


def terms(text: str) -> list[str]:
    """Return the index terms of *text*, in order: word stems, numbers and CJK bigrams.

    Text is folded by NFKC, case and accents. Latin words are stemmed by Snowball's English
    algorithm in every language, so that a question finds a name in coverage of another language;
    a CJK run gives its overlapping pairs of characters, a single character gives itself.
    """
    plain = text.translate(_PUNCTUATION)
    if plain.isascii():
        runs = _RUN_ASCII.findall(_POSSESSIVE.sub("", plain.lower()))
        return _stems([run.replace(",", "") for run in runs])
    folded = _POSSESSIVE.sub("", unicodedata.normalize("NFKC", plain).casefold())
    bare = unicodedata.normalize("NFC", unicodedata.normalize("NFD", folded).translate(_COMBINING))
    index_terms: list[str] = []
    for match in _RUN.finditer(bare):
        if run := match["cjk"]:
            index_terms.extend(run[i : i + 2] for i in range(max(1, len(run) - 1)))
        elif number := match["number"]:
            index_terms.append(number.replace(",", ""))
        else:
            index_terms.extend(_stems([match["word"]]))
    return index_terms


def pairs(index_terms: Sequence[str]) -> list[str]:
    """Return each two adjacent terms as one term: ``interest_rate``.

    A question and a passage with the same wording share pairs; the same words apart share none.
    """
    return [f"{term}_{following}" for term, following in pairwise(index_terms)]


def _stems(words: list[str]) -> list[str]:
    """Stem *words* with the stemmer of this thread; a stemmer is not thread-safe."""
    if not hasattr(_thread, "stemmer"):
        _thread.stemmer = Stemmer.Stemmer("english", PASSAGES.stems_cached)
    stems: list[str] = _thread.stemmer.stemWords(words)
    return stems
