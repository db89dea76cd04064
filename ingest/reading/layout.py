"""The reading order of a page of text boxes: tables as rows, columns in sequence, no headers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median
from typing import Any

from ingest.reading.limits import LAYOUT
from ingest.reading.page_tables import Cell, TableRows, lines_of
from ingest.reading.text import (
    OPEN_END,
    clean_line,
    continues_sentence,
    ends_sentence,
    ends_with_hyphen,
    join_parts,
    paragraphs,
)

_NUMBER = re.compile(
    r"(?:page|p\.|seite|頁|ページ)? ?\d{1,4}(?: ?(?:of|/|von|de) ?\d{1,4})? ?(?:頁|ページ)?",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of words on one line: its text and its box in points, from the top of the page."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        """Return the height of its letters."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its position, as rows of cells."""

    rows: TableRows
    top: float
    left: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page; ``drawn`` is True if there is a picture or a drawing on it."""

    pieces: Sequence[_Piece]
    tables: Sequence[Table] = ()
    drawn: bool = False

    @property
    def unread(self) -> bool:
        """Return True if the page is only a picture."""
        return self.drawn and not self.pieces and not self.tables


_Block = _Piece | Table


def text_in_order(pages: Sequence[PdfPage]) -> str:
    """Return the text of *pages* in reading order; an empty line separates paragraphs."""
    headers = _running_headers(pages)
    full_text = " ".join(piece.text for page in pages for piece in page.pieces)
    blocks: list[str] = []
    for page in pages:
        pieces = [piece for piece in page.pieces if _plain(piece.text) not in headers]
        tables = list(page.tables) or list(_tables_without_rules(pieces))
        loose_pieces = [
            piece for piece in pieces if not any(_is_inside(piece, table) for table in tables)
        ]
        for paragraph in _paragraphs_in_order([*loose_pieces, *tables]):
            if blocks and _continues(blocks[-1], paragraph):
                blocks[-1] = join_parts(blocks[-1], paragraph, full_text)
            else:
                blocks.append(paragraph)
    return "\n\n".join(blocks)


def _running_headers(pages: Sequence[PdfPage]) -> set[str]:
    """Return the running headers, footers and page numbers, with figures replaced."""
    counts: Counter[str] = Counter()
    numbers = set()
    for page in pages:
        lines = sorted(page.pieces, key=lambda piece: piece.top)
        edge = {
            _plain(piece.text)
            for piece in (*lines[: LAYOUT.edge_lines], *lines[-LAYOUT.edge_lines :])
        }
        counts.update(edge)
        ends = [piece.text for piece in (*lines[:1], *lines[-1:])]
        numbers |= {_plain(end) for end in ends if _NUMBER.fullmatch(end.strip(" -–—"))}
    return numbers | {line for line, count in counts.items() if count > 1}


def _plain(line: str) -> str:
    """Return *line* with every figure replaced by ``#``."""
    return _FIGURES.sub("#", line)


def pieces_of(words: Sequence[dict[str, Any]]) -> list[_Piece]:
    """Return pieces of the words on one line that are not more than a space apart."""
    boxes = [
        _Piece(word["text"], word["x0"], word["x1"], word["top"], word["bottom"]) for word in words
    ]
    pieces: list[_Piece] = []
    for line in _rows_of(boxes):
        run: list[_Piece] = []
        for word in line:
            if run and word.left - run[-1].right > LAYOUT.column_gap_heights * word.height:
                pieces.append(_join_words(run))
                run = []
            run.append(word)
        pieces.append(_join_words(run))
    return pieces


def _join_words(words: Sequence[_Piece]) -> _Piece:
    """Return one piece for consecutive words; words that nearly touch get no space."""
    text = words[0].text
    for word, next_word in pairwise(words):
        is_close = next_word.left - word.right < 0.1 * word.height
        is_east_asian = not (word.text[-1:] + next_word.text[:1]).isascii()
        text += ("" if is_close and is_east_asian else " ") + next_word.text
    return _Piece(
        clean_line(text),
        words[0].left,
        max(word.right for word in words),
        min(word.top for word in words),
        max(word.bottom for word in words),
    )


def _tables_without_rules(pieces: Sequence[_Piece]) -> Iterator[Table]:
    """Yield tables without rules: short pieces below each other."""
    lines = _rows_of(pieces)
    runs = groupby(lines, key=lambda line: len(line) > 1 and _has_short_pieces(line))
    for is_table, group in runs:
        run = list(group)
        width = max(map(len, run))
        if is_table and len(run) >= LAYOUT.table_lines and (width > 2 or _end_in_figures(run)):
            starts = _column_spans(run)
            rows = [_cells(line, starts) for line in run]
            table_pieces = [piece for line in run for piece in line]
            yield Table(
                rows,
                min(piece.top for piece in table_pieces),
                min(piece.left for piece in table_pieces),
                max(piece.right for piece in table_pieces),
                max(piece.bottom for piece in table_pieces),
            )


def _rows_of(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Return the pieces line by line, each line from left to right."""
    lines: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda box: (box.top + box.bottom) / 2):
        if lines and lines[-1][0].top <= (piece.top + piece.bottom) / 2 <= lines[-1][0].bottom:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [sorted(line, key=lambda piece: piece.left) for line in lines]


def _has_short_pieces(line: Sequence[_Piece]) -> bool:
    """Return True if the pieces of a line are short enough to be cells."""
    return sum(len(piece.text) for piece in line) <= LAYOUT.table_cell_characters * len(line)


def _end_in_figures(run: Sequence[Sequence[_Piece]]) -> bool:
    """Return True if most lines end in a figure."""
    return 2 * sum(bool(_FIGURES.search(line[-1].text)) for line in run) > len(run)


def _column_spans(run: Sequence[Sequence[_Piece]]) -> list[tuple[float, float]]:
    """Return the left and right end of each column: the union of overlapping pieces."""
    spans: list[tuple[float, float]] = []
    for piece in sorted((piece for line in run for piece in line), key=lambda piece: piece.left):
        if spans and piece.left <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], piece.right))
        else:
            spans.append((piece.left, piece.right))
    return spans


def _cells(line: Sequence[_Piece], spans: Sequence[tuple[float, float]]) -> list[Cell]:
    """Return the pieces of a line as cells by column; a missing piece is an empty cell."""
    return [
        Cell(" ".join(piece.text for piece in line if left <= piece.left <= right))
        for left, right in spans
    ]


def _is_inside(piece: _Piece, table: Table) -> bool:
    """Return True if a piece is inside a table."""
    across = table.left - 1 <= (piece.left + piece.right) / 2 <= table.right + 1
    return across and table.top - 1 <= (piece.top + piece.bottom) / 2 <= table.bottom + 1


def _paragraphs_in_order(blocks: Sequence[_Block]) -> Iterator[str]:
    """Yield the paragraphs and table rows of a page in reading order."""
    caption = ""
    for region in _regions(list(blocks)):
        if isinstance(region, Table):
            yield from lines_of(caption, region.rows)
            continue
        for paragraph in _paragraphs_of(region):
            caption = (
                paragraph
                if len(paragraph) <= LAYOUT.table_caption_characters
                and not ends_sentence(paragraph)
                else ""
            )
            yield paragraph


def _regions(blocks: list[_Block]) -> Iterator[list[_Piece] | Table]:
    """Yield the regions of a page, cut at white space first between columns, then between blocks.

    This is a recursive XY-cut.
    """
    if len(blocks) == 1 and isinstance(blocks[0], Table):
        yield blocks[0]
        return
    for parts in (
        _split_at_gaps(blocks, is_vertical=True),
        _split_at_gaps(blocks, is_vertical=False),
    ):
        if len(parts) > 1:
            for part in parts:
                yield from _regions(part)
            return
    yield [block for block in blocks if isinstance(block, _Piece)]


def _split_at_gaps(blocks: list[_Block], *, is_vertical: bool) -> list[list[_Block]]:
    """Return *blocks* split at continuous white space: between columns, or between lines."""
    heights = [block.height for block in blocks if isinstance(block, _Piece)]
    min_gap = (LAYOUT.column_gap_heights if is_vertical else LAYOUT.leading_ratio) * (
        median(heights) if heights else 0.0
    )
    groups: list[list[_Block]] = []
    end = float("-inf")
    for block in sorted(blocks, key=lambda block: block.left if is_vertical else block.top):
        start, stop = (block.left, block.right) if is_vertical else (block.top, block.bottom)
        has_table = isinstance(block, Table) or (groups and isinstance(groups[-1][-1], Table))
        if groups and start - end <= (0.0 if has_table and not is_vertical else min_gap):
            groups[-1].append(block)
        else:
            groups.append([block])
        end = max(end, stop)
    return (
        [blocks]
        if is_vertical and any(len(part) < LAYOUT.table_lines for part in groups)
        else groups
    )


def _paragraphs_of(pieces: Sequence[_Piece]) -> Iterator[str]:
    """Yield the paragraphs of one column, split by distance, letter height or indent."""
    lines = [
        _Piece(
            " ".join(piece.text for piece in line),
            line[0].left,
            line[-1].right,
            line[0].top,
            max(piece.bottom for piece in line),
        )
        for line in _rows_of(pieces)
    ]
    if not lines:
        return
    left = median(line.left for line in lines)
    distances = [next_line.top - line.top for line, next_line in pairwise(lines)]
    usual_distance = median(distances) if distances else 0.0
    text = lines[0].text
    for line, next_line in pairwise(lines):
        is_heading = max(line.height, next_line.height) > LAYOUT.heading_ratio * min(
            line.height, next_line.height
        )
        is_distant = next_line.top - line.top > LAYOUT.leading_ratio * usual_distance
        is_indented = (
            next_line.left - left > LAYOUT.indent_heights * next_line.height
            and ends_sentence(line.text)
        )
        text += ("\n\n" if is_heading or is_distant or is_indented else "\n") + next_line.text
    yield from paragraphs(text)


def _continues(paragraph: str, next_paragraph: str) -> bool:
    """Return True if a paragraph continues in the next column or on the next page."""
    if ends_sentence(paragraph):
        return False
    return (
        continues_sentence(next_paragraph)
        or ends_with_hyphen(paragraph)
        or (
            len(paragraph) > LAYOUT.table_caption_characters
            and OPEN_END.search(paragraph) is not None
        )
    )
