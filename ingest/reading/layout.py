"""The reading order of a page of boxes: tables as rows, columns one behind the other, no heads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median
from typing import Any

from ingest.reading.paragraphs import ENDED, HYPHEN, LOWER, UNDONE, glued, paragraphs
from ingest.reading.tables import Cell, TableRows, lines_of
from ingest.reading.text import clean_line

_GAP = 1.2
"""Heights of a letter from which white space parts two columns rather than two words."""
_LEADING = 1.5
"""Distances of two lines from which the next one begins a paragraph."""
_BIGGER = 1.15
"""How much taller the letters of a heading are."""
_INDENT = 1.0
"""Heights of a letter by which the first line of a paragraph stands in."""
_FEW = 3
"""Lines side by side that make a table without rules."""
_CELL = 30
"""Characters of a cell of such a table on average, at most."""
_EDGE = 2
"""Lines at either end of a page that may be a running head or a page's number."""
_CAPTION = 80
"""Characters of the longest line above a table that names it."""
_NUMBER = re.compile(
    r"(?:page|p\.|seite|頁|ページ)? ?\d{1,4}(?: ?(?:of|/|von|de) ?\d{1,4})? ?(?:頁|ページ)?",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of words on one line: its text and its box in points, the top of the page at 0."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        """How tall its letters are."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Table:
    """A table where it stands, as rows of cells."""

    rows: TableRows
    top: float
    left: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page; ``drawn`` says that there is a picture or a drawing on it."""

    pieces: Sequence[_Piece]
    tables: Sequence[Table] = ()
    drawn: bool = False

    @property
    def unread(self) -> bool:
        """Whether it is a picture of a page."""
        return self.drawn and not self.pieces and not self.tables


_Block = _Piece | Table


def text_in_order(pages: Sequence[PdfPage]) -> str:
    """Return the text of *pages* in the order it is read, paragraphs parted by an empty line."""
    heads = _running(pages)
    whole = " ".join(piece.text for page in pages for piece in page.pieces)
    found: list[str] = []
    for page in pages:
        kept = [piece for piece in page.pieces if _plain(piece.text) not in heads]
        told = list(page.tables) or list(_unruled(kept))
        rest = [piece for piece in kept if not any(_inside(piece, table) for table in told)]
        for each in _told_in_order([*rest, *told]):
            if found and _goes_on(found[-1], each):
                found[-1] = glued(found[-1], each, whole)
            else:
                found.append(each)
    return "\n\n".join(found)


def _running(pages: Sequence[PdfPage]) -> set[str]:
    """Return the heads, feet and numbers of pages, their figures left out."""
    seen: Counter[str] = Counter()
    numbers = set()
    for page in pages:
        lines = sorted(page.pieces, key=lambda piece: piece.top)
        edge = {_plain(piece.text) for piece in (*lines[:_EDGE], *lines[-_EDGE:])}
        seen.update(edge)
        ends = [piece.text for piece in (*lines[:1], *lines[-1:])]
        numbers |= {_plain(each) for each in ends if _NUMBER.fullmatch(each.strip(" -–—"))}
    return numbers | {line for line, count in seen.items() if count > 1}


def _plain(line: str) -> str:
    """Write one sign for all figures of a line."""
    return _FIGURES.sub("#", line)


def pieces_of(words: Sequence[dict[str, Any]]) -> list[_Piece]:
    """Join words that stand on one line with no more than a space between them."""
    boxes = [_Piece(w["text"], w["x0"], w["x1"], w["top"], w["bottom"]) for w in words]
    found: list[_Piece] = []
    for line in _rows_of(boxes):
        run: list[_Piece] = []
        for word in line:
            if run and word.left - run[-1].right > _GAP * word.height:
                found.append(_as_one(run))
                run = []
            run.append(word)
        found.append(_as_one(run))
    return found


def _as_one(words: Sequence[_Piece]) -> _Piece:
    """Make one piece of words in a row; where they nearly touch there was no space."""
    text = words[0].text
    for one, other in pairwise(words):
        near = other.left - one.right < 0.1 * one.height
        east = not (one.text[-1:] + other.text[:1]).isascii()
        text += ("" if near and east else " ") + other.text
    return _Piece(
        clean_line(text),
        words[0].left,
        max(word.right for word in words),
        min(word.top for word in words),
        max(word.bottom for word in words),
    )


def _unruled(pieces: Sequence[_Piece]) -> Iterator[Table]:
    """Yield the tables that no lines are drawn around: short pieces below each other."""
    lines = _rows_of(pieces)
    runs = groupby(lines, key=lambda line: len(line) > 1 and _short(line))
    for told, group in runs:
        run = list(group)
        width = max(map(len, run))
        if told and len(run) >= _FEW and (width > 2 or _figures(run)):
            starts = _columns(run)
            rows = [_cells(line, starts) for line in run]
            every = [each for line in run for each in line]
            yield Table(
                rows,
                min(each.top for each in every),
                min(each.left for each in every),
                max(each.right for each in every),
                max(each.bottom for each in every),
            )


def _rows_of(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Return the pieces line by line, each from left to right."""
    lines: list[list[_Piece]] = []
    for each in sorted(pieces, key=lambda piece: (piece.top + piece.bottom) / 2):
        if lines and lines[-1][0].top <= (each.top + each.bottom) / 2 <= lines[-1][0].bottom:
            lines[-1].append(each)
        else:
            lines.append([each])
    return [sorted(line, key=lambda piece: piece.left) for line in lines]


def _short(line: Sequence[_Piece]) -> bool:
    """Tell whether the pieces of a line are short enough to be cells."""
    return sum(len(each.text) for each in line) <= _CELL * len(line)


def _figures(run: Sequence[Sequence[_Piece]]) -> bool:
    """Tell whether most lines end in a figure."""
    return 2 * sum(bool(_FIGURES.search(line[-1].text)) for line in run) > len(run)


def _columns(run: Sequence[Sequence[_Piece]]) -> list[tuple[float, float]]:
    """Return from where to where each column reaches: the pieces that overlap one another."""
    spans: list[tuple[float, float]] = []
    for each in sorted((piece for line in run for piece in line), key=lambda piece: piece.left):
        if spans and each.left <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], each.right))
        else:
            spans.append((each.left, each.right))
    return spans


def _cells(line: Sequence[_Piece], spans: Sequence[tuple[float, float]]) -> list[Cell]:
    """Put each piece of a line under its column; what is missing is empty."""
    return [
        Cell(" ".join(each.text for each in line if left <= each.left <= right))
        for left, right in spans
    ]


def _inside(piece: _Piece, table: Table) -> bool:
    """Tell whether a piece stands in a table."""
    across = table.left - 1 <= (piece.left + piece.right) / 2 <= table.right + 1
    return across and table.top - 1 <= (piece.top + piece.bottom) / 2 <= table.bottom + 1


def _told_in_order(blocks: Sequence[_Block]) -> Iterator[str]:
    """Yield the paragraphs and rows of a page in their order."""
    above = ""
    for region in _regions(list(blocks)):
        if isinstance(region, Table):
            yield from lines_of(above, region.rows)
            continue
        for each in _paragraphs_of(region):
            above = each if len(each) <= _CAPTION and not ENDED.search(each) else ""
            yield each


def _regions(blocks: list[_Block]) -> Iterator[list[_Piece] | Table]:
    """Cut a page at its white space, first between columns, then between blocks (XY-cut)."""
    if len(blocks) == 1 and isinstance(blocks[0], Table):
        yield blocks[0]
        return
    for parts in (_apart(blocks, upright=True), _apart(blocks, upright=False)):
        if len(parts) > 1:
            for part in parts:
                yield from _regions(part)
            return
    yield [each for each in blocks if isinstance(each, _Piece)]


def _apart(blocks: list[_Block], *, upright: bool) -> list[list[_Block]]:
    """Part *blocks* where white space runs through: upright between columns, or across."""
    heights = [each.height for each in blocks if isinstance(each, _Piece)]
    least = (_GAP if upright else _LEADING) * (median(heights) if heights else 0.0)
    found: list[list[_Block]] = []
    end = float("-inf")
    for each in sorted(blocks, key=lambda block: block.left if upright else block.top):
        start, stop = (each.left, each.right) if upright else (each.top, each.bottom)
        ruled = isinstance(each, Table) or (found and isinstance(found[-1][-1], Table))
        if found and start - end <= (0.0 if ruled and not upright else least):
            found[-1].append(each)
        else:
            found.append([each])
        end = max(end, stop)
    return [blocks] if upright and any(len(part) < _FEW for part in found) else found


def _paragraphs_of(pieces: Sequence[_Piece]) -> Iterator[str]:
    """Yield the paragraphs of one column, told by space, by letters' height, or by an indent."""
    lines = [
        _Piece(
            " ".join(each.text for each in line),
            line[0].left,
            line[-1].right,
            line[0].top,
            max(each.bottom for each in line),
        )
        for line in _rows_of(pieces)
    ]
    if not lines:
        return
    left = median(line.left for line in lines)
    steps = [two.top - one.top for one, two in pairwise(lines)]
    usual = median(steps) if steps else 0.0
    text = lines[0].text
    for one, two in pairwise(lines):
        tall = max(one.height, two.height) > _BIGGER * min(one.height, two.height)
        far = two.top - one.top > _LEADING * usual
        stands_in = two.left - left > _INDENT * two.height and ENDED.search(one.text)
        text += ("\n\n" if tall or far or stands_in else "\n") + two.text
    yield from paragraphs(text)


def _goes_on(one: str, other: str) -> bool:
    """Tell whether a paragraph goes on in the next column or on the next page."""
    if ENDED.search(one):
        return False
    return bool(LOWER.match(other) or HYPHEN.search(one)) or bool(
        UNDONE.search(one) and len(one) > _CAPTION
    )
